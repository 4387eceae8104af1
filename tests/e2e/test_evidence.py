"""From a leak to a pack that others check, and what `check` says when somebody altered what was committed."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from fother_command import World, fother

from fother.evidence.commitment import CommittedEdition
from fother.evidence.kept import KeptCase, seen_of
from fother.evidence.kept import decode as decode_kept
from fother.flow import evidence
from fother.flow.health import commitment_findings
from fother.registry import Registry, open_registry


@pytest.fixture(scope="module")
def own(world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The registry to write to."""
    folder = tmp_path_factory.mktemp("evidence")
    shutil.copytree(world.home, folder / "home")
    return World(
        folder, folder / "home", world.sample, world.recipients, world.registered, world.issued,
        world.other_registered, world.other_issued,
    )  # fmt: skip


@pytest.fixture(scope="module")
def traced(own: World) -> dict:
    _, file = own.copy(4)
    found: dict = fother("trace", file, "--document", own.document, home=own.home).json
    return found


def test_a_pack_is_made_and_checked_without_the_registry(own: World, traced: dict, tmp_path: Path) -> None:
    place = tmp_path / "pack.zip"
    made = fother("evidence", "make", traced["trace"], "--out", place, home=own.home).json
    assert made["copies"] == [own.copy(4)[0]]
    assert made["sizes"]["opening"] + made["sizes"]["biases"] <= 4096
    ran = fother("verify", place, "--commitment", own.issued["commitment"], home=tmp_path / "nothing").json
    assert ran["valid"]
    assert any("receipt" in sentence for sentence in ran["proven"])
    assert any("byte for byte, the committed file" in sentence for sentence in ran["proven"])
    assert not (tmp_path / "nothing").exists()
    pack = json.loads(fother("show", traced["trace"], home=own.home).stdout)
    assert pack["verdict"]["accused"][0]["log10_p"] == traced["accused"][0]["log10_p"]
    # Measured again from the file in the pack and the unmarked original.
    again = fother("verify", place, "--original", own.sample, home=tmp_path / "nothing").json
    assert any("Measured again" in sentence for sentence in again["proven"])
    other = fother("verify", place, "--original", own.recipients, home=tmp_path / "nothing")
    assert other.status != 0
    damaged = bytearray(place.read_bytes())
    damaged[5000] ^= 1
    place.write_bytes(bytes(damaged))
    ran_again = fother("verify", place, home=tmp_path / "nothing")
    assert ran_again.status == 1
    assert not json.loads(ran_again.stdout)["valid"]


def test_invented_observations_are_caught_when_the_leak_is_measured_again(
    own: World, traced: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator frames the holder of another copy: his observations fit it, the leaked file does not."""
    victim = own.copy(7)[0]
    with open_registry(own.home) as registry:
        trace = registry.show(traced["trace"])
        (kept, *_) = decode_kept(registry.get_blob(trace.evidence))  # type: ignore[union-attr, arg-type]
        copy = registry.copy(victim)
        shared = _shared(registry, own.document, kept.edition)
        symbols = shared.code.symbols(copy.index)
        rng = np.random.default_rng(1)
        d = np.array(kept.seen.separation) / 1000
        signs = 2.0 * symbols[list(kept.seen.carrier)] - 1
        value = signs * d / 2 + rng.normal(size=len(d))
        forged = KeptCase(kept.document, kept.edition, _with(kept, value))
        real = evidence.decode
        monkeypatch.setattr(evidence, "decode", lambda data: (forged,) if real(data) else ())
        verdict = {**trace.verdict, "accused": [{**trace.verdict["accused"][0], "copy": victim}]}  # type: ignore[union-attr]
        monkeypatch.setattr(type(trace), "verdict", verdict, raising=False)
        object.__setattr__(trace, "verdict", verdict)
        monkeypatch.setattr(registry, "show", lambda _: trace)
        evidence.make_pack(
            registry,
            traced["trace"],
            tmp_path / "forged.zip",
            now=trace.made_at,
            software="fother forged",  # type: ignore[union-attr]
        )
    nothing = tmp_path / "nothing"
    assert fother("verify", tmp_path / "forged.zip", home=nothing).json["valid"]
    caught = fother("verify", tmp_path / "forged.zip", "--original", own.sample, home=nothing)
    assert caught.status == 1
    assert "above the level" in json.loads(caught.stdout)["errors"][0]


def _with(kept: KeptCase, value: np.ndarray):  # type: ignore[no-untyped-def]
    from fother.codes import Observations

    seen = kept.seen
    return seen_of(
        Observations(
            seen.carrier, value, np.array(seen.separation) / 1000, seen.line, seen.page
        ).in_thousandths()
    )


def _shared(registry: Registry, document: str, edition: str) -> CommittedEdition:
    from fother.flow.commit import committed_edition

    (found,) = [e for e in registry.editions(document) if e.id == edition]
    return committed_edition(registry, registry.document(document), found)


def test_packs_that_cannot_be_made(own: World, traced: dict, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    taken = fother("evidence", "make", traced["trace"], "--out", tmp_path / "taken", home=own.home)
    assert (taken.status, "exists already" in taken.stderr) == (2, True)
    unknown = fother("evidence", "make", "T-00000000", "--out", tmp_path / "x", home=own.home)
    assert unknown.status == 6
    nobody = fother("trace", own.sample, "--document", own.document, home=own.home).json
    refused = fother("evidence", "make", nobody["trace"], "--out", tmp_path / "x", home=own.home)
    assert (refused.status, "names no copy" in refused.stderr) == (11, True)
    made = fother("evidence", "make", nobody["trace"], "--no-name", "--out", tmp_path / "x", home=own.home)
    assert made.json["copies"] == []
    assert fother("verify", tmp_path / "x", home=own.home).json["valid"]


def test_a_check_tells_when_commitments_no_longer_fit(own: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_registry(own.home) as registry:
        assert commitment_findings(registry) == []
        monkeypatch.setattr(type(registry), "identity_commitment", lambda *_: hashlib.sha256(b"x").digest())
        assert {f.severity for f in commitment_findings(registry)} == {"error"}
        assert "somebody else" in commitment_findings(registry)[0].sentence
        monkeypatch.undo()
        monkeypatch.setattr(type(registry), "edition_key", lambda *_: b"another key".ljust(32, b"."))
        assert "codewords" in commitment_findings(registry)[0].sentence
