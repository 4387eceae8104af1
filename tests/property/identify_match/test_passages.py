"""Every passage of a document matches it; random text matches nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fother.identify.match import Source, match_text
from fother.model.match import Hit


def words(seed: int, count: int) -> str:
    rng = np.random.default_rng(seed)
    return " ".join(
        "".join(chr(97 + int(letter)) for letter in rng.integers(0, 26, int(size)))
        for size in rng.integers(2, 10, count)
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 150), st.integers(20, 120))
def test_a_passage_matches_its_document(seed: int, first: int, count: int) -> None:
    text = words(seed, 300)
    leak = " ".join(text.split()[first : first + count])
    start = text.index(leak)
    hits = [Hit("D", (0, len(leak)), max(0, start - 150), 1.0, "words")]
    (match,) = match_text(leak, hits, lambda name: Source(name, "", text), registry_characters=10**7)
    (passage,) = match.passages
    assert passage.similarity == 1.0
    assert passage.leak == (0, len(leak))
    assert passage.document == (start, start + len(leak))
    assert match.leak_covered == 1.0
    assert abs(match.document_covered - count / 300) < 1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_text_of_nobody_matches_nothing(seed: int) -> None:
    leak, text = words(seed, 80), words(seed + 10**7, 300)
    hits = [Hit("D", (0, len(leak)), 0, 1.0, "words")]
    assert match_text(leak, hits, lambda name: Source(name, "", text), registry_characters=10**7) == []
