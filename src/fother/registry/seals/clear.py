"""Sealing what a registry before version 0.2 holds of its recipients in clear."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, insert

from fother.registry import recipients, schema
from fother.registry.ids import Entropy
from fother.registry.recipients import Sealing
from fother.registry.records import RecipientRow
from fother.registry.seals import age, envelope, shares
from fother.registry.seals.envelope import Envelope
from fother.verify import identity


def seal(connection: Connection, sealing: Sealing, entropy: Entropy) -> int:
    """Seal every recipient and row before the columns in clear are dropped; returns how many recipients."""
    public: dict[str, str] = {}
    for name, who in _all(connection, "SELECT id, identity FROM recipient"):
        key = age.new_key()
        kept = shares.seal(key.secret, name, sealing.policy, entropy)
        connection.exec_driver_sql(
            "UPDATE recipient SET identity = ?, public = ?, locked = ?, setup = ? WHERE id = ?",
            (sealing.mark(who), key.public, kept.locked, sealing.setup, name),
        )
        connection.execute(insert(schema.seal_share), recipients.share_rows(name, kept))
        public[name] = key.public
    for name, request in _all(connection, "SELECT id, request FROM issue"):
        connection.exec_driver_sql("UPDATE issue SET request = ? WHERE id = ?", (sealing.mark(request), name))
    rows = _all(
        connection,
        """SELECT entry.issue, entry.row, entry.copy, entry.given, issue.source, copy.recipient, copy.issue
            FROM entry JOIN issue ON entry.issue = issue.id JOIN copy ON entry.copy = copy.id""",
    )
    for issue, number, copy, text, source, recipient, first in rows:
        given = RecipientRow(**json.loads(text))
        salt = entropy(identity.SALT_BYTES) if issue == first else b""
        sealed = envelope.seal(Envelope(issue, copy, source, given, salt), public[recipient])
        connection.exec_driver_sql(
            "UPDATE entry SET sealed = ? WHERE issue = ? AND row = ?", (sealed, issue, number)
        )
        if salt:
            committed = identity.commitment(salt, envelope.identity(given))
            connection.exec_driver_sql("UPDATE copy SET identity = ? WHERE id = ?", (committed, copy))
    return len(public)


def _all(connection: Connection, query: str) -> list[Any]:
    return list(connection.exec_driver_sql(query).fetchall())
