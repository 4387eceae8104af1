"""The numbered migrations: the frozen history of the schema.

A released one is never edited; a change is a new entry at the end. `schema.migrate` runs them, and a test
holds what they make to the tables of `schema`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True)
class Step:
    """A place in a migration where rows are rewritten by code, named so that it can be found."""

    name: str


Steps = Mapping[str, Callable[[Connection], None]]  #: what to do at each `Step`


@dataclass(frozen=True)
class Migration:
    """One step of the schema, run in one transaction."""

    number: int  #: the schema version that it leads to
    name: str
    statements: tuple[str | Step, ...]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        "documents, editions, recipients, issues, copies, traces",
        (
            "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
            """CREATE TABLE blob (
                sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
                size INTEGER NOT NULL CHECK (size >= 0),
                added_at TEXT NOT NULL)""",
            """CREATE TABLE document (
                id TEXT PRIMARY KEY,
                title TEXT NOT NULL,
                file_name TEXT NOT NULL,
                sha256 TEXT NOT NULL UNIQUE REFERENCES blob (sha256),
                size INTEGER NOT NULL,
                media_type TEXT NOT NULL,
                pages INTEGER NOT NULL CHECK (pages >= 0),
                registered_at TEXT NOT NULL)""",
            """CREATE TABLE document_blob (
                document TEXT NOT NULL REFERENCES document (id),
                role TEXT NOT NULL CHECK (role IN ('original', 'carriers', 'template', 'plan')),
                sha256 TEXT NOT NULL REFERENCES blob (sha256),
                PRIMARY KEY (document, role))""",
            """CREATE TABLE edition (
                id TEXT PRIMARY KEY,
                document TEXT NOT NULL REFERENCES document (id),
                number INTEGER NOT NULL CHECK (number >= 0),
                resistance INTEGER NOT NULL CHECK (resistance >= 1),
                strength REAL NOT NULL CHECK (strength > 0),
                carriers TEXT NOT NULL REFERENCES blob (sha256),
                template TEXT REFERENCES blob (sha256),
                made_at TEXT NOT NULL,
                UNIQUE (id, document),
                UNIQUE (document, number),
                UNIQUE (document, resistance, strength, carriers))""",
            """CREATE TABLE recipient (
                id TEXT PRIMARY KEY,
                identity TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL,
                email TEXT NOT NULL,
                organisation TEXT NOT NULL,
                partner TEXT NOT NULL,
                role TEXT NOT NULL,
                extra TEXT NOT NULL,
                added_at TEXT NOT NULL)""",
            """CREATE TABLE issue (
                id TEXT PRIMARY KEY,
                document TEXT NOT NULL,
                edition TEXT NOT NULL,
                made_at TEXT NOT NULL,
                source TEXT NOT NULL,
                parameters TEXT NOT NULL,
                request TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('open', 'complete')),
                completed_at TEXT,
                CHECK ((state = 'complete') = (completed_at IS NOT NULL)),
                UNIQUE (edition, request),
                FOREIGN KEY (edition, document) REFERENCES edition (id, document))""",
            """CREATE TABLE copy (
                id TEXT PRIMARY KEY,
                document TEXT NOT NULL,
                edition TEXT NOT NULL,
                number INTEGER NOT NULL CHECK (number >= 0),
                recipient TEXT NOT NULL REFERENCES recipient (id),
                issue TEXT NOT NULL REFERENCES issue (id),
                row INTEGER NOT NULL CHECK (row >= 1),
                stamp_hash TEXT NOT NULL UNIQUE,
                reserved_at TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('reserved', 'issued')),
                sha256 TEXT CHECK (length(sha256) = 64),
                size INTEGER CHECK (size >= 0),
                file_name TEXT,
                issued_at TEXT,
                log10_lr REAL,
                CHECK ((state = 'issued') = (sha256 IS NOT NULL AND size IS NOT NULL AND file_name IS NOT NULL
                       AND issued_at IS NOT NULL AND log10_lr IS NOT NULL)),
                UNIQUE (edition, number),
                UNIQUE (edition, recipient),
                FOREIGN KEY (edition, document) REFERENCES edition (id, document))""",
            """CREATE TABLE entry (
                issue TEXT NOT NULL REFERENCES issue (id),
                row INTEGER NOT NULL CHECK (row >= 1),
                copy TEXT NOT NULL REFERENCES copy (id),
                given TEXT NOT NULL,
                PRIMARY KEY (issue, row),
                UNIQUE (issue, copy))""",
            """CREATE TABLE trace (
                id TEXT PRIMARY KEY,
                made_at TEXT NOT NULL,
                document TEXT REFERENCES document (id),
                artefacts TEXT NOT NULL,
                parameters TEXT NOT NULL,
                verdict TEXT NOT NULL,
                report TEXT REFERENCES blob (sha256))""",
            "CREATE INDEX copy_recipient ON copy (recipient)",
            "CREATE INDEX copy_issue ON copy (issue)",
            "CREATE INDEX copy_document ON copy (document)",
            "CREATE INDEX entry_copy ON entry (copy)",
        ),
    ),
    Migration(
        2,
        "texts of documents, public documents, sightings, identifications",
        (
            "ALTER TABLE document ADD COLUMN public INTEGER NOT NULL DEFAULT 0 CHECK (public IN (0, 1))",
            # SQLite cannot alter a CHECK; nothing refers to this table, so it may be made anew.
            """CREATE TABLE document_blob_new (
                document TEXT NOT NULL REFERENCES document (id),
                role TEXT NOT NULL CHECK (role IN ('original', 'carriers', 'template', 'plan', 'text')),
                sha256 TEXT NOT NULL REFERENCES blob (sha256),
                PRIMARY KEY (document, role))""",
            "INSERT INTO document_blob_new SELECT document, role, sha256 FROM document_blob",
            "DROP TABLE document_blob",
            "ALTER TABLE document_blob_new RENAME TO document_blob",
            """CREATE TABLE sighting (
                id TEXT PRIMARY KEY,
                sha256 TEXT NOT NULL REFERENCES blob (sha256),
                name TEXT NOT NULL,
                media_type TEXT NOT NULL,
                size INTEGER NOT NULL CHECK (size >= 0),
                received_at TEXT NOT NULL,
                source TEXT NOT NULL,
                found_at TEXT,
                isolation TEXT NOT NULL,
                text TEXT REFERENCES blob (sha256),
                metadata TEXT NOT NULL,
                notes TEXT NOT NULL,
                parent TEXT REFERENCES sighting (id) CHECK (parent <> id))""",
            """CREATE UNIQUE INDEX sighting_same
                ON sighting (sha256, source, ifnull(found_at, ''), ifnull(parent, ''))""",
            """CREATE TRIGGER sighting_fixed BEFORE UPDATE ON sighting
                BEGIN SELECT RAISE(ABORT, 'a sighting never changes'); END""",
            """CREATE TABLE identification (
                id TEXT PRIMARY KEY,
                made_at TEXT NOT NULL,
                artefacts TEXT NOT NULL,
                result TEXT NOT NULL,
                report TEXT REFERENCES blob (sha256))""",
            "CREATE INDEX sighting_parent ON sighting (parent)",
            "CREATE INDEX document_blob_sha256 ON document_blob (sha256)",
        ),
    ),
    Migration(
        3,
        "versioned entries of cases",
        (
            """CREATE TABLE item (
                id TEXT NOT NULL,
                version INTEGER NOT NULL CHECK (version >= 1),
                number INTEGER NOT NULL CHECK (number >= 1),
                kind TEXT NOT NULL,
                "case" TEXT,
                body TEXT NOT NULL,
                blob TEXT REFERENCES blob (sha256),
                withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
                made_at TEXT NOT NULL,
                at TEXT NOT NULL,
                actor TEXT NOT NULL,
                why TEXT NOT NULL,
                PRIMARY KEY (id, version),
                UNIQUE (number, version))""",
            """CREATE INDEX item_case ON item ("case", kind)""",
            "CREATE INDEX item_kind ON item (kind)",
            "CREATE INDEX item_blob ON item (blob)",
            """CREATE TRIGGER item_kept BEFORE DELETE ON item
                BEGIN SELECT RAISE(ABORT, 'a version of an entry is never deleted'); END""",
            """CREATE TRIGGER item_fixed BEFORE UPDATE ON item
                BEGIN SELECT RAISE(ABORT, 'a version of an entry never changes'); END""",
            """CREATE TRIGGER item_follows BEFORE INSERT ON item WHEN NEW.version > 1
                AND NOT EXISTS (SELECT 1 FROM item WHERE id = NEW.id AND version = NEW.version - 1
                    AND number = NEW.number AND kind = NEW.kind AND made_at = NEW.made_at)
                BEGIN SELECT RAISE(ABORT, 'a version of an entry follows the one before'); END""",
            """CREATE TRIGGER item_of_case BEFORE INSERT ON item WHEN NEW."case" IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM item WHERE id = NEW."case" AND version = 1 AND kind = 'case')
                BEGIN SELECT RAISE(ABORT, 'an entry belongs to a case that is there'); END""",
        ),
    ),
    Migration(
        4,
        "the log",
        (
            """CREATE TABLE log_entry (
                number INTEGER PRIMARY KEY CHECK (number >= 0),
                kind TEXT NOT NULL,
                made_at TEXT NOT NULL,
                leaf BLOB NOT NULL,
                leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),
                opening TEXT NOT NULL)""",
            """CREATE TRIGGER log_entry_next BEFORE INSERT ON log_entry
                WHEN NEW.number IS NOT (SELECT ifnull(max(number) + 1, 0) FROM log_entry)
                BEGIN SELECT RAISE(ABORT, 'entries of the log are numbered without gaps'); END""",
            """CREATE TRIGGER log_entry_fixed BEFORE UPDATE ON log_entry
                BEGIN SELECT RAISE(ABORT, 'an entry of the log never changes'); END""",
            """CREATE TRIGGER log_entry_kept BEFORE DELETE ON log_entry
                BEGIN SELECT RAISE(ABORT, 'an entry of the log is never deleted'); END""",
            "CREATE INDEX log_entry_kind ON log_entry (kind)",
        ),
    ),
    Migration(
        5,
        "decoys, commitments, evidence of traces",
        (
            """CREATE TABLE decoy (
                id TEXT PRIMARY KEY,
                edition TEXT NOT NULL REFERENCES edition (id),
                number INTEGER NOT NULL CHECK (number >= 0),
                issue TEXT NOT NULL REFERENCES issue (id),
                UNIQUE (edition, number))""",
            """CREATE TABLE ready (
                edition TEXT NOT NULL REFERENCES edition (id),
                number INTEGER NOT NULL CHECK (number >= 0),
                issue TEXT NOT NULL REFERENCES issue (id),
                sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
                size INTEGER NOT NULL CHECK (size >= 0),
                log10_lr REAL NOT NULL,
                PRIMARY KEY (edition, number))""",
            """CREATE TABLE commitment (
                digest TEXT PRIMARY KEY CHECK (length(digest) = 64),
                issue TEXT NOT NULL UNIQUE REFERENCES issue (id),
                edition TEXT NOT NULL REFERENCES edition (id),
                header BLOB NOT NULL,
                leaves BLOB NOT NULL,
                entry INTEGER NOT NULL UNIQUE REFERENCES log_entry (number),
                made_at TEXT NOT NULL)""",
            """CREATE TRIGGER commitment_fixed BEFORE UPDATE ON commitment
                BEGIN SELECT RAISE(ABORT, 'a commitment never changes'); END""",
            """CREATE TRIGGER commitment_kept BEFORE DELETE ON commitment
                BEGIN SELECT RAISE(ABORT, 'a commitment is never deleted'); END""",
            """CREATE TRIGGER decoy_fixed BEFORE UPDATE ON decoy
                BEGIN SELECT RAISE(ABORT, 'a decoy never changes'); END""",
            "ALTER TABLE trace ADD COLUMN evidence TEXT REFERENCES blob (sha256)",
            "CREATE INDEX decoy_issue ON decoy (issue)",
            "CREATE INDEX ready_issue ON ready (issue)",
        ),
    ),
    Migration(
        6,
        "sealed identities",
        (
            "ALTER TABLE recipient ADD COLUMN public TEXT",
            "ALTER TABLE recipient ADD COLUMN locked BLOB",
            "ALTER TABLE recipient ADD COLUMN setup INTEGER",
            "ALTER TABLE recipient ADD COLUMN erased_at TEXT",
            "ALTER TABLE entry ADD COLUMN sealed BLOB",
            "ALTER TABLE copy ADD COLUMN identity BLOB CHECK (length(identity) = 32)",
            """CREATE TABLE seal_setup (
                number INTEGER PRIMARY KEY CHECK (number >= 1),
                made_at TEXT NOT NULL,
                threshold INTEGER NOT NULL CHECK (threshold >= 1),
                approvers TEXT NOT NULL,
                own INTEGER NOT NULL CHECK (own IN (0, 1)))""",
            """CREATE TRIGGER seal_setup_fixed BEFORE UPDATE ON seal_setup
                BEGIN SELECT RAISE(ABORT, 'a setup never changes'); END""",
            """CREATE TABLE seal_share (
                recipient TEXT NOT NULL REFERENCES recipient (id),
                number INTEGER NOT NULL CHECK (number >= 1),
                sealed BLOB NOT NULL,
                PRIMARY KEY (recipient, number)) WITHOUT ROWID""",
            """CREATE TABLE unseal_request (
                id TEXT PRIMARY KEY,
                copy TEXT NOT NULL REFERENCES copy (id),
                setup INTEGER NOT NULL REFERENCES seal_setup (number),
                made_at TEXT NOT NULL,
                expires_at TEXT NOT NULL,
                actor TEXT NOT NULL,
                reason BLOB NOT NULL,
                public TEXT NOT NULL,
                secret BLOB,
                state TEXT NOT NULL CHECK (state IN ('open', 'told', 'expired', 'void')),
                closed_at TEXT,
                CHECK ((state = 'open') = (closed_at IS NULL)),
                CHECK ((state = 'open') = (secret IS NOT NULL)))""",
            """CREATE TABLE unseal_approval (
                request TEXT NOT NULL REFERENCES unseal_request (id),
                number INTEGER NOT NULL CHECK (number >= 1),
                made_at TEXT NOT NULL,
                actor TEXT NOT NULL,
                sealed BLOB,
                PRIMARY KEY (request, number))""",
            Step("seal"),
            "ALTER TABLE recipient DROP COLUMN name",
            "ALTER TABLE recipient DROP COLUMN email",
            "ALTER TABLE recipient DROP COLUMN organisation",
            "ALTER TABLE recipient DROP COLUMN partner",
            "ALTER TABLE recipient DROP COLUMN role",
            "ALTER TABLE recipient DROP COLUMN extra",
            "ALTER TABLE entry DROP COLUMN given",
            "ALTER TABLE issue DROP COLUMN source",
        ),
    ),
)
