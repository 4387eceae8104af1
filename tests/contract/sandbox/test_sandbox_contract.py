"""Every sandbox runs the contract where it is available; elsewhere the reason is the skip's text."""

from __future__ import annotations

import sys

import pytest
from sandbox_contract import SandboxContract

from fother.intake.sandbox import SIBLINGS, Promise, Sandbox
from fother.intake.sandbox.bubblewrap import Bubblewrap
from fother.intake.sandbox.landlock import Landlock
from fother.intake.sandbox.limits import Limits
from fother.intake.sandbox.seccomp import Seccomp

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the limits tried here are of POSIX")


class TestBubblewrap(SandboxContract):
    @pytest.fixture
    def sandbox(self) -> Sandbox:
        return Bubblewrap()


class TestLandlock(SandboxContract):
    @pytest.fixture
    def sandbox(self) -> Sandbox:
        return Landlock()


class TestSeccomp(SandboxContract):
    @pytest.fixture
    def sandbox(self) -> Sandbox:
        return Seccomp()


class TestLimits(SandboxContract):
    @pytest.fixture
    def sandbox(self) -> Sandbox:
        return Limits()


def test_levels_are_in_order_and_named_apart() -> None:
    assert [s.level for s in SIBLINGS] == sorted((s.level for s in SIBLINGS), reverse=True)
    assert len({s.name for s in SIBLINGS}) == len(SIBLINGS)
    assert SIBLINGS[-1].unavailable() is None


def test_what_the_weaker_levels_do_not_promise() -> None:
    assert not {Promise.READING, Promise.WRITING, Promise.NETWORK, Promise.SIGNALS} & Limits().promises
    assert Promise.READING not in Seccomp().promises
