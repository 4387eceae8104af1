"""The registry in a folder: SQLite, blobs and the master key.

    home/registry.sqlite   all entries
    home/blobs/ab/abcd…    originals, carriers, templates, plans, texts, leaked files, reports, encrypted
    home/keys/ring.json    the keys, locked with something that lies elsewhere
    home/index/            indexes of texts, made from the rest and kept by others

A blob is stored before the transaction that refers to it, so a kill leaves at most a file that belongs to
nothing, never an entry without its file.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePath
from typing import Any

import platformdirs
from sqlalchemy import Connection, select

from fother.errors import NotFoundError, RegistryError, UsageError
from fother.registry import (
    check,
    check_commitments,
    check_log,
    commitments,
    documents,
    ids,
    issues,
    items,
    keys,
    log,
    log_details,
    remains,
    rows,
    schema,
)
from fother.registry.atrest.lock import Unlocking
from fother.registry.blobs import FolderBlobs, sha256_hex
from fother.registry.database import Database
from fother.registry.files import leftovers, make_private_folder, remove_old, storage_errors
from fother.registry.folder_commitments import FolderCommitments
from fother.registry.folder_log import Clock
from fother.registry.ids import Entropy
from fother.registry.own_keys import OwnKeys
from fother.registry.records import (
    BlobRole,
    Copy,
    Decoy,
    Document,
    Edition,
    Finding,
    Issue,
    IssuedFile,
    Item,
    RecipientRow,
    Record,
    Reservation,
)
from fother.registry.rows import exact
from fother.registry.seals import clear, setups
from fother.registry.texts import DocumentText
from fother.registry.traces import finite

DATABASE_NAME = "registry.sqlite"
PATIENCE = 30.0  #: seconds to wait for another process's write
ORPHAN_AGE = timedelta(days=1)
_WORST_FIRST = {"error": 0, "warning": 1, "note": 2}


def utc_now() -> datetime:
    return datetime.now(UTC)


def default_home() -> Path:
    """The platform's folder for user data of Fother."""
    return platformdirs.user_data_path("fother", appauthor=False)


def open_registry(
    home: Path,
    *,
    create: bool = True,
    clock: Clock = utc_now,
    entropy: Entropy = secrets.token_bytes,
    patience: float = PATIENCE,
    actor: str = "",
    unlocking: Unlocking | None = None,
) -> FolderRegistry:
    """Open the registry in a folder; with `create`, make one when there is none.

    `clock` tells the time with its zone, `entropy(n)` gives n unpredictable bytes, `actor` is who acts.
    `unlocking` opens the keys; by default what FOTHER_PASSPHRASE and FOTHER_KEY_FILE say.
    Raises RegistryError when there is none, or when it is damaged, locked, of a newer version or not ours;
    StorageError when the folder cannot be written.
    """
    path = home / DATABASE_NAME
    database = Database(path, patience)
    own_keys = OwnKeys(home / "keys", unlocking or Unlocking.from_environment(os.environ), database, entropy)
    try:
        # In this order: a new registry gets its database file before its key.
        has_key, exists = own_keys.exist(), path.exists()
    except OSError as error:
        raise RegistryError(f"{home} cannot be opened ({error.strerror}); check its owner.") from error
    if has_key and not exists:
        raise RegistryError(
            f"The registry {home} has lost its database {DATABASE_NAME}; restore it from your backup."
        )
    if not exists and not create:
        raise RegistryError(
            f"There is no registry in {home}; register a document first, or name another folder."
        )
    registry = FolderRegistry(home, database, own_keys, clock, entropy, actor)
    try:
        if not exists:
            with storage_errors(home):
                make_private_folder(home)
        if not exists or path.stat().st_size == 0:
            database.make()
        registry.bring_up_to_date()
    except BaseException:
        database.close()
        raise
    return registry


