"""How far words are moved: a name for people, a factor for the layout channel."""

from __future__ import annotations

from fother.errors import UsageError

#: Factor on the layout channel's standard amplitude of 1/50 em.
STRENGTHS = {"discreet": 0.6, "standard": 1.0, "strong": 1.5}


def strength_factor(name: str) -> float:
    """Factor of a named strength. Raises UsageError for an unknown name."""
    try:
        return STRENGTHS[name]
    except KeyError:
        raise UsageError(f"Strength is {', '.join(STRENGTHS)}, not {name!r}.") from None
