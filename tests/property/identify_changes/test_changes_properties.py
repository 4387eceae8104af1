"""What holds of every comparison: identity, offsets, no crash on any text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fother.identify.changes import compare
from fother.identify.compare.lexicon import lexicon
from fother.identify.compare.tokens import tokenise

WORDS = st.lists(
    st.sampled_from(
        [
            "the",
            "not",
            "61,000",
            "Petrov",
            "may",
            "(S//NF)",
            "16",
            "March",
            "2024",
            "increase",
            ".",
            ",",
            "\n",
            "river",
            "café",
            "水",
            "1.5",
            "million",
        ]
    ),
    max_size=40,
).map(" ".join)
ANY = st.text(max_size=80)


@settings(max_examples=80, deadline=None)
@given(st.one_of(WORDS, ANY))
def test_a_text_equals_itself(text: str) -> None:
    assert compare(text, text, [((0, len(text)), (0, len(text)))]) == []


@settings(max_examples=120, deadline=None)
@given(st.one_of(WORDS, ANY), st.one_of(WORDS, ANY), st.booleans())
def test_changes_point_at_their_words(document: str, leak: str, recognised: bool) -> None:
    for change in compare(document, leak, [((0, len(document)), (0, len(leak)))], recognised=recognised):
        assert change.document is not None
        assert change.leak is not None
        assert document[slice(*change.document)] == change.document_text
        assert leak[slice(*change.leak)] == change.leak_text
        assert 0.0 <= change.confidence <= 1.0
        assert change.document_text or change.leak_text


@settings(max_examples=80, deadline=None)
@given(st.one_of(WORDS, ANY))
def test_tokens_are_in_order_and_inside(text: str) -> None:
    place = 0
    for token in tokenise(text, lexicon(["en"])):
        assert place <= token.start < token.end <= len(text)
        place = token.start
