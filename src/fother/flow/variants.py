"""The wordings that a document may have: proposed by rules, approved by people, kept in a file beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fother.channels.wording.own import own_places
from fother.channels.wording.places import places
from fother.channels.wording.suggest import english, suggest
from fother.channels.wording.variant import Approved
from fother.channels.wording.variants_file import Decision, VariantsFile, merged, read_variants
from fother.channels.wording.variants_file import Variant as Variant
from fother.channels.wording.view import view
from fother.errors import InputFileError, NotFoundError
from fother.flow.parts import write_whole
from fother.flow.progress import Progress, Silent
from fother.formats.prose.choice import prose_format
from fother.model.prose import Prose

ENDING = ".variants.yaml"
_MOST = 256 << 20  # bytes of a document


@dataclass(frozen=True)
class Review:
    """A document's variants and where they are kept."""

    document: Path
    path: Path
    file: VariantsFile
    own: int  #: alternatives that the author wrote into the text
    words: int  #: of the document
    english: bool
    notes: tuple[str, ...] = ()

    def count(self, decision: Decision) -> int:
        return sum(v.approve == decision for v in self.file.variants)


def beside(document: Path) -> Path:
    """Where the variants of a document are kept unless somebody says otherwise."""
    return document.with_name(document.name + ENDING)


def open_review(document: Path, out: Path | None = None, progress: Progress | None = None) -> Review:
    """Propose variants for a document, and join them with what its file says already; nothing is written.

    Raises InputFileError for a document that cannot be read or is of no kind whose words can be marked, and
    for faults in the file of variants or in the author's alternatives.
    """
    listening = progress or Silent()
    data = _read(document)
    prose = prose_of(document, data)
    path = out or beside(document)
    before = read_variants(_read(path), path.name) if path.exists() else None
    own, notes = own_places(prose)
    seen = view(prose, own)
    speaks = english(seen.text)
    listening.stage("Looking for variants")
    proposed = [
        Variant(s.id, s.family, s.sentence, s.other, "undecided", "", s.note, s.throughout)
        for s in (suggest(prose) if speaks else ())
    ]
    known = (*before.variants, *before.gone) if before else ()
    sentences = {v.sentence for v in (*proposed, *known)}
    holds = {s: at for s in sentences if (at := seen.text.find(s)) >= 0}
    joined = merged(before, proposed, holds, document.name, hashlib.sha256(data).hexdigest())
    return Review(document, path, joined, len(own), len(seen.text.split()), speaks, tuple(notes))


def prose_of(document: Path, data: bytes) -> Prose:
    """The text of a document that can be rewritten in place. Raises InputFileError."""
    format = prose_format(document.name, data)
    if format is None:
        raise InputFileError(
            f"{document.name} is of no kind whose words can be marked; "
            "give plain text, Markdown, HTML, mail or DOCX."
        )
    return format.read(data)


def approved_variants(document: Path, path: Path | None = None) -> tuple[Approved, ...]:
    """What people approved for a document: from `path`, or from the file beside it if there is one.

    Raises InputFileError for a file with faults, or one that was named and is not there.
    """
    found = path or beside(document)
    if path is None and not found.exists():
        return ()
    return read_variants(_read(found), found.name).approved()


def decided(review: Review, ids: Iterable[str], decision: Decision, by: str) -> Review:
    """The review with these variants decided. Raises NotFoundError for an id that it does not hold."""
    wanted = set(ids)
    unknown = wanted - {v.id for v in review.file.variants}
    if unknown:
        raise NotFoundError(f"{review.path.name} has no variant {', '.join(sorted(unknown))}.")
    name = "" if decision == "undecided" else by
    changed = tuple(
        replace(v, approve=decision, by=name) if v.id in wanted else v for v in review.file.variants
    )
    return replace(review, file=replace(review.file, variants=changed))


def of_family(review: Review, family: str) -> list[str]:
    """Ids of the undecided variants of a family. Raises NotFoundError that names the families there are."""
    if not any(v.family == family for v in review.file.variants):
        known = ", ".join(sorted({v.family for v in review.file.variants})) or "none"
        raise NotFoundError(f"There is no variant of the family {family}; there are {known}.")
    return [v.id for v in review.file.variants if v.family == family and v.approve == "undecided"]


def save(review: Review) -> None:
    """Write the file of variants whole. Raises OSError."""
    write_whole(review.path, review.file.to_bytes())


def carriers(review: Review) -> tuple[int, Sequence[str]]:
    """How many places the approved variants and the author's own make in the document, and notes."""
    prose = prose_of(review.document, _read(review.document))
    found, notes = places(prose, review.file.approved())
    return len(found), notes


def review_fields(review: Review) -> Mapping[str, Any]:
    """For programs."""
    return {
        "document": review.file.name,
        "sha256": review.file.sha256,
        "file": str(review.path),
        "words": review.words,
        "english": review.english,
        "own": review.own,
        "variants": [_fields(v) for v in review.file.variants],
        "gone": [_fields(v) for v in review.file.gone],
        "notes": list(review.notes),
    }


def _fields(variant: Variant) -> Mapping[str, Any]:
    return {
        "id": variant.id,
        "family": variant.family,
        "sentence": variant.sentence,
        "other": variant.other,
        "forms": list(variant.forms),
        "throughout": variant.throughout,
        "approve": variant.approve,
        "by": variant.by,
        "note": variant.note,
    }


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise InputFileError(f"{path} cannot be read ({error.strerror or error}).") from None
    if len(data) > _MOST:
        raise InputFileError(f"{path.name} is larger than {_MOST >> 20} MB.")
    return data
