"""What the relay asks of marking, and the marking of mail through the registry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from fother.registry import RecipientRow


class ReadMail(Protocol):
    """A message that is registered and can be marked."""

    @property
    def left(self) -> Sequence[str]:
        """What goes along unmarked, one sentence each."""

    @property
    def plain(self) -> bytes:
        """The message as those get it who get no marks."""

    def copies(self, rows: Sequence[RecipientRow]) -> Iterator[bytes]:
        """The copy of each row, in their order; all are committed in the log before the first comes.

        The same rows give the same copies, however often this is asked for.
        """


class Marker(Protocol):
    def read(self, raw: bytes, title: str, *, alternatives: bool) -> ReadMail:
        """Register a message; the same bytes are the same message. `alternatives` that its author wrote are
        resolved, or left as they are.

        Raises UnmarkableError or InputFileError when nothing in it can be marked; RegistryError, LogError and
        others when it is not its fault.
        """
