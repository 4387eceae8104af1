"""The simulated time-stamping authority of the verifier's tests serves these tests too."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "verify"))
