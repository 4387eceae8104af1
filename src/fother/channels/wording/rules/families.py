"""All families, in the order in which they are preferred where two would change the same words."""

from __future__ import annotations

from functools import partial

from fother.channels.wording.rules import (
    adverb,
    comma,
    contraction,
    however,
    infinitive,
    order,
    pairs,
    relative,
    spelling,
    that,
)
from fother.channels.wording.rules.interface import Family

FAMILIES: tuple[Family, ...] = (
    Family("phrase", "Both phrases say the same.", partial(pairs.changes, name="phrases")),
    Family(
        "connective",
        "Both words join the sentences in the same way.",
        partial(pairs.changes, name="connectives"),
    ),
    Family("function word", "Both small words mean the same here.", partial(pairs.changes, name="function")),
    Family("synonym", "Both words mean the same in this place.", partial(pairs.changes, name="synonyms")),
    contraction.FAMILY,
    that.FAMILY,
    relative.WHICH,
    relative.REDUCED,
    however.FAMILY,
    infinitive.PURPOSE,
    infinitive.MIDDLE,
    infinitive.HELP,
    adverb.FAMILY,
    order.FAMILY,
    spelling.SPELLING,
    spelling.HYPHEN,
    comma.LIST,
    comma.CLAUSE,
    comma.OPENING,
)
