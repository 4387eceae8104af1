"""fother exposure: what a case says of each party, reviewed and added to by people."""

from __future__ import annotations

from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, out, print_json, registry
from fother.errors import UsageError
from fother.flow.exposures import add, exposures, review
from fother.registry import as_dict

NAME = "exposure"
app = typer.Typer(
    name=NAME,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="What leaked content gives away of each party: listed, confirmed, corrected, added.",
)

SeverityOption = Annotated[str, typer.Option(help="unknown, none, low, moderate, high or severe.")]
WhyOption = Annotated[str, typer.Option(help="Why this is entered or changed.")]


@app.command("list")
def list_exposures(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Id of the case.", show_default=False)],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """All exposures of a case, gravest first."""
    with registry(home) as opened:
        found = exposures(opened, case)
    if json:
        print_json({"exposures": found})
        return
    for one in found:
        out.print(f"{one['exposure']} {one['severity']} {one['name']} ({one['review']}): {one['reason']}")
        for quote in one["quotes"]:
            out.print(f"  “{quote['text']}” [{one['source']}]")
    if not found:
        out.print("This case has no exposures; fother assess proposes them.")


@app.command("review")
def review_exposure(
    exposure: Annotated[str, typer.Argument(metavar="ID", help="EX-…", show_default=False)],
    accept: Annotated[bool, typer.Option("--accept", help="It is so.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="It is not so.")] = False,
    severity: SeverityOption = "",
    party: Annotated[str, typer.Option(help="It concerns this party instead: id or name.")] = "",
    reason: Annotated[str, typer.Option(help="Reason in other words.")] = "",
    why: WhyOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Confirm or reject an exposure, with corrections; the proposal stays as an earlier version."""
    if accept == reject:
        raise UsageError("Give either --accept or --reject.")
    with registry(home) as opened:
        item = review(opened, exposure, accept=accept, severity=severity, party=party, reason=reason, why=why)
    if json:
        print_json(as_dict(item))
        return
    out.print(f"{item.id} is {item.body['review']} (version {item.version}).")


@app.command("add")
def add_exposure(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Id of the case.", show_default=False)],
    party: Annotated[str, typer.Option(help="Id or name of the party; a new name makes a new party.")],
    kind: Annotated[
        str, typer.Option(help="Of a new party: organisation, country, person, programme or place.")
    ] = "organisation",
    source: Annotated[
        str, typer.Option(help="What gives it away: a sighting, document, described document or report.")
    ] = "",
    quote: Annotated[list[str] | None, typer.Option(help="Words that stand there; repeatable.")] = None,
    severity: SeverityOption = "unknown",
    reason: Annotated[str, typer.Option(help="Why it matters to the party.")] = "",
    category: Annotated[
        str, typer.Option(help="What is given away: identity, plan, position, capability, method, …")
    ] = "",
    why: WhyOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Add an exposure that no rule proposed."""
    with registry(home) as opened:
        item = add(
            opened,
            case,
            party,
            kind=kind,
            source=source,
            quotes=quote or (),
            severity=severity,
            reason=reason,
            category=category,
            why=why,
        )
    if json:
        print_json(as_dict(item))
        return
    out.print(f"Entered as {item.id}.")
