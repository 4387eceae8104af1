"""Every kind of damage is refused in words and found by the check."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fother.errors import RegistryError
from fother.registry import (
    Artefact,
    DocumentText,
    Edition,
    FolderRegistry,
    IssuedFile,
    RecipientRow,
    SightingRecord,
    open_registry,
)
from fother.registry.schema import newest_version

ROWS = [RecipientRow(n, n + 1, f"P{n}", f"p{n}@example.org") for n in (1, 2, 3)]
posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def registry(home: Path) -> Iterator[FolderRegistry]:
    with open_registry(home) as made:
        yield made


@pytest.fixture
def edition(registry: FolderRegistry) -> Edition:
    document = registry.add_document(
        b"original",
        file_name="a.pdf",
        media_type="application/pdf",
        pages=1,
        carriers=b"c",
        template=b"t",
        text=DocumentText("Words.").to_bytes(),
    )
    made = registry.edition(document.id, 3, 0.02)
    reserved = registry.reserve(made.id, ROWS, source="list.csv")
    registry.mark_issued(*(IssuedFile(e.copy.id, "a" * 64, 1, "x.pdf", 9.0) for e in reserved.entries))
    registry.complete_issue(reserved.issue.id)
    assert registry.check() == ()
    return made


def change(home: Path, statement: str) -> None:
    """Alter the database behind the registry's back, with every safeguard off."""
    with sqlite3.connect(home / "registry.sqlite") as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(statement)
    connection.close()


def errors(registry: FolderRegistry) -> str:
    return "\n".join(f"{f.subject}: {f.sentence}" for f in registry.check() if f.severity == "error")


@posix
def test_only_the_owner_can_enter(home: Path, edition: Edition) -> None:
    assert edition.number == 0
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [home, *home.rglob("*")]}
    assert set(modes.values()) == {0o600, 0o700}
    assert modes[home / "keys"] == 0o700
    assert modes[home / "keys" / "ring.json"] == 0o600


@posix
def test_a_key_open_to_others_is_refused_until_mended(
    home: Path, registry: FolderRegistry, edition: Edition
) -> None:
    key = home / "keys" / "ring.json"
    key.chmod(0o640)
    assert "0640" in errors(registry)
    with pytest.raises(RegistryError, match="chmod it to 600"):
        registry.edition_key(edition)
    key.chmod(0o600)
    key.parent.chmod(0o755)
    assert "0755" in errors(registry)
    with pytest.raises(RegistryError, match="chmod it to 700"):
        registry.reserve(edition.id, ROWS[:1], source="x")
    key.parent.chmod(0o700)
    assert registry.check() == ()


@posix
def test_a_database_open_to_others_is_a_warning(
    home: Path, registry: FolderRegistry, edition: Edition
) -> None:
    assert edition.number == 0
    home.chmod(0o755)
    (home / "registry.sqlite").chmod(0o644)
    assert [(f.severity, "0644" in f.sentence) for f in registry.check()] == [("warning", True)]


@pytest.mark.parametrize("damage", ["lost", "swapped", "short", "changed"])
def test_a_wrong_key_stops_all_that_needs_it(
    home: Path, registry: FolderRegistry, edition: Edition, damage: str
) -> None:
    key = home / "keys" / "ring.json"
    if damage == "lost":
        key.unlink()
    elif damage == "swapped":
        open_registry(home.parent / "other").close()
        key.write_bytes((home.parent / "other" / "keys" / "ring.json").read_bytes())
    elif damage == "short":
        key.write_bytes(key.read_bytes()[:-40])
    else:
        held = json.loads(key.read_text())
        held["lock"]["salt"] = "00" * 16
        key.write_text(json.dumps(held))
    said = {
        "lost": "is missing",
        "swapped": "are not the ones",
        "short": "is damaged",
        "changed": "does not open this registry",
    }[damage]
    assert said in errors(registry)
    before = registry.copies()
    for action in (
        lambda: registry.add_document(b"new", file_name="n", media_type="x", pages=1),
        lambda: registry.edition(edition.document, 8, 0.02),
        lambda: registry.reserve(edition.id, [RecipientRow(1, 2, "New")], source="x"),
        lambda: registry.stamp(before[0]),
        lambda: registry.document_secret(edition.document),
        registry.index_key,
    ):
        with pytest.raises(RegistryError, match=said):
            action()
    assert registry.copies() == before
    assert len(registry.documents()) == len(registry.editions(edition.document)) == 1
    with open_registry(home) as again:
        assert said in errors(again)
        assert (key.read_bytes() if key.exists() else None) != b""


