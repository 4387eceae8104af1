"""Which file goes to whom: a list for whoever sends the copies, outside the registry and never kept in it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from fother.errors import StorageError
from fother.flow.issuing import Issued
from fother.flow.parts import write_whole
from fother.registry import read_recipients

_HEADER = ("file", "copy", "row", "name", "email", "organisation")


def write_delivery_list(recipients: Path, issued: Issued, path: Path) -> None:
    """Join the rows of a recipient list with the files of their copies, as CSV.

    Raises RecipientListError, InputFileError, StorageError.
    """
    rows = {row.row: row for row in read_recipients(recipients)}
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    for entry in issued.reservation.entries:
        row = rows[entry.row]
        file = issued.files[entry.copy.id]
        writer.writerow([file, entry.copy.id, entry.row, row.name, row.email, row.organisation])
    try:
        write_whole(path, text.getvalue().encode())
    except OSError as error:
        raise StorageError(f"{path} cannot be written ({error.strerror}); choose another place.") from None
