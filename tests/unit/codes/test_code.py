from __future__ import annotations

import hashlib

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from fother.codes.code import SUPPORTS, FingerprintingCode
from fother.codes.scan import scan, symbols_at
from fother.errors import UsageError

KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("resistance", "digest"),
    [
        (1, "6deba60e9ddc5e6db7a4cd6d1fbd2643"),
        (3, "8a431ff9d3567ab5f34218fa410cb8a2"),
        (5, "229873edc6ca7fbe68de84b8f7f67e28"),
        (8, "61c914f2f2a0b82e1cf76fc39de5e7a0"),
    ],
)
def test_codewords_are_frozen(resistance: int, digest: str) -> None:
    """Copies already sent out must stay traceable: these bytes may never change."""
    code = FingerprintingCode(KEY, 300, resistance)
    data = code.codewords(10**6, 3).tobytes() + code.probabilities.tobytes()
    assert hashlib.sha256(data).hexdigest()[:32] == digest


def test_symbols_follow_the_documented_keystream() -> None:
    """U < T with U read from AES-CTR as the module docstring says, computed here number by number."""
    code = FingerprintingCode(KEY, 300, 3)
    planes, groups = code.planes, code.groups
    stream = Cipher(
        algorithms.AES(code._codeword_key), modes.CTR((7 * planes * groups).to_bytes(16, "big"))
    ).encryptor()
    bits = np.unpackbits(
        np.frombuffer(stream.update(bytes(16 * planes * groups)), np.uint8), bitorder="little"
    ).reshape(planes, -1)
    drawn = sum(bits[k].astype(int) << (planes - 1 - k) for k in range(planes))
    expected = drawn[:300] < code.probabilities * 2**planes
    assert np.array_equal(code.symbols(7), expected)


@pytest.mark.parametrize("resistance", sorted(SUPPORTS))
def test_shares_of_symbols(resistance: int) -> None:
    code = FingerprintingCode(KEY, 2000, resistance)
    packed = code.codewords(0, 2000)
    symbols = np.unpackbits(packed, axis=1, bitorder="little")
    assert not symbols[:, 2000:].any()
    p = code.probabilities
    z = (symbols[:, :2000].mean(axis=0) - p) / np.sqrt(p * (1 - p) / 2000)
    assert abs(z.mean()) < 5 / np.sqrt(2000)
    assert abs(z.std() - 1) < 0.08
    denominator, support = SUPPORTS[resistance]
    for threshold, share in support.items():
        seen = float(np.mean(p == threshold / 2**denominator))
        assert abs(seen - share) <= 5 * np.sqrt(share * (1 - share) / 2000)


def test_copies_and_keys_are_independent() -> None:
    code, other = FingerprintingCode(KEY, 20_000, 1), FingerprintingCode(KEY[::-1], 20_000, 1)
    words = [code.symbols(0), code.symbols(1), code.symbols(2**40), other.symbols(0)]
    longer = FingerprintingCode(KEY, 20_001, 1).symbols(0)[:20_000]
    signs = np.stack([*words, longer]).astype(float) * 2 - 1
    correlation = signs @ signs.T / 20_000
    assert np.abs(correlation - np.eye(5)).max() < 5 / np.sqrt(20_000)


def test_same_codeword_however_it_is_asked_for() -> None:
    code = FingerprintingCode(KEY, 777, 5)
    many = np.unpackbits(code.codewords(0, 50), axis=1, bitorder="little")[:, :777]
    assert np.array_equal(code.symbols(49), many[49])
    position = np.array([3, 130, 131, 500, 776])
    assert np.array_equal(symbols_at(code, np.array([49, 2]), position), many[[49, 2]][:, position])


def test_scan_equals_the_sum_of_weights() -> None:
    code = FingerprintingCode(KEY, 900, 3)
    rng = np.random.default_rng(1)
    position = np.sort(rng.choice(900, 300, replace=False))
    for count in (1, 2, 21):
        weights = rng.integers(-500, 500, (count, 300))
        expected = weights @ symbols_at(code, np.arange(1500), position).T.astype(np.int64)
        assert np.array_equal(scan(code, np.arange(1500), position, weights), expected)


def test_scan_reports_progress_and_refuses_inexact_weights() -> None:
    code = FingerprintingCode(KEY, 10, 3)
    seen: list[float] = []
    scan(code, np.arange(100_000), np.arange(10), np.ones((1, 10), dtype=np.int64), seen.append)
    assert seen[-1] == 1.0
    with pytest.raises(UsageError, match="2\\^24"):
        scan(code, np.arange(3), np.arange(10), np.full((1, 10), 2**21, dtype=np.int64))


@pytest.mark.parametrize(("key", "length", "resistance"), [(b"short", 10, 3), (KEY, -1, 3), (KEY, 10, 2)])
def test_bad_arguments(key: bytes, length: int, resistance: int) -> None:
    with pytest.raises(UsageError):
        FingerprintingCode(key, length, resistance)


def test_negative_copy() -> None:
    with pytest.raises(UsageError, match="numbered from 0"):
        FingerprintingCode(KEY, 10).symbols(-1)


def test_code_without_carriers() -> None:
    code = FingerprintingCode(KEY, 0)
    assert code.symbols(3).shape == (0,)
    assert code.codewords(0, 4).shape == (4, 0)
