"""Letters: the organisation's words in a sandbox, and nothing but what the party may know."""

from __future__ import annotations

from typing import Any

import pytest
from case_files import NOW

from fother.errors import UsageError
from fother.respond.drafts import DEFAULT_TEMPLATE, Letter, letter


def fill(template: str = DEFAULT_TEMPLATE, **changes: Any) -> Letter:
    given = {
        "organisation": "Port Authority",
        "party": "Vestria",
        "contact": "Ambassador Sample",
        "may_say": "A sentence about you came out.",
        "excerpt": "[…] the pilots █████ […]",
        "tlp": "AMBER",
        "now": NOW,
    }
    return letter(template, **{**given, **changes})


def test_the_letter_says_what_may_be_said_and_confirms_nothing() -> None:
    made = fill()
    assert made.subject == "Port Authority: information that concerns Vestria"
    for words in ("Dear Ambassador Sample", "A sentence about you", "the pilots █████", "TLP:AMBER"):
        assert words in made.text
    assert "neither confirm nor deny" in made.text


def test_what_is_empty_leaves_no_gap() -> None:
    made = fill(contact="", may_say="", excerpt="", organisation="")
    assert "\n\n\n" not in made.text
    assert "To whom it may concern at Vestria" in made.text


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("Subject\n{{ case }}", "undefined"),
        ("Subject\n{% if", "line 2"),
        ("Subject\n{{ ''.__class__.__mro__[1].__subclasses__() }}", "unsafe"),
        ("Subject\n{{ may_say.format.__globals__ }}", "unsafe"),
        ("Subject\n{% include '/etc/passwd' %}", "faulty"),
        ("Subject\n{{ 1 // 0 }}", "faulty"),
        ("Subject\n{{ party + 1 }}", "faulty"),
        ("Only a subject", "needs a subject"),
        ("\n\nno subject", "needs a subject"),
        ("Subject\n{{ 'x' * 200000 }}", "the most"),
    ],
)
def test_faulty_and_curious_templates_are_refused(template: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        fill(template)


def test_a_subject_is_one_line() -> None:
    assert fill("{{ party }}  says\tso\nText").subject == "Vestria says so"
