"""Who approves: the setups of a registry, the first one its own key, and moving all shares to another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from fother.errors import RegistryError, UsageError
from fother.registry import recipients, schema
from fother.registry.ids import Entropy
from fother.registry.records import SealSetup
from fother.registry.seals import shares
from fother.registry.seals.age import AgeKey, Unopened
from fother.registry.seals.shares import Policy, Share


def current(connection: Connection) -> SealSetup:
    """The setup that counts. Raises RegistryError when there is none, which a whole registry always has."""
    table = schema.seal_setup
    row = connection.execute(select(table).order_by(table.c.number.desc()).limit(1)).one_or_none()
    if row is None:
        raise RegistryError("The registry does not say who may unseal; restore it from your backup.")
    return _setup(row)


def _setup(row: Row[tuple[object, ...]]) -> SealSetup:
    fields = dict(row._mapping)
    return SealSetup(approvers=tuple(fields.pop("approvers")), **fields)


def policy(setup: SealSetup) -> Policy:
    return Policy(setup.threshold, setup.approvers)


def next_number(connection: Connection) -> int:
    return int(connection.execute(select(func.max(schema.seal_setup.c.number))).scalar_one() or 0) + 1


def enter(connection: Connection, wanted: Policy, now: datetime, *, own: bool) -> SealSetup:
    """Make another setup the one that counts; the shares are the caller's concern."""
    connection.execute(
        insert(schema.seal_setup).values(
            number=next_number(connection),
            made_at=now,
            threshold=wanted.threshold,
            approvers=list(wanted.approvers),
            own=own,
        )
    )
    return current(connection)


def present(setup: SealSetup, keys: Sequence[AgeKey]) -> dict[int, AgeKey]:
    """The approvers whose keys are given, by number.

    Raises UsageError for a key that is no approver's, and when there are fewer than it takes.
    """
    found: dict[int, AgeKey] = {}
    for key in keys:
        if key.public not in setup.approvers:
            raise UsageError(f"The key {key.public} is none of the present approvers' keys.")
        found[setup.approvers.index(key.public) + 1] = key
    if len(found) < setup.threshold:
        raise UsageError(
            f"This takes the keys of {setup.threshold} of the {len(setup.approvers)} present approvers; "
            f"{len(found)} were given."
        )
    return found


def share_again(
    connection: Connection, held: Mapping[int, AgeKey], old: SealSetup, new: SealSetup, entropy: Entropy
) -> Iterator[None]:
    """Share every recipient's key anew, with a new seed; yields after each one.

    Raises RegistryError when the shares of one do not open, which they always do in a whole registry.
    """
    table, share = schema.recipient, schema.seal_share
    query = select(table.c.id, table.c.locked).where(table.c.locked.is_not(None)).order_by(table.c.id)
    for name, locked in connection.execute(query).all():
        key = shares.combine(locked, name, _shares(connection, name, held), old.threshold)
        kept = shares.seal(key.secret, name, policy(new), entropy)
        connection.execute(delete(share).where(share.c.recipient == name))
        connection.execute(insert(share), recipients.share_rows(name, kept))
        connection.execute(
            update(table).where(table.c.id == bindparam("b_id")).values(locked=kept.locked, setup=new.number),
            {"b_id": name},
        )
        yield


def _shares(connection: Connection, recipient: str, held: Mapping[int, AgeKey]) -> list[Share]:
    share = schema.seal_share.c
    query = select(share.number, share.sealed).where(share.recipient == recipient)
    found = {row.number: row.sealed for row in connection.execute(query)}
    try:
        return [shares.open_share(found[number], number, key) for number, key in held.items()]
    except (KeyError, Unopened):
        raise RegistryError(
            f"The shares of {recipient} are damaged or missing; restore the registry from your backup."
        ) from None
