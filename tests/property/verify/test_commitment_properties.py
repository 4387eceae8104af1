"""Commitments: packed forms come back, openings fit their own header and no other."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fother.codes import FingerprintingCode
from fother.evidence.commitment import CommittedCopy, CommittedEdition, EditionSecrets
from fother.registry.keys import decoy_places
from fother.verify import commitment
from fother.verify.errors import VerificationError
from fother.verify.opening import decode_opening

symbols = st.lists(st.integers(0, 1), max_size=70)
SUPPORT = (1, 2, 3)


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def edition(resistance: int = 3, length: int = 77) -> CommittedEdition:
    key = b"e" * 32
    code = FingerprintingCode(key, length, resistance)
    return CommittedEdition(code, EditionSecrets(key), digest("original"), digest("table"), 1.0)


def some(count: int, first: int = 0) -> list[CommittedCopy]:
    decoys = decoy_places(b"e" * 32, first, count - count // 3, count // 3)
    return [
        CommittedCopy(i, None if i in decoys else digest(f"who {i}"), digest(f"file {i}"))
        for i in range(first, first + count)
    ]


@given(symbols)
def test_codewords_come_back(values: list[int]) -> None:
    packed = commitment.pack_symbols(values)
    assert commitment.unpack_symbols(len(values), packed) == values
    with pytest.raises(VerificationError):
        commitment.unpack_symbols(len(values), packed + b"\0")


@given(st.lists(st.sampled_from(SUPPORT), max_size=70))
def test_biases_come_back(values: list[int]) -> None:
    packed = commitment.pack_thresholds(SUPPORT, values)
    assert commitment.unpack_thresholds(SUPPORT, len(values), packed) == values


@pytest.mark.parametrize("resistance", [1, 3, 5, 8])
@pytest.mark.parametrize("count", [1, 2, 3, 17])
def test_every_copy_opens_to_its_header_and_only_as_itself(resistance: int, count: int) -> None:
    own = edition(resistance)
    copies = some(count, first=5)
    header = own.header(copies)
    assert commitment.decode_header(header.encode()) == header
    indices = [c.index for c in copies]
    for opening in own.openings(copies, indices, [f"C-{i}" for i in indices]):
        assert decode_opening(opening.encode()) == opening
        assert opening.check(header) == own.code.symbols(opening.index).tolist()
        assert opening.is_decoy() == (copies[opening.index - 5].identity is None)
        for change in (
            {"index": opening.index + 1},
            {"identity": digest("somebody else")},
            {"file": digest("another file")},
            {"salt": bytes(32)},
            {"codeword": bytes(len(opening.codeword))},
            {"place": opening.place + 1},
            {"path": (*opening.path, bytes(32))},
        ):
            with pytest.raises(VerificationError):
                dataclasses.replace(opening, **change).check(header)  # type: ignore[arg-type]


def test_biases_have_the_packed_form_of_the_header() -> None:
    own = edition()
    header = own.header(some(3))
    opened = commitment.unpack_thresholds(header.support, header.carriers, own.packed_thresholds())
    assert opened == own.code.thresholds.tolist()
    assert commitment.thresholds_hash(own.secrets.of_thresholds, opened) == header.thresholds


@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(0, 20))
def test_decoys_lie_among_the_new_copies_and_stay_where_they_are(first: int, count: int, decoys: int) -> None:
    places = decoy_places(b"e" * 32, first, count, decoys)
    assert len(places) == decoys
    assert all(first <= place < first + count + decoys for place in places)
    assert places == decoy_places(b"e" * 32, first, count, decoys)


@given(st.binary(max_size=60))
def test_other_bytes_are_no_header_and_no_opening(untrusted: bytes) -> None:
    with pytest.raises(VerificationError):
        commitment.decode_header(untrusted)
    with pytest.raises(VerificationError):
        decode_opening(untrusted)


@pytest.mark.parametrize(
    "change",
    [
        {"shares": {"single": "0.9", "pair": "0.2"}},
        {"shares": {}},
        {"hypotheses": (("interleave", 1, "0.8"), ("interleave", 2, "0.3"))},
        {"hypotheses": (("interleave", 0, "1.0"),)},
        {"hypotheses": (("interleave", 1, "nan"),)},
        {"alpha": "0"},
        {"support": (0, 2)},
        {"support": (1, 4)},
        {"support": (1, 1, 1, 1, 1)},
        {"copies": 0},
        {"decoys": 4},
    ],
)
def test_headers_that_cannot_belong_to_a_code_are_refused(change: dict[str, object]) -> None:
    header = dataclasses.replace(edition().header(some(3)), **change)  # type: ignore[arg-type]
    with pytest.raises(VerificationError):
        commitment.decode_header(header.encode())
