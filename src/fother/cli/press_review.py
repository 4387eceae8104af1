"""fother press review: what people make of what the rules found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, out, print_json, registry
from fother.flow.press import review as desk
from fother.flow.press.add import Reading, names_for
from fother.flow.press.views import event_line, finding_fields, report_fields, report_lines, statement_line
from fother.registry import Item

app = typer.Typer(
    help="Accept, correct, merge, delete and add what was found; the machine's proposal is kept beside it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
IdsArgument = Annotated[
    list[str], typer.Argument(metavar="ID…", help="Statements or events.", show_default=False)
]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A statement or event.", show_default=False)]
ReportArgument = Annotated[str, typer.Argument(metavar="REPORT", help="Id of a report.", show_default=False)]
WhyOption = Annotated[str, typer.Option(help="The reason, kept with this version.")]


@app.command()
def accept(ids: IdsArgument, why: WhyOption = "", home: HomeOption = None, json: JsonOption = False) -> None:
    """Take findings as they are."""
    with registry(home) as opened:
        _tell(desk.accept(opened, ids, why), json)


@app.command()
def delete(ids: IdsArgument, why: WhyOption = "", home: HomeOption = None, json: JsonOption = False) -> None:
    """Say that findings are wrong; they are kept as deleted and not proposed again."""
    with registry(home) as opened:
        _tell(desk.delete(opened, ids, why), json)


@app.command()
def correct(
    id: IdArgument,
    stance: Annotated[str | None, typer.Option(help="assert, deny, confirm, decline, …")] = None,
    name: Annotated[str | None, typer.Option(help="Canonical name of the speaker.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="named, anonymous, organisation, document or outlet.")
    ] = None,
    role: Annotated[str | None, typer.Option(help="Role of the speaker.")] = None,
    organisation: Annotated[str | None, typer.Option(help="Whom the speaker belongs to.")] = None,
    country: Annotated[str | None, typer.Option(help="Country, by its code.")] = None,
    party: Annotated[str | None, typer.Option(help="Whose position it counts as.")] = None,
    topic: Annotated[str | None, typer.Option(help="Document or claim that it is about.")] = None,
    words: Annotated[
        str | None, typer.Option(help="What is said, as it stands in the report letter by letter.")
    ] = None,
    credibility: Annotated[
        str | None, typer.Option(help="How credible, 1 (confirmed) to 6 (cannot be judged).")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day of an event.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day of an event.")] = None,
    why: WhyOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Change a finding and accept it so."""
    given = {
        "stance": stance,
        "name": name,
        "kind": kind,
        "role": role,
        "organisation": organisation,
        "country": country,
        "party": party,
        "topic": topic,
        "words": words,
        "credibility": credibility,
        "from": first,
        "to": last,
    }
    with registry(home) as opened:
        changes = {field: value for field, value in given.items() if value is not None}
        _tell([desk.correct(opened, id, changes, why)], json)


@app.command()
def merge(ids: IdsArgument, why: WhyOption = "", home: HomeOption = None, json: JsonOption = False) -> None:
    """Make one statement of several of one report; the first keeps its speaker and stance."""
    with registry(home) as opened:
        _tell([desk.merge(opened, ids, why)], json)


@app.command()
def add(
    report: ReportArgument,
    words: Annotated[str, typer.Option(help="What is said, as it stands in the report letter by letter.")],
    speaker: Annotated[str, typer.Option(help="Who says it, as it stands in the report.")],
    stance: Annotated[str, typer.Option(help="assert, deny, confirm, decline, …")] = "assert",
    kind: Annotated[str, typer.Option(help="named, anonymous, organisation, document or outlet.")] = "named",
    why: WhyOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Add a statement that the rules did not find."""
    with registry(home) as opened:
        _tell([desk.add_by_hand(opened, report, words, speaker, stance, kind, why)], json)


@app.command()
def rate(
    report: ReportArgument,
    reliability: Annotated[
        str, typer.Argument(help="A (completely reliable) to F (cannot be judged).", show_default=False)
    ],
    why: WhyOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Say how reliable the source of a report is (Admiralty scale)."""
    with registry(home) as opened:
        made = desk.rate(opened, report, reliability, why)
    if json:
        print_json({"report": made.id, "reliability": made.body["reliability"]})
    else:
        out.print(f"{made.id}: reliability {made.body['reliability']}.")


@app.command()
def again(
    report: ReportArgument,
    names: Annotated[
        Path | None,
        typer.Option(envvar="FOTHER_NAMES", help="TOML file with the organisation's own names."),
    ] = None,
    why: WhyOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Run the rules anew; what people accepted, corrected, deleted or added stays as it is."""
    with registry(home) as opened:
        week = int(desk.report_of(opened, report).body.get("first_weekday", 0))
        reading = Reading(names=names_for(opened, names), first_weekday=week)
        done = desk.read_again(opened, report, reading, why)
    if json:
        print_json(report_fields(done))
        return
    for line in report_lines(done):
        out.print(line)


def _tell(items: list[Item] | tuple[Item, ...], json: bool) -> None:
    if json:
        print_json({"findings": [finding_fields(i) for i in items]})
        return
    for item in items:
        out.print(statement_line(item) if item.kind == "statement" else event_line(item))
