"""What the verbs share: the registry, output as JSON or for people, progress."""

from __future__ import annotations

import errno
import json
import math
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from fother.cli.actor import actor
from fother.errors import FotherError, InputFileError, StorageError, UsageError
from fother.flow.log import catch_up
from fother.flow.parts import write_whole
from fother.registry import FolderRegistry, default_home, open_registry

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", envvar="FOTHER_HOME", help="Folder of the registry.", show_default="user data folder"
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]

#: Tables for files and pipes are not squeezed into the 80 columns that rich assumes there.
out = Console(highlight=False, markup=False, soft_wrap=True, width=None if sys.stdout.isatty() else 160)


_MOST_PASTED = 64 << 20  # bytes


@contextmanager
def registry(home: Path | None, *, create: bool = False, publish: bool = True) -> Iterator[FolderRegistry]:
    """The registry that the user means; at the end its log is published, and it is closed.

    Without `publish` for commands that only check, and shall tell everything that is wrong.
    """
    opened = open_registry(home or default_home(), create=create, actor=actor())
    try:
        try:
            yield opened
        except BaseException:
            # What was done before the error is in the log; that error is the one to tell.
            with suppress(FotherError):
                catch_up(opened)
            raise
        if publish:
            catch_up(opened)
    finally:
        opened.close()


def ask_passphrase(file: Path) -> str | None:
    """The passphrase of an approver's key file: from the environment, or asked for on a terminal."""
    given = os.environ.get("FOTHER_APPROVER_PASSPHRASE")
    if given or not sys.stdin.isatty():
        return given or None
    return str(typer.prompt(f"Passphrase of {file}", hide_input=True, err=True))


def new_passphrase() -> str:
    """A passphrase to be used from now on. Raises UsageError when nobody can be asked for it."""
    given = os.environ.get("FOTHER_NEW_PASSPHRASE")
    if given:
        return given
    if not sys.stdin.isatty():
        raise UsageError("Give the new passphrase in FOTHER_NEW_PASSPHRASE where nobody can be asked.")
    return str(typer.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True))


@contextmanager
def given(leaks: Sequence[Path]) -> Iterator[list[Path]]:
    """The files that a command is given; "-" stands for text on standard input. Raises InputFileError."""
    if Path("-") not in leaks:
        yield list(leaks)
        return
    data = sys.stdin.buffer.read(_MOST_PASTED + 1)
    if len(data) > _MOST_PASTED:
        raise InputFileError("Standard input holds more than 64 MB; save it as a file and name that.")
    with tempfile.TemporaryDirectory(prefix="fother-") as folder:
        pasted = Path(folder) / "pasted text"
        pasted.write_bytes(data)
        yield [pasted if leak == Path("-") else leak for leak in leaks]


def print_json(value: Any) -> None:
    """One JSON value on standard output; NaN and infinities become null."""
    json.dump(_finite(value), sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def write_report(path: Path, html: str) -> None:
    """Write a report whole or not at all. Raises StorageError."""
    write_file(path, html.encode())


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises StorageError."""
    try:
        write_whole(path, data)
    except OSError as error:
        raise storage_error(error, path) from None


def storage_error(error: OSError, place: Path | str) -> StorageError:
    """The operating system's refusal to write, as a sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StorageError(f"There is no room left to write to {place}; free some and try again.")
    return StorageError(f"{place} cannot be written ({error.strerror or error}); choose another place.")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value


class Bars:
    """Progress on standard error, as bars on a terminal and as nothing elsewhere."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: Any = None

    def stage(self, text: str, total: int | None = None) -> None:
        if self._task is not None:
            self._progress.update(self._task, visible=False)
        self._task = self._progress.add_task(text, total=total)

    def step(self, count: int = 1) -> None:
        if self._task is not None:
            self._progress.advance(self._task, count)

    def note(self, text: str) -> None:
        self._progress.console.print(text)


@contextmanager
def progress(quiet: bool) -> Iterator[Bars]:
    """Progress for a long command."""
    console = Console(stderr=True, highlight=False, markup=False)
    hidden = quiet or not console.is_terminal or os.environ.get("TERM") == "dumb"
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=hidden) as bars:
        yield Bars(bars)
