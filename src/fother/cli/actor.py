"""Who acts: an option of every command, for the log and for the history of cases."""

from __future__ import annotations

import getpass
from contextvars import ContextVar
from typing import Annotated, Any

import typer

_named: ContextVar[str] = ContextVar("actor", default="")


def _remember(name: str | None) -> str | None:
    _named.set((name or "").strip())
    return name


def _acting(
    actor: Annotated[
        str | None,
        typer.Option(
            "--actor",
            envvar="FOTHER_ACTOR",
            help="Who acts, as the log will say; the user of the operating system by default.",
            show_default=False,
            expose_value=False,
            callback=_remember,
        ),
    ] = None,
) -> None:
    """Only its option is used."""


def add_option(command: Any) -> None:
    """Give `--actor` to a command, or to every command of a group."""
    if hasattr(command, "commands"):
        for sub in command.commands.values():
            add_option(sub)
        return
    template = typer.Typer(add_completion=False)
    template.command()(_acting)
    (option,) = (p for p in typer.main.get_command(template).params if p.name == "actor")
    command.params.append(option)


def actor() -> str:
    """Who acts in the command that is running."""
    return _named.get() or system_user()


def system_user() -> str:
    """The operating system's name of the user; "unknown" where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
