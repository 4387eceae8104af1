"""Polling feeds politely: conditional requests, a least interval, robots.txt, limits of size and time.

Only http and https; what comes back is bytes for the sandbox, nothing is parsed here (RFC 9110 for
conditional requests and Retry-After, RFC 9309 for robots.txt).
"""

from __future__ import annotations

import email.utils
import http.client
import urllib.error
import urllib.request
import urllib.robotparser
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import IO
from urllib.parse import urlsplit, urlunsplit

from fother.errors import InputFileError, UsageError

MOST_BYTES = 8 << 20
_SECONDS = 30.0
_MOST_ROBOTS = 512 << 10
LEAST_INTERVAL = timedelta(minutes=5)


@dataclass(frozen=True)
class FeedState:
    """What is remembered of a feed between polls, times in UTC; `wait_until` is what the server asked."""

    url: str
    etag: str = ""
    modified: str = ""
    polled_at: datetime | None = None
    wait_until: datetime | None = None
    problem: str = ""


@dataclass(frozen=True)
class Polled:
    """The outcome of one poll: new bytes, or None with why there are none."""

    state: FeedState
    data: bytes | None
    sentence: str


def check_address(url: str) -> str:
    """The address when it is one of the web. Raises UsageError."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url} is no address of a feed; give one that begins with http:// or https://.")
    return url.strip()


def due(state: FeedState, now: datetime, interval: timedelta = LEAST_INTERVAL) -> datetime | None:
    """When the feed may be asked again, None when it may be now."""
    waits = [state.wait_until] if state.wait_until else []
    if state.polled_at:
        waits.append(state.polled_at + interval)
    last = max(waits, default=None)
    return last if last is not None and last > now else None


def poll(state: FeedState, now: datetime, agent: str, interval: timedelta = LEAST_INTERVAL) -> Polled:
    """Ask a feed for what is new; one that is not due, unchanged or closed to robots is told in the sentence.

    Raises UsageError for an address that is none of the web, InputFileError for a feed that cannot be had.
    """
    url = check_address(state.url)
    later = due(state, now, interval)
    if later is not None:
        return Polled(
            state, None, f"{url} was asked a short time ago; next at {later.isoformat(timespec='minutes')}."
        )
    state = replace(state, polled_at=now, wait_until=None, problem="")
    if not _allowed(url, agent):
        problem = f"{url}: robots.txt of this site asks that it not be fetched."
        return Polled(replace(state, problem=problem), None, problem)
    headers = {
        "User-Agent": agent,
        "Accept": "application/atom+xml, application/rss+xml, application/xml, text/xml;q=0.9, */*;q=0.1",
    }
    if state.etag:
        headers["If-None-Match"] = state.etag
    if state.modified:
        headers["If-Modified-Since"] = state.modified
    try:
        with _open(urllib.request.Request(url, headers=headers)) as answer:  # noqa: S310 - scheme checked
            data = _read(answer, MOST_BYTES, url)
            told = answer.headers
    except urllib.error.HTTPError as error:
        return _refused(state, error, now)
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise InputFileError(f"{url} cannot be reached ({reason}); try again later.") from None
    fresh = replace(
        state, etag=(told.get("ETag") or "")[:500], modified=(told.get("Last-Modified") or "")[:100]
    )
    return Polled(fresh, data, f"{url}: {len(data):,} bytes.")


def _refused(state: FeedState, error: urllib.error.HTTPError, now: datetime) -> Polled:
    with error:
        if error.code == 304:
            return Polled(state, None, f"{state.url}: nothing new.")
        wait = _retry_after(error.headers, now)
        if error.code in (429, 503):
            until = wait or now + timedelta(hours=1)
            problem = f"{state.url} asks to wait until {until.isoformat(timespec='minutes')}."
            return Polled(replace(state, wait_until=until, problem=problem), None, problem)
    raise InputFileError(f"{state.url} answers {error.code}; check the address.")


def _retry_after(headers: Message, now: datetime) -> datetime | None:
    text = (headers.get("Retry-After") or "").strip()
    if text.isdigit():
        return now + timedelta(seconds=min(int(text), 7 * 86400))
    try:
        moment = email.utils.parsedate_to_datetime(text) if text else None
    except (ValueError, TypeError):
        return None
    if moment is None:
        return None
    return min(moment if moment.tzinfo else moment.replace(tzinfo=UTC), now + timedelta(days=7))


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to an address of the web."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme not in ("http", "https"):
            raise urllib.error.URLError("it leads away from the web")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(request: urllib.request.Request) -> http.client.HTTPResponse:
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _WebOnly(),
    ):
        opener.add_handler(handler)
    answer: http.client.HTTPResponse = opener.open(request, timeout=_SECONDS)
    return answer


def _read(answer: http.client.HTTPResponse, most: int, url: str) -> bytes:
    data = answer.read(most + 1)
    if len(data) > most:
        raise InputFileError(f"{url} sends more than {most >> 20} MB; that is no feed.")
    return data


def _allowed(url: str, agent: str) -> bool:
    """What robots.txt says; a site without one, or whose own cannot be had, allows."""
    parts = urlsplit(url)
    address = urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))
    try:
        with _open(urllib.request.Request(address, headers={"User-Agent": agent})) as answer:  # noqa: S310
            text = answer.read(_MOST_ROBOTS).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException, ValueError):
        return True
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(text.splitlines())
    return rules.can_fetch(agent, url)
