"""The gold set: every place verbatim, and the rules not below what they reached (bench/press_gold.py)."""

from __future__ import annotations

import pytest
from gold_set import NAMES, GoldReport, Said, gold, matched, same_speaker, second

from fother.language.names import packaged_names, read_names
from fother.model.press import Extraction
from fother.press.extract import extract


@pytest.fixture(scope="module")
def found() -> list[tuple[GoldReport, Extraction]]:
    names = packaged_names().with_own(read_names(NAMES))
    return [(r, extract(r.text, outlet=r.outlet, published=r.published, names=names)) for r in gold()]


def test_the_set_is_large_and_a_third_is_kept_for_testing() -> None:
    reports = gold()
    assert len(reports) >= 60
    assert 3 * len(gold("test")) >= len(reports)
    assert len({r.id for r in reports}) == len(reports)


def test_the_second_annotation_covers_the_set_and_agrees() -> None:
    again = second()
    pairs = [pair for r in gold() for pair in matched(again[r.id], r.statements)]
    assert len(pairs) >= 0.95 * sum(len(r.statements) for r in gold())
    assert sum(f.stance == w.stance for f, w in pairs) >= 0.85 * len(pairs)


def test_every_place_is_verbatim(found: list[tuple[GoldReport, Extraction]]) -> None:
    count = 0
    for report, one in found:
        spans = [s.speaker.span for s in one.statements] + [c for s in one.statements for c in s.content]
        spans += [m for d in one.documents for m in (*d.mentions, *d.alleged_content)]
        spans += [m for p in one.parties for m in p.mentions] + [e.span for e in one.events]
        for span in spans:
            assert 0 <= span.start < span.end <= len(report.text)
            assert span.of(report.text) == span.of(report.text).strip()
        count += len(spans)
    assert count > 500


def test_the_rules_find_what_they_found(found: list[tuple[GoldReport, Extraction]]) -> None:
    right = wanted = told = speakers = stances = 0
    for report, one in found:
        said = [
            Said(
                (s.speaker.span.start, s.speaker.span.end),
                s.speaker.kind,
                s.stance,
                s.mode,
                tuple((c.start, c.end) for c in s.content),
                s.chain[1:],
                s.speaker.name or s.chain[-1],
            )
            for s in one.statements
        ]
        pairs = matched(said, report.statements)
        right, told, wanted = right + len(pairs), told + len(said), wanted + len(report.statements)
        speakers += sum(same_speaker(f, w) for f, w in pairs)
        stances += sum(f.stance == w.stance for f, w in pairs)
    assert right >= 0.90 * wanted
    assert right >= 0.90 * told
    assert speakers >= 0.93 * right
    assert stances >= 0.92 * right
