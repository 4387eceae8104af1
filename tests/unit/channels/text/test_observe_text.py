"""Places of a document read in a leaked text: clean, damaged, quoted, doubled, flattened, and not there."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest
from wordy import carriers, symbols, text

from fother.channels import characters
from fother.channels.text.carriers import Place, TextCarriers
from fother.channels.text.observe import TextReading, observe
from fother.model.prose import Block, Prose

DOCUMENT = text(120, 1)
WORDINGS = carriers(DOCUMENT)
BOTH = carriers(DOCUMENT, with_characters=True)
SYMBOLS, ALL_SYMBOLS = symbols(WORDINGS, 2), symbols(BOTH, 3)
COPY, FULL_COPY = WORDINGS.rendered(SYMBOLS), BOTH.rendered(ALL_SYMBOLS)


def read(
    leak: str, of: TextCarriers = WORDINGS, recognised: bool = False, strength: float = 1.0
) -> TextReading:
    reading = observe(of, leak, recognised=recognised, strength=strength)
    assert reading is not None
    return reading


def wrong(reading: TextReading, truth: np.ndarray) -> int:
    """Symbols read as what they are not."""
    seen = reading.observations
    return int(np.count_nonzero((seen.value > 0) != truth[seen.position]))


def expected(carriers: TextCarriers, copy_text: str, leak: str) -> int:
    """Wordings of a copy that stand at least 20 characters within a leak that is part of it."""
    low = copy_text.index(leak) + 20
    shift = count = 0
    symbol = SYMBOLS.tolist()
    for place, form in zip(carriers.places, symbol, strict=True):
        start = place.start + shift
        shift += len(place.forms[form]) - (place.end - place.start)
        count += low <= start and start + len(place.forms[form]) <= low + len(leak) - 40
    return count


def test_a_whole_copy_shows_every_place() -> None:
    reading = read(COPY)
    assert len(reading.observations) == WORDINGS.count
    assert wrong(reading, SYMBOLS) == 0
    assert all(site.form == SYMBOLS[site.place] for site in reading.sites if site.form is not None)
    assert reading.flattened == ()
    assert reading.error < 0.002


def test_the_unmarked_original_shows_its_own_forms() -> None:
    reading = read(DOCUMENT)
    assert {site.form for site in reading.sites} == {0}


@pytest.mark.parametrize("start", [0, 333, 2000, 4321])
def test_an_excerpt_shows_the_places_in_it(start: int) -> None:
    leak = COPY[start : start + 1200]
    reading = read(leak)
    assert len(reading.observations) >= expected(WORDINGS, COPY, leak) > 3
    assert wrong(reading, SYMBOLS) == 0


def test_a_pasted_hundred_characters_show_nearly_all_their_spaces() -> None:
    start = FULL_COPY.index("The", 1500)
    leak = FULL_COPY[start : start + 130]
    reading = read(leak, BOTH)
    assert wrong(reading, ALL_SYMBOLS) == 0
    spaces = sum(c in " \u2008" for c in leak)
    assert len([s for s in reading.sites if s.channel == "characters"]) >= spaces - 4
    assert len(reading.observations) > 2 * spaces


def test_another_text_shows_nothing() -> None:
    assert (
        observe(WORDINGS, "The weather will stay cold until the weekend, with rain along the coast.") is None
    )
    assert observe(WORDINGS, "") is None
    assert observe(TextCarriers("", ()), COPY) is None


@pytest.mark.parametrize(
    "damage",
    [
        str.upper,
        lambda said: said.replace(" ", "  "),
        lambda said: said.replace("\n", "\n\n"),
        lambda said: said.replace("'", "’").replace("-", "–"),
        lambda said: unicodedata.normalize("NFKD", said),
        lambda said: said.replace("mm", "m-\nm"),
        lambda said: said.replace(" of ", " o f "),
        lambda said: " ".join(said.split(" ")[::1]).replace("the ", "the"),
        lambda said: said.replace("near", "naer").replace("paragraph", "paragrph"),
    ],
    ids=["case", "doubled", "blank lines", "quotes", "NFKD", "divided", "split", "joined", "typing errors"],
)
def test_common_damage_costs_no_place(damage) -> None:  # type: ignore[no-untyped-def]
    leak = COPY[1000:4000]
    whole, damaged = read(leak), read(damage(leak))
    assert len(damaged.observations) >= len(whole.observations) - 1
    assert wrong(damaged, SYMBOLS) == 0


def test_quotes_in_any_order_between_words_of_others() -> None:
    quotes = COPY[5000:5700], COPY[200:900], COPY[3000:3600]
    said = 'A spokesman had this to say on number {}: "{}". More next week.'
    article = "\n".join(said.format(k, quote) for k, quote in enumerate(quotes))
    reading = read(article)
    assert len(reading.passages) >= 3
    assert wrong(reading, SYMBOLS) == 0
    assert len(reading.observations) >= sum(expected(WORDINGS, COPY, quote) for quote in quotes)
    for quote in quotes:
        start = article.index(quote)
        assert any(abs(low - start) < 20 for low, _ in reading.passages)


def test_a_third_wording_is_an_erasure() -> None:
    place = next(p for p in WORDINGS.places if set(p.forms) == {"begin", "start"} and p.start > 500)
    number = WORDINGS.places.index(place)
    leak = DOCUMENT[place.start - 300 : place.start] + "commence" + DOCUMENT[place.end : place.end + 300]
    reading = read(leak)
    assert WORDINGS.first_column[number] not in reading.observations.position
    assert [site.form for site in reading.sites if site.place == number] == [None]


def test_a_sentence_said_twice_in_the_document_is_told_by_its_neighbours_or_not_at_all() -> None:
    sentence = "When they begin the survey of the western harbour, all boats will leave."
    said = "\n".join(
        [text(12, 5), sentence + " One more remark on trees.", text(12, 6), sentence + " Nothing else."]
    )
    doubled = carriers(said)
    truth = symbols(doubled, 7)
    first, second = (
        k for k, p in enumerate(doubled.places) if said[p.start - 5 : p.start + 9] == "they begin the"
    )
    alone = read(sentence, doubled)
    assert not {first, second} & set(alone.observations.position.tolist())
    truth[first], truth[second] = 1, 0
    told = read(sentence.replace("begin", "start") + " One more remark on trees.", doubled)
    assert first in told.observations.position
    assert second not in told.observations.position
    assert wrong(told, truth) == 0


def test_twins_are_one_place() -> None:
    half = text(12, 8)
    ours = carriers(half)
    shift = len(half) + 1
    twins = TextCarriers(
        half + "\n" + half,
        tuple(
            Place(p.start, p.end, p.forms, p.channel, p.family, p.block, ((p.start + shift, p.end + shift),))
            for p in ours.places
        ),
    )
    truth = symbols(twins, 9)
    copy = twins.rendered(truth)
    for leak in (copy, copy[: len(copy) // 2], copy[len(copy) // 2 :]):
        reading = read(leak, twins)
        assert wrong(reading, truth) == 0
        assert len(reading.observations) >= len(twins.places) - 1


def test_a_text_saved_without_look_alikes_says_nothing_by_them() -> None:
    leak = unicodedata.normalize("NFKC", FULL_COPY[:4000])
    for mark in "\u200c\u200d":
        leak = leak.replace(mark, "")
    reading = read(leak, BOTH)
    dead = {(kind.channel, kind.symbol) for kind in reading.flattened}
    assert dead == {("characters", symbol) for symbol in range(4)}
    wordings = {int(BOTH.first_column[k]) for k, p in enumerate(BOTH.places) if p.channel == "wording"}
    assert set(reading.observations.position.tolist()) <= wordings
    assert wrong(reading, ALL_SYMBOLS) == 0
    assert len(reading.observations) > 10


def test_one_mark_flattened_leaves_the_others() -> None:
    reading = read(FULL_COPY[:1500].replace("\u200c", ""), BOTH)
    assert [(kind.channel, kind.symbol) for kind in reading.flattened] == [
        ("characters", 0),
        ("characters", 1),
    ]
    assert wrong(reading, ALL_SYMBOLS) == 0
    assert len(reading.observations) > 200


def test_a_break_of_line_hides_the_space_but_not_what_stands_beside_it() -> None:
    leak = BOTH.rendered(ALL_SYMBOLS, 1.5)[:1200].replace(" ", "\n").replace("\u2008", "\n")
    reading = read(leak, BOTH, strength=1.5)
    assert wrong(reading, ALL_SYMBOLS) == 0
    of_space = {int(BOTH.first_column[k]) + 4 for k, p in enumerate(BOTH.places) if p.channel == "characters"}
    assert not of_space & set(reading.observations.position.tolist())
    assert len(reading.observations) > 100


def test_recognised_text_shows_wordings_only() -> None:
    reading = read(FULL_COPY[:4000], BOTH, recognised=True)
    assert {site.channel for site in reading.sites} == {"wording"}
    assert len(reading.observations) > 10


def test_a_place_quoted_twice_counts_once_and_not_at_all_where_the_quotes_differ() -> None:
    leak, other = ("\n".join(said.split("\n")[3:6]) for said in (COPY, WORDINGS.rendered(1 - SYMBOLS)))
    once, twice = read(leak), read(leak + "\n\nAgain in full:\n\n" + leak)
    assert np.array_equal(once.observations.position, twice.observations.position)
    assert np.all(twice.observations.separation <= 20.0)
    assert len(read(leak + "\n\nThe other one:\n\n" + other).observations) < len(once.observations) / 3


def test_forms_are_treated_alike() -> None:
    """Which form the original has changes nothing: exchanged forms read the exchanged symbols."""
    exchanged = TextCarriers(
        COPY_OF_ALL_ONES,
        tuple(
            Place(start, start + len(p.forms[1]), (p.forms[1], p.forms[0]), p.channel, p.family, p.block)
            for p, start in zip(WORDINGS.places, _starts(WORDINGS), strict=True)
        ),
    )
    leak = COPY[700:5000].replace("paragraph", "pargraph").replace("begin", "commence")
    ours, theirs = read(leak).observations, read(leak, exchanged).observations
    assert np.array_equal(ours.position, theirs.position)
    assert np.allclose(ours.value, -theirs.value)


COPY_OF_ALL_ONES = WORDINGS.rendered(np.ones(WORDINGS.count, np.uint8))


def _starts(of: TextCarriers) -> list[int]:
    """Where the places stand when all show form 1."""
    starts, shift = [], 0
    for place in of.places:
        starts.append(place.start + shift)
        shift += len(place.forms[1]) - (place.end - place.start)
    return starts


def test_a_form_with_more_letters_is_not_taken_for_the_beginning_of_the_next_word() -> None:
    said = "\n".join(
        f"In village {k} the elders know they will have to wait for report {k * 37}, and they know the price."
        for k in range(12)
    )
    spans = [found.span() for found in re.finditer(r"know(?= the)", said)]
    places = [Place(*span, ("know", "know that"), "wording", "that", 0) for span in spans]
    prose = Prose(said, (Block(0, len(said)),))
    places += characters.places(prose, spans)
    of = TextCarriers(said, tuple(sorted(places, key=lambda place: place.start)))
    truth = symbols(of, 4)
    reading = read(of.rendered(truth), of)
    assert wrong(reading, truth) == 0
    assert len({site.place for site in reading.sites}) == len(of.places)
