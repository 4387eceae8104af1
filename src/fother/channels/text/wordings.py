"""Which form of a wording a leak shows: the stretch between solid letters is compared with every form.

The likelihood of a stretch under a form falls with every edit between them, at the rate of errors that the
rest of the leak shows. Neighbouring places without solid letters between them are decided together. Somebody
may have written something else altogether; how probable that is bounds what a stretch near to no form says.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from fother.channels.text.align import Passage
from fother.channels.text.letters import Flat, flat
from fother.channels.text.reference import Occurrence, Reference

_CONTEXT = 5  # solid letters on each side that belong to the window
_AROUND, _ALIKE = 40, 0.5  # letters around a place, and the share of them that must be aligned
_JOINT = 6  # places decided together, at most
_WINDOW = 600  # flat characters of a window, at most
_KINDS = 8.0  # an error is one of about so many: the chance of this very one is the rate divided by it
_OTHER = 0.05  # share of places where somebody wrote something else
_STRANGE = 0.3  # share of edits outside the places from which a window is no longer the same text


@dataclass(frozen=True)
class Window:
    """A stretch of the leak with solid letters at both ends, and the places of the original in it.

    `between` are the stretches of the original around the places, one more than those.
    """

    leak: str
    occurrences: tuple[Occurrence, ...]
    between: tuple[str, ...]
    letters: tuple[int, int]  #: leak letters, half-open


@dataclass(frozen=True)
class Fit:
    """A window read: edits of every combination of forms, least first."""

    window: Window
    forms: tuple[tuple[str, ...], ...]  #: of each place
    choices: tuple[tuple[int, ...], ...]  #: combinations of form numbers
    edits: NDArray[np.int64]  #: (len(choices),)
    outside: int  #: edits of the best combination that lie outside the places
    inside: tuple[tuple[int, int], ...]  #: of each place: edits, and leak characters that stand for it

    @property
    def strange(self) -> bool:
        """Whether the window is too unlike the original to be it."""
        return self.outside > _STRANGE * sum(map(len, self.window.between)) + 1


def windows(leak: Flat, reference: Reference, passage: Passage) -> Iterator[Window]:
    """Every wording of a passage with solid letters on both sides, those between the same ones together."""
    group: list[Occurrence] = []
    left = right = -1
    for occurrence in _within(reference, passage):
        a, b = _solid_before(passage, occurrence.before), _solid_after(passage, occurrence.after)
        if a < 0 or b < 0:
            continue
        around = occurrence.before - _AROUND, occurrence.after + _AROUND
        if passage.alike(*around) < _ALIKE:
            continue
        if group and occurrence.before < right and len(group) < _JOINT:
            group.append(occurrence)
            right = max(right, b)
            continue
        if group:
            yield from _window(leak, reference, passage, group, left, right)
        group, left, right = [occurrence], a, b
    if group:
        yield from _window(leak, reference, passage, group, left, right)


def _within(reference: Reference, passage: Passage) -> list[Occurrence]:
    first, last = int(passage.runs[0, 1]), int(passage.runs[-1, 1] + passage.runs[-1, 2])
    return [o for o in reference.between(first, last) if reference.places[o.place].channel == "wording"]


def _solid_before(passage: Passage, letter: int) -> int:
    """A document letter at or before this one that is surely aligned, with some context after it; or -1."""
    row = int(np.searchsorted(passage.runs[:, 1], letter, "right")) - 1
    if row < 0:
        return -1
    _, j, n = passage.runs[row].tolist()
    return int(max(j, min(letter, j + n - 1) - _CONTEXT))


def _solid_after(passage: Passage, letter: int) -> int:
    ends = passage.runs[:, 1] + passage.runs[:, 2]
    row = int(np.searchsorted(ends, letter, "right"))
    if row == len(ends):
        return -1
    _, j, n = passage.runs[row].tolist()
    return int(min(j + n - 1, max(letter, j) + _CONTEXT))


def _window(
    leak: Flat, reference: Reference, passage: Passage, group: Sequence[Occurrence], left: int, right: int
) -> Iterator[Window]:
    p, q = passage.leak_letter(left), passage.leak_letter(right)
    shown = leak.text[int(leak.letter_at[p]) : int(leak.letter_at[q]) + 1]
    if len(shown) > _WINDOW:
        return
    between = []
    at = int(reference.letter_source[left])
    for occurrence in group:
        between.append(reference.plain[at : occurrence.start])
        at = occurrence.end
    between.append(reference.plain[at : int(reference.letter_source[right]) + 1])
    if sum(map(len, between)) <= 2 * _WINDOW:
        yield Window(shown, tuple(group), tuple(between), (p, q + 1))


def fitted(window: Window, reference: Reference) -> Fit:
    """Compares the window with every combination of the forms of its places."""
    forms = tuple(reference.places[o.place].forms for o in window.occurrences)
    choices = tuple(itertools.product(*(range(len(f)) for f in forms)))
    written = [flat(_written(window, forms, choice)) for choice in choices]
    edits = np.array([Levenshtein.distance(window.leak, text) for text in written], np.int64)
    best = int(np.argmin(edits))
    outside, inside = _shares(window, forms, choices[best], written[best])
    return Fit(window, forms, choices, edits, outside, inside)


def _written(window: Window, forms: Sequence[Sequence[str]], choice: Sequence[int]) -> str:
    pieces = [window.between[0]]
    for options, number, after in zip(forms, choice, window.between[1:], strict=True):
        pieces += [options[number], after]
    return "".join(pieces)


def _shares(
    window: Window, forms: Sequence[Sequence[str]], choice: Sequence[int], written: str
) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Edits outside the places; of each place its edits and the leak characters that stand for it."""
    ends = []
    before = window.between[0]
    for options, number, after in zip(forms, choice, window.between[1:], strict=True):
        start = len(flat(before))
        before += options[number]
        ends.append((start, max(start, len(flat(before)))))
        before += after
    inside = [[0, end - start] for start, end in ends]
    outside = 0
    for edit in Levenshtein.editops(window.leak, written):
        for counts, (start, end) in zip(inside, ends, strict=True):
            if start <= edit.dest_pos < end or (edit.tag == "delete" and start <= edit.dest_pos <= end):
                counts[0] += 1
                counts[1] += {"delete": 1, "insert": -1}.get(edit.tag, 0)
                break
        else:
            outside += 1
    return outside, tuple((edits, length) for edits, length in inside)


def log_likelihoods(fit: Fit, error: float) -> list[NDArray[np.float64]]:
    """ln P(stretch | form) of each place up to a constant, (number of forms,) each; `error` per character."""
    per_edit = math.log(error / _KINDS)
    weights = (fit.edits - fit.edits.min()) * per_edit
    choices = np.array(fit.choices)
    found = []
    for place, options in enumerate(fit.forms):
        edits, length = fit.inside[place]
        own = np.array(
            [np.logaddexp.reduce(weights[choices[:, place] == form]) for form in range(len(options))]
        )
        other = math.log(_OTHER) - (2 + length / 4) * math.log(10) - edits * per_edit
        found.append(np.logaddexp(own, other))
    return found
