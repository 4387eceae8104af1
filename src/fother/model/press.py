"""What press reports say: statements, leaked documents, parties, planned events, each with its place.

All places are code points of one report's canonical text, end exclusive, and `text[start:end]` is what the
item says. Nothing here is re-anchored: an item that does not fit its text is an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

SpeakerKind = Literal["named", "anonymous", "organisation", "document", "outlet"]
Stance = Literal[
    "assert", "deny", "confirm", "decline", "reassure", "urge", "warn", "promise", "accuse", "condemn", "ask"
]
Mode = Literal["direct", "mixed", "reported"]
STANCES: tuple[Stance, ...] = (
    *("assert", "deny", "confirm", "decline", "reassure", "urge"),
    *("warn", "promise", "accuse", "condemn", "ask"),
)
SPEAKER_KINDS: tuple[SpeakerKind, ...] = ("named", "anonymous", "organisation", "document", "outlet")


@dataclass(frozen=True, order=True)
class Span:
    """Code points [start, end) of the canonical text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The words."""
        return text[self.start : self.end]

    def holds(self, other: Span) -> bool:
        """Whether another span lies within this one."""
        return self.start <= other.start and other.end <= self.end

    def touches(self, other: Span) -> bool:
        """Whether the two share a code point."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Speaker:
    """Who is said to have said something, as printed at `span`.

    `name` is the fullest name the report gives for it (of "she", "the ministry"), None for who stays unnamed.
    `country` is a code of the registry of names, `count` the number told of anonymous ones ("two").
    """

    span: Span
    kind: SpeakerKind
    name: str | None = None
    role: str | None = None
    organisation: str | None = None
    country: str | None = None
    count: str | None = None


@dataclass(frozen=True)
class Statement:
    """Something that a report says somebody said, or would not say.

    `chain` runs from the outlet of the report over the outlets it cites to the speaker. `via` is the vessel
    ("a statement"), `addressee` whom it was said to. `rule` names what found it; `confidence` (0…1) is a
    cautious guess of how often that rule is right.
    """

    speaker: Speaker
    stance: Stance
    mode: Mode
    content: tuple[Span, ...]
    chain: tuple[str, ...]
    cue: Span | None
    rule: str
    confidence: float
    addressee: Span | None = None
    via: Span | None = None


@dataclass(frozen=True)
class MentionedDocument:
    """A document that a report speaks of as leaked: every mention, what it is alleged to say, its marking."""

    mentions: tuple[Span, ...]
    alleged_content: tuple[Span, ...]
    marking: str | None
    rule: str
    confidence: float


@dataclass(frozen=True)
class PartyMention:
    """An organisation, country or person that a report names, with every mention."""

    name: str
    kind: Literal["organisation", "country", "person", "outlet"]
    country: str | None
    mentions: tuple[Span, ...]
    rule: str
    confidence: float


@dataclass(frozen=True)
class PlannedEvent:
    """Something that a report says will happen, with the days it means; None where they cannot be told."""

    span: Span
    when: Span | None
    start_date: date | None
    end_date: date | None
    granularity: str
    participants: tuple[Span, ...]
    rule: str
    confidence: float


@dataclass(frozen=True)
class Extraction:
    """All that was found in one report."""

    statements: tuple[Statement, ...]
    documents: tuple[MentionedDocument, ...]
    parties: tuple[PartyMention, ...]
    events: tuple[PlannedEvent, ...]
