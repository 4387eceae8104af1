"""Versioned entries: cases and what belongs to them. Every function works inside the caller's transaction.

A change is a new version with its time, actor and reason; none is ever altered or removed, which triggers of
the database enforce. Whoever changes an entry says which version was looked at, and is refused when somebody
else was quicker (optimistic concurrency; Kung and Robinson 1981, doi:10.1145/319566.319567).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Select, func, insert, or_, select

from fother.errors import ConflictError, NotFoundError, UsageError
from fother.registry import ids, rows, schema
from fother.registry.documents import note_blob
from fother.registry.ids import Entropy
from fother.registry.records import Finding, Item, NewItem
from fother.registry.sightings import storable
from fother.registry.traces import finite

_TABLE = schema.item
_FIRST = select(_TABLE).where(_TABLE.c.version == 1).subquery("entry")  #: named as people know it


def put(
    connection: Connection,
    new: NewItem,
    blob: tuple[str, int] | None,
    *,
    actor: str,
    now: datetime,
    entropy: Entropy,
) -> Item:
    """Enter the next version of an entry, or the first one; `blob` is the SHA-256 and size of what is stored.

    Raises as `interface.Registry.put_items` says.
    """
    kind_of(new.kind)
    case = None if new.case is None else _case(connection, new.case)
    before = _before(connection, new)
    if blob is not None:
        note_blob(connection, *blob, now)
    if before is None:
        made, number = new.id or fresh(connection, new.kind, 1, entropy)[0], _next_number(connection)
    else:
        made, number = before.id, before.number
    version = Item(
        id=made,
        version=1 if before is None else before.version + 1,
        number=number,
        kind=new.kind,
        case=case,
        body=finite(new.body),
        blob=blob[0] if blob is not None else None if before is None else before.blob,
        withdrawn=False,
        made_at=now if before is None else before.made_at,
        at=now,
        actor=storable(actor),
        why=storable(new.why).strip(),
    )
    return _enter(connection, version)


def withdraw(
    connection: Connection,
    reference: str,
    why: str,
    expected_version: int | None,
    *,
    actor: str,
    now: datetime,
) -> Item:
    """Enter a version that says that the entry no longer counts; unchanged when one already says so."""
    if not why.strip():
        raise UsageError("An entry is withdrawn for a reason; give one.")
    before = find(connection, reference)
    _expect(before, expected_version)
    if before.withdrawn:
        return before
    gone = replace(before, version=before.version + 1, withdrawn=True, at=now)
    return _enter(connection, replace(gone, actor=storable(actor), why=storable(why).strip()))


def find(connection: Connection, reference: str, version: int | None = None) -> Item:
    """An entry by id or the unique start of one, as it is now or as one version of it was."""
    wanted = rows.by_id(connection, _FIRST, reference).id
    query = select(_TABLE).where(_TABLE.c.id == wanted)
    if version is None:
        return rows.item(connection.execute(query.order_by(_TABLE.c.version.desc()).limit(1)).one())
    row = connection.execute(query.where(_TABLE.c.version == version)).one_or_none()
    if row is None:
        raise NotFoundError(f"{wanted} has no version {version}; its history lists those that it has.")
    return rows.item(row)


def history(connection: Connection, reference: str) -> tuple[Item, ...]:
    """All versions of an entry, oldest first."""
    wanted = rows.by_id(connection, _FIRST, reference).id
    query = select(_TABLE).where(_TABLE.c.id == wanted).order_by(_TABLE.c.version)
    return tuple(rows.item(row) for row in connection.execute(query))


def changes(connection: Connection, case: str) -> tuple[Item, ...]:
    """All versions of a case and of what is or was in it, in the order in which they were made."""
    owner = _case(connection, case)
    query = select(_TABLE).where(or_(_TABLE.c.case == owner, _TABLE.c.id == owner))
    ordered = query.order_by(_TABLE.c.at, _TABLE.c.number, _TABLE.c.version)
    return tuple(rows.item(row) for row in connection.execute(ordered))


def listed(
    connection: Connection, kinds: Collection[str] | None, case: str | None, *, withdrawn: bool
) -> tuple[Item, ...]:
    """Entries as they are now, in the order in which they were first made."""
    query = _current()
    if kinds is not None:
        for kind in kinds:
            kind_of(kind)
        query = query.where(_TABLE.c.kind.in_(sorted(set(kinds))))
    if case is not None:
        query = query.where(_TABLE.c.case == _case(connection, case))
    if not withdrawn:
        query = query.where(_TABLE.c.withdrawn.is_(False))
    return tuple(rows.item(row) for row in connection.execute(query.order_by(_TABLE.c.number)))


def fresh(connection: Connection, kind: str, count: int, entropy: Entropy) -> list[str]:
    """Ids that no entry has yet."""
    return rows.fresh_ids(connection, _TABLE, kind_of(kind), count, entropy)


def kind_of(kind: str) -> str:
    """The letters that ids of a kind begin with. Raises UsageError for an unknown kind."""
    letters = ids.ITEM_KINDS.get(kind)
    if letters is None:
        raise UsageError(f"There are no entries of the kind '{kind}'; known are {', '.join(ids.ITEM_KINDS)}.")
    return letters


def versioned(connection: Connection) -> Iterator[Finding]:
    """Findings about versions that are missing and cases that are not there."""
    versions = func.count(), func.max(_TABLE.c.version), func.count(_TABLE.c.number.distinct())
    for name, count, last, numbers in connection.execute(
        select(_TABLE.c.id, *versions).group_by(_TABLE.c.id).order_by(_TABLE.c.id)
    ):
        if count != last or numbers != 1:
            yield Finding("error", name, f"{name} lacks some of its {last} versions; restore your backup.")
    cases = select(_TABLE.c.id).where(_TABLE.c.kind == "case")
    lost = select(_TABLE.c.id, _TABLE.c.case).where(_TABLE.c.case.is_not(None), _TABLE.c.case.not_in(cases))
    for name, case in connection.execute(lost.distinct()):
        yield Finding("error", name, f"{name} belongs to case {case}, which is missing; restore your backup.")


def _current() -> Select[tuple[object, ...]]:
    later = _TABLE.alias("later")
    newer = select(later.c.id).where(later.c.id == _TABLE.c.id, later.c.version == _TABLE.c.version + 1)
    return select(_TABLE).where(~newer.exists())


def _before(connection: Connection, new: NewItem) -> Item | None:
    """The version that a new one follows; None for a new entry."""
    if new.id is None:
        if new.expected_version:
            raise UsageError("A new entry has no version to expect.")
        return None
    if new.expected_version is None:
        raise UsageError(f"Whoever changes {new.id} says which version was looked at.")
    if new.expected_version == 0:
        if ids.item_kind(new.id) != new.kind or ids.normalise(new.id) != new.id:
            raise UsageError(f"{new.id} is no id of the kind '{new.kind}'.")
        if connection.execute(select(_TABLE.c.id).where(_TABLE.c.id == new.id).limit(1)).first():
            raise ConflictError(f"{new.id} is there already; look at it before changing it.")
        return None
    before = find(connection, new.id)
    if before.kind != new.kind:
        raise UsageError(f"{before.id} is of the kind '{before.kind}' and cannot become '{new.kind}'.")
    _expect(before, new.expected_version)
    return before


def _expect(before: Item, version: int | None) -> None:
    if version is not None and before.version != version:
        raise ConflictError(
            f"{before.id} was changed meanwhile by {before.actor or 'somebody'} (version {before.version}, "
            f"not {version}); look at it again before changing it."
        )


def _case(connection: Connection, reference: str) -> str:
    found = rows.by_id(connection, _FIRST, reference)
    if found.kind != "case":
        raise UsageError(f"{found.id} is no case but of the kind '{found.kind}'; give a case's id.")
    return str(found.id)


def _next_number(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(_TABLE.c.number), 0))).scalar_one()) + 1


def _enter(connection: Connection, version: Item) -> Item:
    connection.execute(insert(_TABLE).values(**vars(version)))
    return find(connection, version.id)
