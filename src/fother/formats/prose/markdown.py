"""Markdown (CommonMark, with tables and strikethrough of GitHub's): its words; all marks stay.

markdown-it-py finds the blocks and says which lines they take; its inline rules are wrapped so that each
tells where in the text it worked. Text of blocks in HTML is left out.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from fother.formats.prose.encoding import UTF8, decoded, encoded
from fother.formats.prose.sourced import Gatherer, Sourced, require_unambiguous
from fother.formats.prose.stretches import addresses, white_space
from fother.model.prose import BlockKind, Prose, Rewrite

_FRONT = re.compile(
    r"\A\ufeff?---[ \t]*(?:\r\n|\r|\n).*?(?:\r\n|\r|\n)(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.S
)
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_MARKS = re.compile(
    r"(?P<note>\A\[[^\]\n]{1,200}\]:[ \t]*\S+[ \t]?)|(?P<footnote>\[\^[^\]\s]{1,100}\])"
    r"|(?P<task>\A\[[ xX]\] )|(?P<attribute>\{[#.:][^}\n]{0,300}\})"
)
#: A note keeps the space after its first word: without it, it would define a link.
_REASONS = {
    "note": "a footnote mark",
    "footnote": "a footnote mark",
    "task": "a list mark",
    "attribute": "an attribute",
}
_KINDS: dict[str, BlockKind] = {"heading": "heading", "list_item": "item", "td": "cell", "th": "cell"}
_LINE_END_OR_BAR = re.compile(r"[\n|]")
_SPECIAL = re.compile(r"[\\`*_\[\]<&~|]")
_RISKY = re.compile(r"[\s*_`\[\]<>&\\~|#!+=:-]")
#: Spaces that decide how their neighbours are read: whether a mark opens or closes (CommonMark 0.31, 6.2),
#: and that what looks like the address of a link is none (4.7, 6.3, 6.5). A look-alike would not.
_DECIDING = re.compile(
    r" (?=[*_~])|(?<=_) |\A\[[^\]]{1,999}\]:\s*\S+ |\]\([^)\n]*|<[a-z][a-z0-9+.-]{1,31}:[^<>\n]*>", re.I
)
_CODE_TAG = re.compile(r"<(/?)(a|code|kbd|samp|tt|var|pre|q|del|s)(?=[\s/>])", re.I)


@dataclass(frozen=True)
class Markdown:
    """Markdown files as they are but for the words."""

    media_type: str = "text/markdown"
    ending: str = ".md"

    def read(self, data: bytes) -> Prose:
        """See `ProseFormat`."""
        return _read(data).prose

    def write(self, data: bytes, rewrites: Sequence[Rewrite]) -> bytes:
        """See `ProseFormat`. An encoding that does not hold the new characters gives way to UTF-8."""
        source, encoding = decoded(data)
        sourced = _read(data)
        written = sourced.spliced(source, rewrites, lambda text, _b, _a: _SPECIAL.sub(r"\\\g<0>", text))
        require_unambiguous(sourced.prose, rewrites, lambda: read_markdown(written).prose.text, _RISKY)
        return encoded(written, encoding if encoding.holds(written) else UTF8)


@lru_cache(maxsize=2)
def _read(data: bytes) -> Sourced:
    return read_markdown(decoded(data)[0])


def read_markdown(source: str) -> Sourced:
    """Blocks of a Markdown text."""
    front = _FRONT.match(source)
    begin = front.end() if front else 0
    parser = _parser()
    env: dict[str, Any] = {}
    blocks = parser.parse(source[begin:], env)
    return _Reader(source, begin, parser, env).read(blocks)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.disable(["inline", "text_join", "fragments_join"])
    rules = zip(parser.inline.ruler.get_active_rules(), parser.inline.ruler.getRules(""), strict=True)
    for name, rule in list(rules):
        parser.inline.ruler.at(name, _telling(name, rule))
    return parser


@dataclass(frozen=True)
class _Event:
    """An inline rule that took `start` to `end` of a text and made `tokens` of it."""

    rule: str
    start: int
    end: int
    tokens: Sequence[Token]
    label: int = 0  #: where the words of a link end


def _telling(name: str, rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """The rule, telling what it did to the text that is being read (and not to one inside a picture)."""

    def wrapped(state: StateInline, silent: bool) -> bool:
        start, count = state.pos, len(state.tokens)
        events = state.env.get("events") if state.env.get("state") is state and not silent else None
        label = 0
        if events is not None and name == "link" and state.src[start] == "[":
            label = state.md.helpers.parseLinkLabel(state, start, True)
            state.pos = start
        done = rule(state, silent)
        if done and events is not None:
            events.append(_Event(name, start, state.pos, state.tokens[count:], label))
        return done

    return wrapped


@dataclass
class _Reader:
    source: str
    begin: int
    parser: MarkdownIt
    env: dict[str, Any]

    def read(self, blocks: Sequence[Token]) -> Sourced:
        self._gatherer = Gatherer(self.source)
        found = [m for m in _LINE.finditer(self.source, self.begin) if m.end() > m.start()]
        self._lines = [(m.start(1), m.end(1), m.end()) for m in found]
        self._cursor: dict[int, int] = {}  # line -> where its next cell may begin
        opened: list[str] = []
        for token in blocks:
            if token.nesting > 0:
                opened.append(token.type.removesuffix("_open"))
            elif token.nesting < 0:
                opened.pop()
            elif token.map and token.type == "inline" and token.content:
                self._block(token, opened)
            elif token.map and token.type in ("fence", "code_block"):
                self._code(token)
        return self._gatherer.gathered()

    def _block(self, token: Token, opened: Sequence[str]) -> None:
        at = self._places(token, opened[-1])
        if at is None:
            return
        gatherer = self._gatherer
        for text, start, end, reason in _parted(self._pieces(token.content), token.content):
            if not text:
                gatherer.seam()
            elif text == token.content[start:end]:
                self._take(token.content, start, end, at, reason)
            else:
                gatherer.say(text, at[start], self._behind(token.content[end - 1], at[end - 1]), reason)
        words = gatherer.words()
        if "blockquote" in opened:
            gatherer.fix(0, gatherer.at, "a quotation")
        for mark in _MARKS.finditer(words):
            gatherer.fix(mark.start(), mark.end(), _REASONS[mark.lastgroup or ""])
        for stretch in (*addresses(words), *white_space(words)):
            gatherer.fix(*stretch)
        gatherer.end(next((_KINDS[name] for name in reversed(opened) if name in _KINDS), "paragraph"))

    def _code(self, token: Token) -> None:
        first = (token.map or [0])[0] + (token.type == "fence")
        for number, line in enumerate(token.content.removesuffix("\n").split("\n")):
            start, end, after = self._lines[min(first + number, len(self._lines) - 1)]
            if line and self.source[start:end].endswith(line):
                self._gatherer.take(end - len(line), after, "code")
        self._gatherer.end()

    def _places(self, token: Token, parent: str) -> array[int] | None:
        """(n + 1,) where in the source each letter of a block's content is; None when that is not clear.

        A bar of a table's cell is where its backslash is.
        """
        first = (token.map or [0])[0]
        cell = parent in ("th", "td")
        places = array("q")
        for number, line in enumerate(token.content.split("\n")):
            if first + number >= len(self._lines):
                return None
            start, end, _ = self._lines[first + number]
            whole = self.source[start:end].replace("\0", "\ufffd")
            if cell:
                line = line.replace("|", "\\|")  # as every bar within a cell is written
            if cell or parent == "heading":
                found = whole.find(
                    line, self._cursor.get(first, whole.find("#") + 1 if parent == "heading" else 0)
                )
                self._cursor[first] = found + len(line)
            else:
                found = len(whole.rstrip(" \t")) - len(line.rstrip(" \t"))
            if found < 0 or whole[found : found + len(line)] != line:
                return None
            inside = range(start + found, start + found + len(line))
            places.extend(at for at in inside if not (cell and self.source.startswith("|", at)))
            places.append(end)  # the line end
        return places

    def _take(self, content: str, start: int, end: int, at: array[int], reason: str) -> None:
        """A stretch of the content that the source says as it is, line by line and bar by bar."""
        while start < end:
            cut = _LINE_END_OR_BAR.search(content, start, end)
            stop = cut.start() if cut else end
            if start < stop:
                self._gatherer.take(at[start], at[stop - 1] + 1, reason)
            if cut:
                self._gatherer.say(cut.group(), at[stop], self._behind(cut.group(), at[stop]), reason)
            start = stop + 1

    def _behind(self, letter: str, at: int) -> int:
        """Where the sign of the source ends that says this letter: itself, a line end, a bar of a cell."""
        return at + (2 if self.source[at : at + 2] == {"\n": "\r\n", "|": "\\|"}.get(letter) else 1)

    def _pieces(self, content: str) -> Iterator[tuple[str, int, int, str]]:
        """(what is said, its start and end in the content, why it stays): "" where a mark stands."""
        events: list[_Event] = []
        env: dict[str, Any] = {**self.env, "events": events}
        state = StateInline(content, self.parser, env, [])
        env["state"] = state
        self.parser.inline.tokenize(state)
        for rule in self.parser.inline.ruler2.getRules(""):
            rule(state)
        marks = sorted(mark for event in events for mark in _marks(event, content))
        links = [(e.start, e.label) for e in events if e.rule == "link"]
        tags = 0
        at = 0
        for start, end, said, reason in [*marks, (len(content), len(content), "", "")]:
            if start < at:
                continue  # inside what has been passed over
            if at < start:
                inside = any(a < at < b for a, b in links)
                yield content[at:start], at, start, "a link" if inside else "code" if tags else ""
            if start < end:
                if said and reason != "escaped":
                    inner = content.find(said, start)
                    yield "", start, inner, ""
                    yield said, inner, inner + len(said), reason
                    yield "", end, end, ""
                else:
                    yield said, start, end, "escaped braces" if said in ("{", "}") else ""
                tag = _CODE_TAG.match(content, start)
                tags = max(0, tags + (0 if tag is None else -1 if tag[1] else 1))
            at = end


def _parted(pieces: Iterable[tuple[str, int, int, str]], content: str) -> Iterator[tuple[str, int, int, str]]:
    """The pieces, cut around spaces that decide how their neighbours are read: these stay."""
    spans = (found.span() for found in _DECIDING.finditer(content))
    deciding = [at for span in spans for at in range(*span) if content[at] == " "]
    for said, start, end, reason in pieces:
        if not said or said != content[start:end] or reason:
            yield said, start, end, reason
            continue
        at = start
        for space in deciding[bisect_left(deciding, start) : bisect_left(deciding, end)]:
            if at < space:
                yield content[at:space], at, space, ""
            yield " ", space, space + 1, "next to a mark of Markdown"
            at = space + 1
        if at < end:
            yield content[at:end], at, end, ""


def _marks(event: _Event, content: str) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, what is said in its stead, how): marks of one event."""
    start, end = event.start, event.end
    made = event.tokens[-1] if event.tokens else None
    if event.rule in ("escape", "entity") and made is not None:
        yield start, end, "\n" if made.type == "hardbreak" else made.content, "escaped"
    elif event.rule == "backticks" and made is not None and made.type == "code_inline":
        width = len(made.markup)
        yield start, end, content[start + width : end - width], "code"
    elif event.rule == "autolink":
        yield start, end, content[start + 1 : end - 1], "a web address"
    elif event.rule in ("image", "html_inline"):
        yield start, end, "", ""
    elif event.rule == "link":
        yield start, start + 1, "", ""
        yield event.label, end, "", ""
    elif event.rule in ("emphasis", "strikethrough"):
        yield from _delimiters(event)


def _delimiters(event: _Event) -> Iterator[tuple[int, int, str, str]]:
    """Those of a run of emphasis marks that found their match: their tokens have lost their text."""
    width = event.end - event.start
    one = 1 if event.rule == "emphasis" else 2
    widths = [1] * (width % one) + [one] * (width // one)
    at = event.start
    for token, size in zip(event.tokens[-len(widths) :], widths, strict=True):
        if token.type != "text" or not token.content:
            yield at, at + size, "", ""
        at += size
