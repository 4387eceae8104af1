"""What every sandbox must keep, tried from the inside by the real reader with a hostile payload."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sandbox_attempts import __file__ as attempts_file

from fother.intake.sandbox import SIBLINGS, Promise, Sandbox
from fother.intake.sandbox.landlock import Landlock
from fother.intake.sandbox.reader import start
from fother.intake.sandbox.seccomp import Seccomp

MEMORY = 1 << 30
SECRET = "known to nobody else"
READING = ("read secret", "read registry", "list home", "read passwords")


class Machine:
    """Things around the sandbox that a hostile reader would like to reach; all exist and work."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "registry").mkdir(parents=True)
        self.secret, self.registry = folder / "secret.txt", folder / "registry" / "keys"
        self.victim_file = folder / "victim.txt"
        for path in (self.secret, self.registry, self.victim_file):
            path.write_text(SECRET)
        self.listeners = [
            self._listen(socket.AF_INET, ("127.0.0.1", 0)),
            self._listen(socket.AF_UNIX, str(folder / "s")),
            self._listen(socket.AF_UNIX, f"\0fother-test-{os.getpid()}"),
        ]
        try:
            self.port6 = self._listen(socket.AF_INET6, ("::1", 0)).getsockname()[1]
        except OSError:
            self.port6 = 1  # a machine without IPv6
        # A process of the same user to be attacked, and a descriptor to be inherited.
        idle = [sys.executable, "-S", "-c", "input()"]
        self.victim = subprocess.Popen(idle, stdin=subprocess.PIPE)
        self.inheritable = os.open(self.secret, os.O_RDONLY)
        os.set_inheritable(self.inheritable, True)

    def _listen(self, family: int, address: Any) -> socket.socket:
        listener = socket.socket(family)
        listener.bind(address)
        listener.listen()
        if hasattr(self, "listeners"):
            self.listeners.append(listener)
        return listener

    def told(self) -> dict[str, Any]:
        return {
            "secret": str(self.secret),
            "registry": str(self.registry),
            "victim_file": str(self.victim_file),
            "victim": self.victim.pid,
            "port": self.listeners[0].getsockname()[1],
            "port6": self.port6,
            "unix": str(self.folder / "s"),
            "abstract": f"fother-test-{os.getpid()}",
        }

    def close(self) -> None:
        self.victim.kill()
        self.victim.communicate()
        os.close(self.inheritable)
        for listener in self.listeners:
            listener.close()


def run_inside(
    sandbox: Sandbox, told: dict[str, Any], cpu: int = 60, mode: str = "read"
) -> tuple[bytes, int]:
    """Output and exit status of the reader with the hostile payload."""
    payload = Path(attempts_file).read_text()
    wanted = {"mode": mode, "memory_bytes": MEMORY, "cpu_seconds": cpu, "told": told}
    options = json.dumps(wanted).encode()
    with start([sys.executable, "-P", "-c", payload], sandbox) as child:
        output, _ = child.communicate(struct.pack("<I", len(options)) + options)
    return output, child.returncode


@dataclass(frozen=True)
class Outcome:
    said: list[str]
    results: dict[str, str]
    victim_lives: bool
    files: set[str]  #: contents of the files around, afterwards


@cache
def outcome(name: str) -> Outcome:
    """All attempts, once for each sandbox."""
    (sandbox,) = (s for s in SIBLINGS if s.name == name)
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder) / "home")
        try:
            output, status = run_inside(sandbox, machine.told())
            assert status == 0, output
            lives = machine.victim.poll() is None
            kept = (machine.secret, machine.registry, machine.victim_file)
            files = {path.read_text() if path.exists() else "gone" for path in kept}
        finally:
            machine.close()
    answer = json.loads(output)
    return Outcome(answer["said"], answer["results"], lives, files)


