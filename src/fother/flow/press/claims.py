"""What the documents say to what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fother.errors import NotFoundError
from fother.flow.library import open_library
from fother.flow.press.review import report_of
from fother.flow.progress import Progress, Silent
from fother.press.support import Supported, support
from fother.registry import Item, Registry

_TRIED = 8  # documents that the search offers for one claim


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