@pytest.mark.parametrize("damage", ["lost", "changed"])
@pytest.mark.parametrize("role", ["original", "carriers", "text"])
def test_damaged_blobs_are_found_and_never_returned(
    registry: FolderRegistry, edition: Edition, damage: str, role: str
) -> None:
    name = registry.document(edition.document).blobs[role]
    path = registry._blobs.path(name)
    if damage == "lost":
        path.unlink()
    else:
        path.write_bytes(b"0" * path.stat().st_size)
    said = {"lost": "missing", "changed": "is damaged"}[damage]
    with pytest.raises(RegistryError, match=said):
        registry.get_blob(name)
    assert f"{edition.document} {role}" in errors(registry)
    assert said in errors(registry)


@pytest.fixture
def leak(registry: FolderRegistry, edition: Edition) -> SightingRecord:
    seen = registry.add_sighting(
        b"leak", name="a.png", media_type="image/png", isolation="", text=DocumentText("seen").to_bytes()
    )
    named = [Artefact(seen.name, seen.sha256, seen.id)]
    registry.record_identification(artefacts=named, result={"verdict": "genuine"}, report=b"report")
    registry.record_trace(artefacts=named, parameters={}, verdict={}, document=edition.document)
    assert registry.check() == ()
    return seen


def test_damaged_blobs_of_leaks_are_found_with_their_owners(
    registry: FolderRegistry, leak: SightingRecord
) -> None:
    (told,) = registry.identifications()
    assert leak.text is not None
    assert told.report is not None
    for name in (leak.sha256, leak.text, told.report):
        registry._blobs.path(name).unlink()
    assert [f.subject for f in registry.check()].count(leak.id) == 2
    assert f"{told.id}: " in errors(registry)
    with pytest.raises(RegistryError, match="missing"):
        registry.sighting_text(leak)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM sighting", "which is missing or of another file"),
        ("UPDATE identification SET artefacts = replace(artefacts, 'L-', 'L-0')", "names sighting L-0"),
        ("UPDATE trace SET artefacts = replace(artefacts, 'L-', 'L-0')", "names sighting L-0"),
        ("DELETE FROM blob WHERE sha256 IN (SELECT text FROM sighting)", "refers to an entry of blob"),
        ("UPDATE document SET public = 2", "CHECK constraint failed in document"),
    ],
)
def test_contradictions_about_leaks_are_found(
    home: Path, registry: FolderRegistry, leak: SightingRecord, statement: str, said: str
) -> None:
    assert leak.size == 4
    change(home, statement)
    assert said in errors(registry)


def test_the_database_itself_refuses_to_change_a_sighting(home: Path, leak: SightingRecord) -> None:
    assert leak.source == ""
    with pytest.raises(sqlite3.IntegrityError, match="never changes"):
        change(home, "UPDATE sighting SET source = 'elsewhere'")


