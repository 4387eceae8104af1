"""The file of variants beside a document: what was proposed, and what people decided. YAML.

    version: 1
    document: {name: report.docx, sha256: …}
    variants:
    - id: 3f9a0c11d2e4
      family: synonym
      sentence: "We carried out a review."
      other: "We conducted a review."
      forms: ["carried out", "conducted"]     # for reading only; follows from the two sentences
      approve: yes                            # yes, no or undecided
      by: "a.example"
      note: "Both words mean the same in this place."

`other` may be edited, and entries of one's own need but `sentence`, `other` and `approve`. `gone` keeps
entries whose sentence the document holds no more. Only what says `approve: yes` is ever used.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import yaml

from fother.channels.wording.variant import Approved, change, identity
from fother.errors import InputFileError

Decision = Literal["yes", "no", "undecided"]
VERSION = 1
BY_HAND = "by hand"  #: family of entries that people wrote
_MOST = 64 << 20  # bytes of a file
_MOST_TOLD = 5  # faults in one message
_KEYS = {"id", "family", "sentence", "other", "forms", "approve", "by", "note", "throughout"}
_DECISIONS: Mapping[Any, Decision] = {True: "yes", False: "no", **{d: d for d in get_args(Decision)}}


@dataclass(frozen=True)
class Variant:
    """One entry: two sentences of equal meaning, white space as one space, and what was decided."""

    id: str
    family: str
    sentence: str
    other: str
    approve: Decision = "undecided"
    by: str = ""
    note: str = ""
    throughout: bool = False

    @property
    def forms(self) -> tuple[str, str]:
        """The words that differ."""
        differs = change(self.sentence, self.other)
        if differs is None:
            return self.sentence, self.other
        (start, end), text = differs
        return self.sentence[start:end], text


@dataclass(frozen=True)
class VariantsFile:
    """All of a file, entries in the order of the document."""

    name: str
    sha256: str
    variants: tuple[Variant, ...] = ()
    gone: tuple[Variant, ...] = ()

    def approved(self) -> tuple[Approved, ...]:
        """What may be used."""
        return tuple(
            Approved(v.id, v.family, v.sentence, v.other, v.throughout)
            for v in self.variants
            if v.approve == "yes"
        )

    def to_bytes(self) -> bytes:
        """The file as YAML: the same for the same content."""
        lines = [
            "# Variants of equal meaning. Set approve to yes, no or undecided; other may be edited.",
            f"version: {VERSION}",
            "document:",
            f"  name: {_quoted(self.name)}",
            f"  sha256: {_quoted(self.sha256)}",
        ]
        for key, entries in (("variants", self.variants), ("gone", self.gone)):
            lines.append(f"{key}:" if entries else f"{key}: []")
            for entry in entries:
                lines += _lines(entry)
        return ("\n".join(lines) + "\n").encode()


def _lines(entry: Variant) -> list[str]:
    fields = [
        f"id: {_quoted(entry.id)}",
        f"family: {_quoted(entry.family)}",
        f"sentence: {_quoted(entry.sentence)}",
        f"other: {_quoted(entry.other)}",
        f"forms: [{', '.join(map(_quoted, entry.forms))}]",
        *(["throughout: yes"] if entry.throughout else []),
        f"approve: {entry.approve}",
        f"by: {_quoted(entry.by)}",
        f"note: {_quoted(entry.note)}",
    ]
    return [("- " if n == 0 else "  ") + field for n, field in enumerate(fields)]


def _quoted(text: str) -> str:
    """Between double quotes, with JSON's escapes, which are YAML's too."""
    told = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in told)


def read_variants(data: bytes, name: str) -> VariantsFile:
    """Read a file; `name` is what errors call it. Raises InputFileError with lines and faults."""
    if len(data) > _MOST:
        raise InputFileError(f"{name} is larger than {_MOST >> 20} MB; it is no file of variants.")
    content, lines = _loaded(data, name)
    if not isinstance(content, dict) or not isinstance(content.get("variants"), list):
        raise InputFileError(f"{name} holds no variants; let fother variants write it anew.")
    if content.get("version") != VERSION:
        raise InputFileError(f"{name} is of version {content.get('version')}; this Fother reads {VERSION}.")
    document = content.get("document")
    document = document if isinstance(document, dict) else {}
    faults: list[str] = []
    read: dict[str, list[Variant]] = {"variants": [], "gone": []}
    seen: set[str] = set()
    for key, found in read.items():
        for number, fields in enumerate(content.get(key) or []):
            where = f"line {lines[key, number]}"
            entry = _entry(fields)
            if isinstance(entry, str):
                faults.append(f"{where} {entry}")
            elif entry.id in seen:
                faults.append(f"{where} repeats the entry {entry.id}")
            else:
                seen.add(entry.id)
                found.append(entry)
    if faults:
        more = f"; and {len(faults) - _MOST_TOLD} more" if len(faults) > _MOST_TOLD else ""
        raise InputFileError(f"{name}: {'; '.join(faults[:_MOST_TOLD])}{more}. Correct it and try again.")
    return VariantsFile(
        str(document.get("name", "")),
        str(document.get("sha256", "")),
        tuple(read["variants"]),
        tuple(read["gone"]),
    )


def _loaded(data: bytes, name: str) -> tuple[Any, dict[tuple[str, int], int]]:
    """The content, and by list and number the line at which each entry begins."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = data.decode("utf-8-sig")
        node = yaml.compose(text, Loader=loader)
        content = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader
    except (ValueError, yaml.YAMLError) as error:
        raise InputFileError(f"{name} is no valid YAML ({' '.join(str(error).split())}).") from None
    except RecursionError:
        raise InputFileError(f"{name} is nested too deeply.") from None
    lines = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(value, yaml.SequenceNode):
            for number, item in enumerate(value.value):
                lines[str(key.value), number] = item.start_mark.line + 1
    return content, lines


