"""One wire story in several outlets is one group; two reports of one event are not."""

from __future__ import annotations

from gold_set import gold

from fother.press.alike import likeness, most_alike, runs

STORY = (
    "Norland's government on Wednesday denied that a leaked memo about its grain reserve was genuine. The "
    "prime minister told reporters that the paper was a forgery and that nobody had discussed a sale. "
    "The embassy of Sund did not respond to a request for comment before the evening."
)
CUT = "MEMO DENIED. " + STORY.rsplit(". ", 1)[0].replace("on Wednesday ", "")
OTHER = (
    "The prime minister of Norland said on Wednesday that a memo on the grain reserve was forged. Nobody had "
    "discussed a sale, she told journalists in Helm, where farmers gathered for a second day of protests."
)


def test_a_cut_and_retitled_story_is_the_same() -> None:
    assert most_alike(CUT, {"a": OTHER, "b": STORY}) == ("b", likeness(runs(CUT), runs(STORY)))


def test_another_account_of_the_same_event_is_not() -> None:
    assert most_alike(OTHER, {"a": STORY, "b": CUT}) is None


def test_short_texts_must_be_the_same() -> None:
    assert most_alike("No comment.", {"a": "No comment."}) == ("a", 1.0)
    assert most_alike("No comment today.", {"a": "No comment."}) is None


def test_no_two_of_the_gold_set_are_alike() -> None:
    texts = {r.id: r.text for r in gold()}
    for key, text in texts.items():
        assert most_alike(text, {k: t for k, t in texts.items() if k != key}) is None
