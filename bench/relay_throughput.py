"""Claim: what marking costs on the way: a relay that marks beside one that does not, and beside Postfix.

A real SMTP client hands in one message after the other, each for all recipients; a sink takes what comes out.
All in one run, over the same loopback, with the same messages: the relay with a marked list, the same relay
without a rule (the client names every recipient), and Postfix with its defaults and with one recipient for
each delivery, where `postfix` and its daemons are installed and we are root.

CPU seconds are those of the relay's processes from their start to their end, starting Python among them: on a
busy machine they tell more than the clock.

Run: python bench/relay_throughput.py [--recipients 1000] [--messages 2] [--words 250]
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "unit" / "relay"), str(ROOT / "bench")]

from relay_lab import Sink, config, mail, running  # noqa: E402

from relay_texts import body  # noqa: E402

PATIENCE = 1800.0  #: seconds for all deliveries


class Counting(Sink):
    """Counts copies without keeping them; several recipients in one transaction count as so many."""

    count = 0
    first = 0.0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.first = self.first or time.monotonic()
        self.count += len(envelope.rcpt_tos)
        return "250 OK"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--recipients", type=int, default=1000)
    options.add_argument("--messages", type=int, default=2)
    options.add_argument("--words", type=int, default=250)
    chosen = options.parse_args()
    messages = [
        mail(n, body(chosen.words, 7 * n), "MIME-Version: 1.0", "Content-Type: text/plain; charset=us-ascii")
        for n in range(chosen.messages)
    ]
    people = [f"m{k}@far.example" for k in range(1, chosen.recipients + 1)]
    print(
        f"{chosen.messages} messages of {len(messages[0])} bytes, {chosen.recipients} recipients each; load "
        f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; client and sink run beside."
    )
    print(f"{'':34}  taken    first    all  recipients/s  messages/s  CPU")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        _row("fother relay, marked list", base / "marked", messages, ["board@org.example"], people, relay)
        _row("fother relay, no rule", base / "plain", messages, people, people, relay)
        if shutil.which("postfix") and os.geteuid() == 0:
            _row("Postfix", base / "postfix", messages, people, people, postfix)
            _row("Postfix, one recipient each", base / "postfix1", messages, people, people, postfix_single)


Server = Callable[[Path, int, int, bool], Any]


def _row(
    name: str, folder: Path, messages: list[bytes], to: list[str], people: list[str], server: Server
) -> None:
    folder.mkdir()
    sink = Counting()
    expected = len(messages) * len(people)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with running(sink), server(folder, sink.port, len(people), len(to) == 1) as port:
        started = time.monotonic()
        for raw in messages:
            with smtplib.SMTP("127.0.0.1", port, timeout=600) as client:
                refused = client.sendmail("ann@org.example", to, raw)
            assert not refused, refused
        taken = time.monotonic() - started
        while sink.count < expected and time.monotonic() - started < PATIENCE:
            time.sleep(0.05)
        done = time.monotonic() - started
        first = sink.first - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = f"{cpu:.1f} s" if server is relay else "not counted"
    assert sink.count == expected, f"{sink.count} of {expected} arrived"
    print(
        f"{name:34}  {taken:5.1f}s  {first:5.1f}s  {done:5.1f}s  {expected / done:12.1f}  "
        f"{len(messages) / done:10.3f}  {said}",
        flush=True,
    )


@contextmanager
def relay(folder: Path, hop: int, members: int, marked: bool) -> Iterator[int]:
    path = config(folder, hop, members=members)
    port = _free()
    text = path.read_text().replace("port = 0\n", f"port = {port}\n").replace("connections = 4", "")
    path.write_text(text if marked else text.partition("[[mark]]")[0])
    words = [
        "from fother.cli import main; main()",
        "relay",
        "serve",
        str(path),
        "--home",
        str(folder / "home"),
    ]
    with (folder / "relay.log").open("wb") as log:
        child = subprocess.Popen([sys.executable, "-c", *words], stderr=log)
    try:
        while b" listening: " not in (folder / "relay.log").read_bytes():
            assert child.poll() is None, (folder / "relay.log").read_text()
            time.sleep(0.05)
        yield port
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait()


@contextmanager
def postfix(folder: Path, hop: int, members: int, marked: bool, single: bool = False) -> Iterator[int]:
    """A Postfix of its own that takes mail on a port and relays all of it to the sink."""
    assert not marked
    port = _free()
    etc, data, queue = folder / "etc", folder / "data", folder / "queue"
    for place in (etc, data, queue):
        place.mkdir()
    folder.parent.chmod(0o755)
    shutil.chown(data, "postfix")
    (etc / "main.cf").write_text(
        f"""compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
mail_owner = postfix
setgid_group = postdrop
myhostname = peer.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relayhost = [127.0.0.1]:{hop}
smtpd_recipient_limit = {members + 1}
maillog_file = /dev/stdout
smtp_tls_security_level = none
smtp_host_lookup = native
{"default_destination_recipient_limit = 1" if single else ""}
"""
    )
    (etc / "master.cf").write_text(
        f"""127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""
    )
    with (folder / "postfix.log").open("wb") as log:
        child = subprocess.Popen(["postfix", "-c", str(etc), "start-fg"], stdout=log, stderr=log)
    try:
        _until_open(port, child, folder / "postfix.log")
        yield port
    finally:
        subprocess.run(["postfix", "-c", str(etc), "stop"], check=False, capture_output=True)
        child.wait()


def postfix_single(folder: Path, hop: int, members: int, marked: bool) -> Any:
    return postfix(folder, hop, members, marked, single=True)


def _until_open(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert child.poll() is None, log.read_text()
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    main()
