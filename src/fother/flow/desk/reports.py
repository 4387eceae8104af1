"""The report of a case as files."""

from __future__ import annotations

from datetime import datetime

from fother.model.situation import Situation
from fother.report.case_pdf import render_case_pdf
from fother.report.case_report import render_case_report


def case_html(s: Situation, generated_at: datetime, version: str) -> str:
    """The report as one self-contained page."""
    return render_case_report(s, generated_at=generated_at, version=version)


def case_pdf(s: Situation, generated_at: datetime, version: str) -> bytes:
    """The report as a tagged PDF."""
    return render_case_pdf(s, generated_at=generated_at, version=version)
