"""Word files printed to PDF by LibreOffice, where it is installed.

LibreOffice runs as a child with a user profile of its own, without network where the system lets us take it
away, and within a time limit. Of what it writes, only the date, the trailer's /ID and a checksum change from
run to run (measured on 7.4); they are taken out or made from the content, so that the same file gives the
same bytes as long as LibreOffice and the fonts are the same.

The files are the organisation's own. A leaked file is never opened here.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape

import pikepdf

from fother.errors import InputFileError, MissingProgramError

_START_SECONDS, _FILE_SECONDS = 60.0, 60.0
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
)
#: Nothing is fetched that a document links to, and no macro runs.
_SETTINGS = {
    "Security/Scripting": {
        "BlockUntrustedRefererLinks": "true",
        "DisableMacrosExecution": "true",
        "MacroSecurityLevel": "3",
    },
}
#: Fields whose text is made anew whenever the document is printed, so that no two prints need be alike.
_VOLATILE = re.compile(
    rb"(?:<w:instrText[^>]*>|<w:fldSimple[^>]*\bw:instr=\")\s*"
    rb"(DATE|TIME|PRINTDATE|SAVEDATE|EDITTIME|FILENAME|FILESIZE|USERNAME|USERINITIALS|USERADDRESS)\b"
)


def find_office() -> str | None:
    """LibreOffice's program, or None when it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in _PLACES if Path(place).is_file()), None)


def volatile_fields(docx: bytes) -> tuple[str, ...]:
    """Names of fields in a Word file that would say something else at each print: DATE, FILENAME, …"""
    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as archive:
            parts = [name for name in archive.namelist() if re.fullmatch(r"word/[^/]+\.xml", name)]
            found = {m.decode() for name in parts for m in _VOLATILE.findall(archive.read(name))}
    except (zipfile.BadZipFile, OSError, RuntimeError):
        raise InputFileError("The Word file is damaged; save it again.") from None
    return tuple(sorted(found))


class Office:
    """LibreOffice at work, with a profile of its own that is deleted on leaving. A context manager."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete the profile."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def print(self, files: Sequence[bytes]) -> list[bytes]:
        """The PDF of each Word file, in order; one start of LibreOffice for all of them.

        Raises MissingProgramError, and InputFileError when a file cannot be printed.
        """
        program = find_office()
        if program is None:
            raise MissingProgramError(
                "LibreOffice, which makes the PDFs, is not installed; install it (apt install "
                "libreoffice-writer, or from libreoffice.org) or register the Word file without --as-pdf."
            )
        with tempfile.TemporaryDirectory(prefix="fother-print-") as folder:
            sources = [Path(folder) / f"{number}.docx" for number in range(len(files))]
            for source, data in zip(sources, files, strict=True):
                source.write_bytes(data)
            _run(program, self._profile(), sources, Path(folder))
            return [_printed(source.with_suffix(".pdf")) for source in sources]

    def _profile(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="fother-office-", ignore_cleanup_errors=True)
            user = Path(self._folder.name) / "user"
            user.mkdir()
            (user / "registrymodifications.xcu").write_text(_settings(), encoding="utf-8")
        return Path(self._folder.name)


def _settings() -> str:
    items = [
        f'<item oor:path="/org.openoffice.Office.Common/{escape(path)}"><prop oor:name="{name}" '
        f'oor:op="fuse"><value>{value}</value></prop></item>'
        for path, values in _SETTINGS.items()
        for name, value in values.items()
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        + "".join(items)
        + "</oor:items>\n"
    )


def _run(program: str, profile: Path, sources: Sequence[Path], out: Path) -> None:
    command = [
        *_without_network(),
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
        *("--convert-to", "pdf:writer_pdf_Export", "--outdir", str(out)),
        *map(str, sources),
    ]
    # One language for what LibreOffice writes of itself, and no proxy even where a network is.
    dead = "http://127.0.0.1:9"
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", "http_proxy": dead, "https_proxy": dead}
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        child.wait(_START_SECONDS + _FILE_SECONDS * len(sources))
    except subprocess.TimeoutExpired:
        raise InputFileError("LibreOffice took too long to print the Word file.") from None
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the program and what it started, if anything still runs."""
    if child.poll() is None:
        if sys.platform != "win32":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
        child.kill()
    child.wait()


@cache
def _without_network() -> tuple[str, ...]:
    """What to put before a command so that it has no network; nothing where the system does not allow it."""
    program = shutil.which("unshare")
    if program is None:
        return ()
    words = (program, "--user", "--map-current-user", "--net", "--")
    done = subprocess.run([*words, "true"], capture_output=True, check=False)
    return words if done.returncode == 0 else ()


def _printed(path: Path) -> bytes:
    try:
        return normalised(path.read_bytes())
    except FileNotFoundError:
        raise InputFileError(
            "LibreOffice cannot print the Word file; open it there and save it again."
        ) from None


def normalised(pdf: bytes) -> bytes:
    """The PDF without what changes from run to run: its date, its checksum, its random identity."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for name in ("/CreationDate", "/ModDate"):
            if name in opened.docinfo:
                del opened.docinfo[name]
        if "/DocChecksum" in opened.trailer:
            del opened.trailer["/DocChecksum"]
        if "/ID" in opened.trailer:
            del opened.trailer["/ID"]
        buffer = io.BytesIO()
        opened.save(buffer, deterministic_id=True, fix_metadata_version=False)
        return buffer.getvalue()
