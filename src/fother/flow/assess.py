"""Assess: leaked text → passages with markings → parties → severity; several leaks → combinations; access."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fother.assess.access import AccessCount, AccessRow, count_access, read_access
from fother.assess.exposure import (
    Combination,
    Leak,
    Party,
    Rubric,
    Weighed,
    combinations,
    default_rubric,
    find_parties,
    load_rubric,
    weigh,
)
from fother.assess.exposure.rubric import Passage
from fother.assess.markings import Conflict, Marking, RollUp, find_markings, load_schemes, roll_up
from fother.assess.markings.check import check_text, portions_of
from fother.assess.markings.find import paragraphs
from fother.assess.markings.own import OwnScheme
from fother.assess.markings.rollup import lift, resolve
from fother.assess.markings.vocabulary import rank
from fother.errors import InputFileError
from fother.flow.drafts import read_draft
from fother.flow.library import document_text
from fother.flow.progress import Progress, Silent
from fother.registry import IdentificationRecord, Registry, SightingRecord

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Source:
    """One leaked text: `passages` are the stretches that count; of a text that shows no registered document
    all.

    `marked` are markings of documents for stretches of this text, for a leak often shows none of its own.
    """

    id: str
    name: str
    text: str
    passages: Spans
    marked: tuple[tuple[tuple[int, int], Marking], ...] = ()


@dataclass(frozen=True)
class Assessed:
    """One leaked text with what it gives away."""

    source: Source
    weighed: tuple[Weighed, ...]
    facts: tuple[Any, ...]  #: methods, figures, dates (`Exposed`)
    excerpt: RollUp
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True)
class Assessment:
    """All leaks that were looked at, what they give away together, and who had access."""

    leaks: tuple[Assessed, ...]
    together: tuple[Combination, ...]
    access: tuple[AccessCount, ...]


@dataclass(frozen=True)
class Means:
    """What an assessment is made with."""

    rubric: Rubric
    schemes: tuple[OwnScheme, ...] = ()
    parties: tuple[Party, ...] = ()
    access: tuple[AccessRow, ...] = ()


def means(
    registry: Registry | None,
    rubric: Path | None = None,
    labels: Path | None = None,
    access: Sequence[Path] = (),
    case: str | None = None,
) -> Means:
    """Rubric, labels, access lists and the register of parties. Raises InputFileError, MarkingError,
    RecipientListError, NotFoundError."""
    rows = [row for path in access for row in read_access(_bytes(path), path.name)]
    if registry is not None and case is not None:
        rows += _kept_access(registry, registry.item(case).id)
    return Means(
        load_rubric(rubric) if rubric else default_rubric(),
        load_schemes(labels) if labels else (),
        register_of_parties(registry) if registry is not None else (),
        tuple(rows),
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputFileError(f"{path} cannot be read ({error.strerror}).") from None


def _kept_access(registry: Registry, case: str) -> list[AccessRow]:
    return [
        AccessRow(str(who), str(item.body.get("document", "")))
        for item in registry.items("access", case=case)
        for who in item.body.get("who", ())
    ]


def register_of_parties(registry: Registry) -> tuple[Party, ...]:
    """The organisation's own parties."""
    kinds = {"organisation", "country", "person", "programme", "place"}
    return tuple(
        Party(
            item.id,
            str(item.body["name"]),
            item.body["kind"] if item.body.get("kind") in kinds else "organisation",
            tuple(map(str, item.body.get("aliases", ()))),
            tuple(map(str, item.body.get("groups", ()))),
            str(item.body.get("code", "")),
            bool(item.body.get("equity_holder", False)),
        )
        for item in registry.items("party")
        if str(item.body.get("name", "")).strip()
    )


def assess(
    registry: Registry | None, references: Sequence[str], how: Means, progress: Progress | None = None
) -> Assessment:
    """Assess identifications (M-…), sightings (L-…) or files, as leaks of one case.

    Of an identification only the passages that show a registered document are assessed, with the markings
    that the document has there. Raises NotFoundError, InputFileError, PasswordError, SandboxError,
    RegistryError.
    """
    listener = progress or Silent()
    listener.stage("Reading the leaks", len(references))
    sources: list[Source] = []
    shown: dict[str, set[int]] = {}
    for reference in references:
        found = _sources(registry, reference, how, listener)
        sources += found[0]
        for document, pages in found[1].items():
            shown.setdefault(document, set()).update(pages)
        listener.step()
    leaks = tuple(_assess(source, how) for source in sources)
    together = combinations([_leak(one) for one in leaks], how.rubric)
    access = tuple(_access(registry, d, pages, how) for d, pages in shown.items()) if registry else ()
    return Assessment(leaks, together, access)


