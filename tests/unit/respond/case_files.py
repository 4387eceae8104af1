"""A small case for tests: two artefacts, one described document, three parties, some statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fother.model import case as model
from fother.model.case import CaseFile, Kept

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  #: a Monday
NOW = START + timedelta(days=2)


def kept(id: str, record: Any, hours: float = 0.0, why: str = "") -> Kept[Any]:
    at = START + timedelta(hours=hours)
    return Kept(id, 1, at, at, "ann", why, record)


def party(id: str, name: str, **more: Any) -> Kept[model.Party]:
    return kept(id, model.Party(name, contact=f"desk of {name}", **more))


def exposure(id: str, of: str, words: str, severity: Any = "high", **more: Any) -> Kept[model.Exposure]:
    quotes = (model.Quote(0, len(words), words),)
    return kept(id, model.Exposure(of, more.pop("source", "L-1"), quotes, severity, **more))


def said(id: str, report: str, speaker: str, stance: str, **more: Any) -> Kept[model.Said]:
    more = {"kind": "named", "words": f"{speaker} {stance}", "review": "confirmed", **more}
    return kept(id, model.Said(report, speaker, stance=stance, **more))


def report(id: str, outlet: str, hours: float, **more: Any) -> Kept[model.Report]:
    return kept(id, model.Report(outlet, published=START + timedelta(hours=hours), **more), hours)


def case_file(**changes: Any) -> CaseFile:
    file = CaseFile(
        id="K-1",
        entry=kept("K-1", model.Case("Harbour papers", "Port Authority", zone="Europe/Oslo")),
        artefacts=(
            model.Artefact("L-1", "photo.jpg", "a" * 64, "forum", START, START + timedelta(hours=1)),
            model.Artefact("L-2", "excerpt.txt", "b" * 64),
        ),
        identified=(
            model.Identified("M-1", START, "a" * 64, "genuine", "It shows “Night operations”.", ("D-1",)),
            model.Identified(
                "M-2", START, "b" * 64, "altered", "One place was altered.", ("D-1",), ("40 became 60.",)
            ),
        ),
        traced=(
            model.Traced("T-1", START, ("a" * 64,), "This leak derives from copy C-7.", "D-1", ("C-7",)),
        ),
        documents={"D-1": "Night operations"},
        copies={"D-1": 12},
        described=(kept("DD-1", model.Described("Scenarios paper", "closing the port", "SECRET", ("N-1",))),),
        parties={
            "P-1": party("P-1", "Vestria", kind="country", aliases=("Vestrian",), foreign=True),
            "P-2": party("P-2", "Grain Terminal Ltd"),
            "P-3": party("P-3", "Ferry Line"),
        },
        exposures=(
            exposure("EX-1", "P-1", "the night schedule of the pilots", reason="a negotiating position"),
            exposure("EX-2", "P-2", "behind a fence that nobody watches", "severe"),
            exposure("EX-3", "P-3", "the ferry", "low", review="rejected"),
        ),
        outreach=(kept("OU-1", model.Outreach("P-1", approval="the ministry")),),
        tasks=(kept("TA-1", model.Task("Close the fence", "Site manager", START + timedelta(days=1))),),
        deadlines=(kept("DL-1", model.Deadline("Report", START + timedelta(days=3), "Counsel", "Rule 7")),),
        decisions=(kept("DE-1", model.Decision("Neither confirm nor deny", "it would disclose"), 3),),
        roles=(kept("RO-1", model.Role("lead", "A. Sample")),),
        reports={
            "N-1": report("N-1", "Daily Ledger", 5, title="Papers surface"),
            "N-2": report("N-2", "Wire", 20),
        },
        said=(
            said("S-1", "N-1", "Minister Sample", "decline", organisation="Ministry"),
            said("S-2", "N-2", "Minister Sample", "deny", organisation="Ministry"),
            said("S-3", "N-2", "two officials", "assert", kind="anonymous", chain=("Wire",)),
        ),
        planned=(kept("EV-1", model.Planned("a visit to Vestria", date(2026, 3, 9), date(2026, 3, 13))),),
    )
    return replace(file, **changes)
