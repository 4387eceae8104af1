"""Inside the sandbox: find out what kind a file is, and let its reader read it."""

from __future__ import annotations

from typing import Any, BinaryIO

from fother.formats.text import readers
from fother.formats.text.content import Refused
from fother.formats.text.package import has_package_behind
from fother.formats.text.sniff import PDF, sniff
from fother.intake.child_image import read_image
from fother.intake.child_pdf import read_pdf
from fother.intake.tell import new_content, tell
from fother.intake.wire import write_message

_DAMAGED = "The file is damaged; only a part of it could be read."
_TWO_FILES = "A ZIP archive is hidden behind the end of this file; it was not opened."


def read_file(out: BinaryIO, options: dict[str, Any], data: bytes) -> None:
    """Everything that one file holds, on the wire."""
    kind = sniff(data)
    write_message(out, {"kind": kind})
    content = new_content(out, options)
    if kind == PDF:
        read_pdf(out, data, options, content)
    elif kind.startswith("image/"):
        read_image(out, data, options, content)
    else:
        _read_text(kind, data, options, content)
    if (kind == PDF or kind.startswith("image/")) and has_package_behind(data):
        content.note(_TWO_FILES)
    tell(out, content)


def _read_text(kind: str, data: bytes, options: dict[str, Any], content: Any) -> None:
    try:
        readers.read(kind, data, content, options["password"])
    except (Refused, MemoryError):
        if content.empty:
            raise
        content.note(_DAMAGED)
    except Exception as error:
        # Whatever a damaged file makes a reader stumble over: what came before it is evidence.
        if content.empty:
            raise Refused("the file is damaged beyond reading") from error
        content.note(_DAMAGED)
