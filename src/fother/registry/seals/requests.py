"""Unsealing one copy: asked with a reason, approved by m of n within a time, told once.

Each approver opens one share, that of this recipient, and passes it on under a key made for the request
alone, so the database never holds a share in clear, and fewer shares than it takes say nothing. When the
request is closed, its key and the shares are deleted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from fother.errors import NotFoundError, RegistryError, UsageError
from fother.registry import keys, rows, schema
from fother.registry.atrest import cipher
from fother.registry.ids import Entropy
from fother.registry.records import Copy, RecipientRow, RequestState, Unsealed, UnsealRequest
from fother.registry.seals import age, envelope, setups, shares
from fother.registry.seals.age import AgeKey, Unopened
from fother.registry.seals.envelope import FIELDS, Envelope
from fother.registry.seals.shares import Share
from fother.verify import identity
from fother.verify.errors import VerificationError

EXPIRY = timedelta(days=7)
LONGEST = timedelta(days=90)
_ALTERED = "it was altered, or the database is damaged; restore the registry from your backup"


def ask(
    connection: Connection,
    copy: Copy,
    reason: str,
    master: bytes,
    *,
    actor: str,
    lasting: timedelta,
    now: datetime,
    entropy: Entropy,
) -> UnsealRequest:
    """Enter a request. Raises UsageError without a reason, NotFoundError when the recipient was erased."""
    if not reason.strip():
        raise UsageError("Unsealing takes a reason; say why this copy's recipient must be known.")
    if not timedelta(minutes=1) <= lasting <= LONGEST:
        raise UsageError(f"A request lasts between a minute and {LONGEST.days} days.")
    _locked(connection, copy)
    (made,) = rows.fresh_ids(connection, schema.unseal_request, "U", 1, entropy)
    key = age.new_key()
    connection.execute(
        insert(schema.unseal_request).values(
            id=made,
            copy=copy.id,
            setup=setups.current(connection).number,
            made_at=now,
            expires_at=now + lasting,
            actor=actor,
            reason=_kept(master, made, "reason", reason.strip(), entropy),
            public=key.public,
            secret=_kept(master, made, "secret", key.secret, entropy),
            state="open",
        )
    )
    return find(connection, made, master)


def find(connection: Connection, reference: str, master: bytes) -> UnsealRequest:
    """By id or the unique start of one. Raises NotFoundError."""
    return _record(connection, rows.by_id(connection, schema.unseal_request, reference), master)


def listed(connection: Connection, master: bytes) -> tuple[UnsealRequest, ...]:
    """All requests, oldest first."""
    table = schema.unseal_request
    found = connection.execute(select(table).order_by(table.c.made_at, table.c.id)).all()
    return tuple(_record(connection, row, master) for row in found)


def expire(connection: Connection, now: datetime) -> None:
    """Close the requests whose time is over."""
    table = schema.unseal_request.c
    over = select(table.id).where(table.state == "open", table.expires_at <= now)
    for name in connection.execute(over).scalars().all():
        _close(connection, name, "expired", now)


def void(connection: Connection, now: datetime, recipient: str | None = None) -> None:
    """Close the open requests, or those about one recipient, because their shares are no more."""
    table, copy = schema.unseal_request.c, schema.copy.c
    query = select(table.id).where(table.state == "open")
    if recipient is not None:
        query = query.where(table.copy.in_(select(copy.id).where(copy.recipient == recipient)))
    for name in connection.execute(query).scalars().all():
        _close(connection, name, "void", now)


def approve(
    connection: Connection, request: UnsealRequest, key: AgeKey, *, actor: str, now: datetime
) -> bool:
    """Pass an approver's share on to a request; False when this approver has done so before.

    Raises UsageError when the request is closed or the key is no approver's.
    """
    require_open(request, now)
    setup = setups.current(connection)
    if key.public not in setup.approvers:
        raise UsageError(f"The key {key.public} is none of the approvers' keys.")
    if key.public in request.approved:
        return False
    number = setup.approvers.index(key.public) + 1
    copy = rows.copy(rows.exact(connection, schema.copy, request.copy))
    share = schema.seal_share.c
    query = select(share.sealed).where(share.recipient == copy.recipient, share.number == number)
    sealed = connection.execute(query).scalar_one_or_none()
    try:
        opened = shares.open_share(sealed or b"", number, key)
    except Unopened:
        raise RegistryError(f"The share of {copy.recipient} does not open: {_ALTERED}.") from None
    public = rows.exact(connection, schema.unseal_request, request.id).public
    connection.execute(
        insert(schema.unseal_approval).values(
            request=request.id,
            number=number,
            made_at=now,
            actor=actor,
            sealed=age.encrypt(opened.value, public),
        )
    )
    return True


def tell(connection: Connection, request: UnsealRequest, master: bytes, now: datetime) -> Unsealed:
    """Open what was approved, and close the request.

    Raises UsageError when the request is closed or lacks approvals, RegistryError when what was sealed does
    not fit what was committed when the copy was made.
    """
    require_open(request, now)
    missing = request.threshold - len(request.approved)
    if missing > 0:
        raise UsageError(
            f"Request {request.id} has {len(request.approved)} of {request.threshold} approvals; "
            f"{missing} more must approve it first."
        )
    row = rows.exact(connection, schema.unseal_request, request.id)
    key = age.key_of(_read(master, request.id, "secret", row.secret))
    copy = rows.copy(rows.exact(connection, schema.copy, request.copy))
    approval = schema.unseal_approval.c
    passed = connection.execute(
        select(approval.number, approval.sealed).where(approval.request == request.id)
    ).all()
    try:
        given = [Share(number, age.decrypt(sealed, key)) for number, sealed in passed]
        owner = shares.combine(_locked(connection, copy), copy.recipient, given, request.threshold)
        told = _told(connection, copy, owner)
    except (Unopened, VerificationError):
        raise RegistryError(f"What is sealed of {copy.id} does not open: {_ALTERED}.") from None
    _close(connection, request.id, "told", now)
    return told


def require_open(request: UnsealRequest, now: datetime) -> None:
    """Raises UsageError when a request is closed or its time is over."""
    if request.state == "open" and now < request.expires_at:
        return
    why = {
        "open": "has expired",
        "expired": "has expired",
        "told": "was answered already, which happens once",
        "void": "was closed when the approvers changed or the recipient was erased",
    }
    raise UsageError(f"Request {request.id} {why[request.state]}; make another one.")


def _told(connection: Connection, copy: Copy, owner: AgeKey) -> Unsealed:
    entry, made, held = schema.entry.c, schema.issue.c, schema.copy.c
    query = (
        select(entry.issue, entry.row, entry.copy, entry.sealed)
        .join_from(schema.entry, schema.copy, entry.copy == held.id)
        .join(schema.issue, entry.issue == made.id)
        .where(held.recipient == copy.recipient)
        .order_by(made.made_at, made.id)
    )
    latest: dict[str, Any] = dict.fromkeys(FIELDS, "")
    extra: dict[str, str] = {}
    own: Envelope | None = None
    for issue, row, of, sealed in connection.execute(query):
        opened = envelope.unseal(sealed, owner)
        if (opened.issue, opened.copy, opened.given.row) != (issue, of, row):
            raise Unopened
        latest |= {name: value for name in FIELDS if (value := getattr(opened.given, name).strip())}
        extra |= {column: value for column, value in opened.given.extra.items() if value}
        if of == copy.id and issue == copy.issue:
            own = opened
    if own is None:
        raise Unopened
    said = envelope.identity(own.given)
    identity.check_opening(rows.exact(connection, schema.copy, copy.id).identity, own.salt, said)
    newest = RecipientRow(own.given.row, own.given.line, extra=extra, **latest)
    return Unsealed(copy.id, copy.recipient, own.given, own.source, newest, own.salt, said)


def _locked(connection: Connection, copy: Copy) -> bytes:
    row = rows.exact(connection, schema.recipient, copy.recipient)
    if row.locked is None:
        raise NotFoundError(
            f"{copy.recipient}, to whom {copy.id} was issued, was erased; nobody can unseal it."
        )
    return bytes(row.locked)


def _close(connection: Connection, request: str, state: RequestState, now: datetime) -> None:
    table, approval = schema.unseal_request, schema.unseal_approval
    connection.execute(
        update(table).where(table.c.id == request).values(state=state, closed_at=now, secret=None)
    )
    connection.execute(update(approval).where(approval.c.request == request).values(sealed=None))


def _record(connection: Connection, row: Row[Any], master: bytes) -> UnsealRequest:
    setup, approval = schema.seal_setup.c, schema.unseal_approval.c
    threshold, approvers = connection.execute(
        select(setup.threshold, setup.approvers).where(setup.number == row.setup)
    ).one()
    order = select(approval.number).where(approval.request == row.id).order_by(approval.made_at)
    return UnsealRequest(
        id=row.id,
        copy=row.copy,
        made_at=row.made_at,
        expires_at=row.expires_at,
        actor=row.actor,
        reason=_read(master, row.id, "reason", row.reason),
        threshold=threshold,
        approved=tuple(approvers[number - 1] for number in connection.execute(order).scalars()),
        state=row.state,
        closed_at=row.closed_at,
    )


def _kept(master: bytes, request: str, field: str, text: str, entropy: Entropy) -> bytes:
    key = keys.derive(master, f"request|{request}")
    return cipher.encrypt(key, text.encode("utf-8", "backslashreplace"), field.encode(), entropy)


def _read(master: bytes, request: str, field: str, sealed: bytes) -> str:
    try:
        return cipher.decrypt(keys.derive(master, f"request|{request}"), sealed, field.encode()).decode()
    except cipher.Refused:
        raise RegistryError(f"The {field} of {request} does not open: {_ALTERED}.") from None
