"""How far words are moved (a name for people, a factor for the layout channel), for which coalitions."""

from __future__ import annotations

from fother.codes.code import SUPPORTS
from fother.errors import UsageError

#: Factor on the layout channel's standard amplitude of 1/50 em.
STRENGTHS = {"discreet": 0.6, "standard": 1.0, "strong": 1.5}


def strength_factor(name: str) -> float:
    """Factor of a named strength. Raises UsageError for an unknown name."""
    try:
        return STRENGTHS[name]
    except KeyError:
        raise UsageError(f"Strength is {', '.join(STRENGTHS)}, not {name!r}.") from None


def require_resistance(resistance: int) -> None:
    """Raises UsageError when no code is made for coalitions of this size."""
    if resistance not in SUPPORTS:
        raise UsageError(f"Resistance is one of {', '.join(map(str, SUPPORTS))}, not {resistance}.")
