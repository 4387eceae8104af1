"""How sure it is that a difference between document and leak is a change and no noise."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rapidfuzz.distance import LCSseq, Levenshtein

from fother.identify.compare.align import canon
from fother.identify.compare.classify import Words, rank, standard
from fother.identify.compare.noise import OMISSION, Noise, alteration, probability, slip_log10
from fother.identify.compare.tokens import Token

Variants = Mapping[int, Sequence[tuple[int, int, str]]]

_UNSEEN = 0.45  # most confidence of a recognised difference that only a picture could tell from a slip
_LONGEST = 12  # tokens of a difference that may be noise


def _unreadable(text: str) -> bool:
    """Whether a document's text has characters that nobody could see as such."""
    return any(unicodedata.category(c) in ("Cc", "Co", "Cn") for c in text if not c.isspace()) or "�" in text


@dataclass(frozen=True)
class Weigher:
    """Weighs differences of one document and one leak, given as ranges of their tokens.

    `variants` are alternatives issued on purpose, by document token: first and last token and the flat text;
    `shows_headers` says that the leak has the headers of the document's pages.
    """

    document: Sequence[Token]
    leak: Sequence[Token]
    document_text: str
    leak_text: str
    words: Words
    variants: Variants
    noise: Noise
    recognised: bool
    shows_headers: bool

    def transparent(self, token: Token) -> bool:
        """Whether a token may come and go: headers, page numbers, footnote marks, numbers of list items."""
        if token.running:
            return not (token.kind == "marking" and self.shows_headers)
        return token.reference

    def flat(self, tokens: Sequence[Token]) -> str:
        return "".join(token.flat for token in tokens if not self.transparent(token))

    def confidence(self, i0: int, i1: int, j0: int, j1: int) -> float:
        """Confidence, 0…1, that a difference is a change and not noise."""
        document = [token for token in self.document[i0:i1] if not self.transparent(token)]
        leak = [token for token in self.leak[j0:j1] if not self.transparent(token)]
        if (not document and not leak) or self._elsewhere(i0, i1, j0, j1) or self._varied(i0, i1, j0, j1):
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
        one, other = self.flat(document), self.flat(leak)
        if one == other or (self.recognised and one.lstrip("-") == other.lstrip("-")):
            return 0.0
        if len(document) > _LONGEST or len(leak) > _LONGEST:
            return 1.0
        if self.recognised and _unreadable(self.document_text[document[0].start : document[-1].end]):
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

        def wider(tokens: Sequence[Token], low: int, high: int) -> dict[str, bool]:
            """Flat texts, and whether tokens that may come and go are among them."""
            before, after = low, high
            while before and low - before < 4 and self.transparent(tokens[before - 1]):
                before -= 1
            while after < len(tokens) and after - high < 4 and self.transparent(tokens[after]):
                after += 1
            parts = [token.flat for token in tokens[before:after]]
            first, last = range(low - before + 1), range(high - before, after - before + 1)
            loose = [self.transparent(token) for token in tokens[before:after]]
            return {"".join(parts[a:b]): any(loose[a:b]) for a in first for b in last}

        if i1 - i0 > _LONGEST or j1 - j0 > _LONGEST:
            return False
        here, there = wider(self.document, i0, i1), wider(self.leak, j0, j1)
        if (here.keys() & there.keys()) - {""}:
            return True
        if not self.recognised:
            return False
        shapes = {canon(text): loose for text, loose in here.items()}
        return any(
            text and (loose or shapes[canon(text)]) for text, loose in there.items() if canon(text) in shapes
        )

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

    def _reads_as_name(self, token: Token) -> bool:
        return self.words.is_name(token) and token.flat.isalpha()

    def _garbled(self, document: list[Token], leak: list[Token], one: str, other: str) -> bool:
        """Whether a replacement reads as a slip: the leak has no word that anybody would put there."""
        real = all(self._real(token) for token in leak)
        wrong = Levenshtein.distance(one, other)
        named = any(self.words.is_name(token) for token in (*document, *leak))
        if not real:
            if named and not self.recognised:
                return wrong <= 2 and wrong <= 0.25 * len(one)
            if self.recognised and not any(self._real(t) or self._reads_as_name(t) for t in leak):
                return True
            return wrong <= 0.5 * max(len(one), len(other))
        if self.recognised and not one.isdigit() and canon(one) == canon(other):
            return True
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
        # What is only added stands beside a token of the alternative or between two of them.
        for place in range(i0, i1) if i0 < i1 else (i0 - 1, i0):
            for low, high, text in self.variants.get(place, ()):
                first, last = min(i0, low), max(i1, high)
                theirs = (
                    "".join(token.flat for token in self.document[first:low]) + text
                    + "".join(token.flat for token in self.document[high:last])
                )  # fmt: skip
                # Words before the difference are the same in both texts, or else those behind it are; and all
                # of the difference belongs to the alternative.
                start, end = max(0, j0 - (i0 - first)), j1 + (last - i1)
                forwards, backwards = self._reads(theirs, start, 1), self._reads(theirs, end - 1, -1)
                if (forwards >= 0 and start + forwards >= j1) or (backwards >= 0 and end - backwards <= j0):
                    return True
        return False

    def _reads(self, text: str, at: int, step: int) -> int:
        """How many of the leak's tokens from one on, forwards or backwards, say just this; -1 if none do."""
        read, count = "", 0
        while len(read) < len(text) and 0 <= at < len(self.leak):
            read = read + self.leak[at].flat if step > 0 else self.leak[at].flat + read
            at, count = at + step, count + 1
        return count if read == text else -1
