"""The report of a case as files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from fother.errors import StorageError
from fother.flow.parts import write_whole
from fother.model.situation import Situation
from fother.report.case_pdf import render_case_pdf
from fother.report.case_report import render_case_report


def case_html(s: Situation, generated_at: datetime, version: str) -> str:
    """The report as one self-contained page."""
    return render_case_report(s, generated_at=generated_at, version=version)


def case_pdf(s: Situation, generated_at: datetime, version: str) -> bytes:
    """The report as a tagged PDF."""
    return render_case_pdf(s, generated_at=generated_at, version=version)


def written(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises StorageError."""
    try:
        write_whole(path, data)
    except OSError as error:
        raise StorageError(f"{path} cannot be written ({error.strerror}); choose another place.") from None
