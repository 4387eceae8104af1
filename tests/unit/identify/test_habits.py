"""A house's own language foretells its formulae, and only those; they are no evidence in any order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_texts import WORDS, misread, text

from fother.identify.chance import ACCEPTED
from fother.identify.habits import Steps, surprise
from fother.identify.index import PassageIndex
from fother.identify.match import FORMULAE, Source, TextMatch, match_text

DOCUMENTS, CLAUSES, EACH = 300, 30, 5


def clause(number: int) -> str:
    """Some forty letters that the office writes again and again."""
    return " ".join(random.Random(f"clause {number}").sample(WORDS, 7))


def formulae(dice: random.Random) -> str:
    return ", ".join(clause(number) for number in dice.sample(range(CLAUSES), EACH)) + "."


class House:
    """Documents of one office: each has text of its own and five of its thirty clauses in a new order.

    It is taken for a large registry, in which a handful of documents may hold the same without its counting
    as boilerplate: every clause stands in some fifty documents, two clauses in a row in one or two.
    """

    def __init__(self, folder: Path) -> None:
        dice = random.Random(1)
        self.formula = {f"D-{n:03}": formulae(dice) for n in range(DOCUMENTS)}
        self.own = {name: text(n, 80) for n, name in enumerate(self.formula)}
        self.texts = {name: f"{self.own[name]} {self.formula[name]}" for name in self.formula}
        self.index = PassageIndex.open(folder, b"k" * 32)
        self.index.add(self.texts.items())

    def match(self, leak: str, habits: bool = True) -> list[TextMatch]:
        return match_text(
            leak,
            self.index.search(leak),
            lambda name: Source(name, name, self.texts[name]),
            registry_characters=100_000_000,
            registry_documents=10_000,
            frequency=self.index.document_frequency,
            habits=self.index.habits if habits else None,
        )

    def accepts(self, leak: str, habits: bool = True) -> bool:
        return any(m.coincidence <= ACCEPTED for m in self.match(leak, habits))

    def two_clauses(self) -> list[str]:
        """Clauses in a row, each pair as one document has it."""
        return [", ".join(whole.split(", ")[1:3]) for whole in list(self.formula.values())[::10]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("house") / "index")
    yield made
    made.index.close()


def test_formulae_are_no_evidence_though_only_one_document_has_them_in_this_order(house: House) -> None:
    leaks = house.two_clauses()
    assert sum(house.accepts(leak, habits=False) for leak in leaks) > 0.6 * len(leaks)
    assert sum(house.accepts(leak) for leak in leaks) < 0.1 * len(leaks)


def test_the_reason_is_told(house: House) -> None:
    told = [p.common for leak in house.two_clauses() for m in house.match(leak)[:1] for p in m.passages]
    assert told.count(FORMULAE) >= 10


def test_misread_formulae_are_no_evidence_either(house: House) -> None:
    leaks = [misread(leak, 0.04, n) for n, leak in enumerate(house.two_clauses())]
    assert sum(house.accepts(leak) for leak in leaks) < 0.1 * len(leaks)


@pytest.mark.parametrize("damage", [0.0, 0.08])
def test_a_document_s_own_words_are_evidence(house: House, damage: float) -> None:
    for number, (name, own) in enumerate(list(house.own.items())[::15]):
        leak = misread(own[40:260], damage, number)
        matches = house.match(leak)
        assert matches[0].document == name
        assert matches[0].coincidence <= ACCEPTED


def test_copies_do_not_foretell_each_other(tmp_path: Path) -> None:
    """What four files hold word for word is still theirs, in a registry where eight may hold it."""
    texts = {f"D-{n}": text(n, 150) for n in range(40)}
    page = text(900, 80)
    texts |= {f"C-{n}": f"{text(1000 + n, 120)} {page} {text(2000 + n, 120)}" for n in range(4)}
    index = PassageIndex.open(tmp_path / "index", b"k" * 32)
    index.add(texts.items())
    left_out = index.habits(page, 8).foretold
    counted = index.habits(page, 0).foretold
    assert counted.mean() > 0.6  # each of the four goes on as the others do
    assert left_out.mean() < 0.1
    index.close()


def test_one_document_foretells_nothing_of_itself(tmp_path: Path) -> None:
    index = PassageIndex.open(tmp_path / "index", b"k" * 32)
    assert index.habits(text(1, 60), 4).foretold.tolist() == [0.0] * len(index.habits(text(1, 60), 4).begin)
    index.add([("D-1", text(1, 60))])
    for left_out in (0, 4):
        assert not index.habits(text(1, 60), left_out).foretold.any()
    index.close()


@pytest.mark.parametrize("leak", ["", "?!", "abc", "abcdefghi"])
def test_text_without_steps(house: House, leak: str) -> None:
    found = house.index.habits(leak, 2)
    assert len(found.begin) == len(found.known) == len(found.end) == len(found.foretold) == 0


@given(st.text(max_size=400), st.integers(0, 9))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_steps_of_any_text(house: House, leak: str, left_out: int) -> None:
    found = house.index.habits(leak, left_out)
    assert ((found.foretold >= 0) & (found.foretold <= 1)).all()
    assert ((found.begin >= 0) & (found.begin < found.known) & (found.known <= len(leak))).all()
    assert ((found.known <= found.end) & (found.end <= len(leak))).all()


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 12), st.floats(0, 1)), max_size=12), st.data())
@settings(max_examples=100, deadline=None)
def test_surprise_is_a_share(places: list[tuple[int, int, float]], data: st.DataObject) -> None:
    begin = np.array([b for b, _, _ in places], np.int64)
    far = np.array([f for _, f, _ in places], np.int64)
    found = Steps(begin, begin + far, begin + 2 * far, np.array([p for _, _, p in places]))
    letters = data.draw(st.integers(1, 100))
    nats = np.array(data.draw(st.lists(st.floats(0, 3), min_size=letters, max_size=letters)))
    agreeing = np.array(data.draw(st.lists(st.booleans(), min_size=letters, max_size=letters)))
    share = surprise(found, np.arange(letters), nats, agreeing)
    assert share.shape == (letters,)
    assert ((share >= -1e-9) & (share <= 1 + 1e-9)).all()


def test_nothing_foretold_leaves_all_of_the_surprise() -> None:
    found = Steps(np.array([0]), np.array([10]), np.array([20]), np.zeros(1))
    assert surprise(found, np.arange(40), np.ones(40), np.ones(40, bool)) == pytest.approx(np.ones(40))


def test_a_step_that_everybody_takes_says_nothing() -> None:
    found = Steps(np.array([0]), np.array([10]), np.array([20]), np.ones(1))
    share = surprise(found, np.arange(40), np.ones(40), np.ones(40, bool))
    assert share[10:20] == pytest.approx(np.zeros(10))
    assert (share[:10] > 0.7).all()  # one step decides little about the rest
    assert (share[20:] > 0.7).all()
