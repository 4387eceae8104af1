"""`python -m tests`: everything that a change must pass, one after the other, the tests themselves last."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
STEPS = (
    ("ruff", "check", "--quiet", "src", "tests", "bench"),
    ("ruff", "format", "--check", "--quiet", "src", "tests", "bench"),
    ("mypy", "--no-error-summary"),
    ("lint-imports", "--no-logo"),
    ("pytest", "--numprocesses", "2", "--dist", "loadscope"),
)


def main(options: list[str]) -> int:
    """Run the steps; `options` go to pytest. The status is that of the first step that failed, else 0."""
    for name, *arguments in STEPS:
        if name == "pytest":
            arguments += options
        print("$", name, *arguments, flush=True)
        status = subprocess.run([str(BIN / name), *arguments], cwd=ROOT, check=False).returncode
        if status:
            print(f"{name} failed.", file=sys.stderr)
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