class SandboxContract:
    """Subclasses give `sandbox`."""

    @pytest.fixture
    def sandbox(self) -> Sandbox:
        raise NotImplementedError

    @pytest.fixture
    def seen(self, sandbox: Sandbox) -> Outcome:
        if reason := sandbox.unavailable():
            pytest.skip(reason)
        return outcome(sandbox.name)

    @staticmethod
    def require(sandbox: Sandbox, promise: Promise) -> None:
        if promise not in sandbox.promises:
            pytest.skip(f"{sandbox.name} does not promise: {promise.value}")

    def test_other_files_cannot_be_read(self, sandbox: Sandbox, seen: Outcome) -> None:
        done = {name for name in READING if seen.results[name] == "done"}
        if Promise.READING in sandbox.promises:
            assert not done
        else:
            # Also the proof that the attempts are real.
            assert done == set(READING)

    def test_nothing_can_be_written(self, sandbox: Sandbox, seen: Outcome) -> None:
        self.require(sandbox, Promise.WRITING)
        tried = {n: r for n, r in seen.results.items() if n.startswith(("write", "mkdir"))}
        assert len(tried) > 12
        assert "done" not in tried.values(), tried
        assert seen.files == {SECRET}

    def test_no_network(self, sandbox: Sandbox, seen: Outcome) -> None:
        self.require(sandbox, Promise.NETWORK)
        tried = {n: r for n, r in seen.results.items() if n.startswith("connect")}
        assert len(tried) == 5
        assert "done" not in tried.values(), tried

    def test_no_further_process_but_threads(self, sandbox: Sandbox, seen: Outcome) -> None:
        self.require(sandbox, Promise.PROCESSES)
        tried = {n: r for n, r in seen.results.items() if n.startswith("process")}
        assert len(tried) == 3
        assert "done" not in tried.values(), tried
        assert seen.results["thread"] == "done"

    def test_no_other_program(self, sandbox: Sandbox) -> None:
        self.require(sandbox, Promise.PROCESSES)
        if reason := sandbox.unavailable():
            pytest.skip(reason)
        output, status = run_inside(sandbox, {"only": "exec"})
        assert b"another program" not in output
        assert status != 0

    def test_other_processes_are_out_of_reach(self, sandbox: Sandbox, seen: Outcome) -> None:
        self.require(sandbox, Promise.SIGNALS)
        tried = {n: r for n, r in seen.results.items() if n.startswith("signal")}
        assert len(tried) == 4
        assert "done" not in tried.values(), tried
        assert seen.victim_lives

    def test_rare_parts_of_the_kernel_are_closed(self, seen: Outcome) -> None:
        if "seccomp" not in seen.said:
            pytest.skip("there is no seccomp here")
        tried = {n: r for n, r in seen.results.items() if n.startswith("rare")}
        assert tried
        assert set(tried.values()) <= {"EPERM", "ENOSYS"}, tried
        assert tried["rare clone3"] == "ENOSYS"

    def test_memory_is_limited(self, sandbox: Sandbox, seen: Outcome) -> None:
        self.require(sandbox, Promise.MEMORY)
        assert seen.results["memory"] == "MemoryError"

    def test_time_is_limited(self, sandbox: Sandbox) -> None:
        self.require(sandbox, Promise.TIME)
        if reason := sandbox.unavailable():
            pytest.skip(reason)
        _, status = run_inside(sandbox, {"only": "spin"}, cpu=1)
        # A wrapping program tells a signal as 128 + its number.
        assert status in (-signal.SIGXCPU, 128 + signal.SIGXCPU)

    @pytest.mark.parametrize("mode", ["read", "render", "recognise"])
    def test_layers_bind_whatever_is_imported_before(self, sandbox: Sandbox, mode: str) -> None:
        """Landlock, for one, does not bind a process whose libraries have started threads on import."""
        if reason := sandbox.unavailable():
            pytest.skip(reason)
        if mode == "recognise" and find_spec("fother.intake.ocr.child") is None:
            pytest.skip("text recognition is not installed")
        output, status = run_inside(sandbox, {"only": "say"}, mode=mode)
        assert status == 0
        said = json.loads(output)
        layers = {"landlock": {"Landlock", "limits"}, "seccomp": {"seccomp", "limits"}, "limits": {"limits"}}
        assert layers.get(sandbox.name, {"bubblewrap", "limits"}) <= set(said)
        if sandbox.name == "bubblewrap":
            assert ("Landlock" in said) == (Landlock().unavailable() is None)
            assert ("seccomp" in said) == (Seccomp().unavailable() is None)

    def test_no_descriptor_is_inherited(self, seen: Outcome) -> None:
        assert seen.results["descriptors"] == "done"

    def test_what_is_said_is_what_was_found(self, seen: Outcome) -> None:
        """The reader's own words, which the result repeats, claim nothing that an attempt disproves."""
        said, found = seen.said, seen.results
        for word, start_of_name in (
            (Promise.READING.value, "read"),
            (Promise.WRITING.value, "write"),
            (Promise.NETWORK.value, "connect ip"),
            (Promise.PROCESSES.value, "process"),
        ):
            if word in said:
                assert "done" not in [r for n, r in found.items() if n.startswith(start_of_name)], word
        assert "limits" in said
