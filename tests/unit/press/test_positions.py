"""Positions: who says what of what, how it changed, and what does not fit."""

from __future__ import annotations

from datetime import date

from fother.model.press import Stance
from fother.press.positions import Position, matrix


def said(number: int, party: str, stance: Stance, *, topic: str = "memo", group: str = "") -> Position:
    return Position(
        id=f"S-{number:08d}",
        party=party,
        topic=topic,
        stance=stance,
        words=f"words of {party}, {stance}",
        day=date(2026, 3, number),
        report=f"N-{number:08d}",
        outlet="Ledger",
        group=group,
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
    (denied,) = matrix([said(1, "Holt", "deny")], {"memo": "genuine"}.get).contradictions
    assert "stands so in the document" in denied.sentence
    (confirmed,) = matrix([said(1, "Sund", "confirm")], {"memo": "altered"}.get).contradictions
    assert (confirmed.against, confirmed.finding) == ("the comparison", "altered")
    assert matrix([said(1, "Holt", "deny")], {"memo": "altered"}.get).contradictions == ()


def test_one_story_in_two_outlets_is_one_statement() -> None:
    first, second = said(1, "Holt", "deny", group="G"), said(2, "Holt", "deny", group="G")
    assert len(matrix([first, second]).cells["Holt", "memo"].statements) == 1
