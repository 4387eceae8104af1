"""The forecast of a document for people."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from fother.cli.common import out
from fother.cli.tables import print_table
from fother.flow.safeguard import page_reports
from fother.model.page import PageReport

_MOST_GROUPS = 20


def print_forecast(plan: Mapping[str, Any]) -> None:
    """Pages, weak pages with their reasons, and how many recipients can be told apart."""
    pages = page_reports(plan)
    forecast = plan["forecast"]
    if forecast is None:
        for note in plan["notes"]:
            out.print(note)
        return
    marked = sum(p.marked_words for p in pages)
    words = sum(p.words for p in pages)
    share = f" ({marked / words:.0%} of {words} words can be moved)" if words else ""
    out.print(f"{forecast['carriers']} carriers on {len(pages)} page(s){share}.")
    for note in plan["notes"]:
        out.print(note)
    _print_weak([p for p in pages if p.state != "markable" or p.reason])
    if not forecast["table"]:
        out.print("Copies of this document cannot be told apart by its layout.")
        return
    captures = list(dict.fromkeys(r["capture"] for r in forecast["table"]))
    cells = {(r["capture"], r["extent"]): r["recipients_log10"] for r in forecast["table"]}
    extents = list(dict.fromkeys(r["extent"] for r in forecast["table"]))
    for alpha in forecast["table"][0]["recipients_log10"]:
        out.print(
            "\nRecipients that can be told apart, 19 times in 20, when an innocent copy may be named no more "
            f"often than once in {_size(-math.log10(float(alpha)))}:"
        )
        print_table(
            ["from one …", *extents],
            [
                [capture, *(recipients_words(cells[capture, e][alpha]) for e in extents)]
                for capture in captures
            ],
        )


def _print_weak(pages: Sequence[PageReport]) -> None:
    """Pages with something to say, neighbours with the same reason in one line."""
    groups = [list(g) for _, g in groupby(pages, key=lambda p: (p.state, p.reason))]
    for group in groups[:_MOST_GROUPS]:
        first, last = group[0].number + 1, group[-1].number + 1
        where = f"Page {first}" if first == last else f"Pages {first}–{last}"
        if last - first + 1 != len(group):
            where = (
                "Pages " + ", ".join(str(p.number + 1) for p in group[:12]) + ("…" if len(group) > 12 else "")
            )
        state = {"weak": "weak", "unmarkable": "cannot be traced", "markable": "partly marked"}
        out.print(f"{where}: {state[group[0].state]}. {group[0].reason}".rstrip())
    if len(groups) > _MOST_GROUPS:
        out.print(f"… and {len(groups) - _MOST_GROUPS} more; --json lists every page.")


def recipients_words(log10: float) -> str:
    """How many recipients, for people."""
    if log10 < 0:
        return "none"
    if log10 >= 9:
        return "> 10⁹"
    return _size(log10)


def _size(log10: float) -> str:
    if log10 < 4:
        value = 10**log10
        return f"{value:,.0f}" if value < 10 else f"{round(value, -int(log10) + 1):,.0f}"
    for limit, unit in ((6, "thousand"), (9, "million")):
        if log10 < limit:
            value = 10 ** (log10 - limit + 3)
            return f"{round(value, -int(log10 - limit + 3) + 1):,.0f} {unit}"
    return f"{10 ** (log10 - 9):,.0f} billion"
