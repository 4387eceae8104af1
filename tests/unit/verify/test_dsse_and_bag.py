"""Signed statements and bags: exact encodings, and nothing else accepted."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fother.verify import bag, dsse
from fother.verify.errors import VerificationError

KEY = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
PAYLOAD = {"a.txt": b"one\n", "b/c.bin": bytes(range(40))}
INFO = {"External-Identifier": "T-1"}


def test_pre_authentication_encoding_of_the_specification() -> None:
    # https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md, test vectors
    pae = dsse.pae("http://example.com/HelloWorld", b"hello world")
    assert pae == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_a_statement_is_opened_by_its_key_only() -> None:
    stated = dsse.statement({"b": "2" * 64, "a": "1" * 64}, "urn:x", {"n": 1})
    sealed = dsse.seal(stated, "key", KEY.sign)
    assert dsse.open_sealed(sealed, PUBLIC) == stated
    assert [s["name"] for s in stated["subject"]] == ["a", "b"]
    other = Ed25519PrivateKey.from_private_bytes(b"t" * 32).public_key().public_bytes_raw()
    with pytest.raises(VerificationError, match="signature"):
        dsse.open_sealed(sealed, other)


def test_every_flipped_byte_of_a_statement_that_matters_is_refused() -> None:
    stated = dsse.statement({"a": "1" * 64}, "urn:x", {})
    sealed = dsse.seal(stated, "key", KEY.sign)
    # The key id is a hint outside of the signature (DSSE); all other bytes count.
    hint = range(sealed.index(b'"keyid":"') + 9, sealed.index(b'","sig"'))
    for place in range(len(sealed)):
        if place in hint:
            continue
        flipped = bytearray(sealed)
        flipped[place] ^= 1
        with pytest.raises(VerificationError):
            dsse.open_sealed(bytes(flipped), PUBLIC)


@pytest.mark.parametrize(
    "change", [{"payloadType": "text/plain"}, {"signatures": []}, {"extra": 1}, {"payload": "%%"}]
)
def test_other_envelopes_are_refused(change: dict[str, object]) -> None:
    envelope = json.loads(dsse.seal(dsse.statement({}, "urn:x", {}), "key", KEY.sign)) | change
    encoded = json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(VerificationError):
        dsse.open_sealed(encoded, PUBLIC)


def test_a_bag_is_what_the_rfc_says() -> None:
    files = bag.whole(PAYLOAD, INFO)
    assert files["bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert files["bag-info.txt"] == b"External-Identifier: T-1\nPayload-Oxum: 44.2\n"
    line = files["manifest-sha256.txt"].splitlines()[0]
    assert line == b"2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806  data/a.txt"
    assert bag.payload_of(files) == (PAYLOAD, INFO)


def test_python_and_others_can_unzip_a_bag() -> None:
    data = bag.zip_bytes(bag.whole(PAYLOAD, INFO))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.read("data/b/c.bin") == PAYLOAD["b/c.bin"]


def test_every_flipped_byte_of_a_zipped_bag_is_refused() -> None:
    data = bag.zip_bytes(bag.whole(PAYLOAD, INFO))
    assert bag.payload_of(bag.unzip(data)) == (PAYLOAD, INFO)
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << (place % 8)
        with pytest.raises(VerificationError):
            bag.payload_of(bag.unzip(bytes(flipped)))
    for untrusted in (data + b"\0", data[:-1], b"", b"PK\3\4", data[: len(data) // 2]):
        with pytest.raises(VerificationError):
            bag.unzip(untrusted)


def test_folders_hold_nothing_else(tmp_path: Path) -> None:
    def written(name: str) -> Path:
        folder = tmp_path / name
        for path, data in bag.whole(PAYLOAD, INFO).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        return folder

    assert bag.payload_of(bag.read(written("good"))) == (PAYLOAD, INFO)
    (written("more") / "data/more.txt").write_bytes(b"x")
    (written("less") / "data/a.txt").unlink()
    (written("other") / "data/a.txt").write_bytes(b"two\n")
    (written("empty") / "data/empty").mkdir()
    (written("link") / "data/a.txt").unlink()
    (tmp_path / "link/data/a.txt").symlink_to(tmp_path / "good/data/a.txt")
    (written("named") / "data/a b").write_bytes(b"x")
    for name, sentence in {
        "more": "does not belong",
        "less": "lacks",
        "other": "a.txt was altered",
        "empty": "empty folder",
        "link": "neither file nor folder",
        "named": "name that no pack has",
    }.items():
        with pytest.raises(VerificationError, match=sentence):
            bag.payload_of(bag.read(tmp_path / name))
