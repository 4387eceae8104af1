"""The base file: everything of the original that all copies share, and how a copy is put together from it.

The base is written once by qpdf, without the content of the patched streams; nothing of the original's own
file structure (incremental updates, old revisions, unreferenced objects) survives. A copy appends the patched
streams and one cross-reference, a stream when the original used object streams, a table otherwise
(ISO 32000-1, 7.5.4 and 7.5.8).
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pikepdf
from isal import isal_zlib
from numpy.typing import NDArray

from fother.formats.pdf.document import open_pdf
from fother.formats.pdf.glyphs import PartKey
from fother.formats.pdf.xmp import STAMP_PLACE, stamped_packet

_UNUSED_TRAILER = re.compile(
    rb"/(?:Type\s*/XRef|Length\s+\d+|Filter\s*/FlateDecode|DecodeParms\s*<<[^>]*>>|W\s*\[[^\]]*\]"
    rb"|Index\s*\[[^\]]*\]|Size\s+\d+|ID\s*\[.*?\]|Prev\s+\d+|Encrypt\s+\d+ \d+ R)(?=[\s/>])",
    re.S,
)


@dataclass(frozen=True)
class BaseFile:
    """Shared bytes, the places of the streams that each copy appends, and the cross-reference."""

    body: NDArray[np.uint8]  #: base file up to its cross-reference, patched streams cut out
    entries: NDArray[np.int64]  #: (objects, 3) type, offset, generation as in a cross-reference stream
    objects: tuple[int, ...]  #: object numbers of the appended streams; the last is the XMP packet, if any
    heads: tuple[bytes, ...]  #: dictionaries of these streams, without length and filter
    packet: bytes  #: XMP packet with STAMP_PLACE in it, or empty
    trailer: bytes  #: trailer entries other than /Size and /ID
    identity: bytes  #: 16 bytes for /ID of copies without a stamp
    as_stream: bool

    def write(self, streams: Sequence[bytes], stamp: bytes | None) -> bytes:
        """A complete PDF from the deflated content streams, in the order of `objects`."""
        identity = stamp if stamp is not None else self.identity
        if len(identity) != 16:
            raise ValueError("a stamp has 16 bytes")
        parts: list[bytes | memoryview] = [self.body.data]
        position = len(self.body)
        entries = self.entries.copy()
        bodies = [(b"/Filter /FlateDecode", data) for data in streams]
        if self.packet:
            digits = identity.hex().encode()
            uuid = b"-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
            bodies.append((b"", self.packet.replace(STAMP_PLACE, uuid)))
        for number, head, (filters, data) in zip(self.objects, self.heads, bodies, strict=True):
            opening = b"%d 0 obj\n<< %s %s /Length %d >>\nstream\n" % (number, head, filters, len(data))
            parts += (opening, data, b"\nendstream\nendobj\n")
            entries[number] = (1, position, 0)
            position += len(opening) + len(data) + 18
        hexadecimal = b"<" + identity.hex().encode() + b">"
        tail = b"%s /ID [%s %s]" % (self.trailer, hexadecimal, hexadecimal)
        parts.append(_stream(entries, position, tail) if self.as_stream else _table(entries, tail))
        parts.append(b"startxref\n%d\n%%%%EOF\n" % position)
        return b"".join(parts)

    def header(self) -> dict[str, Any]:
        """What `restore` needs beside the arrays, ready for JSON."""
        return {
            "objects": list(self.objects),
            "heads": [head.decode("latin-1") for head in self.heads],
            "packet": self.packet.decode("latin-1"),
            "trailer": self.trailer.decode("latin-1"),
            "identity": self.identity.hex(),
            "as_stream": self.as_stream,
        }

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"body": self.body, "entries": self.entries}

    @classmethod
    def restore(cls, header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> BaseFile:
        """Inverse of `header` and `arrays`."""
        return cls(
            body=arrays["body"],
            entries=arrays["entries"],
            objects=tuple(header["objects"]),
            heads=tuple(head.encode("latin-1") for head in header["heads"]),
            packet=header["packet"].encode("latin-1"),
            trailer=header["trailer"].encode("latin-1"),
            identity=bytes.fromhex(header["identity"]),
            as_stream=bool(header["as_stream"]),
        )


def base_file(original: bytes, password: str, patched: Sequence[PartKey]) -> BaseFile:
    """Write the base of `original` for copies that append the `patched` streams (and XMP) themselves."""
    pdf = open_pdf(original, password)
    digest = hashlib.sha256(original).digest()
    tag = f"/Slot{digest.hex()[:24]}"
    _empty_streams(pdf, patched, tag)
    packet = _take_metadata(pdf, tag, len(patched))
    as_stream = b"/ObjStm" in original
    mode = pikepdf.ObjectStreamMode.generate if as_stream else pikepdf.ObjectStreamMode.disable
    buffer = io.BytesIO()
    pdf.save(
        buffer,
        object_stream_mode=mode,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        compress_streams=True,
        fix_metadata_version=False,
        encryption=False,
        linearize=False,
        deterministic_id=True,
    )
    data = buffer.getvalue()
    start, entries, trailer = _cross_reference(data)
    return _cut(data, start, entries, trailer, tag.encode(), packet, digest[:16], as_stream)


def _empty_streams(pdf: pikepdf.Pdf, patched: Sequence[PartKey], tag: str) -> None:
    """Replace each patched stream by an empty one that carries its slot number."""
    by_page: dict[int, dict[int, pikepdf.Stream]] = {}
    for slot, key in enumerate(patched):
        if key.kind == "form":
            form = pdf.get_object((key.number, key.element))
            form.write(b"")
            form[tag] = slot
        else:
            # A new object: the old one may be reached from elsewhere, where it must stay as it is.
            stream = pdf.make_stream(b"")
            stream[tag] = slot
            by_page.setdefault(key.number, {})[key.element] = stream
    for number, streams in by_page.items():
        page = pdf.pages[number].obj
        contents = page.Contents
        if isinstance(contents, pikepdf.Stream):
            page.Contents = streams[0]
        else:
            kept = [item for item in contents if isinstance(item, pikepdf.Stream)]
            page.Contents = pikepdf.Array([streams.get(i, item) for i, item in enumerate(kept)])


def _take_metadata(pdf: pikepdf.Pdf, tag: str, slot: int) -> bytes:
    """XMP packet with a place for the stamp, its stream emptied; b"" if it cannot be edited."""
    metadata = pdf.Root.get("/Metadata")
    if metadata is None:
        metadata = pdf.make_stream(b"")
        metadata.Type, metadata.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        pdf.Root.Metadata = metadata
        packet = stamped_packet(b"")
    elif isinstance(metadata, pikepdf.Stream):
        try:
            packet = stamped_packet(bytes(metadata.read_bytes()))
        except pikepdf.PdfError:
            return b""
    else:
        return b""
    if packet:
        metadata.write(b"")
        metadata[tag] = slot
    return packet


def _cross_reference(data: bytes) -> tuple[int, NDArray[np.int64], bytes]:
    """Offset, entries (objects, 3) and trailer of a file that qpdf wrote."""
    start = int(re.findall(rb"startxref\s+(\d+)", data[-64:])[-1])
    if data.startswith(b"xref", start):
        head = re.compile(rb"xref\s+0 (\d+)\s*\n").match(data, start)
        if head is None:
            raise ValueError("unexpected cross-reference table")
        count = int(head.group(1))
        rows = data[head.end() : head.end() + 20 * count]
        table = np.array(
            [
                (1 if rows[i + 17 : i + 18] == b"n" else 0, int(rows[i : i + 10]), int(rows[i + 11 : i + 16]))
                for i in range(0, 20 * count, 20)
            ],
            np.int64,
        ).reshape(-1, 3)
        trailer = data[data.index(b"<<", head.end() + 20 * count) : data.rindex(b"startxref")]
    else:
        begin, stop = data.index(b"<<", start), data.index(b"stream", start)
        trailer = data[begin:stop]
        table = _decode_stream(trailer, data[stop + 7 : data.rindex(b"endstream")])
    inner = trailer.strip()[2:-2]
    return start, table, re.sub(rb"\s+", b" ", _UNUSED_TRAILER.sub(b"", inner)).strip()


def _decode_stream(dictionary: bytes, body: bytes) -> NDArray[np.int64]:
    """Entries of a cross-reference stream, PNG "up" predictor undone."""
    widths = [int(w) for w in re.findall(rb"/W\s*\[\s*(\d+)\s+(\d+)\s+(\d+)", dictionary)[0]]
    raw = np.frombuffer(zlib.decompressobj().decompress(body), np.uint8)
    if re.search(rb"/Predictor\s+12", dictionary):
        raw = np.cumsum(raw.reshape(-1, sum(widths) + 1)[:, 1:], axis=0, dtype=np.uint8)
    rows = raw.reshape(-1, sum(widths)).astype(np.int64)
    columns = []
    position = 0
    for width in widths:
        value = np.zeros(len(rows), np.int64)
        for byte in range(position, position + width):
            value = value * 256 + rows[:, byte]
        columns.append(value)
        position += width
    return np.column_stack(columns)


def _cut(
    data: bytes,
    start: int,
    entries: NDArray[np.int64],
    trailer: bytes,
    tag: bytes,
    packet: bytes,
    identity: bytes,
    as_stream: bool,
) -> BaseFile:
    """Take the tagged streams out of the saved file and shift the offsets behind them."""
    used = np.flatnonzero(entries[:, 0] == 1)
    used = used[np.argsort(entries[used, 1], kind="stable")]
    offsets = entries[used, 1].tolist()
    found: dict[int, tuple[int, bytes]] = {}
    pieces: list[bytes] = []
    cuts: list[tuple[int, int]] = []
    position = 0
    for match in re.finditer(re.escape(tag) + rb"\s+(\d+)", data):
        row = bisect_right(offsets, match.start()) - 1
        begin = offsets[row]
        stop = offsets[row + 1] if row + 1 < len(offsets) else start
        found[int(match.group(1))] = (int(used[row]), _head(data[begin:stop], match.group()))
        pieces.append(data[position:begin])
        cuts.append((begin, stop - begin))
        position = stop
    pieces.append(data[position:start])
    shifted = entries.copy()
    removed = np.cumsum([0, *(length for _, length in cuts)])
    behind = np.searchsorted([begin for begin, _ in cuts], entries[used, 1], side="left")
    shifted[used, 1] -= removed[behind]
    if as_stream:
        # The cross-reference stream that qpdf wrote is an object too; its number serves for the new one.
        own = used[entries[used, 1] == start]
        shifted[own] = 0
    slots = sorted(found)
    return BaseFile(
        body=np.frombuffer(b"".join(pieces), np.uint8),
        entries=shifted,
        objects=tuple(found[slot][0] for slot in slots),
        heads=tuple(found[slot][1] for slot in slots),
        packet=packet,
        trailer=trailer,
        identity=identity,
        as_stream=as_stream,
    )


def _head(chunk: bytes, tag: bytes) -> bytes:
    """Inside of a stream's dictionary without tag, length and filter."""
    dictionary = chunk[chunk.index(b"<<") + 2 : chunk.rindex(b">>", 0, chunk.index(b"stream\n"))]
    dictionary = dictionary.replace(tag, b"", 1)
    dictionary = re.sub(rb"/Length\s+\d+(?=[\s/]|$)", b"", dictionary)
    return re.sub(rb"/Filter\s*/FlateDecode(?=[\s/]|$)", b"", dictionary).strip()


