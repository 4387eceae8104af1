"""fother trace: name the copy that a leak was made from, or none."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

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
from fother.flow.respond import DEFAULT_ALPHA, explain, report_html, trace
from fother.model.verdict import Verdict

NAME = "trace"


def run(
    leaks: Annotated[
        list[Path],
        typer.Argument(
            metavar="LEAK…",
            help="Leaked files of one leak: any kind of document, text or picture; - reads text. "
            "Several add up.",
            readable=False,
            show_default=False,
        ),
    ],
    document: Annotated[
        str | None, typer.Option(help="Only this document; by default the leak is identified first.")
    ] = None,
    alpha: Annotated[
        float, typer.Option(help="Highest acceptable probability of naming any innocent copy.")
    ] = DEFAULT_ALPHA,
    report: Annotated[
        Path | None, typer.Option(help="Write a report with pictures to this HTML file.")
    ] = None,
    password: Annotated[
        str, typer.Option(envvar="FOTHER_PASSWORD", help="Password of an encrypted leak.")
    ] = "",
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Name the copy (or the coalition of copies) that a leak was made from, or none.

    Exit status 0 means that the work was done, whatever the verdict. The result names a copy, never a
    person.
    """
    with given(leaks) as files, registry(home) as opened, progress(quiet or json) as bars:
        result = trace(
            opened,
            files,
            document=document,
            alpha=alpha,
            password=password,
            pictures=report is not None,
            progress=bars,
        )
        html = None
        if report is not None:
            html = report_html(result.verdict, datetime.now(UTC), fother.__version__)
            write_report(report, html)
        fields = verdict_fields(result.verdict)
        kept = opened.record_trace(
            artefacts=result.artefacts,
            parameters=result.parameters,
            verdict=fields,
            document=result.verdict.document,
            report=html.encode() if html else None,
            evidence=result.evidence,
        )
    if json:
        print_json({**fields, "trace": kept.id, "report": str(report) if report else None})
        return
    for line in explain(result.verdict):
        out.print(line)
    out.print(f"Recorded as {kept.id}." + (f" Report: {report}" if report else ""))


def verdict_fields(verdict: Verdict) -> dict[str, Any]:
    """The machine contract of `trace --json`."""
    return {
        "document": verdict.document,
        "title": verdict.title,
        "accused": [
            {
                "copy": a.copy,
                "bound": a.bound,
                "p": a.p,
                "log10_bound": a.log10_bound,
                "log10_p": a.log10_p,
                "log10_lr": a.log10_lr,
                "log10_lr_against": a.log10_lr_against,
                "step": a.step,
                "hypothesis": a.hypothesis,
            }
            for a in verdict.accused
        ],
        "false_alarms": [{"decoy": a.copy, "log10_bound": a.log10_bound} for a in verdict.false_alarms],
        "alpha": verdict.alpha,
        "verdict": verdict.sentence,
        "copies": verdict.copies,
        "carriers_read": verdict.carriers_read,
        "expected_score": verdict.expected_score,
        "tried": verdict.tried,
        "stamps": list(verdict.stamps),
        "ranking": [asdict(c) for c in verdict.ranking],
        "pages": [
            {
                "artefact": page.artefact,
                "sheet": page.sheet + 1,
                "page": page.page + 1,
                "carriers_read": page.carriers_read,
                "density": page.density,
                "method": page.method,
            }
            for page in verdict.evidence
        ],
        "texts": [
            {
                "artefact": excerpt.artefact,
                "recognised": excerpt.recognised,
                "carriers_read": excerpt.carriers_read,
                "wordings": excerpt.read("wording"),
                "characters": excerpt.read("characters"),
            }
            for excerpt in verdict.excerpts
        ],
        "stronger": list(verdict.stronger),
        "notes": list(verdict.notes),
        "others": [verdict_fields(other) for other in verdict.others],
    }
