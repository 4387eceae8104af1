"""Text operators of a page turned into glyphs that know their source bytes (ISO 32000-1, 9.3, 9.4, 8.10)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pikepdf

from fother.formats.pdf.fonts import Font
from fother.formats.pdf.glyphs import Box, PartKey, PdfPage, ShowOperation
from fother.formats.pdf.tokens import Operation, Token, name_value, number, operations, string_value

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_WIDE_SPACING = 0.05  # em
_MOST_FONTS = 256  # kept at a time; some producers embed fonts anew on every page
_MAX_DEPTH = 16  # forms within forms

VERTICAL = "vertical writing"
INVISIBLE = "invisible text (as under a scan)"
REPEATED = "drawn by content that several pages or places share"
NO_FONT = "text whose font is missing"
STRADDLING = "a text operator that is cut in two by the file's stream borders"
OUTSIDE = "text outside the visible page"
PICTURES = "pictures"
DRAWINGS = "drawings"


@dataclass
class _State:
    """Graphics state as far as text needs it."""

    ctm: Matrix
    character_spacing: float = 0.0
    word_spacing: float = 0.0
    horizontal: float = 1.0
    leading: float = 0.0
    font: Font | None = None
    size: float = 0.0
    mode: int = 0
    rise: float = 0.0


@dataclass
class _Glyphs:
    """Glyph columns that grow while a page is read."""

    origin: list[tuple[float, float]] = field(default_factory=list)
    end: list[tuple[float, float]] = field(default_factory=list)
    ascent: list[tuple[float, float]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    space: list[bool] = field(default_factory=list)
    movable: list[bool] = field(default_factory=list)
    show: list[int] = field(default_factory=list)
    element: list[int] = field(default_factory=list)
    offset: list[int] = field(default_factory=list)
    unit: list[float] = field(default_factory=list)


def multiply(a: Matrix, b: Matrix) -> Matrix:
    """Matrix that applies `a`, then `b` (row vectors)."""
    return (
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    )


class Interpreter:
    """Reads pages of one open file. `uses` says how often a stream is drawn in the whole document."""

    def __init__(self, uses: Callable[[PartKey, tuple[int, int]], int]) -> None:
        self._uses = uses
        self._fonts: dict[tuple[int, int], Font | None] = {}

    def page(self, index: int, page: pikepdf.Page, box: Box, turn: int) -> PdfPage:
        """Visible glyphs of `page`; `box` and `turn` are its crop box and rotation."""
        run = _PageRun(self, index)
        run.contents(page)
        return run.result(box, turn)

    def font(self, dictionary: Any) -> Font | None:
        """The font of a dictionary, read once; None if it is beyond reading."""
        key = dictionary.objgen
        if key != (0, 0) and key in self._fonts:
            return self._fonts[key]
        try:
            font: Font | None = Font.read(dictionary)
        except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError):
            font = None
        if key != (0, 0):
            if len(self._fonts) >= _MOST_FONTS:
                self._fonts.pop(next(iter(self._fonts)))
            self._fonts[key] = font
        return font

    def uses(self, part: PartKey, objgen: tuple[int, int]) -> int:
        return self._uses(part, objgen)


class _PageRun:
    def __init__(self, interpreter: Interpreter, index: int) -> None:
        self._interpreter = interpreter
        self._index = index
        self._glyphs = _Glyphs()
        self._shows: list[ShowOperation] = []
        self._parts: dict[PartKey, bytes] = {}
        self._reasons: Counter[str] = Counter()
        self._open_forms: list[tuple[int, int]] = []

    # -- the tree of content streams -------------------------------------------------------------------

    def contents(self, page: pikepdf.Page) -> None:
        parts, movable = [], []
        for index, stream in enumerate(content_streams(page)):
            key = PartKey("page", self._index, index)
            try:
                data = bytes(stream.read_bytes())
            except pikepdf.PdfError:
                data = b""
            self._parts[key] = data
            parts.append((key, data))
            movable.append(self._interpreter.uses(key, stream.objgen) <= 1)
        self._content(parts, movable, page_resources(page), _State(IDENTITY), 0)

    def _content(
        self,
        parts: list[tuple[PartKey, bytes]],
        movable: list[bool],
        resources: Any,
        state: _State,
        depth: int,
    ) -> None:
        starts = []
        position = 0
        for _, data in parts:
            starts.append(position)
            position += len(data) + 1
        joined = b"\n".join(data for _, data in parts)
        _ContentRun(self, parts, starts, movable, resources, state, depth).run(joined)

    def form(self, form: Any, resources: Any, state: _State, depth: int) -> None:
        if depth >= _MAX_DEPTH or form.objgen in self._open_forms:
            return
        matrix = [float(value) for value in form.get("/Matrix", IDENTITY)]
        inner = replace(state, ctm=multiply(tuple(matrix), state.ctm))  # type: ignore[arg-type]
        key = PartKey("form", *form.objgen)
        if key not in self._parts:
            try:
                self._parts[key] = bytes(form.read_bytes())
            except pikepdf.PdfError:
                self._parts[key] = b""
        self._open_forms.append(form.objgen)
        movable = [self._interpreter.uses(key, form.objgen) <= 1]
        self._content([(key, self._parts[key])], movable, form.get("/Resources", resources), inner, depth + 1)
        self._open_forms.pop()

    # -- what the content leaves behind ----------------------------------------------------------------

    def note(self, reason: str, count: int = 1) -> None:
        self._reasons[reason] += count

    def font(self, dictionary: Any) -> Font | None:
        return self._interpreter.font(dictionary)

    def add_operation(self, operation: ShowOperation) -> int:
        self._shows.append(operation)
        return len(self._shows) - 1

    @property
    def glyphs(self) -> _Glyphs:
        return self._glyphs

    def result(self, box: Box, turn: int) -> PdfPage:
        glyphs = self._glyphs
        n = len(glyphs.text)
        origin = np.array(glyphs.origin, np.float64).reshape(n, 2)
        movable = np.array(glyphs.movable, np.bool_)
        space = np.array(glyphs.space, np.bool_)
        outside = (
            (origin[:, 0] < box[0])
            | (origin[:, 0] > box[2])
            | (origin[:, 1] < box[1])
            | (origin[:, 1] > box[3])
        )
        if outside.any():
            self.note(OUTSIDE, int(np.count_nonzero(outside & ~space)))
        return PdfPage(
            number=self._index,
            box=box,
            rotation=turn,
            origin=origin,
            end=np.array(glyphs.end, np.float64).reshape(n, 2),
            ascent=np.array(glyphs.ascent, np.float64).reshape(n, 2),
            text=tuple(glyphs.text),
            space=space,
            movable=movable & ~outside,
            fixed_reason={reason: count for reason, count in self._reasons.items() if count},
            show=np.array(glyphs.show, np.int32),
            element=np.array(glyphs.element, np.int32),
            offset=np.array(glyphs.offset, np.int32),
            unit=np.array(glyphs.unit, np.float64),
            operations=tuple(self._shows),
            parts=self._parts,
        )


class _ContentRun:
    """One content stream, page or form, executed for its text."""

    def __init__(
        self,
        page: _PageRun,
        parts: list[tuple[PartKey, bytes]],
        starts: list[int],
        movable: list[bool],
        resources: Any,
        state: _State,
        depth: int,
    ) -> None:
        self._page = page
        self._parts = parts
        self._starts = starts
        self._movable = movable
        self._resources = resources if isinstance(resources, pikepdf.Dictionary) else pikepdf.Dictionary()
        self._state = state
        self._depth = depth
        self._stack: list[_State] = []
        self._fonts: dict[str, Font | None] = {}
        self._part = 0
        self._matrix = self._line = IDENTITY
        self._actions: dict[bytes, Callable[[list[Token]], None]] = {
            b"q": self._save,
            b"Q": self._restore,
            b"cm": self._concatenate,
            b"BT": self._begin_text,
            b"Tf": self._select_font,
            b"Tc": lambda o: setattr(self._state, "character_spacing", number(o[-1])),
            b"Tw": lambda o: setattr(self._state, "word_spacing", number(o[-1])),
            b"Tz": lambda o: setattr(self._state, "horizontal", number(o[-1]) / 100),
            b"TL": lambda o: setattr(self._state, "leading", number(o[-1])),
            b"Tr": lambda o: setattr(self._state, "mode", int(number(o[-1]))),
            b"Ts": lambda o: setattr(self._state, "rise", number(o[-1])),
            b"Td": lambda o: self._move(number(o[-2]), number(o[-1])),
            b"TD": self._move_and_lead,
            b"Tm": self._set_matrix,
            b"T*": lambda _: self._move(0.0, -self._state.leading),
            b"gs": self._external_state,
            b"Do": self._draw,
            b"BI": lambda _: self._page.note(PICTURES),
            b"path": lambda _: self._page.note(DRAWINGS),
        }

    def run(self, data: bytes) -> None:
        actions = self._actions
        for operation in operations(data):
            operator = operation.operator
            try:
                if operator in (b"Tj", b"TJ", b"'", b'"'):
                    self._show(operation)
                else:
                    action = actions.get(operator)
                    if action is not None:
                        action(operation.operands)
            except (ValueError, TypeError, IndexError, KeyError, AttributeError, pikepdf.PdfError):
                # Viewers skip an operator with bad operands and go on; so does the reader.
                continue

    # -- graphics state --------------------------------------------------------------------------------

    def _save(self, _: list[Token]) -> None:
        self._stack.append(replace(self._state))

    def _restore(self, _: list[Token]) -> None:
        if self._stack:
            self._state = self._stack.pop()

    def _concatenate(self, operands: list[Token]) -> None:
        self._state.ctm = multiply(_matrix(operands), self._state.ctm)

    def _external_state(self, operands: list[Token]) -> None:
        state = self._resource("/ExtGState", operands[-1])
        if state is not None and "/Font" in state:
            self._state.font = self._page.font(state.Font[0])
            self._state.size = float(state.Font[1])

    def _draw(self, operands: list[Token]) -> None:
        x_object = self._resource("/XObject", operands[-1])
        if x_object is None:
            return
        kind = str(x_object.get("/Subtype", ""))
        if kind == "/Form":
            self._page.form(x_object, self._resources, self._state, self._depth)
        elif kind == "/Image":
            self._page.note(PICTURES)

    def _resource(self, category: str, name: Token) -> Any:
        entries = self._resources.get(category)
        return entries.get(name_value(name)) if isinstance(entries, pikepdf.Dictionary) else None

    # -- text state and positions ----------------------------------------------------------------------

    def _begin_text(self, _: list[Token]) -> None:
        self._matrix = self._line = IDENTITY

    def _select_font(self, operands: list[Token]) -> None:
        name = name_value(operands[-2])
        if name not in self._fonts:
            dictionary = self._resource("/Font", operands[-2])
            self._fonts[name] = self._page.font(dictionary) if dictionary is not None else None
        self._state.font = self._fonts[name]
        self._state.size = number(operands[-1])

    def _move(self, x: float, y: float) -> None:
        a, b, c, d, e, f = self._line
        self._matrix = self._line = (a, b, c, d, a * x + c * y + e, b * x + d * y + f)

    def _move_and_lead(self, operands: list[Token]) -> None:
        self._state.leading = -number(operands[-1])
        self._move(number(operands[-2]), number(operands[-1]))

    def _set_matrix(self, operands: list[Token]) -> None:
        self._matrix = self._line = _matrix(operands)

    # -- showing ---------------------------------------------------------------------------------------

    def _show(self, operation: Operation) -> None:
        operands = operation.operands
        operator = operation.operator
        state = self._state
        if operator == b'"':
            state.word_spacing, state.character_spacing = number(operands[-3]), number(operands[-2])
        if operator in (b"'", b'"'):
            self._move(0.0, -state.leading)
        if operator == b"TJ":
            first = [token.raw for token in operands].index(b"[")
            shown = [token for token in operands[first + 1 :] if token.kind != "bracket"]
            start = operands[first].start
            elements = shown
        else:
            shown = operands[-1:]
            elements = operands[-3:] if operator == b'"' else shown
            start = elements[0].start
        font = state.font
        if font is None:
            self._page.note(NO_FONT)
            return
        visible = state.mode not in (3, 7)
        index = self._register(operator, elements, start, operation.end) if visible else -1
        base = len(elements) - len(shown)
        if font.vertical:
            self._advance_vertical(font, shown)
        else:
            self._emit(font, shown, base, index)

    def _register(self, operator: bytes, elements: list[Token], start: int, end: int) -> int:
        """Note a show operation's place; -1 if it straddles two streams."""
        starts = self._starts
        while self._part + 1 < len(starts) and start >= starts[self._part + 1]:
            self._part += 1
        key, data = self._parts[self._part]
        begin = start - starts[self._part]
        finish = end - starts[self._part]
        if finish > len(data):
            return -1
        return self._page.add_operation(ShowOperation(key, operator, tuple(elements), begin, finish))

    def _emit(self, font: Font, shown: list[Token], base: int, index: int) -> None:
        state, glyphs = self._state, self._page.glyphs
        size, horizontal = state.size, state.horizontal
        matrix = multiply(self._matrix, state.ctm)
        a, b, c, d = matrix[:4]
        x0 = c * state.rise + matrix[4]
        y0 = d * state.rise + matrix[5]
        scale = size * horizontal
        unit = abs(scale) * math.hypot(a, b) / 1000
        em = abs(size) * font.em
        ascent = (c * em, d * em)
        visible = state.mode not in (3, 7) and unit > 0
        movable = index >= 0 and self._movable[self._part] and not font.problem
        letter_gap = state.character_spacing * horizontal
        word_gap = state.word_spacing * horizontal
        # Wide character spacing inside a string belongs to the glyph: extractors see no word gap in it.
        spread = letter_gap if letter_gap > _WIDE_SPACING * abs(scale) * font.em else 0.0
        x = 0.0
        first = len(glyphs.text)
        count = 0
        for element, token in enumerate(shown, base):
            if token.kind == "number":
                x -= number(token) / 1000 * scale
                continue
            if token.kind not in ("string", "hex"):
                continue
            codes = list(font.codes(string_value(token)))
            for place, (offset, code) in enumerate(codes, 1):
                end = x + code.advance * scale
                count += not code.space
                if visible:
                    glyphs.origin.append((a * x + x0, b * x + y0))
                    reach = end + spread if place < len(codes) else end
                    glyphs.end.append((a * reach + x0, b * reach + y0))
                    glyphs.text.append(code.text)
                    glyphs.space.append(code.space)
                    glyphs.element.append(element)
                    glyphs.offset.append(offset)
                x = end + letter_gap + (word_gap if code.word_space else 0.0)
        added = len(glyphs.text) - first
        glyphs.ascent.extend([ascent] * added)
        glyphs.movable.extend([movable] * added)
        glyphs.show.extend([index] * added)
        glyphs.unit.extend([unit] * added)
        if not visible:
            self._page.note(INVISIBLE, count)
        elif not movable:
            reason = font.problem or (STRADDLING if index < 0 else REPEATED)
            self._page.note(reason, count)
        m = self._matrix
        self._matrix = (*m[:4], m[0] * x + m[4], m[1] * x + m[5])

    def _advance_vertical(self, font: Font, shown: list[Token]) -> None:
        state = self._state
        y = 0.0
        count = 0
        for token in shown:
            if token.kind == "number":
                y -= number(token) / 1000 * state.size
            elif token.kind in ("string", "hex"):
                for _, code in font.codes(string_value(token)):
                    count += not code.space
                    y += font.vertical_advance * state.size + state.character_spacing
        self._page.note(VERTICAL, count)
        m = self._matrix
        self._matrix = (*m[:4], m[2] * y + m[4], m[3] * y + m[5])


def _matrix(operands: list[Token]) -> Matrix:
    a, b, c, d, e, f = (number(token) for token in operands[-6:])
    return (a, b, c, d, e, f)


def content_streams(page: pikepdf.Page) -> list[Any]:
    """Streams of a page's /Contents in order; anything else in there is left out."""
    contents = page.obj.get("/Contents")
    if isinstance(contents, pikepdf.Stream):
        return [contents]
    if isinstance(contents, pikepdf.Array):
        return [item for item in contents if isinstance(item, pikepdf.Stream)]
    return []


def inherited(page: pikepdf.Page, key: str) -> Any:
    """A page attribute, its own or of the nearest ancestor in the page tree (ISO 32000-1, 7.7.3.4)."""
    node: Any = page.obj
    for _ in range(64):
        if not isinstance(node, pikepdf.Dictionary):
            return None
        if key in node:
            return node[key]
        node = node.get("/Parent")
    return None


def page_resources(page: pikepdf.Page) -> Any:
    """The page's resource dictionary, inherited if need be."""
    return inherited(page, "/Resources")
