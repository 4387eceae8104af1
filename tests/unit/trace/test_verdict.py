"""The verdict over several editions: right indices and names, one family for all, nobody for noise."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from fother.codes.code import FingerprintingCode
from fother.codes.observations import Observations
from fother.model.verdict import Verdict
from fother.trace.verdict import EditionCase, judge, nothing_found

LENGTH, COPIES, OTHERS = 240, 300, 200


def reading(
    symbols: np.ndarray | None, seed: int, separation: float = 2.0, part: slice = slice(None)
) -> Observations:
    position = np.arange(LENGTH)[part]
    level = np.zeros(len(position)) if symbols is None else 2.0 * symbols[part] - 1
    value = level * separation / 2 + np.random.default_rng(seed).normal(size=len(position))
    spread = np.full(len(position), separation)
    return Observations(position, value, spread, position // 8, position // 80)


def case(key: int, copies: int, name: str, *readings: Observations) -> EditionCase:
    return EditionCase(
        FingerprintingCode(bytes([key] * 32), LENGTH), copies, readings, lambda index: f"{name}-{index}"
    )


def verdict(*cases: EditionCase, alpha: float = 1e-6, family: int = COPIES + OTHERS) -> Verdict:
    return judge("D-1", "Plan", cases, (), alpha=alpha, family=family, tried={"documents": 2})


FIRST, SECOND = (FingerprintingCode(bytes([k] * 32), LENGTH) for k in (1, 2))


def test_the_source_is_named_in_its_own_edition() -> None:
    leak = reading(SECOND.symbols(17), 0)
    result = verdict(case(1, COPIES, "A", leak), case(2, OTHERS, "B", leak))
    (accused,) = result.accused
    assert accused.copy == "B-17"
    assert accused.index == COPIES + 17
    assert accused.log10_bound <= -6
    assert accused.log10_lr == min(accused.log10_lr_against.values())
    assert accused.log10_lr > 6
    assert result.scores.shape == (COPIES + OTHERS,)
    assert result.scores.argmax() == accused.index
    assert result.ranking[0].copy == "B-17"
    assert [c.log10_p for c in result.ranking] == sorted(c.log10_p for c in result.ranking)
    assert len({c.index for c in result.ranking}) == 20
    assert result.copies == COPIES + OTHERS
    assert result.tried["documents"] == 2
    assert isinstance(result.tried["hypotheses"], int)


def test_a_decoy_is_a_false_alarm_and_accuses_nobody() -> None:
    leak = reading(FIRST.symbols(5), 1)
    result = verdict(replace(case(1, COPIES, "A", leak), decoys=frozenset({5, 6})))
    assert result.accused == ()
    (alarm,) = result.false_alarms
    assert alarm.copy == "A-5"
    assert any("false alarm" in note for note in result.notes)
    assert {c.copy for c in result.ranking if c.decoy} <= {"A-5", "A-6"}
    assert result.ranking[0].decoy


@pytest.mark.parametrize("seed", range(4))
def test_noise_names_nobody(seed: int) -> None:
    leak = reading(None, seed)
    result = verdict(case(1, COPIES, "A", leak), case(2, OTHERS, "B", leak), alpha=1e-3)
    assert result.accused == ()
    assert result.carriers_read == LENGTH
    assert abs(result.scores.mean()) < 0.2
    assert 0.85 < result.scores.std() < 1.15
    foreign = FingerprintingCode(bytes([99] * 32), LENGTH).symbols(3)
    assert verdict(case(1, COPIES, "A", reading(foreign, seed)), alpha=1e-3).accused == ()


def test_a_larger_family_needs_more_evidence() -> None:
    leak = reading(FIRST.symbols(5), 1)
    small = verdict(case(1, COPIES, "A", leak), family=COPIES)
    large = verdict(case(1, COPIES, "A", leak), family=COPIES * 1000)
    assert [a.copy for a in (*small.accused, *large.accused)] == ["A-5", "A-5"]
    assert large.accused[0].log10_bound == pytest.approx(small.accused[0].log10_bound + 3)
    assert verdict(case(1, COPIES, "A", leak), family=10**30).accused == ()


def test_readings_of_several_sheets_add_up() -> None:
    symbols = FIRST.symbols(8)
    halves = [reading(symbols, 2, 1.0, slice(0, 60)), reading(symbols, 3, 1.0, slice(60, 240))]
    alone = [verdict(case(1, COPIES, "A", half)).ranking for half in halves]
    both = verdict(case(1, COPIES, "A", *halves))
    assert both.carriers_read == LENGTH
    found = next(c for c in both.ranking if c.index == 8)
    assert found.log10_lr > max((c.log10_lr for r in alone for c in r if c.index == 8), default=0.0)


def test_two_sources_are_both_named() -> None:
    mixed = np.where(np.arange(LENGTH) // 40 % 2, FIRST.symbols(3), FIRST.symbols(200))
    result = verdict(case(1, COPIES, "A", reading(mixed, 4, 6.0)))
    assert {a.copy for a in result.accused} <= {"A-3", "A-200"}
    assert result.accused


def test_without_copies_or_document_the_advice_says_so() -> None:
    result = verdict()
    assert result.accused == ()
    assert result.scores.shape == (0,)
    assert "No copy" in result.stronger[0]
    none = nothing_found(1e-6, 10, {"documents": 1}, (), ("a note",))
    assert none.document is None
    assert none.notes == ("a note",)
    assert math.isnan(none.expected_score)


def test_a_clear_capture_of_no_copy_is_said_to_be_clear() -> None:
    result = verdict(case(1, COPIES, "A", reading(None, 9, 4.0)))
    assert result.accused == ()
    assert any("no issued copy" in line for line in result.stronger)


def test_an_unmarked_original_is_recognised_and_a_strangers_copy_is_not() -> None:
    sharp = 6.0
    unmarked = verdict(case(1, COPIES, "A", reading(None, 3, sharp)))
    assert unmarked.accused == ()
    assert any("unmarked original" in note for note in unmarked.notes)
    assert unmarked.stronger == ()
    foreign = verdict(case(1, COPIES, "A", reading(SECOND.symbols(1), 3, sharp)))
    assert foreign.accused == ()
    assert not any("unmarked original" in note for note in foreign.notes)
