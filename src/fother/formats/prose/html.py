"""Web pages and mail written as such: the words that are shown, block by block; all markup stays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fother.formats.prose.encoding import Encoding, decoded, encoded
from fother.formats.prose.markup import Token, letters, tokens
from fother.formats.prose.sourced import Gatherer, Sourced, require_unambiguous
from fother.formats.prose.stretches import addresses, attributes_words, begins_quotation, white_space
from fother.formats.text.charset import known
from fother.model.prose import BlockKind, Prose, Rewrite

DECLARED = re.compile(rb"(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_.:-]{2,40})", re.I)

_SCANNED = 1024  # bytes in which programs look for a charset (WHATWG HTML 13.2.3.2)
_META = re.compile(rb"<meta\s[^>]{0,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_.:-]{2,40})", re.I)


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BLOCKS = _names(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li listing main "
    "menu nav ol optgroup option p pre search section summary table tbody td tfoot th thead tr ul xmp"
)
_VOID = _names("area base br col embed hr img input link meta param source track wbr")
#: Not shown as text, or shown by other means.
_SKIPPED = _names("audio canvas datalist map math object select svg template video")
_KINDS: Mapping[str, BlockKind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "hgroup"), "heading"),
    **dict.fromkeys(("li", "dd", "dt"), "item"),
    **dict.fromkeys(("td", "th"), "cell"),
    **dict.fromkeys(("caption", "figcaption", "legend"), "caption"),
    "header": "header",
    "footer": "footer",
}
_REASONS = {
    **dict.fromkeys(("code", "kbd", "samp", "tt", "var", "pre", "listing", "xmp"), "code"),
    **dict.fromkeys(("blockquote", "q", "cite"), "a quotation"),
    **dict.fromkeys(("button", "label", "output", "meter", "progress"), "a control"),
    **dict.fromkeys(("del", "s", "strike"), "deleted text"),
    **dict.fromkeys(("ruby", "rt", "rp"), "ruby text"),
    **dict.fromkeys(("time", "data"), "data"),
    "dfn": "a defined term",
}
#: Open elements that a start tag ends, up to the first of the boundaries.
_ENDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu", "dir"})),
    **dict.fromkeys(("dt", "dd"), (frozenset({"dt", "dd"}), frozenset({"dl"}))),
    **dict.fromkeys(("td", "th"), (frozenset({"td", "th"}), frozenset({"tr", "table"}))),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    **dict.fromkeys(
        ("tbody", "thead", "tfoot"), (frozenset({"tbody", "thead", "tfoot"}), frozenset({"table"}))
    ),
    "a": (frozenset({"a"}), frozenset({"td", "th", "table"})),
}
#: A start tag of a block ends an open paragraph.
_PARAGRAPH = (frozenset({"p"}), frozenset({"td", "th", "table", "button", "div", "li"}))
_HIDDEN = re.compile(
    r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|mso-hide\s{0,9}:\s{0,9}all|"
    r"(?:font-size|max-height|opacity)\s{0,9}:\s{0,9}0*\.?0*(?:px|pt|em|%)?\s{0,9}(?:;|!|\Z)",
    re.I,
)
_BLOCK_STYLE = re.compile(r"display\s{0,9}:\s{0,9}(?:block|flex|grid|table|list-item)", re.I)
_QUOTING = ("gmail_quote", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote", "zmail_extra")
_SIGNATURE = ("gmail_signature", "moz-signature", "signature", "ms-outlook-mobile-signature")
_FROM_HERE = frozenset({"divrplyfwdmsg", "appendonsend", "x_divrplyfwdmsg", "olk_src_body_section"})
_RISKY = re.compile(r"[\s&<]")
_UNFINISHED = re.compile(r"(?:&#?[A-Za-z0-9]{0,40}|<[/!?]?)\Z")


@dataclass(frozen=True)
class Html:
    """Pages as they are but for the words: everything else stays letter by letter."""

    media_type: str = "text/html"
    ending: str = ".html"

    def read(self, data: bytes) -> Prose:
        """See `ProseFormat`."""
        return _read(data)[1].prose

    def write(self, data: bytes, rewrites: Sequence[Rewrite]) -> bytes:
        """See `ProseFormat`. What the page's encoding does not hold becomes a character reference."""
        source, sourced, encoding, named = _read_whole(data)
        written = write_html(sourced, source, rewrites, holder(encoding, named))
        return encoded(written, encoding, _declared(data))


def read_html(source: str, notes: Sequence[str] = ()) -> Sourced:
    """Blocks of a page."""
    reader = _Reader(source)
    for token in tokens(source):
        reader.read(token)
    reader.end_block()
    return reader.gatherer.gathered(notes)


def write_html(
    sourced: Sourced, source: str, rewrites: Sequence[Rewrite], holds: Callable[[str], bool]
) -> str:
    """The source with rewrites carried out; characters that `holds` denies become references.

    Raises ValueError for what a page cannot say.
    """

    def escaped(text: str, before: str, _after: str) -> str:
        unfinished = _UNFINISHED.search(before) is not None  # a letter would go on with a reference or tag
        return "".join(
            f"&#{ord(c)};" if (unfinished and not k) or not holds(c) else _ESCAPES.get(c, c)
            for k, c in enumerate(text)
        )

    written = sourced.spliced(source, rewrites, escaped)
    require_unambiguous(sourced.prose, rewrites, lambda: read_html(written).prose.text, _RISKY, lines=False)
    return written


