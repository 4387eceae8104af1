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
    "U": "request",  #: to unseal whom a copy belongs to
}
#: Kinds of versioned entries (`items.py`) and the letters that their ids begin with.
ITEM_KINDS = {
    "case": "K",
    "party": "P",
    "statement": "S",
    "report": "N",  #: of the news
    "attachment": "AT",  #: a document, sighting, identification, trace or report laid to a case
    "described": "DD",  #: a document known only by what others say of it
    "claim": "CM",
    "event": "EV",
    "feed": "FE",
    "group": "GR",
    "exposure": "EX",
    "access": "AC",
    "outreach": "OU",
    "task": "TA",
    "deadline": "DL",
    "clock": "CL",
    "decision": "DE",
    "note": "NO",
    "role": "RO",
    "lesson": "LE",
    "reply": "RR",  #: the right of reply, offered and answered
}

_READ_AS = str.maketrans("OIL", "011")
_ID = re.compile(rf"({'|'.join([*PREFIXES, *ITEM_KINDS.values()])})-([0-9A-Z-]*)")

Entropy = Callable[[int], bytes]  #: n -> n unpredictable bytes


def base32(data: bytes) -> str:
    """5k bytes as 8k characters, most significant first."""
    value = int.from_bytes(data, "big")
    digits = len(data) * 8 // 5
    return "".join(ALPHABET[(value >> 5 * place) & 31] for place in reversed(range(digits)))


def random_id(prefix: str, entropy: Entropy) -> str:
    """A prefix, "-" and 40 random bits; whoever stores it makes sure that it is new."""
    return f"{prefix}-{base32(entropy(5))}"


def edition_letter(number: int) -> str:
    """0 → A, 20 → Y, 21 → ZA, …: unlimited, and in the order of the alphabet."""
    return "Z" * (number // len(LETTERS)) + LETTERS[number % len(LETTERS)]


def edition_id(document: str, number: int) -> str:
    return f"E-{document[2:]}-{edition_letter(number)}"


def copy_id(edition: str, index: int) -> str:
    """The copy's id; ids of one edition sort by index up to a million copies."""
    return f"C-{edition[2:]}{index:06d}"


def is_start(text: str, length: int) -> bool:
    """Whether a text is a prefix, "-" and at least `length` characters of an id."""
    prefix, dash, rest = text.partition("-")
    return bool(dash) and len(rest) >= length and (prefix in PREFIXES or prefix in ITEM_KINDS.values())


def item_kind(text: str) -> str | None:
    """The kind of item that an id belongs to, or None when it is none of theirs."""
    prefix = text.partition("-")[0]
    return next((kind for kind, letters in ITEM_KINDS.items() if letters == prefix), None)


def normalise(text: str) -> str | None:
    """An id as typed by a person in its one spelling, or None when the text is no id.

    Case does not matter, and O, I and L are read as 0, 1 and 1 after the prefix, as Crockford proposes.
    """
    found = _ID.fullmatch(text.strip().upper())
    if found is None:
        return None
    return f"{found[1]}-{found[2].translate(_READ_AS)}"
