"""Ids, keys, tables: the parts of the registry that have a form fixed for good."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import UniqueConstraint, create_engine, inspect

from fother.registry import default_home, ids, keys, open_registry, schema


def test_base32_follows_crockford() -> None:
    assert ids.base32(bytes(5)) == "00000000"
    assert ids.base32(b"\xff" * 5) == "ZZZZZZZZ"
    assert ids.base32((1234).to_bytes(5, "big")) == "0000016J"  # the example of Crockford's page, padded


@given(st.binary(min_size=5, max_size=5))
def test_random_ids_survive_being_read_aloud(data: bytes) -> None:
    made = ids.random_id("D", lambda n: data[:n])
    spoken = made[:2] + made[2:].replace("0", "o").replace("1", "l").lower()
    assert ids.normalise(f" {spoken.lower()} ") == made


@pytest.mark.parametrize("text", ["", "D", "X-12345678", "D-12 34", "D_12345678", "a title", "D-1234567ü"])
def test_other_texts_are_no_ids(text: str) -> None:
    assert ids.normalise(text) is None


def test_ids_sort_like_what_they_number() -> None:
    editions = [ids.edition_id("D-00000000", n) for n in range(70)]
    assert editions == sorted(set(editions))
    copies = [ids.copy_id(e, i) for e in editions for i in (0, 9, 10, 999_999)]
    assert copies == sorted(set(copies))
    assert copies[1] == "C-00000000-A000009"


def test_keys_are_frozen() -> None:
    """Vectors made with an independent HKDF (RFC 5869) out of HMAC; a change would orphan every copy made."""
    master = bytes(range(32))
    secret = keys.document_secret(master, "D-00000000")
    key = keys.edition_key(secret, 3, 0.02, "a" * 64)
    assert [secret.hex(), key.hex(), keys.stamp(key, 7).hex(), keys.check_value(master)] == [
        hkdf(master, b"document|D-00000000", 32),
        hkdf(secret, b"code|3|0.02|" + b"a" * 64, 32),
        hkdf(key, b"stamp|7", 16),
        hkdf(master, b"check", 32),
    ]
    assert keys.index_key(master).hex() == hkdf(master, b"index", 32)
    assert secret.hex() == "61c88a4729160cee430e3724560044c3bbafd0c40d539ad92d40e6b643c87b0f"


def hkdf(secret: bytes, info: bytes, length: int) -> str:
    extracted = hmac.new(b"fother registry 1", secret, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()[:length].hex()


def test_migrations_make_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    open_registry(tmp_path / "home").close()
    found = inspect(create_engine(f"sqlite:///{tmp_path}/home/registry.sqlite"))
    assert set(found.get_table_names()) == set(schema.metadata.tables)
    for name, table in schema.metadata.tables.items():
        columns = {c["name"]: c["nullable"] for c in found.get_columns(name)}
        # SQLite reports a text primary key as nullable unless told otherwise.
        expected = {c.name: c.nullable for c in table.columns}
        assert columns.keys() == expected.keys()
        assert {n for n in columns if columns[n] != expected[n] and not table.c[n].primary_key} == set()
        assert not [c for c in table.constraints if isinstance(c, UniqueConstraint)]


def test_migrations_are_numbered_without_gaps() -> None:
    assert [m.number for m in schema.MIGRATIONS] == list(range(1, len(schema.MIGRATIONS) + 1))


def test_the_database_is_as_durable_as_promised(tmp_path: Path) -> None:
    with open_registry(tmp_path / "home") as registry, registry._database.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_an_empty_file_left_by_a_kill_becomes_a_registry(tmp_path: Path) -> None:
    (tmp_path / "registry.sqlite").touch(0o600)
    with open_registry(tmp_path, create=False) as registry:
        assert registry.check() == ()
    with sqlite3.connect(tmp_path / "registry.sqlite") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_the_default_home_is_the_platforms_own() -> None:
    assert default_home().is_absolute()
    assert default_home().name == "fother"
