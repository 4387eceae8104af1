"""Guard: draft → markings, overlaps with registered passages, facts and words of the case → findings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fother.assess.markings import find_markings
from fother.assess.markings.own import OwnScheme, load_schemes
from fother.assess.markings.vocabulary import LADDERS
from fother.flow.drafts import read_draft
from fother.flow.identify import accepted, find_text
from fother.flow.library import open_library
from fother.flow.progress import Progress, Silent
from fother.registry import Item, Registry
from fother.respond.guard import (
    Context,
    Earlier,
    Fact,
    Guarded,
    Overlap,
    Rules,
    Stated,
    default_rules,
    guard,
    load_rules,
)

_CONFIRMS = ("confirms", "confirm", "asserts", "acknowledges")
_DENIES = ("denies", "deny", "rejects", "disputes")


def guard_draft(
    draft: str,
    registry: Registry | None,
    *,
    case: str | None = None,
    leaks: Sequence[str] = (),
    earlier: Sequence[Path] = (),
    rules: Path | None = None,
    labels: Path | None = None,
    progress: Progress | None = None,
) -> Guarded:
    """Check a draft statement before it is said.

    Without a registry only wordings, markings, names and earlier statements are looked at. `leaks` are ids of
    sightings; those of the case are added. Raises InputFileError, NotFoundError, MarkingError, RegistryError,
    SandboxError.
    """
    listener = progress or Silent()
    chosen: Rules = load_rules(rules) if rules else default_rules()
    said = [Earlier(str(path), read_draft(path, listener)) for path in earlier]
    sightings, facts, persons = list(leaks), [], []
    if registry is not None and case is not None:
        known = registry.item(case)
        entries = registry.items(case=known.id)
        sightings += _sightings(registry, entries)
        facts = _facts(registry, entries)
        persons = _persons(registry, entries)
        said += _statements(entries, str(known.body.get("organisation", "")))
    context = Context(
        _markings(draft, load_schemes(labels) if labels else ()),
        _overlaps(draft, registry, listener) if registry is not None else (),
        _texts(registry, sightings) if registry is not None else {},
        tuple(Earlier(e.source, e.text, e.stance or _stance(e.text, chosen)) for e in said),
        tuple(facts),
        tuple(persons),
    )
    return guard(draft, chosen, context)


def _stance(text: str, rules: Rules) -> Any:
    """Whether an earlier statement confirmed or denied, by the same rules."""
    alone = guard(text, rules, Context())
    by_rule = {rule.id: rule.stance for rule in rules.rules}
    stances = {by_rule[f.rule] for f in alone.findings} - {""}
    return stances.pop() if len(stances) == 1 else ""


def _markings(draft: str, schemes: Sequence[OwnScheme]) -> tuple[Stated, ...]:
    ladders = {**LADDERS, **{s.name: s.ladder for s in schemes}}
    found = []
    for one in find_markings(draft, schemes):
        level = one.marking.level
        public = level == ladders[one.marking.system][0] and not one.marking.controls
        heading = one.place == "banner" or one.place == "portion"
        found.append(Stated(one.start, one.end, draft[one.start : one.end], heading, public))
    return tuple(found)


def _overlaps(draft: str, registry: Registry, progress: Progress) -> tuple[Overlap, ...]:
    """Passages of registered documents in the draft; not those of public texts, nor boilerplate."""
    if not registry.media_types():
        return ()
    with open_library(registry, progress) as library:
        found = accepted(find_text(library, draft, recognised=False))
    return tuple(
        Overlap(p.leak[0], p.leak[1], match.document, match.title, p.similarity)
        for match in found
        if not match.public
        for p in match.passages
        if not p.common
    )


def _targets(entries: Sequence[Item]) -> list[str]:
    return [str(e.body.get("target", "")) for e in entries if e.kind == "attachment"]


def _sightings(registry: Registry, entries: Sequence[Item]) -> list[str]:
    """Sightings of the case, also those that its identifications looked at."""
    found = [target for target in _targets(entries) if target.startswith("L-")]
    for record in registry.identifications():
        if record.id in _targets(entries):
            found += [a.sighting for a in record.artefacts if a.sighting]
    return list(dict.fromkeys(found))


def _facts(registry: Registry, entries: Sequence[Item]) -> list[Fact]:
    wanted = set(_targets(entries))
    facts = [
        Fact(record.id, _titles(record.result) or record.artefacts[0].name, record.result["verdict"])
        for record in registry.identifications()
        if record.id in wanted
    ]
    for entry in entries:
        if entry.kind == "described":  # unverified ones too: a draft that speaks of one speaks of no other
            status = str(entry.body.get("status", "unverified"))
            facts.append(Fact(entry.id, str(entry.body.get("title", entry.id)), status))  # type: ignore[arg-type]
    return facts


def _titles(result: Any) -> str:
    return ", ".join(dict.fromkeys(str(m["title"]) for m in result.get("matches", ())))


def _persons(registry: Registry, entries: Sequence[Item]) -> list[str]:
    """Persons and programmes of the case: its own parties, shared ones that its exposures name, who spoke."""
    named = {str(e.body.get("party", "")) for e in entries if e.kind in ("exposure", "outreach")}
    parties = [p for p in registry.items("party") if p.case is not None or p.id in named]
    chosen = [p for p in parties if p.case in (None, *{e.case for e in entries})]
    speakers = (e.body.get("speaker") or {} for e in entries if e.kind == "statement")
    names = [str(s["name"]) for s in speakers if s.get("kind") == "named" and s.get("name")]
    for party in chosen:
        if party.body.get("kind") in ("person", "programme"):
            names += [str(party.body["name"]), *map(str, party.body.get("aliases", ()))]
    return list(dict.fromkeys(names))


def _statements(entries: Sequence[Item], organisation: str) -> list[Earlier]:
    """What the organisation itself said in public in this case."""
    found = []
    for entry in entries:
        body = entry.body
        if entry.kind != "statement" or not organisation or body.get("organisation") != organisation:
            continue
        words = body.get("words") or " ".join(str(c.get("text", "")) for c in body.get("content", ()))
        stance = str(body.get("stance", ""))
        told = "confirms" if stance in _CONFIRMS else "denies" if stance in _DENIES else ""
        found.append(Earlier(entry.id, str(words), told))  # type: ignore[arg-type]
    return found


def _texts(registry: Registry, sightings: Sequence[str]) -> dict[str, str]:
    texts = {}
    for reference in sightings:
        record = registry.sighting(reference)
        if record.text is not None:
            texts[record.id] = registry.sighting_text(record).text
    return texts


def guarded_fields(found: Guarded) -> dict[str, Any]:
    """The machine contract of `guard --json`; places count code points of the draft."""
    return {
        "verdict": found.verdict,
        "findings": [
            {
                "rule": f.rule,
                "weight": f.weight,
                "start": f.start,
                "end": f.end,
                "text": f.text,
                "reason": f.reason,
                "advice": f.advice,
                "source": f.source,
            }
            for f in found.findings
        ],
        "checked": list(found.checked),
        "standard": found.standard,
    }


def explain_guarded(found: Guarded) -> list[str]:
    """The findings in plain sentences, then what is always safe to say."""
    verdicts = {
        "stop": "Do not say it like this.",
        "look": "Somebody has to look at this before it is said.",
        "clear": "No rule objects. That is no approval.",
    }
    lines = [verdicts[found.verdict]]
    for f in found.findings:
        source = f" [{f.source}]" if f.source else ""
        advice = f" {f.advice}" if f.advice else ""
        lines.append(
            f"{f.weight.upper()} character {f.start + 1}: “{f.text}” ({f.rule}). {f.reason}{advice}{source}"
        )
    lines.append(f"Compared with {', '.join(found.checked)}.")
    if found.verdict != "clear" and found.standard:
        lines.append(f"Always safe: {found.standard}")
    return lines
