"""What the words of a statement do to its stance: "the file is a forgery" denies, "no comment" declines.

A verb such as "said" is neutral; then the words decide. A verb that carries a stance itself keeps it.
"""

from __future__ import annotations

import re

from fother.model.press import Stance

_THINGS = (
    r"(?:documents?|files?|memos?|memorandum|reports?|papers?|cables?|dossiers?|slides?|claims?|allegations?|"
    r"stor(?:y|ies)|leaks?|material|pages?|letters?|e-?mails?|accounts?|it|this|that|they|these|those|text|"
    r"quotes?|minutes|transcripts?|recordings?|assertions?|accusations?|rumou?rs?|excerpts?|figures?|annex)"
)
_BE = r"(?:is|are|was|were|'s|’s|'re|’re|be|been)"
_DOUBT = re.compile(
    r"\b(?:fabricat\w+|forger(?:y|ies)|forged|doctored|fak(?:e|ed|es)|bogus|hoax|invented|concocted|"
    r"disinformation|baseless|unfounded|groundless|untrue|fiction|nonsense|falsehoods?|lies?|rubbish|"
    r"without (?:any )?foundation|made up|pure invention|slander)\b"
    r"|\b(?:is|are|was|were|entirely|completely|utterly|wholly|totally|simply|patently|categorically)\s+false\b"
    r"|\bfalse (?:claims?|reports?|allegations?|accusations?|stor)"
    r"|\bno (?:truth|substance|basis|such|part|role|involvement)\b|\bnot (?:true|genuine|authentic"
    r"|ours|real)\b"
    r"|n['’]t (?:true|genuine|authentic|ours|real)\b|\bnever (?:existed|happened|took place|wrote"
    r"|said|saw|seen|heard|"
    r"asked|ordered|signed|met|made|sent|agreed|discussed|received|approved|instructed|planned)\b"
    r"|\bhad nothing to do with\b|\bhas nothing to do with\b|\bhave nothing to do with\b"
    r"|\bdid not (?:write|send|order|approve|sign|take part|happen|originate|come from|ask|instruct|plan|"
    r"encourage|authori[sz]e|leak)\b|\bdidn['’]t (?:write|send|order|approve|sign|happen|leak)\b"
    r"|\bdoes not (?:exist|reflect|come from|originate)\b|\bdo not (?:exist|reflect|come from|originate)\b"
    r"|\bno one (?:here |at the ministry )?(?:wrote|ordered|asked|approved)\b",
    re.I,
)
_AFFIRM = re.compile(
    rf"\b{_THINGS}\s+(?:[\w’'-]+\s+){{0,8}}?"
    rf"(?:{_BE}|appears? to be|appeared to be|seems? to be|looks?|looked)\s+"
    rf"(?:\w+\s+)?(?:genuine|authentic|real|ours|accurate|legitimate)\b"
    rf"|\b{_THINGS} (?:\w+ )?(?:came|comes|originated|had come) from (?:the|its|his|her|our)\b"
    rf"|\bauthenticity (?:of .{{0,60}} )?(?:{_BE}) (?:not in doubt|beyond doubt)\b",
    re.I,
)
_REFUSE = re.compile(
    r"\bno comment\b|\b(?:can ?not|can['’]t|will not|won['’]t|do not|don['’]t|would not|does not"
    r"|could not|couldn['’]t|"
    r"not able to|unable to|not going to|not in a position to|inappropriate to|not (?:be )?appropriate to|"
    r"premature to)\s+(?:\w+\s+)?(?:comment|discuss|speculate|go into|get into|be drawn|discussing|elaborate)"
    r"|\bnever (?:comments?|discusses|discuss) (?:on )?\w"
    r"|\bneither confirm(?:s|ed|ing)? (?:n?or)\b|\b(?:not|n['’]t) confirm (?:n?or|and) deny\b"
    r"|\bneither confirm nor deny\b|\bnothing to (?:say|add)\b|\bno (?:further )?comment\b"
    r"|\bwould neither confirm nor deny\b",
    re.I,
)
_INQUIRE = re.compile(
    r"\b(?:will|shall|is|are|was|were|would|'ll|’ll|'re|’re|has|have|had)\s+(?:\w+\s+){0,3}?"
    r"(?:investigat(?:e|es|ing|ed)|look(?:ing)? into|review(?:ing)?|examin(?:e|ing)|get to the bottom|"
    r"find out|hold .{0,40}(?:account|responsible)|prosecut(?:e|ing)|publish|"
    r"launched an? (?:\w+ )?(?:inquiry|enquiry|investigation|probe|review)|"
    r"opened an? (?:\w+ )?(?:inquiry|enquiry|investigation|probe|review))\b"
    r"|\b(?:an?|the) (?:\w+ )?(?:inquiry|enquiry|investigation|review) (?:is|was|had been|has been) "
    r"(?:under ?way|opened|launched|ordered)\b|\bwill be (?:investigated|prosecuted|held)\b",
    re.I,
)
_CALM = re.compile(
    r"\b(?:ironclad|rock[- ]solid|unshak(?:e)?able|unwavering)\b"
    r"|\bremains? (?:\w+ )?(?:strong|firm|unchanged|secure|safe|intact|solid|close|committed|unaffected|"
    r"steadfast|as strong)\b|\bremained (?:\w+ )?(?:strong|firm|unchanged|secure|safe|intact|unaffected)\b"
    r"|\bnothing (?:has|had) changed\b|\bno (?:reason to|need to|cause for) (?:worry|concern|alarm"
    r"|panic|fear)\b"
    r"|\b(?:rest|be) assured\b|\bnothing to fear\b|\bno (?:risk|danger|threat) to\b"
    r"|\bnot (?:been )?(?:compromised|affected|at risk|in danger|harmed|damaged)\b"
    r"|\b(?:is|are|was|were) safe\b|\b(?:want|wants|like|wish|wishes) to (?:re)?assure\b",
    re.I,
)
_RULES: tuple[tuple[re.Pattern[str], Stance], ...] = (
    (_REFUSE, "decline"),
    (_DOUBT, "deny"),
    (_AFFIRM, "confirm"),
    (_CALM, "reassure"),
    (_INQUIRE, "promise"),
)
_CALLED = re.compile(r"(?:as )?(?:completely |wholly |entirely )?(?:genuine|authentic|real|accurate)\b", re.I)
_NEUTRAL = frozenset(("assert",))
#: "Denied that the file was a forgery" is told by the verb; "declined" and the others too.


