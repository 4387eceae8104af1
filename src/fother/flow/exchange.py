"""Exchange: a case → bundle → cut to a circle → file; file → bundle → proposals of a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from fother.errors import UsageError
from fother.flow.desk.load import load_case
from fother.model.bodies import to_body
from fother.model.case import TLP_ORDER, CaseFile
from fother.registry import Item, NewItem, Registry
from fother.respond.exchange import (
    Bundle,
    Document,
    Event,
    Quoted,
    Report,
    Statement,
    Wanted,
    Who,
    cut,
    read,
    write,
)


def export_case(
    registry: Registry, case: str, form: str, tlp: str, now: datetime
) -> tuple[bytes, Bundle, int]:
    """A case in a format for a circle ("" for the case's own): the file, what is in it, how many were left
    out.

    Raises NotFoundError, UsageError.
    """
    file = load_case(registry, case)
    label = tlp.upper().removeprefix("TLP:") or file.case.tlp or "AMBER"
    if label not in TLP_ORDER:
        raise UsageError(f"--tlp is one of {', '.join(TLP_ORDER)}, not {tlp}.")
    bundle, left_out = cut(bundle_of_case(file, _places(registry, file), now), label)
    return write(bundle, form), bundle, left_out


def _places(registry: Registry, file: CaseFile) -> dict[str, tuple[Quoted, ...]]:
    """Where the words of statements stand, which the case itself does not need."""
    wanted = {s.id for s in file.said}
    found = {}
    for item in registry.items("statement") if wanted else ():
        if item.id in wanted:
            found[item.id] = tuple(
                Quoted(str(c.get("text", "")), int(c.get("start", 0)), int(c.get("end", 0)))
                for c in item.body.get("content", ())
            )
    return found


def bundle_of_case(file: CaseFile, places: Mapping[str, tuple[Quoted, ...]], now: datetime) -> Bundle:
    """What of a case is exchanged: not its notes, decisions, outreach, traces, tasks and access lists.

    Rejected statements are left out.
    """
    case = file.case
    return Bundle(
        file.id,
        case.title,
        now,
        case.organisation,
        case.summary,
        case.tlp or "AMBER",
        tuple(
            Report(i, r.record.outlet, r.record.title, r.record.published, r.record.day, r.record.url)
            for i, r in file.reports.items()
        ),
        tuple(_statement(s.id, s.record, places) for s in file.said if s.record.review != "rejected"),
        (
            *(
                Document(
                    d.id,
                    d.record.title,
                    d.record.content,
                    d.record.marking,
                    d.record.status,
                    tlp=d.record.tlp,
                )
                for d in file.described
            ),
            *(
                Document(
                    a.id or f"sha256-{a.sha256[:16]}", a.name, status=_status(file, a.sha256), sha256=a.sha256
                )
                for a in file.artefacts
            ),
        ),
        tuple(Who(i, p.record.name, p.record.kind, p.record.aliases) for i, p in file.parties.items()),
        tuple(Event(e.id, e.record.text, e.record.start, e.record.end) for e in file.planned),
        tuple(
            Wanted(
                d.id,
                d.record.title,
                d.record.due,
                d.record.owner,
                d.record.regime,
                d.record.citation,
                d.record.done_at,
                d.record.tlp,
            )
            for d in file.deadlines
        ),
    )


def _statement(name: str, said: Any, places: Mapping[str, tuple[Quoted, ...]]) -> Statement:
    quotes = places.get(name) or ((Quoted(said.words),) if said.words else ())
    return Statement(
        name,
        said.report,
        said.speaker,
        said.kind,
        said.role,
        said.organisation,
        said.country,
        said.stance,
        quotes,
        said.chain,
    )


def _status(file: CaseFile, sha256: str) -> str:
    return next((i.status for i in reversed(file.identified) if i.sha256 == sha256), "unverified")


def import_file(registry: Registry, case: str, untrusted: bytes, name: str) -> tuple[Bundle, list[Item]]:
    """Enter what a file holds as proposals of a case; what was imported before is not entered twice.

    All or nothing. Raises InputFileError, NotFoundError, UsageError, ConflictError.
    """
    bundle = read(untrusted, name)
    known = load_case(registry, case).id
    origins = {
        (str(i.body.get("origin")), str(i.body.get("origin_id"))): i.id
        for i in registry.items(case=known)
        if i.body.get("origin")
    }
    parties = {str(p.body.get("name", "")).casefold() for p in registry.items("party")}
    unknown = [r.id for r in bundle.reports if (bundle.id, r.id) not in origins]
    fresh = dict(zip(unknown, registry.new_item_ids("report", len(unknown)), strict=True))
    ids = {r.id: fresh.get(r.id) or origins[bundle.id, r.id] for r in bundle.reports}
    new = [
        NewItem(
            kind,
            {**body, "origin": bundle.id, "origin_id": origin},
            known,
            fresh.get(origin) if kind == "report" else None,
            0 if kind == "report" else None,
            f"import {name}",
        )
        for kind, origin, body in _bodies(bundle, ids)
        if (bundle.id, origin) not in origins
    ]
    new += [
        NewItem("party", {"name": w.name, "kind": w.is_a, "aliases": list(w.aliases)}, why=f"import {name}")
        for w in bundle.parties
        if w.name.casefold() not in parties
    ]
    return bundle, list(registry.put_items(new)) if new else []


def _bodies(bundle: Bundle, ids: Mapping[str, str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Kind, id of the sender and body of what becomes entries."""

    def label(tlp: str) -> dict[str, str]:
        return {"tlp": tlp or bundle.tlp}

    for r in bundle.reports:
        when = (
            {"published": r.published.isoformat()}
            if r.published
            else {"date": r.day.isoformat()}
            if r.day
            else {}
        )
        yield "report", r.id, {"outlet": r.outlet, "title": r.title, "url": r.url, **when, **label(r.tlp)}
    for s in bundle.statements:
        body = {
            "report": ids.get(s.report, ""),
            "speaker": {"text": s.speaker, "name": s.speaker, "kind": s.speaker_kind},
            "role": s.role,
            "organisation": s.organisation,
            "country": s.country,
            "stance": s.stance,
            "content": [to_body(q) for q in s.quotes],
            "chain": list(s.chain),
            "review": "proposed",
        }
        yield "statement", s.id, {**body, **label(s.tlp)}
    for d in bundle.documents:
        told = {
            "title": d.title,
            "content": d.content,
            "marking": d.marking,
            "reported_by": [bundle.organisation or bundle.id],
        }
        yield "described", d.id, {**told, **label(d.tlp)}
    for e in bundle.events:
        days = {k: v.isoformat() for k, v in (("start_date", e.start), ("end_date", e.end)) if v}
        yield "event", e.id, {"text": e.text, **days, **label(e.tlp)}
    for w in bundle.deadlines:
        yield "deadline", w.id, {**{k: v for k, v in to_body(w).items() if k != "id"}, **label(w.tlp)}


def counts(bundle: Bundle) -> dict[str, int]:
    """How many of each kind a bundle holds."""
    return {
        "reports": len(bundle.reports),
        "statements": len(bundle.statements),
        "documents": len(bundle.documents),
        "parties": len(bundle.parties),
        "events": len(bundle.events),
        "deadlines": len(bundle.deadlines),
    }
