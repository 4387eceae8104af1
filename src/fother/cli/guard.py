"""fother guard: what a draft statement would give away, confirm, deny or contradict."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, QuietOption, out, print_json, progress, registry
from fother.cli.markings import LabelsOption
from fother.errors import UsageError
from fother.flow.drafts import read_draft
from fother.flow.guard import explain_guarded, guard_draft, guarded_fields
from fother.registry import default_home

NAME = "guard"


def run(
    draft: Annotated[
        Path, typer.Argument(metavar="FILE", help="The draft; - for standard input.", show_default=False)
    ],
    case: Annotated[
        str | None, typer.Option(help="Compare with the facts and statements of this case.")
    ] = None,
    leak: Annotated[
        list[str] | None, typer.Option(help="Compare with this sighting too; repeatable.")
    ] = None,
    earlier: Annotated[
        list[Path] | None, typer.Option(help="An earlier statement of ours, a file; repeatable.")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(envvar="FOTHER_GUARD_RULES", help="YAML file with own rules.")
    ] = None,
    labels: LabelsOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check a draft statement before it is said; the default rule is to neither confirm nor deny.

    Says whether it confirms or denies the authenticity of a leak, discloses words, figures, dates or
    markings, contradicts facts or earlier statements, or names persons. Registered documents are compared
    when there is a registry. Exit status 0 means that the work was done, whatever the verdict.
    """
    folder = home or default_home()
    if not folder.exists() and (case or leak):
        raise UsageError(f"There is no registry in {folder}; give --home, or leave out --case and --leak.")
    with progress(quiet or json) as bars:
        text = read_draft(draft, bars)
        options = {"earlier": earlier or (), "rules": rules, "labels": labels, "progress": bars}
        if folder.exists():
            with registry(home) as opened:
                found = guard_draft(text, opened, case=case, leaks=leak or (), **options)  # type: ignore[arg-type]
        else:
            found = guard_draft(text, None, **options)  # type: ignore[arg-type]
    if json:
        print_json(guarded_fields(found))
        return
    for line in explain_guarded(found):
        out.print(line)
