"""fother identify: which documents a leak shows, which passages, and what was altered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import fother
from fother.cli.common import (
    HomeOption,
    JsonOption,
    QuietOption,
    given,
    out,
    print_json,
    progress,
    registry,
    write_report,
)
from fother.cli.intake import FoundAtOption, SourceOption, parse_time
from fother.flow.identified import explain_identification, identification_fields, overall, report_html
from fother.flow.identify import identify
from fother.flow.sightings import keep
from fother.registry import Artefact

NAME = "identify"


def run(
    leaks: Annotated[
        list[Path],
        typer.Argument(
            metavar="ARTEFACT…",
            help="Leaked files: documents, mails, web pages, pictures, archives, articles that quote.",
            readable=False,
            show_default=False,
        ),
    ],
    source: SourceOption = "",
    found_at: FoundAtOption = None,
    report: Annotated[
        Path | None, typer.Option(help="Write a report with both texts side by side to this HTML file.")
    ] = None,
    password: Annotated[
        str, typer.Option(envvar="FOTHER_PASSWORD", help="Password of an encrypted leak.")
    ] = "",
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say which registered documents a leak shows, which passages, and what was altered.

    Nobody has to know which document it is. Genuine means that what the leak shows stands so in the document;
    altered, that something was changed; mixed, that there is foreign text beside it; not ours, that it shows
    no registered document. Exit status 0 means that the work was done, whatever the verdict.
    """
    when = parse_time(found_at)
    with given(leaks) as files, registry(home) as opened, progress(quiet or json) as bars:
        found = identify(opened, files, password=password, progress=bars)
        kept = [t.record for t in keep(opened, [one.file for one in found], source, when)]
        html = None
        if report is not None:
            html = report_html(opened, found, kept, datetime.now(UTC), fother.__version__)
            write_report(report, html)
        parts = [
            {**identification_fields(one.identification), "sighting": record.id}
            for one, record in zip(found, kept, strict=True)
        ]
        fields = {
            "verdict": overall(found),
            "matches": [{**m, "artefact": p["artefact"]} for p in parts for m in p["matches"]],
            "changes": [{**c, "artefact": p["artefact"]} for p in parts for c in p["changes"]],
            "artefacts": parts,
        }
        entry = opened.record_identification(
            artefacts=[Artefact(r.name, r.sha256, r.id) for r in kept],
            result=fields,
            report=html.encode() if html else None,
        )
    if json:
        print_json({**fields, "identification": entry.id, "report": str(report) if report else None})
        return
    for one in found:
        for line in explain_identification(one.identification):
            out.print(line)
    out.print(f"Recorded as {entry.id}." + (f" Report: {report}" if report else ""))
