"""A marking as a value, whatever system it belongs to and however it was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Form = Literal["banner", "portion"]
Path = tuple[str, ...]  #: a control, its compartment, its sub-compartment: ("SI", "G", "ABCD")
Codes = frozenset[str]  #: country trigraphs (ISO 3166, GENC) and tetragraphs of groups
NONE: Codes = frozenset()


@dataclass(frozen=True)
class Marking:
    """What a marking says. Two markings that say the same are equal, in whichever form they were written.

    `sci` and `sap` are closed under prefixes: who holds ("SI", "G") holds ("SI",) too, so their union is the
    union of sets. A field that is None is not there; `fgi` empty is foreign information whose source is
    concealed, `cui` empty is CUI Basic without category, `rel_to` empty is the portion mark REL, which means
    the list of the banner.
    """

    system: str  #: "US", "NATO", "EU", "UK", "TLP", or the name of an own scheme
    level: str  #: canonical name, "SECRET"; "" for a foreign portion without level
    owners: Codes = NONE  #: countries of a JOINT or non-US marking
    joint: bool = False
    foreign: bool = False  #: a non-US marking in the US syntax; without owners its source is concealed
    sci: frozenset[Path] = frozenset()
    sap: frozenset[Path] = frozenset()
    atomic: frozenset[str] = frozenset()  #: "RD", "RD-CNWDI", "RD-SIGMA 14", "FRD", "TFNI", "ATOMAL", …
    fgi: Codes | None = None
    cui: frozenset[str] | None = None  #: categories, "SP-CTI", "PRVCY"
    controls: frozenset[str] = frozenset()  #: dissemination controls by their banner names
    rel_to: Codes | None = None
    display_only: Codes | None = None
    eyes_only: Codes | None = None
    caveats: frozenset[str] = frozenset()  #: code words, descriptors and warnings of other systems


@dataclass(frozen=True)
class Fault:
    """Where a marking breaks its standard. "error": the standard forbids it; "note": unusual or old."""

    rule: str  #: stable id, "noforn-with-rel"
    sentence: str
    start: int  #: code points from the start of the marking
    end: int
    severity: Literal["error", "note"] = "error"


@dataclass(frozen=True)
class Parsed:
    """A marking as it was written."""

    marking: Marking
    form: Form
    faults: tuple[Fault, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether the standard allows it as it is written."""
        return all(fault.severity != "error" for fault in self.faults)


def paths(control: str, *compartments: str) -> frozenset[Path]:
    """A path and all its prefixes."""
    whole = (control, *compartments)
    return frozenset(whole[: n + 1] for n in range(len(whole)))