class FolderRegistry(FolderCommitments):
    """See `interface.Registry`. Made by `open_registry`; usable as a context manager."""

    def __init__(
        self,
        home: Path,
        database: Database,
        own_keys: OwnKeys,
        clock: Clock,
        entropy: Entropy,
        actor: str = "",
    ) -> None:
        blobs = FolderBlobs(home / "blobs", own_keys.blob, entropy)
        super().__init__(database, blobs, clock, entropy, actor)
        self._home = home
        self._keys = own_keys

    @property
    def home(self) -> Path:
        return self._home

    @property
    def index_folder(self) -> Path:
        return self._home / "index"

    def __enter__(self) -> FolderRegistry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    def bring_up_to_date(self) -> None:
        """Make or migrate the tables, the keys of a new registry, and what a change before left undone."""
        place = str(self._database.path)
        with self._database.reading() as connection:
            version = schema.read_version(connection, place)
            undone = version == schema.newest_version() and remains.marked(connection) is not None
        if version != schema.newest_version():
            with self._database.writing() as connection:
                self._keys.establish(connection)
                schema.migrate(connection, place, {"seal": self._seal_all})
                self._keys.bind(connection)
                if log.size(connection) == 0:
                    self._begin_log(connection)
                undone = remains.marked(connection) is not None
        if undone:
            self._clean_up()

    def _seal_all(self, connection: Connection) -> None:
        """The first setup of seals, and everything in clear under it."""
        number = setups.next_number(connection)
        setups.enter(connection, self._keys.own_policy(number), self._now(), own=True)
        clear.seal(connection, self._keys.sealing(connection), self._entropy)
        if self._keys.bound(connection):
            remains.mark(connection, self._entropy)

    def _master(self, connection: Connection) -> bytes:
        return self._keys.master(connection)

    # Documents

    def add_document(
        self,
        original: bytes,
        *,
        file_name: str,
        media_type: str,
        pages: int,
        title: str | None = None,
        carriers: bytes | None = None,
        template: bytes | None = None,
        plan: Mapping[str, Any] | None = None,
        public: bool = False,
        text: bytes | None = None,
    ) -> Document:
        if text is not None:
            DocumentText.from_bytes(text)
        with self._database.reading() as connection:
            self._master(connection)
            known = documents.with_sha256(connection, sha256_hex(original))
        if known is not None:
            return known
        parts: dict[BlobRole, bytes | None] = {
            "original": original,
            "carriers": carriers,
            "template": template,
            "plan": None if plan is None else plan_bytes(plan),
            "text": text,
        }
        blobs = {role: (self._blobs.put(data), len(data)) for role, data in parts.items() if data is not None}
        with self._database.writing() as connection:
            made, new = documents.add(
                connection,
                title=(title or "").strip() or PurePath(file_name).stem or file_name,
                file_name=file_name,
                media_type=media_type,
                pages=pages,
                public=public,
                blobs=blobs,
                now=self._now(),
                entropy=self._entropy,
            )
            if new:
                row = exact(connection, schema.document, made.id)
                self._log(connection, "register", log_details.document(row))
            return made

    def set_public(self, document: str, public: bool) -> Document:
        with self._database.writing() as connection:
            owner = documents.find(connection, document)
            documents.set_public(connection, owner.id, public)
            if public != owner.public:
                self._log(connection, "register", {"document": owner.id, "public": public})
            return documents.find(connection, owner.id)

    def document_with_bytes(self, original: bytes) -> Document | None:
        with self._database.reading() as connection:
            return documents.with_sha256(connection, sha256_hex(original))

    def documents(self) -> tuple[Document, ...]:
        with self._database.reading() as connection:
            return documents.listed(connection)

    def media_types(self) -> dict[str, str]:
        with self._database.reading() as connection:
            return documents.media_types(connection)

    def document(self, reference: str) -> Document:
        with self._database.reading() as connection:
            return documents.find(connection, reference)

    def put_blob(self, document: str, role: BlobRole, data: bytes) -> Document:
        if role == "original":
            raise RegistryError("The original of a document never changes; register the other file instead.")
        if role == "text":
            DocumentText.from_bytes(data)
        owner = self.document(document)
        sha256 = self._blobs.put(data)
        with self._database.writing() as connection:
            documents.set_blob(connection, owner.id, role, sha256, len(data), self._now())
            if owner.blobs.get(role) != sha256:
                self._log(connection, "register", {"document": owner.id, "role": role, "sha256": sha256})
            return documents.find(connection, owner.id)

    def get_blob(self, sha256: str) -> bytes:
        return self._blobs.get(sha256)

    def plan(self, document: Document) -> dict[str, Any]:
        sha256 = document.blobs.get("plan")
        if sha256 is None:
            raise NotFoundError(f"Document {document.id} has no plan; register its file again.")
        plan: dict[str, Any] = json.loads(self._blobs.get(sha256))
        return plan

    def document_text(self, document: Document) -> DocumentText:
        sha256 = document.blobs.get("text")
        if sha256 is None:
            raise NotFoundError(f"Document {document.id} has no stored text yet; reindex the registry.")
        return DocumentText.from_bytes(self._blobs.get(sha256))

    # Editions and keys

    def edition(self, document: str, resistance: int, strength: float) -> Edition:
        if resistance < 1 or not 0 < strength < float("inf"):
            raise UsageError(f"Resistance {resistance} and strength {strength} must both be above zero.")
        with self._database.writing() as connection:
            self._master(connection)
            owner = documents.find(connection, document)
            return documents.edition(connection, owner, resistance, float(strength), self._now())

    def editions(self, document: str) -> tuple[Edition, ...]:
        with self._database.reading() as connection:
            return documents.editions(connection, documents.find(connection, document).id)

    def document_secret(self, document: str) -> bytes:
        with self._database.reading() as connection:
            owner = documents.find(connection, document)
            return keys.document_secret(self._master(connection), owner.id)

    def edition_key(self, edition: Edition) -> bytes:
        with self._database.reading() as connection:
            return self._edition_key(connection, edition)

    def _edition_key(self, connection: Connection, edition: Edition) -> bytes:
        secret = keys.document_secret(self._master(connection), edition.document)
        return keys.edition_key(secret, edition.resistance, edition.strength, edition.carriers)

    def _edition(self, connection: Connection, edition: str) -> Edition:
        return rows.edition(rows.by_id(connection, schema.edition, edition, shorten=False))

    def index_key(self) -> bytes:
        with self._database.reading() as connection:
            return keys.index_key(self._master(connection))

    def copies_count(self, edition: str) -> int:
        with self._database.reading() as connection:
            return issues.copies_count(connection, self._edition(connection, edition).id)

    # Issues and copies

    def reserve(
        self,
        edition: str,
        rows: Sequence[RecipientRow],
        *,
        source: str,
        parameters: Mapping[str, Any] | None = None,
        decoys: int = 0,
    ) -> Reservation:
        with self._database.writing() as connection:
            wanted = self._edition(connection, edition)
            made, new = issues.reserve(
                connection,
                wanted,
                self._edition_key(connection, wanted),
                rows,
                self._keys.sealing(connection),
                source=source,
                parameters=finite(parameters or {}),
                now=self._now(),
                entropy=self._entropy,
                decoys=decoys,
            )
            if new:
                row = exact(connection, schema.issue, made.issue.id)
                self._log(connection, "issue", log_details.issue(connection, row))
            elif made.issue.state == "complete":
                # Nothing is to be made: whoever gives the list again learns which row has which copy.
                self._log(connection, "read", {"issue": made.issue.id, "rows": len(made.entries)})
            return made

    def mark_issued(self, *files: IssuedFile) -> tuple[Copy, ...]:
        with self._database.writing() as connection:
            return issues.mark_issued(connection, files, self._now())

    def complete_issue(self, issue: str) -> Issue:
        with self._database.writing() as connection:
            found = rows.by_id(connection, schema.issue, issue)
            made = issues.complete(connection, found.id, self._now())
            if found.state == "open":
                row = exact(connection, schema.issue, found.id)
                self._log(connection, "issue", log_details.issued(connection, row))
                commitments.clear_ready(connection, found.id)
            return made

    def issues(self, document: str | None = None) -> tuple[Issue, ...]:
        with self._database.reading() as connection:
            owner = None if document is None else documents.find(connection, document).id
            return issues.listed(connection, owner)

    def reservation(self, issue: str) -> Reservation:
        with self._database.reading() as connection:
            return issues.reservation(connection, rows.by_id(connection, schema.issue, issue).id)

    def copies(
        self, document: str | None = None, *, edition: str | None = None, recipient: str | None = None
    ) -> tuple[Copy, ...]:
        with self._database.reading() as connection:
            return issues.copies(
                connection,
                document=None if document is None else documents.find(connection, document).id,
                edition=None if edition is None else self._edition(connection, edition).id,
                recipient=None if recipient is None else self.recipient(recipient).id,
            )

    def copy(self, copy: str) -> Copy:
        with self._database.reading() as connection:
            # A shortened id would name another person when a digit was forgotten.
            return rows.copy(rows.by_id(connection, schema.copy, copy, shorten=False))

    def copy_at(self, edition: str, index: int) -> Copy:
        with self._database.reading() as connection:
            return issues.at(connection, self._edition(connection, edition).id, index)

    def stamp(self, copy: Copy | Decoy) -> bytes:
        with self._database.reading() as connection:
            key = self._edition_key(connection, self._edition(connection, copy.edition))
        return keys.stamp(key, copy.index)

    def find_stamp(self, untrusted_stamp: bytes) -> Copy | None:
        if len(untrusted_stamp) != keys.STAMP_BYTES:
            return None
        with self._database.reading() as connection:
            return issues.with_stamp(connection, keys.stamp_hash(untrusted_stamp))

    # Everything

    def show(self, reference: str) -> Record:
        wanted = ids.normalise(reference) or ""
        with self._database.reading() as connection:
            match wanted[:2]:
                case "E-":
                    return self._edition(connection, reference)
                case "I-":
                    return rows.issue(rows.by_id(connection, schema.issue, reference))
                case "R-":
                    return rows.recipient(rows.by_id(connection, schema.recipient, reference))
                case "C-":
                    return rows.copy(rows.by_id(connection, schema.copy, reference, shorten=False))
                case "T-":
                    return rows.trace(rows.by_id(connection, schema.trace, reference))
                case "L-":
                    return rows.sighting(rows.by_id(connection, schema.sighting, reference))
                case "M-":
                    return rows.identification(rows.by_id(connection, schema.identification, reference))
                case _ if ids.item_kind(wanted):
                    return self._item_or_document(connection, reference)
                case _:
                    return documents.find(connection, reference)

    def _item_or_document(self, connection: Connection, reference: str) -> Item | Document:
        try:
            return items.find(connection, reference)
        except NotFoundError as error:
            with suppress(NotFoundError):  # a title may look like an id: "S-Train", "DE-2026"
                return documents.find(connection, reference)
            raise error

    def check(self) -> tuple[Finding, ...]:
        findings = [Finding("error", "key", sentence) for sentence in self._keys.ring.faults()]
        try:
            findings += self._check_entries(with_key=not findings)
        except (RegistryError, OSError) as error:
            findings.append(Finding("error", "registry", str(error)))
        return tuple(sorted(findings, key=lambda finding: _WORST_FIRST[finding.severity]))

    def _check_entries(self, *, with_key: bool) -> list[Finding]:
        findings = list(check.private(self._home, self._database.path))
        with self._database.reading() as connection:
            findings += check.sound(connection)
            master = None
            if with_key:
                try:
                    master = self._master(connection)
                except RegistryError as error:
                    findings.append(Finding("error", "key", str(error)))
            if master is not None:
                findings += check.stored(connection, self._blobs)
                findings += check.in_clear(self._blobs)
            findings += check.sealed(connection)
            findings += check.approved(connection)
            findings += check.left_over(self._leftovers())
            findings += check.numbered(connection, master)
            findings += check.finished(connection)
            findings += check.named(connection)
            findings += items.versioned(connection)
            findings += check.searchable(connection)
            findings += check_log.kept(connection)
            findings += check_log.bound(connection)
            findings += check_commitments.bound(connection)
        return findings

    def _leftovers(self) -> list[Path]:
        return leftovers([self._keys.folder]) + self._blobs.leftovers()

    def collect(self) -> tuple[str, ...]:
        before = self._now() - ORPHAN_AGE
        removed = []
        # The write lock keeps another process from entering a blob between the question and the deletion.
        with self._database.writing() as connection:
            known = {
                self._blobs.name(one) for one in connection.execute(select(schema.blob.c.sha256)).scalars()
            }
            for name in self._blobs.names():
                if name not in known and remove_old(self._blobs.file(name), before):
                    removed.append(name)
            for path in self._leftovers():
                if remove_old(path, before):
                    removed.append(path.name)
        return tuple(removed)


def plan_bytes(plan: Mapping[str, Any]) -> bytes:
    """A plan as the bytes that `put_blob(…, "plan", …)` takes: JSON in UTF-8 with sorted keys."""
    return json.dumps(finite(plan), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
