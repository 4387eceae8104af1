"""Another implementation checks what we publish: sigstore's client for transparency logs, and Trail of Bits'
canonical JSON.

Sigstore's classes for checkpoints and proofs are not part of its public interface; they are used here because
they were written by others from the same papers.
"""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from simulated_log import SimulatedLog

from fother.evidence.log.prove import prove
from fother.evidence.log.publish import CHECKPOINT, publish
from fother.verify import canonical, tlogproof

rfc8785 = pytest.importorskip("rfc8785")
theirs = pytest.importorskip("sigstore._internal.rekor.checkpoint")
their_merkle = pytest.importorskip("sigstore._internal.merkle")
their_error = pytest.importorskip("sigstore.errors").VerificationError


class Keyring:
    """One Ed25519 key, as sigstore's verifier asks for it."""

    def __init__(self, public: bytes) -> None:
        self.key = Ed25519PublicKey.from_public_bytes(public)

    def verify(self, *, key_id: bytes, signature: bytes, data: bytes) -> None:  # noqa: ARG002
        try:
            self.key.verify(signature, data)
        except Exception as error:
            raise their_error("signature") from error


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257, 600])
def test_sigstore_verifies_our_checkpoints_and_proofs(size: int) -> None:
    log = SimulatedLog()
    log.grow(size)
    publish(log)
    key, signed = log.periods[0].key, log.files.files[CHECKPOINT]
    for number in {0, size // 2, size - 1}:
        proof = tlogproof.parse(prove(log, number, signed))
        parsed = theirs.SignedCheckpoint.from_text(proof.checkpoint.decode())
        parsed.signed_note.verify(Keyring(key.public), key.id)
        assert (parsed.checkpoint.origin, parsed.checkpoint.log_size) == (key.name, size)
        told = SimpleNamespace(
            log_index=number,
            tree_size=size,
            hashes=list(proof.path),
            root_hash=bytes.fromhex(parsed.checkpoint.log_hash),
        )
        body = log.items[number].leaf
        entry = SimpleNamespace(_inner=SimpleNamespace(inclusion_proof=told, canonicalized_body=body))
        their_merkle.verify_merkle_inclusion(entry)
        entry._inner.canonicalized_body = body + b" "
        with pytest.raises(their_error):
            their_merkle.verify_merkle_inclusion(entry)


def test_sigstore_refuses_an_altered_checkpoint() -> None:
    log = SimulatedLog()
    log.grow(5)
    publish(log)
    key = log.periods[0].key
    text = log.files.files[CHECKPOINT].decode().replace("\n5\n", "\n6\n")
    with pytest.raises(their_error):
        theirs.SignedCheckpoint.from_text(text).signed_note.verify(Keyring(key.public), key.id)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="ascii"), max_size=6), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(values)
def test_our_canonical_json_is_that_of_rfc_8785(value: object) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)


def test_the_id_of_a_key_is_a_hash_of_its_name_and_bytes() -> None:
    key = SimulatedLog().periods[0].key
    raw = Ed25519PublicKey.from_public_bytes(key.public).public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw
    )
    assert key.id == hashlib.sha256(key.name.encode() + b"\n\x01" + raw).digest()[:4]
