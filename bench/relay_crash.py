"""Claim: the relay may be killed at any moment; no message is lost, unmarked, or delivered twice.

Clients hand in mail to a list by SMTP and try again as mail servers do, a sink counts what arrives, and the
relay is killed (-9) at random moments: first the relay alone, whose courier finishes what it began; then the
relay and its courier at once, as when a machine dies. Every arrival is held against the registry: it must be,
byte for byte, the copy of this recipient, and its commitment must be in the log before it arrived. In the
second case deliveries in doubt are held; they are resolved by looking into the sink, as a postmaster looks
into the log of his server.

Run: python bench/relay_crash.py [--kills 20] [--messages 40] [--members 10]
     python bench/relay_crash.py --simulated --messages 400 --shortest 0.7 --longest 3 --pause 0.05
`--simulated` marks with a marker that costs nothing, so that far more deliveries are under way.
"""

from __future__ import annotations

import argparse
import hashlib
import socket
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "crash"), str(ROOT / "tests" / "unit" / "relay"), str(ROOT / "bench")]

import relay_kills  # noqa: E402
from relay_lab import Arrived, Sink, config, mail, marked, registered, running  # noqa: E402

from fother.registry import FolderRegistry, open_registry  # noqa: E402
from relay_texts import body  # noqa: E402


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--messages", type=int, default=40)
    options.add_argument("--members", type=int, default=10)
    options.add_argument("--shortest", type=float, default=2.0, help="seconds from a start to its kill")
    options.add_argument("--longest", type=float, default=8.0)
    options.add_argument("--pause", type=float, default=8.0, help="of each of three clients, in seconds")
    options.add_argument("--simulated", action="store_true")
    options.add_argument("--only", choices=["relay", "both"], help="one of the two parts")
    chosen = options.parse_args()
    wrong = False
    for courier in [c for c in (False, True) if chosen.only in (None, "both" if c else "relay")]:
        with tempfile.TemporaryDirectory() as folder:
            wrong |= _one(Path(folder), chosen, courier=courier)
    return int(wrong)


def _one(folder: Path, chosen: argparse.Namespace, *, courier: bool) -> bool:
    what = "the relay and its courier" if courier else "the relay"
    kind = "simulated marks" if chosen.simulated else "real marks"
    print(
        f"\nKill -9 of {what}, {chosen.kills} times; {chosen.messages} messages to {chosen.members} members, "
        f"{kind}"
    )
    messages = [mail(n, body(200, n), "MIME-Version: 1.0") for n in range(chosen.messages)]
    members = [f"m{k}@far.example" for k in range(1, chosen.members + 1)]
    home, file = folder / "home", folder / "registered.jsonl"
    started = time.monotonic()
    with running(Sink(delay=0.01)) as sink, open_registry(home) as registry:
        path = config(folder, sink.port, members=chosen.members)
        path.write_text(path.read_text().replace("port = 0\n", f"port = {_free()}\n"))
        script = str(ROOT / "tests" / "crash" / "relay_process.py")
        serve = [
            "-c",
            "from fother.cli import main; main()",
            "relay",
            "serve",
            str(path),
            "--home",
            str(home),
        ]
        simulated = [script, str(path), str(home), str(file)]

        def judge(arrival: Arrived, number: int) -> bool:
            if chosen.simulated:
                digest = hashlib.sha256(arrival.body).hexdigest()
                right = arrival.body == marked(messages[number], arrival.recipient)
                return right and (arrival.recipient, digest) in registered(file)
            return _is_committed_copy(registry, arrival, messages[number])

        result = relay_kills.run(
            folder,
            path,
            home,
            [sys.executable, *(simulated if chosen.simulated else serve)],
            sink,
            messages,
            members,
            judge,
            kills=chosen.kills,
            courier=courier,
            every=(chosen.shortest, chosen.longest),
            pause=chosen.pause,
            tell=lambda line: print(f"  {line}", flush=True),
            patience=600.0,
            seed=2026 + courier,
        )
    print(f"  kills                              {result.kills}")
    print(f"  deliveries expected / arrived      {result.expected} / {result.arrived}")
    print(f"  lost                               {result.lost}")
    print(f"  twice to the same recipient        {result.twice}")
    print(f"  unmarked, or not committed before  {result.unmarked}")
    print(f"  held in doubt / of those arrived   {result.in_doubt} / {result.in_doubt_arrived}")
    print(f"  hand-ins repeated by clients       {result.retries}")
    print(f"  messages without an end            {len(result.left)}")
    print(f"  seconds                            {time.monotonic() - started:.0f}", flush=True)
    return bool(result.lost or result.twice or result.unmarked or result.left)


def _is_committed_copy(registry: FolderRegistry, arrival: Arrived, original: bytes) -> bool:
    digest = hashlib.sha256(arrival.body).hexdigest()
    copies = [c for c in registry.copies(recipient=arrival.recipient) if c.sha256 == digest]
    if len(copies) != 1 or arrival.body == original:
        return False
    commitment = registry.commitment(copies[0].issue)
    if commitment is None:
        return False
    (entry,) = registry.log_entries(commitment.entry, 1)
    return entry.made_at.timestamp() <= arrival.at


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
