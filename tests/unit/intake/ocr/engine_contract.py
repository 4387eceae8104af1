"""What every recogniser must do."""

from __future__ import annotations

import numpy as np
import pytest
from ocr_pictures import PROSE, error_rate, page

from fother.intake.ocr.interface import Engine


class EngineContract:
    """A subclass gives the engine."""

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls) -> Engine:
        raise NotImplementedError

    def test_it_reads_clean_print(self, engine: Engine) -> None:
        lines = sorted(engine.read(page()), key=lambda line: line.box[1])
        assert error_rate("\n".join(line.text for line in lines), PROSE) <= 0.02
        assert all(line.confidence > 0.6 for line in lines)

    def test_words_are_boxed_where_they_stand(self, engine: Engine) -> None:
        picture = page()
        words = {word.text: word for line in engine.read(picture) for word in line.words}
        x0, y0, x1, y1 = words["committee"].box
        # The second word of the first line, 26 pixels high at (40, 40): its ink lies within.
        assert 75 <= x0 <= 100
        assert 210 <= x1 <= 240
        assert 34 <= y0 <= 50
        assert 55 <= y1 <= 78
        assert picture[int(y0) : int(y1), int(x0) : int(x1)].min() < 60

    def test_words_hold_no_white_space_and_sure_is_a_share(self, engine: Engine) -> None:
        words = [word for line in engine.read(page()) for word in line.words]
        assert words
        assert all(word.text and not any(c.isspace() for c in word.text) for word in words)
        assert all(0.0 <= word.confidence <= 1.0 for word in words)

    @pytest.mark.parametrize("shape", [(200, 300), (3, 500), (1, 1), (40, 2)])
    def test_an_empty_picture_has_no_text(self, engine: Engine, shape: tuple[int, int]) -> None:
        assert engine.read(np.full(shape, 245, np.uint8)) == []

    def test_a_name_that_the_parent_knows(self, engine: Engine) -> None:
        from fother.intake.recognise import _ENGINES

        assert engine.name in _ENGINES
