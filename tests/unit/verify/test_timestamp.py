"""Time stamps: of an authority in memory, of OpenSSL, and beside Trail of Bits' client."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
from simulated_authority import DAY, EC, NOW, RSA, Authority, certificate

from fother.evidence.log import stamps
from fother.registry import FolderFiles
from fother.verify import checkpoint, note, timestamp
from fother.verify.errors import VerificationError

DATA = b"fother.registry/test\n42\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
DIGEST = hashlib.sha256(DATA).digest()


@pytest.mark.parametrize("key", [EC, RSA])
def test_a_stamp_that_holds(key: Any) -> None:
    authority = Authority(key)
    answer = authority.answer(DIGEST)
    stamp = timestamp.check(answer, DIGEST, [authority.root])
    assert (stamp.time, stamp.serial, stamp.policy, stamp.authority) == (NOW, 42, "1.2.3.4.1", "CN=Authority")
    assert stamp.trusted
    assert timestamp.imprint(answer) == DIGEST
    assert not timestamp.check(answer, DIGEST).trusted


@pytest.mark.parametrize("key", [EC, RSA])
def test_another_client_agrees(key: Any) -> None:
    theirs = pytest.importorskip("rfc3161_client")
    authority = Authority(key)
    for answer, root, holds in (
        (authority.answer(DIGEST), authority.root, True),
        (authority.answer(DIGEST), certificate("Root", RSA, "Root", RSA, ca=True), False),
        (authority.answer(DIGEST, content=b"other"), authority.root, False),
    ):
        verifier = theirs.VerifierBuilder().add_root_certificate(root).build()
        with suppress(theirs.VerificationError):
            verifier.verify_message(theirs.decode_timestamp_response(answer), DATA)
            assert holds
            timestamp.check(answer, DIGEST, [root])
            continue
        assert not holds
        with pytest.raises(VerificationError):
            timestamp.check(answer, DIGEST, [root])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"content": b"other"}, "altered"),
        ({"content_type": "data"}, "does not say that it is one"),
        ({"without": "content_type"}, "does not say that it is one"),
        ({"without": "message_digest"}, "altered"),
        ({"without": "signing_certificate_v2"}, "which certificate"),
        ({"bare": True}, "does not carry the certificate"),
        ({"algorithm": "sha1"}, "not accepted"),
        ({"algorithm": "sha512"}, "not over a SHA-256"),
        ({"time": NOW + 2000 * DAY}, "was not valid at its time"),
    ],
)
def test_what_does_not_hold_is_refused(changes: dict[str, Any], sentence: str) -> None:
    authority = Authority()
    with pytest.raises(VerificationError, match=sentence):
        timestamp.check(authority.answer(DIGEST, **changes), DIGEST, [authority.root])


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"usages": None}, "not for time-stamping"),
        ({"usages": [ExtendedKeyUsageOID.CODE_SIGNING]}, "alone"),
        ({"usages": [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING]}, "alone"),
        ({"critical": False}, "alone"),
        ({"until": NOW - DAY}, "not valid at its time"),
    ],
)
def test_a_certificate_for_something_else_is_refused(how: dict[str, Any], sentence: str) -> None:
    authority = Authority(**how)
    with pytest.raises(VerificationError, match=sentence):
        timestamp.check(authority.answer(DIGEST), DIGEST, [authority.root])


def test_another_root_another_digest_and_another_signer_are_refused() -> None:
    authority = Authority()
    answer = authority.answer(DIGEST)
    with pytest.raises(VerificationError, match="does not lead to any"):
        timestamp.check(answer, DIGEST, [Authority(ec.derive_private_key(5, ec.SECP256R1())).own])
    with pytest.raises(VerificationError, match="of something else"):
        timestamp.check(answer, hashlib.sha256(b"other").digest(), [authority.root])
    authority.key = ec.derive_private_key(99, ec.SECP256R1())
    with pytest.raises(VerificationError, match="signature of the time stamp is wrong"):
        timestamp.check(authority.answer(DIGEST), DIGEST, [authority.root])
    for status, sentence in ((b"\x02", "refused the request"), (b"\x00", "holds no time stamp")):
        with pytest.raises(VerificationError, match=sentence):
            timestamp.check(b"\x30\x05\x30\x03\x02\x01" + status, DIGEST)
    with pytest.raises(VerificationError, match="no certificate in PEM"):
        timestamp.roots_of(b"junk")


def test_what_every_flipped_bit_does() -> None:
    authority = Authority()
    whole = authority.answer(DIGEST)
    expected = timestamp.check(whole, DIGEST, [authority.root])
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1
        # Some bytes say nothing that is signed (a version, the number of the certificate beside its hash).
        with suppress(VerificationError):
            assert timestamp.check(bytes(flipped), DIGEST, [authority.root]) == expected


@given(st.binary(max_size=200), st.data())
def test_any_bytes_are_read_or_refused(junk: bytes, data: st.DataObject) -> None:
    whole = ANSWER
    place = data.draw(st.integers(0, len(whole)))
    for untrusted in (junk, whole[:place] + junk, whole[:place] + junk + whole[place + len(junk) :]):
        with suppress(VerificationError):
            timestamp.check(untrusted, DIGEST)


ANSWER = Authority().answer(DIGEST)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL is not installed")
def test_openssl_answers_our_request(tmp_path: Path) -> None:
    authority, files = Authority(RSA), FolderFiles(tmp_path / "log")
    made = checkpoint.Checkpoint("log.example", 1, bytes(32))
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signed = note.Note(made.text, (note.sign(made.text, made.origin, private),)).encode()
    wanted = stamps.request(files, signed)
    pem = RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name, data in (
        ("request.tsq", wanted),
        ("key.pem", pem),
        ("own.pem", authority.own.public_bytes(Encoding.PEM)),
        ("serial", b"01\n"),
        (
            "tsa.cnf",
            b"[tsa]\ndefault_tsa = t\n[t]\nserial = serial\nsigner_digest = sha256\n"
            b"default_policy = 1.2.3.4.1\ndigests = sha256\ness_cert_id_alg = sha256\n",
        ),
    ):
        (tmp_path / name).write_bytes(data)
    words = "openssl ts -reply -config tsa.cnf -queryfile request.tsq -signer own.pem -inkey key.pem"
    subprocess.run([*words.split(), "-out", "reply.tsr"], cwd=tmp_path, check=True, capture_output=True)
    reply = (tmp_path / "reply.tsr").read_bytes()
    found, stamp = stamps.keep(files, reply, [authority.root])
    assert (found.size, stamp.authority, stamp.trusted) == (1, "CN=Authority", True)
    assert stamps.kept(files, 1) == reply
    assert stamps.faults(files) == []
    files.write("stamped/000000000001.tsr", ANSWER)
    assert "of something else" in stamps.faults(files)[0][1]
