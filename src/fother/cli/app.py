"""The command `fother`: joins the verbs, turns errors into one sentence and an exit status."""

from __future__ import annotations

import importlib
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

import fother
from fother.cli.actor import add_option
from fother.cli.common import storage_error
from fother.errors import FotherError

#: The verbs in the order of the help. Each is a module of this package: `run` is a command, `app` a group of
#: commands.
VERBS = (
    "register",
    "variants",
    "issue",
    "relay",
    "intake",
    "identify",
    "trace",
    "assess",
    "exposure",
    "press",
    "markings",
    "guard",
    "clocks",
    "exchange",
    "forecast",
    "unseal",
    "approve",
    "seal",
    "copies",
    "recipients",
    "show",
    "check",
    "evidence",
    "verify",
    "log",
    "reindex",
    "case",
    "party",
    "outreach",
    "task",
    "decide",
    "note",
    "demo",
)


class _Commands(dict[str, Any]):
    """The commands by name. A module is loaded when its verb is used: some load large libraries, and a word
    to a case shall not wait for them."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(VERBS))

    def __getitem__(self, name: str) -> Any:
        if super().__getitem__(name) is None:
            self[name] = _command(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default  # noqa: SIM401 - that is this method

    def items(self) -> Any:
        return [(name, self[name]) for name in self]

    def values(self) -> Any:
        return [self[name] for name in self]


class _Verbs(TyperGroup):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Commands()


def _command(name: str) -> Any:
    module = importlib.import_module(f"fother.cli.{name}")
    group = getattr(module, "app", None)
    if group is None:
        group = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        group.command(name=name)(module.run)
    command = typer.main.get_command(group)
    command.name = name
    add_option(command)
    return command


app = typer.Typer(
    name="fother",
    cls=_Verbs,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Leak damage control: individually marked copies, and tracing a leak back to its copy.",
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"fother {fother.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options before the verb."""


def main() -> None:
    """Entry point. Exit statuses: docs/reference/exit-codes.md."""
    try:
        app()
    except FotherError as error:
        _fail(f"{error} [{error.code}]", error.exit_status)
    except KeyboardInterrupt:
        _fail("Interrupted; what was finished is kept, and the same command goes on from there.", 130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except MemoryError:
        _fail("There is not enough memory for this; close other programs and try again. [F000]", 1)
    except OSError as error:
        refused = storage_error(error, error.filename or "standard output")
        _fail(f"{refused} [{refused.code}]", refused.exit_status)


def _fail(sentence: str, status: int) -> None:
    # File names and what a leak says of itself may hold control characters for the terminal.
    clean = "".join(c if c.isprintable() else "\ufffd" for c in sentence)
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(f"fother: {clean}")
    sys.exit(status)
