"""Whatever the parts of a mail share, every copy says it alike in all of them."""

from __future__ import annotations

import random
import re
from email.message import EmailMessage
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fother.channels.characters import places as character_places
from fother.channels.text.carriers import Place, TextCarriers
from fother.channels.text.twins import join
from fother.formats.prose.mail import Mail
from fother.model.prose import Prose

MAIL = Mail()
TEXT = "the board agreed that plan begins in spring and costs rise so nobody left before a long meeting ended"
WORDS = TEXT.split()
PARTS = ("plain", "html", "attachment 1: a.txt")
CHOICES = {"begins": "starts", "nobody": "no one", "long": "lengthy"}


def mail(chance: random.Random, words: list[str]) -> bytes:
    """A message that says the words in all its parts, wrapped and marked up each in its own way."""
    message = EmailMessage()
    message["From"] = "a@b.example"
    message["Subject"] = "s"
    plain, attached = (
        "".join(word + ("\n" if chance.random() < 0.15 else " ") for word in words).strip() for _ in range(2)
    )
    page = "".join(
        chance.choice(("{}", "{}", "{}", "<b>{}</b>", "<a href=x>{}</a>")).format(word)
        + ("\n" if chance.random() < 0.1 else "</p><p>" if chance.random() < 0.05 else " ")
        for word in words
    )
    if chance.random() < 0.5:
        plain = "Only here. " + plain
    if chance.random() < 0.5:
        page += "<p>and only there"
    message.set_content(plain)
    message.add_alternative(f"<p>{page}", subtype="html")
    message.add_attachment(attached, filename="a.txt")
    return message.as_bytes()


def all_places(prose: Prose, chance: random.Random) -> list[Place]:
    """Spaces, and some wordings, which one part may lack."""
    wordings = [
        Place(start + m.start(), start + m.end(), (m.group(), CHOICES[m.group()]), "wording", "synonym", 0)
        for start, end in prose.free
        for m in re.finditer(r"\b(?:begins|nobody|long)\b", prose.text[start:end])
        if chance.random() < 0.9
    ]
    spaces = character_places(prose, [(p.start, p.end) for p in wordings])
    return sorted([*wordings, *spaces], key=lambda place: place.start)


def said(prose: Prose, part: str) -> list[str]:
    """Words and what stands between them, by turns."""
    text = "\n".join(prose.text[b.start : b.end] for b in prose.blocks if b.part == part)
    return re.split(r"([^a-zA-Z]+)", text)


@given(seed=st.integers(0, 2**32), length=st.integers(4, 60))
@settings(max_examples=150, deadline=None)
def test_what_parts_say_they_say_alike(seed: int, length: int) -> None:
    chance = random.Random(seed)
    words = [chance.choice(WORDS) for _ in range(length)]
    data = mail(chance, words)
    prose = MAIL.read(data)
    carriers = TextCarriers(prose.text, tuple(join(all_places(prose, chance), prose)))
    symbols = np.random.default_rng(seed).integers(0, 2, carriers.count).astype(np.uint8)
    copy = MAIL.read(MAIL.write(data, carriers.rewrites(symbols)))
    assert copy.text == carriers.rendered(symbols)
    before = {part: said(prose, part) for part in PARTS}
    after = {part: said(copy, part) for part in PARTS}
    # "no one" is two words for one: only copies that keep the number of words can be compared one by one.
    if any(len(before[part]) != len(after[part]) for part in PARTS):
        return
    skip = {part: 4 if before[part][0] == "Only" else 0 for part in PARTS}
    for one, other in combinations(PARTS, 2):
        for k in range(2 * length - 1):
            i, j = k + skip[one], k + skip[other]
            if before[one][i] == before[other][j]:
                assert after[one][i] == after[other][j], (one, other, k)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
def test_joined_places_fit_and_lose_no_space_that_stands_alone(seed: int) -> None:
    chance = random.Random(seed)
    data = mail(chance, [chance.choice(WORDS) for _ in range(40)])
    prose = MAIL.read(data)
    places = all_places(prose, chance)
    joined = join(places, prose)
    spans = [span for p in joined for span in ((p.start, p.end), *p.twins)]
    assert len(spans) == len(set(spans))
    assert joined == join(joined, prose)
    for place in joined:
        for start, end in ((place.start, place.end), *place.twins):
            assert prose.text[start:end] == place.forms[0]
