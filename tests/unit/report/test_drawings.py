from __future__ import annotations

import base64
import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fother.report.histogram import score_histogram
from fother.report.images import page_pictures
from fother.report.numbers import naming_threshold
from fother.report.overlay import page_drawing

from .synthetic import page_evidence, verdict


def test_every_copy_is_drawn_once() -> None:
    v = verdict(named=2, pages=())
    h = score_histogram(v, width=900, height=420, font=14)
    assert h is not None
    drawn = sum(int(re.match(r"[0-9,]+", b.tip)[0].replace(",", "")) for b in h.bars)  # type: ignore[index]
    assert drawn + len(h.named) == v.copies
    assert all(h.left - 1 <= b.x <= h.right and h.top <= b.y <= h.bottom for b in h.bars)


def test_pins_stand_at_their_scores() -> None:
    v = verdict(pages=())
    h = score_histogram(v, width=900, height=420, font=14)
    assert h is not None
    assert h.expected is not None
    scale = (h.named[0].x - h.threshold.x) / (17.8 - naming_threshold(v.alpha, v.copies))
    assert h.expected.x == pytest.approx(h.threshold.x + scale * (17.1 - naming_threshold(v.alpha, v.copies)))
    assert "copy C-7K3M9QXA-A000041 with score 17.8" in h.summary


@pytest.mark.parametrize("width", [380.0, 900.0])
@pytest.mark.parametrize("named", [0, 1, 4, 9])
def test_labels_stay_inside_the_drawing(width: float, named: int) -> None:
    h = score_histogram(verdict(named=named, pages=()), width=width, height=400, font=13)
    assert h is not None
    for pin in (h.threshold, h.expected, *h.named):
        assert pin is not None
        reach = len(pin.label) * 13 * 0.62
        assert pin.text_y > 0
        assert (pin.text_x - reach if pin.anchor == "end" else pin.text_x + reach) > 0
        if pin.anchor == "start":
            assert pin.text_x + reach < width


def test_no_scores_no_drawing() -> None:
    v = replace(verdict(named=0, pages=()), scores=np.array([np.nan]))
    assert score_histogram(v, width=900, height=420, font=14) is None


def test_arrows_are_as_long_as_the_measured_shift_times_the_exaggeration() -> None:
    e = page_evidence(0, 7, pictures=False)
    one = replace(
        e,
        boxes=np.array(
            [[100.0, 100.0, 140.0, 112.0], [150.0, 100.0, 180.0, 112.0], [190.0, 100.0, 220.0, 112.0]]
        ),
        mark=np.array([0.2, -0.1, np.nan]),
        sigma=np.array([0.01, 0.01, np.nan]),
    )
    d = page_drawing(one)
    assert (d.read, d.total) == (2, 3)
    assert {a.direction for a in d.arrows} == {"left", "right"}
    for arrow, mark in (("right", 0.2), ("left", -0.1)):
        path = next(a.path for a in d.arrows if a.direction == arrow)
        steps = [float(x) for x in re.findall(r"l(-?[0-9.]+) ", path)]
        assert steps[0] + steps[2] == pytest.approx(mark * d.exaggeration, abs=0.2)
    assert d.unread.startswith("M190.0 100.0h30.0v12.0")
    assert d.legend_length == pytest.approx(d.legend_points * d.exaggeration)


def test_uncertain_words_are_faint() -> None:
    e = page_evidence(0, 7, pictures=False)
    sharp = page_drawing(replace(e, sigma=np.full_like(e.sigma, 1e-3)))
    vague = page_drawing(replace(e, sigma=np.full_like(e.sigma, 1.0)))
    assert {a.opacity for a in sharp.arrows} == {1.0}
    assert {a.opacity for a in vague.arrows} == {0.2}


def test_a_page_without_any_word_read_is_drawn_all_the_same() -> None:
    e = page_evidence(0, 7, pictures=False)
    blank = np.full_like(e.mark, np.nan)
    d = page_drawing(replace(e, mark=blank))
    assert d.read == 0
    assert d.arrows == ()
    empty = page_drawing(replace(e, boxes=np.zeros((0, 4)), mark=np.zeros(0), sigma=np.zeros(0)))
    assert empty.total == 0


def test_zoom_lies_on_the_page_and_holds_text() -> None:
    e = page_evidence(2, 7, pictures=False)
    x, y, w, h = page_drawing(e).zoom
    assert 0 <= x < x + w <= e.page_size[0] + 1e-6
    assert 0 <= y < y + h <= e.page_size[1] + 1e-6
    inside = (e.boxes[:, 0] >= x) & (e.boxes[:, 2] <= x + w) & (e.boxes[:, 1] >= y) & (e.boxes[:, 3] <= y + h)
    assert np.sum(inside & np.isfinite(e.mark)) >= 12


def _size(address: str) -> tuple[int, int]:
    return Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).size


def test_pictures_fit_the_budget_and_are_encoded_anew() -> None:
    e = page_evidence(1, 3)
    sneaky = replace(e, sheet_image=e.sheet_image + b"<script>")
    for budget in (2_000_000, 150_000, 2_000):
        pictures = page_pictures([sneaky, e], budget)
        addresses = [p.address for pair in pictures for p in (pair.page, pair.capture) if p]
        assert sum(map(len, addresses)) <= budget
        assert all(max(_size(a)) <= 1500 for a in addresses)
        assert all(b"<script>" not in base64.b64decode(a.split(",")[1]) for a in addresses)
        assert bool(addresses) == (budget > 100_000)


def test_a_picture_that_cannot_be_decoded_is_left_out() -> None:
    e = replace(page_evidence(1, 3, pictures=False), background=b"\x89PNG broken", sheet_image=b"GIF89a")
    assert page_pictures([e])[0].page is None
    assert page_pictures([e])[0].capture is None
