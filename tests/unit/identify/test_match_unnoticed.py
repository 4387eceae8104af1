"""How probable it is that a leak of registered text goes unnoticed: monotone, between never and always."""

from __future__ import annotations

import pytest

from fother.identify.unnoticed import LETTERS, WRONG, log10_unnoticed, worth, wrong_share

SENTENCES = (
    "The harbour office closed the eastern gate at noon because the cranes had to be inspected again. "
    "Several captains complained in writing and asked who would pay for the delay of their cargo. "
)


def test_longer_text_goes_unnoticed_less() -> None:
    words = SENTENCES.split()
    values = [log10_unnoticed(" ".join(words[:count])) for count in range(len(words) + 1)]
    assert values == sorted(values, reverse=True)
    assert values[0] == 0.0
    assert values[-1] < -1.5


def test_misread_text_goes_unnoticed_more() -> None:
    misread = " ".join(w[:2] + "1" + w[2:] if n % 4 == 0 else w for n, w in enumerate(SENTENCES.split()))
    ruined = " ".join("".join(f"{c}7" for c in word) for word in SENTENCES.split())
    assert log10_unnoticed(SENTENCES) <= log10_unnoticed(misread) <= log10_unnoticed(ruined) == 0.0
    assert wrong_share(SENTENCES) < wrong_share(misread) < wrong_share(ruined)


def test_recognised_text_is_never_taken_to_be_without_errors() -> None:
    assert wrong_share(SENTENCES) == 0.0
    assert wrong_share(SENTENCES, recognised=True) > 0.0
    assert log10_unnoticed(SENTENCES) <= log10_unnoticed(SENTENCES, recognised=True) < 0.0


def test_nothing_is_known_of_empty_text() -> None:
    assert log10_unnoticed("") == log10_unnoticed("?! 7 …") == 0.0


@pytest.mark.parametrize(
    "text", ["洪水过后三根桥墩出现裂缝，因此大桥在黎明时分关闭。", "Мост закрыли на рассвете."]
)
def test_every_script_has_a_worth(text: str) -> None:
    assert worth(text) > 10
    assert log10_unnoticed(" ".join([text] * 9)) < 0.0


def test_the_table_covers_its_ranges() -> None:
    assert list(LETTERS) == sorted(LETTERS)
    assert WRONG[0] == 0.0
    for letters, words in zip(LETTERS[1:], LETTERS, strict=False):
        assert letters > words
