"""The demonstration of a case: two marked documents leak, and the desk works until the report is finished.

All organisations and people are invented. The photo is simulated; everything else is what a user would run.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fother.cli.transcript import Transcript
from fother.flow.demo import case_files, photographed

_FENCE_PAGE = 2  #: of the review, 0-based: the one about the eastern fence
_LEAKED_ROW = 10  #: of the readers of the review
_VESTRIA = ("--kind", "country", "--alias", "Vestria", "--alias", "Vestrian", "--foreign")
_PARTIES: dict[str, tuple[str, ...]] = {
    "Republic of Vestria": (
        *_VESTRIA,
        "--contact",
        "Captain Ilse Sample",
        "--channel",
        "desk@vestria.example",
    ),
    "Port of Kaldvik": ("--alias", "Kaldvik", "--foreign", "--channel", "harbour@kaldvik.example"),
    "Example Terminal East": ("--contact", "Operations manager", "--channel", "duty@east.example"),
    "Example Pilots Association": ("--alias", "Pilots Association", "--contact", "Chair"),
}
_REPORTS = (
    ("wire-courier.html", "Coastal Courier", 3),
    ("wire-ledger.html", "Daily Ledger", 3),
    ("statement.eml", "Vestria Gazette", 2),
    ("blog.txt", "Quayside Blog", 2),
    ("evening.html", "Evening Mirror", 1),
)  #: file, outlet, days ago
_DRAFT = """\
We confirm that the photograph shows our review. The barrier behind the fish market can be lifted by two
people, and we regret that Captain Ilse Sample was named.
"""


def run_case(folder: Path, now: datetime, show: Callable[[str], None]) -> dict[str, Any]:
    """Run the whole case in a folder of its own; returns the situation with the files that were made.

    `now` is when it is played, with its zone. Raises what the commands raise.
    """
    case_files(folder)
    fother = Transcript(folder / "registry", folder, show)
    papers, copy = _issue(fother, folder)
    case = _open(fother)
    leaks = _leak(fother, folder, case, copy, now)
    _press(fother, folder, case, now)
    _assess(fother, folder, case, papers, leaks)
    _tell(fother, case)
    _decide(fother, folder, case, copy, now)
    return _report(fother, folder, case, copy, leaks)


def _issue(fother: Transcript, folder: Path) -> tuple[dict[str, str], str]:
    fother.say("Before the leak: two documents, one marked copy for every reader")
    papers = {}
    for name, title, readers in (
        ("review.pdf", "Night operations", "readers-review.csv"),
        ("talks.pdf", "Talks with Kaldvik", "readers-talks.csv"),
    ):
        papers[title] = fother.run("register", folder / name, "--title", title)["document"]
        issued = fother.run("issue", title, "--to", folder / readers, "--out", folder / "copies")
        if title == "Night operations":
            copy = next(c["copy"] for c in issued["copies"] if c["row"] == _LEAKED_ROW)
            file = Path(next(c["file"] for c in issued["copies"] if c["row"] == _LEAKED_ROW))
    (folder / "leak.jpg").write_bytes(photographed(file.read_bytes(), _FENCE_PAGE))
    return papers, copy


def _open(fother: Transcript) -> str:
    fother.say("The phone rings: open a case")
    opened = fother.run(
        *("case", "open", "Harbour papers", "--organisation", "Sandhaven Harbour Authority"),
        *("--zone", "Europe/Oslo", "--tlp", "AMBER"),
        *(
            "--summary",
            "A photo of a review and lines about talks are being passed around.",
        ),
    )
    case: str = opened["id"]
    for role, person in (
        ("lead", "Sample Director"),
        ("press", "Sample Spokesperson"),
        ("counsel", "Sample Counsel"),
    ):
        fother.run("case", "role", case, role, person)
    fother.run(
        *("decide", case, "Neither confirm nor deny what is published"),
        *("--because", "a confirmation discloses what a rumour does not"),
    )
    return case


def _leak(fother: Transcript, folder: Path, case: str, copy: str, now: datetime) -> dict[str, str]:
    fother.say(f"What leaked? A phone photo (simulated, of {copy}) and a pasted excerpt")
    found = (now - timedelta(days=4)).replace(microsecond=0).isoformat()
    photo, excerpt = folder / "leak.jpg", folder / "excerpt.txt"
    seen = {}
    for name, file, where in (
        ("photo", photo, "https://forum.example/1"),
        ("excerpt", excerpt, "https://paste.example/2"),
    ):
        told = fother.run("identify", file, "--source", where, "--found-at", found)
        fother.run("case", "add", case, told["identification"])
        seen[name] = told["artefacts"][0]["sighting"]
    traced = fother.run("trace", photo)
    fother.run("case", "add", case, traced["trace"])
    return seen


def _press(fother: Transcript, folder: Path, case: str, now: datetime) -> None:
    fother.say("What is said in public?")
    for name, outlet, days in _REPORTS:
        day = (now - timedelta(days=days)).date().isoformat()
        fother.run("press", "add", folder / "press" / name, "--outlet", outlet, "--date", day, "--case", case)


def _assess(
    fother: Transcript, folder: Path, case: str, papers: dict[str, str], leaks: dict[str, str]
) -> None:
    fother.say("Whom does it expose?")
    for name, words in _PARTIES.items():
        fother.run("party", "add", name, *words)
    talks, review = leaks["excerpt"], papers["Night operations"]
    for party, source, severity, reason, said in (
        ("Republic of Vestria", talks, "severe", "The limit of its offer, told in confidence.",
         "compensation of up to 300,000 crowns"),
        ("Republic of Vestria", talks, "high", "It asked that the talks stay unknown.",
         "Vestria offers to pay for two additional pilots"),
        ("Port of Kaldvik", talks, "high", "It does not know about the bearing; the leak says that it does.",
         "We have told Kaldvik about the bearing."),
        ("Example Terminal East", talks, "high", "It would lose calls and has not been told.",
         "The terminal operator does not know of this wish yet."),
        ("Example Terminal East", review, "severe", "The gap leads to its berths.",
         "closed by a temporary barrier that can be lifted by two people"),
        ("Example Pilots Association", review, "low", "Its members are on that page as well.",
         "Mooring a large ship at night takes six people on the quay."),
    ):  # fmt: skip
        fother.run(
            *("exposure", "add", case, "--party", party, "--source", source, "--quote", said),
            *("--severity", severity, "--reason", reason),
        )
    fother.run("case", "access", case, "Night operations", folder / "others-with-access.txt")


def _tell(fother: Transcript, case: str) -> None:
    fother.say("Tell those whom it concerns, each only what concerns them")
    said = "Lines about talks with you are being passed around. They were changed by whoever passes them on."
    plan = fother.run("outreach", "plan", case, "Vestria", "--say", said, "--follow-up", "+2d")["id"]
    fother.told("outreach", "draft", plan)
    fother.run("outreach", "approve", plan, "--by", "Sample Director")
    fother.run("outreach", "sent", plan, "--how", "by telephone, then by courier")
    fother.run("outreach", "answer", plan, "--acknowledged", "--concern", "Whether more of it will come out")
    fother.run("outreach", "meet", plan, "+7d", "--purpose", "the delegation's visit", "--place", "Sandhaven")
    said = "The fence is mentioned."
    plan = fother.run("outreach", "plan", case, "Example Terminal East", "--say", said)["id"]
    fother.run("outreach", "sent", plan, "--how", "in person")
    fother.run("outreach", "answer", plan, "--reassured")
    fother.run("outreach", "plan", case, "Kaldvik", "--say", "A sentence mentions you.")


def _decide(fother: Transcript, folder: Path, case: str, copy: str, now: datetime) -> None:
    fother.say("What may be said, what is due, who is heard")
    draft = folder / "draft-statement.txt"
    draft.write_text(_DRAFT, encoding="utf-8")
    fother.told("guard", draft, "--case", case)
    aware = (now - timedelta(hours=20)).replace(microsecond=0).isoformat()
    fother.run("clocks", "start", case, "nis2", "--trigger", f"aware={aware}", "--zone", "Europe/Oslo")
    owner = ("--owner", "Harbour master", "--due", "+24h")
    fother.run("task", "add", case, "Close the gap behind the fish market", *owner)
    for paper in fother.run("case", "show", case)["leaked"]:
        if paper["described"] and "scenario" in paper["name"].lower():
            why = "No such paper was ever written."
            fother.run("case", "status", paper["id"], "not-ours", "--why", why)
        elif paper["described"] and "barrier" in paper["sentence"]:
            shows = ("--shows", "Night operations", "--why", "its words stand in the review")
            fother.run("case", "status", paper["id"], "genuine", *shows)
    fother.run("case", "reply", case, copy)
    fother.run("note", case, "The blog has been asked to black out the number of the seal.")
    action = ("--action", "review it monthly")
    fother.run("case", "lesson", case, "The list of readers held people who had left", *action)


def _report(fother: Transcript, folder: Path, case: str, copy: str, leaks: dict[str, str]) -> dict[str, Any]:
    fother.say("Where do we stand?")
    fother.told("case", "show", case)
    fother.say("The finished report, and one that holds only what concerns Vestria")
    html, pdf = folder / "report.html", folder / "report.pdf"
    fother.run("case", "report", case, "--out", html, "--pdf", pdf)
    one_html, one_pdf = folder / "report-vestria.html", folder / "report-vestria.pdf"
    fother.run("case", "report", case, "--for", "Vestria", "--out", one_html, "--pdf", one_pdf)
    calendar = folder / "case.ics"
    fother.run("case", "calendar", case, "--out", calendar)
    situation = fother.run("case", "show", case)
    photo = next(one for one in situation["leaked"] if one["id"] == leaks["photo"])
    files = {"html": html, "pdf": pdf, "for_party": one_html, "calendar": calendar}
    return {
        "case": case,
        "leaked_copy": copy,
        "right": photo["copies"] == [copy],
        "situation": situation,
        **{name: str(path) for name, path in files.items()},
    }
