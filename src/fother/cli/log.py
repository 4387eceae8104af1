"""fother log: the log that nobody can rewrite."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, out, print_json, registry, write_file
from fother.errors import UsageError
from fother.flow import log
from fother.registry import FolderFiles, default_home

NAME = "log"
DOES_NOT_HOLD = 7

OutOption = Annotated[
    Path | None, typer.Option(help="Write to this file instead of standard output.", show_default=False)
]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="The log of all acts, which nobody can rewrite unnoticed.",
)


@app.command()
def verify(
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="A checkpoint that somebody kept elsewhere; the log must have grown from it."),
    ] = None,
    repair: Annotated[bool, typer.Option("--repair", help="First write all published files again.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Check the whole log: entries, order, published files, signatures, changes of the key.

    Exit status 7 when anything does not hold, 0 otherwise.
    """
    kept = None if checkpoint is None else log.read(checkpoint)
    with registry(home, publish=False) as opened:
        found = log.verify(opened, kept, repair=repair)
    if json:
        print_json(
            {
                "valid": not found.faults,
                "origin": found.origin,
                "size": found.size,
                "published": None if found.published is None else found.published.size,
                "root": None if found.published is None else b64encode(found.published.root).decode(),
                "keys": [str(key) for key in found.keys],
                "faults": [{"subject": f.subject, "sentence": f.sentence} for f in found.faults],
            }
        )
    else:
        for fault in found.faults:
            out.print(fault.sentence)
        signed = "nothing" if found.published is None else f"{found.published.size} of them"
        state = "does not hold" if found.faults else "holds"
        out.print(f"The log {found.origin} has {found.size} entries, {signed} published: it {state}.")
        if found.keys:
            out.print(f"Its key, which others need to check it: {found.keys[-1]}")
        if kept is not None and not found.faults:
            out.print("It grew from the checkpoint that was kept elsewhere.")
    if found.faults:
        raise typer.Exit(DOES_NOT_HOLD)


@app.command()
def checkpoint(
    since: Annotated[
        int | None,
        typer.Option(min=0, help="Make a request to a witness that saw this many entries (0: none)."),
    ] = None,
    out: OutOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Print the signed checkpoint of the log; who keeps it elsewhere notices if the log is rewritten."""
    with registry(home) as opened:
        data = log.published(opened) if since is None else log.request(opened, since)
        key = str(opened.log_keys()[-1].key)
        size = opened.log_size()
    _deliver(data, out, {"key": key, "size": size} if json else None, "checkpoint")


@app.command()
def prove(
    entry: Annotated[int, typer.Argument(metavar="ENTRY", help="Number of the entry, from 0.", min=0)],
    open: Annotated[
        bool, typer.Option("--open", help="Also show what the entry is about: ids, hashes, who did it.")
    ] = False,
    out: OutOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Make a proof that an entry is in the log, which is checked without this registry."""
    with registry(home) as opened:
        data = log.prove(opened, entry, opened=open)
        key = str(opened.log_keys()[-1].key)
    _deliver(data, out, {"entry": entry, "key": key} if json else None, "proof")


@app.command()
def witness(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="A request or checkpoint of another registry, or with --add one that was cosigned.",
            show_default=False,
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(help="Folder of this witness.", show_default="beside the registry's folder"),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of this witness, needed once.")] = "",
    key: Annotated[
        str, typer.Option(help="Key of the other log, needed once; with --add the key of the witness.")
    ] = "",
    add: Annotated[bool, typer.Option("--add", help="Keep the cosignature of our own checkpoint.")] = False,
    out: OutOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Cosign the checkpoint of another registry as its witness, or take a witness's cosignature.

    A witness refuses a log that shrank or is another one than it saw. Without a file it prints its key.
    """
    if add:
        if file is None or not key:
            raise UsageError("Give the cosigned checkpoint and the --key of the witness.")
        with registry(home) as opened:
            taken = log.add_cosignature(opened, log.read(file), key)
        if json:
            print_json({"size": taken.size, "witness": key})
        else:
            print(f"The cosignature of the checkpoint of {taken.size} entries is kept.")
        return
    place = home or default_home()
    # Not in the registry's folder: a witness's own key lies in it, readable by its owner.
    files = FolderFiles(state or place.with_name(f"{place.name}-witness"))
    if file is None:
        mine = str(log.witness_key(files, name))
        print_json({"key": mine}) if json else print(mine)
        return
    data = log.cosign(files, log.read(file), name, key or None, datetime.now(UTC))
    mine = str(log.witness_key(files, name))
    _deliver(data, out, {"key": mine} if json else None, "checkpoint")


@app.command()
def timestamp(
    request: Annotated[
        Path | None, typer.Option(help="Write a request (RFC 3161) for the present checkpoint here.")
    ] = None,
    response: Annotated[Path | None, typer.Option(help="Take this response of the authority.")] = None,
    roots: Annotated[
        Path | None, typer.Option(help="Certificates (PEM) that you trust, to check the response with.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Let a time-stamping authority confirm when the log had this state.

    Nothing is sent: write a request, send it as the authority asks for it, take its response.
    """
    if (request is None) == (response is None):
        raise UsageError("Give either --request, to write one, or --response, to take one.")
    if response is None:
        with registry(home) as opened:
            data = log.stamp_request(opened)
            size = opened.log_size()
        write_file(request or Path(), data)
        if json:
            print_json({"size": size, "request": str(request)})
        else:
            print(f"{request} asks for a time stamp of the checkpoint of {size} entries.")
        return
    with registry(home) as opened:
        found, stamp = log.keep_stamp(opened, log.read(response), None if roots is None else log.read(roots))
    if json:
        print_json(
            {
                "size": found.size,
                "time": stamp.time.isoformat(),
                "authority": stamp.authority,
                "trusted": stamp.trusted,
            }
        )
        return
    print(f"The checkpoint of {found.size} entries existed at {stamp.time}, says {stamp.authority}.")
    if not stamp.trusted:
        print("Whether that authority can be trusted was not checked; give its root with --roots.")


@app.command()
def rotate(home: HomeOption = None, json: JsonOption = False) -> None:
    """Replace the key that signs the log: the old key signs the change and is then deleted."""
    with registry(home) as opened:
        key = str(log.rotate(opened))
    if json:
        print_json({"key": key})
    else:
        out.print(f"The log is now signed with {key}")
        out.print("Tell those who check it; the proof of the change is in the log's folder, under handover.")


@app.command()
def freeze(
    why: Annotated[
        str, typer.Option(help="The reason; its hash is kept in the last entry.", show_default=False)
    ],
    yes: Annotated[bool, typer.Option("--yes", help="This cannot be undone: yes, do it.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Close the log for good: nothing can be registered, issued or traced in this registry any more."""
    if not yes:
        raise UsageError("Freezing the log cannot be undone; add --yes if that is what you want.")
    with registry(home) as opened:
        last = log.freeze(opened, why)
    if json:
        print_json({"size": last.size})
    else:
        out.print(f"The log is frozen with {last.size} entries. Keep its last checkpoint elsewhere.")


def _deliver(data: bytes, file: Path | None, fields: dict[str, object] | None, name: str) -> None:
    """Print text that was made, or write it to a file; with `fields` as JSON."""
    if file is not None:
        write_file(file, data)
    if fields is not None:
        print_json({name: data.decode(), **fields})
    elif file is None:
        print(data.decode(), end="")
    else:
        print(f"{file} was written.")
