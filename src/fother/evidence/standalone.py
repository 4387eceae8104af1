"""The verifier as one file: the modules of `fother.verify`, word for word, with a loader of a few lines."""

from __future__ import annotations

from importlib import resources

NAME = "verify_pack.py"
_HEAD = '''#!/usr/bin/env python3
"""Checks an evidence pack of Fother: python verify_pack.py PACK

Needs Python 3.11 or newer and the package "cryptography", nothing else; no network, no registry. Below are
the modules of fother.verify as they are, each in its own text; the last lines load them and run the command.
Licence: Apache-2.0.
"""

MODULES = {}
'''
_TAIL = '''
import importlib.abc
import importlib.util
import sys


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules above, under the names that they call each other by."""

    def find_spec(self, name, path=None, target=None):
        if name in ("fother", "fother.verify"):
            return importlib.util.spec_from_loader(name, self, is_package=True)
        if name.removeprefix("fother.verify.") in MODULES:
            return importlib.util.spec_from_loader(name, self)
        return None

    def exec_module(self, module):
        source = MODULES.get(module.__name__.removeprefix("fother.verify."), "")
        exec(compile(source, module.__name__ + ".py", "exec"), module.__dict__)


if __name__ == "__main__":
    sys.meta_path.insert(0, Finder())
    from fother.verify.command import main

    sys.exit(main())
'''


def build() -> bytes:
    """The file's bytes: the same for the same version of Fother."""
    folder = resources.files("fother.verify")
    parts = [_HEAD]
    modules = sorted(item.name for item in folder.iterdir() if item.name.endswith(".py"))
    for name in (module.removesuffix(".py") for module in modules if module != "__init__.py"):
        source = folder.joinpath(f"{name}.py").read_text(encoding="utf-8")
        # Raw text, so that it reads as the module itself does; three quotes of the other kind close it.
        if "'''" in source:
            raise ValueError(f"{name} holds the quotes that the single file needs")
        parts.append(f"\nMODULES[{name!r}] = r'''\n{source}'''\n")
    return "".join([*parts, _TAIL]).encode()
