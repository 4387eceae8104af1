"""Exposures of a case: proposals of an assessment entered, reviewed, corrected, added by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from fother.assess.exposure.model import PARTIES
from fother.assess.exposure.rubric import Severity
from fother.errors import NotFoundError, UsageError
from fother.flow.assess import Assessed, Assessment
from fother.flow.desk.case import find_words, text_of
from fother.flow.desk.entries import open_case
from fother.model.bodies import to_body
from fother.registry import Item, NewItem, Registry

_PARTIES = tuple(kind for kind in PARTIES if kind != "place")  #: a place cannot be told of a leak
_TOLD = ("quotes", "severity", "reason", "category")  #: what makes a proposal another one
LEVELS = ("unknown", *get_args(Severity))


def save(registry: Registry, case: str, found: Assessment) -> list[Item]:
    """Enter the parties of an assessment as proposals; what people have reviewed or made stays as it is.

    Parties that the register does not have are entered with it; places are no parties. Raises NotFoundError,
    ConflictError.
    """
    known = registry.item(case).id
    before = {(e.body.get("source"), e.body.get("party")): e for e in registry.items("exposure", case=known)}
    parties = _by_name(registry)
    new = _new_parties(registry, found, parties)
    for one in found.leaks:
        for body in _bodies(one, parties):
            old = before.get((body["source"], body["party"]))
            if old is None:
                new.append(NewItem("exposure", body, known, why="assess"))
            elif old.body.get("review") == "proposed" and any(old.body.get(k) != body[k] for k in _TOLD):
                new.append(NewItem("exposure", body, known, old.id, old.version, "assess again"))
    made = registry.put_items(new) if new else ()
    return [item for item in made if item.kind == "exposure"]


def _new_parties(registry: Registry, found: Assessment, parties: dict[str, str]) -> list[NewItem]:
    """Entries for the parties that the register lacks, whose ids are added to `parties`."""
    lacking = {
        w.exposed.name.casefold(): w.exposed
        for one in found.leaks
        for w in one.weighed
        if w.exposed.kind in _PARTIES and not w.exposed.party and w.exposed.name.casefold() not in parties
    }
    ids = registry.new_item_ids("party", len(lacking)) if lacking else ()
    parties.update(zip(lacking, ids, strict=True))
    return [
        NewItem(
            "party",
            {"name": e.name, "kind": e.kind} | ({"code": e.code} if e.code else {}),
            id=parties[name],
            expected_version=0,
            why="assess",
        )
        for name, e in lacking.items()
    ]


def _by_name(registry: Registry) -> dict[str, str]:
    """Ids of parties by their names and other names."""
    return {
        str(word).casefold(): item.id
        for item in registry.items("party")
        for word in (item.body.get("name", ""), *item.body.get("aliases", ()))
    }


def _bodies(one: Assessed, parties: dict[str, str]) -> list[dict[str, Any]]:
    bodies = []
    for w in one.weighed:
        exposed = w.exposed
        if exposed.kind not in _PARTIES:
            continue
        party = exposed.party or parties[exposed.name.casefold()]
        start, end = w.place
        gives = sorted({kind for kind, name in w.facts if (kind, name) != (exposed.kind, exposed.name)})
        bodies.append(
            {
                "party": party,
                "source": one.source.id,
                "quotes": [{"start": start, "end": end, "text": one.source.text[start:end]}],
                "severity": w.severity,
                "reason": ", ".join(w.reasons),
                "category": ", ".join(gives) or "identity",
                "rule": exposed.mentions[0].rule,
                "confidence": max(m.confidence for m in exposed.mentions),
                "review": "proposed",
            }
        )
    return bodies


def review(
    registry: Registry,
    reference: str,
    *,
    accept: bool,
    severity: str = "",
    party: str = "",
    reason: str = "",
    why: str = "",
) -> Item:
    """Confirm or reject an exposure, with corrections; the proposal stays as the version before.

    Raises NotFoundError, UsageError, ConflictError.
    """
    item = registry.item(reference)
    if item.kind != "exposure":
        raise NotFoundError(f"{reference} is no exposure.")
    body = {**item.body, "review": "confirmed" if accept else "rejected"}
    if severity:
        body["severity"] = _level(severity)
    if party:
        body["party"] = _party(registry, party, "organisation")
    if reason:
        body["reason"] = reason
    return registry.put_item(
        "exposure", body, case=item.case, id=item.id, expected_version=item.version, why=why
    )


def add(
    registry: Registry,
    case: str,
    party: str,
    *,
    kind: str = "organisation",
    source: str = "",
    quotes: Sequence[str] = (),
    severity: str = "unknown",
    reason: str = "",
    category: str = "",
    why: str = "",
) -> Item:
    """Add an exposure by hand. `quotes` are words that stand in the text of the source, a sighting, document,
    described document or report, whatever the case and the line breaks; every place where they stand is kept.

    Raises NotFoundError, UsageError.
    """
    known = open_case(registry, case)
    if kind not in PARTIES:
        raise UsageError(f"--kind is one of {', '.join(PARTIES)}, not {kind}.")
    places: list[dict[str, Any]] = []
    if quotes:
        if not source:
            raise UsageError("--quote needs --source, the sighting that it stands in.")
        source = registry.show(source).id
        text = text_of(registry, source)
        places = [to_body(q) for quote in quotes for q in find_words(text, quote, source)]
    body = {
        "party": _party(registry, party, kind),
        "source": source,
        "quotes": places,
        "severity": _level(severity),
        "reason": reason,
        "category": category,
        "review": "confirmed",
    }
    return registry.put_item("exposure", body, case=known.id, why=why)


def _level(severity: str) -> str:
    if severity not in LEVELS:
        raise UsageError(f"--severity is one of {', '.join(LEVELS)}, not {severity}.")
    return severity


def _party(registry: Registry, name: str, kind: str) -> str:
    """The id of a party by id, name or other name; a new one when there is none."""
    if name.startswith("P-"):
        return registry.item(name).id
    found = _by_name(registry).get(name.casefold())
    return found or registry.put_items([NewItem("party", {"name": name, "kind": kind})])[0].id


def exposures(registry: Registry, case: str) -> list[dict[str, Any]]:
    """The exposures of a case as JSON values, gravest first. Raises NotFoundError."""
    names = {item.id: str(item.body.get("name", item.id)) for item in registry.items("party")}
    found = [
        {
            "exposure": item.id,
            "version": item.version,
            "party": item.body["party"],
            "name": names.get(str(item.body["party"]), str(item.body["party"])),
            "source": item.body.get("source", ""),
            "severity": item.body.get("severity", "unknown"),
            "reason": item.body.get("reason", ""),
            "category": item.body.get("category", ""),
            "rule": item.body.get("rule", ""),
            "confidence": item.body.get("confidence"),
            "review": item.body.get("review", "confirmed"),
            "quotes": list(item.body.get("quotes", ())),
        }
        for item in registry.items("exposure", case=registry.item(case).id)
    ]
    return sorted(found, key=lambda e: -LEVELS.index(e["severity"]) if e["severity"] in LEVELS else 0)
