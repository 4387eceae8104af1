"""Whatever the text: every place is within it, holds words, and the rules do not raise."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from fother.language.english import parse
from fother.language.quotes import quotations
from fother.model.press import Span
from fother.press.extract import extract
from fother.press.frame import framed
from fother.press.support import support

PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "“We did not,” ",
                "“",
                "”",
                '"It is so." ',
                "‘No,’ ",
                "he said",
                "she",
                "said ",
                "The ministry ",
            ),
            *(
                "declined to comment",
                " on the leaked memo",
                ". ",
                ", ",
                "\n\n",
                "\n",
                "HOLT: ",
                "According to ",
            ),
            *(
                "the Daily Ledger",
                " reported",
                ", citing two officials",
                " that ",
                "Anna Holt ",
                "will visit ",
            ),
            *(
                "Osterby ",
                "next week",
                "the file is genuine",
                "— ",
                "as saying ",
                "\u200b",
                "\u00e9",
                "\U0001f600",
            ),
        ]
    ),
    max_size=25,
).map("".join)
TEXTS = st.one_of(PIECES, st.text(max_size=120))


@settings(max_examples=60, deadline=None)
@given(TEXTS)
@example("")
@example("\n")
@example("“")
@example('"""')
@example("HELM (Wire) — “It is so,” he said.")
def test_every_place_is_verbatim(text: str) -> None:
    found = extract(text, outlet="Wire", published=date(2026, 3, 4))
    spans = [s.speaker.span for s in found.statements]
    spans += [c for s in found.statements for c in s.content]
    spans += [c for s in found.statements for c in (s.cue, s.addressee, s.via) if c is not None]
    spans += [m for d in found.documents for m in (*d.mentions, *d.alleged_content)]
    spans += [m for p in found.parties for m in p.mentions]
    spans += [e.span for e in found.events]
    for span in spans:
        assert 0 <= span.start < span.end <= len(text)
        assert span.of(text).strip()
    for statement in found.statements:
        assert statement.chain[0] == "Wire"
        assert len(statement.chain) >= 2
        assert not any(a.touches(b) for a, b in pairwise(statement.content))


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_tokens_of_a_frame_keep_their_place(text: str) -> None:
    frame = framed(text)
    for token in frame.doc:
        if frame.aside_of(token) is None and not token.is_space:
            place = frame.span(token.i, token.i + 1)
            assert place.of(text) == token.text
    assert {a.span for a in frame.asides} <= {Span(q.start, q.end) for q in quotations(text)}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_the_parser_gives_the_text_back(text: str) -> None:
    assert parse(text).text == text


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.text(max_size=200))
def test_support_lies_within_the_document(claim: str, text: str) -> None:
    found = support(claim, text)
    assert (found.start is None) == (found.verdict == "not in the document")
    if found.start is not None and found.end is not None:
        assert 0 <= found.start < found.end <= len(text)
