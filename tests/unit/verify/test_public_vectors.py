"""Public test vectors of the formats that the log is made of: what others accept and refuse, so do we."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fother.verify import checkpoint, merkle, note
from fother.verify.errors import VerificationError

DATA = Path(__file__).parents[2] / "data" / "merkle"

# golang.org/x/mod/sumdb/note, note_test.go and doc.go (BSD-3-Clause)
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_SECRET = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETERS_LINE = (
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

# A checkpoint of the Go checksum database and its public key, as in transparency-dev/formats (Apache-2.0)
GO_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
GO_TREE = """go.sum database tree
6476701
mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=

— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=
"""

# https://c2sp.org/signed-note and https://c2sp.org/tlog-cosignature, the examples
FOO_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
COSIGNED = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501


def vectors(kind: str) -> list[Any]:
    found = [json.loads(line) for line in (DATA / f"{kind}.jsonl").read_text().splitlines()]
    return [pytest.param(vector, id=vector["file"]) for vector in found]


def decoded(values: list[str] | None) -> list[bytes]:
    return [base64.b64decode(value) for value in values or []]


@pytest.mark.parametrize("vector", vectors("inclusion"))
def test_inclusion(vector: dict[str, Any]) -> None:
    leaf, root = decoded([vector["leafHash"], vector["root"]])
    arguments = (leaf, vector["leafIdx"], vector["treeSize"], decoded(vector["proof"]), root)
    if vector["wantErr"]:
        with pytest.raises(VerificationError):
            merkle.check_inclusion(*arguments)
    else:
        merkle.check_inclusion(*arguments)


@pytest.mark.parametrize("vector", vectors("consistency"))
def test_consistency(vector: dict[str, Any]) -> None:
    old, new = decoded([vector["root1"], vector["root2"]])
    arguments = (vector["size1"], vector["size2"], decoded(vector["proof"]), old, new)
    if vector["wantErr"]:
        with pytest.raises(VerificationError):
            merkle.check_consistency(*arguments)
    else:
        merkle.check_consistency(*arguments)


def test_the_note_of_the_go_package_is_read_and_written_byte_for_byte() -> None:
    key = note.verifier_key(PETER)
    assert str(key) == PETER
    signed = note.parse(f"{TEXT}\n{PETERS_LINE}".encode())
    assert signed.text == TEXT
    assert note.check(signed, [key]) == key
    secret = base64.b64decode(PETERS_SECRET)
    assert secret[0] == note.ED25519
    private = Ed25519PrivateKey.from_private_bytes(secret[1:])
    assert note.Note(TEXT, (note.sign(TEXT, "PeterNeumann", private),)).encode() == signed.encode()


def test_no_part_or_alteration_of_a_key_is_one() -> None:
    whole = PETER
    parts = {whole[i:j] for i in range(len(whole)) for j in range(i + 1, len(whole) + 1)} - {whole}
    altered = {whole[:i] + chr(ord(whole[i]) + 1) + whole[i + 1 :] for i in range(len(whole))}
    wrong = {
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    }
    for untrusted in parts | altered | wrong:
        with pytest.raises(VerificationError):
            note.verifier_key(untrusted)


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "abc",
        TEXT,
        f"{TEXT}\n",
        f"\n{PETERS_LINE}",
        f"{TEXT}{PETERS_LINE}",
        f"{TEXT}\n{PETERS_LINE}"[:-1],
        f"{TEXT}\n{PETERS_LINE}{PETERS_LINE[:-4]}",
        f"{TEXT}\n{PETERS_LINE}\n",
        f"{TEXT}\n{PETERS_LINE}\nmore\n",
        f"{TEXT}\x01\n{PETERS_LINE}",
        f"{TEXT}\n{PETERS_LINE}".replace("— ", "- "),
        f"{TEXT}\n{PETERS_LINE}".replace("— ", "—"),
        f"{TEXT}\n— Peter+Neumann x08go/ZJkuBS9UG=\n",
        f"{TEXT}\n— Peter Neumann x08go/ZJkuBS9UG=\n",
        f"{TEXT}\n— PeterNeumann x08g\n",
        f"{TEXT}\n— PeterNeumann not base64\n",
        f"{TEXT}\n{PETERS_LINE * 101}",
    ],
)
def test_malformed_notes_are_refused(malformed: str) -> None:
    with pytest.raises(VerificationError):
        note.parse(malformed.encode())
    with pytest.raises(VerificationError, match="UTF-8"):
        note.parse(b"\xff\n\n" + PETERS_LINE.encode())


def test_a_note_may_carry_sixteen_signatures_and_more_by_keys_that_we_do_not_know() -> None:
    unknown = PETERS_LINE.replace("PeterNeumann", "SomebodyElse")
    signed = note.parse(f"{TEXT}\n{unknown * 15}{PETERS_LINE}".encode())
    assert len(signed.signatures) == 16
    assert note.check(signed, [note.verifier_key(PETER)]).name == "PeterNeumann"
    with pytest.raises(VerificationError, match="None of the keys"):
        note.check(note.parse(f"{TEXT}\n{unknown}".encode()), [note.verifier_key(PETER)])


def test_a_wrong_signature_that_names_a_known_key_is_refused_whatever_else_is_there() -> None:
    wrong = PETERS_LINE.replace("x08go/Z", "x08go/Y")
    for lines in (wrong, PETERS_LINE + wrong, wrong + PETERS_LINE):
        with pytest.raises(VerificationError, match="wrong"):
            note.check(note.parse(f"{TEXT}\n{lines}".encode()), [note.verifier_key(PETER)])


def test_the_example_of_the_note_specification() -> None:
    assert note.check(note.parse(FOO_NOTE.encode()), [note.verifier_key(FOO_KEY)]).name == "example.com/foo"
    with pytest.raises(VerificationError):
        note.check(
            note.parse(FOO_NOTE.replace("example m", "exomple m").encode()), [note.verifier_key(FOO_KEY)]
        )


def test_a_checkpoint_of_the_go_checksum_database() -> None:
    found, signed = checkpoint.read(GO_TREE.encode())
    assert (found.origin, found.size) == ("go.sum database tree", 6476701)
    assert found.text == signed.text
    assert note.check(signed, [note.verifier_key(GO_KEY)]).name == "sum.golang.org"
    with pytest.raises(VerificationError, match="of the log go"):
        checkpoint.opened(GO_TREE.encode(), note.verifier_key(GO_KEY))


def test_the_example_of_a_cosigned_checkpoint() -> None:
    found, signed = checkpoint.read(COSIGNED.encode())
    assert found.size == 20852163
    assert note.Note(signed.text, signed.signatures).encode() == COSIGNED.encode()
    assert note.cosigned_at(signed.signatures[1]) == 1679315147  # the time in the specification's text
    message = note.cosigned_message(signed.text, 1679315147)
    assert message.startswith(b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUY")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n1\n",
        "origin\n01\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n",
        "origin\n-1\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n",
        "origin\n+1\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n",
        "origin\n1_0\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n",
        "origin\n١\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n",
        "origin\n9223372036854775808\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n",
        "origin\n0\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n",
        "origin\n1\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wl=\n",
        "origin\n1\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk\n",
        "origin\n1\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm\n",
        "\n1\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n",
        "origin\n1\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\nmore\n",
        "origin\n1\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=",
    ],
)
def test_malformed_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(VerificationError):
        checkpoint.parse(text)