def _table(entries: NDArray[np.int64], trailer: bytes) -> bytes:
    """Cross-reference table and trailer."""
    rows = [
        b"%010d %05d n \n" % (offset, generation) if kind else b"0000000000 65535 f \n"
        for kind, offset, generation in entries.tolist()
    ]
    head = b"xref\n0 %d\n" % len(rows)
    return head + b"".join(rows) + b"trailer\n<< /Size %d %s >>\n" % (len(rows), trailer)


def _stream(entries: NDArray[np.int64], position: int, trailer: bytes) -> bytes:
    """Cross-reference stream; it takes the first free object number."""
    free = np.flatnonzero(entries[1:, 0] == 0)
    number = int(free[-1]) + 1 if len(free) else len(entries)
    if number == len(entries):
        entries = np.vstack([entries, np.zeros((1, 3), np.int64)])
    entries[number] = (1, position, 0)
    rows = np.empty((len(entries), 7), np.uint8)
    rows[:, 0] = entries[:, 0]
    rows[:, 1:5] = entries[:, 1].astype(">u4").view(np.uint8).reshape(-1, 4)
    rows[:, 5:] = entries[:, 2].astype(">u2").view(np.uint8).reshape(-1, 2)
    # PNG "up" prediction, as qpdf does: neighbouring entries differ little.
    predicted = np.full((len(rows), 8), 2, np.uint8)
    predicted[0, 1:] = rows[0]
    predicted[1:, 1:] = rows[1:] - rows[:-1]
    body = isal_zlib.compress(predicted.tobytes(), 1)
    head = b"/Type /XRef /W [1 4 2] /Size %d /Filter /FlateDecode" % len(rows)
    params = b"/DecodeParms << /Columns 7 /Predictor 12 >> /Length %d" % len(body)
    return b"%d 0 obj\n<< %s %s %s >>\nstream\n%s\nendstream\nendobj\n" % (
        number,
        head,
        params,
        trailer,
        body,
    )
