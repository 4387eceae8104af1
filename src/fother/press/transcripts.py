"""Speakers named by a label at the start of a line, as in transcripts: "HOLT: It is genuine"."""

from __future__ import annotations

import re

from fother.model.press import Span
from fother.press import cues
from fother.press.attribution import Attribution
from fother.press.frame import Frame
from fother.press.phrases import Range

_LABEL = re.compile(r"(?m)^[ \t]*(?P<who>[^\n:“\"«]{2,70}?)[ \t]*:[ \t]+(?=\S)(?P<words>[^\n]{8,})$")
_NOT_LABELS = re.compile(
    r"(?i)^(?:note|update|correction|read more|related|photo|image|source|sources|by|https?|published|watch|"
    r"listen|subject|date|from|to|editor's note|editor’s note|breaking|exclusive|analysis|opinion|live|"
    r"contact|tags|share|caption|video|location|re|cc|fact check|what we know|key points|summary)\b"
)
_LONG = 12  # tokens of a transcript's label


def by_labels(frame: Frame, known: list[Attribution]) -> list[Attribution]:
    """ "NAME: words" at the start of a line, as in transcripts and headlines."""
    found = []
    for match in _LABEL.finditer(frame.text):
        who = Span(*match.span("who"))
        words = Span(*match.span("words"))
        if (
            _NOT_LABELS.match(match["who"])
            or _is_headline(frame.text, match["who"])
            or any(a.cue and who.touches(a.cue) for a in known)
        ):
            continue
        tokens = _tokens(frame, who)
        if tokens is None or tokens[1] - tokens[0] > _LONG or not _is_label(frame, tokens, match["who"]):
            continue
        asides = [a for a in frame.asides if words.holds(a.span)]
        found.append(
            Attribution(
                source=who,
                source_range=tokens,
                frame=frame,
                cue=Span(who.end, who.end + 1),
                cue_token=None,
                content=[words],
                stance="ask" if match["words"].rstrip().endswith("?") else "assert",
                rule="label",
                confidence=0.85,
                quoted=asides,
            )
        )
    return found


def _is_headline(text: str, label: str) -> bool:
    """Capitals that stand before a colon once are a headline's, not a speaker's."""
    several = len(label.split()) > 1 and label.upper() == label
    return several and len(re.findall(rf"(?m)^[ \t]*{re.escape(label)}[ \t]*:", text)) < 2


def _tokens(frame: Frame, span: Span) -> Range | None:
    """Tokens of the frame at a place of the text that holds no quotation."""
    inside = [t.i for t in frame.doc if not frame.aside_of(t) and span.holds(frame.span(t.i, t.i + 1))]
    return (inside[0], inside[-1] + 1) if inside else None


def _is_label(frame: Frame, tokens: Range, label: str) -> bool:
    words = [frame.doc[i] for i in range(*tokens)]
    if any(t.pos_ in ("VERB", "AUX") and t.tag_ in ("VBD", "VBZ", "VBP") for t in words):
        return False
    spoken = re.fullmatch(r"[A-Z][A-Z .’'\-]+(?:\s*\([^)]*\))?", label) is not None  # HOLT:
    return spoken or any(t.pos_ == "PROPN" or t.lemma_.lower() in cues.PEOPLE for t in words)
