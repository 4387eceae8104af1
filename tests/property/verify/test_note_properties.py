"""Notes, checkpoints and proofs: what is written is read again, everything else is the one error."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from fother.verify import checkpoint, entry, keychain, merkle, note, tlogproof
from fother.verify.errors import VerificationError

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
KEY = note.key_of("log.example", PRIVATE)
SEEN = note.key_of("witness.example", WITNESS, note.COSIGNATURE)

lines = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30)
texts = st.lists(lines, min_size=1, max_size=5).map(lambda parts: "".join(f"{part}\n" for part in parts))
roots = st.binary(min_size=32, max_size=32)
sizes = st.integers(1, 2**63 - 1)
origins = lines.filter(bool)


def signed(text: str) -> bytes:
    mine = note.sign(text, KEY.name, PRIVATE)
    return note.Note(text, (mine, note.cosign(text, SEEN.name, WITNESS, 1_700_000_000))).encode()


def a_proof(size: int = 9, number: int = 4, opened: bool = True) -> bytes:
    salt, detail = b"s" * 32, {"document": "D-1"}
    made = entry.Entry("issue", datetime(2026, 1, 1, tzinfo=UTC), entry.salted_hash(salt, detail))
    leaf = entry.encode(made)
    leaves = [merkle.leaf_hash(b"%d" % n) for n in range(size)]
    leaves[number] = merkle.leaf_hash(leaf)
    text = checkpoint.Checkpoint(KEY.name, size, merkle.root(leaves)).text
    extra = tlogproof.extra_of(leaf, salt, detail) if opened else tlogproof.extra_of(leaf)
    path = tuple(merkle.inclusion_path(leaves, number))
    return tlogproof.Proof(number, path, signed(text), extra).encode()


@given(texts)
def test_a_signed_text_comes_back_and_no_other_verifies(text: str) -> None:
    data = signed(text)
    found = note.parse(data)
    assert found.text == text
    assert found.encode() == data
    assert note.check(found, [KEY]) == KEY
    assert note.signed_by(found, SEEN) is not None
    for other in (KEY, SEEN):
        with pytest.raises(VerificationError):
            note.check(note.Note(f"x{text}", found.signatures), [other])


@given(origins, sizes, roots, st.lists(origins, max_size=2))
def test_a_checkpoint_comes_back(origin: str, size: int, root: bytes, more: list[str]) -> None:
    made = checkpoint.Checkpoint(origin, size, root, tuple(more))
    assert checkpoint.parse(made.text) == made


@given(st.integers(1, 40), st.data(), st.booleans())
def test_a_proof_comes_back(size: int, data: st.DataObject, opened: bool) -> None:
    number = data.draw(st.integers(0, size - 1))
    proof = a_proof(size, number, opened)
    assert tlogproof.parse(proof).encode() == proof
    proven = tlogproof.check_entry(proof, KEY, [SEEN], 1)
    assert (proven.index, proven.checkpoint.size, proven.entry.kind) == (number, size, "issue")
    assert [item.time for item in proven.witnesses] == [1_700_000_000]
    assert proven.detail == ({"document": "D-1"} if opened else None)


def test_no_flipped_bit_of_a_proof_goes_unnoticed() -> None:
    whole = a_proof()
    for place in range(len(whole)):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << bit
            with pytest.raises(VerificationError):
                tlogproof.check_entry(bytes(flipped), KEY, [SEEN], 1)


def test_too_few_witnesses_or_another_key_are_refused() -> None:
    with pytest.raises(VerificationError, match="not 2"):
        tlogproof.check_entry(a_proof(), KEY, [SEEN, SEEN], 2)
    other = note.key_of(KEY.name, WITNESS)
    with pytest.raises(VerificationError, match="not signed by the key"):
        tlogproof.check_entry(a_proof(), other)
    with pytest.raises(VerificationError, match="of the log"):
        tlogproof.check_entry(a_proof(), note.key_of("other.example", PRIVATE))
    with pytest.raises(VerificationError, match="that of a log"):
        tlogproof.check_entry(a_proof(), KEY, [KEY])
    with pytest.raises(VerificationError, match="does not name the next key"):
        keychain.follow(KEY, [a_proof()])


def test_a_witness_signature_of_another_time_is_refused() -> None:
    found = note.parse(signed("log.example\n"))
    mine = found.signatures[1]
    later = (1_700_000_001).to_bytes(8, "big") + mine.value[8:]
    for value in (later, mine.value[:-1], b"\xff" * 8 + mine.value[8:], mine.value[8:]):
        moved = note.Note(found.text, (found.signatures[0], note.Signature(mine.name, mine.key_id, value)))
        with pytest.raises(VerificationError):
            note.signed_by(moved, SEEN)


PIECES = (
    *("\n", "\n\n", "\x00", "extra ", "index ", "old 3\n", "0", "1\n", "9" * 25, "AA==", "e30=\n"),
    *("c2sp.org/tlog-proof@v1\n", "log.example\n", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"),
    "— name AAAAAAAA\n",
)

junk = st.one_of(
    st.binary(max_size=80),
    st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")),
    st.lists(st.sampled_from(PIECES), max_size=12).map(lambda parts: "".join(parts).encode()),
)


@given(junk)
def test_any_bytes_are_read_or_refused(untrusted: bytes) -> None:
    for read in (
        note.parse,
        checkpoint.read,
        tlogproof.parse,
        lambda data: tlogproof.check_entry(data, KEY),
        lambda data: note.verifier_key(data.decode("utf-8", "replace")),
        lambda data: checkpoint.parse(data.decode("utf-8", "replace")),
        lambda data: keychain.follow(KEY, [data]),
    ):
        with suppress(VerificationError):
            read(untrusted)


@given(st.data())
def test_a_proof_with_bytes_cut_or_put_in_is_read_or_refused(data: st.DataObject) -> None:
    whole = a_proof()
    first = data.draw(st.integers(0, len(whole)))
    last = data.draw(st.integers(first, len(whole)))
    altered = whole[:first] + data.draw(junk) + whole[last:]
    with suppress(VerificationError):
        assert tlogproof.check_entry(altered, KEY) == tlogproof.check_entry(whole, KEY)
