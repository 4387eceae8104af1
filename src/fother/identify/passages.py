"""The words route: BM25 over passages of 60 words, for text that was reworded rather than misread.

A passage's words are stored as keyed hashes (see fingerprints), 35 bits written as seven letters, so that the
dictionary on disk shows no word and every script is indexed alike. Each passage carries one number: its
document's serial and where in the document it begins.
(Robertson, Zaragoza: The probabilistic relevance framework: BM25 and beyond, 2009.)
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from fother.identify.fingerprints import Hashes, Marks
from fother.identify.manifest import damaged

PASSAGE, STRIDE = 60, 40  #: words
QUERY_WORDS = 24  #: the rarest words of a query that are looked up, at most
_FEWEST_WORDS = 12  #: and at least, however widespread they are
_WIDESPREAD = 0.02  #: share of the passages above which a word tells little
_QUICK = 20_000  #: passages with a word up to which asking for it costs little
_HEAP = 64_000_000  #: bytes that the writer collects before it writes a file
_OFFSET_BITS = 32
_MAGIC = 1337  #: the last 32 bits of tantivy's files
_PIECE = 1 << 22  #: bytes read at once
_LETTERS = np.frombuffer(b"0123456789abcdefghjkmnpqrstvwxyz", np.uint8)
_TERM = 7  #: letters of a term; a space follows


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("words", stored=False, tokenizer_name="terms", index_option="freq")
    builder.add_unsigned_field("place", fast=True)
    builder.add_unsigned_field("serial", indexed=True)
    return builder.build()


_SCHEMA = _schema()


@dataclass(frozen=True)
class PassageHit:
    """A passage that shares words with a query."""

    serial: int
    offset: int  #: of its first word in the document
    score: float


def terms(hashes: Hashes) -> str:
    """Hashes as terms of seven letters, each with a space behind it."""
    letters = np.full((len(hashes), _TERM + 1), ord(" "), np.uint8)
    for place in range(_TERM):
        letters[:, place] = _LETTERS[(hashes >> np.uint64(59 - 5 * place)).astype(np.int64) & 31]
    return letters.tobytes().decode("ascii")


class PassageStore:
    """Passages of documents in a folder of their own. One writer at a time (the index's lock sees to it)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self._index = tantivy.Index(_SCHEMA, path=str(folder), reuse=True)
            analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
            self._index.register_tokenizer("terms", analyser)
            self._index.config_reader("manual")
            self._searcher = self._index.searcher()
        except (ValueError, OSError) as error:
            raise damaged(folder.parent, "is damaged") from error

    def reload(self) -> None:
        """See what was committed since."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def change(self, added: Iterable[tuple[int, Marks]], removed: Iterable[tuple[int, int]] = ()) -> None:
        """Add documents (serial, words) and drop ranges of serials, in one durable step. Raises OSError."""
        try:
            writer = self._index.writer(_HEAP, 1)
            for first, end in removed:
                writer.delete_documents_by_query(_serials(first, end))
            for serial, words in added:
                for offset, text in passages(words):
                    passage = tantivy.Document()
                    passage.add_text("words", text)
                    passage.add_unsigned("place", serial << _OFFSET_BITS | offset)
                    passage.add_unsigned("serial", serial)
                    writer.add_document(passage)
            writer.commit()
            writer.wait_merging_threads()
        except ValueError as error:
            raise _system_error(error) from error
        _make_private(self._folder)

    def damaged_files(self) -> list[str]:
        """Names of files whose content is not what was written. Reads all of them."""
        try:
            meta = json.loads((self._folder / "meta.json").read_text(encoding="utf-8"))
            live = {segment["segment_id"].replace("-", "") for segment in meta["segments"]}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return ["meta.json"]
        files = sorted(path for path in self._folder.iterdir() if path.name.partition(".")[0] in live)
        missing = live - {path.stem for path in files if path.suffix == ".term"}
        return [f"{name}.term" for name in sorted(missing)] + [p.name for p in files if not _intact(p)]

    def search(self, words: Hashes, limit: int) -> list[PassageHit]:
        """The passages that share most with these words, best first. `words` may repeat."""
        chosen = self._telling(terms(words).split())
        if not chosen:
            return []
        query = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(_SCHEMA, "words", term, "freq"))
                for term in chosen
            ]
        )
        # Without a count the search skips blocks that cannot reach the best (block-max WAND).
        hits = self._searcher.search(query, limit, count=False).hits
        places = self._searcher.fast_field_values("place", [address for _, address in hits])
        low = (1 << _OFFSET_BITS) - 1
        return [
            PassageHit(int(place) >> _OFFSET_BITS, int(place) & low, float(score))
            for (score, _), place in zip(hits, places, strict=True)
            if place is not None and score is not None
        ]

    def _telling(self, asked: Iterable[str]) -> list[str]:
        """The rarest of these terms that any passage holds; widespread ones only when there are few."""
        counted = [(self._searcher.doc_freq("words", term), term) for term in dict.fromkeys(asked)]
        held = sorted((count, term) for count, term in counted if count)[:QUERY_WORDS]
        most = max(_QUICK, _WIDESPREAD * self._searcher.num_docs)
        return [
            term for nth, (frequency, term) in enumerate(held) if nth < _FEWEST_WORDS or frequency <= most
        ]


def passages(words: Marks) -> Iterator[tuple[int, str]]:
    """Offset and terms of each passage of a document."""
    text = terms(words.hash)
    step = _TERM + 1
    for first in range(0, max(1, len(words) - PASSAGE + STRIDE), STRIDE):
        if first < len(words):
            yield int(words.offset[first]), text[first * step : (first + PASSAGE) * step]


def ranges(serials: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Serials in order as ranges of first and past-the-last."""
    if len(serials) == 0:
        return []
    breaks = np.flatnonzero(np.diff(serials) > 1)
    firsts = serials[np.concatenate(([0], breaks + 1))]
    lasts = serials[np.concatenate((breaks, [len(serials) - 1]))]
    return [(int(first), int(last) + 1) for first, last in zip(firsts, lasts, strict=True)]


def _serials(first: int, end: int) -> tantivy.Query:
    return tantivy.Query.range_query(
        _SCHEMA,
        "serial",
        tantivy.FieldType.Unsigned,
        first,
        end,
        include_upper=False,
        use_inverted_index=True,
    )


def _intact(path: Path) -> bool:
    """Whether a file of tantivy has the CRC-32 that its footer states.

    Behind the content stand the footer (JSON), its length and the number 1337, both in 32 bits.
    (tantivy 0.2x, src/directory/footer.rs)
    """
    try:
        with path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - 8))
            length, magic = struct.unpack("<II", file.read(8))
            if magic != _MAGIC or length > end - 8:
                return False
            file.seek(end - 8 - length)
            stated = json.loads(file.read(length))["crc"]
            left, checksum = end - 8 - length, 0
            file.seek(0)
            while left > 0 and (piece := file.read(min(left, _PIECE))):
                checksum = zlib.crc32(piece, checksum)
                left -= len(piece)
            return bool(checksum == stated)
    except (OSError, struct.error, ValueError, KeyError, TypeError):
        return False


def _system_error(error: ValueError) -> OSError:
    """The system's error behind tantivy's message, as far as the message names it."""
    import errno

    message = str(error)
    full = "No space left" in message or "StorageFull" in message or "os error 28" in message
    return OSError(errno.ENOSPC if full else errno.EIO, message[:200])


def _make_private(folder: Path) -> None:
    """Mode 0600 for files that tantivy made with the user's defaults; their folder is closed anyway."""
    if os.name != "posix":
        return
    for path in folder.iterdir():
        if path.is_file() and path.stat().st_mode & 0o077:
            path.chmod(0o600)
