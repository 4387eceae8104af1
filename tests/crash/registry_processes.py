"""What the child processes of the registry's crash tests do; kept apart so that they import little."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from fother.errors import ConflictError, FotherError
from fother.registry import (
    Artefact,
    DocumentText,
    IssuedFile,
    NewItem,
    RecipientRow,
    Registry,
    Unlocking,
    open_registry,
)

STRANGER = 65534  #: user and group "nobody"
TEXT = DocumentText("Words.").to_bytes()
PEOPLE = 40  #: recipients that all writers draw from


def rows_of(numbers: list[int]) -> list[RecipientRow]:
    return [RecipientRow(r, r + 1, f"P{n}", f"p{n}@example.org") for r, n in enumerate(numbers, 1)]


def file_of(registry: Registry, copy_id: str) -> IssuedFile:
    """The bytes of a copy follow from its stamp, as those of a marked file do from its key and index."""
    content = registry.stamp(registry.copy(copy_id)) * 50
    return IssuedFile(copy_id, hashlib.sha256(content).hexdigest(), len(content), f"{copy_id}.pdf", 9.0)


def write_for_ever(home: str, diary: str, seed: int, rounds: int = 1_000_000) -> None:
    """Register, reserve, issue, complete; a line in the diary for every promise that the registry gave."""
    rng = random.Random(seed)
    with Path(diary).open("a", buffering=1) as lines:
        registry = open_registry(Path(home))
        for turn in range(rounds):
            content = f"document {rng.randrange(4)}".encode() * 2000
            document = registry.add_document(
                content,
                file_name=f"{seed}.pdf",
                media_type="application/pdf",
                pages=1,
                carriers=content[::-1],
                template=content[1:],
                text=TEXT,
            )
            lines.write(f"document {document.id} {document.sha256}\n")
            edition = registry.edition(document.id, rng.choice([3, 5]), 0.02)
            numbers = rng.sample(range(PEOPLE), rng.randint(1, 8))
            rows = {row.row: row for row in rows_of(numbers)}
            made = registry.reserve(edition.id, [*rows.values()], source=f"{seed}-{turn}.csv")
            for entry in made.entries:
                lines.write(f"copy {entry.copy.id} {rows[entry.row].email}\n")
            for entry in made.pending:
                file = file_of(registry, entry.copy.id)
                registry.mark_issued(file)
                lines.write(f"issued {entry.copy.id} {file.sha256}\n")
            registry.complete_issue(made.issue.id)
            lines.write(f"complete {made.issue.id} -\n")


def work_once(registry: Registry) -> None:
    """The whole life of one issue."""
    document = registry.add_document(
        b"original",
        file_name="a.pdf",
        media_type="application/pdf",
        pages=1,
        carriers=b"c",
        template=b"t",
        text=TEXT,
    )
    edition = registry.edition(document.id, 3, 0.02)
    made = registry.reserve(edition.id, rows_of([1, 2]), source="list.csv")
    registry.mark_issued(*(file_of(registry, entry.copy.id) for entry in made.pending))
    registry.complete_issue(made.issue.id)
    leak = registry.add_sighting(b"leak", name="leak.txt", media_type="text/plain", isolation="", text=TEXT)
    named = [Artefact(leak.name, leak.sha256, leak.id)]
    registry.record_identification(artefacts=named, result={}, report=b"identified")
    registry.record_trace(artefacts=named, parameters={}, verdict={}, report=b"report")
    case = registry.put_item("case", {"title": "A"}, blob=b"note")
    registry.put_items([NewItem("note", {"n": n}, case.id) for n in range(3)])


def count_up(home: str, entry: str, times: int) -> None:
    """Add one to the number in an entry again and again, looking anew whenever another was quicker."""
    with open_registry(Path(home)) as registry:
        for _ in range(times):
            while True:
                seen = registry.item(entry)
                try:
                    registry.put_item(
                        "note", {"n": seen.body["n"] + 1}, id=entry, expected_version=seen.version
                    )
                    break
                except ConflictError:
                    continue


def die_before_step(home: str, step: int) -> None:
    """Do the work from an empty folder on, but be killed right before the n-th change of a file or folder."""
    changes = {"os.link", "os.mkdir", "os.remove", "os.rename", "os.utime", "sqlite3.connect"}
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        flags = arguments[2] if event == "open" else 0
        writes = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
        if (event in changes or writes) and any(Path(home).name in str(given) for given in arguments):
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    with open_registry(Path(home)) as registry:
        work_once(registry)


def report(action: Callable[[], object], answer: str) -> None:
    """Run an action and leave what it raised in a file: "" when it did its work."""
    try:
        action()
    except FotherError as error:
        text = f"{type(error).__name__}: {error}"
    except BaseException as error:
        text = f"unexpected {error!r}"
    else:
        text = ""
    Path(answer).write_text(text)


def fill_small_disk(home: str, answer: str, limit: int, what: str) -> None:
    """Work with every file limited to `limit` bytes, the kernel's own refusal to let a file grow."""
    import resource  # only where it exists; the tests that need it are skipped elsewhere

    registry = open_registry(Path(home))
    # Beyond the limit a write fails with EFBIG, since Python ignores the signal that goes with it.
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    def large_document() -> None:
        registry.add_document(os.urandom(2 * limit), file_name="l", media_type="x", pages=1, text=TEXT)

    def large_issue() -> None:
        document = registry.documents()[0]
        edition = registry.edition(document.id, 3, 0.02)
        registry.reserve(edition.id, rows_of(list(range(20_000))), source="large.csv")

    report(large_document if what == "document" else large_issue, answer)


def own_key(home: Path) -> Unlocking:
    """A key file beside the registry, which a stranger can be given."""
    return Unlocking(key_file=home.parent / "registry.key")


def work_as_stranger(home: str, answer: str) -> None:
    """Register a document without the rights of root."""
    os.setgroups([])
    os.setgid(STRANGER)
    os.setuid(STRANGER)

    def add() -> None:
        with open_registry(Path(home), unlocking=own_key(Path(home))) as registry:
            registry.add_document(b"new", file_name="n", media_type="x", pages=1, text=TEXT)

    report(add, answer)
