"""A case from the first word to the report, by the commands alone."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
import vobject
from aiosmtpd.controller import Controller
from fother_command import Ran, fother

LEAK = """The review team met officials of Vestria on 3 March. Vestria asked for the night
schedule of the pilots. Grain Terminal Ltd stores 40,000 tonnes behind a fence that nobody watches.
"""


class Desk:
    """The commands against one registry."""

    def __init__(self, folder: Path) -> None:
        self.home, self.folder = folder / "home", folder

    def __call__(self, *words: object) -> Any:
        return fother(*words, home=self.home).json

    def told(self, *words: object) -> str:
        ran = fother(*words, home=self.home, json_output=False)
        assert ran.status == 0, ran.stderr
        return ran.stdout

    def refused(self, *words: object) -> str:
        ran: Ran = fother(*words, home=self.home)
        assert ran.status != 0
        assert ran.stdout == ""
        assert "Traceback" not in ran.stderr
        return f"{ran.status} {ran.stderr}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def case(desk: Desk) -> str:
    """A case with a leaked text, two parties that it exposes, and an outreach to one of them."""
    opened = desk(
        "case", "open", "Harbour papers", "--organisation", "Port Authority", "--zone", "Europe/Oslo"
    )
    leak = desk.folder / "leak.txt"
    leak.write_text(LEAK)
    (seen,) = desk("intake", leak, "--source", "forum")["sightings"]
    desk("party", "add", "Republic of Vestria", "--kind", "country", "--alias", "Vestria", "--foreign",
         "--contact", "Ambassador Sample", "--channel", "desk@vestria.example")  # fmt: skip
    desk("party", "add", "Grain Terminal Ltd", "--channel", "nobody@grain.example", "--contact", "Duty desk")
    id: str = opened["id"]
    assert desk("case", "add", id, seen["sighting"])["attached"][0]["body"]["target"] == seen["sighting"]
    there = ("--source", seen["sighting"])
    desk("exposure", "add", id, "--party", "vestria", *there, "--quote", "asked for the night schedule",
         "--severity", "high", "--reason", "a plan of theirs")  # fmt: skip
    desk("exposure", "add", id, "--party", "Grain Terminal Ltd", *there, "--quote", "behind a FENCE",
         "--severity", "severe")  # fmt: skip
    return id


@pytest.fixture(scope="module")
def outreach(desk: Desk, case: str) -> str:
    id: str = desk(
        "outreach", "plan", case, "Vestria", "--say", "A sentence about you.", "--follow-up", "+2d"
    )["id"]
    return id


def test_words_are_found_over_line_breaks_and_case(desk: Desk, case: str) -> None:
    exposed = desk("case", "history", case)["versions"]
    quotes = [q for v in exposed if v["kind"] == "exposure" for q in v["body"]["quotes"]]
    assert [q["text"] for q in quotes] == ["asked for the night\nschedule", "behind a fence"]
    assert all(LEAK[q["start"] : q["end"]] == q["text"] for q in quotes)


def test_a_foreign_party_is_told_only_after_approval(desk: Desk, case: str, outreach: str) -> None:
    plan = desk("show", outreach)["body"]
    assert plan["approval"] == "coordination before a foreign partner is told"
    assert "Grain" not in plan["excerpt"]
    assert "Vestria asked for the night\nschedule of the pilots." in plan["excerpt"]
    assert "waits for approval" in desk.refused("outreach", "sent", outreach, "--how", "by telephone")
    assert desk("outreach", "list", case)["affected"][1]["standing"] == "approval"
    desk("outreach", "approve", outreach, "--by", "Director Sample")
    draft = desk("outreach", "draft", outreach)
    assert draft["to"] == "desk@vestria.example"
    assert "A sentence about you." in draft["text"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    taken: list[bytes] = []

    class Box:
        async def handle_DATA(self, _s: Any, _t: Any, envelope: Any) -> str:
            taken.append(envelope.content)
            return "250 taken" if len(taken) > 1 else "451 try later"

    controller = Controller(Box(), hostname="127.0.0.1", port=port)
    controller.start()
    send = ("outreach", "send", outreach, "--server", f"smtp://127.0.0.1:{port}", "--from", "a@port.example")
    try:
        assert "451 try later" in desk.refused(*send)
        assert desk("show", outreach)["body"].get("state", "planned") == "planned"
        sent = desk(*send)
        assert "was sent already" in desk.refused(*send)
    finally:
        controller.stop()
    assert sent["body"]["sent_how"] == "mail to desk@vestria.example"
    assert [v["body"].get("state", "planned") for v in _versions(desk, outreach)][-4:] == [
        "sending",
        "planned",
        "sending",
        "sent",
    ]
    desk("outreach", "answer", outreach, "--concern", "Will there be more?")
    told = {a["name"]: a for a in desk("outreach", "list", case)["affected"]}
    assert told["Republic of Vestria"]["standing"] == "concerned"
    assert desk("outreach", "answer", outreach, "--reassured")["body"]["reassured_at"]


def _versions(desk: Desk, id: str) -> list[Any]:
    versions: list[Any] = desk("case", "history", id)["versions"]
    return versions


def test_who_was_told_stays_told_when_more_is_planned(desk: Desk, case: str, outreach: str) -> None:
    assert outreach
    more = desk("outreach", "plan", case, "Grain Terminal Ltd", "--say", "Your fence is mentioned.")
    desk("outreach", "sent", more["id"], "--how", "by telephone")
    desk("outreach", "plan", case, "Grain Terminal Ltd", "--say", "More is known now.")
    told = {a["name"]: a["standing"] for a in desk("outreach", "list", case)["affected"]}
    assert told["Grain Terminal Ltd"] == "told"


def test_nobody_is_accused_unheard(desk: Desk, case: str) -> None:
    accuse = ("decide", case, "Grain Terminal is to answer for it", "--because", "its copy", "--accuses",
              "Grain Terminal Ltd")  # fmt: skip
    assert "nobody is accused unheard" in desk.refused(*accuse)
    invited = desk("case", "reply", case, "Grain Terminal Ltd")
    assert desk(*accuse)["body"]["accuses"].startswith("P-")
    answered = desk("case", "reply", case, invited["id"], "--answer", "It was lost")
    assert (answered["version"], answered["body"]["answer"]) == (2, "It was lost")


def test_tasks_and_meetings_become_a_calendar(desk: Desk, case: str, outreach: str) -> None:
    task = desk(
        "task", "add", case, "Close the fence", "--owner", "Site manager", "--due", "2099-03-05T14:07"
    )
    assert task["body"]["due"] == "2099-03-05T14:07:00+01:00"
    desk("outreach", "meet", outreach, "2099-07-01T10:00", "--purpose", "reassurance", "--minutes", "90")
    file = desk.folder / "case.ics"
    desk("case", "calendar", case, "--out", file)
    events = {e.summary.value: e for e in vobject.readOne(file.read_text(encoding="utf-8")).vevent_list}
    assert set(events) == {
        "Close the fence",
        "Meeting with Republic of Vestria: reassurance",
        "Follow up with Republic of Vestria",
    }
    meeting = events["Meeting with Republic of Vestria: reassurance"]
    assert meeting.dtstart.value.isoformat() == "2099-07-01T08:00:00+00:00"
    desk("task", "done", task["id"], "--result", "closed")
    assert desk("task", "list", case)["tasks"][0]["body"]["result"] == "closed"


def test_a_described_document_has_a_status_of_its_own(desk: Desk, case: str) -> None:
    made = desk(
        "case", "describe", case, "Scenarios paper", "--content", "the port closes", "--by", "Daily Ledger"
    )
    assert any("Scenarios paper" in q for q in desk("case", "show", case)["unknown"])
    desk("case", "status", made["id"], "not-ours", "--why", "no such paper exists")
    shown = {one["name"]: one for one in desk("case", "show", case)["leaked"]}
    assert (shown["Scenarios paper"]["status"], shown["leak.txt"]["status"]) == ("not-ours", "unverified")
    assert "no such paper exists" in desk.told("case", "history", made["id"])


def test_reports_whole_and_for_one_reader(desk: Desk, case: str, outreach: str) -> None:
    assert outreach
    files = {name: desk.folder / name for name in ("all.html", "all.pdf", "one.html", "one.pdf")}
    desk("case", "report", case, "--out", files["all.html"], "--pdf", files["all.pdf"])
    made = desk(
        "case", "report", case, "--out", files["one.html"], "--pdf", files["one.pdf"], "--for", "Vestria"
    )
    assert made["for"] == "Republic of Vestria"
    assert "Grain Terminal" in files["all.html"].read_text(encoding="utf-8")
    one = files["one.html"].read_text(encoding="utf-8")
    assert "Grain" not in one
    assert "leak.txt" not in one
    assert "Vestria asked for the night" in one
    assert all(files[name].read_bytes().startswith(b"%PDF") for name in ("all.pdf", "one.pdf"))
    assert "Vestria" not in json.dumps(desk("case", "show", case, "--for", "Grain Terminal Ltd"))


def test_one_screen(desk: Desk, case: str) -> None:
    shown = desk.told("case", "show", case)
    assert shown.startswith("Harbour papers (K-")
    assert len(shown.splitlines()) < 60


def test_access_roles_and_lessons_are_part_of_the_situation(desk: Desk, case: str) -> None:
    text = desk.folder / "paper.txt"
    text.write_text("An internal paper about the harbour, with enough words to be told apart from others.")
    document = desk("register", text, "--title", "Night operations")["document"]
    names = desk.folder / "names.txt"
    names.write_text("Night desk\n\nNight desk\nRegistry\n")
    desk("case", "access", case, document, names)
    desk("case", "add", case, document)
    desk("case", "role", case, "lead", "A. Sample")
    desk("case", "lesson", case, "The list was out of date", "--action", "Review it")
    shown = desk("case", "show", case)
    assert shown["access"] == ["Night operations: 0 copies issued, 2 more with access."]
    assert shown["roles"] == [{"role": "lead", "person": "A. Sample"}]
    assert shown["lessons"] == ["The list was out of date"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["case", "show", "K-00000000"], "6 "),
        (["case", "open", " "], "needs a title"),
        (["case", "open", "x", "--zone", "Mars/Base"], "no time zone"),
        (["case", "open", "x", "--tlp", "pink"], "--tlp is one of"),
        (["case", "add", "CASE", "TASK"], "its own case only"),
        (["outreach", "plan", "CASE", "Atlantis"], "no party 'Atlantis'"),
        (
            ["exposure", "add", "CASE", "--party", "Vestria", "--source", "LEAK", "--quote", "unheard of"],
            "does not stand",
        ),
        (["case", "report", "CASE"], "Name a file"),
        (["case", "report", "CASE", "--pdf", "/nowhere/x.pdf"], "cannot be written"),
        (["case", "access", "CASE", "x", "/nowhere"], "cannot be read"),
        (["case", "close", "CASE"], "for a reason"),
        (["party", "add", "vestria"], "10 "),
        (["outreach", "plan", "CASE", "Grain Terminal Ltd"], "plans to tell"),
        (
            ["outreach", "send", "OUTREACH", "--server", "mail", "--from", "a@b.example"],
            "was sent already",
        ),
        (["task", "add", "CASE", "x", "--due", "soon"], "no time"),
        (["task", "done", "OUTREACH"], "is of the kind 'outreach'"),
        (["decide", "CASE", "x", "--because", " "], "reason"),
        (["case", "withdraw", "OUTREACH"], "reason"),
    ],
)
def test_what_does_not_fit_is_one_sentence_and_changes_nothing(
    desk: Desk, case: str, words: list[str], said: str
) -> None:
    known = {"CASE": case}
    for version in _versions(desk, case):
        known[version["kind"].upper()] = version["id"]
        if version["kind"] == "attachment" and version["body"]["target"].startswith("L-"):
            known["LEAK"] = version["body"]["target"]
    if "OUTREACH" in words and "OUTREACH" not in known:
        pytest.skip("needs the outreach of the other tests")
    before = _versions(desk, case)
    assert said in desk.refused(*[known.get(word, word) for word in words])
    assert _versions(desk, case) == before


def test_a_closed_case_takes_nothing_until_it_is_reopened(desk: Desk) -> None:
    case = desk("case", "open", "Short case")["id"]
    note = desk("note", case, "Something")
    desk("case", "close", case, "--why", "done")
    assert "is closed" in desk.refused("note", case, "More")
    assert "closed already" in desk.refused("case", "close", case, "--why", "again")
    desk("case", "reopen", case, "--why", "new facts")
    gone = desk("case", "withdraw", note["id"], "--why", "wrong case")
    assert gone["withdrawn"]
    assert [v["version"] for v in _versions(desk, case)] == [1, 1, 2, 3, 2]
    assert {c["body"]["title"] for c in desk("case", "list")["cases"]} >= {"Short case"}


def test_a_reader_finds_what_its_ministry_said_in_public(desk: Desk) -> None:
    case = desk("case", "open", "Fishing papers")["id"]
    party = desk("party", "add", "Kingdom of Denmark", "--kind", "country", "--alias", "Denmark")["id"]
    desk("case", "add", case, party)
    seen = desk("case", "describe", case, "Quota paper", "--content", "what Denmark would accept")["id"]
    desk("exposure", "add", case, "--party", "Denmark", "--source", seen, "--quote", "would accept")
    page = desk.folder / "page.txt"
    page.write_text(
        "Quotas in doubt\n\nThe Danish Foreign Ministry denied that the paper exists. "
        "“There is no such paper,” it said on Monday.\n\n"
        "A spokesman for the German government declined to comment.\n"
    )
    desk("press", "add", page, "--case", case, "--outlet", "Daily Ledger", "--date", "2026-03-02")
    voices = desk("case", "show", case, "--for", "Denmark")["voices"]
    assert voices
    assert all("German" not in json.dumps(voice) for voice in voices)
    assert "deny" in {voice["stance"] for voice in voices}
