"""How long a third party's check takes and how large the parts of a pack are, by marks and step.

    python bench/pack_speed.py

Synthetic leaks of one copy (the noise grows with the root of the marks) among 10,000 committed copies, 16 of
them decoys. CPU seconds of one core in this process, without starting Python; then the same by
the single file verify_pack.py in a new process, start included. Also what the whole-number weights cost:
decades of evidence with weights of root mean square 16 beside weights 64 times as fine.
"""

from __future__ import annotations

import math
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from fother.evidence import standalone
from fother.evidence.pack import make, sizes
from fother.verify import bag
from fother.verify.pack import check_files


def check_time(length: int) -> None:
    from simulated_packs import World, committed, edition, leak

    world = World(shared=edition(length=length))
    world.commit(committed(count=10_000, decoys=16))
    world.receive()
    files = make(
        world.material(world.case(leak([world.shared.code.symbols(3)], noise=0.035 * math.sqrt(length))))
    )
    times = []
    for _ in range(5):
        start = time.process_time()
        outcome = check_files(files)
        times.append(time.process_time() - start)
        assert outcome.valid, outcome.errors
    found = sizes(files)
    (result,) = outcome.cases[0].results
    with tempfile.TemporaryDirectory() as folder:
        script, place = Path(folder) / "verify_pack.py", Path(folder) / "pack.zip"
        script.write_bytes(standalone.build())
        place.write_bytes(bag.zip_bytes(files))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-I", script, place], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        alone = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    both = found["opening"] + found["biases"]
    print(
        f"{length} marks: check {min(times):.2f} to {max(times):.2f} s of CPU, single file {alone:.2f} s; "
        f"p 10^{result.log10_p:.1f}; bytes: opening {found['opening']} + biases {found['biases']} = {both}, "
        f"observations {found['observations']}, decoys {found['decoys']}, log {found['log']}, "
        f"verifier {found['verifier']}"
    )


def rounding_cost(length: int) -> None:
    from simulated_packs import edition, leak

    from fother.codes import tail
    from fother.codes.hypotheses import DEFAULT_FAMILY, emission, evidence

    code = edition(length=length).code
    lost = []
    for seed in range(20):
        obs = leak([code.symbols(3)], seed=seed, noise=0.035 * math.sqrt(length))
        found = evidence(emission(obs, DEFAULT_FAMILY[0]), code.probabilities)
        gain = found.g1 - found.g0
        decades = []
        for size in (16.0, 1024.0):
            weights = np.rint(gain * (size / math.sqrt(float((gain * gain).mean())))).astype(np.int64)
            score = int(weights @ code.symbols(3).astype(np.int64))
            decades.append(-tail.log_tail(weights, code.probabilities, score) / math.log(10))
        lost.append(1 - decades[0] / decades[1])
    print(
        f"{length} marks: evidence lost by rounding {np.mean(lost):.2e} of its decades on average, "
        f"{max(lost):.2e} at most in 20 leaks"
    )


def main() -> None:
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "unit" / "evidence"))
    for length in (260, 1000, 5000, 20_000):
        check_time(length)
    for length in (260, 1000):
        rounding_cost(length)


if __name__ == "__main__":
    main()
