"""The tables that the code of today works with, and how a database is brought to them.

`migrations` holds the steps of the way there; a test holds both to the same columns.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
)

from fother.errors import RegistryError
from fother.registry.migrations import MIGRATIONS, Step, Steps

APPLICATION_ID = 0x466F7468  #: "Foth" in the header of the SQLite file


class UtcTime(TypeDecorator[datetime]):
    """A moment as ISO 8601 text in UTC with its zone, microseconds always written, so that text sorts."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)
blob = Table(
    "blob",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("added_at", UtcTime, nullable=False),
)
document = Table(
    "document",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("file_name", String, nullable=False),
    Column("sha256", String, ForeignKey("blob.sha256"), nullable=False),
    Column("size", Integer, nullable=False),
    Column("media_type", String, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("registered_at", UtcTime, nullable=False),
    Column("public", Boolean, nullable=False),
)
document_blob = Table(
    "document_blob",
    metadata,
    Column("document", String, ForeignKey("document.id"), primary_key=True),
    Column("role", String, primary_key=True),
    Column("sha256", String, ForeignKey("blob.sha256"), nullable=False),
)
edition = Table(
    "edition",
    metadata,
    Column("id", String, primary_key=True),
    Column("document", String, ForeignKey("document.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("resistance", Integer, nullable=False),
    Column("strength", Float, nullable=False),
    Column("carriers", String, ForeignKey("blob.sha256"), nullable=False),
    Column("template", String, ForeignKey("blob.sha256")),
    Column("made_at", UtcTime, nullable=False),
)
recipient = Table(
    "recipient",
    metadata,
    Column("id", String, primary_key=True),
    Column("identity", String, nullable=False),
    Column("added_at", UtcTime, nullable=False),
    Column("public", String),
    Column("locked", LargeBinary),
    Column("setup", Integer),
    Column("erased_at", UtcTime),
)
issue = Table(
    "issue",
    metadata,
    Column("id", String, primary_key=True),
    Column("document", String, ForeignKey("document.id"), nullable=False),
    Column("edition", String, ForeignKey("edition.id"), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("request", String, nullable=False),
    Column("state", String, nullable=False),
    Column("completed_at", UtcTime),
)
copy = Table(
    "copy",
    metadata,
    Column("id", String, primary_key=True),
    Column("document", String, ForeignKey("document.id"), nullable=False),
    Column("edition", String, ForeignKey("edition.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("recipient", String, ForeignKey("recipient.id"), nullable=False),
    Column("issue", String, ForeignKey("issue.id"), nullable=False),
    Column("row", Integer, nullable=False),
    Column("stamp_hash", String, nullable=False),
    Column("reserved_at", UtcTime, nullable=False),
    Column("state", String, nullable=False),
    Column("sha256", String),
    Column("size", Integer),
    Column("file_name", String),
    Column("issued_at", UtcTime),
    Column("log10_lr", Float),
    Column("identity", LargeBinary),
)
entry = Table(
    "entry",
    metadata,
    Column("issue", String, ForeignKey("issue.id"), primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("copy", String, ForeignKey("copy.id"), nullable=False),
    Column("sealed", LargeBinary),
)
seal_setup = Table(
    "seal_setup",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("made_at", UtcTime, nullable=False),
    Column("threshold", Integer, nullable=False),
    Column("approvers", JSON, nullable=False),
    Column("own", Boolean, nullable=False),
)
seal_share = Table(
    "seal_share",
    metadata,
    Column("recipient", String, ForeignKey("recipient.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
unseal_request = Table(
    "unseal_request",
    metadata,
    Column("id", String, primary_key=True),
    Column("copy", String, ForeignKey("copy.id"), nullable=False),
    Column("setup", Integer, ForeignKey("seal_setup.number"), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("public", String, nullable=False),
    Column("secret", LargeBinary),
    Column("state", String, nullable=False),
    Column("closed_at", UtcTime),
)
unseal_approval = Table(
    "unseal_approval",
    metadata,
    Column("request", String, ForeignKey("unseal_request.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("made_at", UtcTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("sealed", LargeBinary),
)
trace = Table(
    "trace",
    metadata,
    Column("id", String, primary_key=True),
    Column("made_at", UtcTime, nullable=False),
    Column("document", String, ForeignKey("document.id")),
    Column("artefacts", JSON, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("verdict", JSON, nullable=False),
    Column("report", String, ForeignKey("blob.sha256")),
    Column("evidence", String, ForeignKey("blob.sha256")),
)
decoy = Table(
    "decoy",
    metadata,
    Column("id", String, primary_key=True),
    Column("edition", String, ForeignKey("edition.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("issue", String, ForeignKey("issue.id"), nullable=False),
)
ready = Table(
    "ready",
    metadata,
    Column("edition", String, ForeignKey("edition.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("issue", String, ForeignKey("issue.id"), nullable=False),
    Column("sha256", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("log10_lr", Float, nullable=False),
)
commitment = Table(
    "commitment",
    metadata,
    Column("digest", String, primary_key=True),
    Column("issue", String, ForeignKey("issue.id"), nullable=False),
    Column("edition", String, ForeignKey("edition.id"), nullable=False),
    Column("header", LargeBinary, nullable=False),
    Column("leaves", LargeBinary, nullable=False),
    Column("entry", Integer, ForeignKey("log_entry.number"), nullable=False),
    Column("made_at", UtcTime, nullable=False),
)
sighting = Table(
    "sighting",
    metadata,
    Column("id", String, primary_key=True),
    Column("sha256", String, ForeignKey("blob.sha256"), nullable=False),
    Column("name", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("source", String, nullable=False),
    Column("found_at", UtcTime),
    Column("isolation", String, nullable=False),
    Column("text", String, ForeignKey("blob.sha256")),
    Column("metadata", JSON, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("parent", String, ForeignKey("sighting.id")),
)
identification = Table(
    "identification",
    metadata,
    Column("id", String, primary_key=True),
    Column("made_at", UtcTime, nullable=False),
    Column("artefacts", JSON, nullable=False),
    Column("result", JSON, nullable=False),
    Column("report", String, ForeignKey("blob.sha256")),
)
item = Table(
    "item",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("case", String),
    Column("body", JSON, nullable=False),
    Column("blob", String, ForeignKey("blob.sha256")),
    Column("withdrawn", Boolean, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("why", String, nullable=False),
)
log_entry = Table(
    "log_entry",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("opening", String, nullable=False),
)


def newest_version() -> int:
    return MIGRATIONS[-1].number


def read_version(connection: Connection, place: str) -> int:
    """The schema version of a database; 0 when it is empty.

    Raises RegistryError when the file belongs to another program or to a newer version of this one.
    """
    version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    owner = int(connection.exec_driver_sql("PRAGMA application_id").scalar_one())
    tables = int(connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one())
    if owner != APPLICATION_ID and (tables or version or owner):
        raise RegistryError(f"{place} is not a registry of Fother; choose another folder.")
    if version > newest_version():
        raise RegistryError(
            f"The registry {place} has schema version {version}, this program knows {newest_version()}; "
            "update fother."
        )
    return version


def migrate(connection: Connection, place: str, steps: Steps) -> None:
    """Bring a database to the newest version, inside the caller's write transaction."""
    version = read_version(connection, place)
    for migration in MIGRATIONS:
        if migration.number > version:
            for statement in migration.statements:
                if isinstance(statement, Step):
                    steps[statement.name](connection)
                else:
                    connection.exec_driver_sql(statement)
            connection.exec_driver_sql(f"PRAGMA user_version = {migration.number:d}")
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID:d}")
