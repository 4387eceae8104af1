"""The author's own alternatives in the source text: `{{begin|start}}`.

Two alternatives stand between double braces with a bar between them; the first is what the unmarked document
says, and either may be empty: `a {{really |}}good start`. A backslash keeps braces as they are: `\\{{`.
Braces without a bar (`{{ name }}` of a template) are left alone. Within a table of Markdown the bar may be
written `\\|`, as there every other bar.
"""

from __future__ import annotations

import re
from dataclasses import replace

from fother.channels.text.carriers import Place
from fother.channels.wording.obstacles import Obstacles
from fother.errors import InputFileError
from fother.model.prose import Prose

FAMILY = "own alternative"
_OPENING = re.compile(r"(?<!\\)\{\{")
_BAR = re.compile(r"\\?\|")
_BLANKS = ("a line end", "white space")  # reasons for which a text is fixed that its author can change
_SHOWN = 60  # code points of a faulty stretch that a message shows


def own_places(prose: Prose) -> tuple[list[Place], list[str]]:
    """The author's alternatives in order, and notes on braces that are left alone.

    A place covers its braces. Raises InputFileError, with the stretch and its paragraph, for braces that are
    meant as alternatives and cannot be: copies would go out with braces in them.
    """
    places: list[Place] = []
    notes: list[str] = []
    obstacles = Obstacles(prose)
    solid = Obstacles(replace(prose, fixed=tuple(f for f in prose.fixed if f.reason not in _BLANKS)))
    for number, block in enumerate(prose.blocks):
        at = block.start
        while opening := _OPENING.search(prose.text, at, block.end):
            start = opening.start()
            closing = prose.text.find("}}", start + 2, block.end)
            closed = closing >= 0
            at = closing + 2 if closed else block.end
            where = _where(prose, start, at, number)
            barred = _BAR.search(prose.text, start, at) is not None
            reason = solid.fixed_reason((start, at if closed else start + 2))
            if barred and reason is not None:
                notes.append(f"{where} stands in what must stay as it is ({reason}); it is left alone.")
            elif reason is None and barred and not closed:
                raise InputFileError(
                    f"{where} has no closing braces; close the alternatives in the same paragraph, or write "
                    "\\{{ if none are meant."
                )
            elif reason is None and barred:
                places.append(_place(prose, obstacles, start, at, number))
            elif reason is None:
                missing = "bar" if closed else "closing braces"
                notes.append(f"{where} has no {missing}; it is left alone.")
    return places, notes


def _place(prose: Prose, obstacles: Obstacles, start: int, end: int, number: int) -> Place:
    where = _where(prose, start, end, number)
    inner = prose.text[start + 2 : end - 2]
    if "{{" in inner or prose.text[end : end + 1] == "}":
        raise InputFileError(
            f"{where}: alternatives cannot stand within others; close the first before the next."
        )
    forms = tuple(_BAR.split(inner))
    if len(forms) != 2:
        raise InputFileError(
            f"{where} has {len(forms)} alternatives; write exactly two, or \\{{{{ if none are meant."
        )
    if forms[0] == forms[1]:
        raise InputFileError(f"{where}: both alternatives are the same; change one or take the braces out.")
    if obstacles.fixed_reason((start, end)) is not None:
        raise InputFileError(
            f"{where}: the alternatives go over a line end or hold several spaces in a row; keep them on one "
            "line, with single spaces."
        )
    if obstacles.seam_within((start, end)):
        raise InputFileError(
            f"{where}: the look of the text changes inside the braces; give all of it, braces too, one look."
        )
    return Place(start, end, forms, "wording", FAMILY, number)


def _where(prose: Prose, start: int, end: int, number: int) -> str:
    piece = " ".join(prose.text[start:end].split())
    shown = piece if len(piece) <= _SHOWN else piece[: _SHOWN - 1] + "…"
    return f"“{shown}” in paragraph {number + 1}"
