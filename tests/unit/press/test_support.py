"""Claims about a document: verbatim, a paraphrase, or not in it."""

from __future__ import annotations

import pytest

from fother.press.support import support
from fother.press.topics import same_document

TEXT = (
    "1. Grain reserve. At present rates of use the stocks of the state reserve would last nine days. "
    "2. Ports. The fleet would be unable to leave harbour for at least three weeks if fuel stopped. "
    "3. Costs. The ministry expects to spend 16,000 crowns on storage in the coming winter."
)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("“would be unable to leave harbour for at least three weeks”", "verbatim"),
        ("the stocks of the state reserve would last nine days", "verbatim"),
        ("for three weeks at least the fleet could not leave its harbour if the fuel stopped", "paraphrase"),
        ("the ministry expects to spend 61,000 crowns on storage in the winter", "not in the document"),
        ("the prime minister sold the grain to Varenia", "not in the document"),
        ("nine days", "not in the document"),
    ],
)
def test_verdicts(claim: str, verdict: str) -> None:
    found = support(claim, TEXT)
    assert found.verdict == verdict
    if found.start is not None and found.end is not None:
        assert len(TEXT[found.start : found.end].split()) >= 5


def test_mentions_that_can_be_one_document() -> None:
    assert same_document("a leaked memo about its grain reserve", "The two-page memo")
    assert same_document("the memo on the grain reserve", "a memorandum about the grain reserve")
    assert not same_document("the leaked memo", "the leaked map")
    assert not same_document("the memo about the grain reserve", "the memo about radar stations")
