from __future__ import annotations

import numpy as np
import pytest
from engine_contract import EngineContract
from ocr_pictures import PROSE, error_rate, page

from fother.intake.ocr.interface import Engine
from fother.intake.ocr.rapid import RapidEngine
from fother.intake.ocr.tesseract import TesseractEngine


class TestRapid(EngineContract):
    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls) -> Engine:
        return RapidEngine(1)

    def test_a_very_long_line_keeps_all_its_words(self, engine: Engine) -> None:
        line = " ".join(PROSE)
        text = " ".join(piece.text for piece in engine.read(page((line,), size=18)))
        assert error_rate(text, (line,)) <= 0.02


@pytest.mark.skipif(not TesseractEngine.available(), reason="Tesseract is optional and not installed")
class TestTesseract(EngineContract):
    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls) -> Engine:
        return TesseractEngine()


def test_both_say_the_same_of_clean_print() -> None:
    if not TesseractEngine.available():
        pytest.skip("Tesseract is optional and not installed")
    picture = np.ascontiguousarray(page())
    for engine in (RapidEngine(1), TesseractEngine()):
        words = {word.text for line in engine.read(picture) for word in line.words}
        assert {"1,284", "barrels", "inspection."} <= words
