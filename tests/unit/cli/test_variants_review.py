"""The review of variants by single keys."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from fother.cli.variants_review import lines_of, walk_through
from fother.flow.variants import Review, open_review, read_variants

TEXT = (
    "In order to help, the team carried out a review of the plans, the rules and the lists"
    " that apply to it.\n\n"
    "With regard to the costs, the office carried out a study, and the agency said"
    " that it was in line with them.\n"
)


@pytest.fixture
def review(tmp_path: Path) -> Review:
    path = tmp_path / "a.txt"
    path.write_text(TEXT)
    return open_review(path)


def _walk(review: Review, keys: str) -> tuple[Review, list[Review], str]:
    kept: list[Review] = []
    pressed: Iterator[str] = iter(keys)
    shown = io.StringIO()
    done = walk_through(review, "me", Console(file=shown, width=200), lambda: next(pressed), kept.append)
    return done, kept, shown.getvalue()


def _decisions(review: Review) -> list[str]:
    return [v.approve for v in review.file.variants]


def test_every_decision_is_kept_at_once(review: Review) -> None:
    assert len(review.file.variants) > 3
    done, kept, shown = _walk(review, "ynsq")
    assert _decisions(done)[:3] == ["yes", "no", "undecided"]
    assert [r.count("yes") + r.count("no") for r in kept] == [1, 2]
    assert read_variants(kept[-1].file.to_bytes(), "a") == done.file
    first = done.file.variants[0]
    assert first.by == "me"
    assert first.sentence in shown
    assert first.other in shown


def test_back_takes_a_decision_back(review: Review) -> None:
    done, _, _ = _walk(review, "yuq")
    assert set(_decisions(done)) == {"undecided"}


def test_a_family_is_shown_before_it_is_approved(review: Review) -> None:
    family = review.file.variants[0].family
    ids = [v.id for v in review.file.variants if v.family == family]
    done, _, shown = _walk(review, "ayq")
    assert [v.id for v in done.file.variants if v.approve == "yes"] == ids
    assert all(v.other in shown for v in done.file.variants if v.family == family)
    refused, _, _ = _walk(review, "anq")
    assert set(_decisions(refused)) == {"undecided"}
    rejected, _, _ = _walk(review, "Nq")
    assert [v.id for v in rejected.file.variants if v.approve == "no"] == ids


def test_unknown_keys_show_the_keys(review: Review) -> None:
    _, kept, shown = _walk(review, "?zq")
    assert kept == []
    assert shown.count("quit; everything") == 2


def test_an_interruption_is_passed_on(review: Review) -> None:
    with pytest.raises(KeyboardInterrupt):
        _walk(review, "y\x03")


def test_what_differs_is_set_off(review: Review) -> None:
    for variant in review.file.variants:
        _, now, other = lines_of(variant)
        for text, form in zip((now, other), variant.forms, strict=True):
            (span,) = text.spans
            assert text.plain[span.start : span.end] == form
