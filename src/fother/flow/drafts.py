"""The text of a file or of standard input, whatever its kind; files are opened in the sandbox."""

from __future__ import annotations

import sys
from pathlib import Path

from fother.errors import InputFileError
from fother.flow.leaks import receive_leaks, with_text
from fother.flow.progress import Progress

MOST = 5_000_000  #: code points of standard input


def read_draft(path: Path, progress: Progress, password: str = "") -> str:
    """The text; of an archive or mail that of all parts. "-" is standard input, as UTF-8.

    Raises InputFileError, PasswordError, SandboxError.
    """
    if str(path) == "-":
        text = sys.stdin.buffer.read(4 * MOST + 1).decode("utf-8", "replace")
        if len(text) > MOST:
            raise InputFileError(f"Standard input holds more than {MOST} characters; give a file.")
    else:
        files = [with_text(f, "full", progress) for f in receive_leaks([path], password, progress)]
        text = "\n\n".join(f.sighting.text for f in files if f.sighting.text)
    if not text.strip():
        raise InputFileError(f"{path} holds no text.")
    return text
