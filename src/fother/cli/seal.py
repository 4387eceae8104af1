"""fother seal: who may see whom copies belong to, and what the registry's keys are locked with."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from fother.cli.common import (
    HomeOption,
    JsonOption,
    QuietOption,
    ask_passphrase,
    new_passphrase,
    out,
    print_json,
    progress,
    registry,
)
from fother.cli.tables import print_table
from fother.errors import UsageError
from fother.flow import seals
from fother.registry import SealSetup, as_dict

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Who may see whom copies belong to, and what the keys are locked with.",
)

ApproversOption = Annotated[
    list[str],
    typer.Option(
        "--approvers",
        help="A public key (age1…) or a file of them, one a line; may be repeated.",
        show_default=False,
    ),
]
KeysOption = Annotated[
    list[Path] | None,
    typer.Option("--key", help="Key file of a present approver; as many as it takes.", show_default=False),
]
ReasonOption = Annotated[str, typer.Option(help="Why; it is entered into the log.", show_default=False)]


@app.command()
def status(home: HomeOption = None, json: JsonOption = False) -> None:
    """Say who approves, what the keys are locked with, and which requests there are."""
    with registry(home) as opened:
        setup, requests, lock = opened.seal_setup(), opened.unseal_requests(), opened.key_lock()
    if json:
        print_json(
            {
                "setup": as_dict(setup),
                "keys_locked_with": lock.kind,
                "requests": [as_dict(request) for request in requests],
            }
        )
        return
    _print_setup(setup)
    out.print(f"The registry's keys are locked with a {lock.kind}.")
    if requests:
        print_table(
            ["request", "copy", "asked by", "reason", "approvals", "state", "until"],
            [
                [
                    r.id,
                    r.copy,
                    r.actor,
                    r.reason,
                    f"{len(r.approved)} of {r.threshold}",
                    r.state,
                    f"{r.expires_at:%Y-%m-%d %H:%M}",
                ]
                for r in requests
            ],
        )


@app.command()
def key(
    file: Annotated[Path, typer.Argument(help="The file to make.", show_default=False)],
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="Do not encrypt the file; keep it on a safe medium.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Make an approver's key file, as age-keygen does; its public key goes to whoever sets the seals up.

    The passphrase is asked for on a terminal, or taken from FOTHER_NEW_PASSPHRASE.
    """
    made = seals.make_key(file, None if no_passphrase else new_passphrase(), datetime.now(UTC))
    if json:
        print_json({"file": str(file), "public": made.public})
        return
    out.print(f"Public key: {made.public}")
    out.print(f"{file} holds the secret key. Keep it where nobody else can read it, with a copy elsewhere.")


@app.command()
def setup(
    approvers: ApproversOption,
    threshold: Annotated[
        int, typer.Option(help="How many of them it takes to unseal.", min=1, show_default=False)
    ],
    key: KeysOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Give the seals to approvers, of whom as many as the threshold says must agree before a name is seen.

    Where there are approvers already, as many of their key files as it takes are needed. Open requests are
    closed. Copies of the registry made before keep their old seals.
    """
    _change(home, seals.read_approvers(approvers), threshold, key, json, quiet)


@app.command()
def rotate(
    approvers: Annotated[
        list[str] | None,
        typer.Option(
            "--approvers",
            help="The new public keys (age1…) or files of them; none for a new own key.",
            show_default=False,
        ),
    ] = None,
    key: KeysOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Give the seals to new keys of the approvers; the threshold stays.

    Without --approvers a registry that is its own approver makes itself a new key.
    """
    if approvers is None:
        with registry(home) as opened:
            own = opened.seal_setup().own
        if not own:
            raise UsageError("Name the approvers' new public keys with --approvers.")
    _change(home, None if approvers is None else seals.read_approvers(approvers), None, key, json, quiet)


def _change(
    home: Path | None,
    approvers: tuple[str, ...] | None,
    threshold: int | None,
    keys: list[Path] | None,
    json: bool,
    quiet: bool,
) -> None:
    present = seals.read_keys(keys or [], ask_passphrase)
    with registry(home) as opened, progress(quiet or json) as bars:
        made = seals.set_up(opened, approvers, threshold, present, bars)
    if json:
        print_json({"setup": as_dict(made)})
    else:
        _print_setup(made)


def _print_setup(setup: SealSetup) -> None:
    if setup.own:
        out.print(seals.OWN_KEY)
        return
    out.print(
        f"It takes {setup.threshold} of {len(setup.approvers)} approvers to see whom a copy belongs to:"
    )
    for public in setup.approvers:
        out.print(f"  {public}")


@app.command()
def erase(
    recipient: Annotated[
        str, typer.Argument(help="The recipient's id, or e-mail address.", show_default=False)
    ],
    reason: ReasonOption,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without being asked again.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Make it impossible, for everyone and for good, to see who a recipient is.

    Copies of that recipient can still be traced, as copies of somebody who was erased; log and commitments
    stay valid. Backups made before still hold the sealed name: delete them, or erase it there as well.
    """
    if not yes:
        if json or not sys.stdin.isatty():
            raise UsageError("Say --yes to erase where nobody can be asked.")
        if not typer.confirm("Nobody will ever be able to undo this. Erase?"):
            raise UsageError("Nothing was erased.")
    with registry(home) as opened:
        found = seals.erase(opened, recipient, reason)
    if json:
        print_json({"recipient": as_dict(found)})
    else:
        out.print(f"{found.id} is erased.")


@app.command()
def rekey(
    new_files_only: Annotated[
        bool, typer.Option("--new-files-only", help="Leave what is stored under the old keys.")
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a new key for stored files, and encrypt all of them anew under it.

    Interrupted, the same command goes on; files are readable at every moment.
    """
    with registry(home) as opened, progress(quiet or json) as bars:
        count = seals.rekey(opened, bars, rewrite=not new_files_only)
    if json:
        print_json({"written": count})
    else:
        out.print(f"{count} files were encrypted anew; new files use the new key.")


@app.command()
def lock(
    kind: Annotated[
        str, typer.Argument(metavar="WITH", help="passphrase, key-file or keyring.", show_default=False)
    ],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Lock the registry's keys with something else; stored files need not be written again.

    passphrase: asked for on a terminal, or taken from FOTHER_NEW_PASSPHRASE; from then on every command
    needs it in FOTHER_PASSPHRASE. key-file: the one named in FOTHER_KEY_FILE, or the one in your folder for
    settings; made when it is missing. keyring: the system's, which needs the extra fother[keyring].
    """
    with registry(home) as opened:
        made = seals.lock(
            opened,
            kind,
            passphrase=new_passphrase() if kind == "passphrase" else None,
            environment=os.environ,
        )
    if json:
        print_json({"keys_locked_with": made.kind})
    else:
        out.print(f"The registry's keys are locked with a {made.kind} now.")
