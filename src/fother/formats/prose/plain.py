"""Plain text: paragraphs between blank lines, list items; wrapped lines stay wrapped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fother.formats.prose.encoding import UTF8, decoded, encoded, shown_name
from fother.formats.prose.sourced import Gatherer, Sourced, require_unambiguous
from fother.formats.prose.stretches import addresses, attributes_words, begins_quotation, white_space
from fother.model.prose import Prose, Rewrite

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_ITEM = re.compile(r"[ \t]{0,12}(?:[-*+•‣–]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)])[ \t]+(?=\S)")
_QUOTED = re.compile(r"[ \t]{0,3}>")
_SPACE = re.compile(r"\s")
_SIGNATURE = re.compile(r"-- ?\Z")
_MOST_SIGNATURE = 15  # lines; a longer end after "-- " is no signature
_SEALED = re.compile(r"-----BEGIN PGP (?:SIGNED )?MESSAGE-----")
_CODE = re.compile(
    r"[{};]\s*$|^\s*(?:[$#>%]\s|//|#include|def |class |return\b|import |</?\w)|\w\(.*\)|[=<>!]=|=>|->"
)
_RULE = re.compile(r"[^\w\n]+")
_GAP = re.compile(r"(?<=\S)(?: {2,}|\s*\t\s*| ?\| ?)(?=\S)")
_SIGNED_NOTE = "The text is signed or encrypted (PGP), so nothing of it is marked."


@dataclass(frozen=True)
class Plain:
    """Text files as they are: byte order mark, encoding, line ends and wrapping stay."""

    media_type: str = "text/plain"
    ending: str = ".txt"

    def read(self, data: bytes) -> Prose:
        """See `ProseFormat`."""
        return _read(data).prose

    def write(self, data: bytes, rewrites: Sequence[Rewrite]) -> bytes:
        """See `ProseFormat`. An encoding that does not hold the new characters gives way to UTF-8."""
        source, encoding = decoded(data)
        text = write_plain(_read(data), source, rewrites)
        return encoded(text, encoding if encoding.holds(text) else UTF8)


def read_plain(source: str, notes: Sequence[str] = ()) -> Sourced:
    """Blocks of plain text."""
    gatherer = Gatherer(source)
    lines = [found.span() for found in _LINE.finditer(source) if found.end() > found.start()]
    sealed = _SEALED.search(source) is not None
    signature = _signature(source, lines)
    quoting = ""
    for begin, end in _paragraphs(source, lines):
        paragraph = source[lines[begin][0] : lines[end - 1][1]].replace("\r\n", "\n").replace("\r", "\n")
        if begins_quotation(paragraph):
            quoting = "a quotation"  # all that follows is an earlier message
        item = _ITEM.match(paragraph)
        gatherer.take(lines[begin][0], lines[end - 1][1])
        if sealed:
            gatherer.fix(0, gatherer.at, "signed or encrypted")
        elif begin >= signature:
            gatherer.fix(0, gatherer.at, "a signature")
        elif reason := quoting or _whole(paragraph):
            gatherer.fix(0, gatherer.at, reason)
        for stretch in (*_parts(paragraph), *addresses(paragraph), *white_space(paragraph)):
            gatherer.fix(*stretch)
        if item:
            gatherer.fix(0, item.end(), "a list mark")
        gatherer.end("item" if item else "paragraph")
    return gatherer.gathered([*notes, *([_SIGNED_NOTE] if sealed else [])])


def write_plain(sourced: Sourced, source: str, rewrites: Sequence[Rewrite]) -> str:
    """The source with rewrites carried out. Raises ValueError for what plain text cannot say."""
    written = sourced.spliced(source, rewrites, _as_it_is)
    require_unambiguous(sourced.prose, rewrites, lambda: read_plain(written).prose.text, _SPACE)
    return written


@lru_cache(maxsize=2)
def _read(data: bytes) -> Sourced:
    source, encoding = decoded(data)
    if encoding.holds("\u2005"):
        return read_plain(source)
    name = shown_name(encoding)
    return read_plain(
        source, [f"The file is in {name}; a copy with characters that this lacks is written in UTF-8."]
    )


def _as_it_is(text: str, _before: str, _after: str) -> str:
    return text


def _paragraphs(source: str, lines: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """(first, behind the last) line of each block: blank lines, list items and quotation marks part them."""
    begin = None
    quoted = False
    for number, (start, end) in enumerate(lines):
        line = source[start:end]
        if not line.strip():
            if begin is not None:
                yield begin, number
            begin = None
            continue
        starts = _ITEM.match(line) is not None or (_QUOTED.match(line) is not None) != quoted
        ruled = _rule(source, lines[number]) or (begin is not None and _rule(source, lines[number - 1]))
        if begin is not None and (starts or ruled):
            yield begin, number
            begin = None
        quoted = _QUOTED.match(line) is not None
        begin = number if begin is None else begin
    if begin is not None:
        yield begin, len(lines)


def _rule(source: str, line: tuple[int, int]) -> bool:
    return _RULE.fullmatch(source[slice(*line)].strip()) is not None


def _signature(source: str, lines: Sequence[tuple[int, int]]) -> int:
    """Number of the line from which on a signature stands (RFC 3676, 4.3), or one behind the last."""
    for number in range(max(0, len(lines) - _MOST_SIGNATURE), len(lines)):
        if _SIGNATURE.match(source[slice(*lines[number])].rstrip("\r\n")):
            return number
    return len(lines)


def _whole(paragraph: str) -> str:
    """Why all of a paragraph stays, "" when it need not."""
    lines = paragraph.rstrip("\n").split("\n")
    if _QUOTED.match(paragraph):
        return "a quotation"
    if attributes_words(paragraph):
        return "a quotation"
    if _RULE.fullmatch(paragraph.strip()):
        return "a rule"
    if paragraph.lstrip().startswith("```"):
        return "code"
    if all(line.startswith(("    ", "\t")) for line in lines):
        code = sum(_CODE.search(line) is not None for line in lines)
        if 2 * code >= len(lines):
            return "code"
    return "a table" if _is_table(lines) else ""


def _is_table(lines: Sequence[str]) -> bool:
    """Cells behind wide gaps that begin or end in the same column of at least two lines and half of them."""
    wide: Counter[tuple[str, int]] = Counter()
    narrow: Counter[tuple[str, int]] = Counter()
    for line in lines:
        gaps = list(_GAP.finditer(line))
        ends = [gap.start() for gap in gaps[1:]] + [len(line.rstrip())]
        for gap, end in zip(gaps, ends, strict=False):
            columns = wide if len(gap[0]) > 2 or "\t" in gap[0] or "|" in gap[0] else narrow
            columns.update([("begins", gap.end()), ("ends", end)])
    half = max(2, (len(lines) + 1) // 2)
    return max(wide.values(), default=0) >= half or max(narrow.values(), default=0) >= max(3, half)


def _parts(paragraph: str) -> Iterator[tuple[int, int, str]]:
    """Code in back ticks."""
    for found in re.finditer(r"`[^`\n]{1,200}`", paragraph):
        yield found.start(), found.end(), "code"
