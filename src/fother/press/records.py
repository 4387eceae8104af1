"""Findings as JSON values: the machine contract of `fother press`, and what the registry keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fother.model.press import MentionedDocument, PartyMention, PlannedEvent, Span, Statement

#: Fields of a statement that a review can change; beside them stands `proposal`, as the machine had them.
REVIEWED = (
    *("speaker", "role", "organisation", "country", "stance", "mode", "content", "chain"),
    *("addressee", "via", "topic"),
)
_EVENT_REVIEWED = ("text", "start", "end", "start_date", "end_date", "granularity", "participants")


def statement_fields(statement: Statement, text: str) -> dict[str, Any]:
    """A statement; offsets are code points of the canonical text."""
    speaker = statement.speaker
    return {
        "speaker": {**span_fields(speaker.span, text), "name": speaker.name, "kind": speaker.kind},
        "role": speaker.role,
        "organisation": speaker.organisation,
        "country": speaker.country,
        "count": speaker.count,
        "stance": statement.stance,
        "mode": statement.mode,
        "content": [span_fields(s, text) for s in statement.content],
        "chain": list(statement.chain),
        "cue": _optional(statement.cue, text),
        "addressee": _optional(statement.addressee, text),
        "via": _optional(statement.via, text),
        "rule": statement.rule,
        "confidence": statement.confidence,
    }


def document_fields(document: MentionedDocument, text: str) -> dict[str, Any]:
    """A leaked document that a report speaks of."""
    return {
        **span_fields(document.mentions[0], text),
        "marking": document.marking,
        "mentions": [span_fields(s, text) for s in document.mentions],
        "alleged_content": [span_fields(s, text) for s in document.alleged_content],
        "rule": document.rule,
        "confidence": document.confidence,
    }


def party_fields(party: PartyMention, text: str) -> dict[str, Any]:
    """A party that a report names."""
    return {
        "name": party.name,
        "kind": party.kind,
        "country": party.country,
        "mentions": [span_fields(s, text) for s in party.mentions],
        "rule": party.rule,
        "confidence": party.confidence,
    }


def event_fields(event: PlannedEvent, text: str) -> dict[str, Any]:
    """A planned event; days are None while they cannot be told."""
    return {
        **span_fields(event.span, text),
        "start_date": event.start_date.isoformat() if event.start_date else None,
        "end_date": event.end_date.isoformat() if event.end_date else None,
        "granularity": event.granularity,
        "when": _optional(event.when, text),
        "participants": [span_fields(s, text) for s in event.participants],
        "rule": event.rule,
        "confidence": event.confidence,
    }


def span_fields(span: Span, text: str) -> dict[str, Any]:
    """A place and its words."""
    return {"text": span.of(text), "start": span.start, "end": span.end}


def _optional(span: Span | None, text: str) -> dict[str, Any] | None:
    return None if span is None else span_fields(span, text)


def proposed(fields: Mapping[str, Any], report: str, topic: str = "") -> dict[str, Any]:
    """A finding as the registry keeps it: as proposed, with the machine's own version beside it."""
    kept = {**fields, "report": report, "review": "proposed", "made_by": "rule"}
    if "stance" in fields:
        kept["topic"] = topic
    names = REVIEWED if "stance" in fields else _EVENT_REVIEWED
    kept["proposal"] = {name: kept[name] for name in names if name in kept}
    return kept


def same_proposal(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two bodies go back to the same finding: same speaker's place and same words, or same event."""
    return _key(one) == _key(other)


def _key(body: Mapping[str, Any]) -> tuple[Any, ...]:
    proposal = body.get("proposal") or body
    if "stance" in proposal:
        speaker = proposal["speaker"]
        return (speaker["start"], speaker["end"], *((c["start"], c["end"]) for c in proposal["content"]))
    return (proposal.get("start"), proposal.get("end"))


def covers(kept: Sequence[Mapping[str, Any]], found: Mapping[str, Any]) -> bool:
    """Whether a statement that a person made or changed has most of the words of a found one."""
    wanted = _places(found)
    for body in kept:
        held = _places(body)
        if wanted and held and 2 * len(wanted & held) >= len(wanted | held):
            return True
    return False


def _places(body: Mapping[str, Any]) -> set[int]:
    parts = body.get("content") or ([body] if "start_date" in body else [])
    return {i for c in parts if isinstance(c.get("start"), int) for i in range(c["start"], c["end"])}
