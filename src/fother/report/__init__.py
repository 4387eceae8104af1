"""Reports for people: the HTML report of a trace and the plain sentences it shares with the command line."""

from __future__ import annotations

from fother.report.trace_report import render_trace_report

__all__ = ["render_trace_report"]
