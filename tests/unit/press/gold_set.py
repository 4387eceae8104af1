"""The gold set of press reports: read, anchored, compared with what an extractor found."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "data" / "press"
NAMES = FOLDER / "names.toml"
FILES = ("wire.toml", "papers.toml", "others.toml", "later.toml")

Pair = tuple[int, int]


@dataclass(frozen=True)
class Said:
    """One statement, by whoever found it. `name` is the speaker's as resolved, `chain` without the outlet."""

    speaker: Pair
    kind: str
    stance: str
    mode: str
    content: tuple[Pair, ...]
    chain: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class Planned:
    """One planned event."""

    span: Pair
    first: date
    last: date


@dataclass(frozen=True)
class GoldReport:
    """One text with its annotation."""

    id: str
    part: str
    outlet: str
    published: date
    text: str
    statements: tuple[Said, ...]
    documents: tuple[Pair, ...]
    markings: tuple[str, ...]
    events: tuple[Planned, ...]


def gold(part: str | None = None, files: Iterable[str] = FILES) -> list[GoldReport]:
    """The reports of one part ("tune", "test") or of both."""
    reports = [_report(r) for f in files for r in tomllib.loads((FOLDER / f).read_text("utf-8"))["report"]]
    return [r for r in reports if part in (None, r.part)]


def annotated(report: GoldReport, fields: dict[str, Any]) -> GoldReport:
    """The same text with another annotation."""
    return _report(
        {
            **fields,
            "id": report.id,
            "part": report.part,
            "outlet": report.outlet,
            "date": report.published,
            "text": report.text,
        }
    )


def _report(fields: dict[str, Any]) -> GoldReport:
    text = fields["text"].strip("\n")
    where = fields["id"]
    said = []
    after = 0
    for speaker, kind, stance, mode, content, chain in fields["statements"]:
        parts = tuple(anchor(text, c, where) for c in content.split(" | ") if c.strip())
        links = tuple(c.strip() for c in chain.split(" < "))
        near = parts[0] if parts else (after, after)
        at = _nearest(text, speaker, near, where)
        after = at[1]
        said.append(Said(at, kind, stance, mode, parts, links, links[-1]))
    documents = [d.split(" = ") for d in fields["documents"]]
    return GoldReport(
        where,
        fields["part"],
        fields["outlet"],
        fields["date"],
        text,
        tuple(said),
        tuple(anchor(text, d[0], where) for d in documents),
        tuple(d[1] if len(d) > 1 else "" for d in documents),
        tuple(Planned(anchor(text, words, where), a, b) for words, a, b in fields["events"]),
    )


def anchor(text: str, words: str, where: str) -> Pair:
    """The place of some words; " … " between two runs of words leaves out what lies between them."""
    head, _, tail = words.strip().partition(" … ")
    start = text.find(head)
    if start < 0:
        raise ValueError(f"{where}: no {head!r}")
    end = start + len(head)
    if tail:
        end = text.find(tail, end)
        if end < 0:
            raise ValueError(f"{where}: no {tail!r} after {head!r}")
        end += len(tail)
    return start, end


def _nearest(text: str, words: str, near: Pair, where: str) -> Pair:
    """The mention of a speaker that stands nearest to the words said."""
    places = [m.span() for m in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)]
    outside = [p for p in places if not (near[0] <= p[0] and p[1] <= near[1])] or places
    if not outside:
        raise ValueError(f"{where}: no speaker {words!r}")
    return min(outside, key=lambda p: max(p[0] - near[1], near[0] - p[1], 0))


def overlap(one: Iterable[Pair], other: Iterable[Pair]) -> float:
    """Shared code points over all (intersection over union), 0…1."""
    a = {i for s, e in one for i in range(s, e)}
    b = {i for s, e in other for i in range(s, e)}
    return len(a & b) / len(a | b) if a | b else 1.0


def same_speaker(found: Said, wanted: Said) -> bool:
    """The place is the same, and of named ones the name too, at least the family name."""
    near = found.speaker[0] < wanted.speaker[1] and wanted.speaker[0] < found.speaker[1]
    if wanted.kind != "named":
        return near
    return last_word(found.name) == last_word(wanted.name)


def last_word(name: str) -> str:
    return name.split()[-1].lower() if name.split() else ""


def matched(found: Sequence[Said], wanted: Sequence[Said]) -> list[tuple[Said, Said]]:
    """Pairs of statements that tell the same words, best first, each used once.

    The same words: intersection over union of the content at least one half. Refusals without told content
    match by speaker and stance.
    """
    rated = []
    for i, f in enumerate(found):
        for j, w in enumerate(wanted):
            score = overlap(f.content, w.content) if f.content and w.content else 0.0
            silent = f.stance == w.stance == "decline" and same_speaker(f, w)
            if score >= 0.5 or silent:
                rated.append((score + 0.5 * same_speaker(f, w) + 0.1 * (f.stance == w.stance), i, j))
    pairs, used_found, used_wanted = [], set(), set()
    for _, i, j in sorted(rated, reverse=True):
        if i not in used_found and j not in used_wanted:
            used_found.add(i)
            used_wanted.add(j)
            pairs.append((found[i], wanted[j]))
    return pairs


def second() -> dict[str, tuple[Said, ...]]:
    """The second annotation of the statements, by report."""
    rows = tomllib.loads((FOLDER / "second.toml").read_text("utf-8"))
    return {
        r.id: annotated(r, {"statements": rows[r.id], "documents": [], "events": []}).statements
        for r in gold()
    }
