"""Places of a mail's parts that say the same words become one."""

from __future__ import annotations

import numpy as np
import pytest

from fother.channels import characters
from fother.channels.text.carriers import Place, TextCarriers
from fother.channels.text.observe import observe
from fother.channels.text.twins import join
from fother.model.prose import Block, Fixed, Prose


def prose(plain: str, page: str, fixed: str = "") -> Prose:
    text = f"{plain}\n{page}"
    blocks = (Block(0, len(plain), part="plain"), Block(len(plain) + 1, len(text), part="html"))
    at = text.rfind(fixed)
    stays = [Fixed(i, i + 1, "a line end") for i, c in enumerate(text) if c == "\n" and i != len(plain)]
    return Prose(text, blocks, (*stays, *([Fixed(at, at + len(fixed), "a link")] if fixed else [])))


def space(at: int) -> Place:
    return Place(at, at + 1, (" ", "\u2008"), "characters", "space", 0)


def word(text: str, at: int, other: str) -> Place:
    return Place(at, at + len(text), (text, other), "wording", "synonym", 0)


def test_the_same_space_is_one_place() -> None:
    both = prose("we met today again", "we met today again")
    joined = join([space(2), space(6), space(21), space(25)], both)
    assert [(p.start, p.twins) for p in joined] == [(2, ((21, 22),)), (6, ((25, 26),))]


def test_a_space_that_is_a_line_end_there_has_no_twin() -> None:
    both = prose("we met\ntoday again", "we met today again")
    joined = join([space(2), space(21), space(25)], both)
    assert [(p.start, p.twins) for p in joined] == [(2, ((21, 22),)), (25, ())]


def test_a_place_that_one_part_lacks_gets_its_twin() -> None:
    joined = join([word("met", 3, "gathered")], prose("we met today again", "we met today again"))
    assert [(p.start, p.twins) for p in joined] == [(3, ((22, 25),))]


def test_what_cannot_be_written_there_is_no_place() -> None:
    both = prose("we met today again", "we met today again", fixed="met today")
    assert join([word("met", 3, "gathered"), space(6)], both) == []


def test_a_wording_that_is_wrapped_there_is_no_place() -> None:
    both = prose("we did not go", "we did\nnot go")
    assert join([word("did not", 3, "didn't")], both) == []


def test_other_forms_there_are_no_twins() -> None:
    both = prose("we met today again", "we met today again")
    joined = join([word("met", 3, "gathered"), word("met", 22, "convened")], both)
    assert [(p.forms[1], p.twins) for p in joined] == [("convened", ((22, 25),))]


def test_words_of_one_part_alone_stay() -> None:
    both = prose("we met today", "nothing here is alike")
    assert join([space(2)], both) == [space(2)]


def test_a_text_without_parts_stays() -> None:
    alone = Prose("we met", (Block(0, 6),))
    assert join([space(2)], alone) == [space(2)]


def test_few_words_are_one_only_where_both_are_places() -> None:
    both = prose("we met", "we met")
    assert [p.twins for p in join([space(2), space(9)], both)] == [((9, 10),)]
    assert join([space(2)], both) == [space(2)]


def parts(**texts: str) -> Prose:
    """A part for each text, under its name."""
    blocks, at = [], 0
    for name, text in texts.items():
        blocks.append(Block(at, at + len(text), part=name))
        at += len(text) + 1
    return Prose("\n".join(texts.values()), tuple(blocks))


def test_an_attachment_that_says_the_same_is_joined_too() -> None:
    words = "we met today again"
    joined = join([space(2), space(21), space(40)], parts(plain=words, html=words, attachment=words))
    assert [(p.start, p.twins) for p in joined] == [(2, ((21, 22), (40, 41)))]


def test_what_an_attachment_cannot_write_is_no_place_in_the_body() -> None:
    words = "we met today again"
    both = parts(plain=words, attachment=words)
    fixed = Prose(both.text, both.blocks, (Fixed(19, len(both.text), "code"),))
    assert join([space(2), space(6)], fixed) == []


BODY = (
    "Nobody had expected that the small committee would find anything worth telling before the summer began. "
    "When it met again in the old library, three members brought letters which spoke of another matter. "
    "They read them aloud, one after the other, until the light failed and somebody went to look for candles."
)


@pytest.mark.parametrize("quoted", [0, 1])
def test_either_of_body_and_attachment_can_be_read(quoted: int) -> None:
    prose = parts(plain=BODY, attachment=BODY)
    carriers = TextCarriers(prose.text, tuple(join(characters.places(prose, []), prose)))
    symbols = np.random.default_rng(5).integers(0, 2, carriers.count).astype(np.uint8)
    copy = carriers.rendered(symbols).split("\n")[quoted]
    reading = observe(carriers, copy)
    assert reading is not None
    seen = reading.observations
    assert len(seen.position) > 0.9 * len(carriers.columns_used(range(len(carriers.places))))
    assert ((seen.value > 0) == symbols[seen.position]).all()
