"""Does any parser of untrusted bytes crash or hang? Coverage-guided fuzzing of every one of them.

    pip install atheris
    python bench/fuzz_formats.py [TARGET …] [--seconds 300]

Each target runs in a process of its own, from valid examples, for so many seconds. Every input must be read
or refused with the module's own error within 10 seconds and 2 GB; anything else ends the target, is printed
and fails the run. Stated are the seconds of CPU that were really spent.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import atheris

HERE = Path(__file__).parent
TESTS = HERE.parent / "tests"
for folder in ("unit/verify", "unit/evidence", "property/intake"):
    sys.path.insert(0, str(TESTS / folder))

with atheris.instrument_imports(include=["fother.verify", "fother.evidence.log", "fother.intake"]):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from simulated_log import SimulatedLog

    from fother.errors import FotherError
    from fother.evidence.log import prove, publish, tiles, witness
    from fother.verify import (
        bag,
        canonical,
        checkpoint,
        claims,
        commitment,
        dsse,
        entry,
        keychain,
        note,
        opening,
        pack,
        score,
        timestamp,
        tlogproof,
    )
    from fother.verify.errors import VerificationError

Target = tuple[Callable[[bytes], Any], Iterable[bytes]]


def targets() -> dict[str, Target]:
    """For each name what reads the bytes, and valid bytes to start from."""
    from simulated_authority import Authority
    from simulated_packs import honest
    from simulated_reader import HONEST, messages, told

    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    log = SimulatedLog()
    log.grow(20)
    publish.publish(log)
    signed, key = log.files.files[publish.CHECKPOINT], log.periods[0].key
    seen = note.key_of("w.example", private, note.COSIGNATURE)
    text = note.parse(signed).text
    cosigned = note.Note(text, (*note.parse(signed).signatures, note.cosign(text, "w.example", private, 7)))
    proof = prove.prove(log, 7, cosigned.encode(), opened=True)
    answer = Authority().answer(bytes(32))
    statement = dsse.statement({"file": "00" * 32}, "https://example.org/x", {"a": 1})
    envelope = dsse.seal(statement, "key", private.sign)
    header = commitment.Header(
        *(bytes(32), bytes(32), bytes(32), 9, 4, (4, 8, 12), 3, "0.02", 20, 16, "fother 1"),
        *((("interleave", 1, "0.35"),), {"single": "0.5"}, "1e-06", bytes(32)),
    )
    shown = opening.Opening("C-1", 3, 1, (bytes(32),), b"ab", bytes(32), bytes(32), bytes(32), bytes(32))
    case = b'{"accused":[],"commitments":["a"],"document":"D","edition":"E","folder":"f","title":"t"}'
    told_case = (
        b'{"alpha":"1e-06","artefacts":[],"cases":[%b],"family":3,"made_at":"x","software":"x",' % case
    )
    told_case += b'"trace":"T","version":1}'
    packed = bag.zip_bytes(bag.whole({"a": b"a"}, {"Bagging-Date": "2026-01-01"}))
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    leaf = entry.encode(entry.Entry("trace", moment, bytes(32)))

    def whole_proof(data: bytes) -> None:
        tlogproof.check_entry(data, key, [seen], 1)
        keychain.follow(key, [data])

    def cosignatures(data: bytes) -> None:
        checkpoint.cosigners(data, [seen])
        checkpoint.opened(data, key)

    def named_key(data: bytes) -> None:
        note.verifier_key(data.decode("utf-8", "replace"))

    def reader(data: bytes) -> None:
        told(io.BytesIO(data))

    world, whole = honest()
    names = sorted(bag.payload_of(whole)[0])

    def altered_pack(data: bytes) -> None:
        """One file of a pack replaced, by somebody who can sign the whole again."""
        name = names[data[0] % len(names)] if data else names[0]
        pack.check_files(world.sign_again(dict(whole), lambda files: files.update({name: data[1:]})))

    parts = [bytes([number]) + bag.payload_of(whole)[0][name] for number, name in enumerate(names)]

    return {
        "canonical": (canonical.decode, [b'{"a":[1,"x",null,true]}', leaf]),
        "entry": (entry.decode, [leaf]),
        "note": (note.parse, [signed, cosigned.encode()]),
        "verifier-key": (
            lambda data: note.verifier_key(data.decode("utf-8", "replace")),
            [str(key).encode()],
        ),
        "checkpoint": (cosignatures, [signed, cosigned.encode()]),
        "proof": (whole_proof, [proof]),
        "request": (witness.parse_request, [witness.request(log, 7, signed), signed]),
        "bundle": (tiles.unbundle, [tiles.bundle([leaf, b"", b"x"])]),
        "timestamp": (lambda data: timestamp.check(data, bytes(32)), [answer]),
        "dsse": (lambda data: dsse.open_sealed(data, key.public), [envelope]),
        "pack": (altered_pack, parts),
        "bag": (lambda data: bag.payload_of(bag.unzip(data)), [packed]),
        "opening": (opening.decode_opening, [shown.encode()]),
        "claims": (claims.decode, [told_case]),
        "commitment": (commitment.decode_header, [header.encode()]),
        "observations": (score.decode_seen, [score.Seen((1, 4), (9, -9), (5, 5), (0, 0), (0, 0)).encode()]),
        "sandbox": (reader, [messages(HONEST)]),
    }


def fuzz(name: str, seconds: int) -> None:
    """Never returns: the fuzzer ends the process."""
    read, seeds = targets()[name]

    def one(data: bytes) -> None:
        with suppress(VerificationError, FotherError):
            read(data)

    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds):
            (Path(folder) / str(number)).write_bytes(seed)
        options = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-max_len=60000"]
        atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}/", folder], one)
        atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("targets", nargs="*", help="which parsers; all without")
    parser.add_argument("--seconds", type=int, default=300, help="for each")
    parser.add_argument("--in-process", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.in_process:
        fuzz(options.targets[0], options.seconds)
    failures = 0
    print("| parser | inputs | CPU seconds | result |\n|---|---|---|---|")
    for name in options.targets or targets():
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        words = [sys.executable, __file__, name, "--seconds", str(options.seconds), "--in-process"]
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        runs = re.search(r"Done (\d+) runs", done.stderr)
        well = done.returncode == 0 and runs is not None
        failures += not well
        result = "no crash, no hang" if well else f"FAILED after {time.monotonic() - start:.0f} s"
        count = runs[1] if runs else "?"
        print(f"| {name} | {count} | {spent:.0f} | {result} |", flush=True)
        if not well:
            print(done.stderr[-3000:], file=sys.stderr)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    main()
