"""The command line: one verb per file."""

from __future__ import annotations

from fother.cli.app import main

__all__ = ["main"]
