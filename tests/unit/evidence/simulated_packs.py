"""Packs of synthetic leaks: a log in memory, a code without a document. The operator may be malicious."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from simulated_log import SimulatedLog

from fother.codes import FingerprintingCode, Observations, decode
from fother.evidence.commitment import CommittedCopy, CommittedEdition, EditionSecrets
from fother.evidence.kept import seen_of
from fother.evidence.log.prove import prove
from fother.evidence.log.publish import CHECKPOINT, publish
from fother.evidence.pack import (
    ArtefactMaterial,
    Bound,
    CaseMaterial,
    NamedCopy,
    PackMaterial,
    key_text,
    make,
)
from fother.registry.keys import decoy_places
from fother.verify import bag, claims, dsse, pack

LENGTH = 260
COPIES, DECOYS = 24, 6
KEY = b"e" * 32
TRACE = "T-00000001"
ALPHA = 1e-6


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def copy_name(index: int) -> str:
    return f"C-TEST0000-A{index:06d}"


def edition(key: bytes = KEY, length: int = LENGTH) -> CommittedEdition:
    return CommittedEdition(
        FingerprintingCode(key, length), EditionSecrets(key), digest("original"), digest("table"), 1.0
    )


def committed(first: int = 0, count: int = COPIES, decoys: int = DECOYS) -> tuple[CommittedCopy, ...]:
    nobody = decoy_places(KEY, first, count - decoys, decoys)
    return tuple(
        CommittedCopy(k, None if k in nobody else digest(f"who {k}"), digest(f"file {k}"))
        for k in range(first, first + count)
    )


def leak(shown: Sequence[np.ndarray], seed: int = 1, noise: float = 0.5) -> Observations:
    """What is read of a mixture: carrier by carrier one of the given codewords."""
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, len(shown), len(shown[0]))
    symbols = np.array(shown)[chosen, np.arange(len(shown[0]))]
    separation = rng.uniform(0.5, 2.5, len(symbols)) / noise
    value = (2.0 * symbols - 1) * separation / 2 + rng.normal(size=len(symbols))
    line = np.arange(len(symbols)) // 8
    return Observations(np.arange(len(symbols)), value, separation, line, line // 8).in_thousandths()


@dataclass
class World:
    """An operator with a log; by default an honest one who commits, receives a leak and traces it."""

    log: SimulatedLog = field(default_factory=SimulatedLog)
    shared: CommittedEdition = field(default_factory=edition)
    artefact: bytes = b"%PDF-1.7 the leaked file"
    bounds: list[Bound] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)
    stamps: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)

    def commit(self, copies: Sequence[CommittedCopy] | None = None) -> Bound:
        wanted = committed() if copies is None else tuple(copies)
        header = self.shared.header(wanted)
        self.enter("issue", {"commitment": header.digest.hex(), "issue": f"I-{len(self.bounds)}"})
        self.bounds.append(Bound(header.encode(), wanted, self.entries.pop()))
        return self.bounds[-1]

    def receive(self) -> None:
        sha256 = hashlib.sha256(self.artefact).hexdigest()
        self.enter("receive", {"sha256": sha256, "sighting": "L-1"})
        self.enter("trace", {"artefacts": [[sha256, "L-1"]], "trace": TRACE})

    def enter(self, kind: str, detail: dict[str, Any]) -> None:
        self.log.add(kind, detail)
        self.entries.append(self.log.log_size() - 1)

    def case(self, observations: Observations, alpha: float = ALPHA) -> CaseMaterial:
        total = sum(len(bound.copies) for bound in self.bounds)
        named = decode(self.shared.code, total, observations, alpha=alpha).named
        where = {c.index: bound for bound in self.bounds for c in bound.copies}
        nobody = {c.index for bound in self.bounds for c in bound.copies if c.identity is None}
        accused = tuple(
            NamedCopy(copy_name(n.index), n.index, where[n.index].entry, n.step, n.hypothesis)
            for n in named
            if n.index not in nobody
        )
        entries = {a.entry for a in accused}
        return CaseMaterial(
            document="D-TEST0000",
            title="A test",
            edition="E-TEST0000-A",
            shared=self.shared,
            seen=seen_of(observations),
            commitments=tuple(b for b in self.bounds if b.entry in entries),
            accused=accused,
            decoys={index: copy_name(index) for index in nobody},
        )

    def material(self, *cases: CaseMaterial, alpha: float = ALPHA) -> PackMaterial:
        publish(self.log)
        signed = self.log.files.files[CHECKPOINT]
        numbers = {*self.entries, *(b.entry for case in cases for b in case.commitments)}
        keys = self.log.log_keys()
        handovers = self.log.files.names("handover")
        return PackMaterial(
            trace=TRACE,
            traced_at="2026-01-02T00:00:00+00:00",
            made_at="2026-01-03T00:00:00+00:00",
            software="fother test",
            alpha=alpha,
            family=max(1, sum(len(b.copies) for b in self.bounds)),
            sentence="One copy is named.",
            verdict={"ranking": [{"copy": None, "log10_p": -1.5, "log10_lr": 0.25}], "tried": {"pages": [1]}},
            cases=cases,
            artefacts=(
                ArtefactMaterial(
                    self.artefact,
                    ".pdf",
                    "L-1",
                    {
                        "name": "leak.pdf", "size": len(self.artefact), "media_type": "application/pdf",
                        "source": "", "found_at": None, "received_at": "2026-01-02", "isolation": "none",
                    },
                ),
            ),
            first_key=key_text(keys[0].key),
            handovers={name: self.log.files.files[f"handover/{name}"] for name in handovers},
            proofs={number: prove(self.log, number, signed, opened=True) for number in numbers},
            stamps=self.stamps,
            key_id=keys[-1].key.id.hex(),
            sign=self.log.log_private_key(keys[-1].key).sign,
        )  # fmt: skip

    def sign_again(
        self, files: dict[str, bytes], change: Callable[[dict[str, bytes]], None]
    ) -> dict[str, bytes]:
        """The pack after a change by whoever holds the log's key: everything fits again."""
        payload, _ = bag.payload_of(files)
        change(payload)
        found = claims.decode(payload[claims.FILE])
        subjects = {
            name: hashlib.sha256(data).hexdigest() for name, data in payload.items() if name != pack.STATEMENT
        }
        stated = dsse.statement(subjects, pack.PREDICATE_TYPE, pack.predicate(found))
        key = self.log.log_keys()[-1].key
        payload[pack.STATEMENT] = dsse.seal(stated, key.id.hex(), self.log.log_private_key(key).sign)
        return bag.whole(payload, pack.info_of(found))


def honest(source: int = 3, **options: Any) -> tuple[World, dict[str, bytes]]:
    """A pack about one copy."""
    world = World(**options)
    world.commit()
    world.receive()
    case = world.case(leak([world.shared.code.symbols(source)]))
    return world, make(world.material(case))


def source_of(world: World) -> int:
    """The first copy that somebody got."""
    return next(c.index for c in world.bounds[0].copies if c.identity is not None)
