"""Members of an archive that comes out the same whenever it is written."""

from __future__ import annotations

import zipfile


def write_member(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    # A fixed date: the default is the clock's, and the same carriers must give the same bytes.
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)
