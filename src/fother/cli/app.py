"""The command `fother`: joins the verbs, turns errors into one sentence and an exit status."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

import fother
from fother.cli import (
    check,
    copies,
    demo,
    forecast,
    identify,
    intake,
    issue,
    recipients,
    register,
    reindex,
    show,
    trace,
)
from fother.cli.common import storage_error
from fother.errors import FotherError

app = typer.Typer(
    name="fother",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Leak damage control: individually marked copies, and tracing a leak back to its copy.",
)
for verb in (
    register,
    issue,
    intake,
    identify,
    trace,
    forecast,
    copies,
    recipients,
    show,
    check,
    reindex,
    demo,
):
    app.command(name=verb.NAME)(verb.run)


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
