"""Registries as older versions made them: the schema of then, names and files in clear, one key file."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from fother.registry import FolderRegistry, RecipientRow, schema
from fother.registry.atrest.ring import MASTER
from fother.registry.issues import request_hash
from fother.registry.recipients import identity


def make_old(registry: FolderRegistry, version: int, lists: Mapping[str, list[RecipientRow]]) -> None:
    """Turn a registry into one of schema `version` (1 or 2) with the same contents, and close it.

    `lists` gives what the list of each issue said, by the issue's id.
    """
    home = registry.home
    people = {
        copy.recipient: lists[copy.issue][copy.row - 1] for copy in registry.copies()
    }  # who each recipient was when first listed
    files = {name: registry.get_blob(name) for name in registry.blobs()}
    master = registry._keys.ring.secrets()[MASTER]
    registry.close()
    old_file, new_file = home / "old.sqlite", home / "registry.sqlite"
    connection = sqlite3.connect(old_file)
    for migration in schema.MIGRATIONS[:version]:
        for statement in migration.statements:
            connection.execute(str(statement))
    connection.execute("ATTACH ? AS new", [str(new_file)])
    tables = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        _fill(connection, table, lists, people)
    # Traces of that time said nothing of sightings; nothing was left to be removed.
    connection.execute("UPDATE main.trace SET artefacts = json_remove(artefacts, '$[0].sighting')")
    connection.execute("DELETE FROM main.meta WHERE key = 'remains'")
    connection.commit()
    connection.execute("DETACH new")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    for path in [*home.glob("registry.sqlite*"), *home.glob("blobs/*/*"), *home.glob("keys/*")]:
        path.unlink()
    old_file.rename(new_file)
    new_file.chmod(0o600)
    for name, data in files.items():
        (home / "blobs" / name[:2]).mkdir(mode=0o700, exist_ok=True)
        (home / "blobs" / name[:2] / name).write_bytes(data)
    (home / "keys" / "master.key").write_bytes(master)
    (home / "keys" / "master.key").chmod(0o600)


def _fill(
    connection: sqlite3.Connection,
    table: str,
    lists: Mapping[str, list[RecipientRow]],
    people: Mapping[str, RecipientRow],
) -> None:
    """Rows of today in the columns of then; what is sealed today from what is known in clear."""
    old = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
    new = [row[1] for row in connection.execute(f"PRAGMA new.table_info({table})")]
    shared = [column for column in old if column in new]
    for values in connection.execute(f"SELECT {', '.join(shared)} FROM new.{table}").fetchall():  # noqa: S608
        row: dict[str, Any] = dict(zip(shared, values, strict=True))
        if table == "recipient":
            who = people[row["id"]]
            row |= {name: getattr(who, name) for name in ("name", "email", "organisation", "partner", "role")}
            row |= {"identity": identity(who), "extra": json.dumps(dict(who.extra))}
        elif table == "issue":
            row |= {"source": "list.csv", "request": request_hash(lists[row["id"]])}
        elif table == "entry":
            given = dataclasses.asdict(lists[row["issue"]][row["row"] - 1])
            row["given"] = json.dumps(given)
        marks = ", ".join("?" * len(row))
        connection.execute(
            f"INSERT INTO main.{table} ({', '.join(row)}) VALUES ({marks})",  # noqa: S608
            list(row.values()),
        )
