"""Which text of a document is its own, and which it shares with others that have nothing to do with it.

What counts is whether a leak shows registered text at all, not whether it can be told which of two documents
it shows: a page that four files hold is evidence that one of them leaked. Boilerplate is none: formulae,
headings of forms, standard clauses, which stand in many documents that have nothing to do with one another. A
piece of text counts nothing when `limit` unrelated documents beside its own hold it, or when it stands in a
public text; otherwise it counts in full. The limit is two in a small registry and grows with the square root
of its size, to 8 in 10,000 documents: among 10,000 recognised records, what 3 to 8 unrelated files hold is
partly copies (cables filed several times) and partly standard phrases, what more hold is forms, releases and
standard notes (`standard` in `bench/no_match.py --recall`). The price: a formula
that fewer files of the registry hold than the limit passes here, and is left to `habits`; a standard text of
some 1,500 letters and more that few documents hold looks like a version of one document and counts as
evidence; registering it as a public text settles that.

Two documents are related when what stands around the passage is the same in both as well, or a sample of
the shorter one is found in the longer: drafts, versions, a letter and its enclosing file (containment after
Broder, "On the resemblance and containment of documents", SEQUENCES 1997, over hashes of 8 letters; one in
eight is taken by its value, so that both documents keep the same ones).

What is left is weighed once more by how far the house's own language foretells it (see `habits`): a formula
says less, the more often its pieces stand in other documents.

The index knows of more documents than it proposes. How many hold a piece is compared with how many hold the
rest of the same document: of a memorandum registered in six drafts every piece is found six times, which is
no sign of boilerplate; at most `_MOST_VERSIONS` are put down to that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fother.identify.alignment import Alignment, pieces
from fother.identify.chance import information
from fother.identify.habits import Steps, surprise
from fother.identify.letters import Letters, letters_of
from fother.model.match import Span

#: in how many documents stretches of a text occur
Frequency = Callable[[str, Sequence[Span]], NDArray[np.int64]]
#: how far documents foretell a text, but for so many that hold most of it
Habits = Callable[[str, int], Steps]

_RELATED = 0.25  #: share of the sample; two recognitions of one page with 5 % errors each share 0.4
_NEAR = 0.2  #: the same share for what stands around a passage; unrelated text shares 0.05 of such pieces
_REACH = 700  #: letters around a passage
_FEWEST_NEAR = 150
_PIECE = 8  #: letters
_FEWEST = 8  #: hashes in a sample
_READ = 100_000  #: characters of a document that are sampled
_STRETCH = 48  #: letters whose frequency is asked for at once
_MOST_STRETCHES = 64
_BASE_STRETCHES = 9
_MOST_VERSIONS = 24
_FEWEST_STRANGERS = 2
_COPIES = 2  #: times the limit; so many documents that hold most of a passage may be copies
_STRANGERS = 0.08  #: for the square root of the number of documents


@dataclass(frozen=True)
class Source:
    """A registered document as the matcher sees it."""

    id: str
    title: str
    text: str
    page_starts: tuple[int, ...] = ()  #: offsets where pages begin, none when it has no pages
    public: bool = False  #: registered as a public text: its passages never count as evidence


@dataclass(frozen=True)
class Agreement:
    """An alignment and what it says: `gained` (document letters of the passage,) nats of letters that agree;
    `nats` their sum less the penalty for differences."""

    found: Alignment
    letters: Letters  #: of the window of the document
    gained: NDArray[np.float64]
    nats: float
    telling: bool  #: improbable enough by accident to be looked at


@dataclass(frozen=True)
class Use:
    """What a leak has of one document, best agreement first."""

    source: Source
    agreements: tuple[Agreement, ...]


@dataclass(frozen=True)
class Shared:
    """How much of an agreement is the document's own: its share (0…1) of the nats, and where else it is."""

    own: float = 1.0
    surprise: float = 1.0  #: share (0…1) of the nats that remains for one who knows the house's language
    others: tuple[str, ...] = ()  #: titles or ids of unrelated documents, as far as known
    more: int = 0  #: further ones
    public: tuple[str, ...] = ()  #: titles of public texts

    @property
    def counted(self) -> float:
        """Share (0…1) of the nats that is evidence."""
        return self.own * self.surprise

    def sentence(self) -> str:
        """Why the agreement does not count, "" when it does."""
        if self.own >= 0.5:
            return ""
        if self.public:
            return f"in the public text “{self.public[0]}”"
        if not self.others:
            return f"also in {self.more} other {_documents(self.more)}"
        named = ", ".join(self.others[:2])
        further = self.more + max(0, len(self.others) - 2)
        return f"also in {named}" + (f" and {further} other {_documents(further)}" if further else "")


