"""The faults that commands must take with one sentence, the documented status and an unharmed registry."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import fault_files

STRANGER = 65534  #: user and group "nobody"


@dataclass(frozen=True)
class Case:
    """One fault. `words` may hold {files}, {home}, {out}, {leak}; `says` must occur in what is printed.

    `ready` asks for a registry in which the sample is registered and issued; `limit` is the largest size to
    which a file may grow, the kernel's own full disk; `small` puts the copies on a file system of 300 KB;
    `stranger` runs it as nobody; `spoil` damages the registry first, so that `check` is not asked afterwards.
    """

    name: str
    words: str
    status: int
    says: str
    ready: bool = False
    limit: int = 0
    small: bool = False
    stranger: bool = False
    spoil: Callable[[Path], None] | None = None


@dataclass(frozen=True)
class Outcome:
    """What a command did about a fault, and what is wrong with that (nothing, one hopes)."""

    status: int
    sentence: str
    wrong: tuple[str, ...]


def spoil_database(home: Path) -> None:
    data = bytearray((home / "registry.sqlite").read_bytes())
    data[100:4096] = bytes(4096 - 100)
    (home / "registry.sqlite").write_bytes(data)


def replace_database(home: Path) -> None:
    (home / "registry.sqlite").write_bytes(b"not a database at all " * 200)


def lose_blob(home: Path) -> None:
    for blob in (home / "blobs").glob("*/*"):
        blob.unlink()


REGISTER = "register --home {home} --quiet "
ISSUE = "issue --home {home} --quiet --out {out} "
TRACE = "trace --home {home} --quiet "
INTAKE = "intake --home {home} --quiet "
IDENTIFY = "identify --home {home} --quiet "

CASES = (
    # Files that cannot be registered
    Case("missing file", REGISTER + "{files}/absent.pdf", 3, "cannot be read"),
    Case("folder instead of a file", REGISTER + "{files}/folder.pdf", 3, "is a folder"),
    Case("unreadable file", REGISTER + "{files}/secret.pdf", 3, "ermission denied", stranger=True),
    Case("zero-byte PDF", REGISTER + "{files}/zero.pdf", 3, "empty"),
    Case("truncated PDF", REGISTER + "{files}/truncated.pdf", 3, "damaged"),
    Case("random bytes named .pdf", REGISTER + "{files}/random.pdf", 3, "neither a PDF"),
    Case("random bytes after %PDF", REGISTER + "{files}/header-only.pdf", 3, "damaged"),
    Case("password missing", REGISTER + "{files}/user-password.pdf", 3, "needs a password"),
    Case("wrong password", REGISTER + "--password no {files}/user-password.pdf", 3, "password is wrong"),
    Case("signed PDF", REGISTER + "{files}/signed.pdf", 3, "digital signature"),
    # Files that can, with their weakness told
    Case("right user password", REGISTER + "--password=open\x00sesame {files}/user-password.pdf", 0, "D-"),
    Case("owner password only", REGISTER + "{files}/owner-password.pdf", 0, "carriers"),
    Case("signed PDF, allowed", REGISTER + "--allow-signed {files}/signed.pdf", 0, "signature"),
    Case("1-word PDF", REGISTER + "{files}/one-word.pdf", 0, "Few words"),
    Case("image-only PDF", REGISTER + "{files}/image-only.pdf", 0, "only pictures"),
    Case("empty page", REGISTER + "{files}/empty-page.pdf", 0, "empty"),
    Case("text as outlines", REGISTER + "{files}/outlines.pdf", 0, "only drawings"),
    Case("Type 3 fonts", REGISTER + "{files}/type3.pdf", 0, "carriers"),
    Case("right-to-left text", REGISTER + "{files}/right-to-left.pdf", 0, "cannot be traced"),
    Case("Chinese, no spaces", REGISTER + "{files}/ideographs.pdf", 0, "cannot be traced"),
    # Words of the command
    Case("no registry yet: copies", "copies --home {home} x", 7, "no registry"),
    Case("no registry yet: issue", ISSUE + "x --to {files}/people.csv", 7, "no registry"),
    Case("no registry yet: trace", TRACE + "{files}/sample.pdf", 7, "no registry"),
    Case("no registry yet: identify", IDENTIFY + "{files}/sample.pdf", 7, "no registry"),
    Case("no registry yet: reindex", "reindex --home {home} --quiet", 7, "no registry"),
    Case("bad --found-at", INTAKE + "--found-at soon {files}/sample.pdf", 2, "--found-at", True),
    Case("document not found", ISSUE + "absent --to {files}/people.csv", 6, "absent", True),
    Case("document not found, trace", TRACE + "--document absent {leak}", 6, "absent", True),
    Case("id not found", "show --home {home} C-00000000", 6, "C-00000000", True),
    Case("bad --alpha", TRACE + "--alpha 2 {leak}", 2, "--alpha", True),
    Case("--alpha nan", TRACE + "--alpha nan {leak}", 2, "--alpha", True),
    Case("--alpha not a number", TRACE + "--alpha high {leak}", 2, "valid number", True),
    Case("bad --resistance", ISSUE + "sample --to {files}/people.csv --resistance 2", 2, "1, 3, 5, 8", True),
    Case("bad --resistance, forecast", "forecast --home {home} sample --resistance 0", 2, "1, 3, 5", True),
    Case("bad --strength", ISSUE + "sample --to {files}/people.csv --strength huge", 2, "Strength is", True),
    # Recipient lists
    Case("no such list", ISSUE + "sample --to {files}/absent.csv", 5, "absent.csv", True),
    Case("empty list", ISSUE + "sample --to {files}/empty.csv", 5, "empty.csv", True),
    Case("list without rows", ISSUE + "sample --to {files}/header-only.csv", 5, "header-only.csv", True),
    Case("broken list", ISSUE + "sample --to {files}/broken.csv", 5, "broken.csv", True),
    Case("recipient twice", ISSUE + "sample --to {files}/twice.csv", 5, "Line 3", True),
    Case("list is a PDF", ISSUE + "sample --to {files}/sample.pdf", 5, "sample.pdf", True),
    Case(
        "out folder is a file",
        ISSUE.replace("{out}", "{files}/people.csv") + "sample --to {files}/people.csv",
        7,
        "cannot be written",
        True,
    ),
    # Leaks
    Case("leak missing", TRACE + "{files}/absent.jpg", 3, "cannot be read", True),
    Case("leak is a folder", TRACE + "{files}/folder.pdf", 3, "is a folder", True),
    Case("leak of zero bytes", TRACE + "{files}/zero.pdf", 3, "empty", True),
    Case("leak is garbage", TRACE + "{files}/random.pdf", 3, "neither a PDF", True),
    Case("leak needs a password", TRACE + "{files}/user-password.pdf", 3, "encrypted", True),
    Case("leak, wrong password", TRACE + "--password no {files}/user-password.pdf", 3, "password", True),
    Case("identify garbage", IDENTIFY + "{files}/random.pdf", 3, "neither a PDF", True),
    Case("identify without text", IDENTIFY + "{files}/empty-page.pdf", 0, "no registered", True),
    Case("leak without text", TRACE + "{files}/empty-page.pdf", 0, "None", True),
    Case("unmarkable document", ISSUE + "one-word --to {files}/people.csv", 4, "carriers", True),
    Case("report into no folder", TRACE + "--report {out}/no/r.html {leak}", 7, "cannot be written", True),
    # Full disk
    Case("disk full: register", REGISTER + "{files}/sample.pdf", 7, "room", limit=40_000),
    Case("disk full: database", REGISTER + "{files}/sample.pdf", 7, "registry.sqlite", limit=3_000),
    Case("disk full: issue", ISSUE + "sample --to {files}/people.csv --workers 1", 7, "room", True, 50_000),
    Case(
        "disk full: issue, 2 workers",
        ISSUE + "sample --to {files}/people.csv --workers 2",
        7,
        "room",
        True,
        50_000,
    ),
    Case(
        "disk full: copies", ISSUE + "sample --to {files}/people.csv --workers 1", 7, "room", True, small=True
    ),
    Case(
        "disk full: copies, 2 workers",
        ISSUE + "sample --to {files}/people.csv --workers 2",
        7,
        "room",
        True,
        small=True,
    ),
    Case("disk full: intake", INTAKE + "{leak}", 7, "room", True, 40_000),
    Case("disk full: index", IDENTIFY + "{files}/one-word.pdf", 7, "room", True, 2_000),
    Case("disk full: trace --report", TRACE + "--report {out}.html {leak}", 7, "room", True, 60_000),
    # The registry itself
    Case("damaged database", "copies --home {home} sample", 7, "damaged", True, spoil=spoil_database),
    Case("not a database", "copies --home {home} sample", 7, "damaged", True, spoil=replace_database),
    Case("damaged, seen by check", "check --home {home}", 7, "damaged", True, spoil=replace_database),
    Case("blobs lost", ISSUE + "sample --to {files}/people.csv", 7, "missing", True, spoil=lose_blob),
)


@dataclass(frozen=True)
class World:
    """Files, and a registry in which the sample and a page of one word are registered and four are issued."""

    files: Path
    ready: Path
    leak: Path
    place: Path

    @classmethod
    def make(cls, folder: Path, run: Callable[[list[str]], tuple[int, str, str]]) -> World:
        files, ready, copies = folder / "files", folder / "ready", folder / "copies"
        fault_files.write_all(files)
        secret = files / "secret.pdf"
        secret.write_bytes(fault_files.sample())
        secret.chmod(0)
        (files / "few.csv").write_text(fault_files.people(4))
        for words in (
            ["register", str(files / "sample.pdf")],
            ["register", str(files / "one-word.pdf")],
            ["issue", "sample", "--to", str(files / "few.csv"), "--out", str(copies)],
        ):
            status, _, said = run([*words, "--home", str(ready), "--quiet"])
            assert status == 0, said
        return cls(files, ready, sorted(copies.glob("C-*.pdf"))[2], folder / "place")


def in_this_process(words: list[str]) -> tuple[int, str, str]:
    """Run the command line here: exit status, standard output, standard error."""
    import contextlib
    import io

    from fother.cli import main

    output, errors, before = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["fother", *words]
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            main()
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    finally:
        sys.argv = before
    return status, output.getvalue(), errors.getvalue()


def in_a_child(words: list[str], limit: int = 0, stranger: bool = False) -> tuple[int, str, str]:
    """Run the command line in a forked process, limited or without the rights of root if asked.

    Forked, because nobody may not be allowed to start this Python.
    """
    with tempfile.TemporaryFile("w+") as answer:
        child = os.fork()
        if child == 0:
            try:
                if stranger:
                    os.setgroups([])
                    os.setgid(STRANGER)
                    os.setuid(STRANGER)
                if limit:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
                said = json.dumps(in_this_process(words))
            except BaseException:
                said = json.dumps([-1, "", traceback.format_exc()])
            os.write(answer.fileno(), said.encode())
            os._exit(0)
        os.waitpid(child, 0)
        answer.seek(0)
        status, output, errors = json.load(answer)
    return status, output, errors


def meet(
    case: Case, world: World, run: Callable[[list[str]], tuple[int, str, str]] = in_this_process
) -> Outcome:
    """Let one fault happen and judge what the command did."""
    # A user of one's own has keys of one's own, which lie beside the registry here.
    own = {"FOTHER_KEY_FILE": str(world.place / "registry.key")} if case.stranger else {}
    with mock.patch.dict(os.environ, own):
        return _meet(case, world, run)


def _meet(case: Case, world: World, run: Callable[[list[str]], tuple[int, str, str]]) -> Outcome:
    shutil.rmtree(world.place, ignore_errors=True)
    world.place.mkdir(parents=True)
    home, out = world.place / "home", world.place / "out"
    if case.ready:
        shutil.copytree(world.ready, home)
    if case.stranger:
        world.place.chmod(0o777)
    if case.spoil is not None:
        case.spoil(home)
    places = {"files": world.files, "home": home, "out": out, "leak": world.leak}
    if case.small:
        out.mkdir()
        mount(out)
    words = [word.replace("\x00", " ").format(**places) for word in case.words.split()]
    try:
        if case.limit or case.stranger:
            status, output, errors = in_a_child(words, case.limit, case.stranger)
        else:
            status, output, errors = run(words)
        left = [p.name for p in world.place.rglob("*part*")]
    finally:
        if case.small:
            subprocess.run(["umount", str(out)], check=True, capture_output=True)
    return Outcome(
        status,
        sentence(output if status == 0 else errors or output, case.says),
        tuple(judge(case, home, status, output, errors, run, left)),
    )


def sentence(text: str, says: str) -> str:
    """The line that matters in what was printed."""
    lines = [line for line in text.splitlines() if line.strip()]
    return next((line for line in lines if says in line), lines[-1] if lines else "").strip()


def mount(folder: Path) -> None:
    """A file system of 300 KB. Raises CalledProcessError where this is not allowed."""
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], check=True, capture_output=True
    )


def can_mount(folder: Path) -> bool:
    """Whether this process may mount file systems."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        mount(folder)
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def judge(
    case: Case,
    home: Path,
    status: int,
    output: str,
    errors: str,
    run: Callable[[list[str]], tuple[int, str, str]],
    left: list[str],
) -> list[str]:
    wrong = []
    if status != case.status:
        wrong.append(f"exit status {status} instead of {case.status}")
    if "Traceback" in output + errors:
        wrong.append("a traceback")
    if case.says not in output + errors:
        wrong.append(f"does not say '{case.says}'")
    told = [line for line in errors.splitlines() if line.startswith("fother: ")]
    if status not in (0, 2) and "check" not in case.words and len(told) != 1:
        wrong.append(f"{len(told)} sentences instead of one")
    if case.spoil is None and (home / "registry.sqlite").exists():
        checked, found, said = run(["check", "--home", str(home)])
        if checked:
            wrong.append(f"the registry is harmed: {found or said}")
    if left:
        wrong.append(f"files left over: {left}")
    return wrong
