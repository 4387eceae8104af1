"""fother relay: a mail relay that marks what goes to lists, one copy for each recipient."""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from fother.cli.common import HomeOption, JsonOption, out, print_json, registry
from fother.errors import UsageError
from fother.flow.relay.status import Doubt, check, configuration, resolve, status

app = typer.Typer(
    name="relay",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="A mail relay that sends one individually marked message to each member of a list.",
)
ConfigArgument = Annotated[
    Path, typer.Argument(help="Configuration of the relay (TOML).", show_default=False)
]


@app.command(name="serve")
def serve_command(config: ConfigArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Take mail, mark it, hand it on, until interrupted (Ctrl-C or SIGTERM).

    What happens is told on standard error, one line each, without addresses and subjects; with --json, on
    standard output, one JSON value a line. Mail that waits outlasts a kill at any moment: start it again.
    """
    if sys.platform == "win32":
        raise UsageError("The relay runs on Linux, macOS and other POSIX systems, not on Windows.")
    from fother.flow.relay.registry_marker import RegistryMarker
    from fother.flow.relay.serve import serve, teller

    policy = configuration(config)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with registry(home, create=True) as opened:
        marker = RegistryMarker(opened, policy.marking)
        serve(opened, policy, marker, tell=teller(json), stop=stop, as_json=json)


@app.command(name="check")
def check_command(config: ConfigArgument, json: JsonOption = False) -> None:
    """Check a configuration: certificate, lists, and whether the next mail server can be reached.

    Nothing is taken or sent.
    """
    found = check(config)
    policy = found.policy
    if json:
        print_json(
            {
                "listen": {"host": policy.listen.host, "port": policy.listen.port, "tls": policy.listen.tls},
                "next_hop": {
                    "host": policy.next_hop.host,
                    "port": policy.next_hop.port,
                    "offers": sorted(found.next_hop),
                },
                "lists": found.members,
                "rules": len(policy.rules),
            }
        )
        return
    out.print(f"{config} is in order.")
    out.print(f"Mail is taken at {policy.listen.host}:{policy.listen.port}, encryption: {policy.listen.tls}.")
    out.print(f"{policy.next_hop.host}:{policy.next_hop.port} answers, encryption: {policy.next_hop.tls}.")
    for name, count in found.members.items():
        out.print(f"{name} has {count} members.")
    if not policy.rules:
        out.print("Note: There is no [[mark]] rule, so all mail is handed on as it comes.")


@app.command(name="status")
def status_command(config: ConfigArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """What waits, and which deliveries are in doubt."""
    with registry(home) as opened:
        found = status(opened, configuration(config))
    if json:
        print_json(
            {
                "to_mark": found.to_mark,
                "to_hand_on": found.to_hand_on,
                "deliveries": found.deliveries,
                "oldest": found.oldest and found.oldest.isoformat(),
                "in_doubt": [_plain(doubt) for doubt in found.in_doubt],
            }
        )
        return
    out.print(f"To be marked: {found.to_mark} messages.")
    out.print(f"To be handed on: {found.to_hand_on} messages, {found.deliveries} deliveries.")
    if found.oldest:
        out.print(f"The oldest was taken at {found.oldest:%Y-%m-%d %H:%M:%S} UTC.")
    for doubt in found.in_doubt:
        out.print(f"In doubt: {doubt.delivery} to {doubt.recipient}, Message-ID {doubt.message_id}.")
    if found.in_doubt:
        out.print("Look for them in the log of the next mail server, then: fother relay resolve.")


@app.command(name="resolve")
def resolve_command(
    config: ConfigArgument,
    deliveries: Annotated[list[str], typer.Argument(help="Deliveries in doubt.", show_default=False)],
    arrived: Annotated[bool, typer.Option("--arrived", help="They arrived; nothing is sent.")] = False,
    resend: Annotated[bool, typer.Option("--resend", help="They did not; send them again.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Decide deliveries in doubt, once the log of the next mail server was looked at."""
    if arrived == resend:
        raise UsageError("Say either --arrived or --resend.")
    with registry(home) as opened:
        done = resolve(opened, configuration(config), deliveries, arrived=arrived)
    if json:
        print_json({"resolved": [_plain(doubt) for doubt in done], "as": "arrived" if arrived else "resend"})
        return
    for doubt in done:
        what = "counts as delivered" if arrived else "is sent again"
        out.print(f"{doubt.delivery} to {doubt.recipient} {what}.")


def _plain(doubt: Doubt) -> dict[str, Any]:
    return asdict(doubt) | {"taken_at": doubt.taken_at.isoformat()}
