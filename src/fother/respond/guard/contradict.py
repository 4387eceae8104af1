"""Whether a draft fits what was said before and what was established."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from fother.language.terms import Term, figures, sentences
from fother.respond.guard.concerned import concerned
from fother.respond.guard.model import Context, Earlier, Fact, Finding, Rule, Stance

_NOT = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|deny|denies|denied|false)\b|n't\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset(
    [
        "the",
        "and",
        "that",
        "this",
        "with",
        "from",
        "have",
        "has",
        "had",
        "was",
        "were",
        "are",
        "been",
        "will",
        "would",
        "could",
        "should",
        "their",
    ]
) | frozenset(
    [
        "which",
        "who",
        "our",
        "they",
        "them",
        "than",
        "then",
        "into",
        "over",
        "under",
        "more",
        "most",
        "some",
        "any",
        "all",
        "its",
        "his",
        "her",
    ]
)
_ALIKE = 85.0  #: of 100, likeness of two sentences without their negations
_SHARED = 0.6  #: share of words that two sentences with unlike figures have in common


def contradictions(
    draft: str,
    stated: Sequence[tuple[Stance, Term]],
    context: Context,
    facts: Rule | None,
    earlier: Rule | None,
) -> Iterator[Finding]:
    """Places that do not fit facts or earlier statements. `stated` are the places that confirm or deny."""
    if facts is not None:
        yield from _against_facts(draft, stated, context, facts)
    if earlier is not None:
        for one in context.earlier:
            yield from _against_stance(stated, one, earlier)
            yield from _against_words(draft, one, earlier)


def _against_facts(
    draft: str, stated: Sequence[tuple[Stance, Term]], context: Context, rule: Rule
) -> Iterator[Finding]:
    """Only the document that the draft speaks of counts; where that cannot be told, it is said once."""
    titles = [overlap.title for overlap in context.overlaps]
    untold = True
    for stance, place in stated:
        spoken = concerned(draft, place.start, context.facts, titles)
        against = _contradicted(stance, spoken or context.facts)
        if spoken:
            for told, source in against:
                yield _finding(rule, place, f"{rule.reason} {told}.", source)
        elif against and untold:
            untold = False
            told = "; ".join(told for told, _ in against)
            more = "Which document it speaks of cannot be told; of those of the case,"
            yield _finding(rule, place, f"{rule.reason} {more} {told}.", "")


def _contradicted(stance: Stance, facts: Sequence[Fact]) -> list[tuple[str, str]]:
    """What was found that such a stance does not fit, with its source; a title with one finding once."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for fact in facts:
        if stance == "denies" and fact.status in ("genuine", "altered", "mixed"):
            shown = "genuine" if fact.status == "genuine" else f"{fact.status}, but in part genuine"
        elif stance == "confirms" and fact.status in ("altered", "mixed", "not-ours"):
            shown = fact.status
        else:
            continue
        told = f"{fact.title} ({fact.source}) was found {shown}"
        found.setdefault((fact.title.casefold(), shown), (told, fact.source))
    return list(found.values())


def _against_stance(stated: Sequence[tuple[Stance, Term]], one: Earlier, rule: Rule) -> Iterator[Finding]:
    for stance, place in stated:
        if one.stance and stance and one.stance != stance:
            yield _finding(
                rule, place, f"{rule.reason} {one.source} {one.stance} it, this {stance} it.", one.source
            )


def _against_words(draft: str, one: Earlier, rule: Rule) -> Iterator[Finding]:
    """The same sentence with and without a negation, or with another figure."""
    before = sentences(one.text)
    for now in sentences(draft):
        for then in before:
            if _flipped(now.text, then.text):
                yield _finding(
                    rule, now, f"{rule.reason} {one.source} says: “{_short(then.text)}”.", one.source
                )
                break
            change = _other_figure(now.text, then.text)
            if change:
                reason = f"{rule.reason} {one.source} says {change[1]}, this says {change[0]}."
                yield _finding(rule, now, reason, one.source)
                break


def _flipped(now: str, then: str) -> bool:
    if bool(_NOT.search(now)) == bool(_NOT.search(then)):
        return False
    plain = [
        " ".join(_NOT.sub(" ", re.sub(r"\b(?:do|does|did)\b", " ", text.lower())).split())
        for text in (now, then)
    ]
    return min(map(len, plain)) > 15 and fuzz.token_sort_ratio(*plain) >= _ALIKE


def _other_figure(now: str, then: str) -> tuple[str, str] | None:
    """The figures of two sentences about the same, when each has one and they differ."""
    mine, theirs = figures(now), figures(then)
    if len(mine) != 1 or len(theirs) != 1 or mine[0].value == theirs[0].value:
        return None
    words = [{w.lower() for w in _WORD.findall(text)} - _COMMON for text in (now, then)]
    shared = len(words[0] & words[1]) / max(1, min(map(len, words)))
    return (mine[0].text, theirs[0].text) if shared >= _SHARED and len(words[0] & words[1]) >= 2 else None


def _short(text: str) -> str:
    return text if len(text) <= 100 else text[:99] + "…"


def _finding(rule: Rule, place: Term, reason: str, source: str) -> Finding:
    return Finding(rule.id, rule.weight, place.start, place.end, place.text, reason, rule.advice, source)
