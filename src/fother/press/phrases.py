"""Phrases of a dependency parse: verbs and their subjects, where a noun phrase and a clause end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fother.press.cues import CARRIERS, PEOPLE, words_of

if TYPE_CHECKING:
    from spacy.tokens import Token

SUBJECTS = frozenset(("nsubj", "nsubjpass"))
_RELATIVE = frozenset(("who", "which", "that"))
_CUT_OFF = frozenset(("relcl", "acl", "ccomp", "parataxis", "advcl", "dep"))
_TRIMMED = ",;:—–-"
_SELVES = frozenset(
    (
        "himself",
        "herself",
        "itself",
        "themselves",
    )
)

Range = tuple[int, int]  #: tokens [first, last)


def subject_of(verb: Token) -> Token | None:
    """The head of the noun phrase that does what a verb says; also the one a clause shares or refers to."""
    seen = 0
    while seen < 5:
        seen += 1
        own = next((c for c in verb.children if c.dep_ in SUBJECTS), None)
        if own is not None:
            if own.lower_ in _RELATIVE and verb.dep_ in ("relcl", "acl", "ccomp") and own.i < verb.i:
                return _antecedent(verb)
            return own
        if verb.dep_ in ("relcl", "acl") and verb.head.pos_ in ("NOUN", "PROPN", "PRON"):
            return verb.head
        shares = verb.dep_ in ("conj", "advcl") or (
            verb.dep_ in ("xcomp", "pcomp") and verb.head.lemma_ in CARRIERS
        )
        if verb.dep_ == "pcomp" and verb.head.dep_ == "prep":
            verb = verb.head.head
            continue
        if not shares or verb.head.pos_ not in ("VERB", "AUX"):
            return None
        verb = verb.head
    return None


def _antecedent(verb: Token) -> Token | None:
    head = verb.head
    if head.pos_ not in ("NOUN", "PROPN", "PRON"):
        return None
    # "Tom Reed, a spokesman for the ministry, who added": the person, not the ministry.
    while head.dep_ in ("pobj", "appos") and head.ent_type_ != "PERSON":
        up = head.head.head if head.dep_ == "pobj" else head.head
        if up.pos_ not in ("NOUN", "PROPN") or up.i >= head.i:
            break
        if head.dep_ == "pobj" and not (head.i + 1 < len(head.doc) and up.lemma_.lower() in PEOPLE):
            break
        head = up
    return head


def noun_phrase(head: Token, *, around: Token | None = None) -> Range:
    """Tokens of a noun phrase with appositions, without loose clauses; `around` is a verb to stay out of."""
    first = head.left_edge.i
    last = head.i + 1
    for child in sorted((c for c in head.children if c.i > head.i), key=lambda c: c.i):
        edge = child.right_edge.i + 1
        if around is not None and child.left_edge.i <= around.i < edge:
            break
        if child.dep_ in _CUT_OFF and _loose(child):
            break
        if child.dep_ in ("ccomp", "parataxis", "dep"):
            break
        if child.dep_ == "punct":
            continue
        if child.lower_ in _SELVES:
            break
        if child.dep_ in ("prep", "npadvmod") and any(t.ent_type_ in ("DATE", "TIME") for t in child.subtree):
            break  # "the ministry on Friday denied"
        last = max(last, edge if child.dep_ != "appos" else noun_phrase(child, around=around)[1])
    if around is not None and first <= around.i < last:
        first, last = head.i, head.i + 1
        while first > 0 and head.doc[first - 1].head == head and head.doc[first - 1].i != around.i:
            first -= 1
    return trimmed(head.doc, (first, last))


def _loose(clause: Token) -> bool:
    """A clause after a comma, or one that itself reports speech."""
    before = clause.doc[clause.left_edge.i - 1] if clause.left_edge.i else None
    return before is not None and before.text in (",", "—", "–", ";", "(")


def trimmed(doc: object, tokens: Range) -> Range:
    """Without white space and commas at its ends."""
    first, last = tokens
    words = doc  # a Doc; indexing gives tokens
    while first < last and (words[first].is_space or words[first].text in _TRIMMED):  # type: ignore[index]
        first += 1
    while last > first and (words[last - 1].is_space or words[last - 1].text in _TRIMMED + "."):  # type: ignore[index]
        last -= 1
    return first, last


def clause(head: Token, cue: Token) -> list[Range]:
    """Tokens of a clause without the words that tell who says it, which may stand inside it."""
    left, right = head.left_edge.i, head.right_edge.i + 1
    outside = [(left, right)]
    if left <= cue.i < right:
        own_left, own_right = reporting(cue, head)
        outside = [(left, own_left), (own_right, right)]
    pieces = []
    for first, last in outside:
        last = _before_more_speech(head, first, last, cue)
        first, last = trimmed(head.doc, (first, last))
        if first < last and head.doc[first].lower_ == "that" and head.doc[first].dep_ in ("mark", "det"):
            first += 1
        if first < last:
            pieces.append((first, last))
    return pieces


def reporting(cue: Token, apart: Token) -> Range:
    """Tokens of a cue with its subject and adverbs: "the minister said on Monday"."""
    first = last = cue.i
    for child in cue.children:
        if child == apart or child.left_edge.i <= apart.i <= child.right_edge.i:
            continue
        if child.dep_ in ("nsubj", "nsubjpass", "aux", "neg", "advmod", "prep", "npadvmod", "dative", "dobj"):
            first = min(first, child.left_edge.i)
            last = max(last, child.right_edge.i)
    return first, last + 1


_MORE = words_of(
    """
    add say note cite warn insist explain stress tell urge call describe accord
    """
)


def _before_more_speech(head: Token, first: int, last: int, cue: Token) -> int:
    """Where a clause ends that a parser let run on into ", adding that …" or ", according to …"."""
    doc = head.doc
    for i in range(max(first, head.i) + 1, last):
        token = doc[i]
        if doc[i - 1].text not in (",", "—", "–") or token.i == cue.i:
            continue
        participle = token.tag_ == "VBG" and token.lemma_.lower() in _MORE
        adding = (
            token.lower_ in ("while", "and", "but")
            and i + 1 < last
            and (doc[i + 1].tag_ in ("VBG", "VBD") and doc[i + 1].lemma_.lower() in _MORE)
        )
        if participle or adding or (token.lower_ == "according" and i + 1 < last):
            return i - 1
    return last


def is_verb(token: Token) -> bool:
    """Whether a token is a verb, also where the parser has missed it."""
    if token.pos_ in ("VERB", "AUX"):
        return True
    # "said Holt" after a quotation is at times tagged as something else.
    return token.lower_ in ("said", "says", "added", "wrote", "asked")


def description(verb: Token) -> Token | None:
    """The participle of "a memo, marked Secret, says", which a parser takes for a clause of its own."""
    doc = verb.doc
    for child in verb.children:
        between = child.i < verb.i and doc[verb.i - 1].text == "," and doc[child.i - 1].text == ","
        if between and child.dep_ in ("ccomp", "advcl") and child.tag_ in ("VBN", "VBD"):
            return child
    return None


def quoting_verb(verb: Token) -> Token | None:
    """The verb "quoted" of "was quoted as saying"."""
    prep = verb.head
    if verb.dep_ == "pcomp" and prep.lower_ == "as" and prep.head.lemma_ in ("quote", "cite"):
        head: Token = prep.head
        return head
    return None
