"""The system's keyring (Secret Service, macOS Keychain, Windows Credential Locker), where it can be used.

The package `keyring` is an optional extra. One secret serves all registries of an account; each ring derives
its own key from it.
"""

from __future__ import annotations

import importlib
from typing import Any

from fother.errors import RegistryError
from fother.registry.ids import Entropy

_SERVICE, _ENTRY = "fother", "registry key"
_SECRET_BYTES = 32


def ready(entropy: Entropy) -> bool:
    """Whether the keyring is installed, answers, and holds our secret, which is made if need be."""
    keyring = _installed()
    if keyring is None:
        return False
    try:
        if keyring.get_password(_SERVICE, _ENTRY) is None:
            keyring.set_password(_SERVICE, _ENTRY, entropy(_SECRET_BYTES).hex())
        return keyring.get_password(_SERVICE, _ENTRY) is not None
    except Exception:
        return False


def secret() -> bytes:
    """Our secret in the keyring. Raises RegistryError when there is none."""
    keyring = _installed()
    if keyring is None:
        raise RegistryError(
            "The keys of this registry are locked with the system's keyring; install fother[keyring]."
        )
    try:
        found = keyring.get_password(_SERVICE, _ENTRY)
        return bytes.fromhex(found) if found is not None else _missing()
    except RegistryError:
        raise
    except Exception as error:
        raise RegistryError(f"The system's keyring gave no secret ({error}); unlock it first.") from None


def _missing() -> bytes:
    raise RegistryError(
        "The system's keyring does not hold what opens this registry; use the account that made it."
    )


def _installed() -> Any | None:
    try:
        return importlib.import_module("keyring")
    except ImportError:
        return None
