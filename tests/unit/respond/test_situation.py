"""From a case file to its situation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from case_files import NOW, START, case_file, exposure, kept, party, said

from fother.model import case as model
from fother.model.situation import Standing
from fother.respond.coverage import standing_of
from fother.respond.situation import situation

HOUR = timedelta(hours=1)


def test_what_leaked_says_genuine_altered_which_copy_and_who_says_so() -> None:
    photo, excerpt, described = situation(case_file(), NOW).leaked
    assert (photo.status, photo.copies, photo.documents) == ("genuine", ("C-7",), ("Night operations",))
    assert photo.copy_sentence == "This leak derives from copy C-7."
    assert (excerpt.status, excerpt.changes, excerpt.copies) == ("altered", ("40 became 60.",), ())
    assert excerpt.copy_sentence == "No trace has been run."
    assert (described.status, described.marking, described.found) == ("unverified", "SECRET", "Daily Ledger")


def test_the_newest_identification_and_the_trace_that_names_a_copy_count() -> None:
    file = case_file()
    again = replace(file.identified[0], id="M-3", at=START + HOUR, status="mixed")
    silent = replace(file.traced[0], id="T-2", at=START + HOUR, copies=(), sentence="None is named.")
    s = situation(replace(file, identified=(*file.identified, again), traced=(*file.traced, silent)), NOW)
    assert s.leaked[0].status == "mixed"
    assert s.leaked[0].copies == ("C-7",)


def test_the_untold_and_the_gravest_come_first_and_rejected_exposures_do_not_count() -> None:
    s = situation(case_file(), NOW)
    assert [(a.name, a.severity, a.standing) for a in s.affected] == [
        ("Grain Terminal Ltd", "severe", "untold"),
        ("Vestria", "high", "approval"),
    ]
    assert s.affected[1].standing_words == "not told, waits for approval by the ministry"
    assert [a.id for a in s.untold] == ["P-2", "P-1"]
    assert s.headline.endswith("2 parties are affected, 2 of them not told yet.")


@pytest.mark.parametrize(
    ("plan", "standing"),
    [
        (None, "untold"),
        ({"approval": "somebody"}, "approval"),
        ({"approval": "somebody", "approved_at": START}, "ready"),
        ({}, "ready"),
        ({"state": "sending", "sent_at": START}, "sending"),
        ({"state": "sent", "sent_at": START}, "told"),
        ({"state": "sent", "sent_at": START, "acknowledged_at": START + HOUR}, "acknowledged"),
        (
            {
                "state": "sent",
                "sent_at": START,
                "acknowledged_at": START + HOUR,
                "concerns": (model.Concern(START + HOUR, "more?"),),
            },
            "concerned",
        ),
        (
            {
                "state": "sent",
                "sent_at": START,
                "concerns": (model.Concern(START + HOUR, "more?"),),
                "reassured_at": START + 2 * HOUR,
            },
            "reassured",
        ),
        (
            {
                "state": "sent",
                "sent_at": START,
                "reassured_at": START + HOUR,
                "concerns": (model.Concern(START + 2 * HOUR, "again"),),
            },
            "concerned",
        ),
    ],
)
def test_where_an_outreach_stands(plan: dict | None, standing: Standing) -> None:  # type: ignore[type-arg]
    assert standing_of(None if plan is None else model.Outreach("P-1", **plan))[0] == standing


def test_steps_entered_for_the_same_minute_are_taken_in_their_usual_order() -> None:
    plan = model.Outreach("P-1", state="sent", sent_at=START, acknowledged_at=START, reassured_at=START)
    assert standing_of(plan) == ("reassured", START)


def test_grave_ones_come_before_slight_ones_whatever_keeps_them_untold() -> None:
    file = case_file(exposures=(exposure("EX-1", "P-1", "a", "severe"), exposure("EX-2", "P-2", "b", "low")))
    assert [a.id for a in situation(file, NOW).affected] == ["P-1", "P-2"]


def test_a_speaker_is_one_row_with_the_last_word_and_the_way_there() -> None:
    minister, officials = sorted(situation(case_file(), NOW).voices, key=lambda v: v.speaker)
    assert (minister.speaker, minister.stance, minister.before, minister.statements) == (
        "Minister Sample",
        "deny",
        ("decline",),
        2,
    )
    assert minister.outlets == ("Daily Ledger", "Wire")
    assert minister.role == "Ministry"
    assert officials.stance == "assert"


def test_nameless_officials_of_two_outlets_are_two_voices_and_rejected_statements_none() -> None:
    file = case_file()
    more = (
        said("S-4", "N-1", "two officials", "deny", kind="anonymous", chain=("Daily Ledger",)),
        said("S-5", "N-1", "Nobody", "deny", review="rejected"),
    )
    voices = situation(replace(file, said=(*file.said, *more)), NOW).voices
    assert sorted(v.speaker for v in voices) == ["Minister Sample", "two officials", "two officials"]


def test_what_is_due_is_in_order_and_says_what_is_late() -> None:
    s = situation(case_file(), NOW)
    assert [(d.kind, d.overdue) for d in s.due] == [
        ("task", True),
        ("deadline", False),
        ("announced", False),
    ]
    done = kept("TA-1", model.Task("Close the fence", due=START, done_at=START))
    assert [d.kind for d in situation(case_file(tasks=(done,)), NOW).due] == ["deadline", "announced"]
    # An announced week is no longer ahead the day after its last one, in the zone of the case.
    last = datetime(2026, 3, 13, 22, 30, tzinfo=UTC)  # 23:30 in Oslo
    assert "announced" in [d.kind for d in situation(case_file(), last).due]
    assert "announced" not in [d.kind for d in situation(case_file(), last + HOUR).due]


def test_follow_ups_and_meetings_are_due_until_they_are_over() -> None:
    def due(now: datetime, **plan: object) -> list[str]:
        file = case_file(outreach=(kept("OU-1", model.Outreach("P-1", state="sent", **plan)),))  # type: ignore[arg-type]
        return [d.what for d in situation(file, now).due if d.id == "OU-1"]

    later = NOW + timedelta(days=2)
    assert due(NOW, follow_up=later) == ["Follow up with Vestria"]
    assert due(NOW, follow_up=later, reassured_at=NOW) == ["Follow up with Vestria"]
    assert due(NOW, follow_up=NOW, reassured_at=later) == []
    meeting = model.Meeting(later, purpose="reassurance")
    assert due(NOW, meeting=meeting) == ["Meeting with Vestria: reassurance"]
    assert due(later + HOUR, meeting=meeting) == []


def test_what_is_unknown_is_asked() -> None:
    asked = situation(case_file(), NOW).unknown
    assert asked == (
        "Which copy excerpt.txt came from. No trace has been run.",
        "Whether “Scenarios paper” as reported by Daily Ledger is ours, and genuine.",
        "Whom excerpt.txt exposes: nobody has assessed it.",
        "Who had access to Night operations beyond the copies that were issued: no list is there.",
        "What the holder of copy C-7 has to say: no reply has been invited.",
    )


def test_answers_end_the_questions() -> None:
    file = case_file(
        described=(kept("DD-1", model.Described("Scenarios paper", status="not-ours")),),
        exposures=(
            exposure("EX-1", "P-1", "x"),
            exposure("EX-2", "P-2", "y", source="L-2"),
        ),
        access=(kept("AC-1", model.Access("D-1", ("Night desk",))),),
        replies=(kept("RR-1", model.Reply("C-7", START)),),
    )
    file = replace(file, traced=(*file.traced, replace(file.traced[0], sha256=("b" * 64,))))
    assert situation(file, NOW).unknown == ()
    assert situation(file, NOW).access == ("Night operations: 12 copies issued, 1 more with access.",)
    assert (
        situation(file, NOW)
        .replies[0]
        .startswith("Holder of copy C-7: reply invited 2 March 2026, 10:00 CET")
    )


def test_proposals_and_missing_facts_are_asked_as_well() -> None:
    file = case_file(
        exposures=(exposure("EX-1", "P-1", "x", "unknown", review="proposed"),),
        said=(said("S-1", "N-1", "A", "deny", review="proposed"),),
        roles=(),
        parties={"P-1": replace(party("P-1", "Vestria"), record=model.Party("Vestria"))},
    )
    asked = " ".join(situation(file, NOW).unknown)
    for words in (
        "Whether 1 proposed exposure is right: review waits.",
        "How grave it is for 1 affected party.",
        "Whether 1 extracted statement is right: review waits.",
        "Who leads",
        "Whom to call at Vestria.",
    ):
        assert words in asked


def test_an_empty_case_is_a_situation_too() -> None:
    empty = model.CaseFile("K-1", kept("K-1", model.Case("Nothing yet")))
    s = situation(empty, NOW)
    assert (s.leaked, s.affected, s.voices, s.due) == ((), (), (), ())
    assert s.headline == "No leak has been laid to this case yet."
    assert s.unknown[0].startswith("What leaked")
    assert [m.text for m in s.timeline] == ["Case opened"]


def test_the_time_line_holds_what_happened_and_what_is_ahead() -> None:
    moments = situation(case_file(), NOW).timeline
    assert [m.at for m in moments] == sorted(m.at for m in moments)
    assert {m.lane for m in moments} == {"leak", "public", "desk", "due"}
    visit = next(m for m in moments if m.id == "EV-1")
    assert visit.ahead
    assert visit.until is not None
    assert visit.until - visit.at == timedelta(days=5)


def test_what_happened_in_one_second_is_in_the_order_of_entering() -> None:
    second = NOW.replace(microsecond=0)

    def entry(id: str, record: object, made: int, changed: int) -> model.Kept[Any]:
        made_at, at = (second + timedelta(microseconds=n) for n in (made, changed))
        return model.Kept(id, 2, made_at, at, "ann", "", record)

    told = model.Outreach("P-2", state="sent", sent_at=second, acknowledged_at=second, approved_at=second)
    file = case_file(
        tasks=(),
        decisions=(
            entry("DE-1", model.Decision("Zinc first", "r"), 100, 100),
            entry("DE-2", model.Decision("All later", "r"), 300, 300),
        ),
        outreach=(entry("OU-1", told, 50, 200),),
    )
    assert [m.text for m in situation(file, NOW).timeline if m.at.replace(microsecond=0) == second] == [
        "Decided: Zinc first",
        "Grain Terminal Ltd approved to be told",
        "Grain Terminal Ltd told",
        "Grain Terminal Ltd acknowledged",
        "Decided: All later",
    ]
