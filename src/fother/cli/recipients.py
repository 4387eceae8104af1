"""fother recipients: everyone who may have copies, without saying who it is."""

from __future__ import annotations

from collections import Counter

from fother.cli.common import HomeOption, JsonOption, out, print_json, registry
from fother.cli.tables import print_table
from fother.registry import as_dict

NAME = "recipients"


def run(home: HomeOption = None, json: JsonOption = False) -> None:
    """List the recipients of all issues by their ids. Who they are is sealed; see `fother unseal`."""
    with registry(home) as opened:
        found = opened.recipients()
        count = Counter(copy.recipient for copy in opened.copies())
    if json:
        print_json({"recipients": [as_dict(r) | {"copies": count[r.id]} for r in found]})
        return
    print_table(
        ["recipient", "since", "copies", ""],
        [
            [r.id, f"{r.added_at:%Y-%m-%d}", str(count[r.id]), "erased" if r.erased_at else "sealed"]
            for r in found
        ],
    )
    out.print("Who they are is sealed; `fother unseal` asks whom a copy belongs to.")
