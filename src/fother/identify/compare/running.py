"""Lines that repeat from page to page: headers, footers, page numbers.

A passage that runs over a page break meets them in the document and not in a leak that is a quotation, or the
other way round; that is no alteration.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from fother.identify.compare.normal import normalise
from fother.identify.compare.tokens import Token

_PAGE = re.compile(
    r"[\s\-–—|•.·\[(]{0,6}(?:page|seite|página|pagina|pág\.?|p\.)?\s{0,3}\d{1,4}"
    r"(?:\s{0,3}(?:of|/|von|de|sur|out of)\s{0,3}\d{1,4})?[\s\-–—|•.·\])]{0,6}",
    re.IGNORECASE,
)
_LONGEST = 120  # characters of a header


def _masked(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.casefold().split()))


def repeated_lines(text: str) -> frozenset[str]:
    """Headers and footers, digits masked: short lines that occur three times, or twice at a page break."""
    counts: Counter[str] = Counter()
    at_break: Counter[str] = Counter()
    for page in text.split("\f"):
        lines = [_masked(normalise(line).text) for line in page.splitlines() if len(line) <= 2 * _LONGEST]
        lines = [line for line in lines if 1 < len(line) <= _LONGEST]
        counts.update(lines)
        at_break.update(set(lines[:2] + lines[-2:]))
    paged = "\f" in text
    return frozenset(
        line for line, count in counts.items() if count >= 3 or (paged and count == 2 and at_break[line] == 2)
    )


def without_page_numbers(text: str) -> str:
    """A leak's text with lines that say "page" and a number blanked, offsets kept: "14\\nPage 9\\nMarch" is a
    date. Lines of a number alone may be anything."""
    parts: list[str] = []
    for line in re.split(r"(?<=[\n\f\r])", text):
        bare = line.rstrip("\n\f\r")
        said = normalise(bare).text.strip() if len(bare) <= _LONGEST else ""
        if any(c.isalpha() for c in said) and _PAGE.fullmatch(said):
            if parts and parts[-1][-1:] == "\n" and parts[-1] != "\n":
                parts[-1] = parts[-1][:-1] + " "
            line = " " * len(bare) + line[len(bare) :]
        parts.append(line)
    return "".join(parts)


def flag_running(text: str, tokens: list[Token], known: frozenset[str]) -> list[Token]:
    """The tokens again; those that stand in a line of `known` or in a page number's line are `running`."""
    result: list[Token] = []
    index = 0
    start = 0
    for line in re.split(r"(?<=[\n\f\r])", text):
        end = start + len(line)
        short = normalise(line).text.strip() if len(line) <= 2 * _LONGEST else line
        running = bool(short) and len(short) <= _LONGEST and (
            _masked(short) in known or _PAGE.fullmatch(short) is not None
        )  # fmt: skip
        while index < len(tokens) and tokens[index].start < end:
            whole = running and tokens[index].end <= end  # a date may go on after a page number
            result.append(replace(tokens[index], running=True) if whole else tokens[index])
            index += 1
        start = end
    return result
