"""What every format of rewritable text must keep, on its own samples."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fother.errors import InputFileError
from fother.formats.prose.interface import ProseFormat
from fother.model.prose import Prose, Rewrite, rewritten

#: Spaces that look alike, marks without width, letters that markup must escape, and ones beyond 16 bits.
WRITTEN = "abcXYZ .,'\u2005\u2008\u205f\u2009\u202f\u00a0\u200b\u200c\u2060&<>\"-\u2013\u00e9\u4e2d\U0001f600"

#: The same test runs in the class of every format.
SHARED: Any = {"deadline": None, "suppress_health_check": [HealthCheck.differing_executors]}


def spans(prose: Prose) -> list[tuple[int, int]]:
    """All that may be rewritten, cut at seams: worked out slowly and anew, without the code under test."""
    fixed = {at for f in prose.fixed for at in range(f.start, f.end)}
    stretches = []
    for block in prose.blocks:
        start = block.start
        for at in range(block.start, block.end + 1):
            if at == block.end or at in prose.seams or at in fixed:
                if start < at:
                    stretches.append((start, at))
                start = at + 1 if at in fixed else at
    return stretches


def some_rewrites(
    prose: Prose, chance: random.Random, share: float = 0.5, written: str = WRITTEN
) -> list[Rewrite]:
    """Rewrites in a share of the free stretches: replacements, insertions, deletions, some side by side."""
    changes = []
    for start, end in spans(prose):
        at = start
        while at <= end and chance.random() < share:
            first = chance.randint(at, end)
            last = chance.randint(first, min(end, first + random.choice((0, 1, 1, 9, 99))))
            ends = prose.text.count("\n", first, last)
            said = [chance.choice(written) for _ in range(chance.choice((0, 1, 1, 2, 12)))]
            said = "".join(said).split(" ") if ends else ["".join(said)]
            changes.append(Rewrite(first, last, "\n".join(said[: ends + 1])))
            at = last + 1
    return changes


class ProseContract:
    """A sibling gives a `form` (the format under test) and `samples`, files of it by name.

    At least one sample has prose in which more than a hundred characters can be rewritten.
    """

    form: ProseFormat
    samples: dict[str, bytes]
    written = WRITTEN  #: letters that rewrites are made of
    may_refuse = False  #: whether there are texts that the file type cannot say

    def _copy(self, data: bytes, changes: list[Rewrite]) -> bytes | None:
        """None where the format says that its files cannot hold this text."""
        try:
            return self.form.write(data, changes)
        except ValueError as refusal:
            if not self.may_refuse or "read as something else" not in str(refusal):
                raise
            return None

    def test_prose_is_well_formed(self) -> None:
        for name, data in self.samples.items():
            prose = self.form.read(data)
            at = 0
            for block in prose.blocks:
                assert block.start == at, name
                assert block.start <= block.end
                assert prose.text[block.end : block.end + 1] in ("\n", "")
                at = block.end + 1
            assert len(prose.text) == max(at - 1, 0)
            inner = {i for b in prose.blocks for i in range(b.start + 1, b.end)}
            assert list(prose.seams) == sorted(set(prose.seams))
            assert inner.issuperset(prose.seams)
            assert [(f.start, f.end) for f in prose.fixed] == sorted((f.start, f.end) for f in prose.fixed)
            for fixed in prose.fixed:
                assert any(b.start <= fixed.start < fixed.end <= b.end for b in prose.blocks), (name, fixed)
                assert fixed.reason
            assert list(prose.free) == spans(prose)

    def test_enough_can_be_rewritten_to_show_anything(self) -> None:
        most = max(sum(end - start for start, end in self.form.read(d).free) for d in self.samples.values())
        assert most > 100

    def test_reading_and_writing_repeat(self) -> None:
        for data in self.samples.values():
            prose = self.form.read(data)
            changes = some_rewrites(prose, random.Random(1), 0.5, self.written)
            assert self.form.read(data) == prose
            assert self._copy(data, changes) == self._copy(data, changes)

    def test_no_rewrites_change_no_text(self) -> None:
        for data in self.samples.values():
            assert self.form.read(self.form.write(data, [])).text == self.form.read(data).text

    @given(seed=st.integers(0, 2**32), share=st.sampled_from((0.1, 0.5, 0.9)), data=st.data())
    @settings(max_examples=60, **SHARED)
    def test_what_is_written_is_read(self, seed: int, share: float, data: Any) -> None:
        sample = self.samples[data.draw(st.sampled_from(sorted(self.samples)))]
        prose = self.form.read(sample)
        changes = some_rewrites(prose, random.Random(seed), share, self.written)
        copy = self._copy(sample, changes)
        assert copy is None or self.form.read(copy).text == rewritten(prose.text, changes)

    @given(seed=st.integers(0, 2**32), data=st.data())
    @settings(max_examples=20, **SHARED)
    def test_words_for_words_are_never_refused(self, seed: int, data: Any) -> None:
        sample = self.samples[data.draw(st.sampled_from(sorted(self.samples)))]
        prose = self.form.read(sample)
        chance = random.Random(seed)
        changes = [
            Rewrite(start + word.start(), start + word.end(), chance.choice(("other", "two words", "don't")))
            for start, end in spans(prose)
            for word in re.finditer(r"[a-z]{2,}", prose.text[start:end])
            if chance.random() < 0.5
        ]
        copy = self.form.write(sample, changes)
        assert self.form.read(copy).text == rewritten(prose.text, changes)

    @given(seed=st.integers(0, 2**32), data=st.data())
    @settings(max_examples=20, **SHARED)
    def test_a_look_alike_keeps_its_blocks_and_can_be_taken_back(self, seed: int, data: Any) -> None:
        sample = self.samples[data.draw(st.sampled_from(sorted(self.samples)))]
        prose = self.form.read(sample)
        chance = random.Random(seed)
        there = [
            Rewrite(at, at + 1, chance.choice("\u2005\u2009\u202f\u00a0"))
            for start, end in spans(prose)
            for at in range(start + 1, end - 1)
            if prose.text[at] == " " and chance.random() < 0.5
        ]
        copy = self.form.write(sample, there)
        assert self.form.read(copy).blocks == prose.blocks
        back = self.form.write(copy, [Rewrite(c.start, c.end, " ") for c in there])
        assert self.form.read(back).text == prose.text

    def test_what_cannot_be_rewritten_is_refused(self) -> None:
        for data in self.samples.values():
            prose = self.form.read(data)
            refused = [
                *(Rewrite(f.start, f.end, "x") for f in prose.fixed),
                *(Rewrite(seam - 1, seam + 1, "x") for seam in prose.seams),
                *(Rewrite(b.end, b.end + 1, "x") for b in prose.blocks[:-1]),
                *(
                    Rewrite(start, end, "a\nb")
                    for start, end in prose.free
                    if "\n" not in prose.text[start:end]
                ),
                *(Rewrite(start, end, "a\0") for start, end in prose.free),
                *(Rewrite(start, end, "\ud800") for start, end in prose.free),
                Rewrite(len(prose.text), len(prose.text) + 1, "x"),
            ]
            for change in refused:
                with pytest.raises(ValueError, match="rewrit"):
                    self.form.write(data, [change])
            for start, end in prose.free:
                for pair in (
                    [Rewrite(start, end, "x"), Rewrite(start, end, "y")],
                    [Rewrite(end, end, "x"), Rewrite(start, start, "y")],
                ):
                    with pytest.raises(ValueError, match="rewrit"):
                        self.form.write(data, pair)

    @given(seed=st.integers(0, 2**32), data=st.data())
    @settings(max_examples=60, **SHARED)
    def test_damage_is_refused_or_read(self, seed: int, data: Any) -> None:
        sample = bytearray(self.samples[data.draw(st.sampled_from(sorted(self.samples)))])
        chance = random.Random(seed)
        for _ in range(chance.choice((1, 2, 8))):
            sample[chance.randrange(len(sample))] = chance.randrange(256)
        damaged = bytes(sample[: chance.choice((len(sample), chance.randrange(len(sample))))])
        try:
            prose = self.form.read(damaged)
        except InputFileError:
            return
        changes = some_rewrites(prose, chance, 0.5, self.written)
        copy = self._copy(damaged, changes)
        assert copy is None or self.form.read(copy).text == rewritten(prose.text, changes)
