"""Which form of a look-alike character a leak shows: the very code points between two letters.

They say nothing unless they are those of a form, but for the kind of space: where a program has written a
line end or another space, the symbols that the space itself would tell are not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fother.channels.text.align import Passage
from fother.channels.text.letters import Flat, flat
from fother.channels.text.reference import Occurrence, Reference

_SPACES = re.compile(r"\s+")


def shown(
    leak: str, flattened: Flat, reference: Reference, passage: Passage, occurrence: Occurrence
) -> tuple[str, tuple[int, int], int] | None:
    """What a leak has in place of an occurrence: text, span of the leak, leak letter before it; or None.

    The stretch is found by the letters next to it, of which one may be misread; what else stands between
    them (a comma, a bracket) must be as in the original.
    """
    u, v = occurrence.before, occurrence.after
    if u < 0 or v >= len(reference.letters):
        return None
    p = passage.leak_letter(u) if occurrence.firm_before else -1
    q = passage.leak_letter(v) if occurrence.firm_after else -1
    inside = v - u
    if p < 0 and q < 0:
        return None
    if p < 0:
        p = q - inside
    first, last = passage.leak_letters
    if p < first or (q >= 0 and q - p != inside) or p + inside >= last:
        return None
    low, high = int(flattened.letter_source[p]) + 1, int(flattened.letter_source[p + inside])
    before = reference.plain[int(reference.letter_source[u]) + 1 : occurrence.start]
    after = reference.plain[occurrence.end : int(reference.letter_source[v])]
    stretch = leak[low:high]
    front, back = _common(stretch, before), _common(stretch[::-1], after[::-1])
    if front < len(before) or back < len(after) or front + back > len(stretch):
        return None
    return stretch[front : len(stretch) - back], (low + front, high - back), p


def _common(stretch: str, expected: str) -> int:
    """Characters at the beginning of `stretch` that say the same as those of `expected`."""
    count = 0
    while count < min(len(stretch), len(expected)):
        one, other = stretch[count], expected[count]
        if one != other and flat(one) != flat(other):
            break
        count += 1
    return count


def possible(text: str, forms: Sequence[str]) -> NDArray[np.bool_]:
    """(number of forms,) which forms this text may be: the one it is, or those that a change of space leaves.

    Programs break lines at spaces and write others for them; what stands beside the space is still readable.
    """
    if text in forms:
        return np.array([form == text for form in forms])
    spaces = _any_space(text)
    return np.array([bool(spaces) and _any_space(form) == spaces for form in forms])


def _any_space(text: str) -> str:
    """The text with every run of white space as one plain space."""
    return _SPACES.sub(" ", text)
