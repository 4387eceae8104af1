"""Approved variants, found again in a document, as places that carry symbols."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fother.channels.text.carriers import Place
from fother.channels.wording.obstacles import Obstacles, mask
from fother.channels.wording.own import own_places
from fother.channels.wording.variant import Approved, change
from fother.channels.wording.view import View, view
from fother.language.quotes import quotations
from fother.model.match import Span
from fother.model.prose import Prose

_SHOWN = 80


def places(
    prose: Prose, approved: Sequence[Approved], *, alternatives: bool = True
) -> tuple[list[Place], list[str]]:
    """The author's own alternatives and the approved variants as disjoint places in order, and notes.

    Without `alternatives`, double braces are text like any other.
    A variant is found where its sentence stands word for word, at every such place. Notes tell of variants
    that are not found any more or cannot be used. Raises InputFileError as `own_places` does.
    """
    found, notes = own_places(prose) if alternatives else ([], [])
    seen = view(prose, found)
    obstacles = Obstacles(prose, [(p.start, p.end) for p in found])
    for variant in sorted(approved, key=lambda v: not v.throughout):
        made, note = _made(prose, seen, variant, obstacles)
        found += made
        obstacles.take(span for place in made for span in ((place.start, place.end), *place.twins))
        if note:
            notes.append(note)
    return sorted(found, key=lambda p: p.start), notes


def _made(
    prose: Prose, seen: View, variant: Approved, obstacles: Obstacles
) -> tuple[list[Place], str | None]:
    """Places of one variant; a note when there is none."""
    differs = change(variant.sentence, variant.other)
    if differs is None:
        return [], f"{_told(variant)} says the same twice; it is not used."
    (start, end), text = differs
    sentences = list(_occurrences(seen, variant.sentence))
    if not sentences:
        return [], f"{_told(variant)} is not in the document any more; it is not used."
    spans = [(at + start, at + end) for at in sentences]
    if variant.throughout:
        spans = list(everywhere(seen, variant.sentence[start:end]))
    made, refused = [], None
    for begin, stop in spans:
        exact = seen.span(begin, stop)
        obstacle = obstacles.told(exact)
        refused = obstacle or refused
        forms = exact_forms(prose.text[slice(*exact)], text)
        if obstacle is None and forms is not None:
            made.append(Place(*exact, forms, "wording", variant.family, seen.block(begin)))
    if variant.throughout and len(made) < len(spans):
        return [], f"{_told(variant)} cannot be changed everywhere; it is not used."
    if variant.throughout:
        first, twins = made[0], tuple((p.start, p.end) for p in made[1:])
        return [Place(first.start, first.end, first.forms, "wording", first.family, first.block, twins)], None
    return made, None if made else f"{_told(variant)} {refused or 'goes over a line end'}; it is not used."


def exact_forms(said: str, other: str) -> tuple[str, str] | None:
    """Both forms as the document writes them: its odd spaces and line ends stay where they can; else None."""
    odd = re.findall(r"\s+", said)
    if all(space == " " for space in odd):
        return said, other
    spaces = other.count(" ")
    if spaces == len(odd):
        rest = iter(odd)
        return said, re.sub(" ", lambda _: next(rest), other)
    if len([s for s in odd if s != " "]) == 1 and spaces:
        strange = next(s for s in odd if s != " ")
        head = other.rfind(" ")
        return said, other[:head] + strange + other[head + 1 :]
    return None


def _occurrences(seen: View, sentence: str) -> Iterator[int]:
    """Where the sentence stands as a whole, not as a part of a longer word."""
    at = seen.text.find(sentence) if sentence else -1
    while at >= 0:
        before, after = seen.text[at - 1 : at], seen.text[at + len(sentence) : at + len(sentence) + 1]
        if not (before and before[0].isalnum()) and not (after and after[0].isalnum()):
            yield at
        at = seen.text.find(sentence, at + 1)


def everywhere(seen: View, word: str) -> Iterator[Span]:
    """Where a spelling stands in the view, outside of quotations, which keep their own."""
    quoted = mask(len(seen.text), [(q.start, q.end) for q in quotations(seen.text)])
    for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", seen.text):
        if quoted.find(1, *match.span()) < 0:
            yield match.span()


def _told(variant: Approved) -> str:
    words = variant.sentence
    shown = words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
    return f"The variant {variant.id} of “{shown}”"
