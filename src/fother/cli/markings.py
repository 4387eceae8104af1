"""fother markings: protective markings read, checked and rolled up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fother.cli.common import JsonOption, QuietOption, out, print_json, progress
from fother.errors import UsageError
from fother.flow.drafts import read_draft
from fother.flow.markings import (
    explain_marked,
    explain_parsed,
    marked_fields,
    parsed_fields,
    read_markings,
    read_strings,
    rollup_fields,
)

NAME = "markings"
LabelsOption = Annotated[
    Path | None,
    typer.Option(envvar="FOTHER_LABELS", help="TOML or YAML file with the organisation's own labels."),
]


def run(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="A document or text; - for standard input.", show_default=False),
    ] = None,
    marking: Annotated[
        list[str] | None, typer.Option(help="Read this marking instead of a file; may be repeated.")
    ] = None,
    labels: LabelsOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Read protective markings (US, NATO, EU, UK, TLP, own), check them, and say what they add up to.

    Of a text it finds banners and portion marks, reports portions without one and banners below their
    portions, and rolls the portions up to the most restrictive marking. Exit status 0 means that the work was
    done, whether or not the markings are valid.
    """
    if (file is None) == (not marking):
        raise UsageError("Give a file, or one or more --marking.")
    if marking:
        parsed, whole = read_strings(marking, labels)
        if json:
            fields = [parsed_fields(text, one) for text, one in zip(marking, parsed, strict=True)]
            print_json({"markings": fields, "conflicts": [], "roll_up": rollup_fields(whole)})
            return
        for text, one in zip(marking, parsed, strict=True):
            for line in explain_parsed(text, one):
                out.print(line)
        if len(marking) > 1:
            out.print(f"Together they are {whole.banner}.")
        return
    with progress(quiet or json) as bars:
        marked = read_markings(read_draft(file or Path("-"), bars), labels)
    if json:
        print_json(marked_fields(marked))
        return
    for line in explain_marked(marked):
        out.print(line)
