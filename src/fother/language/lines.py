"""Lines that were broken to fit a page or a mail are joined again for reading, at the same places."""

from __future__ import annotations

import re
from itertools import pairwise

_WIDEST = 130  # code points; longer lines are paragraphs of their own
_FEWEST = 3  # lines of a block that shows how wide it is set


def unwrapped(text: str) -> str:
    """The text with a space for each line end that only wraps; as long as before, so that places stay.

    A line end wraps when the first word of the next line would not have fitted any more into the widest line
    of its block (lines without a blank one between them). A block of two lines tells no width: there the
    widest line of the larger blocks counts, or else the second line must begin in lower case.
    """
    out = list(text)
    blocks = [(m.start(), m.group().split("\n")) for m in re.finditer(r"[^\n]+(?:\n[^\n]+)+", text)]
    blocks = [(start, lines) for start, lines in blocks if max(map(len, lines)) <= _WIDEST]
    usual = max((max(map(len, lines)) for _, lines in blocks if len(lines) >= _FEWEST), default=0)
    for place, lines in blocks:
        small = len(lines) < _FEWEST
        widest = usual if small and usual >= max(map(len, lines)) else max(map(len, lines))
        for line, following in pairwise(lines):
            place += len(line)
            first = following.split(" ", 1)[0]
            wraps = len(line.rstrip()) + 1 + len(first) > widest
            if wraps and (not small or widest == usual or following[:1].islower()):
                out[place] = " "
            place += 1
    return "".join(out)
