"""Where everybody stands, and what the documents say to what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fother.errors import NotFoundError
from fother.flow.library import open_library
from fother.flow.press.review import report_of
from fother.flow.progress import Progress, Silent
from fother.press.positions import Matrix, Position, matrix
from fother.press.support import Supported, support
from fother.press.topics import same_document
from fother.registry import Item, Registry

_TRIED = 8  # documents that the search offers for one claim
_TRUTHS = {"genuine": "genuine", "altered": "altered", "mixed": "mixed", "not-ours": "not-ours"}


def positions(registry: Registry, case: str | None = None) -> Matrix:
    """The matrix of parties and topics over all reports, or those of a case.

    Topics of a case are its described documents; elsewhere mentions that can be one document are one topic.
    Deleted findings do not count. What is found out about a described document (its status) is compared.
    """
    reports = {i.id: i for i in registry.items("report", case=case)}
    described = {i.id: i for i in registry.items("described", case=case)}
    said = [i for i in registry.items("statement", case=case) if i.body.get("review") != "rejected"]
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


@dataclass(frozen=True)
class Claim:
    """Some words said of a document, with what the documents say to them; `document` is None for none."""

    words: Mapping[str, Any]
    statement: str
    document: str | None
    title: str
    found: Supported
    passage: str


def check_claims(
    registry: Registry, reference: str, documents: Sequence[str] = (), progress: Progress | None = None
) -> list[Claim]:
    """Is what a report says of leaked documents in the registered ones?

    Looks at what documents are alleged to say and at what is said about them. Without `documents` the search
    index offers some for each claim. Raises NotFoundError when there is no document to compare with.
    """
    report = report_of(registry, reference)
    claims = _claims(registry, report)
    listener = progress or Silent()
    if not registry.media_types():
        raise NotFoundError("The registry holds no document yet; register the original first.")
    chosen = [registry.document(d).id for d in documents]
    with open_library(registry, listener) as library:
        listener.stage("Comparing claims with documents", len(claims))
        checked = []
        for words, statement in claims:
            offered = chosen or list(dict.fromkeys(h.document for h in library.hits(words["text"])))[:_TRIED]
            best: tuple[str | None, Supported] = (None, Supported("not in the document", None, None, 0.0))
            for document in offered:
                found = support(words["text"], library.text(document).text)
                if _rank(found) > _rank(best[1]):
                    best = (document, found)
            checked.append(_claim(registry, library.text, words, statement, best))
            listener.step()
    return checked


def _rank(found: Supported) -> tuple[int, float]:
    return (("not in the document", "paraphrase", "verbatim").index(found.verdict), found.score)


def _claim(
    registry: Registry,
    text: Any,
    words: Mapping[str, Any],
    statement: str,
    best: tuple[str | None, Supported],
) -> Claim:
    document, found = best
    if document is None or found.start is None:
        return Claim(
            words, statement, None, "", Supported("not in the document", None, None, found.score), ""
        )
    title = registry.document(document).title
    return Claim(words, statement, document, title, found, text(document).text[found.start : found.end])


def _claims(registry: Registry, report: Item) -> list[tuple[Mapping[str, Any], str]]:
    claims: dict[tuple[int, int], tuple[Mapping[str, Any], str]] = {}
    for document in report.body.get("documents", ()):
        for words in document.get("alleged_content", ()):
            claims[words["start"], words["end"]] = (words, "")
    for item in registry.items("statement", case=report.case):
        body = item.body
        about = body.get("report") == report.id and body.get("review") != "rejected" and body.get("topic")
        if about and body["stance"] in ("assert", "warn", "accuse", "confirm"):
            for words in body["content"]:
                claims[words["start"], words["end"]] = (words, item.id)
    return [claims[place] for place in sorted(claims)]
