"""Who said what in public, one row for each speaker."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import pairwise

from fother.model.case import CaseFile, Kept, Report, Said
from fother.model.situation import Voice


def voices(file: CaseFile) -> tuple[Voice, ...]:
    """The last word of every speaker and how the stance came there; newest first.

    Statements that were rejected in review do not count, and the same words in several outlets count once.
    Who speaks for an organisation without a name is one voice with it; nameless officials are one voice for
    each outlet that cites them.
    """
    spoken: dict[str, list[tuple[datetime, Kept[Said]]]] = {}
    for entry in file.said:
        if entry.record.review != "rejected":
            report = file.reports.get(entry.record.report)
            at = said_at(report.record if report else None) or entry.made_at
            spoken.setdefault(_key(entry.record), []).append((at, entry))
    rows = [_voice(file, sorted(said, key=lambda pair: pair[0])) for said in spoken.values()]
    return tuple(sorted(rows, key=lambda v: (_moment(v.at), v.statements), reverse=True))


def said_at(report: Report | None) -> datetime | None:
    """When a report came out; a mere day counts from its midnight in UTC."""
    if report is None:
        return None
    return report.published or (_moment(report.day) if report.day else None)


def _moment(at: datetime | date | None) -> datetime:
    if at is None:
        return datetime.min.replace(tzinfo=UTC)
    return at if isinstance(at, datetime) else datetime.combine(at, time(), UTC)


def _key(said: Said) -> str:
    who = said.speaker or said.organisation
    if said.kind == "anonymous":
        who = f"{who} \N{LEFTWARDS ARROW} {said.chain[-1] if said.chain else said.report}"
    return unicodedata.normalize("NFKC", who).casefold()


def _voice(file: CaseFile, said: Sequence[tuple[datetime, Kept[Said]]]) -> Voice:
    _, last = said[-1]
    stances = [entry.record.stance for _, entry in said]
    report = file.reports.get(last.record.report)
    # A statement without a stance says nothing about how the position moved.
    telling = [stance for stance in stances if stance not in ("", "assert")]
    before = [s for s, following in pairwise(telling) if s != following]
    outlets = [
        file.reports[e.record.report].record.outlet for _, e in said if e.record.report in file.reports
    ]
    spoken = last.record
    return Voice(
        speaker=spoken.speaker or spoken.organisation or "somebody unnamed",
        role=", ".join(
            filter(None, [_other(spoken.role, spoken.speaker), _other(spoken.organisation, spoken.speaker)])
        ),
        stance=spoken.stance,
        words=spoken.words,
        outlets=tuple(dict.fromkeys(outlets)),
        at=(report.record.published or report.record.day if report else None) or last.made_at,
        statements=len({_plain(entry.record.words) or entry.id for _, entry in said}),
        before=tuple(before),
        id=last.id,
    )


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _other(text: str, than: str) -> str:
    """A text, unless the other says it already ("officials" of "two officials")."""
    return "" if text.casefold() in than.casefold() else text
