"""A registry of an older schema is brought up to date where it is, or left exactly as it was."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from fother.errors import RegistryError
from fother.registry import (
    Artefact,
    Copy,
    Document,
    DocumentText,
    IssuedFile,
    RecipientRow,
    Registry,
    open_registry,
    schema,
)

FIRST = schema.MIGRATIONS[0]
Contents = tuple[tuple[Document, ...], tuple[Copy, ...], tuple[Any, ...]]


def contents(registry: Registry) -> Contents:
    return registry.documents(), registry.copies(), registry.traces()


@pytest.fixture
def old(tmp_path: Path) -> tuple[Path, Contents]:
    """A registry whose database was made by the statements of schema 1, and what it holds."""
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
        made = registry.reserve(edition.id, [RecipientRow(1, 2, "Ann")], source="list.csv")
        registry.mark_issued(IssuedFile(made.entries[0].copy.id, "a" * 64, 1, "x.pdf", 9.0))
        registry.complete_issue(made.issue.id)
        registry.record_trace(
            artefacts=[Artefact("photo.jpg", "b" * 64)],
            parameters={},
            verdict={},
            document=document.id,
            report=b"report",
        )
        held = contents(registry)
    new_file, old_file = home / "registry.sqlite", home / "old.sqlite"
    connection = sqlite3.connect(old_file)
    for statement in FIRST.statements:
        connection.execute(statement)
    connection.execute("ATTACH ? AS new", [str(new_file)])
    for (table,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
        columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
        connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")  # noqa: S608
    # Traces of that time said nothing of sightings.
    connection.execute("UPDATE main.trace SET artefacts = json_remove(artefacts, '$[0].sighting')")
    connection.commit()
    connection.execute("DETACH new")
    connection.execute(f"PRAGMA user_version = {FIRST.number}")
    connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    connection.close()
    for path in home.glob("registry.sqlite*"):
        path.unlink()
    old_file.rename(new_file)
    new_file.chmod(0o600)
    return home, held


def test_everything_is_kept(old: tuple[Path, Contents]) -> None:
    home, held = old
    for _ in range(2):
        with open_registry(home, create=False) as registry:
            assert contents(registry) == held
            assert [d.public for d in registry.documents()] == [False] * 3
            assert [(f.severity, f.subject) for f in registry.check()] == [("note", "3 documents")]


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
    second = schema.MIGRATIONS[1]
    broken = schema.Migration(2, second.name, (*second.statements, "INSERT INTO nowhere VALUES (1)"))
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", (FIRST, broken))
        with pytest.raises(RegistryError, match="nowhere"):
            open_registry(home, create=False)
    connection = sqlite3.connect(home / "registry.sqlite")
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert not tables & {"sighting", "identification", "document_blob_new"}
    connection.close()
    with open_registry(home, create=False) as registry:
        assert contents(registry) == held
