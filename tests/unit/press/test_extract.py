"""Each rule on a sentence of its own; the gold set shows how they do together."""

from __future__ import annotations

from datetime import date

import pytest

from fother.model.press import Extraction, Statement
from fother.press.extract import extract

DAY = date(2026, 3, 4)


def read(text: str, outlet: str = "Norland Wire") -> Extraction:
    return extract(text, outlet=outlet, published=DAY)


def one(text: str) -> Statement:
    (statement,) = read(text).statements
    return statement


def said(text: str) -> list[tuple[str | None, str, str]]:
    return [
        (s.speaker.name or s.speaker.span.of(text), s.stance, " … ".join(c.of(text) for c in s.content))
        for s in read(text).statements
    ]


def test_a_quotation_before_between_and_after_the_cue_is_one_statement() -> None:
    text = "“We lost it,” said Anna Holt. “We will find it.”"
    assert said(text) == [("Anna Holt", "assert", "“We lost it,” … “We will find it.”")]
    assert one(text).mode == "direct"


def test_pronouns_and_family_names_go_back_to_the_full_name() -> None:
    text = "Minister Tor Askeld said it was lost. He said nobody knew. “Nobody,” Askeld added."
    assert {s.speaker.name for s in read(text).statements} == {"Tor Askeld"}
    assert [s.speaker.role for s in read(text).statements] == ["Minister"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "The ministry declined to comment on the memo.",
        "The ministry did not respond to a request for comment.",
        "The ministry has remained silent regarding the memo.",
        "The ministry would neither confirm nor deny the report.",
        "The ministry had no comment.",
        "The ministry has yet to answer our questions.",
        "“We do not comment on leaks,” the ministry said.",
        "The ministry could not be reached for comment.",
    ],
)
def test_silence_is_a_statement(text: str) -> None:
    assert one(text).stance == "decline"
    assert one(text).speaker.kind == "organisation"


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("“This memo is a forgery,” Anna Holt said.", "deny"),
        ("“This memo is no forgery,” Anna Holt said.", "assert"),
        ("Anna Holt said the memo was genuine.", "confirm"),
        ("Anna Holt said the memo was not genuine.", "deny"),
        ("Anna Holt said it was unclear whether the memo was genuine.", "assert"),
        ("“Our alliance is rock solid,” Anna Holt said.", "reassure"),
        ("Anna Holt said the ministry was investigating the leak.", "promise"),
        ("Anna Holt warned that lives were at stake.", "warn"),
        ("Anna Holt accused Varenia of stealing the memo.", "accuse"),
        ("Anna Holt urged editors to return the file.", "urge"),
        ("Anna Holt denied that the memo was a forgery.", "deny"),
    ],
)
def test_stance_by_verb_or_by_words(text: str, stance: str) -> None:
    assert one(text).stance == stance


def test_a_chain_runs_from_the_outlet_to_the_speaker() -> None:
    text = "The Daily Ledger reported that officials in Helm had said the cables were genuine."
    outer, inner = sorted(read(text).statements, key=lambda s: len(s.chain))
    assert outer.chain == ("Norland Wire", "Daily Ledger")
    assert inner.chain == ("Norland Wire", "Daily Ledger", "officials in Helm")
    assert inner.speaker.kind == "anonymous"


def test_a_chain_never_runs_through_a_denial() -> None:
    text = "Anna Holt denied that two officials had said the file was lost."
    assert all("Anna Holt" not in s.chain[:-1] for s in read(text).statements)


def test_whom_it_was_told_stands_in_the_chain_but_not_the_outlet_itself() -> None:
    text = "Two officers told the Daily Ledger that they had used the map."
    assert one(text).chain == ("Norland Wire", "Daily Ledger", "Two officers")
    (own,) = extract(text, outlet="The Daily Ledger", published=DAY).statements
    assert own.chain == ("The Daily Ledger", "Two officers")


def test_cited_officials_speak_too() -> None:
    text = "The Daily Ledger reported, citing two unnamed officials, that the list was real."
    chains = {s.chain for s in read(text).statements}
    assert ("Norland Wire", "Daily Ledger", "two unnamed officials") in chains


def test_transcripts_name_speakers_by_labels() -> None:
    text = "HOST: Is it real?\n\nLUND: I cannot comment on that."
    assert [(w, s) for w, s, _ in said(text)] == [("HOST", "ask"), ("Lund", "decline")]


def test_a_quotation_over_paragraphs_has_one_speaker() -> None:
    text = "Anna Holt said: “It is over.\n\n“We will go home.”"
    assert said(text) == [("Anna Holt", "assert", "“It is over. … “We will go home.”")]


def test_a_leaked_document_with_its_marking_and_what_it_is_alleged_to_say() -> None:
    text = "A leaked memo, marked “Top Secret”, says stocks would last nine days."
    (document,) = read(text).documents
    assert document.marking == "Top Secret"
    assert [c.of(text) for c in document.alleged_content] == ["stocks would last nine days"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("The minister will travel to Osterby next week.", ("2026-03-09", "2026-03-15")),
        ("She is due to visit Helm on 24 March.", ("2026-03-24", "2026-03-24")),
        ("Parliament plans to hold a debate on Thursday.", ("2026-03-05", "2026-03-05")),
    ],
)
def test_planned_events_have_days(text: str, days: tuple[str, str]) -> None:
    (event,) = read(text).events
    assert (str(event.start_date), str(event.end_date)) == days


def test_what_happened_is_not_planned() -> None:
    assert read("The minister met his colleague on Monday. They had travelled last week.").events == ()


def test_without_a_day_of_publication_an_event_has_no_days() -> None:
    (event,) = extract("The minister will visit Helm next week.").events
    assert (event.start_date, event.granularity) == (None, "unresolved")


def test_parties_are_countries_bodies_and_persons_with_their_mentions() -> None:
    text = "Paris and the Pentagon were told. French officials met Anna Holt in Rome."
    found = {p.name: (p.kind, p.country, len(p.mentions)) for p in read(text).parties}
    assert found["France"] == ("country", "FR", 2)
    assert found["Department of Defense"] == ("organisation", "US", 1)
    assert found["Anna Holt"][0] == "person"
    assert "Italy" not in found  # a place where something happens is no party


def test_listed_names_win_and_datelines_are_no_parties() -> None:
    text = "HELM (Wire) — France spoke. The French Ministry of Defence did not."
    found = {p.name: p.kind for p in read(text).parties}
    assert found["France"] == "country"
    assert not any("HELM" in name for name in found)
    assert any("Ministry of Defence" in name for name in found)


def test_a_description_after_according_to_is_not_what_is_said() -> None:
    text = "According to the memo, marked “Top Secret”, stocks would last nine days."
    assert [c.of(text) for c in one(text).content] == ["stocks would last nine days"]


def test_lines_broken_to_fit_a_page_are_read_as_one() -> None:
    text = (
        "Prime Minister Anna Holt told reporters in Helm on Wednesday that the leaked\n"
        "memo about the grain reserve was a forgery. “We have never discussed selling\n"
        "the reserve,” she said, “and we never will.” The embassy of Sund declined to\n"
        "comment on the memo."
    )
    found = read(text).statements
    assert [(s.speaker.name or "", s.stance) for s in found][:2] == [
        ("Anna Holt", "deny"),
        ("Anna Holt", "deny"),
    ]
    assert found[1].content[0].of(text) == "“We have never discussed selling\nthe reserve,”"
    assert found[-1].stance == "decline"


def test_the_same_text_gives_the_same_findings() -> None:
    text = "“It is so,” said Anna Holt. The ministry declined to comment."
    assert read(text) == read(text)
