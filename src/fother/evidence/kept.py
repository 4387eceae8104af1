"""What a trace keeps so that an evidence pack can be made of it later: the observations of every edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fother.codes import Observations
from fother.errors import RegistryError
from fother.verify import canonical
from fother.verify.errors import VerificationError
from fother.verify.score import SCALE, Seen, decode_seen

_VERSION = 1


@dataclass(frozen=True)
class KeptCase:
    """What the leak shows of one edition, as its decoder got it."""

    document: str
    edition: str
    seen: Seen


def seen_of(observations: Observations) -> Seen:
    """Observations in thousandths as integers; carriers of which nothing can be told are left out."""
    told = observations.select(np.rint(SCALE * observations.separation) > 0)
    return Seen(
        carrier=tuple(told.position.tolist()),
        value=tuple(np.rint(SCALE * told.value).astype(np.int64).tolist()),
        separation=tuple(np.rint(SCALE * told.separation).astype(np.int64).tolist()),
        line=tuple(told.block.tolist()),
        page=tuple(told.page.tolist()),
    )


def encode(cases: Sequence[KeptCase]) -> bytes:
    """The bytes that the registry keeps."""
    return canonical.encode(
        {
            "cases": [
                {"document": c.document, "edition": c.edition, "observations": c.seen.encode().decode()}
                for c in cases
            ],
            "version": _VERSION,
        }
    )


def decode(data: bytes) -> tuple[KeptCase, ...]:
    """Inverse of `encode`. Raises RegistryError when the bytes are damaged or of a newer version."""
    try:
        value = canonical.decode(data)
        if value["version"] != _VERSION:
            raise RegistryError("The evidence of this trace was kept by a newer version; update fother.")
        return tuple(
            KeptCase(case["document"], case["edition"], decode_seen(case["observations"].encode()))
            for case in value["cases"]
        )
    except (VerificationError, KeyError, TypeError, AttributeError) as error:
        raise RegistryError(
            "The evidence kept of this trace is damaged; restore the registry from your backup."
        ) from error
