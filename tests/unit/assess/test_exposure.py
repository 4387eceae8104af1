"""Exposure: parties and facts of leaked text, severity, combinations of leaks, access."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fother.assess.access import count_access, read_access
from fother.assess.exposure import (
    Leak,
    Party,
    combinations,
    default_rubric,
    find_parties,
    load_rubric,
    weigh,
)
from fother.assess.exposure.rubric import Passage
from fother.assess.markings import find_markings
from fother.errors import InputFileError, RecipientListError

RUBRIC = default_rubric()

# What a reader sees in each sentence: kind and name. All of it is invented.
EXAMPLES = """
German officials told the Norland Ministry of Transport (NMT) that NMT ships left Sandhaven Harbour.
  country Germany; organisation Norland Ministry of Transport; place Sandhaven Harbour
Paris rejected what London proposed on 3 March.
  country France; country United Kingdom; date 03-03
They met in Berlin and near Camp Delta.
  place Berlin; place Camp Delta
Minister Ann Example met Captain Paul Sample; Sample was paid $2 million.
  person Ann Example; person Paul Sample; figure 2000000
Operation NIGHT HERON is run by the Coastal Guard, codenamed Bluebell.
  programme NIGHT HERON; organisation Coastal Guard; programme Bluebell
According to a source with direct access, 16,000 ships passed.
  method human source; figure 16000
The intercepted calls were recorded at 59.913, 10.752 last spring.
  method interception; place 59.913, 10.752
Satellite imagery of 5 May shows forty tanks.
  method imagery; date 05-05; figure 40
A partner service provided the list.
  method partner service
NATO and the European Union were informed.
  organisation NATO; organisation European Union
Nothing was said about the weather.
  -
The master of the Heron answered no question.
  -
Norwegian and Danish ships use 60.391, 5.322 as a meeting point.
  country Norway; country Denmark; place 60.391, 5.322
Harbour Bank paid 12 per cent to the Institute of Marine Research.
  organisation Harbour Bank; figure 12%; organisation Institute of Marine Research
