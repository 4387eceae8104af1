from __future__ import annotations

import numpy as np
import pytest
from ocr_pictures import PROSE, error_rate, page

from fother.errors import SandboxError
from fother.intake import recognise as parent
from fother.intake.limits import Limits
from fother.intake.recognise import Recognised, recognise


@pytest.fixture(scope="module")
def answers() -> list[Recognised]:
    turned = np.ascontiguousarray(np.rot90(page()))
    return recognise([page(), np.full((60, 90), 200, np.uint8), turned])


def test_each_picture_is_answered_in_its_place(answers: list[Recognised]) -> None:
    first, empty, turned = answers
    assert error_rate(first.text, PROSE) <= 0.02
    assert first.text.count("\n") >= 4
    assert first.confidence > 0.8
    assert first.turned == 0
    assert (empty.text, len(empty.words), empty.engine) == ("", 0, "")
    assert error_rate(turned.text, PROSE) <= 0.02
    assert turned.turned == 90
    assert set(turned.words.sheet.tolist()) == {2}


def test_words_are_where_the_text_says(answers: list[Recognised]) -> None:
    for number in (0, 2):
        text, words = answers[number].text, answers[number].words
        spans = zip(words.start.tolist(), words.end.tolist(), strict=True)
        assert [text[a:b] for a, b in spans] == text.split()
        assert (words.box[:, :2] < words.box[:, 2:]).all()


def test_a_picture_that_is_too_demanding_says_so() -> None:
    (answer,) = recognise([page()], limits=Limits(wall_seconds=0.05))
    assert answer.text == ""
    assert "could not be recognised" in answer.notes[0]


def test_pictures_without_pixels_have_no_text() -> None:
    assert recognise([]) == []
    assert recognise([np.zeros((0, 5), np.uint8)])[0].text == ""


def message(**changes: object) -> tuple[dict[str, object], list[np.ndarray]]:
    header = {"page": 0, "engine": "rapidocr", "turned": 0, "notes": [], **changes}
    arrays = [np.array([72, 105], np.int32), np.array([[0, 2]], np.int32), np.ones((1, 4)), np.ones(1)]
    return header, arrays


@pytest.mark.parametrize("changes", [{"engine": "x"}, {"turned": 7}, {"notes": 3}, {"engine": []}])
def test_an_untrue_header_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(SandboxError):
        parent._results([message(**changes)], 1)


@pytest.mark.parametrize("spans", [[[0, 3]], [[-1, 1]], [[1, 1]], [[0, 1], [0, 2]]])
def test_words_outside_the_text_are_refused(spans: list[list[int]]) -> None:
    header, arrays = message()
    arrays[1] = np.array(spans, np.int32)
    with pytest.raises(SandboxError):
        parent._results([(header, arrays)], 1)


def test_an_answer_too_few_is_refused() -> None:
    with pytest.raises(SandboxError):
        parent._results([message()], 2)
