"""What is done with a case: open, lay things to it, describe, expose, decide, close."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from fother.errors import ConflictError, NotFoundError, UsageError
from fother.flow.desk.entries import add, change, get, kept, open_case
from fother.flow.desk.times import zone_named
from fother.model.case import (
    Access,
    Attachment,
    Case,
    CaseState,
    Decision,
    Described,
    Kept,
    LeakStatus,
    Party,
    Quote,
    Reply,
    Tlp,
)
from fother.registry import IdentificationRecord, Item, Registry, SightingRecord, Trace

_ATTACHABLE = {"report", "party"}


def open_new(registry: Registry, case: Case, why: str = "") -> Item:
    """Open a case. Raises UsageError for an unknown zone or an empty title."""
    zone_named(case.zone)
    if not case.title.strip():
        raise UsageError("A case needs a title.")
    return add(registry, case, None, why)


def set_state(registry: Registry, reference: str, closed: bool, why: str) -> Item:
    """Close or reopen a case, for a reason. Raises UsageError when it is so already."""
    case = get(registry, reference, Case)
    state: CaseState = "closed" if closed else "open"
    if case.record.state == state:
        raise UsageError(f"Case {case.id} is {state} already.")
    if not why.strip():
        raise UsageError(f"A case is {'closed' if closed else 'reopened'} for a reason; give one.")
    return change(registry, case.id, Case, lambda c: replace(c, state=state), why)


def lay_to(
    registry: Registry, reference: str, targets: Sequence[str], note: str = "", tlp: Tlp = ""
) -> list[Item]:
    """Lay registered things to a case: documents, sightings, identifications, traces, reports, parties.

    With a sighting come the identifications and traces of the same file, and with those their sightings.
    What is there already is not laid to it again. Raises NotFoundError, UsageError.
    """
    case = open_case(registry, reference)
    wanted = [(_attachable(registry, target), note) for target in targets]
    wanted += [(id, f"with {source}") for target, _ in wanted for id, source in _related(registry, target)]
    there = {a.body["target"] for a in registry.items("attachment", case=case.id)}
    made = []
    for target, words in wanted:
        if target not in there:
            there.add(target)
            made.append(add(registry, Attachment(target, words, tlp), case.id))
    return made


def _attachable(registry: Registry, reference: str) -> str:
    record = registry.show(reference)
    if isinstance(record, Item) and record.kind not in _ATTACHABLE:
        raise UsageError(f"{record.id} is of the kind '{record.kind}', which belongs to its own case only.")
    return record.id


def _related(registry: Registry, target: str) -> list[tuple[str, str]]:
    record = registry.show(target)
    if isinstance(record, SightingRecord):
        made: list[IdentificationRecord | Trace] = [*registry.identifications(), *registry.traces()]
        return [(one.id, record.id) for one in made if any(a.sha256 == record.sha256 for a in one.artefacts)]
    if isinstance(record, IdentificationRecord | Trace):
        known = {a.sighting for a in record.artefacts if a.sighting}
        files = {a.sha256 for a in record.artefacts}
        return [(s.id, record.id) for s in registry.sightings() if s.id in known or s.sha256 in files]
    return []


def set_status(registry: Registry, reference: str, status: LeakStatus, shows: str, why: str) -> Item:
    """Say whether a described document is ours, and which. Raises NotFoundError, UsageError."""
    document = registry.document(shows).id if shows else ""
    return change(
        registry,
        reference,
        Described,
        lambda d: replace(d, status=status, shows=document or d.shows),
        why,
    )


def party_named(registry: Registry, reference: str) -> Kept[Party]:
    """A party by id, name or alias. Raises NotFoundError, UsageError when two fit."""
    try:
        return get(registry, reference, Party)
    except NotFoundError:
        wanted = reference.strip().casefold()
        known = [kept(item, Party) for item in registry.items("party")]
        fitting = [p for p in known if wanted in {n.casefold() for n in (p.record.name, *p.record.aliases)}]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            ids = ", ".join(p.id for p in fitting)
            raise UsageError(f"'{reference}' is the name of several parties ({ids}); give an id.") from None
        raise NotFoundError(
            f"There is no party '{reference}'; enter it first with fother party add."
        ) from None


def add_party(registry: Registry, party: Party, why: str = "") -> Item:
    """Enter a party. Raises ConflictError when one of its names is taken already."""
    names = {n.casefold().strip() for n in (party.name, *party.aliases)}
    if "" in names:
        raise UsageError("A party needs a name.")
    for item in registry.items("party"):
        other = kept(item, Party).record
        taken = names & {n.casefold() for n in (other.name, *other.aliases)}
        if taken:
            raise ConflictError(f"{item.id} has the name '{taken.pop()}' already; change that entry.")
    return add(registry, party, None, why)


def text_of(registry: Registry, source: str) -> str:
    """The text that exposures of a source quote: of a sighting, document, described document or report.

    Raises NotFoundError when it has none.
    """
    record = registry.show(source)
    if isinstance(record, SightingRecord):
        return registry.sighting_text(record).text
    if isinstance(record, Item):
        body = record.body
        if record.kind == "described":
            return str(body.get("content", ""))
        if record.kind == "report" and isinstance(body.get("text"), str):
            return str(body["text"])
        raise NotFoundError(f"{record.id} has no text that could be quoted.")
    return registry.document_text(registry.document(record.id)).text


def find_words(text: str, words: str, source: str) -> list[Quote]:
    """Every place where the words stand, white space and case aside. Raises UsageError when there is none."""
    parts = words.split()
    if not parts:
        raise UsageError("Give the words that the leak says.")
    pattern = r"\s+".join(re.escape(part) for part in parts)
    found = [Quote(*match.span(), match[0]) for match in re.finditer(pattern, text, re.IGNORECASE)]
    if not found:
        raise UsageError(f"“{words}” does not stand in the text of {source}; copy it as it is there.")
    return found


def decide(registry: Registry, reference: str, decision: Decision) -> Item:
    """Enter a decision with its reason.

    Raises UsageError without one, and for one that accuses a copy's holder or a party from whom no reply was
    invited before: nobody is accused unheard.
    """
    case = open_case(registry, reference)
    if not decision.reason.strip():
        raise UsageError("A decision is entered with its reason; give one.")
    if decision.accuses:
        subject = subject_of(registry, decision.accuses)
        invited = {r.body["subject"] for r in registry.items("reply", case=case.id)}
        if subject not in invited:
            raise UsageError(
                f"No reply was invited from {subject}; nobody is accused unheard. "
                f"Enter it first with fother case reply {case.id} {subject}."
            )
        decision = replace(decision, accuses=subject)
    return add(registry, decision, case.id)


def subject_of(registry: Registry, reference: str) -> str:
    """The id of a copy or of a party. Raises NotFoundError."""
    if reference.strip().upper().startswith("C-"):
        return registry.copy(reference).id
    return party_named(registry, reference).id


def invite_reply(registry: Registry, reference: str, subject: str, offered_at: datetime) -> Item:
    """Enter that somebody was invited to reply. Raises NotFoundError, UsageError."""
    return add(registry, Reply(subject_of(registry, subject), offered_at), reference)


def answer_reply(registry: Registry, id: str, answer: str, at: datetime) -> Item:
    """Enter what was replied. Raises NotFoundError, UsageError, ConflictError."""
    return change(registry, id, Reply, lambda r: replace(r, answered_at=at, answer=answer))


def add_access(
    registry: Registry, reference: str, document: str, who: Sequence[str], source: str, passage: str = ""
) -> Item:
    """Enter who else had access to a document. Raises NotFoundError, UsageError for an empty list."""
    named = tuple(dict.fromkeys(name.strip() for name in who if name.strip()))
    if not named:
        raise UsageError("The list names nobody.")
    return add(registry, Access(registry.document(document).id, named, source, passage), reference)
