"""Folding and keyed hashes of text in many scripts."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from fother.identify.fingerprints import SAMPLING, Hasher
from fother.identify.folding import fold

KEY = bytes(range(32))
HASHER = Hasher.of(KEY)

SCRIPTS = {
    "latin": "The committee met on the third floor of the old customs house and voted against the treaty. ",
    "cyrillic": "Комитет собрался на третьем этаже старой таможни и проголосовал против договора о границе. ",
    "greek": "Η επιτροπή συνεδρίασε στον τρίτο όροφο του παλιού τελωνείου και καταψήφισε τη συνθήκη. ",
    "arabic": "اجتمعت اللجنة في الطابق الثالث من مبنى الجمارك القديم وصوتت ضد المعاهدة الحدودية الجديدة. ",
    "hebrew": "הוועדה התכנסה בקומה השלישית של בית המכס הישן והצביעה נגד אמנת הגבול החדשה שהוצעה. ",
    "devanagari": "समिति की बैठक पुराने सीमा शुल्क भवन की तीसरी मंजिल पर हुई और उसने संधि के विरुद्ध मतदान किया। ",
    "thai": "คณะกรรมการประชุมกันที่ชั้นสามของอาคารศุลกากรเก่าและลงมติคัดค้านสนธิสัญญาชายแดนฉบับใหม่ ",
    "chinese": "委员会在旧海关大楼三层开会，并投票反对新的边界条约，会议记录当晚送交外交部长办公室存档。",
    "japanese": "委員会は旧税関庁舎の三階で会合を開き、新しい国境条約に反対する決議を採択したと報告された。",
    "korean": "위원회는 옛 세관 건물 삼층에서 회의를 열고 새로운 국경 조약에 반대하는 표결을 했다고 밝혔다. ",
    "amharic": "ኮሚቴው በድሮው የጉምሩክ ቤት ሦስተኛ ፎቅ ላይ ተሰብስቦ አዲሱን የድንበር ስምምነት በመቃወም ድምፅ ሰጠ። ",
}


def folded(text: str, shapes: bool = False) -> str:
    return "".join(map(chr, fold(text, shapes=shapes).characters.tolist()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Naïve Café", "naivecafe"),
        ("ﬁnal oﬃce", "finaloffice"),
        ("Straße Łódź Ærø", "strasselodzaero"),
        ("co\u00adop\u200berate\u2060d", "cooperated"),
        ("٣٤٥ ३४५ ３４５", "345345345"),
        ("Ёлка Йод", "елкаиод"),
        ("한국어", "한국어"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "fullwidth"),
        ("— … “ ” § \n\t", ""),
        ("\ud800x\U0001f600y", "xy"),
    ],
)
def test_folding(text: str, expected: str) -> None:
    assert folded(text) == expected


def test_offsets_point_at_the_characters_folded() -> None:
    text = "A ﬃx, é e\u0301!"
    result = fold(text)
    places = [(chr(c), o) for c, o in zip(result.characters.tolist(), result.offset.tolist(), strict=True)]
    assert places == [("a", 0), ("f", 2), ("f", 2), ("i", 2), ("x", 3), ("e", 6), ("e", 8)]
    assert result.word_start.tolist() == [True, True, False, False, False, True, True]


def test_look_alikes_are_one() -> None:
    assert folded("1OO 5ecret c|ause", shapes=True) == folded("l00 sccrct clause", shapes=True)
    assert folded("раураl", shapes=True) == folded("paypal", shapes=True)  # Cyrillic а, р, у


@pytest.mark.parametrize("script", SCRIPTS)
def test_fingerprints_do_not_depend_on_where_the_text_stands(script: str) -> None:
    text = SCRIPTS[script]
    alone = HASHER.fingerprints(text)
    embedded = HASHER.fingerprints("Prefix, пре. " + text + " suffix")
    assert len(alone) >= 3
    assert set(alone.hash.tolist()) <= set(embedded.hash.tolist())


@pytest.mark.parametrize("script", SCRIPTS)
def test_layout_accents_and_composition_change_nothing(script: str) -> None:
    text = SCRIPTS[script]
    other = unicodedata.normalize("NFD", text) if script != "korean" else text
    other = other.replace(" ", "\n  ").upper()
    assert HASHER.fingerprints(other).hash.tolist() == HASHER.fingerprints(text).hash.tolist()


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_has_words(script: str) -> None:
    tokens = HASHER.tokens(SCRIPTS[script])
    assert len(tokens) >= 8
    assert (tokens.end - tokens.offset >= 2).all()
    assert (np.diff(tokens.offset) > 0).all()


def test_one_in_four_is_kept() -> None:
    letters = np.random.default_rng(1).integers(ord("a"), ord("z") + 1, 200_000)
    marks = HASHER.fingerprints("".join(map(chr, letters.tolist())))
    assert len(marks) == pytest.approx(200_000 / SAMPLING, rel=0.02)
    assert len(np.unique(marks.hash >> np.uint64(28))) > 0.999 * len(marks)


def test_another_key_gives_other_hashes() -> None:
    text = SCRIPTS["latin"] * 3
    other = Hasher.of(bytes(32))
    assert not set(other.fingerprints(text).hash.tolist()) & set(HASHER.fingerprints(text).hash.tolist())
    assert not set(other.tokens(text).hash.tolist()) & set(HASHER.tokens(text).hash.tolist())


def test_long_texts_are_hashed_as_short_ones() -> None:
    """Blocks meet without loss: see the hasher's block length."""
    words = [f"word{n:x}q{n * 7919 % 104729:x}" for n in range(12_000)]
    tokens = HASHER.tokens(" ".join(words))
    assert len(tokens) == len(words)
    for at in (0, 2500, 6000, 11_999):
        assert tokens.hash[at] == HASHER.tokens(words[at]).hash[0]


def test_a_word_without_end_is_cut() -> None:
    tokens = HASHER.tokens("x" * 100_000)
    assert len(tokens) == 1
    assert tokens.hash[0] == HASHER.tokens("x" * 500).hash[0]


@pytest.mark.parametrize("text", ["", " ", "a", "…", "\u200b\u200b", "短"])
def test_short_texts_have_no_fingerprints(text: str) -> None:
    assert len(HASHER.fingerprints(text)) == 0
    assert len(HASHER.tokens(text)) == 0
