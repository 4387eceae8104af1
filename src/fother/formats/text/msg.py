"""Outlook messages (MSG): properties by their tags in an OLE file ([MS-OXMSG], [MS-OXPROPS])."""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import olefile

from fother.formats.text.charset import decode
from fother.formats.text.content import Content, Refused
from fother.formats.text.html import read_html
from fother.formats.text.lzfu import decompress
from fother.formats.text.rtf import read_rtf

_SUBJECT, _SENDER, _ADDRESS, _TO, _CC = "0037", "0C1A", "0C1F", "0E04", "0E03"
_BODY, _RTF, _HTML = "1000", "1009", "1013"
_ATTACHED, _LONG_NAME, _SHORT_NAME, _SHOWN_NAME = "3701", "3707", "3704", "3001"
_SENT, _RECEIVED = 0x00390040, 0x0E060040
_CODEPAGE = 0x3FDE0003
_MOST_DEPTH = 3
_MOST_STREAM = 128 << 20


def is_message(ole: Any) -> bool:
    return bool(ole.exists("__properties_version1.0"))


def read_msg(data: bytes, content: Content) -> None:
    """Subject, bodies, sender and dates, attachments; messages attached to it are read along.

    Raises Refused when the file is damaged beyond reading.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            entries = [tuple(e) for e in ole.listdir(streams=True, storages=True)]
            _read_message(ole, entries, (), content, 0)
    except (OSError, ValueError, TypeError, IndexError, KeyError, struct.error, RecursionError) as error:
        if content.empty:
            raise Refused("the Outlook message is damaged beyond reading") from error
        content.note("The Outlook message is damaged; what could be read of it was.")
    if content.empty and not content.metadata:
        raise Refused("the Outlook message holds nothing that can be read")


def _read_message(
    ole: Any, entries: list[tuple[str, ...]], place: tuple[str, ...], content: Content, depth: int
) -> None:
    fixed = _fixed(ole, place, 32 if not place else 24)
    codepage = f"cp{fixed[_CODEPAGE] & 0xFFFFFFFF}" if _CODEPAGE in fixed else None
    label = "" if not place else f"attached message {depth}"
    subject = _text(ole, place, _SUBJECT, codepage)
    content.add("subject", subject, label)
    if not place:
        sender = " ".join(dict.fromkeys(_text(ole, (), t, codepage) for t in (_SENDER, _ADDRESS)))
        facts = (("subject", subject), ("from", sender), ("to", _text(ole, (), _TO, codepage)))
        for name, value in (*facts, ("cc", _text(ole, (), _CC, codepage)), ("date", _date(fixed))):
            content.say(name, value)
    _read_body(ole, place, content, label, codepage)
    for entry in entries:
        if len(entry) != len(place) + 1 or entry[:-1] != place or not entry[-1].startswith("__attach_"):
            continue
        names = (_text(ole, entry, tag, codepage) for tag in (_LONG_NAME, _SHORT_NAME, _SHOWN_NAME))
        name = next(filter(None, names), "attachment")
        inside = (*entry, f"__substg1.0_{_ATTACHED}000D")
        if inside in entries:
            if depth < _MOST_DEPTH:
                _read_message(ole, entries, inside, content, depth + 1)
            else:
                content.note("Messages are attached to each other too deeply; the innermost were not read.")
        elif not content.take(name, _stream(ole, (*entry, f"__substg1.0_{_ATTACHED}0102"))):
            return


def _read_body(ole: Any, place: tuple[str, ...], content: Content, label: str, codepage: str | None) -> None:
    text = _text(ole, place, _BODY, codepage)
    if text.strip():
        content.add("body", text, label)
        return
    inner = Content(content.budget)
    html = _stream(ole, (*place, f"__substg1.0_{_HTML}0102"))
    html = html or _text(ole, place, _HTML, codepage).encode("utf-8", "replace")
    packed = _stream(ole, (*place, f"__substg1.0_{_RTF}0102"))
    if html:
        read_html(html, inner, codepage)
    elif packed:
        read_rtf(decompress(packed, _MOST_STREAM), inner)
    for piece in inner.pieces:
        content.add(piece.kind, piece.text, label)


def _stream(ole: Any, path: tuple[str, ...]) -> bytes:
    if not ole.exists("/".join(path)) or ole.get_type("/".join(path)) != olefile.STGTY_STREAM:
        return b""
    if ole.get_size("/".join(path)) > _MOST_STREAM:
        raise ValueError("stream too long")
    with ole.openstream("/".join(path)) as stream:
        return bytes(stream.read())


def _text(ole: Any, place: tuple[str, ...], tag: str, codepage: str | None) -> str:
    wide = _stream(ole, (*place, f"__substg1.0_{tag}001F"))
    if wide:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    return decode(_stream(ole, (*place, f"__substg1.0_{tag}001E")).rstrip(b"\0"), codepage)


def _fixed(ole: Any, place: tuple[str, ...], head: int) -> dict[int, int]:
    """Properties of fixed length: tag -> value as an integer of 64 bits ([MS-OXMSG] 2.4)."""
    data = _stream(ole, (*place, "__properties_version1.0"))[head:]
    rows = struct.iter_unpack("<IIq", data[: len(data) // 16 * 16])
    return {tag: value for tag, _, value in rows}


def _date(fixed: dict[int, int]) -> str:
    """Sent, else received; FILETIME counts 100 ns since 1601."""
    ticks = fixed.get(_SENT) or fixed.get(_RECEIVED) or 0
    if not 0 < ticks < 2**61:
        return ""
    try:
        return (datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)).isoformat()
    except OverflowError:
        return ""
