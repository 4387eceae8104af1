"""A registry of an older schema is brought up to date where it is, or left exactly as it was."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from old_registry import make_old

from fother.errors import RegistryError
from fother.flow.seals import ask
from fother.registry import (
    Artefact,
    Copy,
    Document,
    DocumentText,
    IssuedFile,
    RecipientRow,
    Registry,
    migrations,
    open_registry,
    schema,
)
from fother.registry.blobs import FolderBlobs
from fother.registry.database import Database
from fother.registry.own_keys import OwnKeys

Contents = tuple[tuple[Document, ...], tuple[Copy, ...], tuple[Any, ...]]


def contents(registry: Registry) -> Contents:
    return registry.documents(), registry.copies(), registry.traces()


ROWS = [
    RecipientRow(1, 2, "Zoë Quillfeather", "zoe.quillfeather@example.org", extra={"room": "Fernhollow 7"}),
    RecipientRow(2, 3, "Ben Ostrander", "", "Example Ltd", "North", "editor"),
]


@pytest.fixture(params=[1, 2])
def old(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Path, Contents]:
    """A registry as an older version made it, and what it holds."""
    home = tmp_path / "home"
    with open_registry(home) as registry:
        for number in range(3):
            document = registry.add_document(
                b"original %d" % number,
                file_name=f"{number}.pdf",
                media_type="application/pdf",
                pages=1,
                carriers=b"carriers",
                template=b"template",
                plan={"pages": []},
            )
        edition = registry.edition(document.id, 3, 0.02)
        made = registry.reserve(edition.id, ROWS, source="list.csv")
        again = registry.reserve(edition.id, ROWS[:1], source="list.csv")
        registry.mark_issued(*(IssuedFile(e.copy.id, "a" * 64, 1, "x.pdf", 9.0) for e in made.entries))
        for issue in (made.issue, again.issue):
            registry.complete_issue(issue.id)
        registry.record_trace(
            artefacts=[Artefact("photo.jpg", "b" * 64)],
            parameters={},
            verdict={},
            document=document.id,
            report=b"report",
        )
        held = contents(registry)
        make_old(registry, request.param, {made.issue.id: ROWS, again.issue.id: ROWS[:1]})
    return home, held


def test_everything_is_kept(old: tuple[Path, Contents]) -> None:
    home, held = old
    for _ in range(2):
        with open_registry(home, create=False) as registry:
            assert contents(registry) == held
            assert [d.public for d in registry.documents()] == [False] * 3
            assert [(f.severity, f.subject) for f in registry.check()] == [("note", "3 documents")]


def test_what_lay_in_clear_is_sealed_and_gone(old: tuple[Path, Contents]) -> None:
    home, held = old
    assert found_in(home, *WORDS, b"original 1"), "the old registry holds them in clear"
    with open_registry(home, create=False) as registry:
        assert found_in(home, *WORDS, b"original 1") == []
        assert not (home / "keys" / "master.key").exists()
        copies = registry.copies()
        told = [ask(registry, c.id, "to compare", timedelta(days=1), checked=True).told for c in copies]
        assert [t.given for t in told if t] == ROWS
        assert [t.source for t in told if t] == ["list.csv"] * 2
        assert registry.recipient("ZOE.quillfeather@example.org").id == copies[0].recipient
        # The same list is still the same issue, and the same people are still the same recipients.
        issue = registry.issues()[0]
        assert registry.reserve(issue.edition, ROWS, source="x").issue == issue
        assert registry.get_blob(held[0][0].sha256) == b"original 0"


@pytest.mark.parametrize("step", ["encrypt", "forget_approvers", "remove_old", "compact"])
def test_a_cleaning_that_was_interrupted_goes_on(
    old: tuple[Path, Contents], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    home, held = old
    owner: Any = {"encrypt": FolderBlobs, "compact": Database}.get(step, OwnKeys)
    with monkeypatch.context() as patched:
        patched.setattr(owner, step, stop)
        with pytest.raises(KeyboardInterrupt):
            open_registry(home, create=False)
    with open_registry(home, create=False) as registry:
        assert found_in(home, *WORDS, b"original 1") == []
        assert contents(registry) == held
        assert [f.severity for f in registry.check()] == ["note"]


def stop(*_: object) -> None:
    raise KeyboardInterrupt


WORDS = ("Quillfeather", "zoe.quill", "Fernhollow", "Ostrander", "list.csv")


def found_in(home: Path, *words: str | bytes) -> list[tuple[str, str | bytes]]:
    """Which files hold which words, in any of the encodings that a database or a text may have."""
    spelled = {
        (word, form)
        for word in words
        for form in ([word] if isinstance(word, bytes) else [word.encode(e) for e in ("utf-8", "utf-16-le")])
    }
    return [
        (path.name, word)
        for path in home.rglob("*")
        if path.is_file()
        for word, form in spelled
        if form in path.read_bytes()
    ]


def test_the_new_tables_work(old: tuple[Path, Contents]) -> None:
    home, held = old
    words = DocumentText("Words.")
    with open_registry(home, create=False) as registry:
        for document in held[0]:
            after = registry.put_blob(document.id, "text", words.to_bytes())
            assert registry.document_text(after) == words
        seen = registry.add_sighting(b"leak", name="a", media_type="x", isolation="")
        told = registry.record_identification(artefacts=[Artefact("a", seen.sha256, seen.id)], result={})
        assert registry.show(told.id) == told
        assert registry.check() == ()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO document_blob SELECT document, 'other', sha256 FROM document_blob LIMIT 1",
        "INSERT INTO document_blob VALUES ('D-00000000', 'text', (SELECT sha256 FROM blob LIMIT 1))",
        "UPDATE document_blob SET sha256 = 'missing'",
        "UPDATE document_blob SET role = 'plan'",
    ],
)
def test_the_rebuilt_table_keeps_its_rules(old: tuple[Path, Contents], statement: str) -> None:
    home, _ = old
    open_registry(home, create=False).close()
    connection = sqlite3.connect(home / "registry.sqlite")
    connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError), connection:
        connection.execute(statement)
    connection.close()


def test_a_migration_that_fails_changes_nothing(
    old: tuple[Path, Contents], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, held = old
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    with sqlite3.connect(home / "registry.sqlite") as connection:
        version = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    last = schema.MIGRATIONS[-1]
    broken = migrations.Migration(
        last.number, last.name, (*last.statements, "INSERT INTO nowhere VALUES (1)")
    )
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS[:-1], broken))
        with pytest.raises(RegistryError, match="nowhere"):
            open_registry(home, create=False)
    connection = sqlite3.connect(home / "registry.sqlite")
    assert connection.execute("PRAGMA user_version").fetchone() == version
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert not tables & {"item", "log_entry", "seal_setup", "document_blob_new"}
    connection.close()
    kept = {path: path.read_bytes() for path in before if path.suffix not in (".sqlite", "")}
    assert kept == {path: before[path] for path in kept}
    with open_registry(home, create=False) as registry:
        assert contents(registry) == held
