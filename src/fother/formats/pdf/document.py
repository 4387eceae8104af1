"""An original PDF, opened once: checks at the door, then its pages one by one."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pikepdf

from fother.errors import InputFileError, PasswordError, SignedFileError
from fother.formats.pdf.glyphs import PartKey, PdfPage
from fother.formats.pdf.interpreter import Interpreter, content_streams, inherited, page_resources
from fother.formats.pdf.render import open_renderer

_DO = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]+)[\x00\t\n\f\r ]+Do(?![^\x00\t\n\f\r ()<>\[\]{}/%])")
_MANY = 2  # a count that saturates: drawn more than once is all that matters


class PdfSource:
    """A registered original (trusted input; leaks are opened elsewhere, in the sandbox).

    `notes` holds sentences for the person who registers the file. Copies of an encrypted original are
    written without encryption: the marks need no secrecy, and a password that all recipients share adds none.
    """

    def __init__(self, data: bytes, pdf: pikepdf.Pdf, notes: tuple[str, ...], password: str) -> None:
        self.data = data
        self.password = password
        self.notes = notes
        self._pdf = pdf
        self._uses = _count_uses(pdf)
        self._interpreter = Interpreter(self._use_count)

    @classmethod
    def open(cls, data: bytes, *, password: str = "", allow_signed: bool = False) -> PdfSource:
        """Open and check a PDF.

        Raises InputFileError (empty, not a PDF, damaged, without pages), PasswordError, or SignedFileError
        unless `allow_signed`, which breaks the signature.
        """
        pdf = open_pdf(data, password)
        with open_renderer(data, password) as renderer:
            shown = renderer.page_count
        if shown != len(pdf.pages):
            # Copies are written from what one reader sees; pages that only another sees would be lost.
            raise InputFileError(
                f"The PDF is damaged: readers disagree on its number of pages ({len(pdf.pages)} or {shown}); "
                "repair or export it again."
            )
        notes = []
        if is_signed(pdf):
            if not allow_signed:
                raise SignedFileError(
                    "The PDF carries a digital signature, which marking would break; "
                    "register the unsigned file, or add --allow-signed if copies may lose the signature."
                )
            notes.append("The digital signature of the original is not valid in the copies.")
        if pdf.get_warnings():
            notes.append("The original is damaged; its copies are repaired, and some readers may show more.")
        if pdf.is_encrypted:
            notes.append("The original is encrypted; its copies are written without encryption.")
        return cls(data, pdf, tuple(notes), password)

    @property
    def page_count(self) -> int:
        return len(self._pdf.pages)

    def pages(self) -> Iterator[PdfPage]:
        """Pages in order, each read when asked for and not kept."""
        for number, page in enumerate(self._pdf.pages):
            yield self.read(number, page)

    def page(self, number: int) -> PdfPage:
        """Page `number` (0-based); raises IndexError."""
        return self.read(number, self._pdf.pages[number])

    def read(self, number: int, page: pikepdf.Page) -> PdfPage:
        """Glyphs of `page`, which is page `number` of this file."""
        return self._interpreter.page(number, page, crop_box(page), rotation(page))

    def _use_count(self, part: PartKey, objgen: tuple[int, int]) -> int:
        # A form met through resources that the count did not reach is taken as shared: left alone.
        return self._uses.get(objgen, _MANY if part.kind == "form" else 1)


def open_pdf(data: bytes, password: str = "") -> pikepdf.Pdf:
    """Open PDF bytes; raises InputFileError or PasswordError with one sentence."""
    if not data:
        raise InputFileError("The file is empty (zero bytes); give the PDF itself.")
    if b"%PDF-" not in data[:1024]:
        raise InputFileError("The file is not a PDF: it does not begin with %PDF-.")
    try:
        pdf = pikepdf.open(io.BytesIO(data), password=password)
        pages = len(pdf.pages)
    except pikepdf.PasswordError:
        problem = "the password is wrong" if password else "it needs a password to open"
        raise PasswordError(f"The PDF is encrypted and {problem}.") from None
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError):
        raise InputFileError("The PDF is damaged beyond reading; repair or export it again.") from None
    if pages == 0:
        raise InputFileError("The PDF has no pages.")
    return pdf


def is_signed(pdf: pikepdf.Pdf) -> bool:
    """Whether a signature field is filled, or a certification or usage-rights signature is present."""
    if "/Perms" in pdf.Root and isinstance(pdf.Root.Perms, pikepdf.Dictionary) and len(pdf.Root.Perms):
        return True
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return False
    pending: list[tuple[Any, str]] = [(field, "") for field in form.get("/Fields", [])]
    seen: set[tuple[int, int]] = set()
    while pending:
        field, kind = pending.pop()
        if not isinstance(field, pikepdf.Dictionary) or (field.objgen != (0, 0) and field.objgen in seen):
            continue
        seen.add(field.objgen)
        kind = str(field.get("/FT", kind))
        if kind == "/Sig" and isinstance(field.get("/V"), pikepdf.Dictionary):
            return True
        pending.extend((child, kind) for child in field.get("/Kids", []))
    return False


def crop_box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """Visible box x0, y0, x1, y1 in user space: crop box within media box; US letter if neither is sane."""
    media = _box(inherited(page, "/MediaBox")) or (0.0, 0.0, 612.0, 792.0)
    crop = _box(inherited(page, "/CropBox"))
    if crop is None:
        return media
    x0, y0 = max(media[0], crop[0]), max(media[1], crop[1])
    x1, y1 = min(media[2], crop[2]), min(media[3], crop[3])
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else media


def rotation(page: pikepdf.Page) -> int:
    """/Rotate as 0, 90, 180 or 270."""
    value = inherited(page, "/Rotate")
    try:
        turn = int(value) if value is not None else 0
    except (TypeError, ValueError):
        return 0
    return turn % 360 if turn % 90 == 0 else 0


def _box(value: Any) -> tuple[float, float, float, float] | None:
    try:
        x0, y0, x1, y1 = (float(number) for number in value)
    except (TypeError, ValueError):
        return None
    box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return box if box[2] > box[0] and box[3] > box[1] else None


def _count_uses(pdf: pikepdf.Pdf) -> dict[tuple[int, int], int]:
    """How often each content stream and form XObject is drawn by the pages, saturating at two."""
    uses: Counter[tuple[int, int]] = Counter()
    children: dict[tuple[int, int], list[tuple[int, int]]] = {}
    forms_of: dict[tuple[int, int], dict[bytes, Any]] = {}
    for page in pdf.pages:
        streams = content_streams(page)
        uses.update(stream.objgen for stream in streams)
        forms = _forms(page_resources(page), forms_of)
        if forms:
            for child in _drawn(streams, forms, forms_of, children):
                _add(child, uses, children)
    return dict(uses)


def _forms(resources: Any, known: dict[tuple[int, int], dict[bytes, Any]]) -> dict[bytes, Any]:
    """Form XObjects of a resource dictionary by name without slash."""
    if not isinstance(resources, pikepdf.Dictionary):
        return {}
    x_objects = resources.get("/XObject")
    if not isinstance(x_objects, pikepdf.Dictionary):
        return {}
    key = x_objects.objgen
    if key != (0, 0) and key in known:
        return known[key]
    forms = {
        name[1:].encode("utf-8", "surrogateescape"): item
        for name, item in x_objects.items()
        if isinstance(item, pikepdf.Stream) and str(item.get("/Subtype", "")) == "/Form"
    }
    if key != (0, 0):
        known[key] = forms
    return forms


def _drawn(
    streams: list[Any],
    forms: dict[bytes, Any],
    forms_of: dict[tuple[int, int], dict[bytes, Any]],
    children: dict[tuple[int, int], list[tuple[int, int]]],
) -> list[tuple[int, int]]:
    """Object numbers of the forms that some content draws, with repetition; fills `children` for each."""
    drawn = []
    for name in _DO.findall(_joined(streams)):
        plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m.group(1), 16)]), name)
        form = forms.get(plain)
        if form is None:
            continue
        drawn.append(form.objgen)
        if form.objgen not in children:
            children[form.objgen] = []
            inner = {**forms, **_forms(form.get("/Resources"), forms_of)}
            children[form.objgen] = _drawn([form], inner, forms_of, children)
    return drawn


def _joined(streams: list[Any]) -> bytes:
    parts = []
    for stream in streams:
        try:
            parts.append(bytes(stream.read_bytes()))
        except pikepdf.PdfError:
            continue
    return b"\n".join(parts)


def _add(
    form: tuple[int, int],
    uses: Counter[tuple[int, int]],
    children: dict[tuple[int, int], list[tuple[int, int]]],
) -> None:
    """Count one drawing of a form and of all that it draws; stops where the count no longer matters."""
    if uses[form] >= _MANY:
        return
    uses[form] += 1
    for child in children.get(form, []):
        _add(child, uses, children)
