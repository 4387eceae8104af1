"""Whatever the text, folding and hashing keep their promises."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fother.identify.fingerprints import Hasher
from fother.identify.folding import fold

HASHER = Hasher.of(b"a secret")
ANY = st.text(st.characters(), max_size=200)


@given(ANY, st.booleans())
@settings(max_examples=200, deadline=None)
def test_offsets_grow_and_stay_inside(text: str, shapes: bool) -> None:
    folded = fold(text, shapes=shapes)
    assert len(folded.offset) == len(folded.word_start) == len(folded)
    assert (np.diff(folded.offset) >= 0).all()
    assert all(0 <= offset < len(text) for offset in folded.offset.tolist())
    assert not folded.word_start.any() or folded.word_start[0]


@given(ANY)
@settings(max_examples=200, deadline=None)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = "".join(map(chr, fold(text).characters.tolist()))
    assert "".join(map(chr, fold(once).characters.tolist())) == once


@given(ANY, ANY)
@settings(max_examples=200, deadline=None)
def test_fingerprints_of_a_part_are_those_of_the_whole(before: str, text: str) -> None:
    alone = HASHER.fingerprints(text)
    whole = HASHER.fingerprints(before + " " + text)
    tail = list(zip(whole.hash.tolist(), (whole.offset - len(before) - 1).tolist(), strict=True))
    own = list(zip(alone.hash.tolist(), alone.offset.tolist(), strict=True))
    assert tail[len(tail) - len(own) :] == own


@given(ANY)
@settings(max_examples=200, deadline=None)
def test_tokens_are_stretches_of_the_text_in_order(text: str) -> None:
    tokens = HASHER.tokens(text)
    assert (np.diff(tokens.offset) >= 0).all()
    assert (tokens.end > tokens.offset).all()
    assert (tokens.end <= len(text)).all()
