"""A demonstration that runs the commands themselves, and shows each as a user would type it."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from fother.cli.app import app


class Transcript:
    """Runs `fother WORDS` against one registry; `show` gets every line of the transcript."""

    def __init__(self, home: Path, folder: Path, show: Callable[[str], None]) -> None:
        self._command: Any = typer.main.get_command(app)
        self._home = home
        self._folder = folder
        self._show = show

    def say(self, line: str) -> None:
        """A line of explanation between the commands."""
        self._show(f"\n# {line}")

    def run(self, *words: object) -> Any:
        """Run a command and return what it prints with --json. Raises what the command raises."""
        self._show("$ " + self._typed(words))
        return json.loads(self._output([*map(str, words), "--json"]))

    def told(self, *words: object) -> str:
        """Run a command and show and return what it tells people."""
        self._show("$ " + self._typed(words))
        text = self._output([*map(str, words)])
        self._show(text.rstrip("\n"))
        return text

    def _typed(self, words: tuple[object, ...]) -> str:
        """A command as it would be typed in the folder of the demonstration."""
        prefix = f"{self._folder}/"
        return "fother " + " ".join(shlex.quote(str(word).removeprefix(prefix)) for word in words)

    def _output(self, words: list[str]) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as stdout:
            self._command.main(args=[*words, "--home", str(self._home)], standalone_mode=False)
        return stdout.getvalue()
