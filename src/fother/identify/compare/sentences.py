"""Plain sentences that tell a change to a reader."""

from __future__ import annotations

import re

from fother.model.match import ChangeKind

_SHOWN = 160  # characters of a quotation


def quoted(text: str) -> str:
    """A text on one line in quotation marks, its middle left out when it is long."""
    line = " ".join(text.split())
    if len(line) > _SHOWN:
        line = f"{line[: _SHOWN * 2 // 3].rstrip()} … {line[-_SHOWN // 3 :].lstrip()}"
    return f"“{line}”"


def _bare(text: str) -> str:
    line = " ".join(text.split())
    return line if re.fullmatch(r"[-+]?[$€£¥]?\s?\d[\d.,]*\s?%?", line) else quoted(line)


def replaced(kind: ChangeKind, document_text: str, leak_text: str) -> str:
    """“The leak says 61,000; the document says 16,000.”"""
    if kind == "marking":
        return f"The marking in the leak is {_bare(leak_text)}; in the document it is {_bare(document_text)}."
    return f"The leak says {_bare(leak_text)}; the document says {_bare(document_text)}."


def left_out(kind: ChangeKind, document_text: str) -> str:
    """“The leak leaves out “not”.”"""
    if kind == "marking":
        return f"The marking {' '.join(document_text.split())} is missing in the leak."
    return f"The leak leaves out {quoted(document_text)}."


def passed_over(sentences: int, words: int, openly: bool) -> str:
    """For more than a few sentences that an excerpt leaves out."""
    how = " and says so" if openly else ""
    count = f"{sentences} sentence{'s' if sentences != 1 else ''}"
    return f"The leak leaves out {count} ({words} words) here{how}."


def added(kind: ChangeKind, leak_text: str) -> str:
    """“The leak adds “…”, which the document does not have.”"""
    if kind == "marking":
        return f"The leak has the marking {' '.join(leak_text.split())}, which the document does not have."
    return f"The leak adds {quoted(leak_text)}, which the document does not have."


def moved(text: str) -> str:
    """For words that stand in another place."""
    return f"The leak has {quoted(text)} in another place than the document."
