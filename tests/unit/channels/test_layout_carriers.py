from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fother.channels.layout.carriers import GAP_SHARE, TRIAL_STRENGTH, LayoutCarriers, plan
from fother.model.page import PageGlyphs

EM = 10.0
ADVANCE = 5.0


def page(
    lines: list[str],
    number: int = 0,
    em: float = EM,
    space: float = 3.0,
    angle: float = 0.0,
    frozen: str = "",
    reasons: dict[str, int] | None = None,
) -> PageGlyphs:
    """Lines of glyphs 5 points wide at 10 points; words that contain `frozen` are not movable."""
    origin, end, text, movable = [], [], [], []
    for row, line in enumerate(lines):
        x = 72.0
        for word in line.split(" "):
            for char in word:
                origin.append((x, 700.0 - 14 * row))
                x += ADVANCE * em / EM
                end.append((x, 700.0 - 14 * row))
                text.append(char)
                movable.append(not (frozen and frozen in word))
            x += space
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, s], [-s, c]])
    n = len(text)
    return PageGlyphs(
        number=number,
        box=(0, 0, 612, 792),
        rotation=0,
        origin=np.array(origin, float).reshape(n, 2) @ turn,
        end=np.array(end, float).reshape(n, 2) @ turn,
        ascent=np.tile([[0.0, em]], (n, 1)) @ turn,
        text=tuple(text),
        space=np.zeros(n, bool),
        movable=np.array(movable, bool),
        fixed_reason=reasons or {},
    )


def symbols(carriers: LayoutCarriers, seed: int = 1) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 2, len(carriers.left), np.uint8)


PROSE = ["one two three four five six", "seven eight nine ten", "two words"]


def test_words_become_clusters_and_gaps_carriers() -> None:
    carriers, (of_glyph,) = plan([page(PROSE)])
    assert carriers.text == tuple(" ".join(PROSE).split())
    assert carriers.left.tolist() == [0, 1, 2, 3, 4, 6, 7, 8]
    np.testing.assert_allclose(carriers.amplitude, EM / 50)
    moving = sorted(set(of_glyph.tolist()) - {-1})
    assert [carriers.text[i] for i in moving] == ["two", "three", "four", "five", "eight", "nine"]
    np.testing.assert_allclose(carriers.span[1], [72 + 18, 72 + 33])
    np.testing.assert_allclose(carriers.box[0], [72, 697.5, 87, 708])


def test_amplitude_is_a_share_of_a_narrow_gap() -> None:
    carriers, _ = plan([page(PROSE, em=40.0, space=8.0)])
    np.testing.assert_allclose(carriers.amplitude, 0.8)
    carriers, _ = plan([page(PROSE, em=12.0, space=2.4)])
    np.testing.assert_allclose(carriers.amplitude, min(12 / 50, GAP_SHARE * 2.4))


@pytest.mark.parametrize("angle", [0.0, np.pi / 2, 2.0])
def test_segment_ends_never_move_and_gaps_change_by_the_amplitude_at_most_twice(angle: float) -> None:
    carriers, _ = plan([page(PROSE, angle=angle)])
    for seed in range(20):
        moved = carriers.displacement(symbols(carriers, seed))
        assert not moved[[0, 5, 6, 9, 10, 11]].any()
        change = moved[carriers.left + 1] - moved[carriers.left]
        assert np.all(np.abs(change) <= 2 * carriers.amplitude + 1e-12)
        for segment in np.unique(carriers.carrier_segment):
            assert change[carriers.carrier_segment == segment].sum() == pytest.approx(0, abs=1e-12)


def test_balanced_symbols_change_each_gap_by_its_amplitude() -> None:
    carriers, _ = plan([page(["a b c d e"])])
    moved = carriers.displacement(np.array([1, 0, 1, 0], np.uint8), strength=0.5)
    np.testing.assert_allclose(moved, [0, 0.1, 0, 0.1, 0], atol=1e-12)


def test_response_is_the_displacement() -> None:
    carriers, _ = plan([page(PROSE), page(PROSE[::-1], 1, space=4.0), page(["lone"], 2)])
    code = symbols(carriers)
    moved = carriers.displacement(code, 0.7)
    for number in range(3):
        clusters, gaps, response = carriers.response(number, 0.7)
        assert np.all(carriers.page[clusters] == number)
        np.testing.assert_allclose(response @ (2.0 * code[gaps] - 1), moved[clusters], atol=1e-12)
    assert response.shape == (1, 0)


