"""The most restrictive marking of several, and why.

Every marking is lifted into a `Restriction`: levels, elements that accumulate, and audiences that shrink.
Joining two takes the higher level of each system, the union of the elements and the intersection of the
audiences, so the join is idempotent, commutative and associative: a semilattice in which adding a portion
never lowers anything. The banner is read off the join afterwards, with the precedence of the register (NOFORN
above REL TO, RD above FRD, ORCON above ORCON-USGOV).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from fother.assess.markings.model import Codes, Marking, Path
from fother.assess.markings.own import OwnScheme
from fother.assess.markings.render import render
from fother.assess.markings.vocabulary import GROUPS, LADDERS, UK_EYES, rank

Element = tuple[
    str, str | Path
]  #: kind and value: ("sci", ("SI", "G")), ("control", "ORCON"), ("fgi", "DEU")
_USA = frozenset({"USA"})
_UNCLASSIFIED_ONLY = ("FOUO", "SBU", "SBU NOFORN", "LES NOFORN")


@dataclass(frozen=True)
class Restriction:
    """An element of the semilattice. The default is the least one: nothing is restricted.

    `audience` are the countries that may have a copy, `viewers` those that may at least be shown it; None is
    everybody. `relido` is True while every part that limits its audience leaves release to an official.
    """

    levels: frozenset[tuple[str, int]] = frozenset()  #: system and place on its ladder, one for each system
    elements: frozenset[Element] = frozenset()
    audience: Codes | None = None
    viewers: Codes | None = None
    relido: bool = True


@dataclass(frozen=True)
class Reason:
    """Why an element is in the result: the parts (index into what was rolled up) that bring it."""

    element: str
    parts: tuple[int, ...]


@dataclass(frozen=True)
class RollUp:
    """The most restrictive marking: one, or one for each system when none of them is the United States'."""

    restriction: Restriction
    markings: tuple[Marking, ...]
    reasons: tuple[Reason, ...]

    @property
    def banner(self) -> str:
        """The banner line; several systems are joined by " + "."""
        return " + ".join(render(marking) for marking in self.markings)


def join(first: Restriction, second: Restriction) -> Restriction:
    """The least restriction that is at least as strict as both."""
    levels = dict(first.levels)
    for system, place in second.levels:
        levels[system] = max(place, levels.get(system, place))
    return Restriction(
        frozenset(levels.items()),
        first.elements | second.elements,
        _common(first.audience, second.audience),
        _common(first.viewers, second.viewers),
        first.relido and second.relido,
    )


def _common(first: Codes | None, second: Codes | None) -> Codes | None:
    if first is None or second is None:
        return second if first is None else first
    return first & second


def expand(codes: Codes, groups: Mapping[str, Codes] = GROUPS) -> Codes:
    """Codes with the members of known groups in place of the groups; unknown groups stay."""
    return frozenset(member for code in codes for member in groups.get(code, {code}))


def lift(
    marking: Marking, groups: Mapping[str, Codes] = GROUPS, schemes: Sequence[OwnScheme] = ()
) -> Restriction:
    """A marking as an element of the semilattice. A portion's bare REL needs `resolve` first."""
    m = marking
    ladder = _ladder(m.system, schemes)
    place = ladder.index(m.level) if m.level in ladder else 0
    elements: set[Element] = {("sci", path) for path in m.sci} | {("sap", path) for path in m.sap}
    elements |= {("atomic", name) for name in m.atomic} | {("control", name) for name in m.controls}
    elements |= {("cui", name) for name in m.cui or ()} | ({("cui", "")} if m.cui is not None else set())
    elements |= {(f"caveat {m.system}", name) for name in m.caveats}
    if m.fgi is not None:
        elements |= {("fgi", code) for code in m.fgi} or {("fgi", "")}
    if m.system == "US":
        elements.add(("source", _source(m)))
    listed = [codes for codes in (m.rel_to, m.eyes_only) if codes]
    for codes in [*listed, m.display_only or frozenset()]:
        elements |= {("group", code) for code in codes if code in groups}
    audience = _audience(m, expand(frozenset().union(*listed), groups) if listed else None, groups)
    shown = expand(m.display_only, groups) if m.display_only else frozenset()
    if audience == _USA and not m.controls & {"NOFORN", "RELIDO"} and not shown and not listed:
        elements.add(("undecided", ""))
    return Restriction(
        frozenset({(m.system, place)}),
        frozenset(elements),
        audience,
        None if audience is None else audience | shown,
        audience is None or "RELIDO" in m.controls,
    )


def _ladder(system: str, schemes: Sequence[OwnScheme]) -> tuple[str, ...]:
    return next((s.ladder for s in schemes if s.name == system), LADDERS.get(system, ()))


