"""What must hold of every marking: round trip, and a roll-up that is a semilattice."""

from __future__ import annotations

from contextlib import suppress
from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st

from fother.assess.markings import Marking, Restriction, find_markings, join, lift, parse, render, roll_up
from fother.assess.markings.model import paths
from fother.assess.markings.rollup import banners
from fother.assess.markings.vocabulary import DISSEMINATION, LADDERS, OTHER
from fother.errors import MarkingError

_CODES = st.sampled_from(["AUS", "CAN", "DEU", "FRA", "GBR", "JPN", "NZL", "NATO", "FVEY", "ISAF"])
_LISTS = st.frozensets(_CODES, min_size=1, max_size=4)
_PLAIN = sorted({*DISSEMINATION, *OTHER} - {"REL TO", "DISPLAY ONLY", "EYES ONLY"})


@st.composite
def _compartments(draw: st.DrawFn) -> frozenset[tuple[str, ...]]:
    found: frozenset[tuple[str, ...]] = frozenset()
    for control in draw(st.frozensets(st.sampled_from(["SI", "TK", "HCS", "ABC", "12"]), max_size=3)):
        found |= paths(control)
        for name in draw(st.frozensets(st.sampled_from(["G", "P", "EU", "123", "XYZ"]), max_size=2)):
            found |= paths(control, name)
            for sub in draw(st.frozensets(st.sampled_from(["ABCD", "EFGH", "JJJ"]), max_size=2)):
                found |= paths(control, name, sub)
    return found


@st.composite
def us_markings(draw: st.DrawFn) -> Marking:
    kind = draw(st.sampled_from(["us", "us", "us", "joint", "foreign", "concealed", "cui"]))
    if kind == "cui":
        return Marking(
            "US",
            "UNCLASSIFIED",
            cui=draw(st.frozensets(st.sampled_from(["SP-CTI", "SP-EXPT", "PRVCY", "LEI"]), max_size=3)),
            controls=draw(st.frozensets(st.sampled_from(["NOFORN", "FEDCON", "NOCON"]), max_size=2)),
        )
    levels = [lv for lv in LADDERS["US"] if lv != "RESTRICTED" or kind in ("foreign", "concealed")]
    nations = st.frozensets(st.sampled_from(["AUS", "CAN", "DEU", "GBR"]), min_size=1, max_size=3)
    owners = draw(nations) if kind in ("joint", "foreign") else frozenset()  # NATO has its own syntax
    atomic = draw(st.frozensets(st.sampled_from(["RD", "FRD", "TFNI", "ATOMAL"]), max_size=2))
    if "RD" in atomic:
        atomic |= draw(st.frozensets(st.sampled_from(["RD-CNWDI", "RD-SIGMA 14", "RD-SIGMA 20"])))
    return Marking(
        "US",
        draw(st.sampled_from(levels)),
        owners | {"USA"} if kind == "joint" else owners,
        kind == "joint",
        kind != "us",
        draw(_compartments()),
        draw(st.sampled_from([frozenset(), paths("BP"), paths("BP", "J12") | paths("CA", "XYZ", "YYY")])),
        atomic,
        draw(st.none() | st.frozensets(_CODES, max_size=3)),
        None,
        draw(st.frozensets(st.sampled_from(_PLAIN), max_size=4)),
        draw(st.none() | _LISTS.map(lambda c: c | {"USA"})),
        draw(st.none() | _LISTS),
        draw(st.none() | st.just(frozenset({"USA", "GBR"}))),
    )


@st.composite
def other_markings(draw: st.DrawFn) -> Marking:
    system = draw(st.sampled_from(["NATO", "EU", "UK", "TLP"]))
    ladder = LADDERS[system][1 if system == "EU" else 0 :]
    level = draw(st.sampled_from(ladder))
    released = draw(st.none() | _LISTS)
    if system == "NATO":
        caveats = draw(st.frozensets(st.sampled_from(["ATOMAL", "BOHEMIA", "CRYPTO"])))
        return Marking("NATO", level, controls=draw(st.sampled_from([frozenset(), frozenset({"ORCON"})])),
                       rel_to=released, caveats=caveats)  # fmt: skip
    if system == "EU":
        caveats = draw(st.frozensets(st.sampled_from(["LIMITE", "CRYPTO"])))
        return Marking("EU", level, rel_to=released, caveats=caveats)
    if system == "UK":
        caveats = draw(st.frozensets(st.sampled_from(["UK", "COMMERCIAL", "LOCSEN"])))
        eyes = draw(
            st.sampled_from([None, frozenset({"GBR"}), frozenset({"GBR", "USA"}), frozenset({"FVEY"})])
        )
        if not caveats and eyes is None and not level.startswith("OFFICIAL"):
            caveats = frozenset({"UK"})
        return Marking("UK", level, eyes_only=eyes, caveats=caveats)
    return Marking("TLP", level)


MARKINGS = us_markings() | other_markings()
RESTRICTIONS = st.lists(MARKINGS, max_size=3).map(lambda ms: reduce(join, map(lift, ms), Restriction()))


@given(MARKINGS, st.sampled_from(["banner", "portion"]))
@settings(max_examples=100, deadline=None)
def test_round_trip_of_the_canonical_form(marking: Marking, form: str) -> None:
    text = render(marking, form)
    parsed = parse(text, form)
    assert parsed.marking == marking
    assert render(parsed.marking, form) == text
    orders = {"item-order", "code-order", "category-order", "list-spacing", "wrong-form", "tlp-spelling"}
    assert not orders & {fault.rule for fault in parsed.faults}


@given(RESTRICTIONS, RESTRICTIONS, RESTRICTIONS)
@settings(max_examples=150, deadline=None)
def test_roll_up_is_a_semilattice(a: Restriction, b: Restriction, c: Restriction) -> None:
    assert join(a, a) == a
    assert join(a, b) == join(b, a)
    assert join(join(a, b), c) == join(a, join(b, c))
    assert join(a, Restriction()) == a


@given(RESTRICTIONS, RESTRICTIONS, RESTRICTIONS)
@settings(max_examples=100, deadline=None)
def test_roll_up_is_monotone(a: Restriction, b: Restriction, c: Restriction) -> None:
    higher = join(a, b)
    assert join(join(a, c), join(higher, c)) == join(higher, c)


@given(st.lists(MARKINGS, min_size=1, max_size=5), st.randoms())
@settings(max_examples=100, deadline=None)
def test_banner_does_not_depend_on_the_order_and_never_falls(markings: list[Marking], random: object) -> None:
    whole = roll_up(markings)
    shuffled = list(markings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert roll_up(shuffled).markings == whole.markings
    assert roll_up([*markings, markings[0]]).markings == whole.markings
    fewer = dict(roll_up(markings[:-1]).restriction.levels)
    assert all(place <= dict(whole.restriction.levels)[system] for system, place in fewer.items())
    if (
        whole.restriction.audience is not None
        and (part := roll_up(markings[:-1]).restriction.audience) is not None
    ):
        assert whole.restriction.audience <= part
    for banner in banners(whole.restriction):
        assert parse(render(banner), "banner").marking == banner


@given(st.text(alphabet="()/-, SCTUNFRELOAIGKTLP:+UEOFICJX12é\n", max_size=60) | st.text(max_size=40))
@settings(max_examples=250, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(MarkingError):
        assert all(0 <= f.start <= f.end <= len(text) for f in parse(text).faults)
    for found in find_markings(text):
        assert text[found.start : found.end].strip()
