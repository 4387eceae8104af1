"""A MISP event (core format, misp-standard.org) with the objects leaked-document, news-media and annotation.

Object templates: MISP/misp-objects, leaked-document version 6, news-media 3, annotation 3. Nothing is marked
for detection. The entry is in the object's comment as JSON, from which it is read back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from fother.errors import InputFileError
from fother.respond.exchange.entries import bundle_of, case_fields, entry_fields
from fother.respond.exchange.model import Bundle, Document, Entry, Event, Report, Statement, Wanted, Who

_OURS = uuid5(NAMESPACE_URL, "https://fother.org/exchange/1/misp")
_TEMPLATES = {
    "leaked-document": ("ea145ecd-b3c2-4f57-ac11-c16e883c4247", "6", "file"),
    "news-media": ("691463c5-5302-4847-9bec-4c56ccfec677", "3", "misc"),
    "annotation": ("5d8dc046-15a1-4ca3-a09f-ed4ede7c4487", "3", "misc"),
}
_SHARING = {"CLEAR": "3", "GREEN": "2", "AMBER": "1", "AMBER+STRICT": "0", "RED": "0"}  #: MISP's distribution


def write_misp(bundle: Bundle) -> bytes:
    """A MISP event as JSON in UTF-8. RED and AMBER+STRICT stay in the organisation that imports it."""
    event = {
        "uuid": str(uuid5(_OURS, bundle.id)),
        "info": bundle.title,
        "date": bundle.made_at.astimezone(UTC).date().isoformat(),
        "timestamp": str(int(bundle.made_at.timestamp())),
        "threat_level_id": "4",
        "analysis": "1",
        "published": False,
        "distribution": _SHARING[bundle.tlp],
        "Tag": [_tag(bundle.tlp)],
        "Attribute": [_case_attribute(bundle)],
        "Object": [_object(bundle, entry) for entry in bundle.entries()],
    }
    return json.dumps({"Event": event}, ensure_ascii=False).encode()


def read_misp(untrusted: Any, name: str) -> Bundle:
    """The bundle that Fother wrote as a MISP event. Raises InputFileError."""
    event = untrusted.get("Event")
    if not isinstance(event, Mapping):
        raise InputFileError(f"{name} is a MISP file without an event.")
    parts = [*_list(event.get("Attribute")), *_list(event.get("Object"))]
    return bundle_of((f for part in parts if (f := _carried(part)) is not None), name)


def _list(untrusted: Any) -> list[Any]:
    return untrusted if isinstance(untrusted, list) else []


def _carried(untrusted: Any) -> Any:
    comment = untrusted.get("comment") if isinstance(untrusted, Mapping) else None
    if not isinstance(comment, str) or not comment.startswith('{"fother": '):
        return None
    try:
        return json.loads(comment)["fother"]
    except (ValueError, RecursionError):
        return {}


def _tag(tlp: str) -> dict[str, str]:
    colours = {
        "CLEAR": "#ffffff",
        "GREEN": "#339900",
        "AMBER": "#ffc000",
        "AMBER+STRICT": "#ffc000",
        "RED": "#cc0033",
    }
    return {"name": f"tlp:{tlp.lower()}", "colour": colours[tlp]}


def _comment(fields: dict[str, Any]) -> str:
    return json.dumps({"fother": fields}, ensure_ascii=False)


def _case_attribute(bundle: Bundle) -> dict[str, Any]:
    return {
        "uuid": str(uuid5(_OURS, f"{bundle.id} case")),
        "type": "text",
        "category": "Internal reference",
        "value": bundle.summary or bundle.title,
        "to_ids": False,
        "distribution": "5",
        "comment": _comment(case_fields(bundle)),
    }


def _object(bundle: Bundle, entry: Entry) -> dict[str, Any]:
    name, values = _values(entry)
    template, version, category = _TEMPLATES[name]
    tags = [_tag(entry.tlp)] if entry.tlp else []
    return {
        "uuid": str(uuid5(_OURS, f"{bundle.id} {entry.id}")),
        "name": name,
        "meta-category": category,
        "template_uuid": template,
        "template_version": version,
        "distribution": "5",
        "comment": _comment(entry_fields(entry)),
        "Attribute": [
            {
                "uuid": str(uuid5(_OURS, f"{bundle.id} {entry.id} {relation}")),
                "object_relation": relation,
                "type": kind,
                "category": "External analysis" if kind in ("url", "text") else "Other",
                "value": value,
                "to_ids": False,
                "disable_correlation": True,
                "distribution": "5",
                "Tag": tags,
            }
            for relation, kind, value in values
            if value
        ],
    }


def _values(entry: Entry) -> tuple[str, list[tuple[str, str, str]]]:
    """Name of the template, and relation, type and value of its attributes."""
    match entry:
        case Document():
            objective = [("objective", "text", "Other")]
            told = [("document-name", "text", entry.title), ("document-text", "text", entry.content)]
            return "leaked-document", told + objective
        case Report():
            source = [("source", "text", entry.outlet), ("title", "text", entry.title)]
            return "news-media", [*source, ("url", "url", entry.url)]
        case Statement():
            words = " … ".join(q.text for q in entry.quotes)
            said = (
                f"{entry.speaker} ({entry.stance}): {words}" if entry.stance else f"{entry.speaker}: {words}"
            )
            return "annotation", [("text", "text", said), ("type", "text", "Other")]
        case Who():
            return "annotation", [
                ("text", "text", f"Affected party: {entry.name}"),
                ("type", "text", "Other"),
            ]
        case Event():
            return "annotation", [("text", "text", f"Announced: {entry.text}"), ("type", "text", "Other")]
        case Wanted():
            due = f"Deadline: {entry.title}, {entry.due.isoformat()}"
            return "annotation", [("text", "text", due), ("type", "text", "Other")]
