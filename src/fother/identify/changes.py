"""What a leak says otherwise than the document: every real change with its kind, place and a plain sentence.

Leak and document are read as tokens (`compare.tokens`), aligned where passages were matched
(`compare.stretches`, `compare.align`), and each difference is weighed: noise of recognition or retyping
against alteration (`compare.weigh`, `compare.noise`). What remains is named (`compare.classify`,
`compare.sentences`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel, Levenshtein

from fother.identify.compare import sentences
from fother.identify.compare.align import Aligner, Step
from fother.identify.compare.classify import Words, classify, learn
from fother.identify.compare.lexicon import languages_of, lexicon
from fother.identify.compare.noise import measured
from fother.identify.compare.regions import Region, differing, slid
from fother.identify.compare.running import flag_running, repeated_lines, without_page_numbers
from fother.identify.compare.stretches import Stretch, stretches
from fother.identify.compare.tokens import Token, flat, plain_words, tokenise
from fother.identify.compare.weigh import Weigher
from fother.model.match import Change, Span

REPORTED = 0.35  #: least confidence of a change that is told
_CONSIDERED = 0.02  # least confidence of a difference that pixels may still confirm
_SHOWS_ORIGINAL, _SHOWS_OTHER = 0.8, 0.2  # probabilities by pixels that decide alone
_SURE_OF_WORDING = 0.9  # confidence of a change of wording that counts when pixels confirm it
_LONG = 60  # tokens: more than a few sentences
_SENTENCES = 3
_MOVED = 4  # tokens: less is not told as moved
_ALIKE = 0.75

Pixels = Callable[[Span], float | None]


def compare(
    document_text: str,
    leak_text: str,
    pairs: Sequence[tuple[Span, Span]],
    *,
    recognised: bool = False,
    confidence: NDArray[np.float64] | None = None,
    same_pixels: Pixels | None = None,
    leak_pixels: Pixels | None = None,
    variants: Sequence[tuple[Span, str]] = (),
) -> list[Change]:
    """Real changes between a leak and the document it shows, in the order of the leak.

    `pairs` are matched passages (document span, leak span). `recognised` says that the leak's text comes from
    pictures; `confidence` (len(leak_text),) is then the recogniser's, 0…1 for each code point. `same_pixels`
    says of a document span how surely (0…1) the pixels of the leak show the document's own words there, None
    when that is unknown: above 0.8 a difference of text is a slip of the recogniser, below 0.2 it is
    confirmed. `leak_pixels` says the same of a stretch of the leak: how surely the page has there what the
    picture shows. `variants` are alternatives of the document's wording that were issued on purpose:
    (document span, text).

    Not told: noise, typography, line ends, hyphenation, headers and page numbers at page breaks, where an
    excerpt starts or ends, and text of more than a few sentences that is foreign to the document. Linear
    in time but for stretches that differ throughout; a document of 10,000 words takes about a second.

    Raises ValueError when `confidence` has another length than the leak.
    """
    if confidence is not None and len(confidence) != len(leak_text):
        raise ValueError("There must be one confidence for each code point of the leak.")
    if not pairs:
        return []
    words_list = lexicon(languages_of(plain_words(document_text)))
    headers = repeated_lines(document_text)
    document = flag_running(document_text, tokenise(document_text, words_list), headers)
    leak = tokenise(without_page_numbers(leak_text), words_list)
    leak = flag_running(leak_text, leak, headers | repeated_lines(leak_text))
    comparison = _Comparison(
        document_text,
        leak_text,
        document,
        leak,
        learn(document, words_list),
        recognised,
        confidence,
        (same_pixels, leak_pixels),
        variants,
    )
    return comparison.changes(stretches(document, leak, pairs))


class _Comparison:
    """One run of `compare`: the tokens of both texts and what is known of them."""

    def __init__(
        self,
        document_text: str,
        leak_text: str,
        document: list[Token],
        leak: list[Token],
        words: Words,
        recognised: bool,
        confidence: NDArray[np.float64] | None,
        pixels: tuple[Pixels | None, Pixels | None],
        variants: Sequence[tuple[Span, str]],
    ) -> None:
        self.document_text, self.leak_text = document_text, leak_text
        self.document, self.leak, self.words = document, leak, words
        self.recognised = recognised
        self.same_pixels, self.leak_pixels = pixels
        self.legible = np.ones(len(leak))
        if confidence is not None:
            for place, token in enumerate(leak):
                self.legible[place] = float(np.clip(confidence[token.start : token.end].min(), 0.0, 1.0))
        self.variants = self._variants(variants)
        self.aligner = Aligner(document, leak, self.same)
        self.weigher = self._weigher(np.zeros(len(leak)), np.zeros(len(leak)), False)

    def _variants(self, variants: Sequence[tuple[Span, str]]) -> dict[int, list[tuple[int, int, str]]]:
        """By document token: ranges of tokens and the flat text of a registered alternative."""
        result: dict[int, list[tuple[int, int, str]]] = {}
        for (start, end), text in variants:
            inside = [k for k, token in enumerate(self.document) if token.start < end and token.end > start]
            if inside:
                entry = (inside[0], inside[-1] + 1, flat(text))
                for place in inside:
                    result.setdefault(place, []).append(entry)
        return result

    def same(self, i: int, j: int) -> bool:
        one, other = self.document[i], self.leak[j]
        if one.same(other):
            return True
        return any(low + 1 == high and text == other.flat for low, high, text in self.variants.get(i, ()))

    # ---- differences

    def changes(self, plan: Sequence[Stretch]) -> list[Change]:
        aligned = [(stretch, self.aligner.align(*stretch.document, *stretch.leak)) for stretch in plan]
        self._measure([step for _, steps in aligned for step in steps])
        found: list[Change] = []
        for stretch, steps in aligned:
            found += self._stretch(stretch, self._trimmed(steps))
        found.sort(key=lambda change: (change.leak or (0, 0), change.document or (0, 0)))
        return found

    def _measure(self, steps: Sequence[Step]) -> None:
        """Rate of noise: characters that went wrong in words which became no words."""
        slips, characters = np.zeros(len(self.leak)), np.zeros(len(self.leak))
        for i0, i1, j0, j1 in steps:
            if i0 == i1 or j0 == j1:
                continue
            one = "".join(token.flat for token in self.document[i0:i1])
            other = "".join(token.flat for token in self.leak[j0:j1])
            characters[j0] += len(one)
            if one == other or (i1 - i0 == j1 - j0 == 1 and self.same(i0, j0)):
                continue
            wrong = Levenshtein.distance(one, other)
            known = all(token.key in self.words.known or token.flat.isdigit() for token in self.leak[j0:j1])
            if not known and wrong <= 0.5 * max(len(one), len(other)):
                slips[j0] += wrong
        shows_headers = any(
            self.document[i0].running
            and self.document[i0].kind != "marking"
            and len(self.document[i0].flat) > 2
            for i0, i1, j0, j1 in steps
            if i1 > i0 and j1 > j0 and self.document[i0].same(self.leak[j0])
        )
        self.weigher = self._weigher(slips, characters, shows_headers)

    def _weigher(
        self, slips: NDArray[np.float64], characters: NDArray[np.float64], shows_headers: bool
    ) -> Weigher:
        return Weigher(
            self.document,
            self.leak,
            self.document_text,
            self.leak_text,
            self.words,
            self.variants,
            measured(slips, characters, self.legible, self.recognised),
            self.recognised,
            shows_headers,
        )

    def _trimmed(self, steps: list[Step]) -> list[Step]:
        """Where an excerpt starts and ends, only replacements of a word or three are changes."""

        def inner(sequence: list[Step]) -> int:
            place = 0
            while place < len(sequence) and not self._equal(sequence[place]):
                place += 1
            lead = sequence[:place]
            if place <= 2 and all(i1 > i0 and self.document[i0].kind == "marking" for i0, i1, _, _ in lead):
                return 0
            if lead and place <= 3 and all(i1 - i0 == 1 and j1 - j0 == 1 for i0, i1, j0, j1 in lead):
                return 0
            return place

        steps = steps[inner(steps) :]
        end = inner(steps[::-1])
        return steps[: len(steps) - end]

    def _equal(self, step: Step) -> bool:
        i0, i1, j0, j1 = step
        if i0 == i1:
            return all(self.weigher.transparent(token) for token in self.leak[j0:j1])
        if j0 == j1:
            return all(self.weigher.transparent(token) for token in self.document[i0:i1])
        if i1 - i0 == 1 and j1 - j0 == 1:
            return self.same(i0, j0)
        return self.weigher.flat(self.document[i0:i1]) == self.weigher.flat(self.leak[j0:j1])

    def _light(self, i0: int, i1: int) -> bool:
        return all(token.key in self.words.lexicon.common for token in self.document[i0:i1])

    def _regions(self, steps: Sequence[Step], lowest: float) -> list[Region]:
        return list(
            differing(
                steps,
                self.document,
                self.leak,
                self._equal,
                self.weigher.confidence,
                self.words.topic,
                self._light,
                lowest,
            )
        )

    # ---- changes of one stretch

    def _stretch(self, stretch: Stretch, steps: list[Step]) -> list[Change]:
        if not steps:
            return []
        lowest = _CONSIDERED if self.same_pixels else REPORTED
        floor = (steps[0][0], steps[0][2])
        regions = [slid(region, self.document, self.leak, floor) for region in self._regions(steps, lowest)]
        result: list[Change] = []
        used: set[int] = set()
        for place, region in enumerate(regions):
            source = self._source(region, regions, used, stretch)
            if source is not None:
                used.add(place)
                result.append(self._moved(source, (region.j0, region.j1)))
                inner = self._trimmed(self.aligner.align(*source, region.j0, region.j1))
                result += [change for part in self._regions(inner, lowest) for change in self._told(part)]
        for place, region in enumerate(regions):
            if place not in used and not self._explained(region, stretch):
                result += self._told(region)
        return result

    def _source(
        self, region: Region, regions: list[Region], used: set[int], stretch: Stretch
    ) -> tuple[int, int] | None:
        """Document tokens whose words an addition has moved here, None when it was not moved."""
        if region.i0 != region.i1 or region.j1 - region.j0 < _MOVED:
            return None
        for there, here in stretch.moved:
            overlap = min(here[1], region.j1) - max(here[0], region.j0)
            if overlap > 0.7 * (region.j1 - region.j0):
                return there
        mine = "".join(token.flat for token in self.leak[region.j0 : region.j1])
        for place, other in enumerate(regions):
            if place in used or other.j0 != other.j1 or other.i1 - other.i0 < _MOVED:
                continue
            theirs = "".join(token.flat for token in self.document[other.i0 : other.i1])
            if abs(len(mine) - len(theirs)) > 0.4 * len(mine):
                continue
            if Indel.normalized_similarity(mine, theirs, score_cutoff=_ALIKE) >= _ALIKE:
                used.add(place)
                return other.i0, other.i1
        return None

    @staticmethod
    def _explained(region: Region, stretch: Stretch) -> bool:
        """Whether an omission is told already as moved."""
        return region.j0 == region.j1 and any(
            min(there[1], region.i1) - max(there[0], region.i0) > 0.7 * (region.i1 - region.i0)
            for there, _ in stretch.moved
        )

    # ---- telling

    def _document_span(self, i0: int, i1: int) -> Span:
        if i1 > i0:
            return self.document[i0].start, self.document[i1 - 1].end
        place = self.document[i0 - 1].end if i0 else 0
        return place, place

    def _leak_span(self, j0: int, j1: int) -> Span:
        if j1 > j0:
            return self.leak[j0].start, self.leak[j1 - 1].end
        place = self.leak[j0 - 1].end if j0 else 0
        return place, place

    def _moved(self, there: tuple[int, int], here: tuple[int, int]) -> Change:
        document, leak = self._document_span(*there), self._leak_span(*here)
        text = self.leak_text[slice(*leak)]
        return Change(
            "order",
            self.document_text[slice(*document)],
            text,
            document,
            leak,
            sentences.moved(text),
            grave=False,
        )

    def _told(self, region: Region) -> list[Change]:
        i0, i1, j0, j1 = region.i0, region.i1, region.j0, region.j1
        while i0 < i1 and self.weigher.transparent(self.document[i0]):
            i0 += 1
        while i1 > i0 and self.weigher.transparent(self.document[i1 - 1]):
            i1 -= 1
        while j0 < j1 and self.weigher.transparent(self.leak[j0]):
            j0 += 1
        while j1 > j0 and self.weigher.transparent(self.leak[j1 - 1]):
            j1 -= 1
        gone = [token for token in self.document[i0:i1] if not self.weigher.transparent(token)]
        new = [token for token in self.leak[j0:j1] if not self.weigher.transparent(token)]
        if not gone and not new:
            return []
        if self._long(gone) or self._long(new):
            return self._excerpted(i0, i1, j0, j1, gone, new, region.confidence)
        kind, grave = classify(self.words, gone, new)
        document, leak = self._document_span(i0, i1), self._leak_span(j0, j1)
        before, after = self.document_text[slice(*document)], self.leak_text[slice(*leak)]
        if gone and new:
            sentence = sentences.replaced(kind, before, after)
        else:
            sentence = sentences.left_out(kind, before) if gone else sentences.added(kind, after)
        change = Change(kind, before, after, document, leak, sentence, grave, region.confidence)
        seen = self._seen(change)
        return [] if seen is None else [seen]

    def _seen(self, change: Change) -> Change | None:
        """The change after what the pixels say, None when they show the document's own words."""
        said = [
            look(span)
            for look, span, text in (
                (self.same_pixels, change.document, change.document_text),
                (self.leak_pixels, change.leak, change.leak_text),
            )
            if look is not None and span is not None and text
        ]
        known = [value for value in said if value is not None]
        if any(value >= _SHOWS_ORIGINAL for value in known):
            return None
        if known and min(known) < _SHOWS_OTHER:
            # Another word in a picture of the page itself was put there, whatever it says.
            grave = change.grave or change.confidence >= _SURE_OF_WORDING
            return replace(change, confidence=max(change.confidence, 0.95), grave=grave)
        for same in known:
            odds = change.confidence * (1 - same)
            change = replace(change, confidence=odds / (odds + (1 - change.confidence) * same))
        return change if change.confidence >= REPORTED else None

    @staticmethod
    def _count(tokens: Sequence[Token]) -> int:
        return max(1, sum(token.sentence_start for token in tokens))

    def _long(self, tokens: Sequence[Token]) -> bool:
        return len(tokens) > _LONG or (len(tokens) > _LONG // 2 and self._count(tokens) > _SENTENCES)

    def _excerpted(
        self, i0: int, i1: int, j0: int, j1: int, gone: list[Token], new: list[Token], confidence: float
    ) -> list[Change]:
        """Text that an excerpt passes over; long text of the leak against it is foreign and no change."""
        result: list[Change] = []
        if new and not self._long(new) and not gone:
            return self._told(Region(i0, i0, j0, j1, confidence))
        if gone and self._long(gone):
            document, leak = self._document_span(i0, i1), self._leak_span(j0, j0)
            around = self.leak_text[
                leak[0] : self.leak[j0].start if j0 < len(self.leak) else len(self.leak_text)
            ]
            openly = "..." in around or "…" in around
            sentence = sentences.passed_over(self._count(gone), len(gone), openly)
            result.append(
                Change(
                    "deletion",
                    self.document_text[slice(*document)],
                    "",
                    document,
                    leak,
                    sentence,
                    False,
                    confidence,
                )
            )
            if new and not self._long(new):
                result += self._told(Region(i1, i1, j0, j1, confidence))
        elif gone:
            result += self._told(Region(i0, i1, j0, j0, confidence))
        return result
