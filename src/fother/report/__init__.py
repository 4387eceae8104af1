"""Reports for people: the HTML reports of traces and identifications, and the plain sentences they share
with the command line."""

from __future__ import annotations

from fother.report.crops import ComparedPage
from fother.report.identify_report import IdentifyView, render_identify_report
from fother.report.trace_report import render_trace_report

__all__ = ["ComparedPage", "IdentifyView", "render_identify_report", "render_trace_report"]