def _source(m: Marking) -> str:
    if m.joint:
        return f"JOINT {' '.join(sorted(m.owners))}"
    return f"FOREIGN {' '.join(sorted(m.owners))}" if m.foreign else "US"


def _audience(m: Marking, listed: Codes | None, groups: Mapping[str, Codes]) -> Codes | None:
    """The countries that may have a copy. What is classified and names nobody stays with its owners."""
    if m.controls & {"NOFORN", "SBU NOFORN", "LES NOFORN"}:
        return _USA
    if m.system == "NATO" or m.system == "EU":
        return groups.get(m.system, frozenset({m.system})) | (listed or frozenset())
    if listed is not None:
        return listed
    if m.system == "US" and m.foreign:
        return m.owners | _USA
    if (m.system == "US" and m.level not in ("UNCLASSIFIED", "")) or m.display_only is not None:
        return _USA
    return None


def resolve(portion: Marking, banner: Marking | None) -> Marking:
    """A portion whose REL or EYES points to the banner, with the banner's list."""
    if banner is None:
        return portion
    rel = banner.rel_to if portion.rel_to == frozenset() else portion.rel_to
    eyes = banner.eyes_only if portion.eyes_only == frozenset() else portion.eyes_only
    owners = banner.owners if portion.joint and not portion.owners else portion.owners
    return replace(portion, rel_to=rel, eyes_only=eyes, owners=owners)


def roll_up(
    markings: Sequence[Marking], groups: Mapping[str, Codes] = GROUPS, schemes: Sequence[OwnScheme] = ()
) -> RollUp:
    """The most restrictive marking of several, with the parts that each of its elements comes from."""
    lifted = [lift(marking, groups, schemes) for marking in markings]
    whole = reduce(join, lifted, Restriction())
    return RollUp(whole, banners(whole, groups, schemes), tuple(_reasons(whole, lifted, markings)))


def banners(
    whole: Restriction, groups: Mapping[str, Codes] = GROUPS, schemes: Sequence[OwnScheme] = ()
) -> tuple[Marking, ...]:
    """The markings that a text with this restriction carries."""
    levels = dict(whole.levels)
    folded = {"NATO", "EU", "UK"} if "US" in levels else set()
    found = []
    for system in sorted(levels, key=lambda s: (s != "US", s)):
        if system == "US":
            found.append(_us_banner(whole, levels, groups))
        elif system not in folded:
            found.append(_plain_banner(whole, system, levels[system], groups, schemes))
    return tuple(found)


def _of(whole: Restriction, kind: str) -> frozenset[str]:
    return frozenset(str(value) for k, value in whole.elements if k == kind)


def _paths(whole: Restriction, kind: str) -> frozenset[Path]:
    return frozenset(value for k, value in whole.elements if k == kind and isinstance(value, tuple))


def _plain_banner(
    whole: Restriction, system: str, place: int, groups: Mapping[str, Codes], schemes: Sequence[OwnScheme]
) -> Marking:
    level = _ladder(system, schemes)[place]
    caveats = _of(whole, f"caveat {system}")
    controls = _of(whole, "control") & {"ORCON"} if system == "NATO" else frozenset()
    marking = Marking(system, level, controls=controls, caveats=caveats)
    if system in ("NATO", "EU") and whole.audience is not None:
        beyond = whole.audience - groups.get(system, frozenset())
        return replace(marking, rel_to=_grouped(beyond, whole, groups) or None)
    if system == "UK" and whole.audience is not None and whole.audience <= set(UK_EYES.values()):
        # A wider audience comes from another system, whose marking says so.
        return replace(marking, eyes_only=_grouped(whole.audience or frozenset({"GBR"}), whole, groups))
    return marking


def _us_banner(whole: Restriction, levels: Mapping[str, int], groups: Mapping[str, Codes]) -> Marking:
    sources = _of(whole, "source")
    only = next(iter(sources)) if len(sources) == 1 and len(set(levels) & {"NATO", "EU", "UK"}) == 0 else ""
    ranks = [levels["US"]] + [
        rank(system, LADDERS[system][place]) or 0
        for system, place in levels.items()
        if system in ("NATO", "EU", "UK")
    ]
    level = LADDERS["US"][max(ranks)]
    foreign = only.startswith(("JOINT ", "FOREIGN"))
    if level == "RESTRICTED" and not foreign:
        level = "CONFIDENTIAL"  # 32 CFR 2001.24(c): the United States has no such level
    classified = level != "UNCLASSIFIED"
    marking = Marking(
        "US",
        level,
        frozenset(only.split()[1:]) if foreign else frozenset(),
        only.startswith("JOINT "),
        foreign,
        _paths(whole, "sci"),
        _paths(whole, "sap"),
        _atomic(whole),
        _foreign_sources(whole, levels, sources, own=only if foreign else ""),
        _of(whole, "cui") - {""} if ("cui", "") in whole.elements and not classified else None,
    )
    return _released(marking, whole, groups, classified)


