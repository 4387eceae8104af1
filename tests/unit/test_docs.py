"""The documentation says what the code does: errors, dependencies, links and decisions."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from fother.errors import FotherError

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
DECISIONS = sorted((DOCS / "adr").glob("*.md"))


def _errors(base: type[FotherError] = FotherError) -> list[type[FotherError]]:
    return [base, *(e for child in base.__subclasses__() for e in _errors(child))]


def _rows(page: Path, columns: int) -> list[list[str]]:
    lines = (line.strip() for line in page.read_text(encoding="utf-8").splitlines())
    cells = ([c.strip() for c in line.strip("|").split("|")] for line in lines if line.startswith("|"))
    return [row for row in cells if len(row) == columns and not set(row[0]) <= set("-: ")]


def test_every_error_is_documented_as_it_is() -> None:
    documented = {tuple(row) for row in _rows(DOCS / "reference" / "exit-codes.md", 5)[1:]}
    expected = {
        (e.code, f"`{e.__name__}`", str(e.exit_status), str(e.http_status), e.help)
        for e in _errors()
        if e.__module__ == FotherError.__module__
    }
    assert documented == expected


def test_every_exit_status_is_explained() -> None:
    explained = {int(row[0]) for row in _rows(DOCS / "reference" / "exit-codes.md", 2)[1:]}
    assert explained == {0, *(e.exit_status for e in _errors() if e.__module__ == FotherError.__module__)}


def test_error_codes_are_never_used_twice() -> None:
    codes = [e.code for e in _errors()]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"F\d{3}", code) for code in codes)


def test_every_dependency_is_justified() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[<>=!~\[; ]", name)[0].lower() for name in project["dependencies"]}
    rows = _rows(DOCS / "explanation" / "dependencies.md", 5)[1:]
    assert {row[0].lower() for row in rows} == needed
    assert all(all(row) for row in rows)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


def test_every_page_can_be_reached_from_the_index() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    missing = [str(p.relative_to(DOCS)) for p in DOCS.rglob("*.md") if str(p.relative_to(DOCS)) not in index]
    assert [name for name in missing if name != "README.md"] == []


def test_decisions_are_numbered_without_gaps_and_have_a_status() -> None:
    assert [p.name[:4] for p in DECISIONS] == [f"{i + 1:04d}" for i in range(len(DECISIONS))]
    for page in DECISIONS:
        text = page.read_text(encoding="utf-8")
        assert re.search(
            r"^Status: (accepted|superseded by \d{4}), \d{4}-\d{2}-\d{2}$", text, re.MULTILINE
        ), page.name
        for heading in ("## Context", "## Decision", "## Consequences"):
            assert heading in text, f"{page.name} lacks {heading}"
