"""fother demo: the main job from end to end in one command."""

from __future__ import annotations

import webbrowser
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import fother
from fother.cli.case_demo import run_case
from fother.cli.common import JsonOption, QuietOption, out, print_json, progress, registry, write_report
from fother.cli.trace import verdict_fields
from fother.flow.demo import demonstrate
from fother.flow.respond import explain, report_html

NAME = "demo"


def run(
    folder: Annotated[Path, typer.Argument(help="Folder for everything the demonstration makes.")] = Path(
        "fother-demo"
    ),
    case: Annotated[
        bool, typer.Option("--case", help="Play a whole case instead, from the leak to the desk's report.")
    ] = False,
    show: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Register a sample report, issue 12 marked copies, photograph one page of one copy and trace the photo.

    The photo is simulated (printing, paper, light, lens, sensor, messenger); all the rest is what you would
    run on your own documents. It has a registry of its own, in the folder. With `--case` two documents leak,
    one as a photo and one as an altered excerpt, the press reports, and the desk works until the report is
    finished; every command that is run is shown.
    """
    if case:
        _play(folder, show, json)
        return
    with registry(folder / "registry", create=True) as opened, progress(quiet or json) as bars:
        done = demonstrate(opened, folder, bars)
    report = folder / "report.html"
    write_report(report, report_html(done.traced.verdict, datetime.now(UTC), fother.__version__))
    right = [a.copy for a in done.traced.verdict.accused] == [done.leaked_copy]
    if json:
        fields = verdict_fields(done.traced.verdict)
        print_json({**fields, "leaked_copy": done.leaked_copy, "right": right, "report": str(report)})
    else:
        out.print(f"Registered {folder / 'original.pdf'} as {done.registered.document.id}.")
        out.print(f"Issued {len(done.issued.files)} marked copies into {folder / 'copies'}.")
        out.print(f"Photographed page 2 of {done.leaked_copy} (simulated phone photo): {done.photo}")
        out.print("Traced the photo against all copies:\n")
        for line in explain(done.traced.verdict):
            out.print(f"  {line}")
        out.print(f"\nReport: {report.resolve()}")
    if show:
        webbrowser.open(report.resolve().as_uri())
    if not right:
        raise typer.Exit(1)


def _play(folder: Path, show: bool, json: bool) -> None:
    done = run_case(folder, datetime.now(UTC), (lambda _: None) if json else out.print)
    if json:
        print_json(done)
    else:
        out.print(f"\nEverything is in {folder.resolve()}; open {done['html']}.")
    if show:
        webbrowser.open(Path(done["html"]).resolve().as_uri())
    if not done["right"]:
        raise typer.Exit(1)
