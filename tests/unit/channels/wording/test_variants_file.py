"""The file of variants: read, written, merged; edited by people."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fother.channels.wording.variant import change, identity
from fother.channels.wording.variants_file import BY_HAND, Variant, VariantsFile, merged, read_variants
from fother.errors import InputFileError

ONE = Variant(
    identity("synonym", "We carried out it.", "We did it."), "synonym", "We carried out it.", "We did it."
)
TWO = Variant(identity("phrase", "In fact, so.", "Indeed, so."), "phrase", "In fact, so.", "Indeed, so.")
FILE = VariantsFile("a.txt", "0" * 64, (ONE, TWO))
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(lambda t: " ".join(t.split()))


def test_written_and_read_again() -> None:
    assert read_variants(FILE.to_bytes(), "a") == FILE


@given(
    st.lists(st.tuples(_TEXT, _TEXT, st.sampled_from(["yes", "no", "undecided"]), st.booleans()), max_size=4)
)
def test_any_sentences_survive(rows: list[tuple[str, str, str, bool]]) -> None:
    entries = {
        identity("x", a, b): Variant(identity("x", a, b), "x", a, b, d, "me", "n: “q”", t)  # type: ignore[arg-type]
        for a, b, d, t in rows
        if change(a, b) is not None
    }
    file = VariantsFile("n#: x", "", tuple(entries.values()))
    assert read_variants(file.to_bytes(), "a") == file


def test_only_what_is_approved_is_used() -> None:
    file = replace(
        FILE, variants=(ONE, replace(TWO, approve="yes")), gone=(replace(ONE, id="x", approve="yes"),)
    )
    assert [v.id for v in file.approved()] == [TWO.id]


def test_an_entry_by_hand_needs_two_sentences() -> None:
    text = 'version: 1\nvariants:\n- {sentence: "We  go\\n now.", other: We leave now., approve: yes}\n'
    (entry,) = read_variants(text.encode(), "a").variants
    assert (entry.family, entry.sentence, entry.approve) == (BY_HAND, "We go now.", "yes")
    assert entry.forms == ("go", "leave")


HEAD = "version: 1\nvariants:\n- {sentence: We go., other: We leave.}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no variants"),
        ("a: [", "no valid YAML"),
        ("version: 2\nvariants: []", "of version 2"),
        (HEAD + "- 3", "line 4 is no entry"),
        (HEAD + "- {sentence: a b, other: a c, aprove: yes}", "line 4 has unknown entries: aprove"),
        (HEAD + "- {sentence: a b, other: a c, approve: maybe}", "line 4 says approve: maybe"),
        (HEAD + "- {sentence: a b, approve: yes}", "line 4 lacks its other sentence"),
        (HEAD + "- {sentence: a b, other: a  b}", "line 4 says the same"),
        (HEAD + "- {sentence: 3, other: a b}", "line 4 has a sentence that is no text"),
        (HEAD + "- {sentence: We go., other: We leave.}", "line 4 repeats"),
        ("variants: " + "[" * 5000, "a"),
    ],
)
def test_faults_name_the_line(text: str, told: str) -> None:
    with pytest.raises(InputFileError, match=told) as error:
        read_variants(text.encode(), "a.yaml")
    assert "\n" not in str(error.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InputFileError, match=r"line 4 .*; line 5 "):
        read_variants((HEAD + "- 3\n- 4\n").encode(), "a")


def _merge(before: VariantsFile | None, proposed: list[Variant], *sentences: str) -> VariantsFile:
    return merged(before, proposed, {s: n for n, s in enumerate(sentences)}, "b", "1")


def test_decisions_stay_and_order_is_that_of_the_document() -> None:
    before = replace(FILE, variants=(replace(ONE, approve="no", by="x"), TWO))
    after = _merge(before, [ONE, TWO], TWO.sentence, ONE.sentence)
    assert [(v.id, v.approve, v.by) for v in after.variants] == [
        (TWO.id, "undecided", ""),
        (ONE.id, "no", "x"),
    ]


def test_what_is_decided_and_vanishes_is_gone_and_comes_back() -> None:
    before = replace(FILE, variants=(replace(ONE, approve="yes"), TWO))
    after = _merge(before, [])
    assert [v.id for v in after.gone] == [ONE.id]
    assert after.variants == ()
    again = _merge(after, [ONE], ONE.sentence)
    assert [(v.id, v.approve) for v in again.variants] == [(ONE.id, "yes")]
    assert again.gone == ()


def test_edited_and_hand_written_entries_stay() -> None:
    edited = replace(ONE, other="We performed it.")
    own = Variant("h", BY_HAND, TWO.sentence, "Truly, so.")
    before = replace(FILE, variants=(edited, own, TWO))
    after = _merge(before, [], ONE.sentence, TWO.sentence)
    assert after.variants == (edited, own)
