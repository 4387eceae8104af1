"""The forecast of a document for people."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from fother.cli.common import out
from fother.cli.tables import print_table
from fother.flow.registering import page_reports
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
    text = forecast.get("text")  # not in plans of before
    if pages:
        marked = sum(p.marked_words for p in pages)
        words = sum(p.words for p in pages)
        share = f" ({marked / words:.0%} of {words} words can be moved)" if words else ""
        carriers = sum(p.carriers for p in pages)
        out.print(f"{carriers} carriers on {len(pages)} page(s){share}.")
    for note in plan["notes"]:
        out.print(note)
    if text is not None:
        _print_text(text)
    if not pages:
        return
    _print_weak([p for p in pages if p.state != "markable" or p.reason])
    if not forecast["table"]:
        out.print("Copies of this document cannot be told apart by its layout.")
        return
    _print_layout(forecast)


def _print_layout(forecast: Mapping[str, Any]) -> None:
    captures = list(dict.fromkeys(r["capture"] for r in forecast["table"]))
    cells = {(r["capture"], r["extent"]): r["recipients_log10"] for r in forecast["table"]}
    extents = list(dict.fromkeys(r["extent"] for r in forecast["table"]))
    for alpha in forecast["table"][0]["recipients_log10"]:
        out.print(_told_apart(alpha))
        print_table(
            ["from one …", *extents],
            [
                [capture, *(recipients_words(cells[capture, e][alpha]) for e in extents)]
                for capture in captures
            ],
        )


def _told_apart(alpha: str) -> str:
    return (
        "\nRecipients that can be told apart, 19 times in 20, when an innocent copy may be named no more "
        f"often than once in {_size(-math.log10(float(alpha)))}:"
    )


def _print_text(text: Mapping[str, Any]) -> None:
    """Places by family, and how many recipients an excerpt tells apart."""
    places = ", ".join(f"{count} × {family}" for family, count in text["places"].items())
    count = sum(text["places"].values())
    out.print(f"{count} places in {text['words']} words can be written differently: {places}.")
    routes = list(dict.fromkeys(r["route"] for r in text["table"]))
    extents = list(dict.fromkeys(r["words"] for r in text["table"]))
    cells = {(r["route"], r["words"]): r["recipients_log10"] for r in text["table"]}
    for alpha in text["table"][0]["recipients_log10"]:
        out.print(_told_apart(alpha))
        print_table(
            [
                "from …",
                *(f"{extent} words" for extent in extents[:-1]),
                f"all {extents[-1]} words",
            ],
            [[route, *(recipients_words(cells[route, e][alpha]) for e in extents)] for route in routes],
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
