"""fother note: something to remember."""

from __future__ import annotations

from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, registry
from fother.cli.desk import CaseArgument, TlpOption, label, tell
from fother.flow.desk.entries import add
from fother.model.case import Note

NAME = "note"


def run(
    case: CaseArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The note.", show_default=False)],
    tlp: TlpOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Enter a note into a case."""
    with registry(home) as opened:
        made = add(opened, Note(text, label(tlp)), case)
    tell(made, json, text)
