"""`python -m fother` does what `fother` does."""

from __future__ import annotations

from fother.cli import main

if __name__ == "__main__":
    main()
