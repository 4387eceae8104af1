"""What is lost when a command is killed, or its disk refuses, at every single write? Nothing, says the table.

    apt-get install strace
    python bench/crash_points.py [register issue trace rotate seal] [--limit N] [--kinds SIGKILL EIO ENOSPC]

Each command is run once under strace to number its calls that write, sync, rename, link, delete or make files
in the registry or the output. Then it is run once for each of these calls and each kind of fault, on a fresh
copy of the same registry, with the fault put in the place of that very call. After each fault:

1. the registry must be whole: `fother check` and a check of the whole log find no error;
2. all that was acknowledged before is still there: the log begins with the same entries, byte for byte;
3. if the command said that it was done, its result is there; if not, it is there whole or not at all;
4. the same command again succeeds, everything is published, and the copies that it makes are the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf

from fother.flow.log import findings
from fother.registry import open_registry

CALLS = (
    *("write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "ftruncate", "fallocate"),
    *("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat"),
    *("mkdir", "mkdirat", "openat"),
)
KINDS = ("SIGKILL", "EIO", "ENOSPC")
FOTHER = [sys.executable, "-c", "from fother.cli import main; main()"]
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)$")
WORDS = ("plain", "words", "make", "lines", "that", "shift", "a", "little", "without", "being", "seen")


@dataclass(frozen=True)
class Scene:
    """A command with the registry that it starts from."""

    name: str
    home: Path
    words: Callable[[Path], list[str]]  #: the command's words for a folder with home/ and out/


@dataclass(frozen=True)
class Point:
    """One call of a command: the `number`th of its kind by the main thread."""

    call: str
    number: int
    path: str


def pdf(file: Path) -> None:
    """Two pages of text with enough words to be marked."""
    document = pikepdf.new()
    for page in range(2):
        lines = []
        for line in range(44):
            shown = " ".join(WORDS[(page + line + place) % len(WORDS)] for place in range(11))
            lines.append(f"1 0 0 1 60 {760 - 16 * line} Tm ({shown}) Tj")
        content = "BT /F1 10 Tf " + "\n".join(lines) + " ET"
        document.add_blank_page(page_size=(595, 842))
        target = document.pages[-1]
        target.Contents = document.make_stream(content.encode())
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        target.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    document.save(file)


def run(words: Sequence[str], before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    settings = os.environ | {"TERM": "dumb"}
    return subprocess.run(
        [*before, *FOTHER, *words], env=settings, capture_output=True, text=True, check=False, timeout=600
    )


def done(words: Sequence[str]) -> dict[str, Any]:
    made = run(words)
    if made.returncode:
        raise SystemExit(f"{' '.join(words)} failed: {made.stderr}")
    value: dict[str, Any] = json.loads(made.stdout)
    return value


def scenes(base: Path) -> list[Scene]:
    """The registries that the commands start from, made by the commands themselves."""
    source, people, leak = base / "source.pdf", base / "people.csv", base / "leak.pdf"
    pdf(source)
    (base / "first.txt").write_text("A first document, so that there is a log already.\n" * 20)
    people.write_text("name,email\nAnn,ann@example.org\nBo,bo@example.org\nCy,cy@example.org\n")
    empty, registered, issued = base / "empty", base / "registered", base / "issued"
    done(["register", str(base / "first.txt"), "--home", str(empty), "--json"])
    shutil.copytree(empty, registered)
    document = done(["register", str(source), "--home", str(registered), "--json"])["document"]
    shutil.copytree(registered, issued)
    options = ["--to", str(people), "--json"]
    out = base / "out"
    made = done(["issue", document, *options, "--home", str(issued), "--out", str(out)])
    shutil.copy(made["copies"][1]["file"], leak)

    def home(place: Path) -> list[str]:
        return ["--home", str(place / "home")]

    return [
        Scene("register", empty, lambda p: ["register", str(source), *home(p), "--json"]),
        Scene(
            "issue", registered, lambda p: ["issue", document, *options, *home(p), "--out", str(p / "out")]
        ),
        Scene("trace", issued, lambda p: ["trace", str(leak), *home(p), "--json"]),
        Scene("rotate", issued, lambda p: ["log", "rotate", *home(p), "--json"]),
        Scene("seal", issued, lambda p: ["seal", "rotate", *home(p), "--json"]),
    ]


def points(scene: Scene, place: Path) -> list[Point]:
    """The calls of the command's main thread that change the registry or the output, in their order."""
    record = place / "calls"
    prefix = ["strace", "-f", "-y", "-s", "0", "-o", str(record), "-e", f"trace={','.join(CALLS)}"]
    made = run(scene.words(place), prefix)
    if made.returncode:
        raise SystemExit(f"{scene.name} failed under strace: {made.stderr}")
    seen: Counter[str] = Counter()
    found = []
    main = None
    for line in record.read_text(errors="replace").splitlines():
        parts = _LINE.match(line)
        if parts is None:
            continue
        main = main or parts[1]
        call, arguments = parts[2], parts[3]
        if parts[1] != main:
            continue
        seen[call] += 1
        touches = any(f"{place}/{name}" in arguments for name in ("home", "out"))
        if touches and (call != "openat" or "O_CREAT" in arguments):
            name = arguments.split(str(place), 1)[1].split('"')[0].split(">")[0]
            found.append(Point(call, seen[call], name))
    return found


