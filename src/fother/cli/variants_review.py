"""The review of variants on the terminal: both sentences in full, one key a decision, each kept at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import typer
from rich.console import Console
from rich.text import Text

from fother.flow.variants import Review, Variant, decided

_HELP = """\
y  yes: the other sentence may be used
n  no: it never will be
a  yes to this and every further one of this family (they are shown first)
N  no to this and every further one of this family
s  skip: leave it undecided for now
u  back to the one before
q  quit; everything decided so far is kept
"""
_KEYS = "y n a N s u q ?"


def lines_of(variant: Variant) -> Iterator[Text]:
    """A variant for people: decision and family, then both sentences with what differs set off."""
    before, after = variant.forms
    at = _place(variant)
    yield Text(f"{variant.id}  {variant.family}  ({variant.approve})", style="dim")
    yield Text("  now:   ") + _marked(variant.sentence, at, len(before))
    yield Text("  other: ") + _marked(variant.other, at, len(after))


def _place(variant: Variant) -> int:
    """Where both sentences begin to differ."""
    before, after = variant.forms
    tail = len(variant.sentence)
    for at in range(tail):
        if (
            variant.sentence.startswith(before, at)
            and variant.sentence[:at] + after + variant.sentence[at + len(before) :] == variant.other
        ):
            return at
    return 0


def _marked(sentence: str, at: int, length: int) -> Text:
    shown = Text(sentence)
    shown.stylize("bold underline", at, at + length)
    return shown


def key_pressed() -> str:
    """One key from the terminal. Raises KeyboardInterrupt."""
    try:
        return str(typer.getchar())
    except EOFError:
        return "q"


def walk_through(
    review: Review,
    by: str,
    console: Console,
    press: Callable[[], str],
    keep: Callable[[Review], None],
) -> Review:
    """Ask for every undecided variant in the order of the document; `keep` is called after each decision.

    Returns the review with what was decided. An interruption by Ctrl+C loses nothing that was decided.
    """
    open_ones = [v.id for v in review.file.variants if v.approve == "undecided"]
    known = {v.id: v for v in review.file.variants}
    at = 0
    while at < len(open_ones):
        now = {v.id: v for v in review.file.variants}
        variant = now[open_ones[at]]
        if variant.approve != "undecided":
            at += 1
            continue
        console.print()
        console.print(f"{at + 1} of {len(open_ones)} · {variant.family} · {variant.note}", style="dim")
        for line in list(lines_of(variant))[1:]:
            console.print(line)
        console.print(f"[{_KEYS}] ", end="")
        key = press()
        console.print(key if key.isprintable() else "")
        if key in ("y", "n"):
            review = decided(review, [variant.id], "yes" if key == "y" else "no", by)
            keep(review)
            at += 1
        elif key in ("a", "A", "N"):
            rest = [
                i
                for i in open_ones[at:]
                if now[i].approve == "undecided" and known[i].family == variant.family
            ]
            if key == "N" or _agreed([now[i] for i in rest], console, press):
                review = decided(review, rest, "no" if key == "N" else "yes", by)
                keep(review)
        elif key == "s":
            at += 1
        elif key == "u":
            at = max(0, at - 1)
            if now[open_ones[at]].approve != "undecided":
                review = decided(review, [open_ones[at]], "undecided", by)
                keep(review)
        elif key in ("q", "\x04"):
            break
        elif key == "\x03":
            raise KeyboardInterrupt
        else:
            console.print(_HELP, end="")
    return review


def _agreed(variants: list[Variant], console: Console, press: Callable[[], str]) -> bool:
    """Show all of them in full, then ask once."""
    for variant in variants:
        for line in list(lines_of(variant))[1:]:
            console.print(line)
    console.print(
        f"Approve these {len(variants)} variants of the family {variants[0].family}? [y n] ", end=""
    )
    key = press()
    console.print(key if key.isprintable() else "")
    return key == "y"
