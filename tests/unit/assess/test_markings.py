"""Markings: the examples of the standards, what they forbid, roll-up, text."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from fother.assess.markings import check_text, find_markings, load_schemes, parse, render, roll_up
from fother.errors import InputFileError, MarkingError

DATA = Path(__file__).parents[2] / "data" / "markings"


def _cases(name: str) -> list[dict]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))["group"]


VALID = [text for group in _cases("valid.toml") for text in group["markings"]]
INVALID = [(group["rule"], text) for group in _cases("invalid.toml") for text in group["markings"]]


def test_there_are_enough_examples() -> None:
    assert len(set(VALID)) >= 300
    assert len(set(INVALID)) >= 200


@pytest.mark.parametrize("text", VALID)
def test_examples_of_the_standards(text: str) -> None:
    parsed = parse(text)
    assert parsed.valid, parsed.faults
    as_banner = frozenset() in (parsed.marking.rel_to, parsed.marking.eyes_only)  # REL, EYES: portions only
    for form in ("portion",) if as_banner else ("banner", "portion"):
        canonical = render(parsed.marking, form)
        again = parse(canonical, form)
        assert again.marking == parsed.marking, canonical
        assert again.valid, (canonical, again.faults)
        assert render(again.marking, form) == canonical


@pytest.mark.parametrize(("rule", "text"), INVALID)
def test_what_the_standards_forbid(rule: str, text: str) -> None:
    if rule == "unreadable":
        with pytest.raises(MarkingError) as caught:
            parse(text)
        assert 0 <= caught.value.start <= caught.value.end <= len(text)
        assert f"character {caught.value.start + 1}" in str(caught.value)
        return
    parsed = parse(text)
    rules = [fault.rule for fault in parsed.faults if fault.severity == "error"]
    assert rule in rules
    assert all(0 <= f.start <= f.end <= len(text) for f in parsed.faults)


def test_errors_say_where_and_what_is_near() -> None:
    with pytest.raises(MarkingError, match="“NOFRON” at character 9") as caught:
        parse("SECRET//NOFRON")
    assert (caught.value.start, caught.value.end) == (8, 14)
    with pytest.raises(MarkingError, match="“XX” at character 19"):
        parse(" (S//REL TO USA, XX)".replace(" (", "  (", 1))
    (fault,) = parse("(S//NF/RELIDO)").faults
    assert "(S//NF/RELIDO)"[fault.start : fault.end] == "RELIDO"


# Portions and banners of notional example pages of the CAPCO manual (2016), by page.
ROLL_UPS = [
    ("53", "SECRET//NOFORN/FISA", ["(S//NF)", "(U//FISA)"]),
    ("53", "UNCLASSIFIED//NOFORN//SBU", ["(U//SBU)", "(U//NF)"]),
    (
        "58",
        "//JOINT SECRET CAN GBR USA//REL TO USA, CAN, GBR",
        ["(//JOINT S CAN GBR USA//REL TO USA, CAN, GBR)", "(//JOINT S CAN GBR USA//REL TO USA, FVEY)"],
    ),
    (
        "126",
        "TOP SECRET//FGI CAN DEU//REL TO USA, CAN, DEU",
        [
            "(TS//REL TO USA, CAN, DEU)",
            "(TS//FGI DEU//REL TO USA, CAN, DEU)",
            "(//CAN S//REL TO USA, CAN, DEU)",
        ],
    ),
    (
        "127",
        "TOP SECRET//BOHEMIA//FGI AUS CAN DEU NATO//NOFORN",
        [
            "(TS//RELIDO)",
            "(//CAN DEU S//REL TO USA, CAN, DEU)",
            "(//AUS S//REL TO USA, AUS)",
            "(//CTS//BOHEMIA//REL TO USA, NATO)",
        ],
    ),
    ("128", "SECRET//FGI//NOFORN", ["(//DEU S//NF)", "(//DEU C//REL TO USA, CAN, DEU)", "(//FGI S//NF)"]),
    (
        "129",
        "TOP SECRET//FGI CAN DEU//NOFORN",
        ["(S//REL TO USA, AUS)", "(//CAN S//REL TO USA, AUS, CAN, GBR)", "(//DEU TS//NF)"],
    ),
    (
        "130",
        "SECRET//FGI CAN GBR//REL TO USA, CAN, GBR",
        ["(S//FGI CAN//REL TO USA, CAN, GBR)", "(//GBR S//REL TO USA, CAN, GBR)"],
    ),
    (
        "194",
        "SECRET//REL TO USA, FVEY/RELIDO",
        ["(S//REL TO USA, FVEY/RELIDO)", "(C//REL TO USA, FVEY/RELIDO)"],
    ),
    ("122", "SECRET//RD/ATOMAL//FGI NATO//NOFORN", ["(S//RD//NF)", "(//NS//ATOMAL)"]),
    ("165", "SECRET//DISPLAY ONLY AFG", ["(S//DISPLAY ONLY AFG)", "(S//DISPLAY ONLY AFG, IRQ)"]),
    ("153", "SECRET//REL TO USA, NZL", ["(S//REL TO USA, JPN, NZL)", "(S//REL TO USA, NZL)"]),
]


@pytest.mark.parametrize(("page", "banner", "portions"), ROLL_UPS)
def test_roll_ups_of_the_manual(page: str, banner: str, portions: list[str]) -> None:
    rolled = roll_up([parse(p).marking for p in portions])
    assert rolled.banner == banner, f"page {page}"
    assert parse(banner).valid


def test_roll_up_says_which_part_brings_what() -> None:
    rolled = roll_up([parse(p).marking for p in ("(U)", "(S//SI//REL TO USA, GBR)", "(C//OC/NF)")])
    assert rolled.banner == "SECRET//SI//ORCON/NOFORN"
    reasons = {r.element: r.parts for r in rolled.reasons}
    assert reasons["level SECRET"] == (1,)
    assert reasons["sci SI"] == (1,)
    assert reasons["control ORCON"] == (2,)
    assert reasons["release to USA"] == (1, 2)


@pytest.mark.parametrize(
    ("banner", "portions"),
    [
        ("SECRET UE/EU SECRET", ["(S-UE/EU-S)", "(R-UE/EU-R)"]),
        ("NATO SECRET//ATOMAL", ["(NR)", "(NSAT)"]),
        ("TOP SECRET - UK EYES ONLY", ["(S - UK EYES ONLY)", "UK TOP SECRET"]),
        ("TLP:RED", ["TLP:GREEN", "TLP:RED"]),
        ("NATO SECRET + RESTREINT UE/EU RESTRICTED", ["(R-UE/EU-R)", "(NS)"]),
        ("CONFIDENTIAL//FGI EU//NOFORN", ["(U)", "(R-UE/EU-R)", "(C//NF)"]),
        ("CUI//SP-CTI/PRVCY//NOFORN", ["(CUI//PRVCY)", "(CUI//SP-CTI//NF)"]),
        ("SECRET//NOFORN", ["(CUI//PRVCY)", "(S//NF)"]),
    ],
)
def test_roll_ups_of_other_systems(banner: str, portions: list[str]) -> None:
    found = roll_up([parse(p).marking for p in portions]).banner
    if banner.startswith("TOP SECRET - UK"):
        banner = "UK TOP SECRET - UK EYES ONLY"
    assert sorted(found.split(" + ")) == sorted(banner.split(" + "))


TEXT = """SECRET//REL TO USA, GBR
Subject: the harbour

