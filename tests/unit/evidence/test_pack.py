"""Evidence packs: what is valid, what is refused, and what an operator can and cannot do afterwards."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from simulated_authority import EC, RSA, Authority
from simulated_log import SimulatedLog
from simulated_packs import World, committed, copy_name, digest, edition, honest, leak

from fother.errors import EvidenceError
from fother.evidence import standalone
from fother.evidence.kept import KeptCase, decode, encode, seen_of
from fother.evidence.log import stamps
from fother.evidence.log.prove import prove
from fother.evidence.log.publish import publish
from fother.evidence.pack import make, sizes
from fother.evidence.words import METHOD
from fother.verify import bag, canonical, claims, note, pack
from fother.verify.commitment import header_digest
from fother.verify.pack import Trust, check_files

SOURCE = 3
NOTHING = Trust()
assert committed()[SOURCE].identity is not None


@pytest.fixture(scope="module")
def world_and_pack() -> tuple[World, dict[str, bytes]]:
    return honest(SOURCE)


def refused(files: dict[str, bytes], sentence: str, trust: Trust = NOTHING) -> None:
    outcome = check_files(files, trust)
    assert not outcome.valid
    assert (outcome.proven, outcome.stated) == ((), ())
    assert any(sentence in error for error in outcome.errors), outcome.errors


# Valid


def test_a_pack_proves_what_the_trace_found(world_and_pack: tuple[World, dict[str, bytes]]) -> None:
    world, files = world_and_pack
    outcome = check_files(files)
    assert outcome.errors == ()
    said = " ".join(outcome.proven)
    assert f"Copy {copy_name(SOURCE)} opens to the commitment" in said
    assert "6 copies that nobody got" in said
    assert "issue (1), receive (2), trace (3)" in said
    (result,) = outcome.cases[0].results
    exact = world.case(leak([world.shared.code.symbols(SOURCE)])).accused
    assert [a.copy for a in exact] == [result.copy]
    assert all(p > -4 for p in result.decoys)
    assert any("who leaked" in s for s in outcome.stated)


def test_the_figures_are_those_of_the_decoder(world_and_pack: tuple[World, dict[str, bytes]]) -> None:
    from fother.codes import decode as decode_leak

    world, files = world_and_pack
    (result,) = check_files(files).cases[0].results
    (named,) = decode_leak(world.shared.code, 24, leak([world.shared.code.symbols(SOURCE)])).named
    assert result.log10_p == pytest.approx(named.log10_p, abs=1e-4)
    assert result.log10_bound == pytest.approx(named.log10_bound, abs=1e-4)
    whole = json.loads(files["data/pack.json"])
    (stated,) = whole["cases"][0]["accused"]
    assert 0 <= float(stated["log10_bound"]) - result.log10_bound < 0.011


def test_nothing_of_other_copies_is_in_the_pack(world_and_pack: tuple[World, dict[str, bytes]]) -> None:
    world, files = world_and_pack
    everything = b"".join(files.values())
    opened = {SOURCE, *(c.index for c in world.bounds[0].copies if c.identity is None)}
    for copy in world.bounds[0].copies:
        if copy.index in opened:
            continue
        assert copy_name(copy.index).encode() not in everything
        for secret in (digest(f"who {copy.index}"), world.shared.secrets.of_codeword(copy.index)):
            assert secret not in everything
            assert secret.hex().encode() not in everything
    assert world.shared.secrets.key.hex().encode() not in everything


def test_the_opening_is_small_for_five_thousand_marks() -> None:
    world = World(shared=edition(length=5000))
    world.commit()
    world.receive()
    found = sizes(make(world.material(world.case(leak([world.shared.code.symbols(SOURCE)], noise=3.0)))))
    assert found["opening"] + found["biases"] <= 4096


@pytest.mark.parametrize("members", [2, 3])
def test_a_coalition_is_opened_member_by_member(members: int) -> None:
    world = World(shared=edition(length=1500))
    world.commit()
    world.receive()
    who = [c.index for c in world.bounds[0].copies if c.identity is not None][:members]
    case = world.case(leak([world.shared.code.symbols(k) for k in who]))
    assert {a.index for a in case.accused} == set(who)
    files = make(world.material(case))
    outcome = check_files(files)
    assert outcome.errors == ()
    assert {r.copy for r in outcome.cases[0].results} == {copy_name(k) for k in who}
    assert sum("/copies/" in name for name in files) == members


@pytest.mark.parametrize("step", ["lines", "pages"])
def test_e_value_steps_are_recomputed(step: str) -> None:
    world = World()
    world.commit()
    world.receive()
    case = world.case(leak([world.shared.code.symbols(SOURCE)]))
    (accused,) = case.accused
    case = replace(case, accused=(replace(accused, step=step, hypothesis=f"some {step} of it"),))
    outcome = check_files(make(world.material(case)))
    assert outcome.errors == ()
    assert outcome.cases[0].results[0].score is None


def test_pairs_are_recomputed_and_their_list_is_only_stated() -> None:
    world = World(shared=edition(length=1500))
    world.commit()
    world.receive()
    who = [c.index for c in world.bounds[0].copies if c.identity is not None][:2]
    case = world.case(leak([world.shared.code.symbols(k) for k in who]))
    pairs = tuple(replace(a, step="pair", hypothesis="interleave of 2") for a in case.accused)
    outcome = check_files(make(world.material(replace(case, accused=pairs))))
    assert outcome.errors == ()
    assert any("pairs" in s for s in outcome.stated)


def test_a_late_recipient_is_in_a_later_commitment() -> None:
    world = World()
    world.commit()
    world.commit(committed(first=24, count=9, decoys=4))
    world.receive()
    late = next(c.index for c in world.bounds[1].copies if c.identity is not None)
    files = make(world.material(world.case(leak([world.shared.code.symbols(late)]))))
    outcome = check_files(files)
    assert outcome.errors == ()
    assert outcome.claims is not None
    assert outcome.claims.family == 33
    assert any("9 copies (4 of them decoys)" in s for s in outcome.proven)


def test_a_pack_that_names_nobody_says_so() -> None:
    world = World()
    world.commit()
    world.receive()
    outcome = check_files(make(world.material()))
    assert outcome.errors == ()
    assert any("no copy could be named" in s for s in outcome.stated)


def test_a_replaced_key_is_followed_from_the_first_one() -> None:
    world = World()
    first = world.log.periods[0].key
    world.commit()
    world.log.rotate()
    world.receive()
    files = make(world.material(world.case(leak([world.shared.code.symbols(SOURCE)]))))
    assert check_files(files).errors == ()
    assert any("key that you named" in s for s in check_files(files, Trust(key=str(first))).proven)
    assert check_files(files, Trust(key=str(world.log.periods[1].key))).valid


def test_what_the_checker_knows_from_elsewhere_counts(world_and_pack: tuple[World, dict[str, bytes]]) -> None:
    world, files = world_and_pack
    digest_of = header_digest(world.bounds[0].header).hex()
    key = str(world.log.periods[0].key)
    outcome = check_files(files, Trust(key=key, commitment=digest_of))
    assert any("receipt that you hold" in s for s in outcome.proven)
    assert not any("is the log's key" in s for s in outcome.stated)
    refused(files, "not the one in this pack", Trust(commitment="0" * 64))
    refused(files, "another key", Trust(key=str(SimulatedLog(seed=9).periods[0].key)))
    witness = note.key_of(
        "witness.example", Ed25519PrivateKey.from_private_bytes(b"w" * 32), note.COSIGNATURE
    )
    refused(files, "witnesses", Trust(witnesses=(str(witness),)))
    refused(files, "no verifier key", Trust(key="nonsense"))


def test_a_witness_is_told_of() -> None:
    world = World()
    world.commit()
    world.receive()
    case = world.case(leak([world.shared.code.symbols(SOURCE)]))
    world.material(case)  # publishes
    private = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
    signed = note.parse(world.log.files.files["checkpoint"])
    cosigned = note.cosign(signed.text, "witness.example", private, 1_700_000_000)
    seen = note.Note(signed.text, (*signed.signatures, cosigned)).encode()
    world.log.files.files["checkpoint"] = seen
    files = make(world.material(case))
    witness = note.key_of("witness.example", private, note.COSIGNATURE)
    outcome = check_files(files, Trust(witnesses=(str(witness),)))
    assert any("witness.example" in s for s in outcome.proven)


def test_a_time_stamp_says_when_the_commitment_existed() -> None:
    world = World()
    bound = world.commit()
    publish(world.log)
    files = world.log.files
    stamps.request(files, files.files["checkpoint"])
    authority = Authority(EC)
    text = note.parse(files.files["checkpoint"]).text
    response = authority.answer(hashlib.sha256(text.encode()).digest())
    stamps.keep(files, response, [authority.root])
    signed, kept = stamps.earliest(files, bound.entry) or (b"", b"")
    assert kept == response
    assert stamps.earliest(files, bound.entry + 1) is None
    world.stamps[bound.entry] = prove(world.log, bound.entry, signed, opened=True), kept
    world.receive()
    made = make(world.material(world.case(leak([world.shared.code.symbols(SOURCE)]))))
    assert any("CN=Authority stamped" in s for s in check_files(made).stated)
    root = authority.root.public_bytes(Encoding.PEM)
    assert any("CN=Authority stamped" in s for s in check_files(made, Trust(roots=root)).proven)
    other = Authority(RSA).own.public_bytes(Encoding.PEM)
    refused(made, "does not lead to any", Trust(roots=other))
    name = f"stamp/{bound.entry}.tsr"
    late = authority.answer(b"x" * 32)
    assert not check_files(world.sign_again(made, lambda p: p.update({name: late}))).valid


# Refused


def test_sampled_flips_of_every_file_are_refused(world_and_pack: tuple[World, dict[str, bytes]]) -> None:
    # bench/pack_flips.py flips every byte of a whole pack.
    _, files = world_and_pack
    for name, data in files.items():
        for place in {0, len(data) // 3, len(data) // 2, len(data) - 1}:
            flipped = bytearray(data)
            flipped[place] ^= 1 << (place % 8)
            assert not check_files({**files, name: bytes(flipped)}).valid, (name, place)
        assert not check_files({k: v for k, v in files.items() if k != name}).valid, name


def test_a_zipped_pack_with_a_flip_is_refused(
    world_and_pack: tuple[World, dict[str, bytes]], tmp_path: Path
) -> None:
    data = bag.zip_bytes(world_and_pack[1])
    place = tmp_path / "pack.zip"
    place.write_bytes(data)
    assert pack.check(place).valid
    for at in range(0, len(data), 5003):
        place.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
        assert not pack.check(place).valid, at
    place.write_bytes(data[:-1])
    assert not pack.check(place).valid


@pytest.mark.parametrize("content", [b"", b"PK", b"{}", b"\0" * 100])
def test_other_files_are_no_packs(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    assert "not an evidence pack" in pack.check(tmp_path / "x").errors[0]
    assert not pack.check(tmp_path / "missing").valid
    assert not pack.check(tmp_path).valid


def edited(name: str, change: Callable[[dict], None]) -> Callable[[dict[str, bytes]], None]:
    def apply(payload: dict[str, bytes]) -> None:
        value = canonical.decode(payload[name])
        change(value)
        payload[name] = canonical.encode(value)

    return apply


def opening_of(files: dict[str, bytes], kind: str = "copies") -> str:
    return next(n.removeprefix("data/") for n in sorted(files) if f"/{kind}/" in n)


FRAMING = {
    "biases": (
        lambda _: edited("case-1/biases.json", lambda v: v.update(thresholds="A" + v["thresholds"][1:])),
        "biases are not those",
    ),
    "original": (
        lambda _: edited("case-1/biases.json", lambda v: v.update(original="0" * 64)),
        "original is not the one",
    ),
    "codeword": (
        lambda f: edited(opening_of(f), lambda v: v.update(codeword="AAAA" + v["codeword"][4:])),
        "not as it was committed",
    ),
    "recipient row": (
        lambda f: edited(opening_of(f), lambda v: v.update(identity="0" * 64)),
        "not as it was committed",
    ),
    "file": (
        lambda f: edited(opening_of(f), lambda v: v.update(file="0" * 64)),
        "not as it was committed",
    ),
    "index": (
        lambda f: edited(opening_of(f), lambda v: v.update(index=v["index"] + 1)),
        "not as it was committed",
    ),
    "table of carriers": (
        lambda f: edited(commitment_of(f), lambda v: v.update(table="0" * 64)),
        "not in the log",
    ),
    "hypotheses": (
        lambda f: edited(commitment_of(f), lambda v: v["hypotheses"][0].__setitem__(2, "0.34")),
        "not in the log",
    ),
    "artefact": (lambda _: replaced("artefact/1.pdf", b"%PDF another leak"), "not the file"),
    "a decoy kept back": (lambda f: removed(opening_of(f, "decoys")), "opens 5"),
    "trace": (
        lambda _: edited("pack.json", lambda v: v.update(trace="T-00000002")),
        "trace of the pack is not in the log",
    ),
    "stronger probability": (
        lambda _: edited("pack.json", lambda v: accused_of(v).update(log10_p="-99.00")),
        "claims a probability",
    ),
    "stronger bound": (
        lambda _: edited("pack.json", lambda v: accused_of(v).update(log10_bound="-99.00")),
        "claims a bound",
    ),
    "smaller family": (
        lambda _: edited("pack.json", lambda v: v.update(family=2)),
        "counts 2 copies",
    ),
    "another copy named": (
        lambda _: edited("pack.json", lambda v: accused_of(v).update(copy=copy_name(20))),
        "not opened",
    ),
    "known that is not accused": (
        lambda _: edited("pack.json", lambda v: accused_of(v).update(given=[copy_name(20)])),
        "not accused itself",
    ),
    "step that does not exist": (
        lambda _: edited("pack.json", lambda v: accused_of(v).update(step="best of all")),
        "no step",
    ),
    "observations stronger than read": (
        lambda _: edited("pack.json", lambda v: v.update(alpha="1e-300")),
        "above the level",
    ),
}


def accused_of(value: dict) -> dict:
    found: dict = value["cases"][0]["accused"][0]
    return found


def commitment_of(files: dict[str, bytes]) -> str:
    return next(n.removeprefix("data/") for n in files if n.endswith("header.json"))


def replaced(name: str, data: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda payload: payload.update({name: data})


def removed(name: str) -> Callable[[dict[str, bytes]], None]:
    def apply(payload: dict[str, bytes]) -> None:
        del payload[name]

    return apply


@pytest.mark.parametrize("what", FRAMING)
def test_an_operator_who_alters_things_afterwards_is_caught(
    what: str, world_and_pack: tuple[World, dict[str, bytes]]
) -> None:
    """He holds the log's key and signs the altered pack anew."""
    world, files = world_and_pack
    change, sentence = FRAMING[what]
    outcome = check_files(world.sign_again(files, change(files)))
    assert not outcome.valid
    assert sentence in outcome.errors[0]


