"""JSON-LD 1.1 with schema.org (NewsArticle, Quotation, DigitalDocument, Event, Action) and W3C Web
Annotation.

The context stands in the file, so nothing is loaded from elsewhere to understand it. A statement is a
Quotation and, where its place is known, an Annotation with TextPositionSelector and TextQuoteSelector on the
report. TLP is schema.org's conditionsOfAccess.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fother.errors import InputFileError
from fother.respond.exchange.entries import bundle_of, case_fields, entry_fields
from fother.respond.exchange.model import Bundle, Document, Entry, Event, Report, Statement, Wanted, Who

_CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "@vocab": "https://schema.org/",
    "oa": "http://www.w3.org/ns/oa#",
    "fother": {"@id": "https://fother.org/exchange/1#entry", "@type": "@json"},
    "id": "@id",
    "type": "@type",
    "url": {"@type": "@id"},
    "isPartOf": {"@type": "@id"},
    "oa:hasSource": {"@type": "@id"},
    "oa:hasBody": {"@type": "@id"},
    "oa:motivatedBy": {"@type": "@id"},
}
_WHO = {"person": "Person", "country": "Country", "organisation": "Organization", "office": "Organization"}
_SPEAKER = {
    "named": "Person",
    "anonymous": "Person",
    "organisation": "Organization",
    "outlet": "Organization",
}


def write_jsonld(bundle: Bundle) -> bytes:
    """A JSON-LD document in UTF-8."""
    whole = {
        "id": _iri(bundle, bundle.id),
        "type": "Dataset",
        "name": bundle.title,
        "description": bundle.summary,
        "creator": {"type": "Organization", "name": bundle.organisation},
        "dateCreated": bundle.made_at.isoformat(),
        "conditionsOfAccess": f"TLP:{bundle.tlp}",
        "fother": case_fields(bundle),
    }
    graph = [whole, *(node for entry in bundle.entries() for node in _nodes(bundle, entry))]
    return json.dumps({"@context": _CONTEXT, "@graph": graph}, ensure_ascii=False).encode()


def read_jsonld(untrusted: Any, name: str) -> Bundle:
    """The bundle that Fother wrote as JSON-LD. Raises InputFileError."""
    graph = untrusted.get("@graph")
    if not isinstance(graph, list):
        raise InputFileError(f"{name} is JSON-LD without a @graph.")
    return bundle_of((n["fother"] for n in graph if isinstance(n, Mapping) and "fother" in n), name)


def _iri(bundle: Bundle, entry: str) -> str:
    return f"urn:fother:{bundle.id}:{entry}"


def _nodes(bundle: Bundle, entry: Entry) -> list[dict[str, Any]]:
    node: dict[str, Any] = {
        "id": _iri(bundle, entry.id),
        "conditionsOfAccess": f"TLP:{entry.tlp or bundle.tlp}",
        "fother": entry_fields(entry),
    }
    match entry:
        case Report():
            when = entry.published or entry.day
            node |= {"type": "NewsArticle", "headline": entry.title, "publisher": _organisation(entry.outlet)}
            node |= {"datePublished": when.isoformat()} if when else {}
            node |= {"url": entry.url} if entry.url else {}
        case Statement():
            speaker = {"type": _SPEAKER.get(entry.speaker_kind, "Thing"), "name": entry.speaker}
            node |= {
                "type": "Quotation",
                "text": " … ".join(q.text for q in entry.quotes),
                "spokenByCharacter": speaker,
            }
            node |= {"about": entry.stance} if entry.stance else {}
            node |= {"isPartOf": _iri(bundle, entry.report)} if entry.report else {}
            return [node, *_annotations(bundle, entry)]
        case Document():
            node |= {"type": "DigitalDocument", "name": entry.title, "abstract": entry.content}
            node |= {"creativeWorkStatus": entry.status}
            node |= {"identifier": f"sha256:{entry.sha256}"} if entry.sha256 else {}
        case Who():
            node |= {
                "type": _WHO.get(entry.is_a, "Thing"),
                "name": entry.name,
                "alternateName": list(entry.aliases),
            }
        case Event():
            node |= {"type": "Event", "name": entry.text}
            node |= {"startDate": entry.start.isoformat()} if entry.start else {}
            node |= {"endDate": entry.end.isoformat()} if entry.end else {}
        case Wanted():
            node |= {"type": "PlanAction", "name": entry.title, "endTime": entry.due.isoformat()}
            node |= {"agent": _organisation(entry.owner)} if entry.owner else {}
    return [node]


def _organisation(name: str) -> dict[str, str]:
    return {"type": "Organization", "name": name}


def _annotations(bundle: Bundle, statement: Statement) -> list[dict[str, Any]]:
    """One Web Annotation for each stretch whose place is known."""
    return [
        {
            "id": f"{_iri(bundle, statement.id)}:{number}",
            "type": "oa:Annotation",
            "oa:motivatedBy": "oa:identifying",
            "oa:hasBody": _iri(bundle, statement.id),
            "oa:hasTarget": {
                "oa:hasSource": _iri(bundle, statement.report),
                "oa:hasSelector": [
                    {"type": "oa:TextPositionSelector", "oa:start": quote.start, "oa:end": quote.end},
                    {"type": "oa:TextQuoteSelector", "oa:exact": quote.text},
                ],
            },
        }
        for number, quote in enumerate(statement.quotes)
        if quote.end > quote.start and statement.report
    ]
