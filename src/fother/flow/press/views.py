"""What `fother press` shows: JSON as the contract has it, and lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fother.flow.press.add import Added
from fother.flow.press.claims import Claim
from fother.press.positions import Matrix, Position
from fother.registry import Item

_VERBS = {
    "assert": "says",
    "deny": "denies",
    "confirm": "confirms",
    "decline": "will not say",
    "reassure": "reassures",
    "urge": "urges",
    "warn": "warns",
    "promise": "promises",
    "accuse": "accuses",
    "condemn": "condemns",
    "ask": "asks",
}


def report_fields(added: Added) -> dict[str, Any]:
    """The machine contract of `press add --json` and `press show --json`."""
    body = added.report.body
    plain = ("outlet", "title", "author", "published", "url", "name", "media_type", "sha256", "isolation")
    return {
        "report": added.report.id,
        **{name: body.get(name, "") for name in plain},
        "case": added.report.case,
        "group": body.get("group") or None,
        "reliability": body.get("reliability") or None,
        "new": added.new,
        "characters": len(str(body.get("text", ""))),
        "statements": [finding_fields(i) for i in added.statements],
        "documents": body.get("documents", []),
        "parties": body.get("parties", []),
        "events": [finding_fields(i) for i in added.events],
        "notes": list(added.notes),
    }


def finding_fields(item: Item) -> dict[str, Any]:
    """A statement or event with its id and how it stands in review."""
    return {"id": item.id, "version": item.version, **item.body}


def report_lines(added: Added) -> Iterator[str]:
    """A report for people."""
    body = added.report.body
    outlet = body.get("outlet") or "unknown outlet"
    day = body.get("published") or "day unknown"
    known = "" if added.new else " (known already)"
    yield f"{added.report.id}: {outlet}, {day}{known}: {body.get('title') or body.get('name')}"
    if body.get("group"):
        yield f"  carries the same story as {body['group']}"
    for item in added.statements:
        if item.body.get("review") != "rejected":
            yield f"  {statement_line(item)}"
    for document in body.get("documents", ()):
        marking = f", marked {document['marking']}" if document.get("marking") else ""
        yield f"  leaked document: “{document['text']}”{marking}"
    names = [p["name"] for p in body.get("parties", ())]
    if names:
        yield f"  parties: {', '.join(names)}"
    for item in added.events:
        if item.body.get("review") != "rejected":
            yield f"  {event_line(item)}"
    for note in added.notes:
        yield f"  note: {note}"


def statement_line(item: Item) -> str:
    """One statement on a line: who, stance, words, chain, how it stands."""
    body = item.body
    speaker = body["speaker"]
    who = speaker.get("name") or speaker["text"]
    details = [d for d in (body.get("role"), body.get("organisation")) if d and d not in who]
    words = " … ".join(" ".join(c["text"].split()) for c in body["content"])
    beside = f" ({', '.join(details)})" if details else ""
    told = f"{who}{beside} {_VERBS[body['stance']]}"
    chain = " ← ".join(body["chain"])
    mark = {"confirmed": "accepted", "rejected": "deleted"}.get(str(body.get("review")), "proposed")
    return f"{item.id} {told}: {_cut(words) or '(nothing told)'}  [{chain}; {mark}]"


def event_line(item: Item) -> str:
    """One planned event on a line."""
    body = item.body
    first, last = body.get("start_date"), body.get("end_date")
    days = "day unknown" if not first else first if first == last else f"{first} to {last}"
    return f"{item.id} planned, {days}: {' '.join(str(body['text']).split())}"


def _cut(words: str, most: int = 160) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def matrix_fields(found: Matrix) -> dict[str, Any]:
    """The machine contract of `press positions --json`."""
    return {
        "parties": list(found.parties),
        "topics": list(found.topics),
        "cells": [
            {
                "party": cell.party,
                "topic": cell.topic,
                "stance": cell.stance,
                "course": list(cell.course),
                "statements": [_position_fields(p) for p in cell.statements],
            }
            for cell in found.cells.values()
        ],
        "contradictions": [
            {
                "against": c.against,
                "topic": c.topic,
                "sentence": c.sentence,
                "statements": [p.id for p in (c.first, c.second) if p is not None],
                "finding": c.finding or None,
            }
            for c in found.contradictions
        ],
    }


def _position_fields(p: Position) -> dict[str, Any]:
    day = p.day.isoformat() if p.day else None
    return {
        "id": p.id,
        "stance": p.stance,
        "words": p.words,
        "day": day,
        "report": p.report,
        "outlet": p.outlet,
        "chain": list(p.chain),
    }


def matrix_lines(found: Matrix) -> Iterator[str]:
    """Positions for people: topic by topic, party by party."""
    if not found.cells:
        yield "No statements yet; `fother press add` reads a report."
        return
    for topic in found.topics:
        yield f"On “{topic}”:" if topic else "On nothing that was named:"
        for party in found.parties:
            cell = found.cells.get((party, topic))
            if cell is None:
                continue
            course = " → ".join(_VERBS[s] for s in cell.course)
            last = cell.statements[-1]
            day = f", {last.day.isoformat()}" if last.day else ""
            yield f"  {party}: {course} ({len(cell.statements)}; last {last.outlet or last.report}{day})"
    for c in found.contradictions:
        yield f"Contradiction with {c.against}: {c.sentence}"


def claim_fields(claim: Claim) -> dict[str, Any]:
    """The machine contract of `press claims --json`."""
    return {
        "claim": dict(claim.words),
        "statement": claim.statement or None,
        "support": claim.found.verdict,
        "score": round(claim.found.score, 3),
        "document": claim.document,
        "title": claim.title or None,
        "passage": [claim.found.start, claim.found.end] if claim.document else None,
        "passage_text": claim.passage or None,
    }


def claim_lines(claims: list[Claim]) -> Iterator[str]:
    """Claims and what the documents say to them, for people."""
    if not claims:
        yield "The report says nothing of a leaked document that could be looked for."
    for claim in claims:
        words = _cut(" ".join(str(claim.words["text"]).split()))
        if claim.document is None:
            yield f"not in the documents: {words}"
        else:
            yield f"{claim.found.verdict} in “{claim.title}” ({claim.document}): {words}"
            yield f"    there: {_cut(' '.join(claim.passage.split()))}"


def listed_fields(item: Item, statements: Mapping[str, int]) -> dict[str, Any]:
    """A report in a list."""
    body = item.body
    return {
        "report": item.id,
        "outlet": body.get("outlet", ""),
        "published": body.get("published", ""),
        "title": body.get("title", ""),
        "case": item.case,
        "group": body.get("group") or None,
        "statements": statements.get(item.id, 0),
    }
