"""Documents, recipients, issues, copies and keys: the memory that a leak is traced back with."""

from __future__ import annotations

from fother.registry.files import FolderFiles
from fother.registry.interface import Registry
from fother.registry.recipients_csv import read_recipients
from fother.registry.records import (
    Artefact,
    BlobRole,
    CommitmentRecord,
    CommittedLeaf,
    Copy,
    Decoy,
    Document,
    Edition,
    Entry,
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
    SightingRecord,
    Trace,
    as_dict,
)
from fother.registry.store import FolderRegistry, default_home, open_registry, plan_bytes
from fother.registry.texts import DocumentText

__all__ = [
    "Artefact",
    "BlobRole",
    "CommitmentRecord",
    "CommittedLeaf",
    "Copy",
    "Decoy",
    "Document",
    "DocumentText",
    "Edition",
    "Entry",
    "Finding",
    "FolderFiles",
    "FolderRegistry",
    "IdentificationRecord",
    "Issue",
    "IssuedFile",
    "Item",
    "LogEntry",
    "LogKey",
    "LogOpening",
    "NewItem",
    "ReadyCopy",
    "Recipient",
    "RecipientRow",
    "Record",
    "Registry",
    "Reservation",
    "SightingRecord",
    "Trace",
    "as_dict",
    "default_home",
    "open_registry",
    "plan_bytes",
    "read_recipients",
]
