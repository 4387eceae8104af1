"""Who says what: all families of rules, in the order of their certainty.

Verbs first (`reporting_verbs`), then phrases (`according_to`) and labels (`transcripts`); quotations left
over come last (`adoption`).
"""

from __future__ import annotations

from fother.press.according_to import by_phrases
from fother.press.adoption import adopt_quotations
from fother.press.attribution import Attribution
from fother.press.frame import Frame
from fother.press.reporting_verbs import by_verbs
from fother.press.transcripts import by_labels


def attributions(frame: Frame, *, inside: Frame | None = None) -> list[Attribution]:
    """All attributions of a text outside quotations, and, with `inside`, those within them."""
    found = by_verbs(frame)
    found += by_phrases(frame)
    found += by_labels(frame, found)
    found = adopt_quotations(frame, found)
    if inside is not None:
        asides = [a.span for a in frame.asides]
        found += [
            a
            for a in (*by_verbs(inside), *by_phrases(inside))
            if a.cue is not None
            and any(s.holds(a.cue) and s.holds(a.source) for s in asides)
            and not _inner_thought(a)
        ]
    return sorted(found, key=lambda a: (a.cue or a.content[0]).start)


def _inner_thought(one: Attribution) -> bool:
    """What a speaker says that others think, or that something shows, is no statement of theirs."""
    verb = one.frame.doc[one.cue_token] if one.cue_token is not None else None
    thinks = verb is not None and verb.lemma_.lower() in (
        "think",
        "believe",
        "fear",
        "suspect",
        "expect",
        "show",
    )
    return thinks or one.source.of(one.frame.text).lower() in ("it", "that", "which", "who")
