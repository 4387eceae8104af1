"""fother task: what is to be done, by whom, until when."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, print_json, registry
from fother.cli.desk import (
    AtOption,
    CaseArgument,
    IdArgument,
    TlpOption,
    group,
    label,
    tell,
    time_in,
    time_of,
)
from fother.cli.tables import print_table
from fother.flow.desk.entries import add as enter
from fother.flow.desk.entries import change
from fother.model.case import Task
from fother.registry import as_dict

NAME = "task"
app = group("What is to be done in a case, by whom, until when.")


@app.command()
def add(
    case: CaseArgument,
    title: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be done.", show_default=False)],
    owner: Annotated[str, typer.Option(help="Who does it.")] = "",
    due: Annotated[
        str, typer.Option(metavar="TIME", help="Until when: +24h, +3d, 2026-03-05, 2026-03-05T14:07.")
    ] = "",
    tlp: TlpOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Enter a task."""
    with registry(home) as opened:
        when = time_in(opened, case, due) if due else None
        made = enter(opened, Task(title, owner, when, tlp=label(tlp)), case)
    tell(made, json, f"{title}" + (f", due {made.body['due']}." if due else "."))


@app.command("list")
def list_(case: CaseArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """List the tasks of a case, done ones as well."""
    with registry(home) as opened:
        tasks = opened.items("task", case=case)
    if json:
        print_json({"tasks": [as_dict(item) for item in tasks]})
        return
    print_table(
        ["Task", "Due", "Done", "Owner", "What"],
        [
            (
                item.id,
                str(item.body.get("due") or ""),
                str(item.body.get("done_at") or ""),
                str(item.body.get("owner", "")),
                str(item.body["title"]),
            )
            for item in tasks
        ],
    )


@app.command()
def done(
    id: IdArgument,
    result: Annotated[str, typer.Option(help="What came of it.")] = "",
    at: AtOption = "now",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Enter that a task is done."""
    with registry(home) as opened:
        when = time_of(opened, id, at)
        made = change(opened, id, Task, lambda t: replace(t, done_at=when, result=result))
    tell(made, json, f"done: {made.body['title']}")
