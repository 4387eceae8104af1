"""A draft against the rules and all that is known: pure, no registry, no files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fother.language.terms import Term, dates, figures, persons
from fother.respond.guard.contradict import contradictions
from fother.respond.guard.model import Context, Finding, Guarded, Rules, Stance

_REPEATED = 6  #: words in a row that the draft shares with a leak
_WORD = re.compile(r"\w+")


def guard(draft: str, rules: Rules, context: Context) -> Guarded:
    """Everything in a draft that a rule objects to, in the order of the draft."""
    stated = list(_wordings(draft, rules))
    found = [finding for _, finding in stated]
    positions: list[tuple[Stance, Term]] = [
        (stance, Term(f.start, f.end, f.text, f.text)) for stance, f in stated if stance
    ]
    found += _markings(rules, context)
    found += _overlaps(draft, rules, context)
    found += _leaked(draft, rules, context.leaks or {})
    found += _names(draft, rules, context)
    found += contradictions(
        draft, positions, context, rules.rule("contradicts-facts"), rules.rule("contradicts-statement")
    )
    unique = {(f.rule, f.start, f.end, f.source): f for f in found}
    ordered = tuple(sorted(unique.values(), key=lambda f: (f.start, f.weight != "stop", f.rule)))
    verdict = "clear" if not ordered else "stop" if any(f.weight == "stop" for f in ordered) else "look"
    return Guarded(ordered, verdict, rules.standard, _checked(rules, context))  # type: ignore[arg-type]


def _wordings(draft: str, rules: Rules) -> Iterator[tuple[Stance, Finding]]:
    exempt = [m.span() for pattern in rules.exempt for m in pattern.finditer(draft)]
    for rule in rules.rules:
        taken: list[tuple[int, int]] = []
        for pattern in rule.patterns:
            for m in pattern.finditer(draft):
                inside = any(s <= m.start() and m.end() <= e for s, e in exempt)
                touches = any(s <= m.start() < e for s, e in exempt)
                if inside or touches or any(s < m.end() and m.start() < e for s, e in taken):
                    continue
                taken.append(m.span())
                yield (
                    rule.stance,
                    Finding(rule.id, rule.weight, m.start(), m.end(), m[0], rule.reason, rule.advice),
                )


def _found(
    rules: Rules, name: str, start: int, end: int, text: str, more: str = "", source: str = ""
) -> Iterator[Finding]:
    rule = rules.rule(name)
    if rule is not None:
        reason = f"{rule.reason} {more}".strip()
        yield Finding(rule.id, rule.weight, start, end, text, reason, rule.advice, source)


def _markings(rules: Rules, context: Context) -> Iterator[Finding]:
    for m in context.markings:
        if not m.heading:
            yield from _found(rules, "states-marking", m.start, m.end, m.text)
        elif not m.public:
            yield from _found(rules, "draft-is-marked", m.start, m.end, m.text)


def _overlaps(draft: str, rules: Rules, context: Context) -> Iterator[Finding]:
    for o in context.overlaps:
        more = f"{o.title} ({o.document}), likeness {o.similarity:.0%}."
        yield from _found(
            rules, "discloses-passage", o.start, o.end, draft[o.start : o.end], more, o.document
        )


def _leaked(draft: str, rules: Rules, leaks: Mapping[str, str]) -> Iterator[Finding]:
    """Figures, dates and runs of words that the draft shares with a leaked text."""
    for source, text in leaks.items():
        for name, read in (("discloses-number", figures), ("discloses-date", dates)):
            known = {term.value for term in read(text)}
            for term in read(draft):
                if term.value in known:
                    yield from _found(rules, name, term.start, term.end, term.text, source=source)
        for start, end in _runs(draft, text):
            yield from _found(rules, "repeats-leak", start, end, draft[start:end], source=source)


def _runs(draft: str, text: str) -> Iterator[tuple[int, int]]:
    """Longest stretches of at least `_REPEATED` words of the draft that stand in the text."""
    words = [(m.start(), m.end(), m[0].casefold()) for m in _WORD.finditer(draft)]
    theirs = [m[0].casefold() for m in _WORD.finditer(text)]
    grams = {tuple(theirs[n : n + _REPEATED]) for n in range(len(theirs) - _REPEATED + 1)}
    begin = None
    for n in range(len(words) - _REPEATED + 2):
        hit = n + _REPEATED <= len(words) and tuple(w[2] for w in words[n : n + _REPEATED]) in grams
        if hit and begin is None:
            begin = n
        elif not hit and begin is not None:
            yield words[begin][0], words[n + _REPEATED - 2][1]
            begin = None


def _names(draft: str, rules: Rules, context: Context) -> Iterator[Finding]:
    allowed = {name.casefold() for name in rules.allowed}
    known: list[Term] = []
    for name in context.persons:
        for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", draft, re.IGNORECASE):
            known.append(Term(m.start(), m.end(), m[0], name))
    for term in known:
        if term.value.casefold() not in allowed:
            yield from _found(rules, "names-party", term.start, term.end, term.text)
    for term in persons(draft):
        inside = any(k.start < term.end and term.start < k.end for k in known)
        if term.value.casefold() not in allowed and not inside:
            yield from _found(rules, "names-person", term.start, term.end, term.text)


def _checked(rules: Rules, context: Context) -> tuple[str, ...]:
    """What the draft was compared with, so that nobody takes silence for more than it is."""
    return (
        _counted(len(rules.rules), "rule"),
        _counted(len(context.leaks or {}), "leaked text"),
        _counted(len(context.earlier), "earlier statement"),
        _counted(sum(fact.status != "unverified" for fact in context.facts), "established fact"),
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
