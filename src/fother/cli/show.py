"""fother show: whatever has this id."""

from __future__ import annotations

from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, out, print_json, registry
from fother.registry import as_dict

NAME = "show"


def run(
    reference: Annotated[
        str, typer.Argument(metavar="ID", help="Any id, or a document's title.", show_default=False)
    ],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show a document, edition, issue, copy, recipient, sighting, identification or trace."""
    with registry(home) as opened:
        record = opened.show(reference)
    fields = as_dict(record)
    kind = type(record).__name__.lower().removesuffix("record")
    if json:
        print_json({"kind": kind, **fields})
        return
    out.print(f"{kind} {fields.pop('id')}")
    for name, value in fields.items():
        if value not in (None, "", {}, []):
            out.print(f"  {name.replace('_', ' ')}: {value}")
