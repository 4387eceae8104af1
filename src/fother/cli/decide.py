"""fother decide: a decision with its reason."""

from __future__ import annotations

from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, registry
from fother.cli.desk import CaseArgument, TlpOption, label, tell
from fother.flow.desk.case import decide
from fother.model.case import Decision

NAME = "decide"


def run(
    case: CaseArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is decided.", show_default=False)],
    because: Annotated[str, typer.Option(help="The reason.")],
    accuses: Annotated[
        str, typer.Option(metavar="SUBJECT", help="The copy or party that the decision accuses of something.")
    ] = "",
    tlp: TlpOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Enter a decision with its reason.

    One that accuses somebody is refused before that side was invited to reply (`fother case reply`).
    """
    with registry(home) as opened:
        made = decide(opened, case, Decision(text, because, accuses, label(tlp)))
    tell(made, json, f"decided: {text}")
