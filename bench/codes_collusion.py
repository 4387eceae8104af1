"""Claim: coalitions of 1 to 5 copies are found from this many noise-free carriers.

Carriers needed to name at least one member, and all members, in 90 % of leaks; 100,000 copies, family-wise
false-accusation bound 1e-6. The budget is that of 100,000 copies; 300 are scored, the rest would only be
more innocents. Beside it the published lower bound log2(n / P) / C_c for c copies with joint capacity C_c
(Huang & Moulin; against the worst attack, so a mild attack may need fewer).
Run: python bench/codes_collusion.py [trials]
"""

from __future__ import annotations

import math
import sys
import time

import numpy as np

from fother.codes import FingerprintingCode, Observations, decode

CAPACITY = {1: 1.0, 2: 0.25, 3: 0.0975, 4: 0.0545, 5: 0.0337}
COPIES, FAMILY, ALPHA = 300, 100_000, 1e-6
LENGTHS = (40, 50, 64, 80, 100, 126, 160, 200, 252, 318, 400, 504, 636, 800, 1008, 1270, 1600, 2016)


def leak(rng: np.random.Generator, held: np.ndarray, attack: str) -> Observations:
    """Noise-free observations of a leak made of the codewords held (c, k)."""
    c, k = held.shape
    share = held.mean(axis=0)
    if attack == "average":
        level = share
    elif attack == "majority":
        level = np.where(share == 0.5, rng.integers(0, 2, k), share > 0.5).astype(float)
    else:
        run = {"interleave": 1, "line by line": 12}[attack]
        level = held[np.repeat(rng.integers(0, c, k), run)[:k], np.arange(k)].astype(float)
    y = (2 * level - 1) * 10 + rng.normal(size=k)
    return Observations(np.arange(k), y, np.full(k, 20.0), np.arange(k) // 12, np.arange(k) // 400)


def needed(rng: np.random.Generator, c: int, attack: str, trials: int) -> tuple[dict[str, int], int]:
    """Shortest tested length for one and for all members (0: more than the longest), and wrong names."""
    reached: dict[str, int] = {"one": 0, "all": 0}
    wrong = 0
    for carriers in LENGTHS:
        if carriers < 20 * c:
            continue
        hits = {"one": 0, "all": 0}
        for trial in range(trials):
            code = FingerprintingCode(rng.bytes(32), carriers)
            guilty = list(range(c))
            held = np.stack([code.symbols(i) for i in guilty])
            named = {
                n.index
                for n in decode(code, COPIES, leak(rng, held, attack), alpha=ALPHA, family=FAMILY).named
            }
            wrong += len(named - set(guilty))
            hits["one"] += bool(named)
            hits["all"] += named == set(guilty)
            if trial == 2 and not named and not hits["one"]:
                break  # far too short
        for kind, count in hits.items():
            if not reached[kind] and count >= 0.9 * trials:
                reached[kind] = carriers
        if all(reached.values()):
            break
    return reached, wrong


def main() -> None:
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    rng = np.random.default_rng(3)
    started = time.perf_counter()
    bits = math.log2(FAMILY / ALPHA)
    print(f"carriers needed, resistance 3, {trials} leaks per cell, lengths in steps of 26 %")
    print(
        f"{'copies':8}{'attack':16}{'one member':>12}{'all members':>13}"
        f"{'bound':>8}{'wrong names':>13}{'s':>6}"
    )
    for c in range(1, 6):
        for attack in ("interleave",) if c == 1 else ("interleave", "majority", "average", "line by line"):
            if c == 2 and attack == "majority":
                continue  # the same as interleaving
            reached, wrong = needed(rng, c, attack, trials)
            one, every = (str(n) if n else f"> {LENGTHS[-1]}" for n in reached.values())
            clock = time.perf_counter() - started
            print(
                f"{c:<8}{attack:16}{one:>12}{every:>13}{bits / CAPACITY[c]:8.0f}{wrong:13}{clock:6.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
