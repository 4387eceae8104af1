"""The author's own alternatives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fother.channels.text.carriers import TextCarriers
from fother.channels.wording.own import own_places
from fother.errors import InputFileError
from fother.formats.prose.plain import Plain
from fother.model.prose import Block, Fixed, Prose


def prose_of(*blocks: str, **more: object) -> Prose:
    found, at = [], 0
    for block in blocks:
        found.append(Block(at, at + len(block)))
        at += len(block) + 1
    return Prose("\n".join(blocks), tuple(found), **more)  # type: ignore[arg-type]


def test_two_alternatives_cover_their_braces() -> None:
    prose = prose_of("First.", "We {{begin|start}} on Monday, {{really |}}soon.")
    places, notes = own_places(prose)
    assert [(prose.text[p.start : p.end], p.forms, p.block) for p in places] == [
        ("{{begin|start}}", ("begin", "start"), 1),
        ("{{really |}}", ("really ", ""), 1),
    ]
    assert notes == []
    assert TextCarriers(prose.text, tuple(places)).plain == "First.\nWe begin on Monday, really soon."


@pytest.mark.parametrize("text", ["Hello {{ name }}.", r"Write \{{a|b}} so.", "{{a b", "nothing", "}} {{"])
def test_other_braces_are_left_alone(text: str) -> None:
    places, notes = own_places(prose_of(text))
    assert places == []
    assert len(notes) == ("{{" in text and "\\" not in text)


def test_not_across_blocks() -> None:
    places, notes = own_places(prose_of("a {{b", "c|d}} e"))
    assert places == []
    assert "no closing braces" in notes[0]


def test_what_must_stay_is_left_alone() -> None:
    places, notes = own_places(prose_of("a {{b|c}} d", fixed=(Fixed(2, 9, "code"),)))
    assert places == []
    assert "code" in notes[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A {{a|b|c}} z", "has 3 alternatives"),
        ("A {{a|{{b|c}}}} z", "within others"),
        ("A {{a|{{b|c}} z", "within others"),
        ("A {{a|a}} z", "are the same"),
        ("A {{|}} z", "are the same"),
        ("We {{a|b go.", "has no closing braces"),
        ("We {{begin|start} now.", "has no closing braces"),
        ("We {{begin|start}} so {{soon|later} now.", "has no closing braces"),
    ],
)
def test_faults_are_one_sentence_with_the_place(text: str, told: str) -> None:
    with pytest.raises(InputFileError, match=told) as error:
        own_places(prose_of("One.", text))
    assert "paragraph 2" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_change_of_look_inside_is_told() -> None:
    with pytest.raises(InputFileError, match="look of the text changes"):
        own_places(prose_of("a {{b|c}} d", seams=(5,)))
    places, _ = own_places(prose_of("a {{b|c}} d", seams=(2, 9)))
    assert len(places) == 1


def test_bar_of_a_markdown_table() -> None:
    places, _ = own_places(prose_of(r"| {{begin\|start}} |"))
    assert places[0].forms == ("begin", "start")


@given(st.text("{}|\\ ab\n", max_size=60))
def test_any_text_gives_places_or_one_sentence(text: str) -> None:
    prose = prose_of(*text.split("\n"))
    try:
        places, _ = own_places(prose)
    except InputFileError:
        return
    carriers = TextCarriers(prose.text, tuple(places))
    assert all(prose.text[p.start : p.end].startswith("{{") for p in places)
    assert carriers.count == len(places)


@pytest.mark.parametrize("text", ["We {{begin\n|start}} on Monday.", "We {{begin  |start}} on Monday."])
def test_alternatives_over_a_line_end_are_told(text: str) -> None:
    prose = Plain().read(text.encode())
    with pytest.raises(InputFileError, match="keep them on one line"):
        own_places(prose)


@pytest.mark.parametrize("code", ["{{a|b", "x\n{{a|b\n}}"])
def test_what_is_code_stops_nothing(code: str) -> None:
    fixed = (Fixed(0, len(code), "code"), *(Fixed(k, k + 1, "a line end") for k in (1, 7) if k < len(code)))
    places, notes = own_places(Prose(code, (Block(0, len(code)),), fixed))
    assert places == []
    assert "code" in notes[0]
