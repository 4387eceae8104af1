"""The part of the registry in a folder that looks after it: what is wrong, what belongs to nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from fother.errors import RegistryError
from fother.registry import check, check_commitments, check_log, items, schema
from fother.registry.files import leftovers, remove_old
from fother.registry.folder_copies import FolderCopies
from fother.registry.records import Finding

ORPHAN_AGE = timedelta(days=1)
_WORST_FIRST = {"error": 0, "warning": 1, "note": 2}


class FolderUpkeep(FolderCopies):
    """See `check` and `collect` of `interface.Registry`."""

    _home: Path  #: set before any of the methods is used

    def check(self) -> tuple[Finding, ...]:
        findings = [Finding("error", "key", sentence) for sentence in self._keys.ring.faults()]
        try:
            findings += self._check_entries(with_key=not findings)
        except (RegistryError, OSError) as error:
            findings.append(Finding("error", "registry", str(error)))
        return tuple(sorted(findings, key=lambda finding: _WORST_FIRST[finding.severity]))

    def _check_entries(self, *, with_key: bool) -> list[Finding]:
        findings = list(check.private(self._home, self._database.path))
        with self._database.reading() as connection:
            findings += check.sound(connection)
            master = None
            if with_key:
                try:
                    master = self._master(connection)
                except RegistryError as error:
                    findings.append(Finding("error", "key", str(error)))
            if master is not None:
                findings += check.stored(connection, self._blobs)
                findings += check.in_clear(self._blobs)
            findings += check.sealed(connection)
            findings += check.approved(connection)
            findings += check.left_over(self._leftovers())
            findings += check.numbered(connection, master)
            findings += check.finished(connection)
            findings += check.named(connection)
            findings += items.versioned(connection)
            findings += check.searchable(connection)
            findings += check_log.kept(connection)
            findings += check_log.bound(connection)
            findings += check_commitments.bound(connection)
        return findings

    def _leftovers(self) -> list[Path]:
        return leftovers([self._keys.folder]) + self._blobs.leftovers()

    def collect(self) -> tuple[str, ...]:
        before = self._now() - ORPHAN_AGE
        removed = []
        # The write lock keeps another process from entering a blob between the question and the deletion.
        with self._database.writing() as connection:
            known = {
                self._blobs.name(one) for one in connection.execute(select(schema.blob.c.sha256)).scalars()
            }
            for name in self._blobs.names():
                if name not in known and remove_old(self._blobs.file(name), before):
                    removed.append(name)
            for path in self._leftovers():
                if remove_old(path, before):
                    removed.append(path.name)
        return tuple(removed)
