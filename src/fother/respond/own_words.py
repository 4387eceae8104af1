"""Which statements in public are a party's own: it speaks itself, or one of its bodies does."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fother.model.case import Party, Said

#: A speaker who has one of these in the name and is called after a country speaks for it.
_BODIES = re.compile(
    r"\b(?:ministry|ministries|ministers?|government|cabinet|embassy|ambassador|parliament|president|presidency|"
    r"premier|chancellor|army|navy|air force|armed forces|police|agency|office|delegation|department|"
    r"officials?|diplomats?|spokes(?:man|woman|person|people))\b",
    re.IGNORECASE,
)
#: Words before a name that make it a place or a subject, not whom somebody speaks for: "envoy to Norland".
_ELSEWHERE = r"\b(?:to|in|at|on|about|with|near|against|from|over)\s+(?:the\s+)?$"


def is_own(said: Said, party: Party, known_as: Iterable[str] = (), others: Iterable[str] = ()) -> bool:
    """Whether a statement counts as the party's own, whoever of it speaks.

    It does when the party is what an analyst, the speaker, the organisation or the country says, or when a
    body of the party's country speaks. `known_as` are further names and codes of the party. A statement whose
    speaker or organisation is one of `others` is theirs, and one that was rejected in review is nobody's.
    """
    if said.review == "rejected":
        return False
    names = {_plain(name) for name in (party.name, *party.aliases, *known_as)} - {""}
    if said.party:
        return _plain(said.party) in names
    speaks = {_plain(said.speaker), _plain(said.organisation)} - {""}
    if speaks & names:
        return True
    if said.kind in ("outlet", "document"):  # a country's newspaper does not speak for it
        return False
    if any(_named(name, text) for name in others for text in (said.speaker, said.organisation, said.role)):
        return False
    if _plain(said.country) in names:
        return True
    return any(
        _body_of(name, text) for name in names for text in (said.organisation, said.speaker, said.role)
    )


def _body_of(name: str, text: str) -> bool:
    """Whether a text names a body or an officer that is called after somebody."""
    if len(name) < 4 or not _BODIES.search(text):  # codes of countries are common words
        return False
    return any(not re.search(_ELSEWHERE, text[: m.start()], re.IGNORECASE) for m in _places(name, text))


def _named(name: str, text: str) -> bool:
    return any(True for _ in _places(name, text))


def _places(name: str, text: str) -> Iterable[re.Match[str]]:
    if not name.strip():
        return ()
    return re.finditer(rf"(?<!\w){re.escape(name.strip())}(?!\w)", text, re.IGNORECASE)


def _plain(name: str) -> str:
    return re.sub(r"^the\s+", "", " ".join(name.casefold().split()))
