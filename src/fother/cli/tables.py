"""Lists as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table

from fother.cli.common import out


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A plain table that wraps instead of cutting text off."""
    table = Table(*headers, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    out.print(table)
