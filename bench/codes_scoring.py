"""Claim: 1,000,000 copies × 5,000 carriers are scored in ≤ 3 s on two cores, in ≤ 500 MB.

Beside it the floor: the AES keystream that any regenerated codeword needs, with one thread and with two.
Run: python bench/codes_scoring.py [copies] [carriers]
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from fother.codes import FingerprintingCode
from fother.codes.scan import scan


def keystream(size: int, threads: int) -> None:
    """AES-256-CTR over `size` bytes in pieces of 1 MB."""
    zeros = bytes(2**20)

    def work(pieces: int) -> None:
        cipher = Cipher(algorithms.AES(bytes(32)), modes.CTR(bytes(16))).encryptor()
        out = bytearray(2**20 + 15)
        for _ in range(pieces):
            cipher.update_into(zeros, out)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, [size // 2**20 // threads] * threads))


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Elapsed and processor seconds; the shorter of two runs."""
    runs = []
    for _ in range(2):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        runs.append((time.perf_counter() - wall, time.process_time() - cpu))
    return min(runs)


def main() -> None:
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    carriers = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    rng = np.random.default_rng(1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{copies:,} copies × {carriers:,} carriers")
    print(f"{'':38}{'seconds':>9}{'cpu s':>9}{'peak MB':>9}")
    for resistance in (1, 3, 5):
        code = FingerprintingCode(bytes(32), carriers, resistance)
        size = copies * code.groups * code.planes * 16
        for threads in (1, 2):
            wall, cpu = timed(lambda size=size, threads=threads: keystream(size, threads))
            print(
                f"floor: AES keystream, b = {code.planes}, {threads} thread(s)".ljust(38)
                + f"{wall:9.2f}{cpu:9.2f}"
            )
        for hypotheses in (1, 20):
            weights = rng.integers(-60, 60, (hypotheses, carriers))
            position = np.arange(carriers)
            wall, cpu = timed(
                lambda code=code, position=position, weights=weights: scan(
                    code, np.arange(copies), position, weights
                )
            )
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            label = f"scan, resistance {resistance}, {hypotheses} hypotheses"
            print(f"{label:38}{wall:9.2f}{cpu:9.2f}{peak:9.0f}", flush=True)
    print(f"(interpreter and numpy alone: {before:.0f} MB)")


if __name__ == "__main__":
    main()
