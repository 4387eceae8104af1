"""Frozen packs: whatever a released version called valid stays valid, and what was refused stays refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from fother.verify import pack

PACKS = Path(__file__).parents[2] / "data" / "packs"


@pytest.mark.parametrize("place", sorted(PACKS.glob("valid/*.zip")), ids=lambda p: p.stem)
def test_valid_packs_stay_valid(place: Path) -> None:
    outcome = pack.check(place)
    assert outcome.errors == ()
    assert outcome.proven


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("invalid/1-stronger-claim", "claims a bound of 10^-99.00"),
        ("invalid/1-other-biases", "biases are not those that were committed"),
        ("invalid/1-committed-after-the-leak", "only after the leak had been received"),
        ("tampered/1-flipped-byte", "altered"),
        ("tampered/1-cut-short", "altered"),
        ("tampered/1-artefact-exchanged", "data/artefact/1.pdf was altered"),
    ],
)
def test_others_stay_refused(name: str, sentence: str) -> None:
    outcome = pack.check(PACKS / f"{name}.zip")
    assert outcome.proven == ()
    assert sentence in outcome.errors[0]


def test_every_kept_pack_is_judged() -> None:
    assert len(list(PACKS.glob("*/*.zip"))) == 9
