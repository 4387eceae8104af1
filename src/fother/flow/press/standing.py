"""Where everybody stands on what leaked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from fother.press.positions import Matrix, Position, matrix
from fother.press.topics import same_document
from fother.registry import Item, Registry

_TRUTHS = {"genuine": "genuine", "altered": "altered", "mixed": "mixed", "not-ours": "not-ours"}


def positions(registry: Registry, case: str | None = None) -> Matrix:
    """The matrix of parties and topics over all reports, or those of a case; see `positions_of`."""
    return positions_of(registry.items(("report", "described", "statement"), case=case))


def positions_of(entries: Iterable[Item]) -> Matrix:
    """The matrix of parties and topics of these reports, described documents and statements.

    Topics of a case are its described documents; elsewhere mentions that can be one document are one topic.
    Deleted findings do not count. What is found out about a described document (its status) is compared.
    """
    kinds: dict[str, dict[str, Item]] = {"report": {}, "described": {}, "statement": {}}
    for entry in entries:
        if entry.kind in kinds:
            kinds[entry.kind][entry.id] = entry
    reports, described = kinds["report"], kinds["described"]
    said = [i for i in kinds["statement"].values() if i.body.get("review") != "rejected"]
    names = _topic_names(said, described)
    found = [
        _position(i, reports, names)
        for i in said
        if i.body.get("report") in reports and i.body["speaker"]["kind"] != "document"  # no party
    ]
    truths = {
        names[i]: _TRUTHS[str(d.body.get("status"))]
        for i, d in described.items()
        if d.body.get("status") in _TRUTHS and i in names
    }
    return matrix(found, truths.get)


def _topic_names(said: Sequence[Item], described: Mapping[str, Item]) -> dict[str, str]:
    """What each topic is called: the title of its described document, or the first mention that can be it."""
    names: dict[str, str] = {i: str(d.body.get("title", i)) for i, d in described.items()}
    titles: list[str] = list(names.values())
    for item in said:
        topic = str(item.body.get("topic") or "")
        if topic and topic not in names:
            known = next((t for t in titles if same_document(topic, t)), None)
            names[topic] = known or topic
            if known is None:
                titles.append(topic)
    return names


def _position(item: Item, reports: Mapping[str, Item], names: Mapping[str, str]) -> Position:
    body = item.body
    report = reports[str(body["report"])]
    day = str(report.body.get("published") or "")
    topic = str(body.get("topic") or "")
    return Position(
        id=item.id,
        party=party_of(body),
        topic=names.get(topic, topic),
        stance=body["stance"],
        words=" … ".join(c["text"] for c in body["content"]),
        day=date.fromisoformat(day[:10]) if day else None,
        report=report.id,
        outlet=str(report.body.get("outlet", "")),
        chain=tuple(body.get("chain", ())),
        group=str(report.body.get("group") or report.id),
        cue=str((body.get("cue") or {}).get("text", "")),
    )


def party_of(body: Mapping[str, Any]) -> str:
    """Whose position a statement is: as an analyst said, else the body that a spokesperson speaks for, else
    who speaks. Unnamed officials speak for nobody: they are told as printed."""
    speaker = body["speaker"]
    organisation, role = body.get("organisation"), str(body.get("role") or "")
    if body.get("party"):
        return str(body["party"])
    if organisation and (role.lower().endswith(("spokesman", "spokeswoman", "spokesperson"))):
        return str(organisation)
    if speaker["kind"] == "anonymous":
        return f"{speaker['text']} (unnamed)"
    return str(speaker.get("name") or organisation or speaker["text"])
