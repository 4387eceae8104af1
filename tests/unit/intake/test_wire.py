"""The wire between sandbox and parent: what is written comes back, anything else is a ValueError."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from fother.errors import SandboxError
from fother.intake import parent, process
from fother.intake.wire import read_message, write_message

LIMIT = 1 << 16

ARRAYS = st.one_of(
    *(
        arrays_of.arrays(np.dtype(kind), arrays_of.array_shapes(min_dims=1, max_dims=2, max_side=6))
        for kind in ("u1", "<f8", "<i4")
    )
)
HEADERS = st.dictionaries(
    st.text(max_size=5).filter(lambda name: name != "arrays"),
    st.one_of(st.integers(), st.text(), st.booleans()),
)


def framed(header: bytes, body: bytes = b"") -> io.BytesIO:
    return io.BytesIO(struct.pack("<I", len(header)) + header + body)


@given(HEADERS, st.lists(ARRAYS, max_size=3))
def test_round_trip(header: dict[str, object], arrays: list[np.ndarray]) -> None:
    stream = io.BytesIO()
    write_message(stream, header, *arrays)
    stream.seek(0)
    answer = read_message(stream, LIMIT)
    assert answer is not None
    assert answer[0] == header
    for got, sent in zip(answer[1], arrays, strict=True):
        assert got.dtype == sent.dtype
        np.testing.assert_array_equal(got, sent)
    assert read_message(stream, LIMIT) is None


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["|u1", "<f8", "|O", "x"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.just("arrays"), inner)),
)


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=60), JSON.map(lambda value: json.dumps({"arrays": value}).encode())))
def test_anything_else_is_a_value_error(header: bytes) -> None:
    for stream in (io.BytesIO(header), framed(header), framed(header, bytes(500))):
        try:
            message = read_message(stream, LIMIT)
        except ValueError:
            continue
        assert message is None or all(a.nbytes <= LIMIT for a in message[1])


@pytest.mark.parametrize(
    "header",
    [
        b'{"arrays": ' + b"[" * 300_000,
        b'{"arrays": [["|u1", [4294967295, 4294967295]]]}',
        b'{"arrays": [["<f8", [2147483647, 2147483647]]]}',
        b'{"arrays": [["|O", [1]]]}',
        b'{"arrays": [["|u1", [-1]]]}',
        b'{"arrays": [["|u1", 3]]}',
        b'{"arrays": ["|u1"]}',
        b'{"arrays": 3}',
        b"[]",
        b"\xff\xfe",
    ],
)
def test_known_tricks(header: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sender is hostile, its words do not matter
        read_message(framed(header, bytes(100)), LIMIT)


def test_lengths_are_believed_up_to_a_limit() -> None:
    with pytest.raises(ValueError, match="too long"):
        read_message(io.BytesIO(struct.pack("<I", 1 << 30)), LIMIT)
    with pytest.raises(ValueError, match="too large"):
        read_message(framed(b'{"arrays": [["|u1", [65537]]]}', bytes(70_000)), LIMIT)


GREY = np.zeros((2, 3), np.uint8)
CODES, PLACES = np.array([65, 0xD800, 1 << 30], np.int32), np.full((3, 2), np.nan)


@pytest.mark.parametrize(
    "message",
    [
        ({"page": "first"}, [GREY]),
        ({"page": -1}, [GREY]),
        ({"page": 0}, []),
        ({"page": 0}, [GREY, GREY]),
        ({"page": 0}, [np.zeros(4, np.uint8)]),
        ({"page": 0}, [np.zeros((0, 4), np.uint8)]),
        ({"page": 0}, [np.zeros((2, 2))]),
        ({"page": 0, "readable": True}, [CODES]),
        ({"page": 0, "readable": True}, [CODES, PLACES[:2]]),
        ({"page": 0, "readable": True}, [PLACES[:, 0], PLACES]),
        ({"stamps": 3, "pages": 1}, []),
        ({"stamps": [], "pages": "x"}, []),
        ({"stamps": [3], "pages": 1}, []),
    ],
)
def test_a_reader_that_was_taken_over_is_not_believed(
    message: process.Message, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "leak"
    path.write_bytes(b"x")
    monkeypatch.setattr(parent, "ask", lambda *_: [({"kind": "image/png"}, []), message])
    with pytest.raises(SandboxError, match="did not fit together"):
        parent.receive_all(path)


def test_text_and_stamps_are_cleaned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "leak"
    path.write_bytes(b"x")
    stamps = ["0" * 32, "x" * 32, "0" * 31]
    answer = [({"stamps": stamps, "pages": 1}, []), ({"page": 0, "readable": True}, [CODES, PLACES])]
    monkeypatch.setattr(parent, "ask", lambda *_: answer)
    seen = parent.receive_all(path)[0].sighting
    assert seen.untrusted_stamps == ("0" * 32,)
    assert seen.sheets[0].characters is not None
    assert seen.sheets[0].characters.text == "A\ufffd\ufffd"
    assert np.isfinite(seen.sheets[0].characters.origin).all()
