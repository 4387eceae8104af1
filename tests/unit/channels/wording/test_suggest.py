"""What rules propose, and what they must never touch."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fother.channels.text.carriers import TextCarriers
from fother.channels.wording.places import places
from fother.channels.wording.rules import order, pairs, spelling
from fother.channels.wording.suggest import english, suggest
from fother.channels.wording.variant import Approved, Suggestion
from fother.model.prose import Block, Fixed, Prose, rewritten


def prose_of(*blocks: str, kind: str = "paragraph", **more: object) -> Prose:
    found, at = [], 0
    for block in blocks:
        found.append(Block(at, at + len(block), kind))  # type: ignore[arg-type]
        at += len(block) + 1
    return Prose("\n".join(blocks), tuple(found), **more)  # type: ignore[arg-type]


def forms_of(*blocks: str, **more: object) -> set[tuple[str, str]]:
    return {s.forms for s in suggest(prose_of(*blocks, **more))}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sentence", "said", "told"),
    [
        ("The agency carried out a review of its staff.", "carried out", "conducted"),
        ("The agency conducts an audit of the program.", "conducts", "carries out"),
        ("In order to save costs, we asked the staff for help.", "In order to", "To"),
        ("They asked several members of the staff about it.", "several", "a number of"),
        ("They gave us additional information on the costs.", "additional", "further"),
        ("The officials knew that they had no data on it.", "knew that", "knew"),
        ("We reviewed the plan, the budget, and the report.", "budget,", "budget"),
        ("We looked at rules that apply to the offices.", "that", "which"),
        ("We met with contractors and officials.", "contractors and officials", "officials and contractors"),
        ("However, the agency has done none of this so far.", "However, the agency", "The agency, however,"),
        ("The agency has also said so in its report.", "has also", "also has"),
        ("This helps reduce the cost of the program.", "helps", "helps to"),
        ("The staff wanted to know whether it had been done.", "whether", "if"),
        ("It was up to their own judgment in the end.", "judgment", "judgement"),
    ],
)
def test_families(sentence: str, said: str, told: str) -> None:
    found = forms_of(sentence)
    assert (said, told) in found


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("The agency waits because the report is late.", "since"),
        ("Officials must have the ability to see the plan.", "be able to"),
        ("The office keeps each report, and the staff read every letter.", "every"),
        ("The office reads each and every report of its staff.", "every"),
        ("They met every Monday and wrote a letter each year.", "every year"),
        ("The agency also issued a report on its costs.", "In addition, the agency"),
    ],
)
def test_what_reads_otherwise_is_not_proposed(sentence: str, told: str) -> None:
    assert told not in {other for _, other in forms_of(sentence)}


def test_each_alone_is_every() -> None:
    assert ("each", "every") in forms_of("The office keeps each report that the staff wrote.")


def test_contractions_only_where_the_document_contracts() -> None:
    formal = "The staff do not agree with the plans that we made."
    assert not any("don't" in told for _, told in forms_of(formal))
    assert ("do not", "don't") in forms_of(formal, "It's late, and we can't wait for the others to come.")


@pytest.mark.parametrize(
    "text",
    [
        "The minister was clear: “In order to carry out a review, the agency has also asked several people.”",
        "The Contractor shall carry out the review of the plans prior to delivery, and shall bear the costs.",
        "Did the agency carry out a review of the plans in order to save costs?",
        "In Order To Carry Out A Review Of The Plans",
        "Um die Kosten zu senken, hat die Behörde eine Prüfung der Pläne und Regeln durchgeführt.",
        "See Smith v. Jones, 12 F.3d 34, 56, in order to carry out a review of the law.",
    ],
)
def test_never_touched(text: str) -> None:
    assert forms_of(text) == set()


@pytest.mark.parametrize("kind", ["heading", "caption", "header", "footer", "subject"])
def test_only_running_text(kind: str) -> None:
    assert forms_of("The agency carried out a review of its staff.", kind=kind) == set()


def test_names_numbers_and_defined_terms_stay() -> None:
    text = (
        "The “review team” means the staff of the office.",
        "The review team carried out a study for General Motors, Johnson and Smith in more than 300 places.",
    )
    for one in suggest(prose_of(*text)):
        assert not set("0123456789") & set("".join(one.forms))
        assert "Johnson" not in one.forms[0]
        assert "review team" not in one.forms[0]


def test_fixed_stretches_and_seams_stay() -> None:
    text = "The agency carried out a review of its staff."
    at = text.index("carried")
    assert forms_of(text, fixed=(Fixed(at, at + 3, "a link"),)) == set()
    assert forms_of(text, seams=(at + 8,)) == set()
    assert forms_of(text, seams=(at, at + 11)) == {("carried out", "conducted")}


def test_a_spelling_is_one_carrier_and_never_mixed() -> None:
    (one,) = [s for s in suggest(prose_of("The adviser told the adviser so.")) if s.family == "spelling"]
    assert one.throughout
    mixed = suggest(prose_of("The adviser told the advisers of the plan so."))
    assert not [s for s in mixed if s.family == "spelling"]


def test_an_id_stays_when_other_paragraphs_change() -> None:
    text = "The agency carried out a review of its staff."
    (one,) = suggest(prose_of(text))
    (later,) = suggest(prose_of("A new one comes first.", text))
    assert one.id == later.id
    assert (one.sentence, one.other) == (text, text.replace("carried out", "conducted"))


def test_own_alternatives_are_left_to_the_author() -> None:
    found = suggest(prose_of("The agency {{carried out|did}} a review of the rules that apply to staff."))
    assert [s.forms for s in found] == [("that", "which")]
    assert found[0].sentence == "The agency carried out a review of the rules that apply to staff."


_PARTS = st.sampled_from(
    [
        "In order to",
        "the agency",
        "carried out",
        "a review",
        "of the plans,",
        "the rules",
        "and",
        "that",
        "apply",
        "said",
        "it was",
        "prior to",
        "several",
        "also",
        "has",
        "“so”",
        "12",
        "{{a|b}}",
        "\n",
        "however,",
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_PARTS, min_size=4, max_size=30))
def test_suggestions_are_disjoint_and_say_what_they_show(parts: list[str]) -> None:
    prose = prose_of(*" ".join(parts).split("\n"))
    found = suggest(prose)
    at = 0
    for one in sorted(found, key=lambda s: s.start):
        assert one.start >= at
        at = one.end
        assert prose.text[one.start : one.end] == one.forms[0]
        assert one.other != one.sentence
        assert "  " not in one.other
    made, notes = places(prose, [_approved(s) for s in found])
    assert not [n for n in notes if "variant" in n]
    carriers = TextCarriers(prose.text, tuple(made))
    assert rewritten(prose.text, []) == prose.text
    assert carriers.count >= len(found)


def _approved(one: Suggestion) -> Approved:
    return Approved(one.id, one.family, one.sentence, one.other, one.throughout)


def test_english() -> None:
    assert english("The staff of the agency were asked to review all of the plans.")
    assert not english("Die Behörde hat ihre Pläne geprüft und die Kosten gesenkt.")
    assert not english("")


@pytest.mark.parametrize("name", ["synonyms", "phrases", "function", "connectives"])
def test_tables_can_be_read(name: str) -> None:
    assert sum(map(len, pairs.table(name).values())) > 15


def test_spellings_and_fixed_pairs_can_be_read() -> None:
    assert spelling._pairs("spellings")["adviser"][0] == "advisor"
    assert spelling._pairs("hyphens")["email"][0] == "e-mail"
    assert frozenset(("term", "condition")) in order.fixed_pairs()
