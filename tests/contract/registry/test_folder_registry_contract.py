"""The folder registry keeps the contract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from registry_contract import RegistryContract, Ticker

from fother.registry import Registry, open_registry


class TestFolderRegistry(RegistryContract):
    @pytest.fixture
    def open_store(self) -> Callable[[Path], Registry]:
        clock = Ticker()
        return lambda home: open_registry(home, clock=clock)
