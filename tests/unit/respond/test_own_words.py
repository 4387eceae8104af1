"""Whose statement it is."""

from __future__ import annotations

import pytest
from case_files import NOW, case_file, said

from fother.model.case import Party
from fother.respond.own_words import is_own
from fother.respond.readers import for_party
from fother.respond.situation import situation

VESTRIA = Party("Republic of Vestria", "country", ("Vestria", "Vestrian"))


@pytest.mark.parametrize(
    ("speaker", "more"),
    [
        ("Vestria", {}),
        ("the Republic of Vestria", {}),
        ("Dal Oren", {"organisation": "Vestrian Foreign Ministry"}),
        ("Dal Oren", {"role": "Foreign Minister of Vestria"}),
        ("Foreign Ministry", {"organisation": "Foreign Ministry", "country": "VS"}),
        ("two officials", {"kind": "anonymous", "country": "Vestria"}),
        ("Dal Oren", {"party": "vestria"}),
    ],
)
def test_a_party_speaks_by_its_bodies(speaker: str, more: dict[str, str]) -> None:
    assert is_own(said("S-1", "N-1", speaker, "deny", **more).record, VESTRIA, {"VS"}, ["Norland"])


@pytest.mark.parametrize(
    ("speaker", "more"),
    [
        ("Per Lindqvar", {"role": "ambassador to Vestria", "organisation": "Foreign Ministry"}),
        ("Embassy of Norland in Vestria", {"kind": "organisation"}),
        ("Norland Ministry", {"country": "Vestria"}),
        ("Vestrian Football Club", {}),
        ("Vestrian Herald", {"kind": "outlet", "country": "Vestria"}),
        ("Vestria", {"review": "rejected"}),
        ("Vestrian Foreign Ministry", {"party": "Norland"}),
        ("officials of Evestria", {}),
        ("somebody", {}),
    ],
)
def test_others_do_not_speak_for_it(speaker: str, more: dict[str, str]) -> None:
    assert not is_own(said("S-1", "N-1", speaker, "deny", **more).record, VESTRIA, {"VS"}, ["Norland"])


def test_the_reader_sees_what_its_ministry_said() -> None:
    spoken = (
        said("S-1", "N-1", "Dal Oren", "deny", organisation="Vestrian Foreign Ministry"),
        said("S-2", "N-2", "Grain Terminal Ltd", "confirm", kind="organisation", country="Vestria"),
    )
    cut = situation(for_party(case_file(said=spoken), "P-1"), NOW)
    assert [v.speaker for v in cut.voices] == ["Dal Oren"]