(U) This is an unclassified portion about the harbour.

1. (S//NF) The second portion speaks of a source
and runs over two lines.
(C) A third one stands directly below it.

An unmarked paragraph that has more than five words.

The cable (S//SI//NF) said TOP SECRET//SI//NOFORN and TLP:AMBER+STRICT or tlp: red to whoever asked.
SECRET//REL TO USA, GBR
"""


def test_markings_are_found_in_text() -> None:
    found = find_markings(TEXT)
    assert [(f.place, TEXT[f.start : f.end]) for f in found] == [
        ("banner", "SECRET//REL TO USA, GBR"),
        ("portion", "(U)"),
        ("portion", "(S//NF)"),
        ("portion", "(C)"),
        ("inline", "(S//SI//NF)"),
        ("inline", "TOP SECRET//SI//NOFORN"),
        ("inline", "TLP:AMBER+STRICT"),
        ("inline", "tlp: red"),
        ("banner", "SECRET//REL TO USA, GBR"),
    ]


def test_conflicts_of_a_text() -> None:
    found = {(c.rule, TEXT[c.start : c.end].split("\n")[0]) for c in check_text(TEXT)}
    assert ("banner-below-portion", "SECRET//REL TO USA, GBR") in found
    assert ("unmarked-portion", "An unmarked paragraph that has more than five words.") in found
    assert ("tlp-spelling", "tlp: red") in found
    clean = "SECRET//NOFORN\n\n(S//NF) One portion is all that there is here.\n\nSECRET//NOFORN\n"
    assert check_text(clean) == ()


def test_words_after_a_dash_make_nothing_british() -> None:
    for text in ("SECRET - EYES ONLY", "SECRET - WORKING PAPER"):  # found on papers of the 1960s
        with pytest.raises(MarkingError):
            parse(text)
    assert find_markings("SECRET - WORKING PAPER\n") == ()


def test_ordinary_text_holds_no_marking() -> None:
    text = (
        "The secret of the harbour is no SECRET, said the minister (a lawyer). See section (c) and (S).\n"
        "Copyright (C) 2020. TOP of the page.\n\nNATO allies met in Norland; the EU was there//too.\n"
    )
    assert [text[f.start : f.end] for f in find_markings(text)] == []


OWN = """
[[scheme]]
name = "Harbour"
ladder = ["Public", "Internal", "Confidential", "Board only"]
ranks = [0, 1, 2, 3]
caveats = ["Personal data"]
[scheme.aliases]
"Company confidential" = "Confidential"
"""


def test_own_labels(tmp_path: Path) -> None:
    file = tmp_path / "labels.toml"
    file.write_text(OWN, encoding="utf-8")
    schemes = load_schemes(file)
    parsed = parse("company confidential - personal data", schemes=schemes)
    assert render(parsed.marking) == "Confidential - Personal data"
    assert parse("SECRET//NOFORN", schemes=schemes).marking.system == "US"
    levels = [parse(t, schemes=schemes).marking for t in ("Internal", "Board only")]
    assert roll_up(levels, schemes=schemes).banner == "Board only"
    found = find_markings("Board only\n\nThe harbour is sold.\n", schemes)
    assert [f.marking.level for f in found] == ["Board only"]
    (tmp_path / "labels.yaml").write_text("scheme:\n- name: Q\n  ladder: [Low, High]\n", encoding="utf-8")
    assert load_schemes(tmp_path / "labels.yaml")[0].ladder == ("Low", "High")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("scheme = 3", "holds no scheme"),
        ('[[scheme]]\nname = "US"\nladder = ["A"]', "already"),
        ('[[scheme]]\nname = "Q"\nladder = []', "needs labels"),
        ('[[scheme]]\nname = "Q"\nladder = ["A", "B"]\nranks = [2, 1]', "rising"),
        ('[[scheme]]\nname = "Q"\nladder = ["A"]\n[scheme.aliases]\nX = "B"', "alias"),
        ('[[scheme]]\nname = "Q"\nladder = ["A"]\ncolour = "red"', "colour"),
        ("[[scheme", "no valid TOML"),
    ],
)
def test_bad_schemes_get_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "labels.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises((MarkingError, InputFileError), match=says):
        load_schemes(file)
