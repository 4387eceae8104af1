"""fother variants: other wordings of a document's sentences, for its author to approve."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from fother.cli.actor import actor
from fother.cli.common import JsonOption, QuietOption, out, print_json, progress, storage_error
from fother.cli.variants_review import key_pressed, lines_of, walk_through
from fother.flow.variants import Review, carriers, decided, of_family, open_review, review_fields, save

NAME = "variants"


def run(
    document: Annotated[
        Path,
        typer.Argument(metavar="DOC", help="Plain text, Markdown, HTML, mail or DOCX.", show_default=False),
    ],
    file: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="File of the variants; else DOC.variants.yaml beside it.",
            show_default=False,
        ),
    ] = None,
    list_all: Annotated[bool, typer.Option("--list", help="Show all variants and write nothing.")] = False,
    approve_family: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Approve all undecided variants of a family; repeatable.", show_default=False
        ),
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Propose other wordings of equal meaning, and review them one by one on the terminal.

    Every decision is kept at once in a YAML file, which may be edited and put under version control; the same
    command goes on from there. Only what is approved there is ever used to mark a copy. Where nobody can be
    asked, the file is written with everything undecided. Rules know English only; your own alternatives,
    written {{begin|start}} in the text, work in any language.
    """
    with progress(quiet or json) as bars:
        review = open_review(document, file, bars)
    if list_all:
        _show(review, json)
        return
    for family in approve_family or ():
        ids = of_family(review, family)
        review = decided(review, ids, "yes", actor())
        if not json:
            for variant in review.file.variants:
                if variant.id in ids:
                    _print(lines_of(variant))
    _keep(review)
    asked = sys.stdin.isatty() and sys.stdout.isatty() and not json and not approve_family
    if asked:
        review = walk_through(review, actor(), out, key_pressed, _keep)
    if json:
        print_json(review_fields(review))
        return
    _tell(review, asked)


def _keep(review: Review) -> None:
    try:
        save(review)
    except OSError as error:
        raise storage_error(error, review.path) from None


def _show(review: Review, json: bool) -> None:
    if json:
        print_json(review_fields(review))
        return
    for variant in review.file.variants:
        _print(lines_of(variant))
    _print([_count(review)])


def _tell(review: Review, asked: bool) -> None:
    for note in review.notes:
        _print([note])
    if not review.english:
        _print(
            [
                f"{review.file.name} does not look like English, so the rules propose nothing. "
                "Write alternatives of your own into the text: {{begin|start}}."
            ]
        )
    _print([_count(review)])
    found, notes = carriers(review)
    _print(notes)
    _print([f"Places in this document that carry a mark so far: {found}."])
    _print([f"Kept in {review.path}."])
    if not asked and review.count("undecided"):
        _print(["To review: run the same command on a terminal, or set approve in the file."])


def _count(review: Review) -> str:
    return (
        f"Variants: {review.count('yes')} approved, {review.count('no')} rejected, "
        f"{review.count('undecided')} undecided; alternatives of your own: {review.own}."
    )


def _print(lines: Iterable[str | Text]) -> None:
    for line in lines:
        out.print(line)
