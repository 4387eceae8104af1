"""fother evidence: packs that others can check."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import fother
from fother.cli.common import HomeOption, JsonOption, out, print_json, registry
from fother.flow.evidence import make_pack

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Evidence packs: a trace as others can check it, without this registry.",
)


@app.callback()
def group() -> None:
    """Evidence packs: a trace as others can check it, without this registry."""


@app.command("make")
def make(
    trace: Annotated[str, typer.Argument(help="Kept trace: id or start of an id.", show_default=False)],
    place: Annotated[
        Path | None,
        typer.Option("--out", help="Folder, or file that ends with .zip; by default named after the trace."),
    ] = None,
    no_name: Annotated[
        bool, typer.Option("--no-name", help="Also of a trace that names no copy: shows what was looked at.")
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Make the evidence pack of a trace: leaked files, observations, the named copy's opened commitment.

    It opens the named copies and the decoys, and nothing about any other copy or any person.
    """
    with registry(home) as opened:
        made = make_pack(
            opened,
            trace,
            place or Path(f"evidence-{trace}.zip"),
            no_name=no_name,
            now=datetime.now(UTC),
            software=f"fother {fother.__version__}",
        )
    if json:
        print_json(
            {"trace": made.trace, "pack": str(made.place), "copies": made.copies, "sizes": dict(made.sizes)}
        )
        return
    named = f"names {', '.join(made.copies)}" if made.copies else "names no copy"
    out.print(f"Evidence pack {made.place} of {made.trace} {named}.")
    out.print(
        f"{made.sizes['whole']} bytes, of which the leaked files are {made.sizes['artefacts']}, the opening "
        f"of a copy {made.sizes['opening']}, the biases {made.sizes['biases']}."
    )
    out.print(f"Anybody can check it: fother verify {made.place}, or with the verify_pack.py inside.")