def _documents(count: int) -> str:
    return "document" if count == 1 else "documents"


def limit(documents: int) -> int:
    """How many unrelated documents beside its own hold a piece of text that is boilerplate, in a registry."""
    return max(_FEWEST_STRANGERS, round(_STRANGERS * math.sqrt(max(0, documents))))


@dataclass
class _Samples:
    """Hashes that stand for whole documents, and which documents are related; worked out once for each."""

    known: dict[str, frozenset[int]] = field(default_factory=dict)
    nearby: dict[int, frozenset[int]] = field(default_factory=dict)
    answers: dict[tuple[str, str], bool] = field(default_factory=dict)

    def of(self, source: Source) -> frozenset[int]:
        if source.id not in self.known:
            self.known[source.id] = sample(letters_of(source.text[:_READ]).text)
        return self.known[source.id]

    def related(self, one: Use, other: Use, item: Agreement) -> bool:
        """Whether two documents hold the same beyond what the leak has of both: nearby, or as a whole."""
        pair = min(one.source.id, other.source.id), max(one.source.id, other.source.id)
        if pair not in self.answers:
            passage = item.letters.text[slice(*item.found.document)]
            self.answers[pair] = self._same_surroundings(item, other) or self._compare(
                self.of(one.source), self.of(other.source), sample(passage)
            )
        return self.answers[pair]

    def _same_surroundings(self, item: Agreement, other: Use) -> bool:
        first, last = item.found.leak
        beside = [a for a in other.agreements if a.found.leak[0] < last and a.found.leak[1] > first]
        mine = self._surroundings(item)
        theirs = [self._surroundings(agreement) for agreement in beside[:3]]
        return any(
            min(len(mine), len(one)) >= _FEWEST_NEAR and len(mine & one) >= _NEAR * min(len(mine), len(one))
            for one in theirs
        )

    def _surroundings(self, item: Agreement) -> frozenset[int]:
        """Hashes of the pieces of 6 letters before and after a passage."""
        key = id(item)
        if key not in self.nearby:
            begin, end = item.found.document
            texts = item.letters.text[max(0, begin - _REACH) : begin], item.letters.text[end : end + _REACH]
            self.nearby[key] = frozenset(h for t in texts if len(t) > 6 for h in pieces(t, 6).tolist())
        return self.nearby[key]

    @staticmethod
    def _compare(first: frozenset[int], second: frozenset[int], common: frozenset[int]) -> bool:
        rest = first - common, second - common
        if min(map(len, rest)) < _FEWEST:
            rest = first, second
        least = min(map(len, rest))
        return least > 0 and len(rest[0] & rest[1]) >= _RELATED * least


def sample(text: str) -> frozenset[int]:
    """Hashes, one in eight by value, of the pieces of 8 letters of a folded text."""
    if len(text) < _PIECE:
        return frozenset()
    mixed = pieces(text, _PIECE) * np.uint64(0xD6E8FEB86659FD93)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    return frozenset(mixed[mixed >> np.uint64(61) == 0].tolist())


