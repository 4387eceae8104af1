"""The statement guard: what it stops, what it lets through, and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fother.errors import InputFileError
from fother.language.terms import dates, figures, persons, sentences
from fother.respond.guard import Context, Earlier, Fact, Overlap, Stated, default_rules, guard, load_rules

RULES = default_rules()
LEAK = "On March 3 the harbour counted 16,000 ships. The night watch is to be halved by the end of the year."


def rules_of(draft: str, **known: object) -> set[str]:
    return {f.rule for f in guard(draft, RULES, Context(**known)).findings}  # type: ignore[arg-type]


SAFE = [
    RULES.standard,
    "We neither confirm nor deny the authenticity of the alleged document.",
    "We can neither confirm nor deny that the document is genuine.",
    "As a matter of policy the ministry does not comment on alleged leaks.",
    "No comment on the reports.",
    "We are aware of the reports and cannot verify the authenticity of purported documents.",
    "Our policy towards the harbour is unchanged.",
    "The ministry declined to comment.",
    "We regret that the ferry was late.",
    "The inquiry into the harbour fire goes on.",
    "It is we who decide. It is people who matter.",
    "The quay has seen no storm damage this year.",
]
CONFIRMS = [
    "The document is genuine.",
    "These papers are authentic, sadly.",
    "We can confirm that the memo exists.",
    "The ministry acknowledges the report.",
    "The file was prepared by our office.",
    "The authenticity is not in doubt.",
    "The leaked report is accurate.",
]
IMPLIES = [
    "The passage was taken out of context.",
    "It is an early draft.",
    "The paper does not reflect our current policy.",
    "The figures are outdated.",
    "We regret the leak.",
    "The file was stolen from us.",
    "We are investigating how it happened.",
    "It was only one of several options.",
    "It was never meant for publication.",
    "We regret that Ann Example was named.",
    "We regret that Mr. Sample was named.",
    "We have opened an inquiry into the leak.",
]
DENIES = [
    "The document is a forgery.",
    "This is a complete fabrication.",
    "No such memo exists.",
    "The ministry denies the report.",
    "We never wrote anything like it.",
    "It is disinformation.",
    "Fake documents are everywhere.",
]


@pytest.mark.parametrize("draft", SAFE)
def test_saying_nothing_is_let_through(draft: str) -> None:
    assert guard(draft, RULES, Context(leaks={"L-1": LEAK})).verdict == "clear"


@pytest.mark.parametrize("draft", CONFIRMS)
def test_confirmation_is_stopped(draft: str) -> None:
    found = guard(draft, RULES, Context())
    assert found.verdict == "stop"
    assert "confirms-authenticity" in {f.rule for f in found.findings}
    assert all(draft[f.start : f.end] == f.text and f.reason for f in found.findings)


@pytest.mark.parametrize("draft", IMPLIES)
def test_confirmation_by_implication_is_stopped(draft: str) -> None:
    assert "confirms-by-implication" in rules_of(draft)


@pytest.mark.parametrize("draft", DENIES)
def test_denial_is_stopped(draft: str) -> None:
    assert "denies-authenticity" in rules_of(draft)


@pytest.mark.parametrize(
    "draft", ["No harm was done.", "There was little, and no lasting damage was caused."]
)
def test_words_about_damage_are_looked_at(draft: str) -> None:
    assert "comments-on-damage" in rules_of(draft)


@pytest.mark.parametrize(
    "draft",
    [
        "It was Ann Example who did it.",
        "It was A. Sample who leaked it.",
        "It was the night desk who did it.",
    ],
)
def test_who_did_it_is_looked_at(draft: str) -> None:
    assert "accuses" in rules_of(draft)


REVIEW, TALKS = Fact("M-1", "Review of the harbour", "genuine"), Fact("M-2", "Talks with Vestria", "genuine")
TABLE = Fact("Q-1", "Harbour scenarios", "unverified")


def contradicted(draft: str, *facts: Fact, **known: object) -> list[str]:
    found = guard(draft, RULES, Context(facts=facts, **known)).findings  # type: ignore[arg-type]
    return [f.source for f in found if f.rule == "contradicts-facts"]


def test_only_the_document_spoken_of_is_compared_with_what_was_found() -> None:
    assert contradicted("The review of the harbour is out. It is a forgery.", REVIEW, TALKS) == ["M-1"]
    assert contradicted("On the talks with Vestria: the paper is a forgery.", REVIEW, TALKS) == ["M-2"]
    both = "The harbour review is long. As for the Vestria talks, this paper is fake."
    assert contradicted(both, REVIEW, TALKS) == ["M-2"]  # the sentence counts before the draft
    assert contradicted("On harbour scenarios: the report is a forgery.", REVIEW, TALKS, TABLE) == []
    passage = (Overlap(0, 3, "D-1", "Talks with Vestria", 0.9),)
    assert contradicted("The document is a forgery.", REVIEW, TALKS, overlaps=passage) == ["M-2"]


def test_where_no_document_is_named_it_is_said_once() -> None:
    found = guard("The document is a forgery. This is fake.", RULES, Context(facts=(REVIEW, TALKS))).findings
    (one,) = [f for f in found if f.rule == "contradicts-facts"]
    assert "cannot be told" in one.reason
    assert all(fact.title in one.reason for fact in (REVIEW, TALKS))
    again = Fact("Q-2", "Review of the harbour", "genuine")
    assert contradicted("The harbour review: it is a forgery.", REVIEW, again, TALKS) == ["M-1"]
    assert contradicted("It is a forgery.", REVIEW, again) == ["M-1"]


def test_what_follows_a_safe_wording_is_still_read() -> None:
    draft = "We neither confirm nor deny the reports. However, the document is genuine."
    assert rules_of(draft) == {"confirms-authenticity"}
    assert "confirms-authenticity" in rules_of(
        "We cannot comment on the figures, but the report is accurate."
    )


def test_figures_and_dates_of_the_leak() -> None:
    found = guard(
        "There were sixteen thousand ships on 3 March 2026.", RULES, Context(leaks={"L-1": LEAK})
    ).findings
    assert [(f.rule, f.text, f.source) for f in found] == [
        ("discloses-number", "sixteen thousand", "L-1"),
        ("discloses-date", "3 March 2026", "L-1"),
    ]
    assert rules_of("There were 17,000 ships in 2026.", leaks={"L-1": LEAK}) == set()


def test_words_of_the_leak() -> None:
    draft = "It is wrong that the night watch is to be halved by the end of the week."
    (found,) = guard(draft, RULES, Context(leaks={"L-1": LEAK})).findings
    assert (found.rule, found.text) == ("repeats-leak", "the night watch is to be halved by the end of the")


def test_passages_and_markings() -> None:
    draft = "SECRET paper: the night watch is halved."
    known = {"overlaps": (Overlap(14, 39, "D-1", "Harbour", 0.97),), "markings": (Stated(0, 6, "SECRET"),)}
    assert rules_of(draft, **known) == {"discloses-passage", "states-marking"}
    assert rules_of(draft, markings=(Stated(0, 6, "SECRET", heading=True),)) == {"draft-is-marked"}
    assert rules_of(draft, markings=(Stated(0, 6, "x", heading=True, public=True),)) == set()
    assert "acknowledges-classification" in rules_of("It was a classified document.")


def test_persons_are_named() -> None:
    draft = "Minister Ann Example met Paul Sample, and Rita Muster said nothing."
    found = guard(draft, RULES, Context(persons=("Paul Sample",))).findings
    assert [(f.rule, f.text) for f in found] == [
        ("names-person", "Minister Ann Example"),
        ("names-party", "Paul Sample"),
        ("names-person", "Rita Muster"),
    ]


def test_facts_and_earlier_statements_are_not_contradicted() -> None:
    genuine, altered = Fact("M-1", "Harbour note", "genuine"), Fact("M-2", "Harbour note", "altered")
    assert "contradicts-facts" in rules_of("The document is a forgery.", facts=(genuine,))
    assert "contradicts-facts" in rules_of("The document is genuine.", facts=(altered,))
    assert "contradicts-facts" not in rules_of("The document is genuine.", facts=(genuine,))
    before = Earlier("S-1", "The memo is genuine.", "confirms")
    assert "contradicts-statement" in rules_of("The memo is a forgery.", earlier=(before,))
    flat = Earlier("S-2", "The envoy did meet the harbour master in April.")
    assert "contradicts-statement" in rules_of(
        "The envoy did not meet the harbour master in April.", earlier=(flat,)
    )
    assert "contradicts-statement" not in rules_of("The envoy did meet the harbour master.", earlier=(flat,))
    number = Earlier("S-3", "The harbour counted 61,000 ships last year.")
    (found,) = guard(
        "The harbour counted 16,000 ships last year.", RULES, Context(earlier=(number,))
    ).findings
    assert (found.rule, found.source) == ("contradicts-statement", "S-3")
    assert "S-3 says 61,000, this says 16,000" in found.reason


def test_terms() -> None:
    text = (
        "On 2026-03-03, 12 of 1,500 men (3.5%) met Dr. A. Example; $2 million. In 2025 nine went, "
        "twenty-two came."
    )
    assert [t.value for t in dates(text)] == ["03-03"]
    assert [(t.text, t.value) for t in figures(text)] == [
        ("12", "12"),
        ("1,500", "1500"),
        ("3.5%", "3.5%"),
        ("$2 million", "2000000"),
        ("twenty-two", "22"),
    ]
    assert [t.value for t in persons(text)] == ["A. Example"]
    assert [t.text for t in sentences("Dr. Example came. He left!\n\nAll was well")] == [
        "Dr. Example came.",
        "He left!",
        "All was well",
    ]


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_checked(draft: str, leak: str) -> None:
    found = guard(draft, RULES, Context(leaks={"L-1": leak}, earlier=(Earlier("S-1", leak),)))
    assert all(draft[f.start : f.end] == f.text for f in found.findings)


def test_own_rules(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(
        "rules:\n- {id: no-ships, weight: stop, reason: Ships are not spoken of., patterns: ['ships?\\b']}\n"
        "- {id: names-person, weight: off}\nallowed: [Ann Example]\n",
        encoding="utf-8",
    )
    own = load_rules(file)
    assert [f.rule for f in guard("Mr Sample saw ships; it is genuine.", own, Context()).findings] == [
        "no-ships"
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rules: 3", "no list of rules"),
        ("rules: [{weight: stop}]", "needs an id"),
        ("rules: [{id: a, weight: loud, reason: x}]", "stop, look or off"),
        ("rules: [{id: a, weight: stop, reason: x, patterns: ['(']}]", "no pattern"),
        ("rules: [{id: a, weight: stop, reason: x, colour: red}]", "colour"),
        ("rules: [{id: a, weight: stop, reason: x}, {id: a, weight: stop, reason: x}]", "same id"),
        ("rules: [", "no valid YAML"),
    ],
)
def test_bad_rules_get_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputFileError, match=says):
        load_rules(file)


def test_what_was_compared_is_counted_in_the_singular_too() -> None:
    said = guard("A draft.", RULES, Context(earlier=(Earlier("s.txt", "Nothing."),))).checked
    assert {"1 earlier statement", "0 leaked texts"} <= set(said)
