"""Each layer holds without the others; what it cannot hold is not said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fother.intake.sandbox import bubblewrap, landlock, seccomp, system
from fother.intake.sandbox.bubblewrap import Bubblewrap
from fother.intake.sandbox.landlock import Landlock
from fother.intake.sandbox.places import python_places
from fother.intake.sandbox.reader import start

TRY = """
import os, socket, sys
def said(action):
    try:
        action()
    except OSError as error:
        return type(error).__name__
    return "done"
folder, parent = sys.argv[1], int(sys.argv[2])
print(said(lambda: open(folder + "/secret").read()))
print(said(lambda: open(folder + "/new", "w")))
print(said(lambda: os.mkdir(folder + "/made")))
print(said(lambda: os.kill(parent, 0)))
import json.tool, xml.dom.minidom  # the library can still be imported
print("end")
"""


def lines(argv: list[str], folder: Path) -> list[str]:
    (folder / "secret").write_text("x")
    ran = subprocess.run(
        [*argv, str(folder), str(subprocess.os.getpid())],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


def test_without_layers_everything_is_possible(tmp_path: Path) -> None:
    assert lines([sys.executable, "-c", TRY], tmp_path) == ["done"] * 4 + ["end"]


@pytest.mark.skipif(Landlock().unavailable() is not None, reason=str(Landlock().unavailable()))
def test_landlock_alone(tmp_path: Path) -> None:
    before = (
        "from fother.intake.sandbox import landlock, places, system\n"
        "system.renounce_privileges()\n"
        "assert landlock.restrict([*places.python_places(), *places.system_places()])\n"
    )
    signal = "PermissionError" if landlock.abi() >= 6 else "done"
    expected = ["PermissionError"] * 3 + [signal, "end"]
    assert lines([sys.executable, "-c", before + TRY], tmp_path) == expected


@pytest.mark.skipif(Landlock().unavailable() is not None, reason=str(Landlock().unavailable()))
def test_landlock_is_not_said_to_hold_when_threads_run(tmp_path: Path) -> None:
    code = (
        "import threading\n"
        "from fother.intake.sandbox import landlock, system\n"
        "done = threading.Event()\n"
        "thread = threading.Thread(target=done.wait)\n"
        "thread.start()\n"
        "system.renounce_privileges()\n"
        "print(landlock.restrict([]))\n"
        "done.set()\n"
    )
    assert lines([sys.executable, "-c", code], tmp_path) == ["False"]


@pytest.mark.skipif(not seccomp.usable(), reason="no seccomp here")
def test_seccomp_binds_threads_that_run_already(tmp_path: Path) -> None:
    code = (
        "import socket, threading\n"
        "from fother.intake.sandbox import seccomp, system\n"
        "go = threading.Event()\n"
        "def try_it():\n"
        "    go.wait()\n"
        "    try: socket.socket(); print('open')\n"
        "    except PermissionError: print('refused')\n"
        "thread = threading.Thread(target=try_it)\n"
        "thread.start()\n"
        "system.renounce_privileges()\n"
        "assert seccomp.restrict()\n"
        "go.set()\n"
        "thread.join()\n"
    )
    assert lines([sys.executable, "-c", code], tmp_path) == ["refused"]


@pytest.mark.skipif(Bubblewrap().unavailable() is not None, reason=str(Bubblewrap().unavailable()))
def test_bubblewrap_alone(tmp_path: Path) -> None:
    bare = Bubblewrap().command([sys.executable, "-P", "-c", TRY])[:-1]
    assert lines(bare, tmp_path) == ["FileNotFoundError"] * 3 + ["ProcessLookupError", "end"]
    # Also where the folders exist inside.
    write = f"open({str(python_places()[0] / 'new')!r}, 'w')"
    code = f"try: {write}\nexcept OSError as error: print(error.strerror.replace(' ', '-'))"
    bare = Bubblewrap().command([sys.executable, "-P", "-c", code])[:-1]
    assert lines(bare, tmp_path) == ["Read-only-file-system"]


@pytest.mark.skipif(not system.is_linux(), reason="of Linux")
def test_no_place_is_the_home_or_the_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "code").mkdir(parents=True)
    paths = [str(tmp_path), str(tmp_path / "home"), str(tmp_path / "home" / "code"), "/", "", "relative"]
    monkeypatch.setenv("PYTHONPATH", ":".join(paths))
    places = python_places()
    assert tmp_path / "home" / "code" in places
    assert not {Path("/"), tmp_path, tmp_path / "home", Path()} & set(places)
    assert Path(sys.prefix) not in places


@pytest.mark.parametrize("moment", [0, 1, 100, 5_000, 20_000])
@pytest.mark.skipif(Bubblewrap().unavailable() is not None, reason=str(Bubblewrap().unavailable()))
def test_killing_the_wrapping_program_ends_what_runs_inside(moment: int) -> None:
    """Also while it is still setting up. `moment`: steps of this process before it kills."""
    with start(
        [sys.executable, "-P", "-c", "import sys\nfor line in sys.stdin: print(line)"], Bubblewrap()
    ) as child:
        for _ in range(moment):
            child.poll()
        child.kill()
        assert child.stdin is not None
        assert child.stdout is not None
        # The input stays open: only the death of all that holds the output ends it.
        assert child.stdout.read() == b""


@pytest.mark.parametrize(
    ("said", "settings", "hint"),
    [
        ("bwrap: setting up uid map: Permission denied", {bubblewrap._APPARMOR: "1"}, "apparmor_parser"),
        (
            "bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted",
            {bubblewrap._APPARMOR: "1"},
            "AppArmor",
        ),
        (
            "bwrap: No permissions to create new namespace",
            {bubblewrap._CLONE: "0"},
            "unprivileged_userns_clone=1",
        ),
        ("bwrap: Creating new namespace failed", {bubblewrap._NAMESPACES: "0"}, "max_user_namespaces"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", {}, "container"),
        ("ImportError: libfoo.so.1", {}, "Python does not run in it"),
    ],
)
def test_why_bubblewrap_does_not_work(
    said: str, settings: dict[str, str], hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "read_setting", lambda path: settings.get(path, ""))
    assert hint in bubblewrap.explain(said)