def test_signing_again_without_a_change_stays_valid(world_and_pack: tuple[World, dict[str, bytes]]) -> None:
    world, files = world_and_pack
    assert check_files(world.sign_again(files, lambda _: None)).valid


def test_a_commitment_made_after_the_leak_is_refused() -> None:
    """Whoever may choose the biases afterwards can frame anybody."""
    world = World()
    world.receive()
    world.commit()
    files = make(world.material(world.case(leak([world.shared.code.symbols(SOURCE)]))))
    refused(files, "only after the leak")


def test_evidence_that_does_not_reach_the_level_makes_no_pack() -> None:
    world = World()
    world.commit()
    world.receive()
    case = world.case(leak([world.shared.code.symbols(SOURCE)]))
    with pytest.raises(EvidenceError, match="does not reach the level"):
        make(world.material(case, alpha=1e-200))


# What is not promised


def test_not_promised_a_whole_log_invented_afterwards_stands_until_somebody_has_a_receipt() -> None:
    """The operator throws away his log and makes another one in which a new commitment frames copy 3."""
    real, _ = honest(SOURCE)
    receipt = header_digest(real.bounds[0].header).hex()
    other = edition(key=b"f" * 32)
    _, forged = honest(SOURCE, shared=other, log=SimulatedLog())
    assert check_files(forged).valid
    assert any("is the log's key" in s for s in check_files(forged).stated)
    refused(forged, "not the one in this pack", Trust(commitment=receipt))


