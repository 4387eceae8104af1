"""Rich Text Format 1.9.1 (Microsoft, 2008): body, headers, footers, notes, comments, deletions, hidden text.

One pass over the tokens with a stack of groups; every step is linear in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from fother.formats.text.content import Content, Refused

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}]+)"
)
_CHARSETS = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "cp936",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
_SIGNS = {
    "par": "\n",
    "sect": "\n",
    "page": "\n",
    "column": "\n",
    "line": "\n",
    "row": "\n",
    "nestrow": "\n",
    "tab": "\t",
    "cell": "\t",
    "nestcell": "\t",
    "emdash": "\u2014",
    "endash": "\u2013",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "bullet": "\u2022",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "zwj": "\u200d",
    "zwnj": "\u200c",
}
_SYMBOLS = {b"~": "\u00a0", b"-": "\u00ad", b"_": "\u2011", b"\n": "\n", b"\r": "\n", b"\t": "\t"}
_SYMBOLS |= {b"{": "{", b"}": "}", b"\\": "\\"}
_STORIES = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "header"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "footer"),
    "footnote": "note",
    "annotation": "comment",
}
#: Groups whose content is not shown; "shpinst" and "upr" hold what is shown further inside.
_SKIPPED_WORDS = (
    "fonttbl colortbl stylesheet listtable listoverridetable revtbl rsidtbl generator pict object objdata "
    "themedata colorschememapping latentstyles datastore xmlnstbl fldinst info filetbl bkmkstart bkmkend "
    "atnid atnauthor atndate atnref atntime atnparent atnicn atrfstart atrfend shpinst sp sn sv upr "
    "private docvar userprops mmathPr pgdsctbl ftnsep ftnsepc aftnsep aftnsepc xe tc rxe template "
    "nonshppict factoidname wgrffmtfilter ebcstart ebcend panose falt fontemb fontfile pntxta pntxtb "
    "pnseclvl "
)
_SKIPPED = frozenset(_SKIPPED_WORDS.split())
_PROPERTIES = {"title", "subject", "author", "operator", "keywords", "company", "manager", "category"}
_MOST_GROUPS = 10_000


@dataclass(frozen=True)
class _Group:
    """State that a closing brace brings back."""

    story: int = 0  #: index of the stream that text goes to
    skipped: bool = False
    deleted: bool = False
    hidden: bool = False
    font: str = ""
    skip_after_unicode: int = 1
    reads: str = ""  #: a group whose words are kept for another use: a property, a font, an author


@dataclass
class _State:
    content: Content
    group: _Group = field(default_factory=_Group)
    groups: list[_Group] = field(default_factory=list)
    streams: list[tuple[str, str, list[str]]] = field(default_factory=lambda: [("body", "", [])])
    deleted: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    fonts: dict[str, str] = field(default_factory=dict)
    charset: str = "cp1252"
    bytes_held: bytearray = field(default_factory=bytearray)
    ignore: int = 0  #: characters that stand for a Unicode character that was read
    starred: bool = False  #: \\* was just read
    author: str = ""
    words: list[str] = field(default_factory=list)


def read_rtf(data: bytes, content: Content) -> None:
    """Raises Refused when groups are nested deeper than any writer does."""
    state = _State(content)
    for word, number, byte, sign, brace, plain in _tokens(data):
        if byte is not None:
            if state.ignore:
                state.ignore -= 1
            else:
                state.bytes_held.append(int(byte, 16))
            continue
        if plain is not None:
            _plain(state, plain)
            continue
        _flush(state)
        if brace is not None:
            _brace(state, brace == b"{")
        elif sign is not None:
            if sign == b"*":
                state.starred = True
            else:
                _put(state, _SYMBOLS.get(sign, ""))
        elif word is not None:
            _control(state, word.decode("ascii"), int(number) if number else None)
    _flush(state)
    # Sections repeat their headers and footers; once is enough.
    for kind, label, text in dict.fromkeys((k, n, "".join(runs)) for k, n, runs in state.streams):
        content.add(kind, text, label)
    content.add("deleted", "".join(state.deleted))
    content.add("hidden", "".join(state.hidden))


def _tokens(data: bytes) -> Iterator[tuple[bytes | None, ...]]:
    place = 0
    while place < len(data):
        match = _TOKEN.match(data, place)
        if match is None:
            place += 1
            continue
        place = match.end()
        word, number = match.group(1, 2)
        if word == b"bin" and number:
            place += max(int(number), 0)  # binary data may hold braces
            continue
        yield match.groups()


def _plain(state: _State, raw: bytes) -> None:
    raw = raw.replace(b"\r", b"").replace(b"\n", b"")
    if state.ignore:
        gone = min(state.ignore, len(raw))
        state.ignore -= gone
        raw = raw[gone:]
    if raw and (state.group.reads or not state.group.skipped):
        # Together with what came as \'xx: the second byte of a character may be written plainly.
        state.bytes_held += raw


def _flush(state: _State) -> None:
    if state.bytes_held:
        charset = state.fonts.get(state.group.font, state.charset)
        held = bytes(state.bytes_held)
        state.bytes_held.clear()
        try:
            text = held.decode(charset, "replace")
        except LookupError:
            text = held.decode("cp1252", "replace")
        _put(state, text)


def _put(state: _State, text: str) -> None:
    group = state.group
    if not text or not (group.reads or not group.skipped):
        return
    if group.reads:
        state.words.append(text)
    elif group.deleted:
        state.deleted.append(text)
    elif group.hidden:
        state.hidden.append(text)
    else:
        state.streams[group.story][2].append(text)


def _brace(state: _State, opens: bool) -> None:
    state.starred = False
    state.ignore = 0
    if opens:
        if len(state.groups) >= _MOST_GROUPS:
            raise Refused("its groups are nested too deeply")
        state.groups.append(state.group)
        return
    inner = state.group
    if state.groups:
        state.group = state.groups.pop()
    if inner.reads and inner.reads != state.group.reads:
        text = "".join(state.words).strip()
        state.words.clear()
        if inner.reads == "atnauthor":
            state.author = text
        else:
            state.content.say(inner.reads, text)


def _control(state: _State, word: str, number: int | None) -> None:
    group = state.group
    starred, state.starred = state.starred, False
    if word in _STORIES:
        state.streams.append((_STORIES[word], state.author if word == "annotation" else "", []))
        state.group = replace(group, story=len(state.streams) - 1, skipped=False, deleted=False, hidden=False)
    elif (word in _PROPERTIES and group.skipped) or word == "atnauthor":
        state.group = replace(group, skipped=True, reads=word)
    elif word in ("ud", "shptxt"):
        state.group = replace(group, skipped=False)
        _put(state, "\n" if word == "shptxt" else "")
    elif word in _SKIPPED or starred:
        state.group = replace(group, skipped=True)
    elif word == "u" and number is not None:
        _unicode(state, number)
    elif word in _SIGNS:
        _put(state, _SIGNS[word])
    else:
        _property(state, word, number)


def _unicode(state: _State, number: int) -> None:
    code = number & 0xFFFF if number < 0x10000 else number
    state.ignore = state.group.skip_after_unicode
    if 0xDC00 <= code < 0xE000:  # second half of a pair
        runs = state.streams[state.group.story][2]
        if runs and len(runs[-1]) == 1 and 0xD800 <= ord(runs[-1]) < 0xDC00:
            high = ord(runs.pop()) - 0xD800
            runs.append(chr(0x10000 + (high << 10) + code - 0xDC00))
        return
    _put(state, chr(code) if code <= 0x10FFFF else "\ufffd")


def _property(state: _State, word: str, number: int | None) -> None:
    group = state.group
    on = number != 0
    if word in ("f", "deff"):
        state.group = replace(group, font=str(number))
    elif word == "fcharset" and number is not None:
        state.fonts[group.font] = _CHARSETS.get(number, state.charset)
    elif word == "ansicpg" and number is not None:
        state.charset = "utf-8" if number == 65001 else f"cp{number}"
    elif word == "mac":
        state.charset = "mac_roman"
    elif word == "uc" and number is not None:
        state.group = replace(group, skip_after_unicode=min(max(number, 0), 100))
    elif word == "deleted":
        state.group = replace(group, deleted=on)
    elif word == "v":
        state.group = replace(group, hidden=on)
    elif word == "plain":
        state.group = replace(group, hidden=False, deleted=False)