_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def holder(encoding: Encoding, sure: bool) -> Callable[[str], bool]:
    """Whether a character may stand as it is: in the encoding that readers will surely take the page for."""
    known_letters: dict[str, bool] = {}

    def holds(letter: str) -> bool:
        if letter not in known_letters:
            known_letters[letter] = letter.isascii() or (sure and encoding.holds(letter))
        return known_letters[letter]

    return holds


def _read(data: bytes) -> tuple[str, Sourced]:
    source, sourced, _, _ = _read_whole(data)
    return source, sourced


def _declared(data: bytes) -> str:
    found = DECLARED.search(data[:4096])
    return found.group(1).decode("ascii") if found else ""


@lru_cache(maxsize=2)
def _read_whole(data: bytes) -> tuple[str, Sourced, Encoding, bool]:
    declared = _declared(data)
    source, encoding = decoded(data, declared)
    named = _META.search(data[:_SCANNED])
    told = known(named.group(1).decode("ascii")) if named else None
    sure = bool(encoding.mark) or encoding.wide or told == known(encoding.name)
    return source, read_html(source), encoding, sure


@dataclass(frozen=True)
class _Element:
    """An open one, and what holds inside it: it tells all, so that deep pages cost no more than flat ones."""

    name: str
    block: bool  #: whether it starts and ends a block
    reason: str = ""  #: why what it holds stays
    kind: BlockKind = "paragraph"
    skipped: bool = False  #: whether it is passed over


class _Reader:
    """Follows the open elements, so that each letter's block and reason to stay are known."""

    def __init__(self, source: str) -> None:
        self.gatherer = Gatherer(source)
        self._source = source
        self._open = [_Element("", block=True)]
        self._count: Counter[str] = Counter()  # of open elements by name
        self._quoting = False  # all that follows is an earlier message

    def read(self, token: Token) -> None:
        if token.kind == "open":
            self._start(token)
        elif token.kind == "close":
            self._end(token.name)
        elif token.kind == "text" and not self._open[-1].skipped:
            self._text(token)
        elif token.kind == "unseen":
            self.gatherer.seam()

    def end_block(self) -> None:
        gatherer = self.gatherer
        if not gatherer.at:
            return
        words = gatherer.words()
        self._quoting = self._quoting or begins_quotation(words)
        if self._quoting or attributes_words(words):
            gatherer.fix(0, gatherer.at, "a quotation")
        for stretch in (*addresses(words), *white_space(words)):
            gatherer.fix(*stretch)
        gatherer.end(self._open[-1].kind)

    def _text(self, token: Token) -> None:
        reason = self._open[-1].reason
        for said, start, end in letters(self._source, token.start, token.end):
            if len(said) == end - start:
                self.gatherer.take(start, end, reason)
            else:
                self.gatherer.say(said, start, end, reason)

    def _start(self, token: Token) -> None:
        name, attributes = token.name, token.attributes
        style = attributes.get("style", "")[:4000]
        block = name in _BLOCKS or _BLOCK_STYLE.search(style) is not None
        self._border(block)
        if name == "br" and not self._open[-1].skipped:
            self.gatherer.say("\n", token.start, token.end)
        if name in _BLOCKS:
            self._imply(_PARAGRAPH)
        if name in _ENDS:
            self._imply(_ENDS[name])
        if name in _VOID:
            return
        if {attributes.get("id", "").lower(), attributes.get("name", "").lower()} & _FROM_HERE:
            self._quoting = True
        parent = self._open[-1]
        reason, kind = parent.reason or _reason(token, style), _KINDS.get(name, parent.kind)
        self._open.append(_Element(name, block, reason, kind, parent.skipped or name in _SKIPPED))
        self._count[name] += 1

    def _end(self, name: str) -> None:
        found = self._last(frozenset({name})) if self._count[name] else 0
        self._border(name in _BLOCKS or (found > 0 and any(e.block for e in self._open[found:])))
        if found:
            self._close(found)

    def _border(self, block: bool) -> None:
        if block and not self._open[-1].skipped:
            self.end_block()
        else:
            self.gatherer.seam()

    def _imply(self, rule: tuple[frozenset[str], frozenset[str]]) -> None:
        ended, boundaries = rule
        if any(self._count[name] for name in ended):
            found = self._last(ended | boundaries)
            if self._open[found].name in ended:
                self._close(found)

    def _last(self, names: frozenset[str]) -> int:
        """Place of the innermost open element of these names, 0 when there is none."""
        return next((k for k in range(len(self._open) - 1, 0, -1) if self._open[k].name in names), 0)

    def _close(self, first: int) -> None:
        self._count.subtract(element.name for element in self._open[first:])
        del self._open[first:]


def _reason(token: Token, style: str) -> str:
    """Why what an element holds stays as it is, "" when it need not."""
    attributes = token.attributes
    named = {*attributes.get("class", "").lower().split(), attributes.get("id", "").lower()}
    if "hidden" in attributes or _HIDDEN.search(style):
        return "hidden"
    if attributes.get("translate", "").lower() == "no" or "notranslate" in named:
        return "marked as not to be translated"
    if token.name == "a" and "href" in attributes:
        return "a link"
    if any(name.startswith(_QUOTING) for name in named):
        return "a quotation"
    return "a signature" if named & set(_SIGNATURE) else _REASONS.get(token.name, "")
