"""What a leak says otherwise than the document: every real change with its kind, place and a plain sentence.

Leak and document are read as tokens (`compare.tokens`), aligned where passages were matched
(`compare.stretches`, `compare.align`), and each difference is weighed: noise of recognition or retyping
against alteration (`compare.noise`). What remains is named (`compare.classify`, `compare.sentences`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel, LCSseq, Levenshtein

from fother.identify.compare import sentences
from fother.identify.compare.align import Aligner, Step
from fother.identify.compare.classify import Words, classify, learn, rank, standard
from fother.identify.compare.lexicon import languages_of, lexicon
from fother.identify.compare.noise import OMISSION, Noise, alteration, measured, probability, slip_log10
from fother.identify.compare.regions import Region, differing, slid
from fother.identify.compare.running import flag_running, repeated_lines
from fother.identify.compare.stretches import Stretch, stretches
from fother.identify.compare.tokens import Token, flat, plain_words, tokenise
from fother.model.match import Change, Span

REPORTED = 0.35  #: least confidence of a change that is told
_CONSIDERED = 0.02  # least confidence of a difference that pixels may still confirm
_UNSEEN = 0.45  # most confidence of a recognised difference that only a picture could tell from a slip
_SHOWS_ORIGINAL, _SHOWS_OTHER = 0.8, 0.2  # probabilities by pixels that decide alone
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
    leak = flag_running(leak_text, tokenise(leak_text, words_list), headers | repeated_lines(leak_text))
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
        self.noise: Noise = measured(np.zeros(len(leak)), np.zeros(len(leak)), self.legible, recognised)
        self.shows_headers = False

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
        self.noise = measured(slips, characters, self.legible, self.recognised)
        self.shows_headers = any(
            self.document[i0].running
            and self.document[i0].kind != "marking"
            and len(self.document[i0].flat) > 2
            for i0, i1, j0, j1 in steps
            if i1 > i0 and j1 > j0 and self.document[i0].same(self.leak[j0])
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

    def _transparent(self, token: Token) -> bool:
        """Tokens that may come and go: headers, page numbers, footnote marks, numbers of list items."""
        if token.running:
            return not (token.kind == "marking" and self.shows_headers)
        return token.reference

    def _equal(self, step: Step) -> bool:
        i0, i1, j0, j1 = step
        if i0 == i1:
            return all(self._transparent(token) for token in self.leak[j0:j1])
        if j0 == j1:
            return all(self._transparent(token) for token in self.document[i0:i1])
        if i1 - i0 == 1 and j1 - j0 == 1:
            return self.same(i0, j0)
        return self._flat(self.document[i0:i1]) == self._flat(self.leak[j0:j1])

    def _flat(self, tokens: Sequence[Token]) -> str:
        return "".join(token.flat for token in tokens if not self._transparent(token))

    def _judge(self, i0: int, i1: int, j0: int, j1: int) -> float:
        """Confidence, 0…1, that a difference is a change and not noise."""
        document = [token for token in self.document[i0:i1] if not self._transparent(token)]
        leak = [token for token in self.leak[j0:j1] if not self._transparent(token)]
        if (not document and not leak) or self._elsewhere(i0, i1, j0, j1):
            return 0.0
        if not leak:
            return self._left_out(document, i0, i1, j0)
        if not document:
            lone = [
                (len(token.flat), token.key in self.words.known or token.kind != "word") for token in leak
            ]
            if all(length <= 2 and not known for length, known in lone):
                lone = [(length, known) for length, known in lone][:8]
            found = probability(self._omission(leak), self.noise.junk_log10(lone, j0))
            junk = sum(not self._real(token) and not self.words.is_name(token) for token in leak)
            doubtful = junk > 0.3 * len(leak) or self._read_elsewhere(leak)
            return min(found, _UNSEEN) if self.recognised and doubtful else found
        if len(document) > 12 or len(leak) > 12:
            return 1.0
        one, other = self._flat(document), self._flat(leak)
        if one == other or self._varied(i0, i1, j0, j1):
            return 0.0
        rate = self.noise.at(j0, j1)
        noise = slip_log10(one, other, rate)
        if noise <= -30:
            return 1.0
        share = alteration(
            rank(self.words, document, leak, self.recognised), one, other, rate, self.recognised
        )
        found = probability(share, noise)
        return min(found, _UNSEEN) if self._garbled(document, leak, one, other) else found

    def _left_out(self, document: list[Token], i0: int, i1: int, j0: int) -> float:
        """Confidence that words of the document were taken out and not overlooked."""
        after = self.leak[j0].start if j0 < len(self.leak) else None
        between = self.leak_text[self.leak[j0 - 1].end if j0 else 0 : after]
        rest = any(mark in between for mark in "()[]")
        lengths = [
            len(token.text) if token.kind == "marking" and not rest else len(token.flat) for token in document
        ]
        lines = self.document[i0].line_start and self.document[i1 - 1].line_end
        found = probability(self._omission(document), self.noise.dropped_log10(lengths, j0, lines))
        # Recognisers lose parts of lines as well; who alters takes out a word that counts or a sentence.
        sentence = self.document[i0].sentence_start and (
            i1 == len(self.document) or self.document[i1].sentence_start
        )
        if self.recognised and len(document) > 2 and (lines or not sentence):
            return min(found, _UNSEEN)
        return found

    def _elsewhere(self, i0: int, i1: int, j0: int, j1: int) -> bool:
        """Whether both sides agree after all with the tokens beside them that may come and go."""

        def wider(tokens: Sequence[Token], low: int, high: int) -> set[str]:
            before, after = low, high
            while before and low - before < 4 and self._transparent(tokens[before - 1]):
                before -= 1
            while after < len(tokens) and after - high < 4 and self._transparent(tokens[after]):
                after += 1
            parts = [token.flat for token in tokens[before:after]]
            first, last = range(low - before + 1), range(high - before, after - before + 1)
            return {"".join(parts[a:b]) for a in first for b in last}

        if i1 - i0 > 12 or j1 - j0 > 12:
            return False
        return bool((wider(self.document, i0, i1) & wider(self.leak, j0, j1)) - {""})

    @cached_property
    def _neighbours(self) -> frozenset[tuple[str, str]]:
        return frozenset((one.flat, other.flat) for one, other in pairwise(self.document))

    def _read_elsewhere(self, leak: list[Token]) -> bool:
        """Whether added words stand in the document: recognisers read columns in another order."""
        pairs = [(one.flat, other.flat) for one, other in pairwise(leak)]
        return len(pairs) > 1 and sum(pair in self._neighbours for pair in pairs) >= 0.5 * len(pairs)

    def _real(self, token: Token) -> bool:
        """Whether somebody would write this, as far as the document and the lists of words can tell."""
        if token.kind == "marking":
            return standard(token)
        if token.kind != "word":
            return True
        digits = sum(character.isdigit() for character in token.flat)
        if len(token.flat) < 3 and self.recognised:
            return token.key in self.words.lexicon.common or digits == len(token.flat)
        return token.key in self.words.known and digits in (0, len(token.flat))

    def _garbled(self, document: list[Token], leak: list[Token], one: str, other: str) -> bool:
        """Whether a replacement reads as a slip: the leak has no word that anybody would put there."""
        real = all(self._real(token) for token in leak)
        wrong = Levenshtein.distance(one, other)
        named = any(self.words.is_name(token) for token in (*document, *leak))
        if not real:
            if named and not self.recognised:
                return wrong <= 2 and wrong <= 0.25 * len(one)
            return wrong <= 0.5 * max(len(one), len(other))
        # A name that only lost letters: ZINN, IN.
        return self.recognised and named and LCSseq.distance(one, other) == len(one) - len(other)

    def _omission(self, tokens: Sequence[Token]) -> float:
        if self.recognised and len(tokens) == 1 and tokens[0].kind == "number":
            return OMISSION["figure"]
        if any(self.words.topic(token) not in (None, "name") and len(token.text) > 1 for token in tokens):
            return OMISSION["fact"]
        return OMISSION["phrase" if len(tokens) >= 3 else "word"]

    def _varied(self, i0: int, i1: int, j0: int, j1: int) -> bool:
        """Whether the leak has an alternative that was issued on purpose."""
        for place in range(i0, i1):
            for low, high, text in self.variants.get(place, ()):
                before, after = max(0, i0 - low), max(0, high - i1)
                first, last = i0 - before, i1 + after
                theirs = (
                    "".join(token.flat for token in self.document[first:low]) + text
                    + "".join(token.flat for token in self.document[high:last])
                )  # fmt: skip
                if theirs == "".join(token.flat for token in self.leak[max(0, j0 - before) : j1 + after]):
                    return True
        return False

    def _light(self, i0: int, i1: int) -> bool:
        return all(token.key in self.words.lexicon.common for token in self.document[i0:i1])

    def _regions(self, steps: Sequence[Step], lowest: float) -> list[Region]:
        return list(
            differing(
                steps,
                self.document,
                self.leak,
                self._equal,
                self._judge,
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
        while i0 < i1 and self._transparent(self.document[i0]):
            i0 += 1
        while i1 > i0 and self._transparent(self.document[i1 - 1]):
            i1 -= 1
        while j0 < j1 and self._transparent(self.leak[j0]):
            j0 += 1
        while j1 > j0 and self._transparent(self.leak[j1 - 1]):
            j1 -= 1
        gone = [token for token in self.document[i0:i1] if not self._transparent(token)]
        new = [token for token in self.leak[j0:j1] if not self._transparent(token)]
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
            return replace(change, confidence=max(change.confidence, 0.95))
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
