"""ZIP archives: every file inside, as bytes; nothing is ever written, so names can do no harm."""

from __future__ import annotations

from fother.formats.text.content import Content, Locked, Refused
from fother.formats.text.package import Package

_MOST_NOTED = 20


def read_archive(data: bytes, content: Content, password: str = "") -> None:
    """Take out the members; those that cannot be are told in notes. Raises Locked when all are encrypted."""
    package = Package(data, content.budget, password)
    if package.cut_off:
        content.note("The archive is damaged or cut off; the files that are left of it were read.")
    if not package.entries:
        raise Refused("the archive is empty")
    locked = failed = 0
    for entry in package.entries:
        try:
            if not content.take(entry.name, package.unpack(entry)):
                break
        except Locked as reason:
            locked += 1
            _tell(content, entry.name, reason, locked + failed)
        except Refused as reason:
            failed += 1
            _tell(content, entry.name, reason, locked + failed)
    if locked == len(package.entries):
        raise Locked("password")
    if locked + failed > _MOST_NOTED:
        content.note(f"In all {locked + failed} files of the archive could not be taken out.")


def _tell(content: Content, name: str, reason: Refused, count: int) -> None:
    if count <= _MOST_NOTED:
        content.note(f"{name[-120:]} in the archive was not read: {reason}.")
