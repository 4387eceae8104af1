"""Parties and what a text says of them. Offsets are code points of the text, end exclusive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["country", "organisation", "person", "programme", "place", "method", "figure", "date"]
KINDS: tuple[Kind, ...] = (
    *("country", "organisation", "person", "programme", "place"),
    *("method", "figure", "date"),
)
#: Kinds that can be told of a leak; the others are what is given away of them.
PARTIES: tuple[Kind, ...] = ("country", "organisation", "person", "programme", "place")


@dataclass(frozen=True)
class Mention:
    """One place. `rule` names what found it; `confidence` (0…1) guesses how often that rule is right."""

    start: int
    end: int
    text: str
    rule: str
    confidence: float


@dataclass(frozen=True)
class Exposed:
    """A party, or a fact, with every mention. `code` is the ISO 3166-1 alpha-3 code of a country; `party` the
    id of the entry of the organisation's own register that it is, if it is one. A method's `name` is its
    group: "human source", "interception", "imagery", "cyber access", "partner service"."""

    kind: Kind
    name: str
    mentions: tuple[Mention, ...]
    code: str = ""
    party: str = ""


@dataclass(frozen=True)
class Party:
    """An entry of the organisation's own register of parties. `groups` are releasability groups it belongs to
    beside those that are public; an equity holder has a say in what is told of its information."""

    id: str
    name: str
    kind: Kind = "organisation"
    aliases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    code: str = ""
    equity_holder: bool = False
