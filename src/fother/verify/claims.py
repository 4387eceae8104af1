"""What a pack claims: pack.json read into values, with every field checked for its form.

Numbers that are no integers are decimal text: the canonical JSON of packs has no fractions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fother.verify import canonical
from fother.verify.errors import VerificationError

VERSION = 1
FILE = "pack.json"
_DECIMAL = re.compile(r"-?\d{1,6}(\.\d{1,6})?(e-?\d{1,4})?")


@dataclass(frozen=True)
class Accused:
    """One copy that the trace named, and the evidence the pack claims against it."""

    copy: str
    commitment: str  #: folder of the commitment that it is in
    step: str
    model: str
    colluders: int
    given: tuple[str, ...]  #: copies that were accused before and are taken as known
    listed: int  #: length of the list of the pair step, 1 in other steps
    log10_p: float
    log10_bound: float

    @property
    def hypothesis_name(self) -> str:
        return "1 copy" if self.colluders == 1 else f"{self.model} of {self.colluders}"


@dataclass(frozen=True)
class Case:
    """One edition of one document, of which the leak shows something and of which copies are named."""

    folder: str
    document: str
    title: str
    edition: str
    commitments: tuple[str, ...]
    accused: tuple[Accused, ...]


@dataclass(frozen=True)
class Artefact:
    """A leaked file in the pack."""

    file: str
    sha256: str
    sighting: str | None


@dataclass(frozen=True)
class Claims:
    """All that is checked; `whole` holds the rest of pack.json too, which is only stated."""

    trace: str
    made_at: str
    software: str
    alpha: float
    family: int
    artefacts: tuple[Artefact, ...]
    cases: tuple[Case, ...]
    whole: Mapping[str, Any]


def decode(untrusted: bytes) -> Claims:
    """Claims from the bytes of pack.json. Raises VerificationError when a field is missing or malformed."""
    value = canonical.decode(untrusted)
    try:
        if value["version"] != VERSION or value["version"] is True:
            raise VerificationError(f"The pack has version {value['version']}, this program knows {VERSION}.")
        claims = Claims(
            trace=_text(value["trace"]),
            made_at=_text(value["made_at"]),
            software=_text(value["software"]),
            alpha=decimal(value["alpha"]),
            family=_count(value["family"]),
            artefacts=tuple(
                Artefact(_text(a["file"]), _text(a["sha256"]), _optional(a["sighting"]))
                for a in value["artefacts"]
            ),
            cases=tuple(map(_case, value["cases"])),
            whole=value,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise VerificationError(f"{FILE} is malformed.") from None
    if not 0 < claims.alpha < 1:
        raise VerificationError("The level of the trace is not between 0 and 1.")
    return claims


def _case(value: Any) -> Case:
    return Case(
        folder=_text(value["folder"]),
        document=_text(value["document"]),
        title=_text(value["title"]),
        edition=_text(value["edition"]),
        commitments=tuple(map(_text, value["commitments"])),
        accused=tuple(map(_accused, value["accused"])),
    )


def _accused(value: Any) -> Accused:
    return Accused(
        copy=_text(value["copy"]),
        commitment=_text(value["commitment"]),
        step=_text(value["step"]),
        model=_text(value["model"]),
        colluders=_count(value["colluders"]),
        given=tuple(map(_text, value["given"])),
        listed=_count(value["listed"]),
        log10_p=decimal(value["log10_p"]),
        log10_bound=decimal(value["log10_bound"]),
    )


def decimal(value: Any) -> float:
    """A number from its decimal text. Raises ValueError."""
    if type(value) is not str or not _DECIMAL.fullmatch(value):
        raise ValueError("not a decimal number")
    return float(value)


def cautious(log10: float) -> str:
    """A decimal logarithm of a probability as text with two places, rounded up: never more certain than it
    is, and never above 0, which is certainty. The smallest is -999999."""
    return f"{min(0.0, math.ceil(100 * max(log10, -999_999.0) - 1e-7) / 100 or 0.0):.2f}"


def _text(value: Any) -> str:
    if type(value) is not str or len(value) > 10_000:
        raise ValueError("not text")
    return value


def _optional(value: Any) -> str | None:
    return None if value is None else _text(value)


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise ValueError("not a count")
    return value