def _atomic(whole: Restriction) -> frozenset[str]:
    found = _of(whole, "atomic") | (_of(whole, "caveat NATO") & {"ATOMAL", "BALK", "BOHEMIA"})
    for stronger, weaker in (("RD", "FRD"), ("RD", "TFNI"), ("FRD", "TFNI")):
        if stronger in found:
            found = frozenset(n for n in found if n.split("-")[0] != weaker)
    return found


def _foreign_sources(
    whole: Restriction, levels: Mapping[str, int], sources: Iterable[str], own: str
) -> Codes | None:
    """Where foreign information comes from; empty when any source is concealed, None when there is none."""
    codes = set(_of(whole, "fgi"))
    for source in sources:
        if source != "US" and source != own:
            codes |= set(source.split()[1:]) - {"USA"} or {""}
    codes |= {{"NATO": "NATO", "EU": "EU", "UK": "GBR"}[s] for s in levels if s in ("NATO", "EU", "UK")}
    if not codes:
        return None
    return frozenset() if "" in codes else frozenset(codes)


def _released(m: Marking, whole: Restriction, groups: Mapping[str, Codes], classified: bool) -> Marking:
    """Dissemination controls and release of the banner."""
    controls = set(_of(whole, "control")) - {"NOFORN", "RELIDO"}
    if "LES NOFORN" in controls:
        controls |= {"LES"} if classified or "LES" in controls else set()
    if "ORCON" in controls:
        controls.discard("ORCON-USGOV")
    if "NODIS" in controls:
        controls.discard("EXDIS")
    if "SBU NOFORN" in controls:
        controls.discard("SBU")
    if classified or m.cui is not None:
        controls -= set(_UNCLASSIFIED_ONLY)
    elif "LES" in controls:
        controls.discard("LES NOFORN")
    if whole.audience is None:
        return replace(m, controls=frozenset(controls))
    foreign = whole.audience - _USA
    shown = (whole.viewers or frozenset()) - _USA - foreign
    display = _grouped(shown, whole, groups) or None
    undecided = ("undecided", "") in whole.elements
    decided = bool(_of(whole, "control") & {"NOFORN", "SBU NOFORN", "LES NOFORN"}) or not undecided
    if foreign and "USA" in whole.audience:
        release = _grouped(whole.audience, whole, groups) | _USA
        if whole.relido and not display:
            controls.add("RELIDO")
        return replace(m, controls=frozenset(controls), rel_to=release, display_only=display)
    if display:
        return replace(m, controls=frozenset(controls), display_only=display)
    if whole.relido:
        controls.add("RELIDO")
    elif (decided or _decided_elsewhere(whole)) and not controls & {"SBU NOFORN", "LES NOFORN"}:
        controls.add("NOFORN")
    return replace(m, controls=frozenset(controls))


def _decided_elsewhere(whole: Restriction) -> bool:
    """Whether some part was decided on though another was not: the banner then says NOFORN."""
    return any(kind == "group" for kind, _ in whole.elements) or "RELIDO" in _of(whole, "control")


def _grouped(codes: Codes, whole: Restriction, groups: Mapping[str, Codes]) -> Codes:
    """Codes with a group in place of its members, when a part named the group and all members are there."""
    named = sorted((g for g in _of(whole, "group") if groups[g] <= codes), key=lambda g: (-len(groups[g]), g))
    result: set[str] = set(codes)
    for group in named:
        if groups[group] <= result:
            result = (result - groups[group]) | {group}
    return frozenset(result)


def _reasons(
    whole: Restriction, lifted: Sequence[Restriction], markings: Sequence[Marking]
) -> Iterable[Reason]:
    for system, place in sorted(whole.levels):
        parts = tuple(n for n, one in enumerate(lifted) if (system, place) in one.levels)
        yield Reason(f"level {markings[parts[0]].level}", parts)
    for kind, value in sorted(whole.elements, key=str):
        if kind not in ("source", "group", "undecided"):
            name = "-".join(value) if isinstance(value, tuple) else value or "of concealed origin"
            parts = tuple(n for n, one in enumerate(lifted) if (kind, value) in one.elements)
            yield Reason(f"{kind.split()[0]} {name}", parts)
    if whole.audience is not None:
        names = ", ".join(sorted(whole.audience)) or "nobody in common"
        parts = tuple(n for n, one in enumerate(lifted) if one.audience is not None)
        yield Reason(f"release to {names}", parts)
