"""Who may get copies: one entry for one identity, over all issues, without saying who it is.

An identity is recognised by HMAC-SHA-256 under a key of the registry; what lists say of it is sealed under a
key of its own, which the approvers hold in shares (see `seals`).
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from fother.errors import NotFoundError, RecipientListError, UsageError
from fother.registry import ids, rows, schema
from fother.registry.ids import Entropy
from fother.registry.records import Recipient, RecipientRow
from fother.registry.seals import age, shares
from fother.registry.seals.shares import Policy, SealedKey


@dataclass(frozen=True)
class Sealing:
    """What a registry recognises recipients by and seals them with."""

    key: bytes = field(repr=False)  #: 32 bytes, for the HMAC of identities
    setup: int  #: number of the setup that `policy` is of
    policy: Policy

    def mark(self, text: str) -> str:
        """What is stored of an identity or of a list: enough to recognise it again, 64 hexadecimal digits."""
        return hmac.digest(self.key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


@dataclass(frozen=True)
class Sealed:
    """A recipient with the public key that seals what lists say of it."""

    id: str
    public: str


def folded(text: str) -> str:
    """Text for comparison: compatibility forms, case and runs of white space do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def identity(row: RecipientRow) -> str:
    """What makes two rows the same recipient: the e-mail address, else the name and the organisation."""
    if row.email.strip():
        return f"email|{folded(row.email)}"
    return f"name|{folded(row.name)}|{folded(row.organisation)}"


def check_rows(given: Sequence[RecipientRow]) -> None:
    """Refuse rows that no issue can be made of: none at all, without name and e-mail, or the same twice.

    Raises RecipientListError.
    """
    if not given:
        raise RecipientListError("The recipient list is empty; give at least one recipient.")
    seen: dict[str, int] = {}
    numbers: set[int] = set()
    for row in given:
        if not (row.name.strip() or row.email.strip()):
            raise RecipientListError(f"Row {row.row} has neither name nor e-mail; give one of them.")
        who = identity(row)
        if who in seen:
            raise RecipientListError(
                f"Rows {seen[who]} and {row.row} are the same recipient ({row.email or row.name}); drop one."
            )
        if row.row in numbers or row.row < 1:
            raise RecipientListError(
                f"Row number {row.row} is used twice or below 1; number the rows from 1."
            )
        seen[who] = row.row
        numbers.add(row.row)


def enter(
    connection: Connection, given: Sequence[RecipientRow], sealing: Sealing, now: datetime, entropy: Entropy
) -> dict[str, Sealed]:
    """The recipients of rows by identity; new ones are entered with a new key, shared with the approvers."""
    table = schema.recipient
    marks = {sealing.mark(who): who for who in map(identity, given)}
    found: dict[str, Sealed] = {}
    for part in rows.chunks(list(marks)):
        query = select(table.c.identity, table.c.id, table.c.public).where(table.c.identity.in_(part))
        for mark, name, public in connection.execute(query):
            found[marks[mark]] = Sealed(name, public)
    new = [mark for mark, who in marks.items() if who not in found]
    made = rows.fresh_ids(connection, table, "R", len(new), entropy) if new else []
    people, parts = [], []
    for name, mark in zip(made, new, strict=True):
        key = age.new_key()
        kept = shares.seal(key.secret, name, sealing.policy, entropy)
        fields = {"public": key.public, "locked": kept.locked, "setup": sealing.setup}
        people.append({"id": name, "identity": mark, "added_at": now} | fields)
        parts += share_rows(name, kept)
        found[marks[mark]] = Sealed(name, key.public)
    if people:
        connection.execute(insert(table), people)
        connection.execute(insert(schema.seal_share), parts)
    return found


def share_rows(recipient: str, kept: SealedKey) -> list[dict[str, Any]]:
    """The approvers' shares of a recipient's key as rows, in the order of the approvers."""
    return [
        {"recipient": recipient, "number": number, "sealed": share}
        for number, share in enumerate(kept.shares, start=1)
    ]


def listed(connection: Connection) -> tuple[Recipient, ...]:
    table = schema.recipient
    found = connection.execute(select(table).order_by(table.c.added_at, table.c.id))
    return tuple(rows.recipient(row) for row in found)


def some(connection: Connection, wanted: Iterable[str]) -> dict[str, Recipient]:
    table = schema.recipient
    found: dict[str, Recipient] = {}
    for part in rows.chunks(list(dict.fromkeys(wanted))):
        for row in connection.execute(select(table).where(table.c.id.in_(part))):
            found[row.id] = rows.recipient(row)
    return found


def find(connection: Connection, reference: str, sealing: Sealing | None) -> Recipient:
    """The recipient with this id or, given what recognises it, e-mail address.

    Raises NotFoundError with near matches.
    """
    table = schema.recipient
    if ids.normalise(reference) is None:
        mark = "" if sealing is None else sealing.mark(f"email|{folded(reference)}")
        row = connection.execute(select(table).where(table.c.identity == mark)).one_or_none()
        if row is None:
            raise NotFoundError(
                f"No recipient has the id or e-mail address '{reference}'; list them all to see."
            )
        return rows.recipient(row)
    return rows.recipient(rows.by_id(connection, table, reference))


def erase(connection: Connection, recipient: str, now: datetime, entropy: Entropy) -> None:
    """Destroy what says who a recipient is: the shares of the key, and everything sealed under it.

    Raises UsageError while an issue of theirs is unfinished, for it could not be resumed.
    """
    table, copy, entry, issue = schema.recipient, schema.copy.c, schema.entry, schema.issue.c
    theirs = select(copy.id).where(copy.recipient == recipient)
    query = select(issue.id).join_from(entry, schema.issue, entry.c.issue == issue.id)
    unfinished = connection.execute(
        query.where(entry.c.copy.in_(theirs), issue.state == "open").limit(1)
    ).scalar_one_or_none()
    if unfinished is not None:
        raise UsageError(f"Issue {unfinished} to {recipient} is unfinished; finish it first.")
    connection.execute(delete(schema.seal_share).where(schema.seal_share.c.recipient == recipient))
    connection.execute(update(entry).where(entry.c.copy.in_(theirs)).values(sealed=None))
    # Not even by their address will they be recognised: in a new list they are somebody new.
    unknown = f"erased|{entropy(16).hex()}"
    connection.execute(
        update(table)
        .where(table.c.id == recipient)
        .values(identity=unknown, public=None, locked=None, setup=None, erased_at=now)
    )
