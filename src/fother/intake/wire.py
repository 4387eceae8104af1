"""What crosses from the sandbox: JSON headers and raw arrays, every length announced and capped."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_MAX_HEADER = 1 << 20
_MAX_ARRAYS = 8
#: Kinds of text parts (`model.capture.TextPart`) in the order of their numbers on the wire.
PART_KINDS = (
    "page",
    "body",
    "header",
    "footer",
    "note",
    "comment",
    "deleted",
    "hidden",
    "title",
    "subject",
    "slide",
    "notes",
    "sheet",
    "cell text",
    "alternative",
)


def write_message(stream: BinaryIO, header: dict[str, Any], *arrays: NDArray[Any]) -> None:
    """One message: header length, header, then the arrays in C order as the header describes them."""
    header = {**header, "arrays": [[a.dtype.str, list(a.shape)] for a in arrays]}
    data = json.dumps(header).encode()
    stream.write(struct.pack("<I", len(data)) + data)
    for array in arrays:
        stream.write(np.ascontiguousarray(array).tobytes())
    stream.flush()


def read_message(stream: BinaryIO, max_bytes: int) -> tuple[dict[str, Any], list[NDArray[Any]]] | None:
    """The next message, None at the end of the stream. Its arrays have at most `max_bytes` together.

    Raises ValueError when a length, a type or a shape is not as agreed: the sender is not trusted.
    """
    prefix = stream.read(4)
    if not prefix:
        return None
    if len(prefix) != 4:
        raise ValueError("truncated length")
    (size,) = struct.unpack("<I", prefix)
    if size > _MAX_HEADER:
        raise ValueError("header too long")
    try:
        header = json.loads(_exactly(stream, size))
    except RecursionError:
        raise ValueError("header nested too deeply") from None
    if not isinstance(header, dict) or not isinstance(header.get("arrays"), list):
        raise ValueError("malformed header")
    described = header.pop("arrays")
    if len(described) > _MAX_ARRAYS:
        raise ValueError("too many arrays")
    arrays = []
    for entry in described:
        if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[1], list):
            raise ValueError("malformed array description")
        kind, shape = entry
        if kind not in ("|u1", "<f8", "<i4") or len(shape) > 2:
            raise ValueError("unexpected array type")
        if not all(isinstance(n, int) and 0 <= n < 1 << 31 for n in shape):
            raise ValueError("unexpected array shape")
        dtype = np.dtype(kind)
        length = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        max_bytes -= length
        if max_bytes < 0:
            raise ValueError("arrays too large")
        arrays.append(np.frombuffer(_exactly(stream, length), dtype).reshape(shape))
    return header, arrays


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise ValueError("truncated message")
    return data
