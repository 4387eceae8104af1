"""m of n open a seal, m - 1 learn nothing; what is encrypted opens with its own key and place only."""

from __future__ import annotations

import secrets
from itertools import combinations

import pytest
from Crypto.Protocol.SecretSharing import Shamir
from hypothesis import given, settings
from hypothesis import strategies as st

from fother.errors import UsageError
from fother.registry import RecipientRow, new_key
from fother.registry.atrest import cipher
from fother.registry.seals import age, envelope, shares
from fother.registry.seals.age import Unopened
from fother.registry.seals.envelope import Envelope
from fother.registry.seals.shares import Policy, Share
from fother.verify import identity
from fother.verify.errors import VerificationError

KEYS = [new_key() for _ in range(5)]
policies = st.integers(1, 5).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n)))
texts = st.text(st.characters(codec="utf-8"), max_size=60)
people = st.builds(
    RecipientRow,
    row=st.integers(1, 9999),
    line=st.integers(1, 9999),
    name=texts,
    email=texts,
    organisation=texts,
    partner=texts,
    role=texts,
    extra=st.dictionaries(texts, texts, max_size=3),
)


def policy(threshold: int, count: int) -> Policy:
    return Policy(threshold, tuple(key.public for key in KEYS[:count]))


@settings(max_examples=30, deadline=None)
@given(policies)
def test_any_m_approvers_open_and_no_fewer(sizes: tuple[int, int]) -> None:
    threshold, count = sizes
    secret = new_key()
    kept = shares.seal(secret.secret, "R-1", policy(*sizes), secrets.token_bytes)
    opened = [shares.open_share(kept.shares[k], k + 1, KEYS[k]) for k in range(count)]
    for chosen in combinations(opened, threshold):
        assert shares.combine(kept.locked, "R-1", chosen, threshold) == secret
    for chosen in combinations(opened, threshold - 1):
        with pytest.raises(Unopened):
            shares.combine(kept.locked, "R-1", chosen, threshold)
        # Nor do fewer shares than it takes, combined as if they were enough, or one of them counted twice.
        with pytest.raises(Unopened):
            shares.combine(kept.locked, "R-1", chosen, max(1, threshold - 1))
        with pytest.raises(Unopened):
            shares.combine(kept.locked, "R-1", [*chosen, *chosen], threshold)


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16), st.integers(2, 5))
def test_fewer_shares_fit_every_seed(one: bytes, other: bytes, threshold: int) -> None:
    """What m - 1 approvers hold of one seed could as well be their shares of any other (Shamir 1979):
    for every other seed there is a last share that completes them to it."""
    held = Shamir.split(threshold, threshold, one)[: threshold - 1]
    # The share at `threshold` that makes exactly these shares belong to `other`: by linearity it is that of
    # the difference, whose other shares are zero.
    zero = [(number, bytes(16)) for number, _ in held]
    one_last = _last(held, one, threshold)
    shift = _last(zero, bytes(a ^ b for a, b in zip(one, other, strict=True)), threshold)
    other_last = bytes(a ^ b for a, b in zip(one_last, shift, strict=True))
    assert Shamir.combine([*held, (threshold, one_last)]) == one
    assert Shamir.combine([*held, (threshold, other_last)]) == other


def _last(held: list[tuple[int, bytes]], seed: bytes, number: int) -> bytes:
    """The share that completes others to a seed: the seed is the share at 0, so interpolate to `number`."""
    # combine() interpolates at 0; moving every place by `number` (in GF(2^128): exclusive or) puts it there.
    moved = [(place ^ number, value) for place, value in [*held, (0, seed)]]
    return bytes(Shamir.combine(moved))


def test_a_share_opens_for_its_approver_and_recipient_only() -> None:
    first = shares.seal(new_key().secret, "R-1", policy(2, 3), secrets.token_bytes)
    second = shares.seal(new_key().secret, "R-2", policy(2, 3), secrets.token_bytes)
    with pytest.raises(Unopened):
        shares.open_share(first.shares[0], 1, KEYS[1])
    held = [shares.open_share(first.shares[k], k + 1, KEYS[k]) for k in range(2)]
    with pytest.raises(Unopened):  # shares of one recipient open no other
        shares.combine(second.locked, "R-2", held, 2)
    with pytest.raises(Unopened):  # nor one that was put in another's place
        shares.combine(first.locked, "R-2", held, 2)
    with pytest.raises(Unopened):
        shares.combine(first.locked, "R-1", [held[0], Share(2, bytes(16))], 2)
    with pytest.raises(Unopened):
        shares.combine(first.locked, "R-1", [], 0)


@pytest.mark.parametrize(("threshold", "count"), [(0, 1), (2, 1), (4, 3), (1, 0)])
def test_policies_that_cannot_be_are_refused(threshold: int, count: int) -> None:
    with pytest.raises(UsageError):
        policy(threshold, count)
    with pytest.raises(UsageError, match="none twice"):
        Policy(1, (KEYS[0].public, KEYS[0].public))


@settings(max_examples=60, deadline=None)
@given(people, texts)
def test_envelopes_come_back_and_fit_their_commitment(row: RecipientRow, source: str) -> None:
    owner, salt = KEYS[0], secrets.token_bytes(32)
    made = Envelope("I-1", "C-1", source, row, salt)
    sealed = envelope.seal(made, owner.public)
    assert envelope.unseal(sealed, owner) == made
    said = envelope.identity(row)
    committed = identity.commitment(salt, said)
    identity.check_opening(committed, salt, said)
    with pytest.raises(VerificationError):
        identity.check_opening(committed, salt, {**said, "name": row.name + "x"})
    with pytest.raises(VerificationError):
        identity.check_opening(committed, bytes(32), said)
    with pytest.raises(Unopened):
        envelope.unseal(sealed, KEYS[1])


def test_the_length_of_an_envelope_tells_little() -> None:
    # age itself adds a part of random length to its header; what it encrypts is what counts.
    def size(name: str) -> int:
        row = RecipientRow(1, 2, name, "a@example.org")
        sealed = envelope.seal(Envelope("I-1", "C-1", "l.csv", row, bytes(32)), KEYS[0].public)
        return len(age.decrypt(sealed, KEYS[0]))

    assert size("Al") == size("Wilhelmina van der Zandschulp-Featherstonehaugh")


@settings(max_examples=60)
@given(st.binary(max_size=200), st.binary(max_size=20), st.data())
def test_ciphertexts_open_whole_with_their_key_and_binding_only(
    plain: bytes, binding: bytes, data: st.DataObject
) -> None:
    key = secrets.token_bytes(32)
    sealed = cipher.encrypt(key, plain, binding, secrets.token_bytes)
    assert len(sealed) == len(plain) + cipher.OVERHEAD
    assert cipher.decrypt(key, sealed, binding) == plain
    flipped = bytearray(sealed)
    flipped[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    cut = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
    for untrusted, other_key, other in (
        (bytes(flipped), key, binding),
        (cut, key, binding),
        (sealed, bytes(32), binding),
        (sealed, key, binding + b"x"),
    ):
        with pytest.raises(cipher.Refused):
            cipher.decrypt(other_key, untrusted, other)


@given(st.binary(max_size=300))
def test_any_bytes_are_no_sealed_thing(untrusted: bytes) -> None:
    with pytest.raises(Unopened):
        age.decrypt(untrusted, KEYS[0])
    with pytest.raises(Unopened):
        envelope.unseal(age.encrypt(untrusted, KEYS[0].public), KEYS[0])
