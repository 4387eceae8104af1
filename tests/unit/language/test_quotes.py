"""Quotation marks are paired as printers use them."""

from __future__ import annotations

import pytest

from fother.language.quotes import quotations

CASES = {
    "curly": ("“We did,” he said. “Twice.”", ["“We did,”", "“Twice.”"]),
    "straight": ('"We did," he said.', ['"We did,"']),
    "british with a possessive inside": (
        "‘We lost the officials’ files,’ he said.",
        ["‘We lost the officials’ files,’"],
    ),
    "british with contractions": (
        "It was a ‘sham’ and ‘we won’t pay,’ he said.",
        ["‘sham’", "‘we won’t pay,’"],
    ),
    "angled": ("« Non », dit-il. »Nein«, sagte sie.", ["« Non »", "»Nein«"]),
    "low": ("„Nein“, sagte sie.", ["„Nein“"]),
    "typewriter": ("``Yes,'' he said.", ["``Yes,''"]),
    "two apostrophes": ("''We lost it,'' he said. ''Twice.''", ["''We lost it,''", "''Twice.''"]),
    "single straight": ("They said, 'Keep it safe, mate.'", ["'Keep it safe, mate.'"]),
    "apostrophes are none": ("The ministers' view of the '90s isn't ours.", []),
    "inches are none": ('A 12" pipe and a 10" one.', []),
    "single within double": ("“He said ‘no’ twice,” she said.", ["“He said ‘no’ twice,”"]),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_marks_are_paired(text: str, expected: list[str]) -> None:
    assert [text[q.start : q.end] for q in quotations(text)] == expected


def test_a_quotation_of_several_paragraphs_opens_each_and_closes_the_last() -> None:
    text = "“First.\n\n“Second.\n\n“Third,” she said."
    first, second, third = quotations(text)
    assert [q.continues for q in (first, second, third)] == [False, True, True]
    assert [q.closed for q in (first, second, third)] == [False, False, True]


def test_a_missing_mark_ends_with_its_paragraph() -> None:
    text = "“It is wrong, he said.\n\nThe next paragraph says “no”."
    first, second = quotations(text)
    assert text[first.start : first.end] == "“It is wrong, he said."
    assert text[second.start : second.end] == "“no”"


def test_a_stray_mark_in_a_sentence_is_none() -> None:
    assert quotations("The so-called “expert never came.") == ()
