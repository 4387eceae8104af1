"""Does another implementation accept what the log publishes? Go's checksum database client checks it.

    apt-get install golang-go golang-golang-x-mod-dev
    python bench/log_interop.py

Makes logs of every size to 70 and some around 256 and 65,536, with proofs of entries and of growth, and lets
`log_interop.go` check all of them with golang.org/x/mod/sumdb/note and tlog.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "unit" / "evidence"))

from simulated_log import SimulatedLog  # noqa: E402

from fother.evidence.log.prove import growth, prove  # noqa: E402
from fother.evidence.log.publish import CHECKPOINT, publish  # noqa: E402
from fother.verify import merkle, tlogproof  # noqa: E402

SIZES = (*range(1, 71), 255, 256, 257, 300, 65_535, 65_536, 65_537)


def text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def published(size: int) -> dict[str, Any]:
    log = SimulatedLog()
    log.grow(size)
    publish(log)
    signed = log.files.files[CHECKPOINT]
    leaves = [merkle.leaf_hash(item.leaf) for item in log.items]
    chosen = range(size) if size < 71 else (0, 1, size // 2, size - 2, size - 1)
    olds = range(1, size + 1) if size < 71 else (1, 255, size // 2, size - 1, size)
    return {
        "Key": str(log.periods[0].key),
        "Checkpoint": signed.decode(),
        "Inclusion": [
            {
                "Index": number,
                "Leaf": text(log.items[number].leaf),
                "Proof": [text(item) for item in tlogproof.parse(prove(log, number, signed)).path],
            }
            for number in chosen
        ],
        "Growth": [
            {
                "Old": old,
                "Root": text(merkle.root(leaves[:old])),
                "Proof": [text(item) for item in growth(log, old, signed)],
            }
            for old in olds
        ],
    }


def main() -> None:
    told = json.dumps([published(size) for size in SIZES])
    settings = os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode"}
    words = ["go", "run", str(HERE / "log_interop.go")]
    done = subprocess.run(words, input=told, env=settings, text=True, capture_output=True, check=False)
    print(done.stdout or done.stderr)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