def test_frozen_segments_lose_their_carriers_and_their_page_says_why() -> None:
    carriers, _ = plan([page(PROSE)])
    frozen = carriers.freeze([int(carriers.carrier_segment[0])], {0: "1 line stays unmarked: reason."})
    assert frozen.left.tolist() == [6, 7, 8]
    assert not frozen.displacement(symbols(frozen))[:6].any()
    assert frozen.page_reports()[0].reason == "1 line stays unmarked: reason."
    assert len(frozen.page) == len(carriers.page)


def test_immovable_words_anchor_the_line_around_them() -> None:
    carriers, (of_glyph,) = plan([page(["aa bb cc XX dd ee ff"], frozen="X")])
    still = np.flatnonzero(carriers.displacement(symbols(carriers, 5)) == 0)
    assert {0, 3, 4, 6} <= set(still.tolist())
    assert of_glyph[list(page(["aa bb cc XX dd ee ff"]).text).index("X")] == -1


def test_close_words_stay_rigid_and_far_words_end_the_segment() -> None:
    carriers, _ = plan([page(["thin gaps here now"], space=1.6)])
    assert len(carriers.text) == 1
    carriers, _ = plan([page(["wide gaps here now"], space=12.0)])
    assert len(np.unique(carriers.segment)) == 4
    assert len(carriers.left) == 0


def test_text_drawn_twice_moves_as_one() -> None:
    once = page(["shadow text here again"])
    double = PageGlyphs(
        **{
            **{name: getattr(once, name) for name in ("number", "box", "rotation", "fixed_reason")},
            **{
                name: np.concatenate([getattr(once, name)] * 2)
                for name in ("origin", "end", "ascent", "space", "movable")
            },
            "text": once.text * 2,
        }
    )
    carriers, (of_glyph,) = plan([double])
    assert len(carriers.text) == 4
    n = len(once.text)
    np.testing.assert_array_equal(of_glyph[:n], of_glyph[n:])


def test_storage_round_trip_is_exact_and_deterministic() -> None:
    carriers, _ = plan([page(PROSE), page(["é 漢字 x y"], 1, reasons={"vertical writing": 3})])
    carriers = carriers.freeze([0], {1: "because"})
    stored = carriers.to_bytes()
    again = LayoutCarriers.from_bytes(stored)
    assert again.to_bytes() == stored
    assert again.text == carriers.text
    assert again.facts == carriers.facts
    np.testing.assert_array_equal(
        again.displacement(symbols(again)), carriers.displacement(symbols(carriers))
    )


@pytest.mark.parametrize(
    ("glyphs", "state", "reason"),
    [
        (page([" ".join(["word"] * 30)] * 3), "markable", ""),
        (page([]), "unmarkable", "The page is empty."),
        (page([], reasons={"pictures": 1}), "unmarkable", "No text: the page shows only pictures."),
        (page([], reasons={"vertical writing": 400}), "unmarkable", "vertical writing (400 characters)"),
        (page(["word"]), "unmarkable", "Few words: 1 on the page."),
        (page(["only a few words on this page"]), "weak", "Few words: 7"),
        (page(["字" * 60] * 40), "unmarkable", "without spaces"),
        (page(["a b"] * 60), "unmarkable", "tables, lists or short labels"),
        (
            page([" ".join(["XX"] * 30)] * 3, frozen="X", reasons={"font": 180}),
            "unmarkable",
            "cannot be moved: font",
        ),
    ],
)
def test_pages_say_why_they_carry_little(glyphs: PageGlyphs, state: str, reason: str) -> None:
    (report,) = plan([glyphs])[0].page_reports()
    assert report.state == state
    assert reason in report.reason
    assert bool(report.reason) == bool(reason)


def test_trials_cover_the_extremes() -> None:
    carriers, _ = plan([page(PROSE)])
    trials = list(carriers.trials(np.random.default_rng(0), 6))
    assert len(trials) == 6
    np.testing.assert_allclose(trials[0], -trials[1])
    change = np.diff(trials[2][:6])
    assert np.abs(change).max() >= TRIAL_STRENGTH * carriers.amplitude.max()
    assert max(abs(t).max() for t in trials[2:]) <= np.abs(trials[0]).max() + 1e-12


def test_document_without_any_text() -> None:
    carriers, clusters = plan([page([])])
    assert carriers.displacement(np.zeros(0, np.uint8)).shape == (0,)
    assert clusters[0].shape == (0,)
    assert all(t.shape == (0,) for t in carriers.trials(np.random.default_rng(0), 5))
    assert LayoutCarriers.from_bytes(carriers.to_bytes()).page.shape == (0,)
