"""Which of a case's documents a draft speaks of: by words of their titles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from fother.language.terms import sentences
from fother.respond.guard.model import Fact

_WORD = re.compile(r"[^\W_]{2,}")
#: Words of titles that tell no document from another.
_GENERAL = frozenset(
    (
        *(
            "a",
            "an",
            "and",
            "at",
            "by",
            "for",
            "from",
            "in",
            "is",
            "its",
            "of",
            "on",
            "or",
            "our",
            "that",
            "the",
        ),
        *(
            "their",
            "this",
            "to",
            "was",
            "with",
            "about",
            "leaked",
            "alleged",
            "purported",
            "published",
            "secret",
        ),
        *("document", "documents", "file", "files", "paper", "papers", "leak", "leaks", "page", "pages"),
        *(
            "text",
            "draft",
            "version",
            "copy",
            "photo",
            "pdf",
            "docx",
            "txt",
            "png",
            "jpg",
            "jpeg",
            "eml",
            "html",
        ),
    )
)
_NAMED = 0.5  #: share of a title's telling words that names the document
_NEAR = 0.6  #: of the best share: documents that are named about as well


def concerned(draft: str, place: int, facts: Sequence[Fact], also: Sequence[str] = ()) -> tuple[Fact, ...]:
    """The documents that the draft speaks of at a place (code points), () when that cannot be told.

    The sentence of the place counts first, then the whole draft with `also`: titles of registered documents
    whose words stand in it. One document alone is the one spoken of.
    """
    if len({fact.title.casefold() for fact in facts}) <= 1:
        return tuple(facts)
    own = " ".join(s.text for s in sentences(draft) if s.start <= place < s.end)
    return _named(own, facts) or _named(" ".join((draft, *also)), facts)


def _named(text: str, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    said = _telling(text)
    titles = [_telling(fact.title) for fact in facts]
    held = Counter(word for title in titles for word in title)
    everywhere = {word for word, count in held.items() if count == len(facts)}
    shares = []
    for title in titles:
        own = title - everywhere or title
        shares.append(len(own & said) / len(own) if own else 0.0)
    best = max(shares)
    if best < _NAMED or min(shares) == best:
        return ()
    return tuple(fact for fact, share in zip(facts, shares, strict=True) if share >= _NEAR * best)


def _telling(text: str) -> frozenset[str]:
    words = (m[0].casefold() for m in _WORD.finditer(text))
    return frozenset(w[:-1] if len(w) > 3 and w.endswith("s") else w for w in words if w not in _GENERAL)
