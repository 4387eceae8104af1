"""Reading marks in any text: never an error, never a place of clean text misread, bounded time."""

from __future__ import annotations

import re
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fother.channels import characters
from fother.channels.text.carriers import Place, TextCarriers
from fother.channels.text.letters import flat, flatten
from fother.channels.text.observe import observe
from fother.codes.code import FingerprintingCode
from fother.codes.decoder import decode
from fother.model.prose import Block, Prose

NOUNS = (
    "harbour",
    "budget",
    "treaty",
    "meeting",
    "village",
    "railway",
    "library",
    "garden",
    "museum",
    "river",
)
VERBS = ("crossed", "welcomed", "rejected", "examined", "discussed", "repaired", "visited", "described")
WORDINGS = (("do not", "don't"), ("begin", "start"), ("at once", "immediately"), ("said that", "said"))


def _document(seed: int, sentences: int = 60) -> TextCarriers:
    rng = np.random.default_rng(seed)
    said, places, at = "", [], 0
    for number in range(sentences):
        verb, *nouns = rng.choice(VERBS), *rng.choice(NOUNS, 4)
        forms = WORDINGS[int(rng.integers(len(WORDINGS)))]
        forms = forms if rng.random() < 0.5 else forms[::-1]
        start = f"the {nouns[0]} {verb} some {nouns[1]} and "
        end = f" near the {nouns[2]} of {int(rng.integers(100, 999))} by the {nouns[3]}. "
        at = len(said) + len(start)
        said += start + forms[0] + end
        places.append(Place(at, at + len(forms[0]), forms, "wording", "pair", number // 5))
    prose = Prose(said, (Block(0, len(said)),))
    places += characters.places(prose, [(p.start, p.end) for p in places])
    return TextCarriers(said, tuple(sorted(places, key=lambda p: p.start)))


CARRIERS = _document(1)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 3000), st.integers(60, 3000))
@example(63978, 1809, 63)  # another part of the document explains it a little better, but for its end
def test_clean_excerpts_are_read_as_written(seed: int, start: int, length: int) -> None:
    symbols = np.random.default_rng(seed).integers(0, 2, CARRIERS.count, dtype=np.uint8)
    copy = CARRIERS.rendered(symbols)
    reading = observe(CARRIERS, copy[start : start + length])
    if reading is None:
        assert length < 80 or start > len(copy) - 80
        return
    seen = reading.observations
    assert np.array_equal(seen.value > 0, symbols[seen.position] == 1)
    spaces = len(re.findall(r"[ \u2008]", copy[start : start + length]))
    assert len(reading.sites) >= spaces / 2


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400), st.integers(0, 2000), st.integers(0, 300), st.booleans())
def test_no_text_is_an_error(strange: str, start: int, length: int, recognised: bool) -> None:
    leak = strange + CARRIERS.plain[start : start + length] + strange
    reading = observe(CARRIERS, leak, recognised=recognised)
    if reading is not None:
        assert all(0 <= low <= high <= len(leak) for low, high in (site.leak for site in reading.sites))
        assert np.isfinite(reading.observations.value).all()
        assert np.all(reading.observations.likelihood([0, 1]) >= 1e-3)


@given(st.text())
def test_the_flat_view_knows_where_its_characters_stand(text: str) -> None:
    view = flatten(text)
    assert len(view.text) == len(view.source)
    assert np.all(np.diff(view.source) >= 0)
    assert "  " not in view.text
    if "\n" not in text and "\r" not in text:
        assert view.text.strip() == flat(text)
    for character, at in zip(view.text, view.source.tolist(), strict=True):
        assert character == " " or character in flat(text[at])


@settings(max_examples=30, deadline=None)
@given(st.text("ab\n -.", min_size=1, max_size=300), st.text("ab\n -.", max_size=300))
def test_documents_of_few_letters_are_read_too(said: str, leak: str) -> None:
    places = tuple(Place(k, k + 1, (said[k], "ba"), "wording", "pair", 0) for k in range(0, len(said), 9))
    observe(TextCarriers(said, places), leak + said)


@pytest.mark.parametrize(
    "hostile", ["a", "the harbour ", "a-\n", "-\n\n ", "e\u0301", "\u0301", "\0\ud800", "\ufdfa"]
)
def test_long_monotonous_texts_take_no_longer_than_others(hostile: str) -> None:
    started = time.process_time()
    observe(CARRIERS, hostile * (300_000 // len(hostile)))
    observe(CARRIERS, CARRIERS.plain[:40] + hostile * (100_000 // len(hostile)) + CARRIERS.plain[:40])
    assert time.process_time() - started < 20  # a quadratic step would take hours


def test_a_document_repeated_endlessly_is_not_read_endlessly() -> None:
    reading = observe(CARRIERS, CARRIERS.plain * 100)
    assert reading is not None
    assert len(reading.sites) < 4 * len(CARRIERS.places)


def test_innocents_are_named_no_more_often_than_promised() -> None:
    """Texts of copies under another key, damaged: at alpha = 0.2 at most a fifth may name somebody."""
    rng = np.random.default_rng(5)
    words = TextCarriers(CARRIERS.text, tuple(p for p in CARRIERS.places if p.channel == "wording"))
    code = FingerprintingCode(bytes(range(32)), words.count, 3, words.even)
    accused = 0
    for _ in range(60):
        text = list(words.rendered(rng.integers(0, 2, words.count, dtype=np.uint8))[:1500])
        for at in rng.integers(0, len(text), 40).tolist():
            text[at] = "xe o"[int(rng.integers(4))]
        reading = observe(words, "".join(text))
        assert reading is not None
        accused += bool(decode(code, 20, reading.observations, alpha=0.2).named)
    assert accused <= 20  # 12 expected at most; above 20 has probability 0.8 %
