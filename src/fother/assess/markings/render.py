"""A marking written in its canonical form; `parse` of it gives the same marking back."""

from __future__ import annotations

from collections.abc import Iterable

from fother.assess.markings.european import UK_SHORT
from fother.assess.markings.model import Codes, Form, Marking, Path
from fother.assess.markings.us_items import cui_order
from fother.assess.markings.vocabulary import (
    ATOMIC_ORDER,
    ATOMIC_PORTIONS,
    CUI_LIMITS,
    DISSEMINATION,
    EU_ABBREVIATIONS,
    NATO_PORTIONS,
    OTHER,
    UK_EYES,
    US_PORTIONS,
)
from fother.assess.markings.words import code_order

_SHORT = {level: short for short, level in {**US_PORTIONS, **NATO_PORTIONS, **EU_ABBREVIATIONS}.items()}
_NATO_BODY = {"SECRET": "S", "CONFIDENTIAL": "C", "RESTRICTED": "R", "UNCLASSIFIED": "U"}


def render(marking: Marking, form: Form = "banner") -> str:
    """The canonical text: the standard's order, abbreviations where the register has them.

    A portion mark has its parentheses.
    """
    writers = {"US": _us, "NATO": _nato, "EU": _eu, "UK": _uk}
    text = writers.get(marking.system, _label)(marking, form)
    return f"({text})" if form == "portion" else text


def _us(m: Marking, form: Form) -> str:
    if m.cui is not None and m.level == "UNCLASSIFIED" and not m.foreign and not _beyond_cui(m):
        groups = ["/".join(sorted(m.cui, key=cui_order)), _controls(m, form, (DISSEMINATION, CUI_LIMITS))]
        return "//".join(["CUI", *filter(None, groups)])
    level = _SHORT.get(m.level, m.level) if form == "portion" else m.level
    groups = [
        _head(m, level),
        _tree(m.sci, "/"),
        _sap(m.sap),
        _atomic(m.atomic, form),
        "" if m.fgi is None else " ".join(["FGI", *_sorted(m.fgi)]),
        ""
        if m.cui is None
        else "//".join(["CUI", *(["/".join(sorted(m.cui, key=cui_order))] if m.cui else [])]),
        _controls(m, form, (DISSEMINATION, CUI_LIMITS)),
        _controls(m, form, (OTHER,)),
    ]
    return "//".join(filter(None, groups))


def _beyond_cui(m: Marking) -> bool:
    return bool(m.sci or m.sap or m.atomic or m.fgi is not None or m.controls & set(OTHER))


def _head(m: Marking, level: str) -> str:
    if m.joint:
        return " ".join(["//JOINT", level, *_sorted(m.owners)])
    if m.foreign:
        return "//" + " ".join([*(_sorted(m.owners) or ["FGI"]), level])
    return level


def _sorted(codes: Codes, first: str = "") -> list[str]:
    return sorted(codes, key=lambda code: code_order(code, first))


def _numbers_first(text: str) -> tuple[bool, str]:
    return (not text[:1].isdigit(), text)


def _tree(found: Iterable[Path], between: str) -> str:
    """Controls with their compartments and sub-compartments: "SI-G ABCD DEFG-MMM/TK"."""
    all_paths = set(found)
    controls = sorted({path[0] for path in all_paths}, key=_numbers_first)
    return between.join(_branch(control, all_paths) for control in controls)


def _branch(control: str, found: set[Path]) -> str:
    inside = sorted({path[1] for path in found if path[0] == control and len(path) > 1}, key=_numbers_first)
    text = control
    for name in inside:
        subs = sorted((p[2] for p in found if p[:2] == (control, name) and len(p) > 2), key=_numbers_first)
        text += "-" + " ".join([name, *subs])
    return text


def _sap(found: frozenset[Path]) -> str:
    words = [word for word in ("HVSACO", "WAIVED") if (word,) in found]
    rest = {path for path in found if path[0] not in words}
    return "//".join([*([f"SAR-{_tree(rest, '/')}"] if rest else []), *words])