def test_storing_again_mends_a_damaged_blob(registry: FolderRegistry, edition: Edition) -> None:
    name = registry.document(edition.document).blobs["carriers"]
    registry._blobs.path(name).write_bytes(b"0")
    registry.put_blob(edition.document, "carriers", b"c")
    assert registry.get_blob(name) == b"c"
    assert registry.check() == ()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM copy WHERE number = 1", "has no copies 1 to 1"),
        ("DELETE FROM entry WHERE row = 2", "not among the rows"),
        ("UPDATE copy SET id = id || '7' WHERE number = 2", "does not have the id that its index makes"),
        ("UPDATE edition SET number = 4", "does not have the id that its number makes"),
        ("UPDATE edition SET strength = 0.021", "stamp that does not follow"),
        ("UPDATE copy SET stamp_hash = 'x' WHERE number = 0", "stamp that does not follow"),
        ("UPDATE copy SET recipient = 'R-00000000' WHERE number = 0", "refers to an entry of recipient"),
        ("UPDATE copy SET state = 'reserved', sha256 = NULL WHERE number = 0", "yet 1 of its copies"),
        ("UPDATE copy SET sha256 = NULL WHERE number = 0", "CHECK constraint failed in copy"),
        ("DELETE FROM entry", "has no rows"),
        ("UPDATE entry SET sealed = NULL WHERE row = 2", "Row 2 of"),
        ("DELETE FROM seal_share WHERE number = 1", "is incomplete"),
        ("UPDATE recipient SET locked = NULL", "is incomplete"),
        ("UPDATE copy SET identity = NULL WHERE number = 1", "does not say what was committed"),
        ("DELETE FROM document_blob WHERE role = 'original'", "its own original"),
        ("UPDATE blob SET size = 77", "another size"),
    ],
)
def test_contradictions_are_found(
    home: Path, registry: FolderRegistry, edition: Edition, statement: str, said: str
) -> None:
    assert edition.number == 0
    change(home, statement)
    assert said in errors(registry)


def test_orphans_are_noted_and_collected_when_old(home: Path, edition: Edition, leak: SightingRecord) -> None:
    name = "ab" + "2" * 50
    orphan, part, key_part = home / "blobs/ab" / name, home / "blobs/ab/.part-1", home / "keys/.part-2"
    orphan.parent.mkdir(exist_ok=True)
    for path in (orphan, part, key_part):
        path.write_bytes(b"left")
    with open_registry(home) as young:
        assert [f.severity for f in young.check()] == ["note"] * 3
        assert young.collect() == ()
        kept = young.document(edition.document)
    later = datetime.now(UTC) + timedelta(days=2)
    with open_registry(home, clock=lambda: later) as old:
        assert sorted(old.collect()) == [".part-1", ".part-2", name]
        assert old.check() == ()
        assert old.get_blob(kept.sha256) == b"original"
        assert old.get_blob(leak.sha256) == b"leak"
        assert old.sighting_text(leak).text == "seen"
        assert old.document_text(kept).text == "Words."


def test_a_newer_version_is_not_touched(home: Path, registry: FolderRegistry) -> None:
    registry.close()
    change(home, f"PRAGMA user_version = {newest_version() + 1}")
    with pytest.raises(RegistryError, match="update fother"):
        open_registry(home)


def test_foreign_and_broken_databases_are_refused(tmp_path: Path) -> None:
    foreign, broken = tmp_path / "foreign", tmp_path / "broken"
    for folder in (foreign, broken):
        folder.mkdir()
    with sqlite3.connect(foreign / "registry.sqlite") as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(RegistryError, match="not a registry of Fother"):
        open_registry(foreign)
    (broken / "registry.sqlite").write_bytes(b"no database at all" * 300)
    with pytest.raises(RegistryError, match="damaged"):
        open_registry(broken)


def test_a_damaged_page_is_found(home: Path, registry: FolderRegistry, edition: Edition) -> None:
    assert edition.number == 0
    registry.close()
    path = home / "registry.sqlite"
    data = bytearray(path.read_bytes())
    at = data.index(b"application/pdf")  # inside a page of the document table
    data[at - at % 4096 : at - at % 4096 + 100] = b"\xff" * 100
    path.write_bytes(data)
    with open_registry(home) as again:
        assert "damaged" in errors(again)


def test_a_missing_registry_is_not_made_silently(home: Path, registry: FolderRegistry) -> None:
    with pytest.raises(RegistryError, match="no registry"):
        open_registry(home / "elsewhere", create=False)
    assert not (home / "elsewhere").exists()
    registry.close()
    (home / "registry.sqlite").unlink()
    with pytest.raises(RegistryError, match="lost its database"):
        open_registry(home)


def test_a_clock_without_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="without a zone"):
        open_registry(tmp_path / "home", clock=lambda: datetime(2026, 1, 1))
    open_registry(tmp_path / "home").close()
    with (
        open_registry(tmp_path / "home", clock=lambda: datetime(2026, 1, 1)) as registry,
        pytest.raises(RegistryError, match="without a zone"),
    ):
        registry.add_document(b"x", file_name="x", media_type="x", pages=1)
