"""The sandboxed reader: file bytes on standard input, messages of `wire` on standard output.

Started by `parent`; never imported by it. Limits itself before it looks at the first byte.
"""

from __future__ import annotations

import importlib
import json
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from fother.intake.confine import confine
from fother.intake.wire import write_message

Answer = Callable[[BinaryIO, dict[str, Any], bytes], None]
_MEMORY = "reading it needs more memory than a leaked file is allowed"


def main() -> None:
    """Serve one request: length and JSON of the options on standard input, then the file."""
    (length,) = struct.unpack("<I", sys.stdin.buffer.read(4))
    options = json.loads(sys.stdin.buffer.read(length))
    # Import what parses before the limits, so that loading libraries needs no open files later.
    from fother.formats.text.content import Locked, Refused

    answer = _load(options["mode"])
    given_up = confine(options)
    out = sys.stdout.buffer
    write_message(out, {"isolation": given_up})
    data = sys.stdin.buffer.read()
    try:
        answer(out, options, data)
        write_message(out, {"end": True})
    except Refused as refused:
        write_message(out, {"refused": str(refused), "locked": isinstance(refused, Locked)})
    except MemoryError:
        write_message(out, {"refused": _MEMORY})


def _load(mode: str) -> Answer:
    """What answers a request, with all it needs imported."""
    if mode == "recognise":
        recognise: Answer = importlib.import_module("fother.intake.ocr.child").recognise
        return recognise
    if mode == "article":
        article = importlib.import_module("fother.intake.child_article")
        article.preload()
        read_articles: Answer = article.read_articles
        return read_articles
    from fother.formats.text.charset import preload
    from fother.intake import child_pdf, child_read

    preload()
    return child_pdf.render_pages if mode == "render" else child_read.read_file


if __name__ == "__main__":
    main()
