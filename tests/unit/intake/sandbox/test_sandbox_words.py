"""The line in the result, the choice and the advice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from fother.intake.sandbox import advice, bubblewrap, choice, choose, describe, landlock, seccomp, system


@pytest.fixture
def fresh() -> Iterator[None]:
    """Nothing is remembered from before, nor afterwards."""
    caches = (choice.choose, landlock.abi, bubblewrap._probe, bubblewrap._wrapping)
    for one in caches:
        one.cache_clear()
    yield
    for one in caches:
        one.cache_clear()


def test_the_line_takes_known_words_only() -> None:
    said = ["no network", "limits", "seccomp", "perfect safety", 3, "bubblewrap", "no writing"]
    assert describe(said) == "bubblewrap + seccomp + limits (child process: no network, no writing)"
    assert describe(["limits"]) == "limits (child process)"
    for nonsense in ([], None, "limits", {"limits": 1}, 7):
        assert describe(nonsense) == "time limit only (child process)"


@pytest.mark.usefixtures("fresh")
def test_without_bubblewrap_the_kernel_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "is_linux", lambda: True)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(landlock, "abi", lambda: 3)
    monkeypatch.setattr(seccomp, "usable", lambda: True)
    assert choose().name == "landlock"
    first, second = advice()
    assert first.severity == "good"
    assert "install the package bubblewrap" in second.sentence


@pytest.mark.usefixtures("fresh")
def test_limits_only_is_a_warning_that_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "is_linux", lambda: False)
    assert choose().name == "limits"
    found = advice()
    assert found[0].severity == "warning"
    assert "no network" in found[0].sentence
    assert all(one.sentence.endswith(".") and "\n" not in one.sentence for one in found)


@pytest.mark.usefixtures("fresh")
def test_a_bubblewrap_that_fails_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "is_linux", lambda: True)
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/false")
    assert choose().name != "bubblewrap"
    assert any("Python does not run in it" in one.sentence for one in advice())