def spread(found: list[Point], limit: int) -> list[Point]:
    """At most so many of the points, evenly spread."""
    count = min(limit, len(found))
    return [found[place * len(found) // count] for place in range(count)]


@dataclass(frozen=True)
class State:
    """What must outlast a fault."""

    leaves: tuple[bytes, ...]
    errors: tuple[str, ...]
    published: bool
    records: frozenset[str]


def state(home: Path) -> State:
    with open_registry(home, create=False) as registry:
        told = (*registry.check(), *findings(registry))
        records = {
            *(f"{d.id} {d.sha256}" for d in registry.documents()),
            *(f"{i.id} {i.state}" for i in registry.issues()),
            *(f"{t.id}" for t in registry.traces()),
        }
        return State(
            tuple(item.leaf for item in registry.log_entries()),
            tuple(f.sentence for f in told if f.severity == "error"),
            not any("not published" in f.sentence for f in told),
            frozenset(records),
        )


def files(folder: Path) -> dict[str, str]:
    if not folder.exists():
        return {}
    return {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir() if p.suffix == ".pdf"
    }


def fresh(scene: Scene, base: Path) -> Path:
    place = Path(tempfile.mkdtemp(dir=base))
    shutil.copytree(scene.home, place / "home")
    return place


def fault(
    scene: Scene, base: Path, point: Point, kind: str, expected: dict[str, str]
) -> tuple[str, list[str]]:
    """What the command did under the fault, and everything that should not be."""
    place = fresh(scene, base)
    before = state(place / "home")
    how = f"signal={kind}" if kind.startswith("SIG") else f"error={kind}"
    record = place / "calls"
    prefix = ["strace", "-f", "-o", str(record), "-e", f"trace={point.call}"]
    made = run(scene.words(place), [*prefix, "-e", f"inject={point.call}:{how}:when={point.number}"])
    struck = "INJECTED" in record.read_text(errors="replace") or "killed by" in record.read_text(
        errors="replace"
    )
    wrong = []
    if "Traceback" in made.stderr:
        wrong.append(f"a traceback: {made.stderr.strip().splitlines()[-1]}")
    after = state(place / "home")
    wrong += after.errors
    if after.leaves[: len(before.leaves)] != before.leaves:
        wrong.append("acknowledged entries of the log are lost")
    if not before.records <= after.records | {r.replace("complete", "open") for r in after.records}:
        wrong.append("acknowledged records are lost")
    if made.returncode == 0:
        result = json.loads(made.stdout)
        named = result.get("document") if scene.name == "register" else result.get("issue")
        if named and not any(record.startswith(named) for record in after.records):
            wrong.append(f"{named} was acknowledged and is not there")
        if scene.name == "issue" and files(place / "out") != expected:
            wrong.append("copies were acknowledged and are not there")
    again = run(scene.words(place))
    if again.returncode:
        wrong.append(f"the same command again fails: {again.stderr.strip()}")
    last = state(place / "home")
    wrong += last.errors
    if not last.published:
        wrong.append("the log is not published after the same command again")
    if last.leaves[: len(after.leaves)] != after.leaves:
        wrong.append("entries of the log are lost at the second run")
    if scene.name == "issue" and files(place / "out") != expected:
        wrong.append("the copies are not the same bytes")
    shutil.rmtree(place)
    outcome = "not struck" if not struck else "done" if made.returncode == 0 else "stopped"
    return outcome, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "commands", nargs="*", help="which of register, issue, trace, rotate, seal; all without"
    )
    parser.add_argument("--limit", type=int, default=10**6, help="at most so many points, evenly spread")
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), help="which faults")
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        print("| command | fault | points | struck | stopped | done | wrong |\n|---|---|---|---|---|---|---|")
        for scene in scenes(base):
            if options.commands and scene.name not in options.commands:
                continue
            clean = fresh(scene, base)
            everything = points(scene, clean)
            found = spread(everything, options.limit)
            expected = files(clean / "out")
            for kind in options.kinds:
                outcomes: Counter[str] = Counter()
                for point in found:
                    outcome, wrong = fault(scene, base, point, kind, expected)
                    outcomes[outcome] += 1
                    failures += bool(wrong)
                    for sentence in wrong:
                        print(
                            f"{scene.name} {kind} {point.call} {point.number} {point.path}: {sentence}",
                            file=sys.stderr,
                        )
                    outcomes["wrong"] += bool(wrong)
                struck = outcomes["stopped"] + outcomes["done"]
                cells = (scene.name, kind, f"{len(found)} of {len(everything)}", struck)
                cells += (outcomes["stopped"], outcomes["done"], outcomes["wrong"])
                print(f"| {' | '.join(map(str, cells))} |", flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
