"""Sources that a statement cites: "the Ledger reported, citing two officials, that …" has them behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fother.press.attribution import Attribution
from fother.press.phrases import noun_phrase

if TYPE_CHECKING:
    from spacy.tokens import Token


def cited_sources(found: list[Attribution]) -> list[Attribution]:
    """A further statement for each source that another one cites, with the same words."""
    added = []
    for one in found:
        if one.cue_token is None or one.stance == "decline":
            continue
        source = _cited(one.frame.doc[one.cue_token])
        if source is None or one.frame.aside_of(source):
            continue
        source_range = noun_phrase(source)
        added.append(
            Attribution(
                source=one.frame.span(*source_range),
                source_range=source_range,
                frame=one.frame,
                cue=None,
                cue_token=None,
                content=list(one.content),
                stance=one.stance,
                rule="cited source",
                confidence=0.8,
                quoted=one.quoted,
                cited_by=one.source,
            )
        )
    return added


def _cited(verb: Token) -> Token | None:
    for token in verb.doc[verb.sent.start : verb.sent.end]:
        if token.lemma_.lower() in ("cite", "quote") and token.tag_ == "VBG" and token.i != verb.i:
            held = next((c for c in token.children if c.dep_ in ("dobj", "obj")), None)
            ups = [token.head, *token.head.ancestors]
            if held is not None and verb in ups:
                return held
    return None