def stance_of(base: Stance, words: str, cue: str) -> tuple[Stance, bool]:
    """The stance of a statement and whether its words, not its verb, decided it."""
    if base == "confirm" and re.search(r"\b(?:acknowledg|admit|conced)", cue) and _DOUBT.search(words):
        return "confirm", False
    if base not in _NEUTRAL:
        return base, False
    words = re.sub(r"[“”\"‘«»]", "", words)
    if re.search(r"\b(?:call|describ|label|dub)", cue) and _CALLED.match(words):
        return "confirm", True
    for pattern, stance in _RULES:
        found = pattern.search(words)
        if found is not None and not _undone(words, found, stance):
            return stance, True
    return base, False


def _undone(words: str, found: re.Match[str], stance: Stance) -> bool:
    """Whether a negation, a condition or a question before the finding takes it back."""
    before = words[max(0, found.start() - 40) : found.start()].lower()
    inside = found.group().lower()
    if re.search(r"\b(?:whether|if|unclear|could not verify|unable to verify)\b", before + inside):
        return stance in ("deny", "confirm")
    doubt_word = stance == "deny" and re.match(
        r"(?:fabricat|forge|doctor|fak|bogus|hoax|invent|lie|false|base)", inside
    )
    if doubt_word:
        return re.search(r"\b(?:not|no|n't|n’t|nothing|no evidence|never)\b[^.,;]{0,30}$", before) is not None
    if stance == "confirm":
        return re.search(r"\b(?:not|n['’]t|never|no evidence)\b", before[-20:] + inside) is not None
    return False
