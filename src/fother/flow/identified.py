"""What is shown of an identification: the report for people and the machine contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from fother.flow.identify import FileIdentified
from fother.flow.library import document_text
from fother.flow.original import Original
from fother.flow.pictures import jpeg, png
from fother.flow.seeing import SeenPage, opened
from fother.model.match import Change, DocumentMatch, Genuineness, Identification, Span
from fother.registry import Registry, SightingRecord
from fother.report.crops import ComparedPage
from fother.report.identify_report import IdentifyView, render_identify_report
from fother.report.numbers import odds_words
from fother.report.sentences import count_words

_CROP_DPI = 150.0
_MOST_SENTENCES = 12


def overall(identified: Sequence[FileIdentified]) -> Genuineness:
    """The verdict over several artefacts: one altered makes all altered, unlike ones are mixed."""
    verdicts = {one.identification.verdict for one in identified}
    if "altered" in verdicts:
        return "altered"
    return verdicts.pop() if len(verdicts) == 1 else "mixed"


def report_html(
    registry: Registry,
    identified: Sequence[FileIdentified],
    sightings: Sequence[SightingRecord],
    generated_at: datetime,
    version: str,
) -> str:
    """The report as one self-contained page."""
    views = [_view(registry, one, kept) for one, kept in zip(identified, sightings, strict=True)]
    return render_identify_report(views, generated_at=generated_at, version=version)


def _view(registry: Registry, one: FileIdentified, kept: SightingRecord) -> IdentifyView:
    found, sighting = one.identification, one.file.sighting
    texts = {m.document: document_text(registry, registry.document(m.document)).text for m in found.matches}
    return IdentifyView(
        identification=found,
        leak_text=sighting.text,
        document_texts=texts,
        recognised=sighting.recognised,
        sha256=sighting.sha256,
        sighting=kept.id,
        source=kept.source,
        pages=tuple(_compared_pages(registry, one)),
        tried={
            "documents searched": len(registry.media_types()),
            "characters of text": len(sighting.text),
            "pages or pictures": len(sighting.sheets),
            "isolation": sighting.isolation,
        },
    )


def _compared_pages(registry: Registry, one: FileIdentified) -> Iterator[ComparedPage]:
    for document, seen in one.seen.items():
        if any(page.regions for page in seen):
            with opened(registry, registry.document(document)) as original:
                if original is not None:
                    yield from (_compared(original, document, page) for page in seen if page.regions)


def _compared(original: Original, document: str, page: SeenPage) -> ComparedPage:
    height, width = page.image.shape[:2]
    return ComparedPage(
        document=document,
        sheet=page.sheet,
        page=page.page,
        page_size=original.size(page.page),
        page_image=png(original.picture(page.page, _CROP_DPI)),
        sheet_image=jpeg(page.image, 2400),
        sheet_size=(float(width), float(height)),
    )


def explain_identification(found: Identification) -> list[str]:
    """An identification in plain sentences, most important first."""
    lines = [f"{found.artefact}: {found.sentence}"]
    for match in found.matches:
        lines.append(_match_sentence(match))
        if match.changes and not match.leads:
            count = count_words(len(match.changes), "place")
            lines.append(f"  The leak differs from it in {count}, but another document explains it better.")
            continue
        grave = [c for c in match.changes if c.grave]
        lines += [f"  {c.sentence}" for c in grave[:_MOST_SENTENCES]]
        if len(grave) > _MOST_SENTENCES:
            lines.append(f"  … and {len(grave) - _MOST_SENTENCES} more changes; see the report.")
        minor = len(match.changes) - len(grave)
        if minor:
            lines.append(
                f"  {count_words(minor, 'change')} of wording that carr{'y' if minor > 1 else 'ies'} no fact."
            )
        if match.regions:
            lines.append(f"  {count_words(len(match.regions), 'place')} of the picture differ from the page.")
    if found.verdict == "not-ours" and found.log10_unrelated is not None:
        lines.append(_unnoticed_sentence(found.log10_unrelated))
    return lines + list(found.notes)


def _unnoticed_sentence(log10_unnoticed: float) -> str:
    if log10_unnoticed > -0.3:
        return "Too little of it is legible to say that it shows none of the registered documents."
    return (
        "Were it a leak of a registered document in its own words, it would have gone unnoticed with a "
        f"probability of at most {odds_words(log10_unnoticed)}."
    )


def _match_sentence(match: DocumentMatch) -> str:
    pages = sorted({page for p in match.passages for page in p.pages})
    where = ""
    if pages:
        listed = ", ".join(map(str, pages[:8])) + (" …" if len(pages) > 8 else "")
        where = f", page{'s' if len(pages) > 1 else ''} {listed}"
    counted = [p for p in match.passages if not p.common]
    common = next((p.common for p in match.passages if p.common), "")
    if not counted and common:
        return f"  {match.title} ({match.document}){where}: does not count, {common}."
    return (
        f"  {match.title} ({match.document}){where}: {match.leak_covered:.0%} of the leak, "
        f"{match.document_covered:.0%} of the document; coincidence {match.coincidence:.1g}."
    )


def identification_fields(found: Identification) -> dict[str, Any]:
    """The machine contract of one artefact in `identify --json`."""
    return {
        "artefact": found.artefact,
        "verdict": found.verdict,
        "sentence": found.sentence,
        "matches": [match_fields(m) for m in found.matches],
        "changes": [change_fields(c, m.document) for m in found.matches if m.leads for c in m.changes],
        "foreign": [list(span) for span in found.foreign],
        "log10_unnoticed": found.log10_unrelated,
        "notes": list(found.notes),
    }


def match_fields(match: DocumentMatch) -> dict[str, Any]:
    """One document of `identify --json`."""
    return {
        "document": match.document,
        "title": match.title,
        "coincidence": match.coincidence,
        "verdict": match.verdict,
        "route": match.route,
        "leads": match.leads,
        "leak_covered": match.leak_covered,
        "document_covered": match.document_covered,
        "passages": [
            {
                "leak": list(p.leak),
                "document": list(p.document),
                "page": p.page,
                "pages": list(p.pages),
                "similarity": p.similarity,
                "log10_chance": p.log10_chance,
                "common": p.common,
            }
            for p in match.passages
        ],
        "changes": [change_fields(c, match.document) for c in match.changes],
        "regions": [
            {
                "kind": r.kind,
                "sheet": r.sheet + 1,
                "page": r.page + 1,
                "page_box": list(r.page_box),
                "sheet_outline": [list(corner) for corner in r.sheet_outline],
                "words": r.words,
                "score": r.score,
            }
            for r in match.regions
        ],
    }


def change_fields(change: Change, document: str) -> dict[str, Any]:
    """One change of `identify --json`."""

    def span(place: Span | None) -> list[int] | None:
        return None if place is None else list(place)

    return {
        "kind": change.kind,
        "document_text": change.document_text,
        "leak_text": change.leak_text,
        "in": document,
        "document": span(change.document),
        "leak": span(change.leak),
        "grave": change.grave,
        "confidence": change.confidence,
        "sentence": change.sentence,
    }
