"""fother issue: one marked copy for every recipient."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from fother.cli.common import HomeOption, JsonOption, QuietOption, out, print_json, progress, registry
from fother.flow.delivery import write_delivery_list
from fother.flow.issuing import Issued, issue
from fother.flow.seals import OWN_KEY

NAME = "issue"


def receipt(done: Issued) -> dict[str, Any] | None:
    """Where the log holds the commitment, for whoever keeps it."""
    if done.commitment is None:
        return None
    return {"entry": done.commitment.entry, "checkpoint": done.checkpoint}


def run(
    document: Annotated[
        str, typer.Argument(help="Document: id, start of an id, title or file name.", show_default=False)
    ],
    to: Annotated[
        Path,
        typer.Option(
            "--to",
            help="Recipients: CSV with a header; columns name, email, organisation, partner, role.",
            readable=False,
            show_default=False,
        ),
    ],
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for the copies.", show_default=False)],
    resistance: Annotated[int, typer.Option(help="Coalition size the code is made for: 1, 3, 5 or 8.")] = 3,
    strength: Annotated[str, typer.Option(help="discreet, standard or strong.")] = "standard",
    workers: Annotated[int | None, typer.Option(help="Processes; all cores by default.", min=1)] = None,
    delivery: Annotated[
        Path | None,
        typer.Option(
            help="Also write who gets which file, as CSV; delete it once the copies are sent.",
            show_default=False,
        ),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make one marked copy for every row of a recipient list.

    The list is checked before anything is made. Who has a copy already keeps it, byte for byte, so the list
    can be extended and the command repeated at any time; after an interruption it makes what is missing.
    The names are sealed in the registry, so only --delivery, or the list with the rows that --json gives,
    says which file goes to whom.
    """
    with registry(home) as opened, progress(quiet or json) as bars:
        done = issue(
            opened,
            document,
            to,
            out_folder,
            resistance=resistance,
            strength=strength,
            workers=workers,
            progress=bars,
        )
        setup = opened.seal_setup()
    if delivery is not None:
        write_delivery_list(to, done, delivery)
    entries = done.reservation.entries
    if json:
        print_json(
            {
                "issue": done.reservation.issue.id,
                "document": done.reservation.issue.document,
                "made": done.made,
                "commitment": done.commitment.digest if done.commitment else None,
                "log": receipt(done),
                "copies": [
                    {
                        "copy": e.copy.id,
                        "row": e.row,
                        "file": str(done.files[e.copy.id]),
                        "sha256": e.copy.sha256,
                        "log10_lr": e.copy.log10_lr,
                    }
                    for e in entries
                ],
            }
        )
        return
    existed = len(entries) - done.made
    kept = f", {existed} existed unchanged" if existed else ""
    made = f"{done.made} {'copy' if done.made == 1 else 'copies'} made"
    out.print(f"Issue {done.reservation.issue.id}: {made} in {out_folder}{kept}.")
    out.print("The marks of each new copy were read back. Who has which is sealed.")
    if done.commitment is not None:
        out.print(
            f"Committed in log entry {done.commitment.entry} before the first copy was written: "
            f"{done.commitment.digest}. Whoever keeps this line can tell later that nothing was changed."
        )
    if delivery is not None:
        out.print(f"{delivery} says which file goes to whom; delete it once they are sent.")
    if setup.own:
        out.print(f"Note: {OWN_KEY}")