def _atomic(found: frozenset[str], form: Form) -> str:
    items = []
    for base in (name for name in ATOMIC_ORDER if name in found):
        numbers = sorted(int(n.rsplit(" ", 1)[1]) for n in found if n.startswith(f"{base}-SIGMA "))
        text = next(
            (short for short, name in ATOMIC_PORTIONS.items() if name == base and form == "portion"), base
        )
        text += "-CNWDI" if f"{base}-CNWDI" in found else ""
        if numbers:
            text += f"-{'SG' if form == 'portion' else 'SIGMA'} {' '.join(map(str, numbers))}"
        items.append(text)
    return "/".join(items)


def _controls(m: Marking, form: Form, tables: tuple[dict[str, tuple[str, str]], ...]) -> str:
    items = []
    for table in tables:
        for name, (_, short) in table.items():
            if name in m.controls:
                items.append(short if form == "portion" else name)
            elif name == "REL TO" and m.rel_to is not None:
                items.append(f"REL TO {', '.join(_sorted(m.rel_to, 'USA'))}" if m.rel_to else "REL")
            elif name == "DISPLAY ONLY" and m.display_only is not None:
                items.append(f"DISPLAY ONLY {', '.join(_sorted(m.display_only))}")
            elif name == "EYES ONLY" and m.eyes_only is not None:
                items.append(f"{'/'.join(_sorted(m.eyes_only, 'USA'))} EYES ONLY" if m.eyes_only else "EYES")
    if tables == (OTHER,):
        names = sorted(c.removeprefix("ACCM-") for c in m.controls if c.startswith("ACCM-"))
        items += [f"ACCM-{'/'.join(names)}"] if names else []
    return "/".join(items)


def _nato(m: Marking, form: Form) -> str:
    body = next((c.removeprefix("ACTIVITY ") for c in m.caveats if c.startswith("ACTIVITY ")), "")
    level = m.level.removeprefix("NATO ")
    if form == "portion":
        head = f"N{body}{_NATO_BODY[level]}" if body else _SHORT[m.level]
    else:
        head = f"NATO {body} {level}" if body else m.level
    caveats = sorted(c for c in m.caveats if not c.startswith("ACTIVITY "))
    controls = ["OC" if form == "portion" else "ORCON"] if "ORCON" in m.controls else []
    release = [f"REL TO {', '.join(_sorted(m.rel_to, 'USA'))}"] if m.rel_to else []
    return "//".join([f"//{head}" if form == "portion" else head, *caveats, *controls, *release])


def _eu(m: Marking, form: Form) -> str:
    head = _SHORT[m.level] if form == "portion" else m.level
    release = [f"RELEASABLE TO {', '.join(_sorted(m.rel_to))}"] if m.rel_to else []
    return " - ".join([head, *sorted(m.caveats), *release])


def _uk(m: Marking, form: Form) -> str:
    level = UK_SHORT[m.level] if form == "portion" else m.level
    head = f"UK {level}" if "UK" in m.caveats or _reads_as_american(m) else level
    words = sorted(c.removeprefix("CODEWORD ") for c in m.caveats if c.startswith("CODEWORD "))
    others = sorted(c for c in m.caveats if c != "UK" and not c.startswith("CODEWORD "))
    return " - ".join([head, *words, *others, *_eyes(m.eyes_only)])


def _reads_as_american(m: Marking) -> bool:
    return not m.level.startswith("OFFICIAL") and not m.caveats and m.eyes_only is None


def _eyes(codes: Codes | None) -> list[str]:
    if codes is None:
        return []
    if codes == {"FVEY"}:
        return ["FIVE EYES ONLY"]
    names = {code: name for name, code in reversed(UK_EYES.items())}
    return [f"{'/'.join(sorted((names[c] for c in codes), key=lambda n: (n != 'UK', n)))} EYES ONLY"]


def _label(m: Marking, _form: Form) -> str:
    return " - ".join([m.level, *sorted(m.caveats)])
