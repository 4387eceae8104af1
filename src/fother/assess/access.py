"""Who had access, as numbers: copies issued, and lists from elsewhere (a reading room, a file share)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from fother.errors import RecipientListError

_MOST = 16 << 20


@dataclass(frozen=True)
class AccessRow:
    """One entry of an access list. `pages` (from 1) are those that could be seen; empty means all."""

    who: str
    document: str = ""  #: id or title; empty: every document
    pages: frozenset[int] = frozenset()


@dataclass(frozen=True)
class AccessCount:
    """How many had access to a document, and to the pages that leaked; copies and persons may overlap."""

    document: str
    title: str
    copies: int  #: issued copies of the document, each of which holds all pages
    listed: int  #: entries of the access list for the document
    listed_passage: int  #: those of them that could see a leaked page
    pages: tuple[int, ...]  #: leaked pages, from 1; empty when unknown

    @property
    def whole(self) -> int:
        """Copies and listed persons for the document."""
        return self.copies + self.listed

    @property
    def passage(self) -> int:
        """Copies and listed persons for what leaked."""
        return self.copies + self.listed_passage


def read_access(data: bytes, name: str) -> tuple[AccessRow, ...]:
    """An access list: CSV with a column `who`, and `document` and `pages` ("1-3, 7") where they are known.

    Raises RecipientListError with the line.
    """
    if len(data) > _MOST:
        raise RecipientListError(f"{name} is larger than {_MOST >> 20} MB; split it.")
    try:
        text = data.decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        columns = [c.strip().lower() for c in rows.fieldnames or ()]
        if "who" not in columns:
            raise RecipientListError(
                f"{name} needs a column named who; it has {', '.join(columns) or 'none'}."
            )
        rows.fieldnames = columns
        return tuple(_row(row, rows.line_num, name) for row in rows)
    except (UnicodeDecodeError, csv.Error) as error:
        raise RecipientListError(f"{name} is no CSV file in UTF-8 ({error}).") from None


def _row(row: dict[str, str | None], line: int, name: str) -> AccessRow:
    who = (row.get("who") or "").strip()
    if not who:
        raise RecipientListError(f"{name}, line {line}: who is empty.")
    return AccessRow(
        who, (row.get("document") or "").strip(), _pages((row.get("pages") or "").strip(), line, name)
    )


def _pages(text: str, line: int, name: str) -> frozenset[int]:
    found: set[int] = set()
    for part in filter(None, re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", text))):
        m = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", part)
        if m is None or int(m[2] or m[1]) < int(m[1]):
            raise RecipientListError(f"{name}, line {line}: “{part}” is no page or range such as 3-7.")
        found |= set(range(int(m[1]), int(m[2] or m[1]) + 1))
    return frozenset(found)


def count_access(
    document: str, title: str, copies: int, rows: Sequence[AccessRow], pages: Sequence[int]
) -> AccessCount:
    """Count for one document. Persons that a list names twice count once."""
    mine = [
        r for r in rows if not r.document or r.document.casefold() in (document.casefold(), title.casefold())
    ]
    leaked = set(pages)
    seeing = {r.who.casefold() for r in mine if not r.pages or not leaked or r.pages & leaked}
    return AccessCount(
        document, title, copies, len({r.who.casefold() for r in mine}), len(seeing), tuple(sorted(leaked))
    )
