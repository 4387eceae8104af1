from __future__ import annotations

import numpy as np
import pytest
from ocr_pictures import LEFT, PROSE, RIGHT, error_rate, in_perspective, page, slanted

from fother.intake.ocr.interface import Grey
from fother.intake.ocr.plausible import is_plausible
from fother.intake.ocr.rapid import RapidEngine
from fother.intake.ocr.reader import Reader, Reading
from fother.intake.ocr.survey import survey
from fother.intake.ocr.tesseract import TesseractEngine
from fother.intake.ocr.upright import upright


@pytest.fixture(scope="module")
def engine() -> RapidEngine:
    return RapidEngine(1)


@pytest.fixture(scope="module")
def reader(engine: RapidEngine) -> Reader:
    return Reader(engine, TesseractEngine() if TesseractEngine.available() else None)


def text_of(reading: Reading) -> str:
    return "\n".join(line.text for block in reading.blocks for line in block)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("dark", [False, True])
def test_it_stands_a_picture_upright(reader: Reader, turned: int, dark: bool) -> None:
    picture = np.ascontiguousarray(np.rot90(page(), turned // 90))  # counterclockwise
    reading = reader.read(255 - picture if dark else picture)
    assert reading.turned == turned
    assert error_rate(text_of(reading), PROSE) <= 0.02


@pytest.mark.parametrize(
    ("picture", "allowed"),
    [
        (slanted(page(), 3.0), 0.02),
        (slanted(page(), -8.0), 0.02),
        (in_perspective(page()), 0.03),
        (page(size=12), 0.05),
        (page(size=70), 0.02),
    ],
    ids=["3 degrees", "-8 degrees", "perspective", "small", "large"],
)
def test_it_reads_what_cameras_and_screens_make(reader: Reader, picture: Grey, allowed: float) -> None:
    assert error_rate(text_of(reader.read(picture)), PROSE) <= allowed


def test_covered_words_are_missing_and_the_others_are_there(reader: Reader) -> None:
    picture = page().copy()
    picture[110:150, 150:400] = 120  # over the middle of the third line
    words = text_of(reader.read(picture)).split()
    assert {"committee", "inspection.", "opened", "annex."} <= set(words)
    assert "barrels" not in words


def test_columns_are_read_one_after_the_other(reader: Reader) -> None:
    left, right = page(LEFT), page(RIGHT)
    width = max(left.shape[1], right.shape[1])
    pad = [np.pad(p, ((0, 0), (0, width - p.shape[1])), constant_values=250) for p in (left, right)]
    assert error_rate(text_of(reader.read(np.hstack(pad))), LEFT + RIGHT) <= 0.02


def test_a_quick_look_reads_a_short_page_as_well(reader: Reader) -> None:
    assert error_rate(text_of(reader.read(page(), "quick")), PROSE) <= 0.03


def test_boxes_lie_on_the_words_of_the_picture_as_given(reader: Reader) -> None:
    picture = np.ascontiguousarray(np.rot90(page()))  # runs from the bottom up
    words = {w.text: w.box for block in reader.read(picture).blocks for line in block for w in line.words}
    x0, y0, x1, y1 = words["committee"]
    height = picture.shape[0]
    assert 34 <= x0 < x1 <= 80
    assert height - 240 <= y0 <= height - 205
    assert height - 105 <= y1 <= height - 70


def test_the_survey_tells_skew_and_polarity(engine: RapidEngine) -> None:
    seen = survey(255 - slanted(page(), 5.0), engine)
    assert seen.inverted
    assert seen.turned == 0
    assert seen.skew == pytest.approx(-5.0, abs=0.5)
    assert seen.bend < 0.3


def test_noise_is_not_text(reader: Reader) -> None:
    noise = np.random.default_rng(5).integers(0, 255, (300, 400)).astype(np.uint8)
    assert len(text_of(reader.read(noise)).split()) <= 3


@pytest.mark.parametrize(("turned", "skew", "scale"), [(90, 0.0, 1.0), (180, 7.0, 2.0), (270, -20.0, 0.5)])
def test_upright_maps_there_and_back(turned: int, skew: float, scale: float) -> None:
    picture = np.full((200, 300), 255, np.uint8)
    picture[48:52, 218:222] = 0
    level = upright(picture, turned, skew, scale)
    there = level.place(np.array([220.0, 50.0]))
    x, y = there.tolist()
    spot = level.image[int(y) - 1 : int(y) + 1, int(x) - 1 : int(x) + 1]
    assert spot.mean() < 130
    assert level.back @ [x, y, 1] == pytest.approx([220.0, 50.0])


@pytest.mark.parametrize(
    ("token", "plausible"),
    [
        *((word, True) for word in ("minister,", "1,284", "NATO", "(Geneva)", "Größe", "договор")),
        *((word, False) for word in ("wIlLt", "~|;'", "a%$#b", "q")),
    ],
)
def test_plausible_words(token: str, plausible: bool) -> None:
    assert is_plausible(token) is plausible
