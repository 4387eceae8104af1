"""A recipient's key, split so that m of n approvers open it and fewer learn nothing.

    seed (16 bytes)   ──Shamir over GF(2^128)──▶ n shares, each encrypted to one approver's age key
    recipient's key   = AES-256-GCM(HKDF(seed), secret age key, bound to the recipient)

Shamir, How to share a secret, CACM 22 (1979): with fewer than m shares every seed is equally likely. A wrong
share does not go unnoticed: the key does not open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from Crypto.Protocol.SecretSharing import Shamir
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fother.errors import UsageError
from fother.registry.atrest import cipher
from fother.registry.ids import Entropy
from fother.registry.seals import age
from fother.registry.seals.age import AgeKey, Unopened

SEED_BYTES = 16
MOST_APPROVERS = 32


@dataclass(frozen=True)
class Policy:
    """Who approves: public keys of age in their order, and how many of them it takes."""

    threshold: int
    approvers: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.approvers or len(set(self.approvers)) != len(self.approvers):
            raise UsageError("Name at least one approver, and none twice.")
        if len(self.approvers) > MOST_APPROVERS:
            raise UsageError(f"There can be at most {MOST_APPROVERS} approvers.")
        if not 1 <= self.threshold <= len(self.approvers):
            raise UsageError(
                f"The threshold is between 1 and the number of approvers ({len(self.approvers)}); "
                f"{self.threshold} is not."
            )


@dataclass(frozen=True)
class SealedKey:
    """A recipient's key as it is stored: what the seed opens, and its shares in the approvers' order."""

    locked: bytes
    shares: tuple[bytes, ...]


@dataclass(frozen=True)
class Share:
    """One approver's share in clear."""

    number: int  #: 1-based place among the approvers
    value: bytes = field(repr=False)  #: 16 bytes


def seal(secret: str, recipient: str, policy: Policy, entropy: Entropy) -> SealedKey:
    """Share the secret key of a recipient with the approvers, with a new seed and a new polynomial."""
    seed = entropy(SEED_BYTES)
    locked = cipher.encrypt(_key(seed), secret.encode(), _binding(recipient), entropy)
    split = Shamir.split(policy.threshold, len(policy.approvers), seed)
    return SealedKey(
        locked,
        tuple(
            age.encrypt(value, approver) for (_, value), approver in zip(split, policy.approvers, strict=True)
        ),
    )


def open_share(sealed: bytes, number: int, key: AgeKey) -> Share:
    """An approver's share of one recipient. Raises Unopened."""
    value = age.decrypt(sealed, key)
    if len(value) != SEED_BYTES:
        raise Unopened
    return Share(number, value)


def combine(locked: bytes, recipient: str, shares: Sequence[Share], threshold: int) -> AgeKey:
    """The recipient's key from at least `threshold` shares of different approvers. Raises Unopened."""
    different: Mapping[int, Share] = {share.number: share for share in shares}
    if len(different) < threshold:
        raise Unopened
    chosen = [(number, different[number].value) for number in sorted(different)[:threshold]]
    try:
        secret = cipher.decrypt(_key(Shamir.combine(chosen)), locked, _binding(recipient))
    except (cipher.Refused, ValueError):
        raise Unopened from None
    return age.key_of(secret.decode())


def _key(seed: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"fother seal 1").derive(seed)


def _binding(recipient: str) -> bytes:
    return f"fother seal 1|{recipient}".encode()
