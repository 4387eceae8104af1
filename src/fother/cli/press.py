"""fother press: what is said in public, by whom, and how it changes."""

from __future__ import annotations

import io
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, QuietOption, out, print_json, progress, registry
from fother.cli.press_review import app as review
from fother.errors import UsageError
from fother.flow.press.add import Reading, add_files, existing, names_for
from fother.flow.press.claims import check_claims
from fother.flow.press.review import report_of, text_of
from fother.flow.press.standing import positions
from fother.flow.press.views import (
    claim_fields,
    claim_lines,
    listed_fields,
    matrix_fields,
    matrix_lines,
    report_fields,
    report_lines,
)
from fother.flow.press.watch import watch_once
from fother.registry import Registry

NAME = "press"
app = typer.Typer(
    help="What is said in public about a leak: reports, statements, positions.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(review, name="review")

OutletOption = Annotated[str, typer.Option(help="Who published it; without, what the report says of itself.")]
DateOption = Annotated[
    str | None,
    typer.Option("--date", help="Day of publication, which “next week” counts from.", metavar="YYYY-MM-DD"),
]
CaseOption = Annotated[str | None, typer.Option(help="Case that it belongs to: its id or the start of it.")]
NamesOption = Annotated[
    Path | None,
    typer.Option(
        envvar="FOTHER_NAMES",
        help="TOML file with the organisation's own names; without, names.toml in the registry's folder.",
    ),
]
SundayOption = Annotated[bool, typer.Option("--sunday", help="Weeks begin on Sunday, not on Monday.")]
ReportArgument = Annotated[str, typer.Argument(metavar="REPORT", help="Id of a report.", show_default=False)]


@app.command()
def add(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="Saved pages, texts, mails, PDFs, RSS or Atom feeds or single items of them.",
            readable=False,
            show_default=False,
        ),
    ],
    outlet: OutletOption = "",
    published: DateOption = None,
    url: Annotated[str, typer.Option(help="Address of the report.")] = "",
    case: CaseOption = None,
    names: NamesOption = None,
    sunday: SundayOption = False,
    password: Annotated[
        str, typer.Option(envvar="FOTHER_PASSWORD", help="Password of an encrypted file.")
    ] = "",
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Keep reports as received and find who says what in them.

    Files are opened in a sandbox. The text that was read never changes; all places count in its code points,
    and `press show --text` prints it. Everything found is a proposal until somebody reviews it.
    """
    with registry(home, create=True) as opened, progress(quiet or json) as bars:
        reading = _reading(opened, outlet, published, url, case, names, sunday)
        added = add_files(opened, files, reading, password=password, progress=bars)
    if json:
        reports = [report_fields(one) for one in added]
        print_json(reports[0] if len(reports) == 1 else {"reports": reports})
        return
    for one in added:
        for line in report_lines(one):
            out.print(line)


@app.command("list")
def list_(case: CaseOption = None, home: HomeOption = None, json: JsonOption = False) -> None:
    """List reports, oldest first."""
    with registry(home) as opened:
        reports = opened.items("report", case=case)
        counts: dict[str, int] = {}
        for item in opened.items("statement", case=case):
            counts[str(item.body.get("report"))] = counts.get(str(item.body.get("report")), 0) + 1
        fields = [listed_fields(item, counts) for item in reports]
    if json:
        print_json({"reports": fields})
        return
    for one in fields:
        same = f" (as {one['group']})" if one["group"] else ""
        day = one["published"] or "day unknown"
        outlet = one["outlet"] or "unknown outlet"
        out.print(f"{one['report']}  {day}  {outlet}: {one['title']}{same}, {one['statements']} statements")
    if not fields:
        out.print("No reports yet; `fother press add` reads one.")


@app.command()
def show(
    report: ReportArgument,
    text: Annotated[bool, typer.Option("--text", help="Print the canonical text and nothing else.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show a report with what was found in it, or its canonical text exactly as all places count in it."""
    with registry(home) as opened:
        found = report_of(opened, report)
        canonical = text_of(opened, found)
        shown = existing(opened, found)
    if text and not json:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # no line end is changed on its way
        sys.stdout.write(canonical)
        return
    if json:
        print_json({**report_fields(shown), **({"text": canonical} if text else {})})
        return
    for line in report_lines(shown):
        out.print(line)


@app.command()
def watch(
    feeds: Annotated[
        list[str],
        typer.Argument(
            metavar="FEED…", help="Addresses of RSS or Atom feeds (http or https).", show_default=False
        ),
    ],
    every: Annotated[
        int | None, typer.Option(help="Minutes between rounds, at least 5; without, one round.", min=5)
    ] = None,
    outlet: OutletOption = "",
    case: CaseOption = None,
    names: NamesOption = None,
    sunday: SundayOption = False,
    contact: Annotated[
        str, typer.Option(envvar="FOTHER_CONTACT", help="Address told to the sites asked, for complaints.")
    ] = "",
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Ask feeds for new reports, politely, and take them in.

    A feed is asked at most every five minutes, only for what changed, and not where robots.txt forbids it.
    One round, then it ends; with --every it goes on until it is interrupted. Exit status 0 also when a feed
    could not be had: that is told, and remembered.
    """
    with registry(home, create=True) as opened:
        reading = _reading(opened, outlet, None, "", case, names, sunday)
        while True:
            with progress(quiet or json) as bars:
                results = watch_once(opened, feeds, reading, _now, contact=contact, progress=bars)
            if json:
                print_json(
                    {
                        "feeds": [
                            {
                                "url": r.url,
                                "sentence": r.sentence,
                                "problem": r.problem,
                                "reports": [report_fields(a) for a in r.added],
                            }
                            for r in results
                        ]
                    }
                )
            else:
                for result in results:
                    out.print(result.sentence)
                    for one in result.added:
                        for line in report_lines(one):
                            out.print(f"  {line}")
            if every is None:
                return
            time.sleep(timedelta(minutes=every).total_seconds())


@app.command("positions")
def positions_(case: CaseOption = None, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show what each party says on each leaked document, how that changed, and what does not fit."""
    with registry(home) as opened:
        found = positions(opened, case)
    if json:
        print_json(matrix_fields(found))
        return
    for line in matrix_lines(found):
        out.print(line)


@app.command()
def claims(
    report: ReportArgument,
    document: Annotated[
        list[str] | None,
        typer.Option(help="Registered document to compare with; without, those that a search offers."),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say whether what a report says of leaked documents stands in the registered ones.

    Verbatim, as a paraphrase, or not in the document: by words, so a first answer for whoever reads both.
    """
    with registry(home) as opened, progress(quiet or json) as bars:
        found = check_claims(opened, report, document or (), bars)
    if json:
        print_json({"claims": [claim_fields(c) for c in found]})
        return
    for line in claim_lines(found):
        out.print(line)


def _reading(
    opened: Registry,
    outlet: str,
    published: str | None,
    url: str,
    case: str | None,
    names: Path | None,
    sunday: bool,
) -> Reading:
    return Reading(
        outlet=outlet.strip(),
        published=parse_day(published),
        url=url,
        case=case,
        names=names_for(opened, names),
        first_weekday=6 if sunday else 0,
    )


def parse_day(text: str | None) -> date | None:
    """A day as typed. Raises UsageError."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise UsageError(f"--date is a day such as 2026-03-05, not {text}.") from None


def _now() -> datetime:
    return datetime.now(UTC)
