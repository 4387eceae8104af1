"""What a check says beyond the registry itself: the search indexes, and how leaked files are isolated."""

from __future__ import annotations

from contextlib import closing

from fother.errors import RegistryError
from fother.identify.index import PassageIndex
from fother.intake.sandbox.check import advice
from fother.registry import Finding, Registry


def index_findings(registry: Registry) -> list[Finding]:
    """Damage of the passage index; nothing when there is none yet, for it is made when it is needed."""
    folder = registry.index_folder / "passages"
    if not folder.exists():
        return []
    try:
        with closing(PassageIndex.open(folder, registry.index_key())) as index:
            damage = index.verify()
    except RegistryError as error:
        damage = [str(error)]
    return [Finding("warning", "index", sentence) for sentence in damage]


def isolation_findings() -> list[Finding]:
    """What to know about the sandbox, as findings of a check: nothing when it could not be better."""
    return [
        Finding("warning" if found.severity == "warning" else "note", "sandbox", found.sentence)
        for found in advice()
        if found.severity != "good"
    ]
