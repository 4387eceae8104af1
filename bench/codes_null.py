"""Claim: no innocent copy is named; false alarms come as often as predicted, whatever is observed.

10,000 traces of leaks that no copy of the key had part in: each observation set is decoded against the same
codes under many random keys (the observations are reused, the innocent codewords are fresh). Some sets are
adversarial: constant, huge, noise-free, alternating, or codewords of another key.
Run: python bench/codes_null.py [traces]
"""

from __future__ import annotations

import sys
import time

import numpy as np

from fother.codes import DEFAULT_FAMILY, FingerprintingCode, Observations, decode
from fother.codes.hypotheses import emission, evidence
from fother.codes.tail import integer_weights, moments

CARRIERS, COPIES = 60, 100
RATES = (1e-2, 1e-3, 1e-4)
ALPHAS = (1e-6, 1e-2)  # nine tenths and one tenth of the traces


def observation_sets(rng: np.random.Generator) -> dict[str, Observations]:
    k = CARRIERS
    position = np.arange(k)
    foreign = FingerprintingCode(rng.bytes(32), k).symbols(0) * 2.0 - 1
    made = {
        "unmarked original, d = 1": (rng.normal(size=k), np.ones(k)),
        "unmarked original, noise × 3": (3 * rng.normal(size=k), np.ones(k)),
        "foreign key, d = 2": (foreign + rng.normal(size=k), np.full(k, 2.0)),
        "foreign key, noise-free": (foreign * 10, np.full(k, 20.0)),
        "uneven noise": (rng.normal(size=k) * 2, rng.exponential(1.5, k)),
        "constant, noise-free 1": (np.full(k, 10.0), np.full(k, 20.0)),
        "constant 0.7, d = 1": (np.full(k, 0.7), np.ones(k)),
        "alternating": (np.where(position % 2, 2.0, -2.0), np.full(k, 4.0)),
        "far outside every level": (np.full(k, 1e6), np.full(k, 3.0)),
        "heavy tails": (rng.standard_cauchy(k), np.ones(k)),
    }
    return {
        name: Observations(position, y, d, position // 10, position // 30) for name, (y, d) in made.items()
    }


def survival(weights: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, int]:
    """P(S ≥ lowest + i) for all i, and the lowest score: the plain dynamic program, apart from `tail`."""
    offset = int(weights[weights < 0].sum())
    mass = np.zeros(int(np.abs(weights).sum()) + 1)
    mass[0], top = 1.0, 1
    for w, q in zip(weights.tolist(), np.where(weights > 0, p, 1 - p).tolist(), strict=True):
        if w:
            moved = mass[:top] * q
            mass[:top] *= 1 - q
            mass[abs(w) : abs(w) + top] += moved
            top += abs(w)
    return np.cumsum(mass[::-1])[::-1], offset


def one_copy_p_values(
    seen: Observations, code: FingerprintingCode, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Exact p-value of every copy's one-copy score, and the exact chance of a p-value ≤ each rate."""
    p = code.probabilities
    found = evidence(emission(seen, DEFAULT_FAMILY[0]), p)
    w = integer_weights(found.g1 - found.g0)
    if not w.any():
        return np.ones(len(scores)), np.zeros(len(RATES))
    tails, offset = survival(w, p)
    mean, deviation = moments(w, p)
    at = np.rint(scores * deviation + mean).astype(int) - offset
    return tails[at], np.array([tails[tails <= rate].max(initial=0.0) for rate in RATES])


def main() -> None:
    traces = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rng = np.random.default_rng(2)
    started = time.perf_counter()
    sets = observation_sets(rng)
    per_set = -(-traces // len(sets))
    named = dict.fromkeys(ALPHAS, 0)
    runs = dict.fromkeys(ALPHAS, 0)
    total = np.zeros((2, len(RATES)))
    print(f"{len(sets)} observation sets × {per_set} keys × {COPIES} copies, {CARRIERS} carriers")
    print(f"{'observed / predicted false alarms':34}" + "".join(f"{f'p ≤ {rate:.0e}':>20}" for rate in RATES))
    for name, seen in sets.items():
        observed, predicted = np.zeros(len(RATES)), np.zeros(len(RATES))
        for trial in range(per_set):
            code = FingerprintingCode(rng.bytes(32), CARRIERS)
            alpha = ALPHAS[trial % 10 == 0]
            found = decode(code, COPIES, seen, alpha=alpha)
            runs[alpha] += 1
            named[alpha] += bool(found.named)
            p_values, chances = one_copy_p_values(seen, code, found.scores)
            observed += [np.sum(p_values <= rate) for rate in RATES]
            predicted += COPIES * chances
        total += (observed, predicted)
        cells = "".join(f"{f'{c:.0f} / {q:.1f}':>20}" for c, q in zip(observed, predicted, strict=True))
        print(f"{name:34}{cells}", flush=True)
    deviations = (total[0] - total[1]) / np.sqrt(np.maximum(total[1], 1e-9))
    print("all: observed " + ", ".join(f"{c:.0f}" for c in total[0]), end="")
    print("; predicted " + ", ".join(f"{c:.1f}" for c in total[1]), end="")
    print("; deviations " + ", ".join(f"{z:+.1f} σ" for z in deviations))
    for alpha, wrong in named.items():
        print(f"traces that named anyone at α = {alpha:.0e}: {wrong} of {runs[alpha]}")
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
