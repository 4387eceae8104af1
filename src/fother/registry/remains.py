"""What a change leaves behind in files, and a mark that says so until it is gone.

Sealing, moving shares and erasing change rows at once, but the old ones may still be read in free pages, in
the write-ahead log, or in files that are to be removed. The mark is set in the transaction of the change, so
that a process that is killed before it has cleaned up leaves the work to whoever opens the registry next.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from fother.registry import schema
from fother.registry.ids import Entropy

_KEY = "remains"


def mark(connection: Connection, entropy: Entropy) -> None:
    """Say, in the transaction of a change, that there is something to be removed after it."""
    clear(connection, marked(connection))
    connection.execute(insert(schema.meta).values(key=_KEY, value=entropy(8).hex()))


def marked(connection: Connection) -> str | None:
    """The mark, different for every change; None when nothing remains."""
    query = select(schema.meta.c.value).where(schema.meta.c.key == _KEY)
    return connection.execute(query).scalar_one_or_none()


def clear(connection: Connection, mark: str | None) -> None:
    """Take a mark away, unless a later change has set another one."""
    table = schema.meta.c
    connection.execute(delete(schema.meta).where(table.key == _KEY, table.value == mark))
