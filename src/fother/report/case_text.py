"""The situation of a case as lines of text for a terminal, and the words that its report shares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fother.model.situation import Affected, Due, Leaked, Situation, Standing, Voice
from fother.report.numbers import count_words

STATUS_LABELS = {
    "genuine": "genuine",
    "altered": "altered",
    "mixed": "mixed",
    "not-ours": "not ours",
    "unverified": "not verified",
}
STANCE_WORDS = {
    "assert": "says",
    "deny": "denies",
    "confirm": "confirms",
    "decline": "declines to comment",
    "reassure": "reassures",
    "promise": "promises",
    "urge": "urges",
    "warn": "warns",
    "accuse": "accuses",
    "condemn": "condemns",
    "ask": "asks",
}
#: What a party is told of where its outreach stands.
READER_WORDS: dict[Standing, str] = {
    "untold": "you have not been told yet",
    "approval": "you have not been told yet",
    "ready": "you have not been told yet",
    "sending": "a letter to you is on its way",
    "told": "you were told",
    "concerned": "you were told, and your concerns are noted",
    "acknowledged": "you were told, and you acknowledged it",
    "reassured": "you were told, and you said that you are reassured",
}
NEITHER = "We neither confirm nor deny whether it is genuine."
MOST = {"affected": 12, "voices": 10, "due": 10, "unknown": 12, "leaked": 12}


def situation_lines(s: Situation) -> list[str]:
    """One screen: leaked, exposed and told, said, due, unknown. Long lists are cut and say so."""
    zone = ZoneInfo(s.zone)
    head = f"{s.title} ({s.id}, {s.state}, TLP:{s.tlp})"
    lines = [head, f"As of {when(s.as_of, zone)}. {s.headline}"]
    parts = (
        ("What leaked", [line for one in s.leaked for line in _leaked(one)], len(s.leaked), "leaked"),
        ("Whom it exposes, and who knows", [_affected(a, zone) for a in s.affected], 0, "affected"),
        ("Who said what", [_voice(v, zone) for v in s.voices], 0, "voices"),
        ("Possible contradictions", s.contradictions, 0, "unknown"),
        ("What is due next", [_due(d, zone) for d in s.due], 0, "due"),
        ("What is not known", s.unknown, 0, "unknown"),
    )
    for title, rows, total, kind in parts:
        lines += _part(title, rows, total or len(rows), kind)
    return lines


def _part(title: str, lines: Sequence[str], total: int, kind: str) -> Iterator[str]:
    if not total:
        if kind != "unknown":
            yield from ("", title, "  nothing yet")
        return
    yield from ("", title)
    most = MOST[kind]
    shown = 0
    for line in lines:
        if not line.startswith(" "):
            shown += 1
        if shown > most:
            yield f"  and {count_words(total - most, 'more', 'more')}; the report lists all."
            return
        yield f"  {line}"


def _leaked(one: Leaked) -> Iterator[str]:
    label = STATUS_LABELS[one.status].upper()
    where = f", found at {one.found}" if one.found and not one.described else ""
    where = f", reported by {one.found}" if one.found and one.described else where
    marking = f", said to be marked {one.marking}" if one.marking else ""
    yield f"{label}: {one.name}{where}{marking}"
    yield f"   {one.sentence}"
    for change in one.changes[:3]:
        yield f"   {change}"
    if len(one.changes) > 3:
        yield f"   and {count_words(len(one.changes) - 3, 'more change')}"
    if one.copy_sentence and one.status not in ("not-ours",) and not one.described:
        yield f"   {one.copy_sentence}"


def _affected(a: Affected, zone: ZoneInfo) -> str:
    since = f" ({when(a.since, zone)})" if a.since else ""
    quote = f" “{shortened(a.quotes[0])}”" if a.quotes else ""
    concern = f" Concern: {shortened(a.concerns[-1])}" if a.concerns else ""
    return f"{a.name} [{a.severity}]: {a.standing_words}{since}.{quote}{concern}"


def _voice(v: Voice, zone: ZoneInfo) -> str:
    role = f" ({v.role})" if v.role else ""
    outlets = f", in {', '.join(v.outlets[:3])}" if v.outlets else ""
    words = f": “{shortened(v.words)}”" if v.words else ""
    before = f" Before: {', then '.join(stance_words(b, v.speaker) for b in v.before)}." if v.before else ""
    count = f" ({v.statements} statements)" if v.statements > 1 else ""
    at = f"{when(v.at, zone)}: " if v.at else ""
    return f"{at}{v.speaker}{role} {stance_words(v.stance, v.speaker)}{words}{outlets}{count}.{before}"


def _due(d: Due, zone: ZoneInfo) -> str:
    late = "OVERDUE " if d.overdue else ""
    until = f" to {when(d.until, zone)}" if d.until and d.until != d.at else ""
    owner = f" – {d.owner}" if d.owner else ""
    return f"{late}{when(d.at, zone)}{until}: {d.what} [{d.kind}]{owner}"


def stance_words(stance: str, speaker: str = "") -> str:
    """A stance as a verb that goes with its speaker ("Two officials say"); an unknown one as it is."""
    words = STANCE_WORDS.get(stance, stance or "says")
    if words == stance or not _several(speaker):
        return words
    verb, _, rest = words.partition(" ")
    return " ".join(filter(None, ["deny" if verb == "denies" else verb.removesuffix("s"), rest]))


def _several(speaker: str) -> bool:
    """Whether a speaker is called in the plural: "two officials", "people close to the talks"."""
    head = re.split(r",| (?:at|in|of|from|with|who|that|for|on|near|close|familiar|briefed)\b", speaker)[0]
    words = head.split()
    if not words or any(re.search(r"['’]s?$", word) for word in words[-1:]):
        return False
    last = words[-1]
    # Names of bodies may end in s and are one speaker all the same: "United Nations".
    return last in ("people", "police") or (last.islower() and last.endswith("s") and not last.endswith("ss"))


def when(at: datetime | date, zone: ZoneInfo) -> str:
    """ "Thu 5 Mar 2026, 14:07 CET" in the zone of the case; a day without a time."""
    if isinstance(at, datetime):
        local = at.astimezone(zone)
        return f"{local:%a} {local.day} {local:%b} {local.year}, {local:%H:%M} {local:%Z}"
    return f"{at:%a} {at.day} {at:%b} {at.year}"


def shortened(text: str, most: int = 90) -> str:
    """One line of at most so many characters, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return line[: most - 1].rpartition(" ")[0].rstrip(",;:") + " …"
