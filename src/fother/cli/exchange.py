"""fother exchange: a case given to others, and what others give, in their formats."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, out, print_json, registry, storage_error
from fother.errors import InputFileError
from fother.flow.exchange import counts, export_case, import_file
from fother.flow.parts import write_whole

NAME = "exchange"
app = typer.Typer(
    name=NAME,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="A case for others and from others: STIX 2.1, MISP, JSON-LD, CSV, calendar, with TLP labels.",
)
CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="Id of the case.", show_default=False)]


@app.command("export")
def export(
    case: CaseArgument,
    form: Annotated[str, typer.Option("--to", help="stix, misp, jsonld, csv or ics.")],
    out_file: Annotated[Path, typer.Option("--out", help="File to write.")],
    tlp: Annotated[
        str, typer.Option(help="Circle: CLEAR, GREEN, AMBER, AMBER+STRICT, RED.", show_default="the case's")
    ] = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Write reports, statements, leaked documents, parties, events and deadlines of a case for a circle.

    Entries with a stricter label than the circle are left out, and counted. Notes, decisions, outreach,
    traces, tasks and access lists are never exported.
    """
    with registry(home) as opened:
        data, bundle, left_out = export_case(opened, case, form, tlp, datetime.now(UTC))
    try:
        write_whole(out_file, data)
    except OSError as error:
        raise storage_error(error, out_file) from None
    fields = {
        "case": bundle.id,
        "format": form,
        "tlp": bundle.tlp,
        "file": str(out_file),
        "left_out": left_out,
    }
    if json:
        print_json({**fields, **counts(bundle)})
        return
    held = ", ".join(f"{number} {kind}" for kind, number in counts(bundle).items() if number) or "nothing"
    out.print(f"{out_file}: {held}; TLP:{bundle.tlp}.")
    if left_out:
        out.print(f"{left_out} entries have a stricter label or belong to such a report and were left out.")


@app.command("import")
def import_(
    case: CaseArgument,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="STIX, MISP, JSON-LD or CSV of Fother, or .ics.")
    ],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Enter what others send as proposals of a case; entered once, however often it is imported."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputFileError(f"{file} cannot be read ({error.strerror}).") from None
    with registry(home) as opened:
        bundle, entered = import_file(opened, case, data, file.name)
    if json:
        print_json(
            {"from": bundle.id, "tlp": bundle.tlp, "entered": [i.id for i in entered], **counts(bundle)}
        )
        return
    out.print(f"{len(entered)} entries of {bundle.title} (TLP:{bundle.tlp}) entered as proposals.")
