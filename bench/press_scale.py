"""Positions, lists and one report with 500 reports, 200 parties and 10,000 statements in one registry.

    python bench/press_scale.py

Times are of the flow on this machine; starting Python comes on top (half a second).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from fother.flow.press.add import Reading, add_received, existing
from fother.flow.press.review import accept
from fother.flow.press.standing import positions
from fother.intake.articles import ReceivedArticle, ReceivedFile
from fother.registry import NewItem, open_registry

REPORTS, PARTIES, STATEMENTS = 500, 200, 10_000
T = TypeVar("T")
STANCES = ("deny", "confirm", "decline", "assert")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_registry(Path(folder) / "home", create=True) as registry,
    ):
        case = registry.put_item("case", {"title": "scale"}).id
        reports = registry.new_item_ids("report", REPORTS)
        new = [
            NewItem("report", _report(n), case=case, id=reports[n], expected_version=0)
            for n in range(REPORTS)
        ]
        new += [
            NewItem("statement", _statement(n, reports[n % REPORTS]), case=case) for n in range(STATEMENTS)
        ]
        _timed("entering all of it at once", lambda: registry.put_items(new))
        found = _timed("press positions", lambda: positions(registry, case))
        print(
            f"  {len(found.parties)} parties, {len(found.topics)} topics, "
            f"{len(found.contradictions)} contradictions"
        )
        _timed(
            "press list",
            lambda: (registry.items("report", case=case), registry.items("statement", case=case)),
        )
        shown = _timed("press show", lambda: existing(registry, registry.item(reports[0])))
        _timed("press review accept", lambda: accept(registry, [shown.statements[0].id]))
        text = "“This memo is a forgery,” said Anna Holt. " * 5
        article = ReceivedArticle("a.txt", text.encode(), text, "text/plain", "none")
        received = ReceivedFile("a.txt", text.encode(), "text/plain", "none", (article,))
        reading = Reading(outlet="Ledger", published=date(2026, 3, 4), case=case)
        _timed(
            "press add, parser loaded on the way, without the sandbox",
            lambda: add_received(registry, received, reading),
        )


def _report(n: int) -> dict[str, object]:
    day = date(2026, 3, 1) + timedelta(n % 28)
    words = " ".join(f"word{(n * 7919 + i * 31) % 5000}" for i in range(600))
    return {
        "outlet": f"Outlet {n % 60}",
        "published": day.isoformat(),
        "text": words,
        "title": f"Report {n}",
        "sha256": f"{n:064x}",
    }


def _statement(n: int, report: str) -> dict[str, object]:
    part = {"text": f"words of statement {n}", "start": 0, "end": 5}
    return {
        "report": report,
        "speaker": {"text": "he", "start": 0, "end": 2, "name": f"Party {n % PARTIES}", "kind": "named"},
        "stance": STANCES[n // PARTIES % 4],
        "content": [part],
        "chain": ["Outlet", f"Party {n % PARTIES}"],
        "topic": f"the memo about subject{n % 7} plan{n % 7}",
        "review": "proposed",
        "proposal": {"content": [part]},
    }


def _timed(what: str, do: Callable[[], T]) -> T:
    clock, processor = time.perf_counter(), time.process_time()
    result = do()
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(f"{what}: {processor:.2f} s of processor time, {clock:.2f} s on the clock")
    return result


if __name__ == "__main__":
    main()
