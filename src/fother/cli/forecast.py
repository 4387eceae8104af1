"""fother forecast: how well copies of a registered document can be told apart."""

from __future__ import annotations

from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, out, print_json, registry
from fother.cli.forecast_table import print_forecast
from fother.flow.registering import forecast_again

NAME = "forecast"


def run(
    document: Annotated[
        str, typer.Argument(help="Document: id, start of an id, title or file name.", show_default=False)
    ],
    resistance: Annotated[int, typer.Option(help="Coalition size: 1, 3, 5 or 8.")] = 3,
    strength: Annotated[str, typer.Option(help="discreet, standard or strong.")] = "standard",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show again what registration found, for other resistances and strengths too."""
    with registry(home) as opened:
        found, plan = forecast_again(opened, document, resistance, strength)
    if json:
        print_json({"document": found.id, **plan})
        return
    out.print(f"{found.title}, {found.id}, resistance {resistance}, {strength}:")
    print_forecast(plan)
