"""fother clocks: what a regime wants, by when, and what was done."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, out, print_json, registry
from fother.flow.clocks import (
    NOT_ADVICE,
    advance,
    all_regimes,
    clock_fields,
    clocks_of,
    compute,
    explain_clock,
    kept_settings,
    parse_moments,
    parse_proofs,
    period_words,
    regime_fields,
    settings,
)

NAME = "clocks"
app = typer.Typer(
    name=NAME,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Deadlines by law, contract or own rule: which there are, when they are due, what was done.",
)

RegimeArgument = Annotated[str, typer.Argument(metavar="REGIME", help="Id of a regime, see clocks list.")]
CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="Id of the case.", show_default=False)]
TriggerOption = Annotated[
    list[str] | None,
    typer.Option(help="What happened when: NAME=TIME with zone, aware=2026-03-05T14:07+01:00; repeatable."),
]
DoneOption = Annotated[list[str] | None, typer.Option(help="What was done when: STEP=TIME; repeatable.")]
ZoneOption = Annotated[str, typer.Option(envvar="FOTHER_ZONE", help="Time zone of answers and of days.")]
CountryOption = Annotated[
    str,
    typer.Option(
        envvar="FOTHER_COUNTRY", help="Whose holidays are days off: AT, DE-BY; none: weekends only."
    ),
]
ReliefOption = Annotated[
    bool, typer.Option("--relief", help="The organisation may use a regime's relief for days off.")
]
RegimesOption = Annotated[
    Path | None,
    typer.Option(envvar="FOTHER_REGIMES", help="YAML file, or folder of them, with own regimes."),
]


@app.command("list")
def list_regimes(regimes: RegimesOption = None, json: JsonOption = False) -> None:
    """The regimes that are known, with their triggers."""
    known = all_regimes(regimes)
    if json:
        print_json({"regimes": [regime_fields(r) for r in known], "not_advice": NOT_ADVICE})
        return
    for one in known:
        out.print(f"{one.id}: {one.name} ({one.text}). Triggers: {', '.join(one.triggers)}.")
    out.print(NOT_ADVICE)


@app.command("show")
def show_regime(regime: RegimeArgument, regimes: RegimesOption = None, json: JsonOption = False) -> None:
    """One regime: its triggers and steps, with the words of the public text."""
    found = compute(regime, {}, {}, datetime.now(UTC), settings("UTC", "", False), regimes).regime
    if json:
        print_json({**regime_fields(found), "not_advice": NOT_ADVICE})
        return
    out.print(f"{found.name}. {found.text}, {found.url}")
    for name, meaning in found.triggers.items():
        out.print(f"  Trigger {name}: {meaning}.")
    for step in found.steps:
        words = f" “{step.words}”" if step.words else ""
        period = period_words(step.period.unit, step.period.count)
        out.print(f"  {step.id}: {step.title}; {period} after {step.after}. {step.citation}.{words}")
        for text in (step.condition and f"Applies {step.condition}.", step.note):
            if text:
                out.print(f"    {text}")
    if found.note:
        out.print(found.note)
    out.print(NOT_ADVICE)


@app.command("due")
def due(
    regime: RegimeArgument,
    trigger: TriggerOption = None,
    done: DoneOption = None,
    zone: ZoneOption = "UTC",
    country: CountryOption = "",
    relief: ReliefOption = False,
    regimes: RegimesOption = None,
    json: JsonOption = False,
) -> None:
    """When the steps of a regime are due after these triggers; nothing is stored."""
    clock = compute(
        regime,
        parse_moments(trigger, "--trigger"),
        parse_moments(done, "--done"),
        datetime.now(UTC),
        settings(zone, country, relief),
        regimes,
    )
    if json:
        print_json(clock_fields(clock))
        return
    for line in explain_clock(clock):
        out.print(line)


@app.command("start")
def start(
    case: CaseArgument,
    regime: RegimeArgument,
    trigger: TriggerOption = None,
    done: DoneOption = None,
    proof: Annotated[
        list[str] | None, typer.Option(help="What shows that a step was done: STEP=TEXT.")
    ] = None,
    owner: Annotated[str, typer.Option(help="Who does it, instead of the regime's role.")] = "",
    why: Annotated[str, typer.Option(help="Why this is entered or changed.")] = "",
    zone: ZoneOption = "UTC",
    country: CountryOption = "",
    relief: ReliefOption = False,
    regimes: RegimesOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Start a regime in a case, add triggers to it, or record what was done; deadlines follow.

    A running clock keeps the zone and country that it was started with.
    """
    with registry(home) as opened:
        clock = advance(
            opened,
            case,
            regime,
            triggers=parse_moments(trigger, "--trigger"),
            done=parse_moments(done, "--done"),
            proofs=parse_proofs(proof),
            now=datetime.now(UTC),
            how=kept_settings(opened, case, regime) or settings(zone, country, relief),
            owner=owner,
            why=why,
            own=regimes,
        )
    if json:
        print_json(clock_fields(clock))
        return
    for line in explain_clock(clock):
        out.print(line)


@app.command("case")
def of_case(
    case: CaseArgument, regimes: RegimesOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """The clocks that run in a case."""
    with registry(home) as opened:
        found = clocks_of(opened, case, datetime.now(UTC), regimes)
    if json:
        print_json({"clocks": [clock_fields(c) for c in found]})
        return
    if not found:
        out.print("No clock runs in this case; start one with fother clocks start.")
    for clock in found:
        for line in explain_clock(clock):
            out.print(line)
