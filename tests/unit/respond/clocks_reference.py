"""Writes the tables of docs/reference/clocks.md from the packaged regimes; run it after a change."""

from __future__ import annotations

from pathlib import Path

from fother.flow.clocks import period_words
from fother.respond.clocks import Regime, regimes

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "clocks.md"
MARK = "<!-- regimes: written by tests/unit/respond/clocks_reference.py -->"


def reference() -> str:
    """The whole page: what stands before the mark is kept."""
    before = PAGE.read_text(encoding="utf-8").split(MARK)[0]
    return before + MARK + "\n\n" + "\n".join(_section(r) for r in regimes().values())


def _section(regime: Regime) -> str:
    lines = [f"## {regime.id}", "", f"{regime.name}. Source: [{regime.text}]({regime.url}).", ""]
    lines += ["| Trigger | Meaning |", "|---|---|"]
    lines += [f"| `{name}` | {' '.join(meaning.split())} |" for name, meaning in regime.triggers.items()]
    lines += ["", "| Step | What | When | Citation | Proof |", "|---|---|---|---|---|"]
    for s in regime.steps:
        when = f"{period_words(s.period.unit, s.period.count)} after `{s.after}`"
        if s.cap:
            when += f", no later than {period_words(s.cap[1].unit, s.cap[1].count)} after `{s.cap[0]}`"
        what = s.title + (f" ({s.condition})" if s.condition else "")
        words = f" “{s.words}”" if s.words else ""
        lines.append(f"| `{s.id}` | {what} | {when} | {s.citation}.{words} | {s.proof} |")
    notes = [regime.note, *(f"`{s.id}`: {s.note}" for s in regime.steps if s.note)]
    return "\n".join([*lines, "", *(f"{note}\n" for note in notes if note)])


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
