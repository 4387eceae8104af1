"""Writes docs/reference/cli.md from the commands themselves: `python tests/unit/cli/cli_reference.py`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from fother.cli.app import app

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"
_HEAD = """# Commands

Generated from the commands themselves; a test keeps it so. What `--json` prints is on
[a page of its own](json.md), exit statuses are on [another](exit-codes.md), defaults and environment
variables in [one table](configuration.md).
"""
_NO_DEFAULT = (None, False, ())


def reference() -> str:
    """The page as Markdown."""
    group: Any = typer.main.get_command(app)
    return _HEAD + "".join(_command(name, command) for name, command in leaves(group))


def leaves(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """All commands with their words, those of groups among them."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command, f"{before}{name} ")
        else:
            yield before + name, command


def _command(name: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and "--help" not in p.opts]
    words = "".join(f" {_label(a)}" if a.required else f" [{_label(a)}]" for a in arguments)
    needed = "".join(f" {o.opts[0]} …" for o in options if o.required)
    rows = "".join(f"| `{_label(p)}` | {_cell(p)} |\n" for p in arguments)
    rows += "".join(f"| {_names(o)} | {_cell(o)} |\n" for o in options)
    return (
        f"\n## fother {name}\n\n```\nfother {name}{words}{needed}\n```\n\n{inspect.cleandoc(command.help)}\n"
        f"\n| argument or option | meaning |\n|---|---|\n{rows}"
    )


def _label(argument: Any) -> str:
    return str(argument.metavar or argument.name).strip("{}").upper()


def _names(option: Any) -> str:
    return ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])


def _cell(parameter: Any) -> str:
    default = parameter.default
    notes = []
    if parameter.required:
        notes.append("required")
    elif default not in _NO_DEFAULT and str(default):
        notes.append(f"default `{default}`")
    if parameter.envvar:
        notes.append(f"environment variable `{parameter.envvar}`")
    return str(parameter.help) + (f" ({'; '.join(notes)})" if notes else "")


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
