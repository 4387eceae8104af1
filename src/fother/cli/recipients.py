"""fother recipients: everyone who may have copies."""

from __future__ import annotations

from fother.cli.common import HomeOption, JsonOption, print_json, registry
from fother.cli.tables import print_table
from fother.registry import as_dict

NAME = "recipients"


def run(home: HomeOption = None, json: JsonOption = False) -> None:
    """List the recipients of all issues."""
    with registry(home) as opened:
        found = opened.recipients()
        copies = opened.copies()
    if json:
        print_json({"recipients": [as_dict(recipient) for recipient in found]})
        return
    count = {r.id: sum(c.recipient == r.id for c in copies) for r in found}
    print_table(
        ["recipient", "name", "email", "organisation", "partner", "role", "copies"],
        [[r.id, r.name, r.email, r.organisation, r.partner, r.role, str(count[r.id])] for r in found],
    )
