"""How the sandboxed reader puts text, parts, words and members on the wire. Read back by `claims`."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np

from fother.formats.text.content import Budget, Content, Member, Piece
from fother.intake.wire import PART_KINDS, write_message
from fother.model.capture import TextPart

_MOST_PARTS = 50_000
_MOST_LABELS = 1000
_MOST_WORDS = 2_000_000


def new_content(out: BinaryIO, options: dict[str, Any]) -> Content:
    """An empty content within the budget that the parent gives; its members cross at once."""
    budget = Budget(
        text=int(options["text"]),
        unpacked=min(int(options["unpacked_bytes"]), int(options["total_bytes"])),
        part=int(options["part_bytes"]),
        members=int(options["members"]),
        ratio=int(options["ratio"]),
    )

    def hand_over(member: Member) -> None:
        write_message(out, {"member": member.name[-1000:]}, np.frombuffer(member.data, np.uint8))

    return Content(budget, hand_over=hand_over)


def tell(out: BinaryIO, content: Content) -> None:
    """Text and parts, words, metadata, notes."""
    text, parts, starts = _joined(content.pieces)
    labels: dict[str, int] = {"": 0}
    rows = np.zeros((len(parts), 5), np.int32)
    for row, part in zip(rows, parts, strict=True):
        if len(labels) < _MOST_LABELS:
            labels.setdefault(part.label, len(labels))
        sheet = -1 if part.sheet is None else part.sheet
        row[:] = PART_KINDS.index(part.kind), part.start, part.end, sheet, labels.get(part.label, 0)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<i4")
    write_message(out, {"text": True, "labels": list(labels)}, codes, rows)
    _tell_words(out, content.pieces, starts)
    if content.metadata:
        write_message(out, {"metadata": content.metadata})
    if content.notes:
        write_message(out, {"notes": [note[:400] for note in content.notes]})


def _joined(pieces: list[Piece]) -> tuple[str, list[TextPart], list[int]]:
    """The text, its parts, and where each piece starts in it."""
    runs: list[str] = []
    parts: list[TextPart] = []
    starts: list[int] = []
    place = 0
    before = ""
    for piece in pieces:
        if runs:
            runs.append("\n" if piece.kind == before == "page" else "\n\n")
            place += len(runs[-1])
        starts.append(place)
        runs.append(piece.text)
        end = place + len(piece.text)
        if len(parts) < _MOST_PARTS:
            parts.append(TextPart(piece.kind, place, end, piece.sheet, piece.label))
        else:
            last = parts[-1]
            parts[-1] = TextPart(last.kind, last.start, end, last.sheet, last.label)
        place = end
        before = piece.kind
    return "".join(runs), parts, starts


def _tell_words(out: BinaryIO, pieces: list[Piece], starts: list[int]) -> None:
    places, boxes, count = [], [], 0
    for piece, start in zip(pieces, starts, strict=True):
        words = piece.words
        if words is None or not len(words.start) or count + len(words.start) > _MOST_WORDS:
            continue
        count += len(words.start)
        sheet = np.full(len(words.start), -1 if piece.sheet is None else piece.sheet)
        places.append(np.stack([words.start + start, words.end + start, sheet], axis=1).astype(np.int32))
        boxes.append(words.box)
    if places:
        write_message(out, {"words": True}, np.concatenate(places), np.concatenate(boxes))
