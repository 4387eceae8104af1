"""Review: accept, correct, merge, delete, add by hand, read again; the machine's proposal stays beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fother.errors import UsageError
from fother.flow.press.add import Added, Reading, existing, findings
from fother.model.press import SPEAKER_KINDS, STANCES
from fother.press.extract import extract
from fother.press.records import covers, document_fields, party_fields, same_proposal
from fother.registry import Item, NewItem, Registry

_REVIEWED = ("statement", "event")
RELIABILITIES = "ABCDEF"
CREDIBILITIES = "123456"


def report_of(registry: Registry, reference: str) -> Item:
    """A report by its id. Raises NotFoundError, UsageError for the id of something else."""
    item = registry.item(reference)
    if item.kind != "report":
        raise UsageError(f"{item.id} is no report but a {item.kind}; `fother press list` shows the reports.")
    return item


def text_of(registry: Registry, report: Item) -> str:
    """The canonical text, which is that of the first version and never changes."""
    return str(registry.item(report.id, version=1).body["text"])


def reviewed(registry: Registry, reference: str) -> Item:
    """A statement or event. Raises NotFoundError, UsageError."""
    item = registry.item(reference)
    if item.kind not in _REVIEWED:
        raise UsageError(f"{item.id} is a {item.kind}; statements and events are reviewed.")
    return item


def accept(registry: Registry, references: Sequence[str], why: str = "") -> tuple[Item, ...]:
    """Take proposals as they are."""
    return _judge(registry, references, "confirmed", why)


def delete(registry: Registry, references: Sequence[str], why: str) -> tuple[Item, ...]:
    """Say that findings are wrong; they are not proposed again. Raises UsageError without a reason."""
    if not why.strip():
        raise UsageError("A finding is deleted for a reason; give it with --why.")
    return _judge(registry, references, "rejected", why)


def _judge(registry: Registry, references: Sequence[str], review: str, why: str) -> tuple[Item, ...]:
    if not references:
        raise UsageError("Name at least one statement or event.")
    found = list({i.id: i for i in (reviewed(registry, r) for r in references)}.values())
    return registry.put_items([_next(i, {**i.body, "review": review}, why) for i in found])


def _next(item: Item, body: Mapping[str, Any], why: str) -> NewItem:
    return NewItem(item.kind, body, case=item.case, id=item.id, expected_version=item.version, why=why)


def correct(registry: Registry, reference: str, changes: Mapping[str, str], why: str = "") -> Item:
    """Change fields of a statement or event; what was proposed stays under `proposal`.

    `changes`: stance, name (of the speaker), kind, role, organisation, country, topic, party, credibility
    (1-6), words (which must stand in the report), from, to (days of an event). Raises UsageError.
    """
    item = reviewed(registry, reference)
    if not changes:
        raise UsageError("Nothing to correct; give at least one of the options.")
    body = _changed(registry, item, changes)
    body["review"] = "confirmed"
    (made,) = registry.put_items([_next(item, body, why)])
    return made


def _changed(registry: Registry, item: Item, changes: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {**item.body}
    for name, value in changes.items():
        if name == "stance":
            body["stance"] = one_of(value, STANCES, "stance")
        elif name in ("name", "kind") and item.kind == "statement":
            kept = one_of(value, SPEAKER_KINDS, "kind of speaker") if name == "kind" else value
            body["speaker"] = {**body["speaker"], name: kept}
        elif name == "credibility":
            body["credibility"] = one_of(value, CREDIBILITIES, "credibility")
        elif name in ("role", "organisation", "country", "topic", "party") and item.kind == "statement":
            body[name] = value
        elif name in ("from", "to") and item.kind == "event":
            body["start_date" if name == "from" else "end_date"] = _day(value)
        elif name == "words":
            report = report_of(registry, str(body["report"]))
            place = find_words(text_of(registry, report), value, report.id)
            body |= {"content": [place]} if item.kind == "statement" else place
        else:
            raise UsageError(f"A{'n event' if item.kind == 'event' else ' statement'} has no {name}.")
    first, last = body.get("start_date"), body.get("end_date")
    if {"from", "to"} & set(changes) and first and last and first > last:
        raise UsageError(f"An event from {first} to {last} ends before it begins; give both --from and --to.")
    return body


def merge(registry: Registry, references: Sequence[str], why: str = "") -> Item:
    """Make one statement of several of one report: the first takes the words of the others.

    Raises UsageError when they are not statements of one report.
    """
    found = list({i.id: i for i in (reviewed(registry, r) for r in references)}.values())
    if len(found) < 2 or any(i.kind != "statement" for i in found):
        raise UsageError("Merging takes two or more statements.")
    if len({i.body["report"] for i in found}) > 1:
        raise UsageError("These statements are of different reports; positions join those by themselves.")
    first, *others = found
    parts = {(c["start"], c["end"]): c for i in found for c in i.body["content"]}
    content = [parts[place] for place in sorted(parts)]
    kept = {**first.body, "content": content, "review": "confirmed", "merged": [i.id for i in others]}
    gone = [
        _next(i, {**i.body, "review": "rejected", "merged_into": first.id}, f"merged into {first.id}")
        for i in others
    ]
    made, *_ = registry.put_items([_next(first, kept, why or "merged"), *gone])
    return made


def add_by_hand(
    registry: Registry, reference: str, words: str, speaker: str, stance: str, kind: str, why: str = ""
) -> Item:
    """A statement that the rules did not find; its words must stand in the report. Raises UsageError."""
    report = report_of(registry, reference)
    text = text_of(registry, report)
    place, who = find_words(text, words, report.id), find_words(text, speaker, report.id)
    body = {
        "speaker": {
            **who,
            "name": speaker if kind == "named" else None,
            "kind": one_of(kind, SPEAKER_KINDS, "kind"),
        },
        "role": None,
        "organisation": None,
        "country": None,
        "stance": one_of(stance, STANCES, "stance"),
        "mode": "direct" if place["text"][:1] in '“"‘«' else "reported",
        "content": [place],
        "chain": [report.body.get("outlet") or "unknown outlet", speaker],
        "rule": "by hand",
        "confidence": 1.0,
        "report": report.id,
        "review": "confirmed",
        "made_by": "person",
        "topic": "",
        "proposal": None,
    }
    return registry.put_item("statement", body, case=report.case, why=why)


def rate(registry: Registry, reference: str, reliability: str, why: str = "") -> Item:
    """How reliable the source of a report is, A to F (Admiralty scale; NATO AJP-2.1). Raises UsageError."""
    report = report_of(registry, reference)
    body = {**report.body, "reliability": one_of(reliability.upper(), RELIABILITIES, "reliability")}
    (made,) = registry.put_items([_next(report, body, why)])
    return made


def read_again(registry: Registry, reference: str, reading: Reading, why: str = "") -> Added:
    """Run the rules anew over the unchanged text.

    What nobody looked at is replaced; what was accepted, corrected, deleted or added by hand stays as it is,
    and is not proposed a second time.
    """
    report = report_of(registry, reference)
    text = text_of(registry, report)
    before = existing(registry, report)
    held = [*before.statements, *before.events]
    published = reading.published or _published(report)
    outlet = reading.outlet or str(report.body.get("outlet", ""))
    found = extract(
        text, outlet=outlet, published=published, names=reading.names, first_weekday=reading.first_weekday
    )
    topics = _topics_again(report, [d.mentions[0].of(text) for d in found.documents])
    judged = [i for i in held if i.body.get("review") != "proposed" or i.body.get("made_by") == "person"]
    loose = [i for i in held if i not in judged]
    changes = []
    for kind, body in findings(found, text, report.id, topics):
        same = next((i for i in loose if i.kind == kind and same_proposal(i.body, body)), None)
        if same is not None:
            loose.remove(same)
            if {**same.body} != body:
                changes.append(_next(same, body, why or "read again"))
        elif not any(
            i.kind == kind and (same_proposal(i.body, body) or covers([i.body], body)) for i in judged
        ):
            changes.append(NewItem(kind, body, case=report.case, why=why or "read again"))
    changes += [_next(i, {**i.body, "review": "rejected"}, "no longer found") for i in loose]
    new = {
        **report.body,
        "outlet": outlet,
        "published": published.isoformat() if published else "",
        "documents": [
            {**document_fields(d, text), "topic": t} for d, t in zip(found.documents, topics, strict=True)
        ],
        "parties": [party_fields(p, text) for p in found.parties],
    }
    if new != dict(report.body):
        changes.append(_next(report, new, why or "read again"))
    if changes:
        registry.put_items(changes)
    return existing(registry, report_of(registry, report.id))


def _topics_again(report: Item, titles: Sequence[str]) -> list[str]:
    """The topics that the same mentions had before."""
    known = {d["text"]: str(d.get("topic") or d["text"]) for d in report.body.get("documents", ())}
    return [known.get(title, title) for title in titles]


def _published(report: Item) -> date | None:
    text = str(report.body.get("published") or "")
    return date.fromisoformat(text[:10]) if text else None


def find_words(text: str, words: str, where: str) -> dict[str, Any]:
    """The first place where words stand. Raises UsageError when they do not stand there letter by letter."""
    start = text.find(words)
    if start < 0 or not words.strip():
        raise UsageError(
            f"“{words}” does not stand in {where} letter by letter; copy it from `press show --text`."
        )
    return {"text": words, "start": start, "end": start + len(words)}


def one_of(value: str, allowed: Sequence[str], what: str) -> str:
    """The value when it is one of those allowed. Raises UsageError."""
    if value not in tuple(allowed):
        raise UsageError(f"“{value}” is no {what}; there are {', '.join(allowed)}.")
    return value


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise UsageError(f"{value} is no day; write it as 2026-03-05.") from None
