"""Files that the desk writes."""

from __future__ import annotations

from pathlib import Path

from fother.errors import StorageError
from fother.flow.parts import write_whole


def written(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises StorageError."""
    try:
        write_whole(path, data)
    except OSError as error:
        raise StorageError(f"{path} cannot be written ({error.strerror}); choose another place.") from None
