"""A reader that a leaked file has taken over says anything: the parent answers with one clear sentence,
keeps its memory bounded and stays alive.
"""

from __future__ import annotations

import copy
import io
import struct
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_reader import HONEST, LIMITS, Endless, framed, messages, told

from fother.errors import FotherError, SandboxError
from fother.intake import process
from fother.intake.parent import receive_bytes
from fother.intake.sandbox.reader import Reader, start

HONEST_BYTES = messages(HONEST)
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(1 << 70), 1 << 70),
        st.floats(),
        st.sampled_from(["", "|u1", "<f8", "<i4", "0" * 32, "\x1b[2J", "../../x", "\ud800", "image/png"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "page", "arrays"]), inner, max_size=2),
    ),
    max_leaves=6,
)


def require_answer(stream: Any) -> str:
    """The parent's sentence, "" when it took the answer; anything but its own errors fails the test."""
    try:
        received = told(stream)
    except FotherError as error:
        sentence = str(error)
        assert "leak" in sentence
        assert "\n" not in sentence
        assert len(sentence) < 500
        return sentence
    for one in received:
        notes = " ".join(one.sighting.notes)
        assert notes.isprintable()
        assert "../" not in one.name
    return ""


def test_an_honest_reader_is_believed() -> None:
    """So that the attacks below get past the first check."""
    (leak, *_) = told(io.BytesIO(HONEST_BYTES))
    assert leak.sighting.text == "He!"
    assert len(leak.sighting.sheets) == 2
    assert leak.sighting.isolation.startswith("seccomp + limits")


@settings(max_examples=150, deadline=None)
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(HONEST_BYTES)), st.integers(0, 8), st.binary(max_size=8)), max_size=4
    ),
    end=st.one_of(st.none(), st.integers(0, len(HONEST_BYTES))),
)
def test_mutated_streams(edits: list[tuple[int, int, bytes]], end: int | None) -> None:
    data = bytearray(HONEST_BYTES)
    for at, gone, new in edits:
        data[at : at + gone] = new
    require_answer(io.BytesIO(bytes(data[:end])))


@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_values_of_other_kinds(data: st.DataObject) -> None:
    """Well-formed messages whose values are of another type, size or order than agreed."""
    script = [copy.deepcopy(HONEST[i]) for i in data.draw(st.permutations(range(len(HONEST))))]
    for header, arrays in data.draw(st.lists(st.sampled_from(script), min_size=1, max_size=3)):
        name = data.draw(st.sampled_from(sorted(header)))
        header[name] = data.draw(JSON)
        if arrays and data.draw(st.booleans()):
            donor = data.draw(st.sampled_from([a for _, given_up in HONEST for a in given_up]))
            arrays[data.draw(st.integers(0, len(arrays) - 1))] = donor
    script = [message for message in script if "end" not in message[0]]
    require_answer(io.BytesIO(messages([*script, ({"end": True}, [])])))


@pytest.mark.parametrize("depth", [400, 900, 950, 980, 990, 1000, 5000])
@pytest.mark.parametrize("name", ["metadata", "notes", "kind", "refused", "labels", "stamps", "isolation"])
def test_deep_nesting(name: str, depth: int) -> None:
    beside = {"labels": '"text": true, ', "stamps": '"pages": 1, '}.get(name, "")
    value = "[" * depth + "]" * depth
    inner = f'{{"a": {value}}}' if name == "metadata" else f"[{value}]"
    arrays = '[["<i4", [0]], ["<i4", [0, 5]]]' if name == "labels" else "[]"
    header = f'{{"arrays": {arrays}, {beside}"{name}": {inner}}}'.encode()
    end = messages([({"end": True}, [])])
    require_answer(io.BytesIO(struct.pack("<I", len(header)) + header + end))


FLOODS = {
    "zeros": (b"", False),
    "empty messages": (framed({"arrays": []}), True),
    "pages": (messages([HONEST[4]]), True),
    "members": (messages([HONEST[10]]), True),
    "one long array": (framed({"arrays": [["|u1", [2000, 2000]]]}), False),
    "a long header": (struct.pack("<I", (1 << 20) - 1) + b'{"arrays": [], "x": "', False),
    "many arrays": (framed({"arrays": [["<f8", [1000]]] * 20_000}), False),
    "many long headers": (framed({"arrays": [], "x": "x" * 1_000_000}), True),
}


@pytest.mark.parametrize("flood", sorted(FLOODS))
def test_floods_end_and_take_bounded_memory(flood: str) -> None:
    beginning, repeat = FLOODS[flood]
    stream = Endless(beginning, repeat)
    assert "reader" in require_answer(stream)
    # What the parent may keep, twice over, and a few headers of the greatest length (1 MiB).
    assert stream.taken < 2 * (LIMITS.total_bytes + 8 * LIMITS.kept_pixels) + (16 << 20)


SCRIPTS = {
    "hangs": "import threading; threading.Event().wait()",
    "hangs after half a message": (
        "import sys, threading; sys.stdout.buffer.write(b'\\x20\\0\\0\\0{'); sys.stdout.flush();"
        "threading.Event().wait()"
    ),
    "floods": "import sys\nwhile True: sys.stdout.buffer.write(bytes(1 << 16))",
    "ends at once": "",
    "crashes": "import os; os.abort()",
    "lies about a length": "import sys; sys.stdout.buffer.write(b'\\xff\\xff\\x0f\\0{}')",
    "closes its output and hangs": "import os, threading; os.close(1); threading.Event().wait()",
}


@pytest.mark.parametrize("what", sorted(SCRIPTS))
def test_real_processes_that_misbehave(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the sandbox of this machine; the parent waits no longer than allowed and leaves none behind."""
    started: list[Reader] = []

    def misbehave(_: list[str]) -> Reader:
        started.append(start([sys.executable, "-I", "-S", "-c", SCRIPTS[what]]))
        return started[-1]

    monkeypatch.setattr(process, "start", misbehave)
    with pytest.raises(SandboxError, match="stopped half-way"):
        receive_bytes("leak", bytes(1 << 20), limits=replace(LIMITS, wall_seconds=0.5))
    assert started[0].returncode is not None
