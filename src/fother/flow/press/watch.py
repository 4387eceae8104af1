"""Watch: feeds polled politely, new items taken in; what was seen is remembered in the registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import fother
from fother.errors import FotherError
from fother.flow.press.add import Added, Reading, add_received
from fother.flow.progress import Progress, Silent
from fother.intake.articles import receive_articles
from fother.press.feeds import LEAST_INTERVAL, FeedState, check_address, poll
from fother.registry import Item, NewItem, Registry

#: Names the program and says where to complain; RFC 9110, 10.1.5.
AGENT = f"Fother/{fother.__version__} (feed reader; one request per feed and interval)"


@dataclass(frozen=True)
class Watched:
    """What one poll of one feed brought."""

    url: str
    sentence: str
    added: tuple[Added, ...] = ()
    problem: bool = False


def watch_once(
    registry: Registry,
    urls: Sequence[str],
    reading: Reading,
    clock: Callable[[], datetime],
    *,
    interval: timedelta = LEAST_INTERVAL,
    contact: str = "",
    progress: Progress | None = None,
) -> list[Watched]:
    """Ask every feed once; a feed that fails is told and does not stop the others. Raises UsageError at once
    for an address that is none of the web."""
    listener = progress or Silent()
    addresses = [check_address(url) for url in urls]
    agent = f"{AGENT[:-1]}; {contact})" if contact else AGENT
    known = {str(i.body.get("url")): i for i in registry.items("feed")}
    listener.stage("Asking feeds", len(addresses))
    results = []
    for url in dict.fromkeys(addresses):
        results.append(_one(registry, known.get(url), url, reading, clock(), agent, interval))
        listener.step()
    return results


def _one(
    registry: Registry,
    item: Item | None,
    url: str,
    reading: Reading,
    now: datetime,
    agent: str,
    interval: timedelta,
) -> Watched:
    state = _state(url, item)
    try:
        polled = poll(state, now, agent, interval)
    except FotherError as error:
        _remember(registry, item, FeedState(url, state.etag, state.modified, now, None, str(error)))
        return Watched(url, str(error), problem=True)
    if polled.data is None:
        if polled.state != state:
            _remember(registry, item, polled.state)
        return Watched(url, polled.sentence, problem=bool(polled.state.problem))
    try:
        received = receive_articles(url, polled.data)
        added = [a for a in add_received(registry, received, reading) if a.new]
    except FotherError as error:
        # Not remembered as seen: the next poll asks for all of it again.
        _remember(registry, item, FeedState(url, "", "", now, None, str(error)))
        return Watched(url, str(error), problem=True)
    _remember(registry, item, polled.state)
    count = len(added)
    sentence = f"{url}: {count} new report{'' if count == 1 else 's'} of {len(received.articles)} items."
    return Watched(url, sentence, tuple(added))


def _state(url: str, item: Item | None) -> FeedState:
    if item is None:
        return FeedState(url)
    body = item.body
    return FeedState(
        url,
        str(body.get("etag", "")),
        str(body.get("modified", "")),
        _moment(body.get("polled_at")),
        _moment(body.get("wait_until")),
        str(body.get("problem", "")),
    )


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def _remember(registry: Registry, item: Item | None, state: FeedState) -> None:
    body: dict[str, Any] = {
        "url": state.url,
        "etag": state.etag,
        "modified": state.modified,
        "polled_at": state.polled_at.isoformat() if state.polled_at else "",
        "wait_until": state.wait_until.isoformat() if state.wait_until else "",
        "problem": state.problem,
    }
    if item is None:
        registry.put_items([NewItem("feed", body)])
    else:
        current = registry.item(item.id)
        registry.put_items([NewItem("feed", body, id=item.id, expected_version=current.version)])
