"""The matcher and the index on real records: innocent text never matches, damaged excerpts always do."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fother.identify.chance import ACCEPTED
from fother.identify.index import PassageIndex
from fother.identify.match import Source, TextMatch, match_text

FOLDER = Path(__file__).parents[2] / "data" / "us-government"
SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'])")


class Registry:
    def __init__(self, folder: Path) -> None:
        self.texts = _records("registered")
        self.index = PassageIndex.open(folder, b"k" * 32)
        self.index.add(self.texts.items())

    def match(self, leak: str, recognised: bool = False) -> list[TextMatch]:
        return match_text(
            leak,
            self.index.search(leak),
            lambda name: Source(name, name, self.texts[name]),
            registry_characters=self.index.characters,
            registry_documents=len(self.index),
            frequency=self.index.document_frequency,
            habits=self.index.habits,
            recognised=recognised,
        )


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    registry = Registry(tmp_path_factory.mktemp("records") / "index")
    yield registry
    registry.index.close()


def _records(name: str) -> dict[str, str]:
    with (FOLDER / f"{name}.jsonl").open(encoding="utf-8") as file:
        return {row["id"]: row["text"] for row in map(json.loads, file)}


def _excerpts(text: str) -> list[str]:
    """Two sentences in a row, legible ones."""
    sentences = [" ".join(s.split()) for s in SENTENCES.split(text)[1:-1]]
    good = [50 < len(s) < 400 and sum(c.isalpha() or c == " " for c in s) > 0.85 * len(s) for s in sentences]
    return [
        f"{sentences[n]} {sentences[n + 1]}" for n in range(len(sentences) - 1) if good[n] and good[n + 1]
    ]


def _damaged(text: str, share: float, dice: random.Random) -> str:
    letters = "etaoinsrhl1I0"
    kinds = ("", "x", "replace", "replace", "replace")
    out = []
    for c in text:
        kind = dice.choice(kinds) if dice.random() < share else None
        out.append(c if kind is None else dice.choice(letters) if kind == "replace" else kind and c + kind)
    return "".join(out)


@pytest.mark.parametrize("recognised", [False, True])
def test_innocent_records_match_nothing(registry: Registry, recognised: bool) -> None:
    for name, text in _records("held-out").items():
        for leak in _excerpts(text)[:6]:
            found = [m for m in registry.match(leak, recognised) if m.coincidence <= ACCEPTED]
            assert not found, (name, leak, found)


@pytest.mark.parametrize("recognised", [False, True])
def test_two_sentences_with_a_tenth_misread_are_found(registry: Registry, recognised: bool) -> None:
    dice = random.Random(int(recognised))
    tried = 0
    for name, text in registry.texts.items():
        for excerpt in _excerpts(text)[:2]:
            leak = _damaged(excerpt, 0.1, dice)
            matches = registry.match(leak, recognised)
            assert matches, (name, leak)
            assert matches[0].document == name
            assert matches[0].coincidence <= ACCEPTED, (name, leak, matches[0].coincidence)
            tried += 1
    assert tried >= 50


def test_a_form_that_many_records_hold_is_shown_and_does_not_count(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "index")
    form = (
        "Requests for further copies of this paper go to the librarian of the third floor on green slips. "
        "Whoever keeps it longer than a fortnight informs the archive and returns the yellow receipt at once."
    )
    forms = {f"F-{n}": f"{text} {form}" for n, text in enumerate(list(registry.texts.values())[:12])}
    registry.texts |= forms
    registry.index.add(forms.items())
    matches = registry.match(form)
    assert matches
    assert all(m.coincidence > ACCEPTED for m in matches)
    assert all("other document" in p.common or "also in" in p.common for m in matches for p in m.passages)
    registry.index.close()
