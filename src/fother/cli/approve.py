"""fother approve: one approver's yes to a request."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, ask_passphrase, out, print_json, registry
from fother.errors import UsageError
from fother.flow.seals import DISCLOSURE, approve, read_keys
from fother.registry import UnsealRequest, as_dict

NAME = "approve"


def run(
    request: Annotated[str, typer.Argument(metavar="REQUEST", help="The request.", show_default=False)],
    key: Annotated[
        Path,
        typer.Option("--key", help="Your key file, of `fother seal key` or age-keygen.", show_default=False),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Approve without being asked again.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Approve, with your own key, that whoever asks sees whom a copy belongs to.

    You see who asks, which copy and why, and not whom it belongs to. Your key opens your share of this one
    recipient and no other. The approval is entered into the log.
    """
    with registry(home) as opened:
        asked = opened.unseal_request(request)
        (used,) = read_keys([key], ask_passphrase)
        if not yes:
            _confirm(asked, json)
        approved = approve(opened, asked.id, used)
    if json:
        print_json({"request": as_dict(approved)})
        return
    missing = max(0, approved.threshold - len(approved.approved))
    out.print(f"Approved by {used.public}.")
    out.print(
        f"{missing} more {'approval is' if missing == 1 else 'approvals are'} needed."
        if missing
        else f"That is enough: fother unseal {approved.id}"
    )


def _confirm(asked: UnsealRequest, json: bool) -> None:
    if json or not sys.stdin.isatty():
        raise UsageError("Say --yes to approve where nobody can be asked.")
    out.print(f"{asked.actor} asks whom {asked.copy} belongs to, because: {asked.reason}")
    out.print("Whoever asks has confirmed:")
    for sentence in DISCLOSURE:
        out.print(f"- {sentence}")
    if not typer.confirm("Do you approve?"):
        raise UsageError("Nothing was approved.")