def test_not_promised_observations_are_only_stated_until_they_are_measured_again() -> None:
    """The operator invents observations that fit a copy; `fother verify --original` catches it (e2e)."""
    world = World()
    world.commit()
    world.receive()
    victim = 20
    assert world.bounds[0].copies[victim].identity is not None
    files = make(world.material(world.case(leak([world.shared.code.symbols(victim)]))))
    outcome = check_files(files)
    assert outcome.valid
    assert any("observations are what the artefact shows" in s for s in outcome.stated)


def test_not_promised_an_operator_may_leak_a_copy_that_he_renders_himself(
    world_and_pack: tuple[World, dict[str, bytes]],
) -> None:
    """The pack of a copy that its recipient leaked and of one that the operator leaked are the same pack, so
    it says of both that it does not show who leaked."""
    _, by_recipient = world_and_pack
    _, by_operator = honest(SOURCE)
    assert by_operator == by_recipient
    assert any("so may whoever made it" in s for s in check_files(by_operator).stated)
    assert "could have rendered and leaked it" in METHOD


# Kept evidence, single file


def test_kept_observations_come_back() -> None:
    cases = (KeptCase("D-1", "E-1-A", seen_of(leak([edition().code.symbols(1)]))),)
    assert decode(encode(cases)) == cases


