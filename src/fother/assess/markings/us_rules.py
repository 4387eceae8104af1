"""Which combinations the register forbids or demands, for a marking that was read.

Rules are those of the "Additional marking instructions" of each template of the Intelligence Community
Markings System Register and Manual (2016), sections H.1 to H.9; in CUI those of 32 CFR 2002.20.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fother.assess.markings.model import Fault, Marking
from fother.assess.markings.vocabulary import GROUPS, LADDERS, SCI
from fother.assess.markings.words import Piece

_CLASSIFIED = ("CONFIDENTIAL", "SECRET", "TOP SECRET")
_UPPER = ("SECRET", "TOP SECRET")
#: Controls that want some levels only.
_LEVELS = {
    "ORCON": _CLASSIFIED,
    "ORCON-USGOV": _CLASSIFIED,
    "IMCON": _UPPER,
    "RSEN": _CLASSIFIED,
    "FOUO": ("UNCLASSIFIED",),
    "SBU": ("UNCLASSIFIED",),
    "SBU NOFORN": ("UNCLASSIFIED",),
    "LES NOFORN": ("UNCLASSIFIED",),
}
_ATOMIC_LEVELS = {
    "RD": _CLASSIFIED,
    "FRD": _CLASSIFIED,
    "TFNI": _CLASSIFIED,
    "DOD UCNI": ("UNCLASSIFIED",),
    "DOE UCNI": ("UNCLASSIFIED",),
}
_NEVER_TOGETHER = (("ORCON", "ORCON-USGOV"), ("EXDIS", "NODIS"), ("SBU", "SBU NOFORN"), ("LES", "LES NOFORN"))


def check(marking: Marking, places: Mapping[str, Piece]) -> tuple[Fault, ...]:
    """The faults of a combination, in the order of the marking."""
    faults = [*_levels(marking, places), *_sci(marking, places), *_release(marking, places)]
    return tuple(sorted(faults, key=lambda f: (f.start, f.rule)))


def _at(rule: str, piece: Piece, sentence: str) -> Fault:
    return Fault(rule, sentence, piece.start, piece.end)


def _levels(m: Marking, places: Mapping[str, Piece]) -> Iterator[Fault]:
    for name, levels in {**_LEVELS, **_ATOMIC_LEVELS}.items():
        if (name in m.controls or name in m.atomic) and m.level not in levels:
            yield _at("level", places[name], f"{name} goes with {_either(levels)} only.")
    for extra in ("CNWDI", "SIGMA"):
        if extra in places and m.level not in _UPPER:
            yield _at("level", places[extra], f"{extra} goes with SECRET or TOP SECRET only.")
    if m.sap and m.level not in _CLASSIFIED and ("HVSACO",) not in m.sap:
        yield _at("level", places["SAP"], "A special access programme is classified.")
    if m.cui is not None and m.level == "UNCLASSIFIED" and m.controls & {"FOUO", "SBU", "LES", "ORCON"}:
        old = ", ".join(sorted(m.controls & {"FOUO", "SBU", "LES", "ORCON"}))
        yield _at("cui-legacy", places["level"], f"{old} is no dissemination control of CUI.")
    for pair in _NEVER_TOGETHER:
        if set(pair) <= m.controls:
            yield _at("not-together", places[pair[1]], f"{pair[0]} and {pair[1]} exclude each other.")


def _sci(m: Marking, places: Mapping[str, Piece]) -> Iterator[Fault]:
    controls = {path[0] for path in m.sci}
    for control in sorted(controls):
        piece = places[f"SCI {control}"]
        inside = {path[1] for path in m.sci if path[0] == control and len(path) > 1}
        if m.level not in _CLASSIFIED and not m.foreign:
            yield _at("level", piece, "Compartmented information is classified.")
        if control == "RSV" and not inside:
            yield _at("needs-compartment", piece, "RSV is not used without a compartment.")
        if control == "TK" and m.level not in _UPPER:
            yield _at("level", piece, "TK goes with SECRET or TOP SECRET only.")
        if control == "SI" and inside and m.level != "TOP SECRET":
            yield _at("level", piece, "Compartments of SI are TOP SECRET.")
        if control == "SI" and "G" in inside and not m.controls & {"ORCON", "ORCON-USGOV"}:
            yield _at("needs-orcon", piece, "SI-G needs ORCON.")
        if control == "HCS" and "O" in inside and "ORCON" not in m.controls:
            yield _at("needs-orcon", piece, "HCS-O needs ORCON.")
        if control == "HCS" and any(len(p) > 2 for p in m.sci if p[0] == "HCS") and "ORCON" not in m.controls:
            yield _at("needs-orcon", piece, "A sub-compartment of HCS-P needs ORCON.")
        needs = control == "HCS" or (control == "TK" and inside & {"BLFH", "IDIT", "KAND"})
        if needs and "NOFORN" not in m.controls:
            yield _at("needs-noforn", piece, f"{control} of this kind needs NOFORN.")
        unknown = inside - set(SCI[control]) if control in ("HCS", "TK") else set()
        if unknown:
            names = ", ".join(sorted(unknown))
            yield Fault(
                "unregistered",
                f"{names} is no published compartment of {control}.",
                piece.start,
                piece.end,
                "note",
            )


def _release(m: Marking, places: Mapping[str, Piece]) -> Iterator[Fault]:
    lists = {"REL TO": m.rel_to, "DISPLAY ONLY": m.display_only, "EYES ONLY": m.eyes_only}
    if "NOFORN" in m.controls:
        for name, codes in lists.items():
            if codes is not None:
                yield _at("noforn-with-release", places[name], f"NOFORN and {name} exclude each other.")
        if "RELIDO" in m.controls:
            yield _at("noforn-with-release", places["RELIDO"], "NOFORN and RELIDO exclude each other.")
    if m.display_only is not None and "RELIDO" in m.controls:
        yield _at("not-together", places["RELIDO"], "DISPLAY ONLY and RELIDO exclude each other.")
    if m.rel_to and m.display_only and m.rel_to & m.display_only:
        both = ", ".join(sorted(m.rel_to & m.display_only))
        yield _at(
            "display-and-release",
            places["DISPLAY ONLY"],
            f"{both} may have a copy and needs no DISPLAY ONLY.",
        )
    if m.eyes_only is not None:
        if m.eyes_only and (not m.eyes_only <= GROUPS["FVEY"] or len(m.eyes_only) < 2):
            yield _at(
                "eyes-only", places["EYES ONLY"], "EYES ONLY names two or more of AUS, CAN, GBR, NZL, USA."
            )
        if m.rel_to is not None:
            yield _at("not-together", places["EYES ONLY"], "EYES ONLY and REL TO exclude each other.")
    if m.controls & {"EXDIS", "NODIS"} and "NOFORN" not in m.controls:
        name = next(iter(sorted(m.controls & {"EXDIS", "NODIS"})))
        yield _at("needs-noforn", places[name], f"{name} needs NOFORN.")


def _either(levels: tuple[str, ...]) -> str:
    ordered = [level for level in LADDERS["US"] if level in levels]
    return ordered[0] if len(ordered) == 1 else f"{', '.join(ordered[:-1])} or {ordered[-1]}"
