"""What is shown of a case: the situation, its JSON, its report."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fother.errors import NotFoundError
from fother.flow.desk.case import party_named
from fother.flow.desk.load import load_with_entries
from fother.flow.press.add import names_for
from fother.flow.press.standing import positions_of
from fother.model.case import CaseFile, Party, Tlp
from fother.model.situation import Situation
from fother.registry import Item, Registry
from fother.report.case_text import NEITHER, READER_WORDS, shortened, situation_lines, when
from fother.report.numbers import count_words
from fother.respond.readers import for_circle, for_party
from fother.respond.situation import situation


def situation_of(
    registry: Registry, reference: str, now: datetime, *, party: str = "", tlp: Tlp = ""
) -> Situation:
    """The situation of a case, for everybody on the desk or cut down for one party or one circle.

    Raises NotFoundError, UsageError.
    """
    file, entries = load_with_entries(registry, reference)
    if tlp:
        file = for_circle(file, tlp)
    if not party:
        found = positions_of(entries).contradictions if file.said else ()
        return situation(file, now, [one.sentence for one in found])
    reader = _reader(registry, file, party)
    known_as = _known_as(registry, file.parties[reader].record)
    cut = situation(for_party(file, reader, known_as), now)
    return for_reader(cut, file.parties[reader].record.name)


def for_reader(cut: Situation, name: str) -> Situation:
    """The situation of a case that was cut down for a party, in words for that party.

    What is open for the desk is nobody else's business.
    """
    leaked = tuple(
        one if one.described else dataclasses.replace(one, sentence=NEITHER, copy_sentence="")
        for one in cut.leaked
    )
    affected = tuple(dataclasses.replace(a, standing_words=READER_WORDS[a.standing]) for a in cut.affected)
    number = count_words(len(leaked), "thing")
    headline = f"{number} that {'was' if len(leaked) == 1 else 'were'} published may concern you."
    return dataclasses.replace(
        cut, leaked=leaked, affected=affected, headline=headline, unknown=(), reader=name
    )


def _reader(registry: Registry, file: CaseFile, party: str) -> str:
    known = party_named(registry, party)
    if known.id not in file.parties:
        raise NotFoundError(f"Nothing in case {file.id} concerns {known.record.name} ({known.id}).")
    return known.id


def _known_as(registry: Registry, party: Party) -> set[str]:
    """What statements in public call a party: code and spellings of its entry in the lists of names."""
    known: set[str] = set()
    names = names_for(registry, None)
    for name in (party.name, *party.aliases):
        found = names.whole(name)
        # An organisation may be called after a country, and does not speak for it.
        if found is None or (found[0].kind == "country") != (party.kind == "country"):
            continue
        entry = found[0]
        known |= {entry.name, *entry.words, *entry.adjectives}
        known |= {entry.code} if entry.kind == "country" and entry.code else set()
    return known


def situation_fields(s: Situation) -> dict[str, Any]:
    """The machine contract of `case show --json`."""
    fields: dict[str, Any] = plain({f.name: getattr(s, f.name) for f in dataclasses.fields(s)})
    fields["decisions"] = [{"at": plain(a), "text": t, "reason": r} for a, t, r in s.decisions]
    fields["roles"] = [{"role": role, "person": person} for role, person in s.roles]
    fields["untold"] = [a.id for a in s.untold]
    return fields


def plain(value: Any) -> Any:
    """Records as JSON values; times as ISO 8601 with zone."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def situation_text(s: Situation) -> list[str]:
    """The situation as lines for a terminal."""
    return situation_lines(s)


def coverage_rows(s: Situation) -> list[tuple[str, ...]]:
    """Who is affected and who was told, as rows of a table."""
    zone = ZoneInfo(s.zone)
    return [
        (
            a.name,
            a.severity,
            a.standing_words,
            when(a.since, zone) if a.since else "",
            a.contact,
            a.outreach,
        )
        for a in s.affected
    ]


def history_lines(versions: Sequence[Item]) -> list[str]:
    """Who entered or changed what, one line a version; of a change what differs from the version before."""
    before: dict[str, Item] = {}
    lines = []
    for v in versions:
        last = before.get(v.id)
        before[v.id] = v
        changes = "" if last is None else f": {shortened(change_words(last, v), 160)}"
        lines.append(
            f"{v.at:%Y-%m-%d %H:%M:%S} UTC  {v.actor or 'somebody'}  {v.id} v{v.version}  "
            f"{v.kind}{' withdrawn' if v.withdrawn else ''}: {_gist(v)}{changes}"
            f"{f' ({v.why})' if v.why else ''}"
        )
    return lines


def change_words(before: Item, after: Item) -> str:
    """What one version of an entry says otherwise than the one before: "approved by: A. Sample"."""
    if after.withdrawn and not before.withdrawn:
        return "no longer counts"
    names = [n for n in {**before.body, **after.body} if before.body.get(n) != after.body.get(n)]
    # A time says no more than the words that were entered with it.
    told = [n for n in names if not n.endswith("_at")] or names
    parts = [
        f"{n.replace('_', ' ')}: {_value(after.body[n])}"
        if n in after.body
        else f"{n.replace('_', ' ')}: no longer set"
        for n in told
    ]
    return "; ".join(parts) or "nothing changed"


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"{len(value)}, last {_value(value[-1])}" if value else "none"
    if isinstance(value, Mapping):
        return str(value.get("text") or value.get("start") or "changed")
    return str(value)


def _gist(version: Item) -> str:
    """The first words of an entry."""
    for name in ("title", "name", "text", "target", "party", "subject", "document", "outlet", "stance"):
        value = version.body.get(name)
        if isinstance(value, str) and value:
            return shortened(value, 70)
    return ""
