"""What all tests share: keys of registries that are made in tests never reach the user's own folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The key file that opens every registry of the tests, for this process and those it starts."""
    folder = tmp_path_factory.mktemp("keys", numbered=True)
    file = folder / "fother" / "registry.key"
    # Linux's place for settings as well: some tests start a command without any FOTHER_… variable.
    changes = {"FOTHER_KEY_FILE": str(file), "XDG_CONFIG_HOME": str(folder)}
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    yield file
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