def _sources(
    registry: Registry | None, reference: str, how: Means, progress: Progress
) -> tuple[list[Source], Mapping[str, set[int]]]:
    if registry is not None and not Path(reference).exists():
        record = registry.show(reference)
        if isinstance(record, IdentificationRecord):
            return _identified(registry, record, how)
        if isinstance(record, SightingRecord):
            text = registry.sighting_text(record).text
            return [Source(record.id, record.name, text, ((0, len(text)),))], {}
        raise InputFileError(f"{reference} is neither an identification, a sighting nor a file.")
    text = read_draft(Path(reference), progress)
    return [Source(Path(reference).name, Path(reference).name, text, ((0, len(text)),))], {}


def _identified(
    registry: Registry, record: IdentificationRecord, how: Means
) -> tuple[list[Source], Mapping[str, set[int]]]:
    sources = []
    pages: dict[str, set[int]] = {}
    texts: dict[str, str] = {}
    for artefact, part in zip(record.artefacts, record.result["artefacts"], strict=True):
        if artefact.sighting is None or registry.sighting(artefact.sighting).text is None:
            continue
        text = registry.sighting_text(registry.sighting(artefact.sighting)).text
        spans: list[tuple[int, int]] = []
        marked: list[tuple[tuple[int, int], Marking]] = []
        for match in part["matches"]:
            if match["verdict"] == "not-ours":
                continue
            document = registry.document(match["document"])
            pages.setdefault(document.id, set()).update(p["page"] for p in match["passages"] if p["page"])
            whole = texts.setdefault(document.id, document_text(registry, document).text)
            for passage in match["passages"]:
                leak = (passage["leak"][0], passage["leak"][1])
                spans.append(leak)
                marked += [(leak, m) for m in markings_at(whole, passage["document"], how.schemes)]
        used = tuple(sorted(spans)) or ((0, len(text)),)
        sources.append(Source(artefact.sighting, artefact.name, text, used, tuple(marked)))
    return sources, pages


def markings_at(text: str, span: Sequence[int], schemes: Sequence[OwnScheme] = ()) -> list[Marking]:
    """The portion marks of the paragraphs that a stretch of a document touches, or else its banner."""
    banner = next((f.marking for f in find_markings(text, schemes) if f.place == "banner"), None)
    touched = [p for p in paragraphs(text, schemes) if p.start < span[1] and span[0] < p.end]
    marked = [resolve(p.portion.marking, banner) for p in touched if p.portion]
    return marked or ([banner] if banner else [])


def _assess(source: Source, how: Means) -> Assessed:
    found = find_markings(source.text, how.schemes)
    exposed = find_parties(source.text, how.parties, markings=[(f.start, f.end) for f in found])
    inside = [e for e in exposed if any(_touches((m.start, m.end), source.passages) for m in e.mentions)]
    marked = _marked(source, how.schemes)
    passages = [_passage(span, marking, how.schemes) for span, marking in marked]
    weighed = weigh(source.text, inside, how.rubric, passages, how.parties)
    excerpt = roll_up([marking for _, marking in marked], schemes=how.schemes)
    facts = tuple(e for e in inside if e.kind in ("method", "figure", "date"))
    return Assessed(source, weighed, facts, excerpt, check_text(source.text, how.schemes))


def _touches(span: tuple[int, int], spans: Spans) -> bool:
    return any(start < span[1] and span[0] < end for start, end in spans)


def _marked(source: Source, schemes: Sequence[OwnScheme]) -> list[tuple[tuple[int, int], Marking]]:
    """Markings for stretches of the leak: the documents' and the leak's own."""
    found = find_markings(source.text, schemes)
    own = dict(portions_of(found))
    portions = {f.start: m for f, m in own.items()}
    marked = list(source.marked)
    for paragraph in paragraphs(source.text, schemes):
        if paragraph.portion and _touches((paragraph.start, paragraph.end), source.passages):
            marking = portions.get(paragraph.portion.start, paragraph.portion.marking)
            marked.append(((paragraph.start, paragraph.end), marking))
    banner = next((f.marking for f in found if f.place == "banner"), None)
    if banner is not None and not marked:
        marked.append(((0, len(source.text)), banner))
    return marked


