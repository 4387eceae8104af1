"""Whatever is marked, an excerpt shows no more than the sentences asked for, and nothing that is hidden."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fother.respond.excerpt import BLACK, OMITTED, redacted_excerpt, scrubbed

# Every word occurs once, so that a word in the excerpt tells where it came from.
sentences = st.lists(st.integers(1, 6), min_size=1, max_size=8)


def text_of(lengths: list[int]) -> tuple[str, list[tuple[int, int]], list[tuple[int, int]]]:
    """Text, the spans of its words and of its sentences."""
    text, words, spans = "", [], []
    for length in lengths:
        start = len(text)
        for _ in range(length):
            word = f"w{len(words)}x"
            words.append((len(text), len(text) + len(word)))
            text += word + " "
        text = text.rstrip() + "."
        spans.append((start, len(text)))
        text += " "
    return text.rstrip(), words, spans


@settings(deadline=None)
@given(sentences, st.data())
def test_only_asked_sentences_and_no_hidden_word(lengths: list[int], data: st.DataObject) -> None:
    text, words, spans = text_of(lengths)
    places = st.lists(st.sampled_from(words), max_size=4)
    shown, hidden = data.draw(places), data.draw(places)
    made = redacted_excerpt(text, shown, hidden)
    wanted = {span for span in spans for word in shown if span[0] <= word[0] < span[1]}
    for start, end in words:
        inside = any(s <= start < e for s, e in wanted)
        expected = inside and (start, end) not in hidden
        assert (text[start:end] in made) == expected
    assert (made == "") == (not shown)


@settings(deadline=None)
@given(sentences, st.data())
def test_part_of_a_hidden_word_hides_all_of_it(lengths: list[int], data: st.DataObject) -> None:
    text, words, _ = text_of(lengths)
    start, end = data.draw(st.sampled_from(words))
    cut = data.draw(st.integers(start, end - 1))
    made = redacted_excerpt(text, [(0, len(text))], [(cut, cut + 1)])
    assert text[start:end] not in made
    assert made.count(BLACK) == 1
    assert len(made) == len(text) - (end - start) + len(BLACK)


@settings(deadline=None)
@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=5))
def test_odd_spans_and_texts_do_no_harm(text: str, spans: list[tuple[int, int]]) -> None:
    made = redacted_excerpt(text, spans, spans)
    assert set(made) <= set(text) | set(BLACK) | set(OMITTED) | {" "}


def test_bars_do_not_tell_how_long_a_name_is() -> None:
    lengths = {len(scrubbed(f"Yes, {name} knew.", [name])) for name in ("Al", "Alexandria Sample")}
    assert len(lengths) == 1


@settings(deadline=None)
@given(st.sampled_from(["Vestria", "VESTRIA", "vestria"]))
def test_names_go_whatever_their_case_but_only_as_whole_words(name: str) -> None:
    assert scrubbed(f"{name}, and Vestrians.", ["Vestria", ""]) == f"{BLACK}, and Vestrians."
    assert scrubbed(f"{name}", []) == name
