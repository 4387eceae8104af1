"""The check of a pack as a command: `python verify_pack.py PACK`, which needs nothing but `cryptography`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fother.verify.pack import Outcome, Trust, check


def main(words: Sequence[str] | None = None) -> int:
    """0 when the pack is valid, 1 when it is not, 2 for wrong words."""
    parser = argparse.ArgumentParser(prog="verify_pack.py", description="Check an evidence pack of Fother.")
    parser.add_argument("pack", type=Path, help="folder or ZIP file")
    parser.add_argument("--log-key", default="", metavar="KEY", help="key of the log, from elsewhere")
    parser.add_argument("--commitment", default="", metavar="DIGEST", help="from a receipt of the issue")
    parser.add_argument(
        "--witness", action="append", default=[], metavar="KEY", help="who must have cosigned"
    )
    parser.add_argument("--roots", type=Path, metavar="FILE", help="roots of time-stamping authorities (PEM)")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    given = parser.parse_args(words)
    roots = given.roots.read_bytes() if given.roots else b""
    outcome = check(given.pack, Trust(given.log_key, given.commitment, tuple(given.witness), roots))
    if given.json:
        print(json.dumps(as_json(outcome), ensure_ascii=False, indent=2))
    else:
        print("\n".join(sentences(outcome)))
    return 0 if outcome.valid else 1


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The machine contract."""
    return {
        "valid": outcome.valid,
        "proven": list(outcome.proven),
        "stated": list(outcome.stated),
        "errors": list(outcome.errors),
    }


def sentences(outcome: Outcome) -> list[str]:
    """The outcome for a person."""
    if not outcome.valid:
        return ["NOT VALID.", *(f"- {error}" for error in outcome.errors)]
    return [
        "VALID.",
        "Proven, given the key of the log:",
        *(f"- {sentence}" for sentence in outcome.proven),
        "Only stated by whoever made the pack:",
        *(f"- {sentence}" for sentence in outcome.stated),
    ]
