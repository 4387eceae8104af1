"""What sealing costs: recipients entered, opened, moved to other approvers, and the room that they take.

    python bench/seal.py [RECIPIENTS]

All times are of the processor, so that a busy machine tells the same; waiting for the disk comes on top.

Prints one line for each number of approvers: seconds to reserve copies for a list, to see one recipient, to
give all seals to other approvers (which takes the write lock), and bytes of the database for each recipient.
Then the same for stored files: megabytes a second written and read, encrypted and verified.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fother.registry import AgeKey, FolderRegistry, Policy, RecipientRow, Unlocking, new_key, open_registry


def timed(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def see_one(registry: FolderRegistry, copy: str, keys: list[AgeKey]) -> None:
    request = registry.request_unseal(copy, "to measure")
    for key in keys:
        registry.approve_unseal(request.id, key)
    assert registry.unseal(request.id).given.name


def seals(folder: Path, count: int, threshold: int, approvers: int) -> None:
    keys = [new_key() for _ in range(approvers)]
    rows = [
        RecipientRow(n, n + 1, f"Reader {n}", f"reader{n}@example.org", "Example Ltd")
        for n in range(1, count + 1)
    ]
    with open_registry(folder / f"{threshold}-{approvers}", unlocking=unlocking(folder)) as registry:
        registry.change_seal_setup(Policy(threshold, tuple(key.public for key in keys)))
        document = registry.add_document(
            b"x", file_name="a.pdf", media_type="application/pdf", pages=1, carriers=b"c"
        )
        edition = registry.edition(document.id, 3, 0.02)
        before = size(registry)
        reserve = timed(lambda: registry.reserve(edition.id, rows, source="list.csv"))
        copy = registry.copies()[0].id
        one = timed(lambda: see_one(registry, copy, keys[:threshold]))
        each = (size(registry) - before) / count
        others = Policy(threshold, tuple(new_key().public for _ in keys))
        move = timed(lambda: registry.change_seal_setup(others, keys[:threshold]))
    print(
        f"{threshold} of {approvers}: {reserve:6.1f} s to seal, {one * 1e3:5.0f} ms to see one, "
        f"{move:6.1f} s to move all, {each:5.0f} bytes each"
    )


def size(registry: FolderRegistry) -> int:
    registry._database.compact()
    return (registry.home / "registry.sqlite").stat().st_size


def files(folder: Path, megabytes: int = 32) -> None:
    content = secrets.token_bytes(megabytes << 20)
    with open_registry(folder / "files", unlocking=unlocking(folder)) as registry:
        write = timed(lambda: registry._blobs.put(content))
        name = registry._blobs.put(content)
        read = timed(lambda: registry.get_blob(name))
    plain = timed(lambda: durable(folder / "plain", content))
    print(
        f"files of {megabytes} MB: {megabytes / write:.0f} MB/s written, {megabytes / read:.0f} MB/s read "
        f"(the same bytes written in clear: {megabytes / plain:.0f} MB/s)"
    )


def durable(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def unlocking(folder: Path) -> Unlocking:
    return Unlocking(key_file=folder / "registry.key")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        print(f"{count} recipients")
        for threshold, approvers in ((1, 1), (2, 3), (3, 5)):
            seals(Path(name), count, threshold, approvers)
        files(Path(name))
        passphrase = Unlocking("several random words")
        opened = open_registry(Path(name) / "locked", unlocking=passphrase)
        opened.close()
        again = timed(
            lambda: open_registry(
                Path(name) / "locked", unlocking=Unlocking("several random words")
            ).index_key()
        )
        print(f"opening with a passphrase: {again * 1e3:.0f} ms, once for each command")


if __name__ == "__main__":
    main()
