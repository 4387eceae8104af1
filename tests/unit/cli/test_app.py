"""The command line loads what a verb needs and no more."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from fother.cli.app import VERBS, app

HEAVY = ("scipy", "cv2", "onnxruntime", "spacy", "pikepdf")


def loaded_by(*words: str) -> set[str]:
    """Which large libraries are loaded once a command has run."""
    code = (
        "import sys; from fother.cli import main\n"
        f"sys.argv = ['fother', *{words!r}]\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print('loaded', *[name for name in {HEAVY!r} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    return set(ran.stdout.splitlines()[-1].split()[1:])


def test_large_libraries_wait_for_the_verb_that_needs_them() -> None:
    assert loaded_by("--version") == set()
    assert "scipy" in loaded_by("trace", "--help")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_there(verb: str) -> None:
    command = typer.main.get_command(app).commands[verb]  # type: ignore[attr-defined]
    assert command.name == verb
    assert command.help or command.commands


def test_a_mistyped_verb_is_told_the_near_one() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "fother", "isue"], capture_output=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 2
    assert "'issue'" in ran.stderr
