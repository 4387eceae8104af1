"""The threat model promises nothing without a test: every guarantee names some, and each of them exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_that_is_named_exists(file: str, name: str) -> None:
    assert re.search(rf"^ *def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_bench_that_is_named_exists() -> None:
    for name in re.findall(r"`(bench/\w+\.\w+)`", PAGE):
        assert (ROOT / name).exists(), name


def test_guarantees_are_numbered_without_gaps_and_each_names_a_test() -> None:
    parts = re.split(r"\*\*G(\d+)\. ", PAGE.split("## What is not promised")[0])
    assert [int(number) for number in parts[1::2]] == list(range(1, len(parts) // 2 + 1))
    for number, text in zip(parts[1::2], parts[2::2], strict=True):
        assert re.search(r"`tests/[\w/]+\.py::\w+`", text.split("\n### ")[0]), f"G{number} names no test"
