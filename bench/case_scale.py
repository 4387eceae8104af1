"""How quick the commands of a case are when the case is large.

    python bench/case_scale.py [--statements 10000] [--reports 500] [--parties 200]

One case with 500 reports of some 2,500 characters, 10,000 statements, 200 parties (each with two exposures
and an outreach), 200 tasks and 100 planned events, all invented, is entered through the registry. Then every
command runs three times as a process of its own, as a shell would start it; shown are the median and the
longest wall-clock time and the median CPU time. The floor is `fother --version`, the start alone.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fother.registry import NewItem, Registry, open_registry

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORDS = ("harbour", "night", "pilot", "review", "fence", "lamp", "bridge", "quay", "tower", "roster")
STANCES = ("assert", "deny", "decline", "confirm", "reassure", "promise")
RUNS = 3


def text(rng: random.Random, characters: int) -> str:
    made = ""
    while len(made) < characters:
        made += " ".join(rng.choices(WORDS, k=12)).capitalize() + ". "
    return made


def fill(registry: Registry, statements: int, reports: int, parties: int) -> dict[str, str]:
    """Enter the case; returns the ids that the commands are run with."""
    rng = random.Random(4)
    case = registry.put_item("case", {"title": "Large case", "organisation": "Sample Desk"}).id
    leak = registry.add_sighting(b"leak", name="leak.txt", media_type="text/plain", isolation="none")
    registry.put_item("attachment", {"target": leak.id}, case=case)
    people = registry.new_item_ids("party", parties)
    registry.put_items(
        [
            NewItem("party", {"name": f"Party {n}", "contact": "desk"}, None, id, 0)
            for n, id in enumerate(people)
        ]
    )
    for party in people:
        quote = {"start": 0, "end": 20, "text": text(rng, 40)[:20]}
        told = {"party": party, "may_say": "A sentence.", "excerpt": text(rng, 300)}
        if rng.random() < 0.6:
            told |= {"state": "sent", "sent_at": START.isoformat()}
        registry.put_items(
            [NewItem("exposure", {"party": party, "source": leak.id, "quotes": [quote]}, case) for _ in "ab"]
            + [NewItem("outreach", told, case)]
        )
    speakers = [f"Speaker {n}" for n in range(400)]
    for n in range(reports):
        (report,) = registry.new_item_ids("report", 1)
        day = (START + timedelta(hours=n)).date().isoformat()
        body = {
            "outlet": f"Outlet {n % 40}",
            "published": day,
            "title": f"Report {n}",
            "text": text(rng, 2500),
        }
        entered = [NewItem("report", body, case, report, 0, "", body["text"].encode())]
        for _ in range(statements // reports):
            start = rng.randrange(2000)
            words = str(body["text"])[start : start + 80]
            speaker = {"name": rng.choice(speakers), "text": "Speaker", "start": 1, "end": 8, "kind": "named"}
            entered.append(
                NewItem(
                    "statement",
                    {
                        "report": report,
                        "speaker": speaker,
                        "stance": rng.choice(STANCES),
                        "mode": "direct",
                        "content": [{"start": start, "end": start + 80, "text": words}],
                        "chain": [body["outlet"], "officials"],
                        "review": "proposed",
                    },
                    case,
                )
            )
        registry.put_items(entered)
    due = [(START + timedelta(days=300 + n)).isoformat() for n in range(200)]
    registry.put_items([NewItem("task", {"title": f"Task {n}", "due": at}, case) for n, at in enumerate(due)])
    days = [{"text": f"Visit {n}", "start_date": "2099-03-05", "end_date": "2099-03-07"} for n in range(100)]
    registry.put_items([NewItem("event", day, case) for day in days])
    outreach = registry.items("outreach", case=case)
    planned = [o.id for o in outreach if o.body.get("state", "planned") == "planned"]
    return {
        "CASE": case,
        "PARTY": people[0],
        "OUTREACH": planned[0],
        "SENT": next(o.id for o in outreach if o.body.get("state") == "sent"),
        "TASK": registry.items("task", case=case)[0].id,
        "STATEMENT": registry.items("statement", case=case)[0].id,
        "REPORT": registry.items("report", case=case)[0].id,
    }


COMMANDS = (
    "--version",
    "case list",
    "case show CASE",
    "case show CASE --json",
    "case show CASE --for PARTY",
    "case report CASE --out DIR/report.html",
    "case report CASE --pdf DIR/report.pdf",
    "case history CASE",
    "case calendar CASE --out DIR/case.ics",
    "case describe CASE Paper",
    "case add CASE REPORT",
    "party list",
    "outreach list CASE",
    "outreach draft OUTREACH",
    "outreach refresh OUTREACH",
    "outreach answer SENT --acknowledged",
    "task list CASE",
    "task add CASE Call --due +24h",
    "task done TASK",
    "decide CASE Wait --because reasons",
    "note CASE Something",
    "exposure list CASE",
    "press list --case CASE",
    "press show REPORT",
    "press positions --case CASE",
    "press review accept STATEMENT",
    "show STATEMENT",
)


def timed(words: list[str], home: Path) -> tuple[float, float, int]:
    """Wall-clock and CPU seconds of one command, and its exit status."""
    before = os.times()
    start = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-m", "fother", *words],
        env={**os.environ, "FOTHER_HOME": str(home)},
        capture_output=True,
        check=False,
    )
    wall = time.perf_counter() - start
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu, ran.returncode


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, default in (("statements", 10_000), ("reports", 500), ("parties", 200)):
        parser.add_argument(f"--{name}", type=int, default=default)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        home = folder / "home"
        start = time.perf_counter()
        with open_registry(home, actor="bench") as registry:
            ids = fill(registry, wanted.statements, wanted.reports, wanted.parties)
        size = (home / "registry.sqlite").stat().st_size / 1e6
        print(f"Entered in {time.perf_counter() - start:.0f} s; database {size:.0f} MB.\n")
        print("| command | wall median | wall longest | CPU median |\n|---|---|---|---|")
        for command in COMMANDS:
            words = [ids.get(word, word.replace("DIR", str(folder))) for word in command.split()]
            runs = [timed(words, home) for _ in range(RUNS)]
            wall, cpu, status = zip(*runs, strict=True)
            failed = "" if not any(status) else f" (exit {max(status)})"
            print(
                f"| `{command}`{failed} | {statistics.median(wall):.2f} s | {max(wall):.2f} s "
                f"| {statistics.median(cpu):.2f} s |",
                flush=True,
            )


if __name__ == "__main__":
    main()
