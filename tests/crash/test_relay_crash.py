"""Kill -9 of the relay under load: nothing lost, nothing twice, nothing unmarked, nothing unregistered."""

from __future__ import annotations

import hashlib
import socket
import sys
from pathlib import Path

import pytest
import relay_kills
from relay_lab import Arrived, Sink, config, mail, marked, registered, running

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

KILLS, MESSAGES, MEMBERS = 3, 24, 6  # bench/relay_crash.py kills 20 times


@pytest.mark.parametrize("courier", [False, True], ids=["relay", "relay-and-courier"])
def test_a_killed_relay_loses_nothing_and_sends_nothing_twice(tmp_path: Path, courier: bool) -> None:
    file = tmp_path / "registered.jsonl"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def judge(arrival: Arrived, number: int) -> bool:
        known = (arrival.recipient, hashlib.sha256(arrival.body).hexdigest()) in registered(file)
        return known and arrival.body == marked(mail(number), arrival.recipient)

    with running(Sink(delay=0.02)) as sink:
        path = config(tmp_path, sink.port, members=MEMBERS)
        path.write_text(path.read_text().replace("port = 0\n", f"port = {port}\n"))
        process = str(Path(__file__).with_name("relay_process.py"))
        result = relay_kills.run(
            tmp_path,
            path,
            tmp_path / "home",
            [sys.executable, process, str(path), str(tmp_path / "home"), str(file)],
            sink,
            [mail(n) for n in range(MESSAGES)],
            [f"m{k}@far.example" for k in range(1, MEMBERS + 1)],
            judge,
            kills=KILLS,
            courier=courier,
            every=(0.8, 2.0),
        )
    assert result.kills == KILLS
    assert (result.left, result.lost, result.twice, result.unmarked) == ([], 0, 0, 0), result
    assert result.arrived == result.expected == MESSAGES * MEMBERS
    if not courier:
        assert result.in_doubt == 0
    said = (tmp_path / "relay.log").read_text()
    assert not any(word in said for word in ("far.example", "Paper", "ann@", "Traceback")), said
