"""Whoever reads a report that was cut down learns nothing of anybody else's."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "respond"))

from case_files import NOW, START, exposure, kept, party, report, said

from fother.flow.desk.views import for_reader, situation_fields
from fother.model import case as model
from fother.model.case import CaseFile, Tlp
from fother.report.case_report import render_case_report
from fother.respond.readers import for_circle, for_party
from fother.respond.situation import situation

SECRETS = [f"secret{n}zz" for n in range(6)]


@st.composite
def cases(draw: st.DrawFn) -> tuple[CaseFile, int]:
    """A case of several parties; every word that belongs to party n holds `secret{n}zz`, every word of the
    desk's own holds `inner`."""
    count = draw(st.integers(2, 5))
    parties = {f"P-{n}": party(f"P-{n}", SECRETS[n], aliases=(f"alias {SECRETS[n]}",)) for n in range(count)}
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    exposures, outreach = [], []
    for k, (own, other) in enumerate(draw(st.lists(pairs, min_size=1, max_size=6))):
        # A quote may name somebody else than the party that it concerns.
        words = f"words of {SECRETS[own]} with {SECRETS[other].upper()} at night"
        source = draw(st.sampled_from(["L-1", "L-2", "DD-1"]))
        exposures.append(exposure(f"EX-{k}", f"P-{own}", words, source=source, reason=f"inner {words}"))
        excerpt = f"{SECRETS[own]} and {SECRETS[other]}"
        plan = model.Outreach(f"P-{own}", approval="inner office", may_say=words, excerpt=excerpt)
        if draw(st.booleans()):
            outreach.append(kept(f"OU-{k}", plan, why="inner reason"))
    file = CaseFile(
        id="K-1",
        entry=kept("K-1", model.Case("inner title", summary="inner summary"), why="inner why"),
        artefacts=(
            model.Artefact("L-1", "inner name.jpg", "a" * 64, "inner place", START, START),
            model.Artefact("L-2", "inner other.txt", "b" * 64, "inner place"),
        ),
        identified=(
            model.Identified("M-1", START, "a" * 64, "altered", "inner words", ("D-1",), ("inner change",)),
        ),
        traced=(model.Traced("T-1", START, ("a" * 64,), "inner copy C-7", "D-1", ("C-inner",)),),
        documents={"D-1": "inner document"},
        copies={"D-1": 3},
        described=(
            kept(
                "DD-1", model.Described("A paper", f"content of {SECRETS[0]}", shows="D-inner"), why="inner"
            ),
        ),
        parties=parties,
        exposures=tuple(exposures),
        outreach=tuple(outreach),
        tasks=(kept("TA-1", model.Task("inner task", due=NOW + timedelta(days=1))),),
        deadlines=(kept("DL-1", model.Deadline("inner deadline", NOW)),),
        decisions=(kept("DE-1", model.Decision("inner decision", "inner reason")),),
        notes=(kept("NO-1", model.Note("inner note")),),
        roles=(kept("RO-1", model.Role("inner role", "inner person")),),
        lessons=(kept("LE-1", model.Lesson("inner lesson")),),
        replies=(kept("RR-1", model.Reply("C-inner", START)),),
        access=(kept("AC-1", model.Access("D-1", ("inner reader",))),),
        reports={"N-1": report("N-1", "inner outlet", 3), "N-2": report("N-2", "Public outlet", 3)},
        said=tuple(
            said(f"S-{n}", "N-2" if n == 0 else "N-1", SECRETS[n], "deny", words=f"public {SECRETS[n]}")
            for n in range(count)
        ),
        planned=(kept("EV-1", model.Planned("inner visit", NOW.date(), NOW.date())),),
    )
    return file, count


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.data())
def test_a_party_learns_nothing_of_anybody_else(made: tuple[CaseFile, int], data: st.DataObject) -> None:
    file, count = made
    reader = data.draw(st.integers(0, count - 1))
    cut = for_reader(situation(for_party(file, f"P-{reader}"), NOW), SECRETS[reader])
    shown = render_case_report(cut, generated_at=NOW, version="0").casefold()
    shown += repr(situation_fields(cut)).casefold()
    for n in range(count):
        if n != reader:
            assert SECRETS[n] not in shown
    # What the reader said in public stands in the reports that quote it, and those are named.
    assert "inner" not in shown.replace("inner outlet", "")
    # To confirm is to disclose.
    assert not {one.status for one in cut.leaked} - {"unverified"}
    assert "altered" not in shown.split("</style>")[1]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]), st.data())
def test_a_circle_gets_only_what_is_meant_for_it(label: Tlp, data: st.DataObject) -> None:
    order = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
    labels = data.draw(st.lists(st.sampled_from(["", *order]), min_size=4, max_size=4))
    own = data.draw(st.sampled_from(order))
    file = CaseFile(
        id="K-1",
        entry=kept("K-1", model.Case("A case", tlp=own, summary="the summary")),
        notes=(kept("NO-1", model.Note("a note", tlp=labels[0])),),
        decisions=(kept("DE-1", model.Decision("the decision", "r", tlp=labels[1])),),
        tasks=(kept("TA-1", model.Task("the task", due=NOW, tlp=labels[2])),),
        described=(kept("DD-1", model.Described("the paper", tlp=labels[3])),),
        artefacts=(model.Artefact("L-1", "the artefact", "a" * 64),),
    )
    shown = render_case_report(situation(for_circle(file, label), NOW), generated_at=NOW, version="0")
    for words, given_label in (
        ("the decision", labels[1]),
        ("the task", labels[2]),
        ("the paper", labels[3]),
        ("the artefact", ""),
        ("the summary", ""),
    ):
        assert (words in shown) == (order.index(given_label or own) <= order.index(label)), words
    assert f"TLP:{label}" in shown
