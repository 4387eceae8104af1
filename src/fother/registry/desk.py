"""The part of the registry in a folder that is about cases: versioned entries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fother.registry import items
from fother.registry.leaks import FolderLeaks
from fother.registry.records import Item, NewItem


class FolderDesk(FolderLeaks):
    """See the part "Entries of cases" of `interface.Registry`."""

    def put_item(
        self,
        kind: str,
        body: Mapping[str, Any],
        *,
        case: str | None = None,
        id: str | None = None,
        expected_version: int | None = None,
        why: str = "",
        blob: bytes | None = None,
    ) -> Item:
        (made,) = self.put_items([NewItem(kind, body, case, id, expected_version, why, blob)])
        return made

    def put_items(self, new: Sequence[NewItem]) -> tuple[Item, ...]:
        blobs = [None if item.blob is None else (self._blobs.put(item.blob), len(item.blob)) for item in new]
        with self._database.writing() as connection:
            now = self._now()
            return tuple(
                items.put(connection, item, blob, actor=self._actor, now=now, entropy=self._entropy)
                for item, blob in zip(new, blobs, strict=True)
            )

    def withdraw(self, id: str, why: str, *, expected_version: int | None = None) -> Item:
        with self._database.writing() as connection:
            return items.withdraw(connection, id, why, expected_version, actor=self._actor, now=self._now())

    def new_item_ids(self, kind: str, count: int) -> tuple[str, ...]:
        with self._database.reading() as connection:
            return tuple(items.fresh(connection, kind, count, self._entropy))

    def item(self, reference: str, version: int | None = None) -> Item:
        with self._database.reading() as connection:
            return items.find(connection, reference, version)

    def items(
        self,
        kind: str | Collection[str] | None = None,
        *,
        case: str | None = None,
        withdrawn: bool = False,
    ) -> tuple[Item, ...]:
        kinds = {kind} if isinstance(kind, str) else kind
        with self._database.reading() as connection:
            return items.listed(connection, kinds, case, withdrawn=withdrawn)

    def history(self, id: str) -> tuple[Item, ...]:
        with self._database.reading() as connection:
            return items.history(connection, id)

    def changes(self, case: str) -> tuple[Item, ...]:
        with self._database.reading() as connection:
            return items.changes(connection, case)