def _passage(span: tuple[int, int], marking: Marking, schemes: Sequence[OwnScheme]) -> Passage:
    own = next((s for s in schemes if s.name == marking.system), None)
    place = own.rank(marking.level) if own else rank(marking.system, marking.level)
    return Passage(span[0], span[1], place or 0, lift(marking, schemes=schemes).audience)


def _leak(one: Assessed) -> Leak:
    ranks = [r for m in one.excerpt.markings if (r := rank(m.system, m.level)) is not None]
    exposed = tuple(w.exposed for w in one.weighed) + one.facts
    return Leak(one.source.id, one.source.text, exposed, one.weighed, max(ranks, default=0))


def _access(registry: Registry, document: str, pages: Iterable[int], how: Means) -> AccessCount:
    entry = registry.document(document)
    copies = sum(copy.state == "issued" for copy in registry.copies(document))
    return count_access(document, entry.title, copies, how.access, sorted(pages))


def assessment_fields(found: Assessment) -> dict[str, Any]:
    """The machine contract of `assess --json`; places count code points of the leak's text."""
    return {
        "leaks": [_leak_fields(one) for one in found.leaks],
        "together": [
            {
                "kind": c.kind,
                "name": c.name,
                "leaks": list(c.leaks),
                "alone": c.alone,
                "together": c.together,
                "sentence": c.sentence,
            }
            for c in found.together
        ],
        "access": [
            {
                "document": a.document,
                "title": a.title,
                "copies": a.copies,
                "listed": a.listed,
                "listed_passage": a.listed_passage,
                "pages": list(a.pages),
            }
            for a in found.access
        ],
    }


def _leak_fields(one: Assessed) -> dict[str, Any]:
    text = one.source.text
    return {
        "source": one.source.id,
        "name": one.source.name,
        "passages": [list(span) for span in one.source.passages],
        "marking": one.excerpt.banner,
        "conflicts": [
            {"rule": c.rule, "sentence": c.sentence, "start": c.start, "end": c.end} for c in one.conflicts
        ],
        "parties": [
            {
                **_exposed_fields(w.exposed),
                "severity": w.severity,
                "points": w.points,
                "reasons": list(w.reasons),
                "passage": {"start": w.place[0], "end": w.place[1], "text": text[w.place[0] : w.place[1]]},
            }
            for w in one.weighed
        ],
        "facts": [_exposed_fields(e) for e in one.facts],
    }


def _exposed_fields(exposed: Any) -> dict[str, Any]:
    return {
        "kind": exposed.kind,
        "name": exposed.name,
        "code": exposed.code,
        "party": exposed.party,
        "mentions": [
            {"start": m.start, "end": m.end, "text": m.text, "rule": m.rule, "confidence": m.confidence}
            for m in exposed.mentions
        ],
    }


def explain_assessment(found: Assessment) -> list[str]:
    """An assessment in plain sentences, worst first."""
    lines = []
    for one in found.leaks:
        marked = f", marked {one.excerpt.banner}" if one.excerpt.banner else ", without a marking"
        lines.append(f"{one.source.id} {one.source.name}{marked}: {len(one.weighed)} parties.")
        for w in one.weighed:
            code = f" ({w.exposed.code})" if w.exposed.code else ""
            lines.append(f"  {w.severity:8} {w.exposed.kind} {w.exposed.name}{code}: {', '.join(w.reasons)}.")
        methods = sorted({e.name for e in one.facts if e.kind == "method"})
        if methods:
            lines.append(f"  Sources and methods hinted at: {', '.join(methods)}.")
        lines += [f"  Marking, character {c.start + 1}: {c.sentence}" for c in one.conflicts]
    lines += [f"Together: {c.sentence}" for c in found.together]
    for a in found.access:
        lines.append(
            f"Access to {a.title} ({a.document}): {a.copies} copies issued, {a.listed} listed persons; "
            f"to what leaked: {a.copies} copies, {a.listed_passage} listed."
        )
    lines.append("These are proposals by rules; confirm, correct and add with fother exposure.")
    return lines
