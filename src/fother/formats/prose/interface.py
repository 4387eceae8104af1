"""What a file format must know so that its text can be marked in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from fother.model.prose import Prose, Rewrite


class ProseFormat(Protocol):
    """Reads the rewritable text of one kind of file, and writes the file with some of it rewritten.

    The files are the organisation's own; limits on size hold all the same.
    """

    @property
    def media_type(self) -> str:
        """Of the files that it reads and writes."""

    @property
    def ending(self) -> str:
        """Of file names, with its dot."""

    def read(self, data: bytes) -> Prose:
        """The file's text. The same bytes give the same prose. Raises InputFileError."""

    def write(self, data: bytes, rewrites: Sequence[Rewrite]) -> bytes:
        """The file with disjoint rewrites of `read(data).text`, in order, carried out, all else unchanged.

        `read` of the result says exactly what `rewritten(read(data).text, rewrites)` says. The same arguments
        give the same bytes; no rewrites give an equivalent file. Raises InputFileError, and ValueError for
        rewrites that reach over a seam, a block's end or into something fixed, or that the file type cannot
        say (a line of plain text without words).
        """


class Attached(Protocol):
    """A file inside another; `number` is its own, and one that is `signed` cannot be replaced."""

    @property
    def number(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def media_type(self) -> str: ...

    @property
    def data(self) -> bytes: ...

    @property
    def signed(self) -> bool: ...


@runtime_checkable
class Container(Protocol):
    """A format whose files hold other files, which can be replaced while the text is rewritten."""

    def attachments(self, data: bytes) -> Sequence[Attached]:
        """All files inside. Raises InputFileError."""

    def write(self, data: bytes, rewrites: Sequence[Rewrite], replaced: Mapping[int, bytes] = ...) -> bytes:
        """As `ProseFormat.write`, with new contents of some files inside, by number."""