"""


def _examples() -> list[tuple[str, set[tuple[str, ...]]]]:
    lines = EXAMPLES.strip().splitlines()
    return [
        (text, {tuple(fact.split(" ", 1)) for fact in facts.strip().split("; ") if fact != "-"})
        for text, facts in zip(lines[::2], lines[1::2], strict=True)
    ]


def _found(text: str) -> set[tuple[str, str]]:
    return {(e.kind, e.name) for e in find_parties(text)}


@pytest.mark.parametrize(("text", "wanted"), _examples())
def test_parties_and_facts(text: str, wanted: set[tuple[str, ...]]) -> None:
    assert _found(text) == wanted


def test_mentions_are_verbatim_and_apart() -> None:
    text = " ".join(sentence for sentence, _ in _examples())
    mentions = sorted((m for e in find_parties(text) for m in e.mentions), key=lambda m: m.start)
    assert all(text[m.start : m.end] == m.text and 0 < m.confidence <= 1 and m.rule for m in mentions)
    assert all(a.end <= b.start for a, b in pairwise(mentions))


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    found = find_parties(text)
    assert all(text[m.start : m.end] == m.text for e in found for m in e.mentions)
    weigh(text, found, RUBRIC)


@pytest.mark.parametrize(
    "text",
    [
        " " * 300_000,
        "\n \t" * 100_000,
        "Dr. " * 80_000,
        "A. " * 80_000,
        "(S//NF) " * 20_000,
        "Ann Example said Paris " * 5_000,
        "SECRET//" + "NOFORN/" * 50_000,
        "1,000 " * 30_000,
        "3 March of " + " " * 300_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_work_is_bounded_on_hostile_text(text: str) -> None:
    """A step that grows with the square of the text would take hours with some of these."""
    exposed = find_parties(text)
    weighed = weigh(text, exposed, RUBRIC)
    combinations([Leak("L-1", text, exposed, weighed), Leak("L-2", text, exposed, weighed)], RUBRIC)
    find_markings(text)


def test_the_own_register_comes_first() -> None:
    own = [Party("P-1", "Heron Shipping", "organisation", ("the Heron Lines", "HSL"), equity_holder=True)]
    text = "The Heron Lines sold it. HSL said nothing; hsl is no name. German HERON SHIPPING."
    (heron,) = [e for e in find_parties(text, own) if e.party]
    assert (heron.name, [m.text for m in heron.mentions]) == (
        "Heron Shipping",
        ["The Heron Lines", "HSL", "HERON SHIPPING"],
    )
    (weighed, *_) = [w for w in weigh(text, find_parties(text, own), RUBRIC, own=own) if w.exposed.party]
    assert "equity holder (+1)" in weighed.reasons


def test_markings_are_no_programmes() -> None:
    text = "TOP SECRET//NOFORN says it."
    assert find_parties(text, markings=[(0, 18)]) == ()


def test_severity_has_reasons() -> None:
    text = "German ships left on 3 March. A source with direct access to the German cabinet said so."
    passage = Passage(0, len(text), 3, frozenset({"USA", "GBR"}))
    (germany,) = weigh(text, find_parties(text), RUBRIC, [passage])
    assert germany.severity == "high"
    assert germany.points == 9
    assert germany.reasons == (
        "country named (+1)",
        "with method human source (+3)",
        "marked at level 3 of 4 (+3)",
        "not releasable to DEU (+2)",
    )
    assert text[slice(*germany.place)].startswith("A source")
    (plain,) = weigh("German ships left.", find_parties("German ships left."), RUBRIC)
    assert (plain.severity, plain.points) == ("low", 1)


def _leak(name: str, text: str) -> Leak:
    exposed = find_parties(text)
    return Leak(name, text, exposed, weigh(text, exposed, RUBRIC))


def test_leaks_together_name_the_source() -> None:
    one = _leak("L-1", "A source with direct access met Norwegian officials at Camp Delta on 3 March.")
    two = _leak("L-2", "Ann Example was at Camp Delta on 3 March.")
    other = _leak("L-3", "Rita Muster was in Oslo on 4 April.")
    (found,) = [c for c in combinations([one, two, other], RUBRIC) if c.kind == "person"]
    assert (found.name, found.leaks, found.together) == ("Ann Example", ("L-1", "L-2"), "severe")
    assert "date 03-03, place Camp Delta" in found.sentence
    assert combinations([one], RUBRIC) == ()


def test_facts_of_several_leaks_add_up() -> None:
    leaks = [
        _leak("L-1", "Operation NIGHT HERON starts on 3 March."),
        _leak("L-2", "Operation NIGHT HERON costs $2 million."),
        _leak("L-3", "Operation NIGHT HERON begins at Camp Delta."),
    ]
    (found,) = [c for c in combinations(leaks, RUBRIC) if c.name == "NIGHT HERON"]
    assert (found.alone, found.together) == ("low", "moderate")


def test_own_rubric(tmp_path: Path) -> None:
    file = tmp_path / "rubric.yaml"
    text = (Path(__file__).parents[3] / "src/fother/assess/exposure/rubric.yaml").read_text("utf-8")
    file.write_text(text.replace("country: 1", "country: 50"), "utf-8")
    (germany,) = weigh("German ships.", find_parties("German ships."), load_rubric(file))
    assert germany.severity == "severe"
    for old, new, says in [
        ("country: 1", "planet: 1", "named gives points"),
        ("country: 1", "country: many", "named gives points"),
        ("  - 4\n", "", "five numbers"),
        ("severe: 10", "severe: 1", "levels are"),
        ("equity_holder: 1", "equity: 1", "exactly these"),
        ("named:", "named: [", "no valid YAML"),
    ]:
        file.write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(InputFileError, match=says):
            load_rubric(file)


def test_access_is_counted() -> None:
    rows = read_access(
        b"who,document,pages\nReader A,D-1,1-2\nReader B,,\nReader C,D-2,\nreader a,D-1,7\n", "list.csv"
    )
    count = count_access("D-1", "Harbour", 40, rows, [7])
    assert (count.copies, count.listed, count.listed_passage, count.whole, count.passage) == (
        40,
        2,
        2,
        42,
        42,
    )
    assert count_access("D-1", "Harbour", 40, rows, [9]).listed_passage == 1
    assert count_access("D-2", "x", 0, rows, []).listed == 2


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"name\nA\n", "column named who"),
        (b"who,pages\nA,3-1\n", "line 2: .3-1. is no page"),
        (b"who,pages\n,3\n", "line 2: who is empty"),
        (b"\xff\xfe\x00", "no CSV"),
        (b"", "column named who"),
    ],
)
def test_bad_access_lists(data: bytes, says: str) -> None:
    with pytest.raises(RecipientListError, match=says):
        read_access(data, "list.csv")
