"""CMap streams: code spaces, code to CID, code to Unicode (Adobe Technical Note 5014; ISO 32000-1, 9.7.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_BLOCK = re.compile(rb"begin(bfchar|bfrange|cidchar|cidrange|codespacerange)(.*?)end\1", re.S)
_ITEM = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])|(-?\d+)")
_MAX_RANGE = 70_000  # no legitimate range is longer; keeps a hostile one from filling memory


@dataclass(frozen=True)
class CodeSpace:
    """How a string is cut into codes: ranges of (length, low, high), tried shortest first."""

    ranges: tuple[tuple[int, bytes, bytes], ...]
    cids: Mapping[int, int] = field(default_factory=dict)
    _trie: dict[int, Any] | None = None

    @classmethod
    def of_trie(cls, trie: dict[int, Any]) -> CodeSpace:
        """From nested dictionaries byte → … → CID."""
        cids: dict[int, int] = {}
        stack: list[tuple[int, dict[int, Any]]] = [(0, trie)]
        while stack:
            prefix, node = stack.pop()
            for byte, child in node.items():
                if isinstance(child, dict):
                    stack.append((prefix << 8 | byte, child))
                else:
                    cids[prefix << 8 | byte] = int(child)
        return cls((), cids, trie)

    def split(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """(offset, code bytes) of every code; bytes outside all ranges count as shortest codes."""
        if self._trie is not None:
            yield from self._split_trie(data, self._trie)
            return
        if len(self.ranges) == 1:
            step = self.ranges[0][0]
            for offset in range(0, len(data) - step + 1, step):
                yield offset, data[offset : offset + step]
            return
        offset = 0
        while offset < len(data):
            length = next(
                (n for n, low, high in self.ranges if _inside(data[offset : offset + n], low, high)),
                self.ranges[0][0],
            )
            yield offset, data[offset : offset + length]
            offset += length

    @staticmethod
    def _split_trie(data: bytes, trie: dict[int, Any]) -> Iterator[tuple[int, bytes]]:
        start = 0
        node: Any = trie
        for index, byte in enumerate(data):
            node = node.get(byte)
            if not isinstance(node, dict):
                yield start, data[start : index + 1]
                start, node = index + 1, trie


def _inside(code: bytes, low: bytes, high: bytes) -> bool:
    return len(code) == len(low) and all(a <= b <= c for a, b, c in zip(low, code, high, strict=True))


def parse_code_space(data: bytes) -> CodeSpace | None:
    """Code space ranges of an embedded CMap; None if it names none."""
    ranges = set()
    for kind, body in _BLOCK.findall(data):
        if kind == b"codespacerange":
            bounds = [_raw(item[0]) for item in _ITEM.findall(body)]
            ranges |= {
                (len(a), a, b)
                for a, b in zip(bounds[::2], bounds[1::2], strict=False)
                if a and len(a) == len(b)
            }
    if not ranges:
        return None
    if len({length for length, _, _ in ranges}) == 1:
        length = next(iter(ranges))[0]
        return CodeSpace(((length, b"\0" * length, b"\xff" * length),))
    return CodeSpace(tuple(sorted(ranges)))


def parse_cid_map(data: bytes) -> dict[int, int]:
    """Code → CID of an embedded CMap."""
    cids: dict[int, int] = {}
    for kind, body in _BLOCK.findall(data):
        items = _ITEM.findall(body)
        if kind == b"cidchar":
            for code, cid in zip(items[::2], items[1::2], strict=False):
                cids[_code(code[0])] = int(cid[3] or 0)
        elif kind == b"cidrange":
            for low, high, cid in zip(items[::3], items[1::3], items[2::3], strict=False):
                first, last = _code(low[0]), _code(high[0])
                for index in range(min(last - first, _MAX_RANGE) + 1):
                    cids[first + index] = int(cid[3] or 0) + index
    return cids


def parse_to_unicode(data: bytes) -> dict[int, str]:
    """Code → text of a ToUnicode CMap."""
    texts: dict[int, str] = {}
    for kind, body in _BLOCK.findall(data):
        if kind == b"bfchar":
            items = _ITEM.findall(body)
            for code, text in zip(items[::2], items[1::2], strict=False):
                texts[_code(code[0])] = _text(text[0])
        elif kind == b"bfrange":
            _read_ranges(body, texts)
    return {code: text for code, text in texts.items() if text}


def _read_ranges(body: bytes, texts: dict[int, str]) -> None:
    pending: list[bytes] = []
    array: list[bytes] | None = None
    for item in _ITEM.finditer(body):
        if item.group(2):
            array = []
        elif item.group(3):
            if array is not None and len(pending) == 2:
                first = _code(pending[0])
                texts.update({first + i: _text(text) for i, text in enumerate(array)})
            pending, array = [], None
        elif array is not None:
            array.append(item.group(1) or b"")
        else:
            pending.append(item.group(1) or b"")
            if len(pending) == 3:
                first, last, text = _code(pending[0]), _code(pending[1]), _text(pending[2])
                if text:
                    for index in range(min(last - first, _MAX_RANGE) + 1):
                        final = ord(text[-1]) + index
                        lone = 0xD800 <= final < 0xE000 or final > 0x10FFFF
                        texts[first + index] = text[:-1] + ("\ufffd" if lone else chr(final))
                pending = []


def _raw(digits: bytes) -> bytes:
    clean = re.sub(rb"\s", b"", digits)
    return bytes.fromhex((clean + b"0" if len(clean) % 2 else clean).decode())


def _code(digits: bytes) -> int:
    return int.from_bytes(_raw(digits), "big")


def _text(digits: bytes) -> str:
    raw = _raw(digits)
    return raw.decode("latin-1") if len(raw) == 1 else raw.decode("utf-16-be", "replace")
