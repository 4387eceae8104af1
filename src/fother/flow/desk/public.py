"""The public record of a case: bodies as `fother press` writes them, read for what a case needs of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from fother.model import case as model
from fother.model.case import Kept
from fother.registry import Item, Registry

T = TypeVar("T")
Public = tuple[dict[str, Kept[model.Report]], tuple[Kept[model.Said], ...], tuple[Kept[model.Planned], ...]]
_REVIEWS: Mapping[str, model.Review] = {
    "confirmed": "confirmed",
    "accepted": "confirmed",
    "rejected": "rejected",
}


def public_record(registry: Registry, items: Mapping[str, Sequence[Item]], targets: Sequence[Any]) -> Public:
    """Reports, statements and announcements of a case: its own `items` by kind, and attached `targets`."""
    own = {item.id: item for item in items["report"]}
    attached = {t.id: t for t in targets if isinstance(t, Item) and t.kind == "report" and t.id not in own}
    said, planned = [*items["statement"]], [*items["event"]]
    if attached:  # reports that were read before there was a case, or that belong to another one
        for item in registry.items(("statement", "event")):
            if item.body.get("report") in attached:
                (said if item.kind == "statement" else planned).append(item)
    reports = {i: _as(item, report_of(item.body)) for i, item in {**attached, **own}.items()}
    return (
        reports,
        tuple(_as(item, said_of(item.body)) for item in said),
        tuple(_as(item, planned_of(item.body)) for item in planned),
    )


def _as(item: Item, record: T) -> Kept[T]:
    return Kept(item.id, item.version, item.made_at, item.at, item.actor, item.why, record)


def report_of(body: Mapping[str, Any]) -> model.Report:
    """A report of the press as far as a case needs it."""
    published, day = _published(body.get("published") or body.get("date"))
    return model.Report(
        outlet=_text(body.get("outlet")) or "an unnamed outlet",
        title=_text(body.get("title")),
        published=published,
        day=day,
        url=_text(body.get("url") or body.get("source")),
        group=_text(body.get("group")),
    )


def said_of(body: Mapping[str, Any]) -> model.Said:
    """A statement of a report as far as a case needs it."""
    speaker = body.get("speaker") or {}
    content = body.get("content") or ()
    review = body.get("review") or body.get("state") or "proposed"
    return model.Said(
        report=_text(body.get("report")),
        speaker=_text(speaker.get("name") or speaker.get("text")),
        kind=_text(speaker.get("kind")),
        stance=_text(body.get("stance")),
        words=" … ".join(unquoted(_text(part.get("text"))) for part in content),
        organisation=_text(body.get("organisation")),
        country=_text(body.get("country")),
        role=_text(body.get("role")),
        party=_text(body.get("party")),
        chain=tuple(
            _text(link.get("name") if isinstance(link, Mapping) else link) for link in body.get("chain") or ()
        ),
        topic=_text(body.get("topic")),
        review="confirmed"
        if review in ("confirmed", "accepted")
        else "rejected"
        if review == "rejected"
        else "proposed",
    )


def planned_of(body: Mapping[str, Any]) -> model.Planned:
    """An announced event as far as a case needs it."""
    return model.Planned(
        text=_text(body.get("text")),
        start=_day(body.get("start_date")),
        end=_day(body.get("end_date")),
        report=_text(body.get("report")),
    )


def unquoted(words: str) -> str:
    """Words without the quotation marks and the comma that a report puts around them."""
    return words.strip().strip('"“”„‟«»').rstrip(",").strip()


def _published(value: Any) -> tuple[datetime | None, date | None]:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        return None, None
    return (moment, None) if moment.tzinfo else (None, moment.date())


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(_text(value)[:10])
    except ValueError:
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _link(link: Any) -> str:
    return _text(link.get("name") or link.get("text")) if isinstance(link, Mapping) else _text(link)