@dataclass
class _Registry:
    """What the index knows of how often texts occur, asked once for each stretch of the leak."""

    frequency: Frequency | None
    habits: Habits | None
    limit: int
    holders: NDArray[np.int64]  #: (letters of the leak,) documents that hold what is said there, -1 not asked
    surprise: NDArray[np.float64]  #: (letters of the leak,) see `habits.surprise`
    samples: _Samples = field(default_factory=_Samples)
    versions: dict[str, int] = field(default_factory=dict)

    def ask(self, source: Source, item: Agreement) -> None:
        """Ask about a passage in the document's words, unless a better passage told already."""
        first, last = item.found.leak
        if self.frequency is None or 2 * int((self.holders[first:last] < 0).sum()) < last - first:
            return
        self._ask_habits(source, item)
        begin, end = item.found.document
        count = max(1, min(_MOST_STRETCHES, (end - begin) // _STRETCH))
        edges = np.linspace(begin, end, count + 1).astype(np.int64)
        middle = (edges[:-1] + edges[1:]) // 2
        low = np.maximum(begin, middle - _STRETCH // 2)
        high = np.minimum(end, low + _STRETCH)
        offset = item.letters.offset
        start = int(offset[begin])
        spans = [
            (int(offset[a]) - start, int(offset[b - 1]) + 1 - start) for a, b in zip(low, high, strict=True)
        ]
        answer = np.asarray(self.frequency(source.text[start : int(offset[end - 1]) + 1], spans), np.int64)
        each = np.repeat(answer, np.diff(edges))
        for i, j, n in item.found.runs.tolist():
            self.holders[i : i + n] = np.maximum(self.holders[i : i + n], each[j - begin : j - begin + n])

    def _ask_habits(self, source: Source, item: Agreement) -> None:
        if self.habits is None:
            return
        begin, end = item.found.document
        offset = item.letters.offset[begin:end] - item.letters.offset[begin]
        start = int(item.letters.offset[begin])
        said = self.habits(source.text[start : start + int(offset[-1]) + 1], _COPIES * self.limit)
        agreeing = np.zeros(end - begin, bool)
        for _, j, n in item.found.runs.tolist():
            agreeing[j - begin : j - begin + n] = True
        nats = information(item.letters)[begin:end]
        share = surprise(said, offset, nats, agreeing)
        for i, j, n in item.found.runs.tolist():
            self.surprise[i : i + n] = np.minimum(self.surprise[i : i + n], share[j - begin : j - begin + n])

    def remaining(self, item: Agreement) -> float:
        """Share (0…1) of what a passage says that the house's language does not foretell."""
        begin, end = item.found.document
        share = np.ones(end - begin)
        for i, j, n in item.found.runs.tolist():
            share[j - begin : j - begin + n] = self.surprise[i : i + n]
        total = float(item.gained.sum())
        return float((item.gained * share).sum()) / total if total else 1.0

    def strangers(self, source: Source, item: Agreement, kin: int) -> NDArray[np.int64]:
        """(document letters of the passage,) how many unrelated documents hold them, as the index counts."""
        begin, end = item.found.document
        held = np.zeros(end - begin, np.int64)
        for i, j, n in item.found.runs.tolist():
            held[j - begin : j - begin + n] = self.holders[i : i + n]
        own = 1 + kin
        doubtful = (held >= own + self.limit) & (held < _MOST_VERSIONS + self.limit)
        if 2 * int(doubtful.sum()) > len(held):
            own = max(own, self._versions(source))
        return np.maximum(0, held - own)

    def _versions(self, source: Source) -> int:
        """How many documents hold what this one does throughout: itself and its versions."""
        if self.frequency is None:
            return 1
        if source.id not in self.versions:
            length = len(source.text)
            step = max(2 * _STRETCH, length // _BASE_STRETCHES)
            parts = [source.text[start : start + 60] for start in range(0, max(1, length - 30), step)]
            starts = np.cumsum([0] + [len(part) + 1 for part in parts]).tolist()
            spans = [(start, start + len(part)) for start, part in zip(starts, parts, strict=False)]
            answer = self.frequency("\n".join(parts), spans)
            self.versions[source.id] = int(np.clip(np.median(answer), 1, _MOST_VERSIONS))
        return self.versions[source.id]


def shared(
    leak: Letters, uses: Sequence[Use], frequency: Frequency | None, habits: Habits | None, limit: int
) -> list[list[Shared]]:
    """For each agreement of each use, how much of it counts; see `limit`."""
    registry = _Registry(
        frequency, habits, limit, np.full(len(leak), -1, np.int64), np.ones(len(leak), np.float64)
    )
    for use in sorted(uses, key=lambda use: -use.agreements[0].nats):
        for item in use.agreements:
            if item.telling:
                registry.ask(use.source, item)
    cover = [_coverage(leak, use) for use in uses]
    doubtful = _doubtful(leak, uses, cover, registry)
    return [
        [
            _shared(index, item, uses, cover, registry)
            if doubtful[slice(*item.found.leak)].any()
            else Shared(surprise=registry.remaining(item))
            for item in use.agreements
        ]
        for index, use in enumerate(uses)
    ]


def _coverage(leak: Letters, use: Use) -> NDArray[np.bool_]:
    """(letters of the leak,) those that agree with the document by more than accident."""
    covered = np.zeros(len(leak), bool)
    for item in use.agreements:
        if item.telling:
            for start, _, length in item.found.runs.tolist():
                covered[start : start + length] = True
    return covered


def _doubtful(
    leak: Letters, uses: Sequence[Use], cover: Sequence[NDArray[np.bool_]], registry: _Registry
) -> NDArray[np.bool_]:
    """(letters of the leak,) what may be boilerplate or public, before asking who is related to whom."""
    holders = np.zeros(len(leak), np.int64)
    public = np.zeros(len(leak), bool)
    for use, covered in zip(uses, cover, strict=True):
        if use.source.public:
            public |= covered
        else:
            holders += covered
    answer: NDArray[np.bool_] = (np.maximum(holders, registry.holders) > registry.limit) | public
    return answer


def _shared(
    index: int,
    item: Agreement,
    uses: Sequence[Use],
    cover: Sequence[NDArray[np.bool_]],
    registry: _Registry,
) -> Shared:
    source = uses[index].source
    if source.public or not item.telling:
        return Shared()
    (first, last), (begin, end) = item.found.leak, item.found.document
    strange = np.zeros(last - first, np.int64)
    public = np.zeros(last - first, bool)
    kin = 0
    names: list[tuple[int, str]] = []
    texts: list[tuple[int, str]] = []
    for number, other in enumerate(uses):
        both = cover[number][first:last]
        amount = int(both.sum())
        if number == index or not amount:
            continue
        if other.source.public:
            public |= both
            texts.append((-amount, other.source.title))
        elif registry.samples.related(uses[index], other, item):
            kin += 1
        else:
            strange += both
            names.append((-amount, other.source.title or other.source.id))
    runs = item.found.runs
    at = np.zeros(end - begin, np.int64)  # unrelated documents that hold each letter of the passage
    barred = np.zeros(end - begin, bool)
    for i, j, n in runs.tolist():
        at[j - begin : j - begin + n] = strange[i - first : i - first + n]
        barred[j - begin : j - begin + n] = public[i - first : i - first + n]
    at = np.maximum(at, registry.strangers(source, item, kin))
    kept = np.where((at < registry.limit) & ~barred, item.gained, 0.0)
    total = float(item.gained.sum())
    own = float(kept.sum()) / total if total else 0.0
    more = max(0, int(np.median(at)) - len(names))
    return Shared(
        own,
        registry.remaining(item),
        tuple(n for _, n in sorted(names)),
        more,
        tuple(t for _, t in sorted(texts)),
    )
