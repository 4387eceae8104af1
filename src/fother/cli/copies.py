"""fother copies: the copies of a document."""

from __future__ import annotations

from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, out, print_json, registry
from fother.cli.tables import print_table
from fother.registry import as_dict

NAME = "copies"


def run(
    document: Annotated[
        str, typer.Argument(help="Document: id, start of an id, title or file name.", show_default=False)
    ],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List the copies of a document. Whom one belongs to is sealed; see `fother unseal`."""
    with registry(home) as opened:
        found = opened.document(document)
        copies = opened.copies(found.id)
    if json:
        print_json({"document": found.id, "copies": [as_dict(copy) for copy in copies]})
        return
    out.print(f"{found.title}, {found.id}: {len(copies)} copies.")
    print_table(
        ["copy", "state", "recipient", "issued"],
        [
            [
                copy.id,
                copy.state,
                copy.recipient,
                copy.issued_at.isoformat(" ", "minutes") if copy.issued_at else "",
            ]
            for copy in copies
        ],
    )
