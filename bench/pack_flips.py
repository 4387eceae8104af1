"""Every byte of a pack, as a folder's files and as a ZIP file, flipped once: is every flip refused?

    python bench/pack_flips.py [--step 1]

The pack is the one of tests/unit/evidence/simulated_packs.py (260 carriers, 24 copies). Prints the sizes of
its parts, how many flips were tried and which were accepted (none), and how long one check takes.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from fother.evidence.pack import sizes
from fother.verify import bag
from fother.verify.errors import VerificationError
from fother.verify.pack import check_files


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--step", type=int, default=1, help="flip every so many bytes")
    step = parser.parse_args().step
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "unit" / "evidence"))
    from simulated_packs import honest

    _, files = honest()
    assert check_files(files).valid
    print(", ".join(f"{name} {size}" for name, size in sizes(files).items()), "bytes")
    start = time.process_time()
    assert check_files(files).valid
    print(f"one check {time.process_time() - start:.3f} s of CPU")
    accepted, tried = [], 0
    for name, data in files.items():
        for place in range(0, len(data), step):
            changed = data[:place] + bytes([data[place] ^ 1 << (place % 8)]) + data[place + 1 :]
            tried += 1
            if check_files({**files, name: changed}).valid:
                accepted.append((name, place))
    print(f"folder: {tried} flips, accepted {len(accepted)} {accepted[:5]}")
    data = bag.zip_bytes(files)
    accepted_places = []
    for place in range(0, len(data), step):
        changed = data[:place] + bytes([data[place] ^ 1 << (place % 8)]) + data[place + 1 :]
        try:
            if check_files(bag.unzip(changed)).valid:
                accepted_places.append(place)
        except VerificationError:
            pass
    print(
        f"zip: {len(range(0, len(data), step))} flips, accepted {len(accepted_places)} {accepted_places[:5]}"
    )


if __name__ == "__main__":
    main()
