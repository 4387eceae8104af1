"""What does the log cost? Seconds to enter and publish one act, and to check the whole log, as it grows.

python bench/log_speed.py [--acts 200] [--sizes 1000 10000 100000]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "unit" / "evidence"))

from simulated_log import SimulatedLog  # noqa: E402

from fother.evidence.log.audit import audit  # noqa: E402
from fother.evidence.log.prove import prove  # noqa: E402
from fother.evidence.log.publish import CHECKPOINT  # noqa: E402
from fother.evidence.log.publish import publish as publish_simulated  # noqa: E402
from fother.flow.log import publish  # noqa: E402
from fother.registry import open_registry  # noqa: E402


def seconds(work: object) -> float:
    start = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--acts", type=int, default=200, help="acts in a registry on disk")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 10_000, 100_000], help="entries")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_registry(Path(folder) / "home") as registry:
        entered, published = [], []
        spent = time.process_time()
        for turn in range(options.acts):
            start = time.perf_counter()
            registry.record_trace(artefacts=[], parameters={"turn": turn}, verdict={})
            middle = time.perf_counter()
            publish(registry)
            entered.append(middle - start)
            published.append(time.perf_counter() - middle)
        spent = (time.process_time() - spent) / options.acts
        stored = sum(p.stat().st_size for p in (Path(folder) / "home" / "log").rglob("*") if p.is_file())
        print(
            f"{options.acts} acts on disk: entering one takes {1000 * statistics.median(entered):.1f} ms, "
            f"publishing it {1000 * statistics.median(published):.1f} ms (medians); both together "
            f"{1000 * spent:.1f} ms of processor time. The published files take {stored / 1e6:.1f} MB."
        )
    print("| entries | publish one more | prove one | check all |\n|---|---|---|---|")
    for size in options.sizes:
        log = SimulatedLog()
        log.grow(size)
        publish_simulated(log)
        log.add()
        more = seconds(lambda log=log: publish_simulated(log))
        signed = log.files.files[CHECKPOINT]
        proving = seconds(lambda log=log, signed=signed, size=size: prove(log, size // 2, signed))
        checking = seconds(lambda log=log: audit(log))
        print(f"| {size:,} | {1000 * more:.1f} ms | {proving:.2f} s | {checking:.2f} s |")


if __name__ == "__main__":
    main()
