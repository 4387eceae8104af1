"""Which spaces are written with look-alikes, and which never."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fother.channels.characters import FORMS, LOSSES, MARKS, places, without
from fother.channels.text.carriers import TextCarriers
from fother.model.prose import Block, BlockKind, Fixed, Prose


def _prose(text: str, kind: BlockKind = "paragraph", fixed: tuple[Fixed, ...] = ()) -> Prose:
    return Prose(text, (Block(0, len(text), kind),), fixed)


def _dotted(text: str, kind: BlockKind = "paragraph") -> str:
    """The text with a dot for every space that may change."""
    found = {place.start for place in places(_prose(text, kind), [])}
    return "".join("·" if i in found else letter for i, letter in enumerate(text))


@pytest.mark.parametrize(
    "expected",
    [
        "we·have·met·with·them,·and·they·agreed.·The·talks·go·on",
        "l’été·dernier,·nous·avons·parlé·de·cela",
        "он·сказал,·что·придёт",
        "he·said·“we·have·time”·and·left",
        # numbers, units, dates, references
        "some 10 000 people·paid £ 5 million·on 12 March 2024 for·it",
        "about·twenty five thousand dollars·were·spent",
        "see No. 5 and·also·paragraph four·below",
        "as·in·part II of·it",
        # names, with what holds them together
        "the·President of the United States·said·so",
        "we·met·Mr. J. Smith and Ursula von der Leyen·there",
        "the·Bank of England·and·president Obama·agreed",
        "In·Paris·it·rained.·But·Smith·stayed,·The Hague·too·and·For Whom",
        "they·met·there.·IN PARIS·it·rained",
        # addresses, code, paths, references, dashes
        "write·to me@example.org or·see https://example.org/a and·wait",
        "set max_size = 5 in getValue() or /etc/passwd now·please",
        "as·Smith et al. showed,·this – or·that – holds",
        "either and/or both·are·so",
        # markings
        "the·report·is SECRET and·must·stay·here·for·now",
        "(U) The·report·is·open",
        "a·double  space·and·one",
        "la·question : est-ce·que·c’est « bon » ou·non ?",
        "我们 在 这里 见面",
        "سلام دنیا چطور هستید",
    ],
)
def test_spaces_between_plain_words_only(expected: str) -> None:
    assert _dotted(expected.replace("·", " ")) == expected


@pytest.mark.parametrize(
    "line",
    [
        "SECRET//NOFORN",
        "TOP SECRET AND MORE",
        "Company confidential, for named readers only",
        "AGENDA ITEM LIST",
    ],
)
def test_markings_and_capitals_keep_their_spaces(line: str) -> None:
    text = f"{line}\nthis is a sentence"
    assert _dotted(text) == f"{line}\nthis·is·a·sentence"


@pytest.mark.parametrize("kind", ["heading", "header", "footer", "subject"])
def test_headings_and_subjects_are_left_alone(kind: BlockKind) -> None:
    assert places(_prose("what we have found so far", kind), []) == []


def test_fixed_and_taken_stretches_are_kept_and_may_be_touched() -> None:
    text = "we begin to see that it is so"
    prose = _prose(text, fixed=(Fixed(3, 11, "code"),))
    found = {place.start for place in places(prose, [(16, 20)])}
    assert found == {2, 11, 15, 20, 23, 26}


def test_blocks_are_numbered_and_their_edges_kept() -> None:
    text = " we see\nthis goes "
    prose = Prose(text, (Block(0, 7), Block(8, 18)))
    assert [(place.start, place.block) for place in places(prose, [])] == [(3, 0), (12, 1)]


def test_forms_are_a_space_with_marks_behind_it() -> None:
    assert FORMS[0] == " "
    assert len(set(FORMS)) == len(FORMS) == 32
    for number, form in enumerate(FORMS):
        assert form[0] == (" ", "\u2008")[number >> 4]
        for mark in MARKS[:2]:
            count = sum((number >> symbol & 1) << k for k, symbol in enumerate(mark.symbols))
            assert form.count(mark.character) == count
        assert len(form) == 1 + (number & 3) + (number >> 2 & 3)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_takes_its_symbols_and_leaves_the_others(loss: str) -> None:
    gone = {symbol for mark in MARKS if loss in mark.lost_in for symbol in mark.symbols}
    for number, form in enumerate(FORMS):
        kept = sum(1 << symbol for symbol in range(5) if number >> symbol & 1 and symbol not in gone)
        assert without(form, loss) == FORMS[kept]


def test_losses_are_what_programs_do() -> None:
    for form in FORMS:
        assert unicodedata.normalize("NFKC", form) == without(form, "white space")
        assert re.sub(r"\s+", " ", form) == without(form, "white space")
        assert re.sub("[\u200b-\u200d\ufeff]", "", form) == without(form, "zero width")
    with pytest.raises(KeyError):
        without(" ", "nothing")


_PIECE = st.sampled_from(
    ["we", "see", "it", "a", "Smith", "of", "10", "No.", "x@y", "–", "", "\n", "(U)", "end."]
)


@given(st.lists(_PIECE, max_size=40), st.data())
def test_every_copy_says_the_same_words(pieces: list[str], data: st.DataObject) -> None:
    text = " ".join(pieces)
    carriers = TextCarriers(text, tuple(places(_prose(text), [])))
    symbols = np.array(
        data.draw(st.lists(st.integers(0, 1), min_size=carriers.count, max_size=carriers.count)), np.uint8
    )
    copy = carriers.rendered(symbols, 1.5)
    bare = "".join(letter for letter in copy if unicodedata.category(letter) != "Cf")
    assert unicodedata.normalize("NFKC", bare) == unicodedata.normalize("NFKC", text)
    assert TextCarriers.from_bytes(carriers.to_bytes()) == carriers
