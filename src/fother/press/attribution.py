"""An attribution: a source (a noun phrase), a cue and stretches of content, as the rules find them.

`attribute` finds them all; `speakers` tells who the source is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fother.model.press import Span, Stance
from fother.press.frame import Aside, Frame
from fother.press.phrases import Range


@dataclass
class Attribution:
    """One act of saying, before its speaker is understood. Spans are of the canonical text."""

    source: Span
    source_range: Range
    frame: Frame
    cue: Span | None
    cue_token: int | None
    content: list[Span]
    stance: Stance
    rule: str
    confidence: float
    quoted: list[Aside] = field(default_factory=list)
    addressee: Span | None = None
    via: Span | None = None
    cited_by: Span | None = None  #: an outlet between this source and the report