def _entry(fields: Any) -> Variant | str:
    """One entry, or what is wrong with it, as the end of a sentence."""
    if not isinstance(fields, dict):
        return "is no entry with sentence, other and approve"
    odd = {str(key) for key in fields} - _KEYS
    if odd:
        return f"has unknown entries: {', '.join(sorted(odd))}"
    texts: dict[str, str] = {}
    for key in ("id", "family", "sentence", "other", "by", "note"):
        value = fields.get(key)
        if value is not None and not isinstance(value, str):
            return f"has a {key} that is no text; put it in quotes"
        texts[key] = " ".join((value or "").split())
    decision = fields.get("approve", "undecided")
    if not isinstance(decision, bool | str) or decision not in _DECISIONS:
        return f"says approve: {decision}; write yes, no or undecided"
    throughout = fields.get("throughout", False)
    if not isinstance(throughout, bool):
        return "has a throughout that is neither yes nor no"
    sentence, other = texts["sentence"], texts["other"]
    if not sentence or not other:
        return f"lacks its {'sentence' if not sentence else 'other sentence'}"
    if change(sentence, other) is None:
        return "says the same in both sentences"
    family = texts["family"] or BY_HAND
    name = texts["id"] or identity(family, sentence, other)
    return Variant(
        name, family, sentence, other, _DECISIONS[decision], texts["by"], texts["note"], throughout
    )


def merged(
    before: VariantsFile | None, proposed: Iterable[Variant], holds: Mapping[str, int], name: str, sha256: str
) -> VariantsFile:
    """The file for the document as it is now: what was decided stays, in the order of the document.

    `holds` gives the place of each sentence of `before` and `proposed` that the document holds. Entries whose
    sentence is not among them are `gone`, and come back with it. What nobody decided or edited and the rules
    propose no more is dropped.
    """
    now = {variant.id: variant for variant in proposed}
    gone: list[Variant] = []
    for old in (*before.variants, *before.gone) if before else ():
        fresh = now.get(old.id)
        if old.sentence not in holds:
            if _touched(old):
                gone.append(old)
        elif fresh is not None or _touched(old):
            now[old.id] = old
    order = sorted(now.values(), key=lambda v: holds[v.sentence])
    return VariantsFile(name, sha256, tuple(order), tuple(gone))


def _touched(old: Variant) -> bool:
    """Whether a person decided on an entry, wrote or edited it."""
    edited = identity(old.family, old.sentence, old.other) != old.id
    return old.approve != "undecided" or old.family == BY_HAND or edited
