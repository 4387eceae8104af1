"""Kill -9 of `fother issue` at random moments, and what must hold after each; for the test and the bench."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from fother.registry import open_registry

GRACE = 3.0  #: seconds that worker processes may outlive their killed parent


@dataclass(frozen=True)
class Kill:
    """One run that was killed: when, how far it was, and what was wrong afterwards (nothing, one hopes)."""

    after: float
    files: int
    issued: int
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Scene:
    """A registry with the sample, a recipient list, and the copies of an uninterrupted run by row."""

    base: Path
    list_file: Path
    expected: dict[int, str]
    seconds: float
    workers: int


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-c", "from fother.cli import main; main()", *map(str, words)]


def issue_command(home: Path, list_file: Path, out: Path, workers: int) -> list[str]:
    words = ("issue", "sample", "--home", home, "--to", list_file, "--out", out, "--quiet")
    return command(*words, "--workers", str(workers))


def set_up(folder: Path, copies: int, workers: int) -> Scene:
    """Register the sample and issue it once without interruption."""
    folder.mkdir(parents=True, exist_ok=True)
    base, list_file, original = folder / "base", folder / "people.csv", folder / "sample.pdf"
    original.write_bytes(resources.files("fother.demo").joinpath("sample.pdf").read_bytes())
    rows = "".join(f"Person {k},p{k}@example.org\n" for k in range(1, copies + 1))
    list_file.write_text("name,email\n" + rows)
    subprocess.run(command("register", original, "--home", base, "--quiet"), check=True, capture_output=True)
    whole = folder / "whole"
    shutil.copytree(base, whole)
    started = time.monotonic()
    subprocess.run(
        issue_command(whole, list_file, folder / "whole-out", workers), check=True, capture_output=True
    )
    seconds = time.monotonic() - started
    return Scene(base, list_file, by_row(whole, folder / "whole-out"), seconds, workers)


def by_row(home: Path, out: Path) -> dict[int, str]:
    """SHA-256 of the issued file of every row, as it lies in the folder."""
    with open_registry(home, create=False) as registry:
        (issue,) = registry.issues()
        entries = registry.reservation(issue.id).entries
    return {e.row: digest(out / f"{e.copy.id}.pdf") for e in entries}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kill_until(
    scene: Scene, folder: Path, kills: int, seed: int, tell: Callable[[Kill], None] = lambda _: None
) -> tuple[list[Kill], list[str]]:
    """Start, kill, resume and kill again until `kills` runs were killed; whenever the work gets done, compare
    it with the uninterrupted run and begin anew. Returns the kills and what was wrong with finished work."""
    rng = random.Random(seed)
    killed: list[Kill] = []
    wrong: list[str] = []
    turn = 0
    while len(killed) < kills:
        turn += 1
        home, out = folder / f"home-{turn}", folder / f"out-{turn}"
        shutil.copytree(scene.base, home)
        done = False
        while not done:
            more = len(killed) < kills
            after = rng.uniform(0.02, 1.0) * scene.seconds if more else 600.0
            done = run_and_kill(issue_command(home, scene.list_file, out, scene.workers), after)
            if not done:
                found = Kill(after, *progress(home, out), tuple(examine(home, out)))
                killed.append(found)
                tell(found)
        wrong += examine(home, out)
        if by_row(home, out) != scene.expected:
            wrong.append(f"turn {turn}: other bytes than those of an uninterrupted run")
        leftovers = sorted(p.name for p in out.iterdir() if p.suffix != ".pdf")
        if leftovers:
            wrong.append(f"turn {turn}: files left over: {leftovers}")
        check = subprocess.run(command("check", "--home", home), capture_output=True, text=True, check=False)
        if check.returncode:
            wrong.append(f"turn {turn}: fother check says: {check.stdout}")
        shutil.rmtree(home)
        shutil.rmtree(out)
    return killed, wrong


def run_and_kill(words: list[str], after: float) -> bool:
    """Run a command in a session of its own and kill it (not its workers) after so many seconds; True when
    it was done before. Raises AssertionError when it failed by itself or a process of its session lives on.
    """
    child = subprocess.Popen(
        words, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert child.stderr is not None
    try:
        status = child.wait(after)
    except subprocess.TimeoutExpired:
        os.kill(child.pid, signal.SIGKILL)
        status = child.wait()
    limit = time.monotonic() + GRACE
    while (orphans := members(child.pid)) and time.monotonic() < limit:
        time.sleep(0.02)
    said = "" if orphans else child.stderr.read()
    child.stderr.close()
    assert not orphans, f"{len(orphans)} worker processes outlived their parent by {GRACE} s"
    assert status in (0, -signal.SIGKILL), said
    return status == 0


def members(session: int) -> list[int]:
    """Living processes of a session (Linux)."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] not in "ZX":
            found.append(int(place.parent.name))
    return found


def progress(home: Path, out: Path) -> tuple[int, int]:
    """Finished files, and copies that the registry counts as issued."""
    with open_registry(home, create=False) as registry:
        issued = sum(copy.state == "issued" for copy in registry.copies())
    return len(list(out.glob("C-*.pdf"))) if out.exists() else 0, issued


def examine(home: Path, out: Path) -> list[str]:
    """What is wrong: damage, a registered copy without its file or with another, a file of no copy, two
    copies of one recipient."""
    with open_registry(home, create=False) as registry:
        wrong = [f.sentence for f in registry.check() if f.severity == "error"]
        copies = registry.copies()
    files = {p.stem: p for p in out.glob("C-*.pdf")} if out.exists() else {}
    for copy in copies:
        if copy.state == "issued" and copy.id not in files:
            wrong.append(f"{copy.id} is registered as issued and its file is lost")
        elif copy.state == "issued" and digest(files[copy.id]) != copy.sha256:
            wrong.append(f"{copy.id} has other bytes than registered")
    wrong += [f"{name} is not registered" for name in set(files) - {copy.id for copy in copies}]
    if len({copy.recipient for copy in copies}) != len(copies):
        wrong.append("a recipient has two copies")
    return wrong
