"""The categories of a US marking after the first: compartments, atomic energy, dissemination, CUI."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from fother.assess.markings.model import Fault, Form, Marking, Path, paths
from fother.assess.markings.vocabulary import (
    ATOMIC_ORDER,
    ATOMIC_PORTIONS,
    ATOMIC_TITLES,
    CUI_CATEGORIES,
    CUI_LIMITS,
    DISSEMINATION,
    OTHER,
    SCI,
    SCI_TITLES,
)
from fother.assess.markings.words import Piece, fail, in_order, is_code, looks_like_code

CATEGORIES = ("classification", "SCI", "SAP", "atomic energy", "foreign", "CUI", "dissemination", "other")
_CONTROLS = {**DISSEMINATION, **OTHER, **CUI_LIMITS}
_TITLES = {title: name for name, (title, _) in _CONTROLS.items() if title != name}
_PORTIONS = {portion: name for name, (_, portion) in _CONTROLS.items() if portion != name}
_REGISTER = list(_CONTROLS)
KNOWN = [*_CONTROLS, *_PORTIONS, *_TITLES, *SCI, *ATOMIC_TITLES, "RD", "FRD", "TFNI", "CUI", "FGI", "SAR-"]
_RESERVED = frozenset(
    {"RD", "FRD", "SAR", "FGI", "CUI", "REL", "JOINT", "NATO", "USA", "TS", *_PORTIONS, *_CONTROLS}
)
CUI_NAMES = ("CUI", "CONTROLLED", "CONTROLLED UNCLASSIFIED INFORMATION")
_SCI = re.compile(r"[A-Z0-9]{2,7}(-[A-Z0-9]{1,6}( [A-Z0-9]{2,6})*)*")
_SAP = re.compile(r"(SAR|SPECIAL ACCESS REQUIRED)-(?=\S)")
AS_BANNER = {"REL": "REL TO", "EYES": "EYES ONLY"}  #: in a portion: to those whom the banner names
_EYES = re.compile(r"(USA(?:/[A-Z]{3,4})*) EYES ONLY")


@dataclass
class Reading:
    """A marking while it is read."""

    form: Form
    level: str = ""
    owners: frozenset[str] = frozenset()
    joint: bool = False
    foreign: bool = False
    sci: frozenset[Path] = frozenset()
    sap: frozenset[Path] = frozenset()
    atomic: list[str] = field(default_factory=list)
    fgi: frozenset[str] | None = None
    cui: frozenset[str] | None = None
    controls: list[str] = field(default_factory=list)
    rel_to: frozenset[str] | None = None
    display_only: frozenset[str] | None = None
    eyes_only: frozenset[str] | None = None
    places: dict[str, Piece] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, rule: str, piece: Piece, sentence: str, *, note: bool = False) -> None:
        self.faults.append(Fault(rule, sentence, piece.start, piece.end, "note" if note else "error"))

    def marking(self) -> Marking:
        return Marking(
            "US",
            self.level,
            self.owners,
            self.joint,
            self.foreign,
            self.sci,
            self.sap,
            frozenset(self.atomic),
            self.fgi,
            self.cui,
            frozenset(self.controls),
            self.rel_to,
            self.display_only,
            self.eyes_only,
        )


def read_codes(pieces: list[Piece], reading: Reading, what: str) -> list[str]:
    texts = []
    for piece in pieces:
        if not looks_like_code(piece.text):
            raise fail(piece, f"is no code of a country or group ({what})")
        if not is_code(piece.text):
            reading.fault("unknown-code", piece, f"{piece.text} is no group that is known here.", note=True)
        if piece.text in texts:
            reading.fault("code-twice", piece, f"{piece.text} is named twice.")
        texts.append(piece.text)
    return texts


def read_segment(segment: Piece, reading: Reading) -> int:
    """Read one category; which one it was (index into `CATEGORIES`)."""
    if not segment.text:
        raise fail(segment, "is empty: two double slashes with nothing between, or one at the end")
    first = segment.split("/")[0].text
    if first.startswith(("FGI", "FOREIGN GOVERNMENT INFORMATION")):
        return _read_fgi(segment, reading)
    if _SAP.match(first) or first in ("HVSACO", "WAIVED"):
        return _read_sap(segment, reading)
    if first in CUI_NAMES:
        reading.cui = frozenset()
        return 5
    if _atomic_name(first):
        return _items(segment, reading, _read_atomic, 3)
    if first.startswith("ACCM-"):
        return _read_accm(segment, reading)
    name = control_name(first)
    if name or _EYES.match(segment.text) or first in AS_BANNER:
        category = 7 if name in OTHER else 6
        return read_controls(segment, reading, category)
    if all(_SCI.fullmatch(_titles_out(item.text)) for item in segment.split("/")):
        return _items(segment, reading, _read_sci, 1)
    odd = next(i for i in segment.split("/") if not _SCI.fullmatch(_titles_out(i.text)) or i.text == first)
    raise fail(odd, "is no control marking", KNOWN)


def _items(segment: Piece, reading: Reading, read: Callable[[Piece, Reading], str], category: int) -> int:
    order = [read(item, reading) for item in segment.split("/")]
    wanted = sorted(order, key=_sci_key if category == 1 else lambda a: ATOMIC_ORDER.index(a))
    if order != wanted:
        reading.fault("item-order", segment, f"The order here is {'/'.join(wanted)}.")
    return category


def _sci_key(text: str) -> tuple[bool, str]:
    return (not text[:1].isdigit(), text)  # numbers first, then the alphabet


def _titles_out(text: str) -> str:
    """Titles of controls in their abbreviated form: "SI-GAMMA" as "SI-G"."""
    for title, short in SCI_TITLES.items():
        text = re.sub(rf"(?<![A-Z0-9]){title}(?![A-Z0-9])", short, text)
    return text


def _read_sci(item: Piece, reading: Reading) -> str:
    text = _titles_out(item.text)
    if not _SCI.fullmatch(text):
        raise fail(item, "is no control system", KNOWN)
    control, *compartments = text.split("-")
    if control not in SCI:
        if len(control) > 3 or control in _RESERVED:
            raise fail(item, "is no registered control marking", KNOWN)
        reading.fault(
            "unregistered", item, f"{control} is no control system of the public register.", note=True
        )
    names = []
    found = paths(control)
    for compartment in compartments:
        name, *subs = compartment.split()
        names.append(name)
        if subs != sorted(subs, key=_sci_key):
            reading.fault("item-order", item, f"Sub-compartments of {control}-{name} stand by the alphabet.")
        found |= paths(control, name).union(*(paths(control, name, sub) for sub in subs))
    if names != sorted(names, key=_sci_key):
        reading.fault("item-order", item, f"Compartments of {control} stand by the alphabet, numbers first.")
    if any(path[0] == control for path in reading.sci):
        reading.fault("item-twice", item, f"{control} is named twice.")
    reading.sci |= found
    reading.places[f"SCI {control}"] = item
    return control


def _read_sap(segment: Piece, reading: Reading) -> int:
    if segment.text in ("HVSACO", "WAIVED"):
        reading.sap |= {(segment.text,)}
        reading.places["SAP"] = segment
        return 2
    start = _SAP.match(segment.text)
    if start is None:
        raise fail(segment, "is no special access programme")
    names = []
    for item in segment.after(start.end()).split("/"):
        if not re.fullmatch(r"[A-Z0-9]+( [A-Z0-9]+)*(-[A-Z0-9]+( [A-Z0-9]+)*)*", item.text):
            raise fail(
                item, "is no identifier of a special access programme (SAR- stands once, before the first)"
            )
        programme, *compartments = item.text.split("-")
        names.append(programme)
        if programme in _CONTROLS or any(word in ("NOFORN", "ORCON") for word in item.text.split()):
            raise fail(item, "holds a dissemination control; a double slash is missing")
        found = paths(programme)
        for compartment in compartments:
            name, *subs = compartment.split()
            found |= paths(programme, name).union(*(paths(programme, name, sub) for sub in subs))
        reading.sap |= found
    if names != sorted(names, key=_sci_key):
        reading.fault("item-order", segment, "Programmes stand by the alphabet, numbers first.")
    reading.places["SAP"] = segment
    return 2


def _atomic_name(text: str) -> str:
    """The kind of atomic energy information that an item begins with, or nothing."""
    base = re.sub(r"-(CNWDI|N|SIGMA|SG)\b.*", "", text)
    base = ATOMIC_TITLES.get(base, ATOMIC_PORTIONS.get(base, base))
    return base if base in ATOMIC_ORDER else ""


def _read_atomic(item: Piece, reading: Reading) -> str:
    base = _atomic_name(item.text)
    if not base:
        raise fail(item, "is no atomic energy marking", [*ATOMIC_ORDER, *ATOMIC_TITLES])
    word = item.text.partition("-")[0]
    if base in ATOMIC_PORTIONS.values():
        _form_fault(item, reading, word, base, next(k for k, v in ATOMIC_PORTIONS.items() if v == base))
    rest = item.text[len(word) :]
    found = re.fullmatch(r"(?P<design>-CNWDI|-N)?(?:-(?P<word>SIGMA|SG)(?P<numbers>( \d{1,2})+))?", rest)
    if found is None:
        raise fail(item, "has something after it that is neither CNWDI nor SIGMA with numbers")
    if rest and base not in ("RD", "FRD"):
        raise fail(item, "takes no CNWDI and no SIGMA")
    reading.atomic.append(base)
    reading.places[base] = item
    if found["design"]:
        if base != "RD":
            reading.fault("cnwdi", item, "CNWDI belongs to RD alone.")
        reading.atomic.append(f"{base}-CNWDI")
        reading.places["CNWDI"] = item
    if found["word"]:
        numbers = [int(n) for n in found["numbers"].split()]
        if (found["word"] == "SG") != (reading.form == "portion"):
            reading.fault("wrong-form", item, "SIGMA stands in banners, SG in portion marks.")
        if numbers != sorted(set(numbers)):
            reading.fault("item-order", item, "SIGMA numbers rise, each once.")
        if not all(1 <= n <= 99 for n in numbers):
            reading.fault("sigma", item, "SIGMA numbers lie between 1 and 99.")
        reading.atomic += [f"{base}-SIGMA {n}" for n in numbers]
        reading.places["SIGMA"] = item
    return base


def _read_fgi(segment: Piece, reading: Reading) -> int:
    title = "FOREIGN GOVERNMENT INFORMATION"
    rest = segment.after(len(title) if segment.text.startswith(title) else 3)
    texts = read_codes(list(rest.words()), reading, "source of foreign information")
    if "USA" in texts:
        reading.fault("fgi-usa", segment, "The United States is no source of foreign information.")
    if not in_order(texts):
        reading.fault("code-order", segment, "Sources stand by the alphabet, countries before groups.")
    reading.fgi = frozenset(texts)
    reading.places["FGI"] = segment
    return 4


def _read_accm(segment: Piece, reading: Reading) -> int:
    for item in segment.after(5).split("/"):
        if not re.fullmatch(r"[A-Z0-9]+( [A-Z0-9]+)*", item.text):
            raise fail(item, "is no nickname of an alternative compensatory control")
        reading.controls.append(f"ACCM-{item.text}")
        reading.places[f"ACCM-{item.text}"] = item
    return 7


def control_name(text: str) -> str:
    """The banner name of a dissemination control however it is written, or nothing."""
    for lead in ("REL TO", "AUTHORIZED FOR RELEASE TO", "DISPLAY ONLY"):
        if re.match(rf"{lead}(?![A-Z])", text):
            return "DISPLAY ONLY" if lead == "DISPLAY ONLY" else "REL TO"
    if text in _TITLES or text in _PORTIONS:
        return _TITLES.get(text) or _PORTIONS[text]
    return text if text in _CONTROLS else ""


def read_controls(segment: Piece, reading: Reading, category: int) -> int:
    order: list[str] = []
    rest = segment
    while rest.text:
        eyes = _EYES.match(rest.text)
        if eyes:
            item, size = Piece(eyes[0], rest.start), eyes.end()
            reading.eyes_only = frozenset(
                read_codes(Piece(eyes[1], rest.start).split("/"), reading, "EYES ONLY")
            )
            reading.places["EYES ONLY"] = item
            order.append("EYES ONLY")
        else:
            item = rest.split("/")[0]
            size = rest.text.index("/") if "/" in rest.text else len(rest.text)
            order.append(_read_control(item, reading, category))
        if rest.text[size:] and (rest.text[size] != "/" or not rest.text[size + 1 :].strip()):
            raise fail(rest.after(size), "does not follow a single slash, or nothing follows it")
        rest = rest.after(size + 1)
    if order != sorted(order, key=_REGISTER.index):
        reading.fault(
            "item-order", segment, f"The register's order is {'/'.join(sorted(order, key=_REGISTER.index))}."
        )
    return category


def _read_control(item: Piece, reading: Reading, category: int) -> str:
    name = AS_BANNER.get(item.text) or control_name(item.text)
    if not name:
        raise fail(item, "is no dissemination control", KNOWN)
    if (category == 7) != (name in OTHER):
        reading.fault(
            "category-order", item, f"{name} belongs to another category; a double slash goes before it."
        )
    if name in reading.places:
        reading.fault("item-twice", item, f"{name} is named twice.")
    reading.places[name] = item
    if item.text in AS_BANNER:
        if reading.form == "banner":
            reading.fault("rel-list", item, f"A banner names the countries of {name}.")
        if name == "REL TO":
            reading.rel_to = frozenset()
        else:
            reading.eyes_only = frozenset()
    elif name == "REL TO":
        reading.rel_to = _code_list(item, reading, name, "USA")
        if len(reading.rel_to) < 2 or "USA" not in reading.rel_to:
            reading.fault("rel-usa", item, "REL TO names USA first and at least one other.")
    elif name == "DISPLAY ONLY":
        reading.display_only = _code_list(item, reading, name, "")
        if "USA" in reading.display_only:
            reading.fault("display-usa", item, "DISPLAY ONLY names foreign countries only.")
    else:
        _form_fault(item, reading, item.text, name, _CONTROLS[name][1])
        reading.controls.append(name)
    return name


def _form_fault(item: Piece, reading: Reading, word: str, banner: str, portion: str) -> None:
    """A banner word in a portion mark or the other way round."""
    if banner == portion:
        return
    if reading.form == "banner" and word == portion:
        reading.fault("wrong-form", item, f"In a banner {portion} is written {banner}.")
    if reading.form == "portion" and word != portion:
        reading.fault("wrong-form", item, f"In a portion mark {word} is written {portion}.")


def _code_list(item: Piece, reading: Reading, name: str, first: str) -> frozenset[str]:
    """The codes of REL TO or DISPLAY ONLY, between commas with a space."""
    lead = re.match(r"REL TO|AUTHORIZED FOR RELEASE TO|DISPLAY ONLY", item.text)
    rest = item.after(lead.end() if lead else 0)
    if not rest.text:
        raise fail(item, "lacks its list of countries")
    pieces = rest.split(",")
    if any(not p.text or " " in p.text for p in pieces):
        odd = next(p for p in pieces if not p.text or " " in p.text)
        raise fail(odd, f"is no code; countries of {name} stand between commas")
    if re.search(r",\S|\s,|,\s\s", rest.text):
        reading.fault("list-spacing", item, "Codes are separated by a comma and one space.")
    texts = read_codes(pieces, reading, name)
    if not in_order(texts, first=first):
        reading.fault(
            "code-order",
            item,
            f"In {name} {first + ' stands first, then ' if first else ''}countries by the alphabet, "
            "then groups.",
        )
    return frozenset(texts)


def cui_category(text: str) -> bool:
    return re.fullmatch(r"(SP-)?[A-Z]{2,10}", text) is not None and not (
        text in _TITLES or (control_name(text) != "" and text not in CUI_CATEGORIES)
    )


def only_categories(segment: Piece) -> bool:
    """Whether a group after CUI holds its categories and not dissemination controls of the same name."""
    items = [item.text for item in segment.split("/")]
    return all(map(cui_category, items)) and (
        any(i.startswith("SP-") for i in items) or not any(map(control_name, items))
    )


def read_categories(segment: Piece, reading: Reading) -> None:
    texts = []
    for item in segment.split("/"):
        if not cui_category(item.text):
            raise fail(item, "is no category of CUI", CUI_CATEGORIES)
        if item.text.removeprefix("SP-") not in CUI_CATEGORIES:
            reading.fault("unregistered", item, f"{item.text} is no category that is known here.", note=True)
        texts.append(item.text)
    if texts != sorted(set(texts), key=cui_order):
        reading.fault(
            "item-order", segment, "Specified categories (SP-) stand first; both by the alphabet, each once."
        )
    reading.cui = frozenset(texts)
    reading.places["CUI"] = segment


def cui_order(category: str) -> tuple[bool, str]:
    """Sort key of CUI categories: specified first, then by the alphabet."""
    return (not category.startswith("SP-"), category)
