"""Real changes are told with their kind; noise, typography and layout are not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fother.identify.changes import compare
from fother.model.match import Change

DATA = tomllib.loads(
    (Path(__file__).parents[2] / "data" / "alterations" / "briefings.toml").read_text(encoding="utf-8")
)


def whole(document: str, leak: str, **options: Any) -> list[Change]:
    return compare(document, leak, [((0, len(document)), (0, len(leak)))], **options)


@pytest.mark.parametrize("case", DATA["case"], ids=lambda case: case["name"])
def test_hand_made(case: dict[str, Any]) -> None:
    document = leak = DATA["documents"][case["document"]].strip()
    for edit in case["edit"]:
        assert edit["from"] in leak
        leak = leak.replace(edit["from"], edit["to"], 1)
    found = whole(document, leak)
    expected = [edit for edit in case["edit"] if "kind" in edit]
    assert sorted(c.kind for c in found) == sorted(edit["kind"] for edit in expected), found
    for edit in expected:
        start = document.index(edit["from"])
        end = start + len(edit["from"])
        assert any(
            c.kind == edit["kind"]
            and c.document is not None
            and c.document[0] <= end + 1
            and c.document[1] >= start - 1
            for c in found
        )
    for change in found:
        assert change.document is not None
        assert change.leak is not None
        assert document[slice(*change.document)] == change.document_text
        assert leak[slice(*change.leak)] == change.leak_text


ORLAN = DATA["documents"]["orlan"].strip()


def test_sentences() -> None:
    leak = (
        ORLAN.replace("16,000", "61,000")
        .replace("had not crossed", "had crossed")
        .replace("(C) Three", "Three")
    )
    assert [change.sentence for change in whole(ORLAN, leak)] == [
        "The leak says 61,000; the document says 16,000.",
        "The leak leaves out “not”.",
        "The marking (C) is missing in the leak.",
    ]


def test_recognised_slips_are_no_changes() -> None:
    leak = (
        ORLAN.replace("16,000", "16.O00")
        .replace("witnesses", "witnes ses")
        .replace("not crossed", "nat crossed")
    )
    leak = leak.replace("river", "riuer").replace("commission", "comrnission").replace("March", "Mareh")
    assert whole(ORLAN, leak, recognised=True) == []


def test_pixels_overrule_the_text() -> None:
    leak = ORLAN.replace("16,000", "16,800")
    assert [c.kind for c in whole(ORLAN, leak, recognised=True)] == ["number"]
    assert whole(ORLAN, leak, recognised=True, same_pixels=lambda _: 0.9) == []
    confirmed = whole(ORLAN, leak, recognised=True, same_pixels=lambda _: 0.1)
    assert [c.confidence >= 0.95 for c in confirmed] == [True]
    assert [c.kind for c in whole(ORLAN, leak, recognised=True, same_pixels=lambda _: None)] == ["number"]


def test_an_illegible_figure_is_less_sure() -> None:
    leak = ORLAN.replace("16,000", "16,800")
    sure, unsure = np.full(len(leak), 0.97), np.full(len(leak), 0.97)
    place = leak.index("16,800")
    unsure[place : place + 6] = 0.3
    assert whole(ORLAN, leak, recognised=True, confidence=sure)[0].confidence > 0.5
    assert all(c.confidence < 0.5 for c in whole(ORLAN, leak, recognised=True, confidence=unsure))


def test_registered_variants_are_no_changes() -> None:
    leak = ORLAN.replace("will probably publish", "is going to print")
    start = ORLAN.index("will probably publish")
    span = (start, start + len("will probably publish"))
    assert whole(ORLAN, leak)
    assert whole(ORLAN, leak, variants=[(span, "is going to print")]) == []


def test_an_excerpt_that_starts_and_ends_somewhere_is_genuine() -> None:
    start, end = ORLAN.index("General Petrov"), ORLAN.index("(U)")
    leak = ORLAN[start:end]
    assert compare(ORLAN, leak, [((start, end), (0, len(leak)))]) == []


def test_long_omission_is_told_once_and_is_not_grave() -> None:
    middle = " ".join(
        f"Sentence number {n} says that item {n} was seen near place {n * 7}." for n in range(20)
    )
    document = f"{ORLAN}\n\n{middle}\n\n{DATA['documents']['water'].strip()}"
    leak = document.replace(middle, "[…]")
    found = whole(document, leak)
    assert [(c.kind, c.grave) for c in found] == [("deletion", False)]
    assert "sentences" in found[0].sentence
    assert "says so" in found[0].sentence


def test_foreign_text_between_passages_is_no_change() -> None:
    cut = ORLAN.index("(C)")
    foreign = DATA["documents"]["water"].strip()
    leak = f"{ORLAN[:cut]}{foreign}\n\n{ORLAN[cut:]}"
    shift = len(foreign) + 2
    pairs = [((0, cut), (0, cut)), ((cut, len(ORLAN)), (cut + shift, len(leak)))]
    assert compare(ORLAN, leak, pairs) == []


def test_moved_sentence() -> None:
    sentence = "General Petrov allegedly refused to sign the agreement with the border commission. "
    leak = ORLAN.replace(sentence, "").replace("(U) No further", f"{sentence}(U) No further")
    assert [c.kind for c in whole(ORLAN, leak)] == ["order"]


def test_headers_at_a_page_break() -> None:
    pages = [f"SECRET//NOFORN\nAnnual review of the waterworks\n{text.strip()}\nPage {n}\n"
             for n, text in enumerate(DATA["documents"]["water"].strip().split("\n\n"), 1)]  # fmt: skip
    document = "\f".join(pages)
    leak = DATA["documents"]["water"].strip()
    start = document.index("The waterworks of")
    assert compare(document, leak, [((start, len(document) - 8), (0, len(leak)))]) == []


def test_nothing_matched_and_bad_input() -> None:
    assert compare(ORLAN, "Something else.", []) == []
    with pytest.raises(ValueError, match="one confidence"):
        whole(ORLAN, ORLAN, confidence=np.ones(3))


def test_words_between_two_quotations_replace_nothing() -> None:
    first = "The harbour office renewed the lamps of the northern mole and paid the supplier in two parts."
    last = "In the winter the divers found that the second lamp had never been fixed to its base."
    between = (
        " By the end of September the works had taken 3.4 million euros, twice what the council had agreed. "
        "A further sum of 600,000 euros was requested in October, and it was granted although the auditors "
        "had not been asked and nobody could say what became of the first half of the money. "
    )
    document = first + between + last
    leak = f"“{first}” the paper says of the office. It goes on: “{last}”"
    here, there = leak.index(last), document.index(last)
    pairs = [((0, len(first)), (1, 1 + len(first))), ((there, len(document)), (here, here + len(last)))]
    assert compare(document, leak, pairs) == []


def test_a_registered_variant_may_only_leave_out_or_add_words() -> None:
    document = "The office made repairs in order to keep the mole open. However, the board had left by then."
    leak = "The office made repairs to keep the mole open. The board, however, had left by then."
    first, second = document.index("repairs"), document.index("However")
    variants = [
        ((first, first + len("repairs in order")), "repairs"),
        ((second, second + len("However, the board")), "The board, however,"),
    ]
    pairs = [((0, len(document)), (0, len(leak)))]
    assert compare(document, leak, pairs, variants=variants) == []
    assert compare(document, leak, pairs) != []


def test_words_added_beside_a_variant_are_told() -> None:
    document = "The board really approved the plan of the harbour office in the spring of that year."
    word = document.index("really ")
    variants = [((word, word + len("really")), "")]
    pairs = [((0, len(document)), (0, len(document)))]
    for leak, told in (
        (document.replace("really ", ""), False),
        (document.replace("really", "not really"), True),
        (document.replace("really approved", "really not approved"), True),
    ):
        pairs = [((0, len(document)), (0, len(leak)))]
        assert bool(compare(document, leak, pairs, variants=variants)) is told, leak
