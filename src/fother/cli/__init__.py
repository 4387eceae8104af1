"""The command line: one verb per file."""

from __future__ import annotations

import os

# Before numpy is loaded: our matrices are small, and threads that wait for each other cost up to seven times
# what they bring (measured on two busy cores).
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from fother.cli.app import main  # noqa: E402

__all__ = ["main"]
