"""Messages: the words of their plain and HTML parts and of attachments that can be rewritten.

Headers stay, the subject too: mail programs gather a conversation by it. What is signed or encrypted stays as
it is. A part that is rewritten is encoded anew; every other byte of the message is the same.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from fother.errors import InputFileError
from fother.formats.prose.encoding import UTF8, Encoding, decoded, encoded
from fother.formats.prose.html import DECLARED, Html, holder, read_html, write_html
from fother.formats.prose.interface import ProseFormat
from fother.formats.prose.markdown import Markdown
from fother.formats.prose.mime import Part, parse, rewritten_part
from fother.formats.prose.plain import Plain, read_plain, write_plain
from fother.formats.prose.sourced import Sourced
from fother.formats.text.charset import known
from fother.formats.text.mail import decoded as decoded_header
from fother.model.prose import Fixed, Prose, Rewrite, require_writable

_MOST_BYTES = 256 << 20
_SIGNED = "signed"
_BODIES = {"text/plain": "plain", "text/html": "html"}
_SEALED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_NOTHING: Mapping[int, bytes] = MappingProxyType({})


@dataclass(frozen=True)
class Attachment:
    """A file that a message carries; numbers count from 1 in the order of the message."""

    number: int
    name: str
    media_type: str
    data: bytes
    signed: bool = False  #: such a file cannot be replaced


@dataclass(frozen=True)
class Mail:
    """Messages as they are but for the words of their texts."""

    media_type: str = "message/rfc822"
    ending: str = ".eml"

    def read(self, data: bytes) -> Prose:
        """See `ProseFormat`. `Block.part` is "plain", "html" or "attachment N: name"."""
        return _read(data).prose

    def attachments(self, data: bytes) -> list[Attachment]:
        """All files that the message carries, those whose words `read` gives among them."""
        return [
            Attachment(a.number, a.name, a.part.kind, a.part.payload(data), a.part.signed)
            for a in _read(data).attached
        ]

    def write(
        self, data: bytes, rewrites: Sequence[Rewrite], replaced: Mapping[int, bytes] = _NOTHING
    ) -> bytes:
        """See `ProseFormat`. `replaced` are new contents of attachments by number.

        Raises ValueError for a number that no attachment has, or one that is signed or whose words are
        rewritten.
        """
        message = _read(data)
        require_writable(message.prose, rewrites)
        anew: dict[Part, bytes] = {}
        at = 0
        for text in message.texts:
            end = text.offset + len(text.prose.text)
            mine = []
            while at < len(rewrites) and rewrites[at].end <= end:
                change = rewrites[at]
                mine.append(Rewrite(change.start - text.offset, change.end - text.offset, change.text))
                at += 1
            if mine:
                anew[text.part] = text.written(data, mine, root=text.part is message.root)
        files = {a.number: a.part for a in message.attached}
        for number, content in replaced.items():
            if number not in files or files[number].signed or files[number] in anew:
                raise ValueError(f"attachment {number} does not exist, is signed, or is rewritten itself")
            anew[files[number]] = rewritten_part(data, files[number], content)
        return _cut_in(data, anew)


@dataclass(frozen=True, eq=False)
class _Text(ABC):
    """The words of one part: a body, or an attachment in a format of its own."""

    part: Part
    label: str
    prose: Prose
    offset: int = 0

    @abstractmethod
    def written(self, data: bytes, rewrites: Sequence[Rewrite], *, root: bool) -> bytes:
        """The part, head and all, with the rewrites carried out."""


@dataclass(frozen=True, eq=False)
class _Plain(_Text):
    source: str = ""
    encoding: Encoding = UTF8
    declared: str | None = None
    sourced: Sourced | None = None

    def written(self, data: bytes, rewrites: Sequence[Rewrite], *, root: bool) -> bytes:
        text = self._rewritten(rewrites)
        named = known(self.part.charset or "") == known(self.encoding.name)
        encoding = self.encoding if text.isascii() or (named and self.encoding.holds(text)) else UTF8
        same = text.isascii() or (named and encoding == self.encoding)
        content = encoded(text, encoding, self.part.charset if same else "utf-8")
        return rewritten_part(data, self.part, content, "" if same else "utf-8", root=root)

    def _rewritten(self, rewrites: Sequence[Rewrite]) -> str:
        assert self.sourced is not None  # noqa: S101
        return write_plain(self.sourced, self.source, rewrites)


@dataclass(frozen=True, eq=False)
class _Page(_Plain):
    def written(self, data: bytes, rewrites: Sequence[Rewrite], *, root: bool) -> bytes:
        assert self.sourced is not None  # noqa: S101
        named = known(self.part.charset or "") == known(self.encoding.name)
        text = write_html(self.sourced, self.source, rewrites, holder(self.encoding, named))
        return rewritten_part(data, self.part, encoded(text, self.encoding, self.declared), root=root)


@dataclass(frozen=True, eq=False)
class _TextFile(_Plain):
    """An attached text whose encoding the head of its part names, so that it is read and written by that."""

    form: ProseFormat | None = None

    def _rewritten(self, rewrites: Sequence[Rewrite]) -> str:
        assert self.form is not None  # noqa: S101
        return self.form.write(UTF8.encode(self.source), rewrites).decode("utf-8", "surrogateescape")


@dataclass(frozen=True, eq=False)
class _File(_Text):
    form: ProseFormat | None = None

    def written(self, data: bytes, rewrites: Sequence[Rewrite], *, root: bool) -> bytes:
        assert self.form is not None  # noqa: S101
        content = self.form.write(self.part.payload(data), rewrites)
        untold = isinstance(self.form, (Plain, Markdown)) and self.part.kind.startswith("text/")
        charset = "utf-8" if untold and not content.isascii() and decoded(content)[1].name == "utf-8" else ""
        return rewritten_part(data, self.part, content, charset, root=root)


@dataclass(frozen=True)
class _Attached:
    number: int
    name: str
    part: Part


@dataclass(frozen=True)
class _Message:
    root: Part
    texts: tuple[_Text, ...]
    attached: tuple[_Attached, ...]
    prose: Prose


@lru_cache(maxsize=2)
def _read(data: bytes) -> _Message:
    if len(data) > _MOST_BYTES:
        raise InputFileError(
            f"The message has more than {_MOST_BYTES >> 20} MB; send its files by other means."
        )
    root = parse(data)
    if not root.head.keys():
        raise InputFileError(
            "The file is no mail message: it has no header; save it from the mail program as EML."
        )
    texts: list[_Text] = []
    attached: list[_Attached] = []
    notes = list(_whole_notes(root))
    for part in root.leaves:
        name = _name(part)
        if part.kind in _BODIES and not name and part.head.get_content_disposition() != "attachment":
            texts += _body(data, part)
        elif part.kind in _SIGNATURES | _SEALED or part.kind.startswith("multipart/"):
            continue
        else:
            attached.append(_Attached(len(attached) + 1, name, part))
            found, note = _file(data, attached[-1])
            texts += found
            notes += note
    return _joined(root, texts, attached, notes)


def _body(data: bytes, part: Part) -> list[_Text]:
    content, label = part.payload(data), _BODIES[part.kind]
    declared = part.charset
    if label == "html" and declared is None and (named := DECLARED.search(content[:4096])):
        declared = named.group(1).decode("ascii")
    try:
        source, encoding = decoded(content, declared)
    except InputFileError:
        return []  # programs write empty bodies beside attachments
    if label == "html":
        page = read_html(source)
        return [_Page(part, label, page.prose, 0, source, encoding, declared, page)]
    plain = read_plain(source)
    return [_Plain(part, label, plain.prose, 0, source, encoding, declared, plain)]


def _file(data: bytes, file: _Attached) -> tuple[list[_Text], list[str]]:
    """The words of an attachment, or a sentence that says why there are none."""
    from fother.formats.prose.choice import prose_format  # here, because that chooses this format too

    part, shown = file.part, f"Attachment {file.number}: {file.name or 'without a name'}"
    if part.kind == "message/rfc822":
        return [], [f"{shown} is an earlier message and stays as it is."]
    if part.kind == "application/pdf" or file.name.lower().endswith(".pdf"):
        return [], []  # its pages are marked, not its words
    if part.kind.startswith("image/") and "Content-ID" in part.head:
        return [], []  # pictures inside the text
    content = part.payload(data)
    form = prose_format(file.name or f"file{_ENDINGS.get(part.kind, '')}", content)
    if form is None or part.kind not in (form.media_type, *_ANY_FILE):
        again = " and may repeat words of the text" if part.kind.startswith("text/") else ""
        return [], [f"{shown} ({part.kind}) is not marked{again}."]
    label = f"attachment {file.number}: {file.name}" if file.name else f"attachment {file.number}"
    try:
        text = _told(part, label, form, content) or _File(part, label, form.read(content), 0, form)
    except InputFileError as reason:
        return [], [f"{shown} is not marked: {str(reason)[:1].lower()}{str(reason)[1:]}"]
    return [text], [f"{shown}: {note}" for note in text.prose.notes]


def _told(part: Part, label: str, form: ProseFormat, content: bytes) -> _Text | None:
    """An attached text in the encoding that the head of its part names; None where it names none."""
    declared = part.charset
    if declared is None or not part.kind.startswith("text/"):
        return None
    source, encoding = decoded(content, declared)
    if isinstance(form, Html) and part.kind == "text/html":
        page = read_html(source)
        return _Page(part, label, page.prose, 0, source, encoding, declared, page)
    if isinstance(form, (Plain, Markdown)):
        prose = form.read(UTF8.encode(source))
        return _TextFile(part, label, prose, 0, source, encoding, declared, None, form)
    return None


#: Mail programs call files so that they know no better name for; what they hold tells.
_ANY_FILE = ("application/octet-stream", "text/plain")
_ENDINGS = {"text/plain": ".txt", "text/html": ".html", "text/markdown": ".md"}


def _joined(
    root: Part, texts: Sequence[_Text], attached: Sequence[_Attached], notes: Sequence[str]
) -> _Message:
    blocks, fixed, seams, said, placed, at = [], [], [], [], [], 0
    for text in texts:
        prose = text.prose
        if not prose.blocks:
            continue
        blocks += [replace(b, start=b.start + at, end=b.end + at, part=text.label) for b in prose.blocks]
        if text.part.signed:
            fixed += [Fixed(b.start + at, b.end + at, _SIGNED) for b in prose.blocks if b.start < b.end]
        else:
            fixed += [Fixed(f.start + at, f.end + at, f.reason) for f in prose.fixed]
        seams += [seam + at for seam in prose.seams]
        said.append(prose.text)
        placed.append(replace(text, offset=at))
        at += len(prose.text) + 1
        notes = [
            *notes,
            *(note for note in prose.notes if not isinstance(text, (_File, _TextFile)) and note not in notes),
        ]
    whole = Prose("\n".join(said), tuple(blocks), tuple(fixed), tuple(seams), tuple(notes))
    return _Message(root, tuple(placed), tuple(attached), whole)


def _whole_notes(root: Part) -> Iterable[str]:
    kinds = {root.kind, *(part.kind for part in _all(root))}
    if "multipart/encrypted" in kinds or kinds & _SEALED:
        yield "The message or a part of it is encrypted or sealed; nothing in that is marked."
    if "multipart/signed" in kinds:
        yield "The message or a part of it is digitally signed, which marking would break; it stays as it is."
    if "DKIM-Signature" in root.head:
        yield "Its DKIM signature will not verify after marking; the server that sends it must sign it anew."


def _all(part: Part) -> Iterable[Part]:
    for inner in part.parts:
        yield inner
        yield from _all(inner)


def _name(part: Part) -> str:
    try:
        name = part.head.get_filename()
    except (ValueError, LookupError, TypeError, AttributeError):
        name = None
    return decoded_header(str(name)[:400]).replace("\n", " ") if name else ""


def _cut_in(data: bytes, anew: Mapping[Part, bytes]) -> bytes:
    pieces, at = [], 0
    for part in sorted(anew, key=lambda part: part.start):
        pieces += [data[at : part.start], anew[part]]
        at = part.end
    return b"".join([*pieces, data[at:]])
