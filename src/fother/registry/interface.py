"""What the rest of Fother may ask of a registry, whatever keeps it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fother.registry.atrest.lock import Lock, Unlocking
from fother.registry.files import FolderFiles
from fother.registry.records import (
    Artefact,
    BlobRole,
    CommitmentRecord,
    CommittedLeaf,
    Copy,
    Decoy,
    Document,
    Edition,
    Finding,
    IdentificationRecord,
    Issue,
    IssuedFile,
    Item,
    LogEntry,
    LogKey,
    LogOpening,
    NewItem,
    ReadyCopy,
    Recipient,
    RecipientRow,
    Record,
    Reservation,
    SealSetup,
    SightingRecord,
    Trace,
    Unsealed,
    UnsealRequest,
)
from fother.registry.seals.age import AgeKey
from fother.registry.seals.shares import Policy
from fother.registry.texts import DocumentText
from fother.verify.note import VerifierKey


class Registry(Protocol):
    """Documents, recipients, issues, copies, sightings, identifications, traces, cases and their keys.

    Every method that writes is one transaction: when it returns, the change outlasts a power cut; when it
    raises or is killed, nothing has changed. Any number of processes may use one registry at once.
    All methods raise RegistryError when the registry is damaged or blocked by another process, and
    StorageError when it cannot be written; those that need the master key raise RegistryError when it is
    missing, open to others or not the right one.
    """

    @property
    def home(self) -> Path:
        """The folder of the registry."""

    @property
    def index_folder(self) -> Path:
        """Where indexes of the documents' texts are kept; it may not exist, and deleting it loses nothing."""

    def close(self) -> None:
        """Let go of the registry; it can be opened again."""

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
        """Register an original; the document that has the same bytes, unchanged, when there is one.

        Without a title the file name without its ending is the title. `text` is a `DocumentText.to_bytes()`;
        RegistryError when it is not. `public`: the text is known to everyone, so that a quotation of it
        counts for nothing.
        """

    def set_public(self, document: str, public: bool) -> Document:
        """Say that the text of a document is known to everyone, or that it is not. Raises NotFoundError."""

    def document_with_bytes(self, original: bytes) -> Document | None:
        """The document with exactly these bytes, if they are registered."""

    def documents(self) -> tuple[Document, ...]:
        """All documents in the order of their registration."""

    def media_types(self) -> dict[str, str]:
        """The kind of every document by its id; much quicker than `documents` where there are many."""

    def document(self, reference: str) -> Document:
        """By id, title, file name, or the unique start of an id. Raises NotFoundError with near matches."""

    def put_blob(self, document: str, role: BlobRole, data: bytes) -> Document:
        """Replace a document's carriers, template, plan or text. Editions made before keep theirs.

        Raises RegistryError for the role "original", which never changes, and for bytes that are no
        `DocumentText` in the role "text".
        """

    def get_blob(self, sha256: str) -> bytes:
        """The verified bytes of any blob."""

    def plan(self, document: Document) -> dict[str, Any]:
        """The document's plan: page reports and forecast as JSON values. Raises NotFoundError."""

    def document_text(self, document: Document) -> DocumentText:
        """The document's canonical text with its parts.

        Raises NotFoundError when none is stored, RegistryError when it is damaged.
        """

    # Editions and keys

    def edition(self, document: str, resistance: int, strength: float) -> Edition:
        """The edition of the document's present carriers with these parameters, made when there is none."""

    def editions(self, document: str) -> tuple[Edition, ...]:
        """All editions of a document, oldest first."""

    def document_secret(self, document: str) -> bytes:
        """32 bytes that only this registry can derive for a document."""

    def edition_key(self, edition: Edition) -> bytes:
        """The 32-byte key of an edition's code."""

    def copies_count(self, edition: str) -> int:
        """How many indices of an edition are taken, reserved ones included."""

    def queue_key(self) -> bytes:
        """The 32-byte key that mail is encrypted with while it waits in a relay."""

    def index_key(self) -> bytes:
        """The 32-byte key that indexes of the documents' texts are made with."""

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
        """Fix who gets which copy, before any is made.

        Who has a copy of this edition keeps it; the others get the next indices in the order of the rows,
        with so many decoys among them unless nobody gets a new copy.
        The same rows again give the same issue, open or complete, with the source and parameters it had.
        Raises RecipientListError for empty lists and for rows that are the same recipient.
        """

    def mark_issued(self, *files: IssuedFile) -> tuple[Copy, ...]:
        """Record finished, durable files; all of them or none. The same bytes again change nothing.

        Raises NotFoundError for an unknown copy, RegistryError when one was issued with other bytes,
        CopyCheckError when the evidence is not a finite number.
        """

    def complete_issue(self, issue: str) -> Issue:
        """Close an issue whose copies are all issued; RegistryError when some are not."""

    # Commitments

    def decoys(self, *, edition: str | None = None, issue: str | None = None) -> tuple[Decoy, ...]:
        """Copies that nobody gets, by edition and index."""

    def decoy_at(self, edition: str, index: int) -> str | None:
        """The id of the decoy at a row of the edition's code; None where there is none."""

    def ready(self, issue: str) -> dict[int, ReadyCopy]:
        """Copies and decoys of an open issue that were made and not all written yet, by index."""

    def make_ready(self, issue: str, *made: ReadyCopy) -> None:
        """Note copies that were made and read back. The last making counts, until the commitment.

        Raises RegistryError for copies that the issue did not reserve, and after its commitment.
        """

    def commit(self, issue: str, header: bytes, leaves: Sequence[CommittedLeaf]) -> CommitmentRecord:
        """Bind all that the issue reserved, with its entry in the log; the same again changes nothing.

        Raises RegistryError unless it is about exactly the copies that are ready.
        """

    def commitment(self, issue: str) -> CommitmentRecord | None:
        """The commitment of an issue; None before there is one, and when it reserved nothing."""

    def commitments(self, edition: str | None = None) -> tuple[CommitmentRecord, ...]:
        """Commitments in the order of the log."""

    def record_export(self, trace: str, digest: str) -> int:
        """Enter into the log that an evidence pack of a trace leaves; `digest`: the pack's, 64 hex digits."""

    def issues(self, document: str | None = None) -> tuple[Issue, ...]:
        """All issues, oldest first."""

    def reservation(self, issue: str) -> Reservation:
        """An issue with its rows. Raises NotFoundError."""

    def copies(
        self, document: str | None = None, *, edition: str | None = None, recipient: str | None = None
    ) -> tuple[Copy, ...]:
        """Copies that fit all given references, by edition and index. Raises NotFoundError."""

    def copy(self, copy: str) -> Copy:
        """By its full id. Raises NotFoundError with near matches."""

    def copy_at(self, edition: str, index: int) -> Copy:
        """By row of the edition's code. Raises NotFoundError."""

    def stamp(self, copy: Copy | Decoy) -> bytes:
        """The 16 unguessable bytes that this copy carries in its metadata."""

    def find_stamp(self, untrusted_stamp: bytes) -> Copy | None:
        """The copy with this stamp, if it is one of ours."""

    def recipients(self) -> tuple[Recipient, ...]:
        """All recipients, oldest first. Who they are is sealed."""

    def recipient(self, reference: str) -> Recipient:
        """By id or e-mail address. Raises NotFoundError."""

    def identity_commitment(self, copy: Copy) -> bytes:
        """What was committed of whom a copy belongs to when it was reserved, 32 bytes.

        It opens with the `salt` and `identity` of `unseal`, of this copy alone; see `fother.verify.identity`
        for how to check that.
        """

    # Seals

    def seal_setup(self) -> SealSetup:
        """Who must agree before anybody sees whom a copy belongs to."""

    def change_seal_setup(
        self,
        wanted: Policy | None,
        present: Sequence[AgeKey] = (),
        *,
        step: Callable[[], None] = lambda: None,
    ) -> SealSetup:
        """Give the seals to other approvers; None makes the registry its own approver, with a new key.

        `present` are keys of present approvers, as many as it takes; `step` is called after each recipient.
        Open requests are closed. Raises UsageError when keys are missing or are no approver's.
        """

    def request_unseal(self, copy: str, reason: str, lasting: timedelta = ...) -> UnsealRequest:
        """Ask whom a copy belongs to, by its full id.

        Raises UsageError without a reason, NotFoundError for an unknown copy or an erased recipient.
        """

    def unseal_request(self, reference: str) -> UnsealRequest:
        """By id or the unique start of one. Raises NotFoundError."""

    def unseal_requests(self) -> tuple[UnsealRequest, ...]:
        """All requests, oldest first; those whose time is over are closed."""

    def approve_unseal(self, request: str, key: AgeKey | None = None) -> UnsealRequest:
        """Approve a request with an approver's key; None takes the registry's own, where it has one.

        The same approver again changes nothing. Raises UsageError when the request is closed or the key is no
        approver's.
        """

    def unseal(self, request: str) -> Unsealed:
        """Whom the copy of a request belongs to, once; the request is closed.

        Raises UsageError while approvals are missing or when it is closed, RegistryError when what was sealed
        is not what was committed.
        """

    def erase_recipient(self, reference: str, reason: str) -> Recipient:
        """Make it impossible for good to see who a recipient is. Again changes nothing.

        Raises UsageError without a reason or while an issue to the recipient is unfinished, NotFoundError.
        """

    # Keys at rest

    def key_lock(self) -> Lock:
        """What the registry's keys are locked with."""

    def lock_keys(self, unlocking: Unlocking) -> Lock:
        """Lock the keys with something else. Raises StorageError."""

    def add_data_key(self) -> None:
        """Make the key that files stored from now on are encrypted with."""

    def blobs(self) -> tuple[str, ...]:
        """The SHA-256 of all stored files."""

    def renew_blob(self, sha256: str) -> bool:
        """Encrypt a stored file under the newest key; False when it is already."""

    def drop_old_data_keys(self) -> None:
        """Forget all keys of stored files but the newest. RegistryError while one is still in use."""

    # Leaks

    def add_sighting(
        self,
        original: bytes,
        *,
        name: str,
        media_type: str,
        isolation: str,
        source: str = "",
        found_at: datetime | None = None,
        text: bytes | None = None,
        metadata: Mapping[str, str] | None = None,
        notes: Sequence[str] = (),
        parent: str | None = None,
    ) -> SightingRecord:
        """Keep a leaked file as it was received; `text` is a `DocumentText.to_bytes()`.

        The same bytes from the same source, found at the same time and in the same container are the same
        sighting, which is returned unchanged; from anywhere else they are a new one that shares the file.
        Raises UsageError for a time without zone, NotFoundError for an unknown parent, RegistryError for
        a text that is none.
        """

    def sightings(self) -> tuple[SightingRecord, ...]:
        """All sightings, oldest first."""

    def sighting(self, reference: str) -> SightingRecord:
        """By id or the unique start of one. Raises NotFoundError with near matches."""

    def sighting_text(self, sighting: SightingRecord) -> DocumentText:
        """Its text. Raises NotFoundError when it has none, RegistryError when it is damaged."""

    def record_identification(
        self,
        *,
        artefacts: Sequence[Artefact],
        result: Mapping[str, Any],
        report: bytes | None = None,
    ) -> IdentificationRecord:
        """Keep an identification. NaN and infinities in the JSON values become null.

        Raises NotFoundError when an artefact names an unknown sighting, RegistryError when it names the
        sighting of another file.
        """

    def identifications(self) -> tuple[IdentificationRecord, ...]:
        """All identifications, oldest first."""

    def record_trace(
        self,
        *,
        artefacts: Sequence[Artefact],
        parameters: Mapping[str, Any],
        verdict: Mapping[str, Any],
        document: str | None = None,
        report: bytes | None = None,
        evidence: bytes | None = None,
    ) -> Trace:
        """Keep a trace, with what an evidence pack of it is made of.

        NaN and infinities in the JSON values become null.
        """

    def traces(self) -> tuple[Trace, ...]:
        """All traces, oldest first."""

    # Entries of cases

    def put_item(
        self,
        kind: str,
        body: Mapping[str, Any],
        *,
        case: str | None = None,
        id: str | None = None,
        expected_version: int | None = None,
        why: str = "",
        blob: bytes | None = None,
    ) -> Item:
        """Enter one version of an entry; see `put_items`."""

    def put_items(self, new: Sequence[NewItem]) -> tuple[Item, ...]:
        """Enter versions of entries, all of them or none, in one transaction and with one time.

        Without `id` each is a new entry. With `id` and `expected_version` it becomes the version after that
        one and also brings back what was withdrawn; with `expected_version` 0 it is a new entry that takes
        this id (of `new_item_ids`), so that entries made together can refer to each other. The body is
        replaced as a whole; NaN and infinities in it become null. Without `blob` an entry keeps the one
        that it has. `kind` is one of `ids.ITEM_KINDS`, `case` a case's id or the unique start of one.

        Raises ConflictError when the entry has another version than expected, NotFoundError for an unknown
        entry or case, UsageError for an unknown kind, another kind than the entry has, a case that is none
        and a change without the version that was looked at.
        """

    def withdraw(self, id: str, why: str, *, expected_version: int | None = None) -> Item:
        """Enter a version that says that the entry no longer counts, with its last body.

        What is withdrawn already is returned unchanged. Raises UsageError without a reason, NotFoundError,
        ConflictError when it has another version than expected.
        """

    def new_item_ids(self, kind: str, count: int) -> tuple[str, ...]:
        """Ids that no entry has. Raises UsageError for an unknown kind."""

    def item(self, reference: str, version: int | None = None) -> Item:
        """An entry as it is now, withdrawn or not, or as it was. Raises NotFoundError with near matches."""

    def items(
        self,
        kind: str | Collection[str] | None = None,
        *,
        case: str | None = None,
        withdrawn: bool = False,
    ) -> tuple[Item, ...]:
        """Entries as they are now, of these kinds and this case, in the order in which they were first made.

        With `withdrawn` also those that no longer count. A case is not among its own entries.
        Raises NotFoundError for an unknown case, UsageError for an unknown kind.
        """

    def history(self, id: str) -> tuple[Item, ...]:
        """All versions of an entry, oldest first. Raises NotFoundError."""

    def changes(self, case: str) -> tuple[Item, ...]:
        """All versions of a case and of what is or was in it, as they were made. Raises NotFoundError."""

    # Log

    @property
    def actor(self) -> str:
        """Who acts, as the log says."""

    def log_size(self) -> int:
        """How many acts the log holds. Every act above enters itself, in its own transaction."""

    def log_entries(self, first: int = 0, count: int | None = None) -> tuple[LogEntry, ...]:
        """Entries in their order, from number `first` on, at most `count`."""

    def log_opening(self, number: int) -> LogOpening:
        """What an entry is about. RegistryError when there is no such entry or it was altered."""

    @property
    def log_files(self) -> FolderFiles:
        """Where the log is published."""

    def log_lock(self) -> AbstractContextManager[None]:
        """Nobody publishes or writes to the registry as long as this is held."""

    def log_keys(self) -> tuple[LogKey, ...]:
        """All keys that the log was ever signed with, the present one last."""

    def log_private_key(self, key: VerifierKey) -> Ed25519PrivateKey:
        """The private half of a key. RegistryError when it is missing or does not fit."""

    def log_key_replaced(self) -> None:
        """Make the last key the present one for good and forget the one before it."""

    def rotate_log_key(self) -> VerifierKey:
        """Enter a new key, which counts once the log is published; publish it right after."""

    def freeze_log(self, why: str) -> int:
        """Enter the last act: whatever would be entered after it is refused, and so is its act."""

    # Everything

    def show(self, reference: str) -> Record:
        """Whatever has this id, or the document of this title. Raises NotFoundError with near matches."""

    def check(self) -> tuple[Finding, ...]:
        """All that is wrong, worst first; empty when all is well."""

    def collect(self) -> tuple[str, ...]:
        """Delete stored files that belong to nothing and are older than a day; returns their names."""
