"""fother evidence: packs that others can check."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import fother
from fother.cli.common import HomeOption, JsonOption, out, print_json, registry, write_file
from fother.flow.evidence import carrier_table_of, make_pack

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


@app.command("carriers")
def carriers(
    trace: Annotated[str, typer.Argument(help="Kept trace: id or start of an id.", show_default=False)],
    place: Annotated[Path, typer.Option("--out", help="File to write.", show_default=False)],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Write the table of carriers that a leak was read with: `fother verify --carriers` takes it.

    With it and the unmarked original, whoever has the pack can measure the leak again. It says where marks
    can be and in which forms, and nothing of any copy.
    """
    with registry(home) as opened:
        table = carrier_table_of(opened, trace)
    write_file(place, table)
    if json:
        print_json({"trace": trace, "carriers": str(place), "size": len(table)})
        return
    out.print(f"{place}: the table of carriers of {trace}, {len(table)} bytes.")
