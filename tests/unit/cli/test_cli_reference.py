"""The pages about the command line say what the command line does."""

from __future__ import annotations

import re
from typing import Any

import typer
from cli_reference import PAGE, leaves, reference

from fother.cli.app import app

SOURCES = PAGE.parents[2] / "src" / "fother"
CONFIGURATION = PAGE.with_name("configuration.md")


def _parameters() -> list[Any]:
    group: Any = typer.main.get_command(app)
    return [p for _, command in leaves(group) for p in command.params]


def test_the_reference_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run python tests/unit/cli/cli_reference.py"


def test_every_setting_is_in_the_configuration_table() -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    # Those of options and those without one, such as passphrases.
    variables = {
        name
        for file in SOURCES.rglob("*.py")
        for name in re.findall(r"[\"'](FOTHER_[A-Z_]+)[\"']", file.read_text(encoding="utf-8"))
    }
    assert variables >= {p.envvar for p in _parameters() if p.envvar}
    assert variables == set(re.findall(r"`(FOTHER_[A-Z_]+)`", text))
    for parameter in _parameters():
        takes_value = parameter.param_type_name == "option" and not parameter.is_flag
        if takes_value and not parameter.required:
            assert f"`{parameter.opts[0]}`" in text, f"{parameter.opts[0]} is not in {CONFIGURATION.name}"


def test_defaults_in_the_configuration_table() -> None:
    rows = re.findall(r"^\| .*? \| `(--[a-z-]+)` \| .*? \| `?(.*?)`? \|", CONFIGURATION.read_text(), re.M)
    written = dict(rows)
    defaults = {p.opts[0]: str(p.default) for p in _parameters() if p.opts[0] in ("--resistance", "--alpha")}
    defaults |= {p.opts[0]: str(p.default) for p in _parameters() if p.opts[0] == "--strength"}
    assert defaults == {name: written[name] for name in defaults}
