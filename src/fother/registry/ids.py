"""Ids that people can read aloud: Crockford's base 32 (no I, L, O, U), safe in file names, sortable."""

from __future__ import annotations

import re
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = "ABCDEFGHJKMNPQRSTVWXY"  #: of editions; Z is kept to make the sequence longer
PREFIXES = {
    "D": "document",
    "E": "edition",
    "I": "issue",
    "R": "recipient",
    "C": "copy",
    "T": "trace",
    "L": "sighting",  #: of a leak
    "M": "identification",  #: a match, or that there is none
}

_READ_AS = str.maketrans("OIL", "011")
_ID = re.compile(r"([DEIRCTLM])-([0-9A-Z-]*)")

Entropy = Callable[[int], bytes]  #: n -> n unpredictable bytes


def base32(data: bytes) -> str:
    """5k bytes as 8k characters, most significant first."""
    value = int.from_bytes(data, "big")
    digits = len(data) * 8 // 5
    return "".join(ALPHABET[(value >> 5 * place) & 31] for place in reversed(range(digits)))


def random_id(prefix: str, entropy: Entropy) -> str:
    """A prefix letter, "-" and 40 random bits; whoever stores it makes sure that it is new."""
    return f"{prefix}-{base32(entropy(5))}"


def edition_letter(number: int) -> str:
    """0 → A, 20 → Y, 21 → ZA, …: unlimited, and in the order of the alphabet."""
    return "Z" * (number // len(LETTERS)) + LETTERS[number % len(LETTERS)]


def edition_id(document: str, number: int) -> str:
    return f"E-{document[2:]}-{edition_letter(number)}"


def copy_id(edition: str, index: int) -> str:
    """The copy's id; ids of one edition sort by index up to a million copies."""
    return f"C-{edition[2:]}{index:06d}"


def normalise(text: str) -> str | None:
    """An id as typed by a person in its one spelling, or None when the text is no id.

    Case does not matter, and O, I and L are read as 0, 1 and 1 after the prefix, as Crockford proposes.
    """
    found = _ID.fullmatch(text.strip().upper())
    if found is None:
        return None
    return f"{found[1]}-{found[2].translate(_READ_AS)}"
