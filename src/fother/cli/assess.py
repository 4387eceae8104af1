"""fother assess: what leaked text gives away, about whom, how gravely, and who had access."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, QuietOption, out, print_json, progress, registry
from fother.cli.markings import LabelsOption
from fother.errors import UsageError
from fother.flow.assess import Assessment, assess, assessment_fields, explain_assessment, means
from fother.flow.exposures import save
from fother.registry import Item, default_home

NAME = "assess"


def run(
    leaks: Annotated[
        list[str],
        typer.Argument(
            metavar="ID|FILE…",
            help="Identifications (M-…), sightings (L-…) or files, as leaks of one case.",
            show_default=False,
        ),
    ],
    case: Annotated[
        str | None, typer.Option(help="Enter the proposals in this case, and use its access lists.")
    ] = None,
    access: Annotated[
        list[Path] | None,
        typer.Option(help="CSV of others who had access: who, document, pages; repeatable."),
    ] = None,
    rubric: Annotated[
        Path | None, typer.Option(envvar="FOTHER_RUBRIC", help="YAML file with an own rubric of severity.")
    ] = None,
    labels: LabelsOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say which parties leaked text concerns, what it gives away of each, and how grave that is.

    Of an identification only the passages that leaked are assessed, with the markings that the document has
    there. Several leaks are weighed together too. Everything is a proposal by rules, for people to review.
    """
    folder = home or default_home()
    if not folder.exists():
        if case:
            raise UsageError(f"There is no registry in {folder}; give --home, or leave out --case.")
        with progress(quiet or json) as bars:
            found = assess(None, leaks, means(None, rubric, labels, access or ()), bars)
        _print(found, [], json)
        return
    with registry(home) as opened, progress(quiet or json) as bars:
        found = assess(opened, leaks, means(opened, rubric, labels, access or (), case), bars)
        entered = save(opened, case, found) if case else []
    _print(found, entered, json)


def _print(found: Assessment, entered: list[Item], json: bool) -> None:
    if json:
        print_json({**assessment_fields(found), "entered": [item.id for item in entered]})
        return
    for line in explain_assessment(found):
        out.print(line)
    if entered:
        out.print(f"{len(entered)} exposures entered in the case as proposals.")
