"""fother unseal: whom a copy belongs to, once enough approvers agree."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from fother.cli.common import HomeOption, JsonOption, out, print_json, registry
from fother.flow.seals import Asked, ask, tell
from fother.registry import Unsealed, as_dict

NAME = "unseal"


def run(
    reference: Annotated[
        str, typer.Argument(metavar="COPY|REQUEST", help="The copy, or the request.", show_default=False)
    ],
    reason: Annotated[str, typer.Option(help="Why it must be known; the approvers read it.")] = "",
    checked: Annotated[
        bool, typer.Option("--checked-disclosure", help="Confirm that you checked the points above.")
    ] = False,
    days: Annotated[int, typer.Option(help="Days until the request expires.", min=1, max=90)] = 7,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Ask whom a copy belongs to, or see it when enough approvers have approved the request.

    With a copy (C-…) it makes a request, which the approvers answer with `fother approve`; where the
    registry has no approvers but its own key, it answers at once. With a request (U-…) it tells what was
    approved, once. Every step is entered into the log, with who took it.

    Check first, and confirm with --checked-disclosure:
    (1) The leak is not, and is not part of, a disclosure that the law protects: a report of wrongdoing to an
    authority, within the organisation or, where the law allows it, to the public (in the European Union:
    Directive 2019/1937; other countries have laws of their own).
    (2) The leak does not lead to the source of a journalist that the law protects.
    (3) Somebody who is competent for it (legal counsel, data protection officer, staff representation where
    it has a say) agrees that this copy's recipient may be known, for the reason given.
    (4) Whoever is named will be heard first: a copy can be stolen, passed on, or leaked by somebody else.
    """
    with registry(home) as opened:
        if reference.strip().upper().startswith("U-"):
            asked = tell(opened, reference)
        else:
            asked = ask(opened, reference, reason, timedelta(days=days), checked=checked)
    if json:
        print_json(as_json(asked))
    elif asked.told is None:
        request = asked.request
        until = f"{request.expires_at:%Y-%m-%d %H:%M %Z}"
        out.print(f"Request {request.id}: it takes {request.threshold} approvals until {until}.")
        out.print(f"Approvers: fother approve {request.id} --key FILE")
        out.print(f"Then: fother unseal {request.id}")
    else:
        _print(asked.told)


def as_json(asked: Asked) -> dict[str, Any]:
    """A request with, once it is told, what was sealed."""
    told = asked.told
    return {
        "request": as_dict(asked.request),
        "told": None
        if told is None
        else {
            "copy": told.copy,
            "recipient": told.recipient,
            "given": _fields(as_dict(told.given)),
            "latest": _fields(as_dict(told.latest)),
            "list": told.source,
        },
    }


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("row", "line")}


def _print(told: Unsealed) -> None:
    out.print(f"{told.copy} was made for {told.recipient} ({told.source}, row {told.given.row}):")
    given, latest = _fields(as_dict(told.given)), _fields(as_dict(told.latest))
    for name, value in {**given.pop("extra"), **given}.items():
        if value:
            out.print(f"  {name}: {value}")
    newer = {**latest.pop("extra"), **latest}
    changed = {n: v for n, v in newer.items() if v and v != {**told.given.extra, **given}.get(n)}
    if changed:
        out.print("Later lists say: " + ", ".join(f"{name}: {value}" for name, value in changed.items()))
    out.print("That the copy leaked does not say who leaked it. This was entered into the log.")
