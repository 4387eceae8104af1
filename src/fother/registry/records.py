"""What the registry keeps, as frozen values. All times are UTC with zone; all hashes are SHA-256 in hex."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from fother.verify.note import VerifierKey

BlobRole = Literal["original", "carriers", "template", "plan", "text"]
IssueState = Literal["open", "complete"]
CopyState = Literal["reserved", "issued"]
RequestState = Literal["open", "told", "expired", "void"]
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Document:
    """An unmarked original as registered. `blobs` maps a role to the SHA-256 of its bytes."""

    id: str  #: "D-" and 8 characters
    title: str
    file_name: str
    sha256: str
    size: int  #: bytes
    media_type: str
    pages: int
    registered_at: datetime
    blobs: Mapping[str, str]
    public: bool = False  #: anybody may have its text, so quoting it says nothing about a leak


@dataclass(frozen=True)
class Edition:
    """A document under one set of code parameters: its own code key and its own indices 0…n-1.

    `template` is the one that the document had when the edition was made, so that a copy of the edition can
    be made again byte by byte even after the document was planned anew.
    """

    id: str  #: "E-", the document's 8 characters, "-" and the edition's letter
    document: str
    number: int  #: 0-based within the document
    resistance: int  #: coalition size that the code is made for
    strength: float  #: as the channel understands it (layout: displacement in em)
    carriers: str  #: SHA-256 of the carriers
    template: str | None  #: SHA-256 of the template
    made_at: datetime


@dataclass(frozen=True)
class RecipientRow:
    """One row of a recipient list, cleaned. `line` is the first line of the row in its file."""

    row: int  #: 1-based data row
    line: int  #: 1-based line of the file, header included
    name: str = ""
    email: str = ""
    organisation: str = ""
    partner: str = ""
    role: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipient:
    """A person, role or partner that may get copies; the same over all issues. Who it is, is sealed."""

    id: str  #: "R-" and 8 characters
    added_at: datetime
    erased_at: datetime | None  #: when it was made unreadable for good, if it was


@dataclass(frozen=True)
class Issue:
    """One act of distribution: an edition to the rows of one list."""

    id: str  #: "I-" and 8 characters
    document: str
    edition: str
    made_at: datetime
    parameters: Mapping[str, Any]
    state: IssueState
    completed_at: datetime | None


@dataclass(frozen=True)
class Copy:
    """What one recipient gets of one edition. The fields after `state` are None until it is issued."""

    id: str  #: "C-", the document's 8 characters, "-", the edition's letter and the 6-digit index
    document: str
    edition: str
    index: int  #: row of the edition's code, 0-based
    recipient: str
    issue: str  #: the issue that reserved it
    row: int  #: 1-based data row in that issue's list
    reserved_at: datetime
    state: CopyState
    sha256: str | None = None
    size: int | None = None  #: bytes
    file_name: str | None = None
    issued_at: datetime | None = None
    log10_lr: float | None = None  #: evidence of the copy's own marks, read back before it was issued


@dataclass(frozen=True)
class Entry:
    """One row of an issue and the copy that it stands for, which an earlier issue may have made."""

    row: int  #: 1-based data row in this issue's list
    copy: Copy
    recipient: Recipient


@dataclass(frozen=True)
class Reservation:
    """An issue with its rows in order; `pending` are the copies still to be made."""

    issue: Issue
    entries: tuple[Entry, ...]

    @property
    def pending(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.copy.state == "reserved")


@dataclass(frozen=True)
class IssuedFile:
    """The facts about a finished file that turn a reserved copy into an issued one."""

    copy: str
    sha256: str
    size: int
    file_name: str
    log10_lr: float


@dataclass(frozen=True)
class Decoy:
    """A copy that nobody gets: it is committed like the others and shows what an innocent one scores."""

    id: str  #: like the ids of copies
    edition: str
    index: int  #: row of the edition's code, 0-based
    issue: str  #: the issue that reserved it


@dataclass(frozen=True)
class ReadyCopy:
    """A copy or decoy that was made and read back, and is to be committed before anything is written."""

    index: int
    sha256: str
    size: int
    log10_lr: float


@dataclass(frozen=True)
class CommittedLeaf:
    """What a commitment says of one copy beside its codeword. `identity`: a salted hash, None of a decoy."""

    index: int
    identity: bytes | None
    sha256: str  #: of the file


@dataclass(frozen=True)
class CommitmentRecord:
    """What an issue committed to before any copy was written; see `fother.verify.commitment`."""

    digest: str  #: of the header, hex
    issue: str
    edition: str
    header: bytes
    leaves: tuple[CommittedLeaf, ...]  #: by index
    entry: int  #: number in the log
    made_at: datetime


@dataclass(frozen=True)
class Artefact:
    """One leaked file as received."""

    name: str
    sha256: str
    sighting: str | None = None  #: where it is kept, if it is


@dataclass(frozen=True)
class Trace:
    """One trace as it was run, with its verdict as JSON."""

    id: str  #: "T-" and 8 characters
    made_at: datetime
    document: str | None  #: None when no document matched
    artefacts: tuple[Artefact, ...]
    parameters: Mapping[str, Any]
    verdict: Mapping[str, Any]
    report: str | None  #: SHA-256 of the report
    evidence: str | None = None  #: SHA-256 of what an evidence pack is made of


@dataclass(frozen=True)
class SightingRecord:
    """One leaked file as it was received from one source at one time; it never changes.

    `metadata` and `name` are what the file says about itself and are not to be trusted.
    """

    id: str  #: "L-" and 8 characters
    sha256: str  #: the file, a blob
    name: str
    media_type: str
    size: int  #: bytes
    received_at: datetime
    source: str  #: where it was found, as the user says; may be empty
    found_at: datetime | None  #: when it was found, as the user says
    isolation: str  #: how the bytes were parsed
    text: str | None  #: SHA-256 of its text, if it has any; see `texts.DocumentText`
    metadata: Mapping[str, str]
    notes: tuple[str, ...]
    parent: str | None  #: the sighting of the archive or mail that it came out of


@dataclass(frozen=True)
class IdentificationRecord:
    """One identification as it was made, with its result as JSON."""

    id: str  #: "M-" and 8 characters
    made_at: datetime
    artefacts: tuple[Artefact, ...]
    result: Mapping[str, Any]
    report: str | None  #: SHA-256 of the report


@dataclass(frozen=True)
class Item:
    """One version of an entry of a case. Versions are added and never changed, so this is also who said
    what, when and why."""

    id: str  #: letters of the kind (`ids.ITEM_KINDS`), "-" and 8 characters
    version: int  #: 1, 2, …
    number: int  #: running number of the entry in the registry, the same in all versions: order of making
    kind: str
    case: str | None  #: the case that it belongs to; None for what several cases share
    body: Mapping[str, Any]  #: JSON values
    blob: str | None  #: SHA-256 of the bytes that belong to it
    withdrawn: bool  #: it no longer counts, for the reason in `why`
    made_at: datetime  #: of version 1
    at: datetime  #: of this version
    actor: str  #: who made this version
    why: str  #: may be empty


@dataclass(frozen=True)
class NewItem:
    """What is to become a version of an entry. See `Registry.put_items`."""

    kind: str
    body: Mapping[str, Any]
    case: str | None = None
    id: str | None = None
    expected_version: int | None = None
    why: str = ""
    blob: bytes | None = None


@dataclass(frozen=True)
class LogEntry:
    """One entry of the log as everyone may see it."""

    number: int  #: from 0, without gaps
    kind: str
    made_at: datetime
    leaf: bytes  #: see `verify.entry`
    leaf_hash: bytes  #: RFC 6962, 32 bytes


@dataclass(frozen=True)
class LogKey:
    """A key that the log was signed with, or is today."""

    number: int  #: the entry that names it: 0 for the first one
    key: VerifierKey


@dataclass(frozen=True)
class LogOpening:
    """What an entry of the log is about; whoever has it can prove that."""

    number: int
    salt: bytes  #: 32 bytes
    detail: Mapping[str, Any]  #: ids, numbers and hashes, with who did it as "actor"


@dataclass(frozen=True)
class SealSetup:
    """Who must agree before anybody sees whom a copy belongs to."""

    number: int  #: 1, 2, …; the last one counts
    made_at: datetime
    threshold: int  #: how many of the approvers it takes
    approvers: tuple[str, ...]  #: their public keys of age, in the order of the shares
    own: bool  #: the only approver's key lies in this registry's own key ring


@dataclass(frozen=True)
class UnsealRequest:
    """Somebody asks whom a copy belongs to."""

    id: str  #: "U-" and 8 characters
    copy: str
    made_at: datetime
    expires_at: datetime
    actor: str  #: who asks
    reason: str
    threshold: int
    approved: tuple[str, ...]  #: public keys of the approvers that have agreed, in the order of time
    state: RequestState
    closed_at: datetime | None


@dataclass(frozen=True)
class Unsealed:
    """Whom a copy belongs to. It is told once and kept nowhere."""

    copy: str
    recipient: str
    given: RecipientRow  #: what the list said of whom this copy was made for
    source: str  #: file name of that list
    latest: RecipientRow  #: the newest value of each field, over all lists
    salt: bytes = field(repr=False)  #: opens the copy's identity commitment, with `identity`
    identity: Mapping[str, Any]  #: what the commitment is over, see `fother.verify.identity`


@dataclass(frozen=True)
class Finding:
    """One result of a check. An "error" means that something is lost or wrong, a "warning" that something
    is to be done, a "note" that something is harmless but worth knowing."""

    severity: Severity
    subject: str  #: id, file or part that it is about
    sentence: str


Record: TypeAlias = (
    Document | Edition | Recipient | Issue | Copy | Trace | SightingRecord | IdentificationRecord | Item
)


def as_dict(
    record: Record | SealSetup | UnsealRequest | RecipientRow | Entry | Reservation | Finding,
) -> dict[str, Any]:
    """The record as plain JSON values; times become ISO 8601 text with zone."""
    plain: dict[str, Any] = _plain(record)
    return plain


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
