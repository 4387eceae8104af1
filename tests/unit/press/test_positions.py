"""Positions: who says what of what, how it changed, and what does not fit."""

from __future__ import annotations

from datetime import date

import pytest

from fother.model.press import Stance
from fother.press.denial import denies_the_document
from fother.press.positions import Position, matrix


def said(
    number: int,
    party: str,
    stance: Stance,
    *,
    topic: str = "memo",
    group: str = "",
    words: str = "",
    cue: str = "",
) -> Position:
    return Position(
        id=f"S-{number:08d}",
        party=party,
        topic=topic,
        stance=stance,
        words=words or f"words of {party}, {stance}",
        day=date(2026, 3, number),
        report=f"N-{number:08d}",
        outlet="Ledger",
        group=group,
        cue=cue,
    )


def test_a_cell_shows_how_a_position_changed() -> None:
    found = matrix([said(3, "Holt", "confirm"), said(1, "Holt", "decline"), said(2, "Holt", "decline")])
    cell = found.cells["Holt", "memo"]
    assert cell.course == ("decline", "confirm")
    assert cell.stance == "confirm"
    assert found.contradictions == ()


def test_a_party_against_itself() -> None:
    (found,) = matrix([said(1, "Holt", "deny"), said(2, "Holt", "confirm")]).contradictions
    assert found.against == "itself"
    assert found.sentence == "Holt denied it on 2026-03-01 (Ledger) and confirmed it on 2026-03-02 (Ledger)."


def test_a_party_against_another_on_the_same_topic_only() -> None:
    (found,) = matrix([said(1, "Holt", "deny"), said(2, "Sund", "confirm")]).contradictions
    assert (found.against, found.first.party, found.second and found.second.party) == (
        "another",
        "Holt",
        "Sund",
    )
    assert matrix([said(1, "Holt", "deny"), said(2, "Sund", "confirm", topic="map")]).contradictions == ()


def test_a_party_against_what_the_comparison_shows() -> None:
    denial = said(1, "Holt", "deny", words="the memo is genuine", cue="denied")
    (denied,) = matrix([denial], {"memo": "genuine"}.get).contradictions
    assert denied.sentence == (
        "Holt denies on 2026-03-01 that the memo is genuine, but what leaked stands so in the document."
    )
    (confirmed,) = matrix([said(1, "Sund", "confirm")], {"memo": "altered"}.get).contradictions
    assert (confirmed.against, confirmed.finding) == ("the comparison", "altered")
    assert matrix([denial], {"memo": "altered"}.get).contradictions == ()


def test_a_denial_of_something_else_fits_a_genuine_document() -> None:
    other = said(1, "Pilots", "deny", words="its members break the rules on hours", cue="denied")
    assert matrix([other], {"memo": "genuine"}.get).contradictions == ()
    first = said(1, "Pilots", "deny", words="“It is a forgery,”", cue="said")
    (found,) = matrix([first, said(2, "Pilots", "deny", words="it")], {"memo": "genuine"}.get).contradictions
    assert found.first is first
    assert found.sentence.startswith("Pilots denies on 2026-03-01 the document (“It is a forgery”), but")


@pytest.mark.parametrize(
    ("words", "cue", "itself"),
    [
        ("the memo is genuine", "denied", True),
        ("the memo", "denied", True),
        ("the authenticity of the leaked memo", "denied", True),
        ("the memo as a fabrication", "dismissed", True),
        ("“It is a forgery,”", "said", True),
        ("the document was fake", "said", True),
        ("a fake", "called", True),
        ("“No such memo exists,”", "said", True),
        ("the document is not authentic", "said", True),
        ("the document exists", "denied", True),
        ("the memo was a fake", "denied", False),
        ("the memo is not genuine", "denied", False),
        ("its members break the rules on hours", "denied", False),
        ("“Nobody has broken any rule,”", "said", False),
        ("it used fake passports", "denied", False),
        ("the report on hours that the harbour asked for is late", "denied", False),
        ("", "denied", False),
    ],
)
def test_only_denials_of_the_document_itself_count(words: str, cue: str, itself: bool) -> None:
    assert denies_the_document(words, cue) is itself


def test_one_story_in_two_outlets_is_one_statement() -> None:
    first, second = said(1, "Holt", "deny", group="G"), said(2, "Holt", "deny", group="G")
    assert len(matrix([first, second]).cells["Holt", "memo"].statements) == 1
