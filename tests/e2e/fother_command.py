"""The real command in a process of its own, and documents to run it on."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest import mock

import pikepdf

from fother.cli import main

_TEXT = (
    "the harbour office keeps a list of every ship that came in last winter and who met it at the quay "
    "since nobody wrote down what was agreed we now ask all partners to send their own notes by spring"
)


#: Further variables of the environment, for tests of passphrases.
SECRETS: dict[str, str] = {}


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    status: int
    stdout: str
    stderr: str

    @cached_property
    def json(self) -> Any:
        """Standard output as JSON: fails when anything else is on it, or when the command failed."""
        assert self.status == 0, self.stderr
        return json.loads(self.stdout)


def fother(*words: object, home: Path, json_output: bool = True, alone: bool = False) -> Ran:
    """Run `fother WORDS --json` against the registry in `home`.

    The entry point is called in this process, which spares a second for every command; `alone` starts a
    process as a shell would.
    """
    arguments = [*map(str, words), *(["--json"] if json_output else [])]
    own = {k: v for k, v in os.environ.items() if not k.startswith("FOTHER_")}
    environment = {**own, "FOTHER_HOME": str(home), "COLUMNS": "200", **SECRETS}
    return (_process if alone else _call)(arguments, environment)


def _process(arguments: list[str], environment: dict[str, str]) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "fother", *arguments],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def _call(arguments: list[str], environment: dict[str, str]) -> Ran:
    status = 0
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch.object(sys, "argv", ["fother", *arguments]),
        contextlib.redirect_stdout(io.StringIO()) as stdout,
        contextlib.redirect_stderr(io.StringIO()) as stderr,
    ):
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
    return Ran(status, stdout.getvalue(), stderr.getvalue())


@dataclass(frozen=True)
class World:
    """A registry and everything that was made with it."""

    folder: Path
    home: Path
    sample: Path
    recipients: Path
    registered: dict[str, Any]
    issued: dict[str, Any]
    other_registered: dict[str, Any]
    other_issued: dict[str, Any]

    @property
    def document(self) -> str:
        return str(self.registered["document"])

    def copy(self, row: int) -> tuple[str, Path]:
        """Id and file of the copy in a row of the issue."""
        entry = self.issued["copies"][row - 1]
        return entry["copy"], Path(entry["file"])


def running_text(pages: int = 1, seed: int = 0, size: float = 10.0) -> bytes:
    """A PDF of running text in Times, 50 lines a page."""
    rng, words = random.Random(seed), _TEXT.split()
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/Times-Roman")
    )
    shared = pdf.make_indirect(pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font))))
    for _ in range(pages):
        lines = b"".join(b"(%s) Tj T*\n" % " ".join(rng.choices(words, k=14)).encode() for _ in range(50))
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[0, 0, 595, 842],
            Resources=shared,
            Contents=pdf.make_stream(b"BT /F1 %g Tf 13 TL 70 770 Td\n%sET\n" % (size, lines)),
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    buffer = io.BytesIO()
    pdf.save(buffer)
    return buffer.getvalue()
