"""A relay with the simulated marker as a process of its own: config, home, file of the marker."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "relay"))

from relay_lab import SimulatedMarker

from fother.flow.relay.serve import serve, teller
from fother.registry import open_registry
from fother.relay.policy import read_policy

if __name__ == "__main__":
    config, home, file = map(Path, sys.argv[1:])
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with open_registry(home) as registry:
        serve(registry, read_policy(config), SimulatedMarker(file), tell=teller(False), stop=stop)
