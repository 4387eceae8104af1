"""Feeds are asked politely: a real server on this machine tells what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fother.errors import InputFileError, UsageError
from fother.press.feeds import MOST_BYTES, FeedState, check_address, poll

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
AGENT = "Fother/test (+mailto:desk@norland.example)"


@dataclass
class Site:
    """What the server answers, and what it was asked."""

    body: bytes = b"<rss/>"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    robots: bytes | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def site() -> Iterator[Site]:
    held = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            held.asked.append((self.path, dict(self.headers)))
            if self.path == "/robots.txt":
                self._answer(200 if held.robots is not None else 404, held.robots or b"", {})
            elif held.headers.get("ETag") and self.headers.get("If-None-Match") == held.headers["ETag"]:
                self._answer(304, b"", {})
            else:
                self._answer(held.status, held.body, held.headers)

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 304:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    held.address = f"http://127.0.0.1:{server.server_address[1]}/feed"
    yield held
    server.shutdown()
    server.server_close()


def test_the_second_time_only_changes_are_asked_for(site: Site) -> None:
    site.headers = {"ETag": '"one"', "Last-Modified": "Wed, 04 Mar 2026 08:00:00 GMT"}
    first = poll(FeedState(site.address), NOW, AGENT)
    assert first.data == b"<rss/>"
    second = poll(first.state, NOW + timedelta(hours=1), AGENT)
    assert second.data is None
    assert "nothing new" in second.sentence
    asked = site.asked[-1][1]
    assert asked["If-None-Match"] == '"one"'
    assert asked["If-Modified-Since"] == "Wed, 04 Mar 2026 08:00:00 GMT"
    assert asked["User-Agent"] == AGENT


def test_a_feed_is_not_asked_again_within_the_interval(site: Site) -> None:
    first = poll(FeedState(site.address), NOW, AGENT)
    count = len(site.asked)
    again = poll(first.state, NOW + timedelta(minutes=4), AGENT)
    assert again.data is None
    assert len(site.asked) == count


def test_robots_are_heeded(site: Site) -> None:
    site.robots = b"User-agent: *\nDisallow: /feed\n"
    found = poll(FeedState(site.address), NOW, AGENT)
    assert found.data is None
    assert "robots.txt" in found.sentence
    assert [path for path, _ in site.asked] == ["/robots.txt"]


def test_a_server_that_asks_to_wait_is_left_alone(site: Site) -> None:
    site.status, site.headers = 429, {"Retry-After": "7200"}
    found = poll(FeedState(site.address), NOW, AGENT)
    assert found.state.wait_until == NOW + timedelta(hours=2)
    count = len(site.asked)
    assert poll(found.state, NOW + timedelta(hours=1), AGENT).data is None
    assert len(site.asked) == count


def test_an_endless_answer_is_cut_off(site: Site) -> None:
    site.body = b"x" * (MOST_BYTES + 10)
    with pytest.raises(InputFileError, match="no feed"):
        poll(FeedState(site.address), NOW, AGENT)


@pytest.mark.parametrize("status", [404, 410, 500])
def test_errors_of_the_server_are_told(site: Site, status: int) -> None:
    site.status = status
    with pytest.raises(InputFileError, match=str(status)):
        poll(FeedState(site.address), NOW, AGENT)


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://127.0.0.1/feed", "data:text/plain,hello"])
def test_a_redirect_out_of_the_web_is_not_followed(site: Site, target: str) -> None:
    site.status, site.headers = 302, {"Location": target}
    with pytest.raises(InputFileError):
        poll(FeedState(site.address), NOW, AGENT)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/f", "feed.xml", "http://", ""])
def test_only_addresses_of_the_web(url: str) -> None:
    with pytest.raises(UsageError, match="http"):
        check_address(url)


def test_a_closed_port_is_told() -> None:
    with pytest.raises(InputFileError, match="cannot be reached"):
        poll(FeedState("http://127.0.0.1:9/feed"), NOW, AGENT)
