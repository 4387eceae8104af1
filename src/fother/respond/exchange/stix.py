"""STIX 2.1 (OASIS Standard, 10 June 2021): an incident, identities, reports and notes; TLP 2.0 by its
extension.

Ids are made from the case's and entry's id (UUID version 5), so exporting twice gives the same objects. Each
object carries its entry in a property extension of ours, defined in the bundle, from which it is read back;
other programs read the standard's own properties.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fother.errors import InputFileError
from fother.respond.exchange.entries import bundle_of, case_fields, entry_fields
from fother.respond.exchange.model import Bundle, Document, Entry, Event, Report, Statement, Wanted, Who

_OURS = uuid5(NAMESPACE_URL, "https://fother.org/exchange/1")
_EXTENSION = f"extension-definition--{uuid5(_OURS, 'entry')}"
_SCO = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  #: namespace of ids of observables, STIX 2.1, 2.9
_TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
#: oasis-open/cti-stix-common-objects, extension-definition-specifications/tlp-2.0
_TLP = {
    "CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
_CLASSES = {
    "person": "individual",
    "organisation": "organization",
    "country": "group",
    "office": "organization",
}


def write_stix(bundle: Bundle) -> bytes:
    """A STIX bundle as JSON in UTF-8."""
    labels = {bundle.tlp, *(e.tlp for e in bundle.entries() if e.tlp)}
    objects = [
        *(_marking(str(label)) for label in sorted(labels)),
        _author(bundle),
        _definition(bundle),
        _incident(bundle),
        *(o for entry in bundle.entries() for o in _objects(bundle, entry)),
    ]
    whole = {
        "type": "bundle",
        "id": f"bundle--{uuid5(_OURS, f'{bundle.id} {bundle.made_at}')}",
        "objects": objects,
    }
    return json.dumps(whole, ensure_ascii=False).encode()


def read_stix(untrusted: Any, name: str) -> Bundle:
    """The bundle that Fother wrote as STIX. Raises InputFileError."""
    objects = untrusted.get("objects")
    if not isinstance(objects, list):
        raise InputFileError(f"{name} is a STIX bundle without objects.")
    return bundle_of((f for o in objects if (f := _carried(o)) is not None), name)


def _carried(untrusted: Any) -> Any:
    extensions = untrusted.get("extensions") if isinstance(untrusted, Mapping) else None
    ours = extensions.get(_EXTENSION) if isinstance(extensions, Mapping) else None
    return ours.get("entry") if isinstance(ours, Mapping) else None


def _id(kind: str, bundle: Bundle, name: str) -> str:
    return f"{kind}--{_uuid(f'{bundle.id} {name}')}"


@lru_cache(maxsize=4096)
def _uuid(name: str) -> UUID:
    """Most objects refer to the same few others."""
    return uuid5(_OURS, name)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _common(
    kind: str, bundle: Bundle, name: str, carried: dict[str, Any] | None, tlp: str = ""
) -> dict[str, Any]:
    made = _time(bundle.made_at)
    fields: dict[str, Any] = {
        "type": kind,
        "spec_version": "2.1",
        "id": _id(kind, bundle, name),
        "created_by_ref": _id("identity", bundle, "author"),
        "created": made,
        "modified": made,
        "object_marking_refs": [_TLP[tlp or bundle.tlp]],
    }
    if carried is not None:
        fields["extensions"] = {_EXTENSION: {"extension_type": "property-extension", "entry": carried}}
    return fields


def _marking(label: str) -> dict[str, Any]:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": _TLP[label],
        "created": "2022-10-01T00:00:00.000Z",
        "name": f"TLP:{label}",
        "extensions": {_TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": label.lower()}},
    }


def _author(bundle: Bundle) -> dict[str, Any]:
    fields = _common("identity", bundle, "author", None)
    del fields["created_by_ref"]
    return {**fields, "name": bundle.organisation or "Fother", "identity_class": "organization"}


def _definition(bundle: Bundle) -> dict[str, Any]:
    return {
        **_common("extension-definition", bundle, "definition", None),
        "id": _EXTENSION,
        "name": "Fother entry",
        "description": "The entry of a case that an object was made from.",
        "schema": "https://fother.org/exchange/1",
        "version": "1.0.0",
        "extension_types": ["property-extension"],
    }


def _incident(bundle: Bundle) -> dict[str, Any]:
    fields = _common("incident", bundle, "case", case_fields(bundle))
    text = {"description": bundle.summary} if bundle.summary else {}
    return {**fields, "name": bundle.title, **text}


def _objects(bundle: Bundle, entry: Entry) -> Iterator[dict[str, Any]]:
    incident = _id("incident", bundle, "case")
    carried = entry_fields(entry)
    match entry:
        case Who():
            named = {"name": entry.name, "identity_class": _CLASSES.get(entry.is_a, "unknown")}
            yield {
                **_common("identity", bundle, entry.id, carried, entry.tlp),
                **named,
                "roles": ["affected party"],
            }
        case Report():
            yield {
                **_common("report", bundle, entry.id, carried, entry.tlp),
                "name": entry.title or f"Report of {entry.outlet}",
                "published": _time(_published(entry, bundle)),
                "report_types": ["threat-report"],
                "object_refs": [incident],
                "external_references": [
                    {"source_name": entry.outlet}
                    | ({"url": entry.url} if entry.url else {"description": entry.title})
                ],
            }
        case Statement():
            words = " … ".join(q.text for q in entry.quotes)
            yield {
                **_common("note", bundle, entry.id, carried, entry.tlp),
                "abstract": f"{entry.speaker}: {entry.stance}" if entry.stance else entry.speaker,
                "content": words or entry.stance or "said something",
                "authors": [entry.speaker],
                "object_refs": [_id("report", bundle, entry.report) if entry.report else incident],
                "labels": ["statement"],
            }
        case Document():
            if entry.sha256:
                yield _file(bundle, entry)
            refs = [incident, *([_file_id(entry)] if entry.sha256 else [])]
            told = [entry.content, f"Alleged marking: {entry.marking}" if entry.marking else ""]
            yield {
                **_common("note", bundle, entry.id, carried, entry.tlp),
                "abstract": f"Leaked document: {entry.title} ({entry.status})",
                "content": "\n".join(filter(None, told)) or entry.title,
                "object_refs": refs,
                "labels": ["leaked-document"],
            }
        case Event() | Wanted():
            text = entry.text if isinstance(entry, Event) else f"{entry.title}: due {entry.due.isoformat()}"
            yield {
                **_common("note", bundle, entry.id, carried, entry.tlp),
                "content": text,
                "object_refs": [incident],
                "labels": ["event" if isinstance(entry, Event) else "deadline"],
            }


def _published(report: Report, bundle: Bundle) -> datetime:
    if report.published is not None:
        return report.published
    return (
        datetime(report.day.year, report.day.month, report.day.day, tzinfo=UTC)
        if report.day
        else bundle.made_at
    )


def _file_id(document: Document) -> str:
    # STIX 2.1, 2.9: over the canonical JSON of the properties that contribute to the id.
    seed = json.dumps({"hashes": {"SHA-256": document.sha256}}, sort_keys=True, separators=(",", ":"))
    return f"file--{uuid5(_SCO, seed)}"


def _file(bundle: Bundle, document: Document) -> dict[str, Any]:
    return {
        "type": "file",
        "spec_version": "2.1",
        "id": _file_id(document),
        "hashes": {"SHA-256": document.sha256},
        "object_marking_refs": [_TLP[document.tlp or bundle.tlp]],
    }