def test_the_single_file_runs_with_cryptography_alone(
    world_and_pack: tuple[World, dict[str, bytes]], tmp_path: Path
) -> None:
    script, place = tmp_path / "verify_pack.py", tmp_path / "pack.zip"
    script.write_bytes(standalone.build())
    place.write_bytes(bag.zip_bytes(world_and_pack[1]))
    # Everything but the standard library and cryptography (with cffi) is hidden from the child.
    blocked = (
        "import importlib.abc, runpy, sys\n"
        "class Wall(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        top = name.partition('.')[0]\n"
        "        allowed = {'cryptography', 'cffi', '_cffi_backend', 'pycparser', 'fother'}\n"
        "        if top in sys.stdlib_module_names or top in allowed: return None\n"
        "        raise ImportError(f'{name} is walled off')\n"
        "sys.meta_path.insert(0, Wall())\n"
        "sys.argv = sys.argv[1:]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    words = [sys.executable, "-I", "-c", blocked, str(script), str(place), "--json"]
    good = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert good.returncode == 0, good.stderr
    found = json.loads(good.stdout)
    assert found["valid"]
    assert found["proven"] == list(check_files(world_and_pack[1]).proven)
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 1
    place.write_bytes(bytes(data))
    bad = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert bad.returncode == 1
    assert json.loads(bad.stdout) == {
        "valid": False, "proven": [], "stated": [], "errors": json.loads(bad.stdout)["errors"]
    }  # fmt: skip


def test_the_single_file_holds_the_modules_word_for_word() -> None:
    text = standalone.build().decode()
    folder = Path(pack.__file__).parent
    for module in folder.glob("*.py"):
        if module.stem != "__init__":
            assert module.read_text() in text, module.name


def test_cautious_figures_are_never_stronger_than_exact() -> None:
    for exact in (-12.345678, -0.001, 0.0, -7.0, -1e9):
        told = float(claims.cautious(exact))
        assert told >= exact or exact < -999_999
        assert told <= 0
