"""What a verb of saying reports: the clause, infinitive or object that it governs, and quotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fother.model.press import Span
from fother.press import cues
from fother.press.frame import Aside, Frame, with_marks
from fother.press.phrases import Range, clause, description, reporting, trimmed

if TYPE_CHECKING:
    from spacy.tokens import Token


def contents(frame: Frame, verb: Token, asides: list[Aside]) -> list[Span]:
    """The places of what a verb reports, in order; `asides` are the quotations that it reports."""
    lemma = verb.lemma_.lower()
    ranges: list[Range] = []
    described = description(verb)
    for child in verb.children:
        if frame.aside_of(child) or (described is not None and child.i == described.i):
            continue
        that = any(c.dep_ == "mark" and c.lower_ in ("that", "whether", "if") for c in child.children)
        if child.dep_ == "ccomp" or (child.dep_ in ("advcl", "acl", "dep") and that and _says_that(child)):
            ranges += [r for r in clause(child, verb) if _worth(frame, r)]
        elif child.tag_ == "VBG" and child.lemma_ in ("cite", "quote"):
            # "reported, citing two officials, that …"
            told = (c for c in child.children if c.dep_ in ("ccomp", "advcl") and _says_that(c))
            ranges += [r for c in told for r in clause(c, verb)]
        elif (child.dep_ == "xcomp" and lemma in cues.WITH_INFINITIVE) or (
            child.dep_ == "oprd" and lemma in ("call", "describe", "label", "dub")
        ):
            ranges += clause(child, verb)
        elif child.dep_ in ("dobj", "obj") and lemma in cues.WITH_OBJECT and child.i > verb.i:
            ranges.append(_object(frame, child, verb))
        elif child.dep_ == "prep" and lemma in ("accuse", "blame", "describe", "warn", "call", "appeal"):
            if child.lower_ in ("of", "for", "as", "against"):
                ranges += clause(child, verb)
            elif child.lower_ == "on" and lemma == "call":  # "calls on everyone to return it"
                last = max(
                    c.right_edge.i for c in verb.children if c.dep_ in ("prep", "xcomp", "advcl", "ccomp")
                )
                ranges += [(child.i + 1, last + 1)]
        elif child.dep_ == "prep" and (said := _said_through(child)) is not None:
            ranges += clause(said, verb)
        elif child.dep_ == "prep" and lemma == "agree" and child.lower_ == "with":
            ranges += clause(child, verb)
    if verb.dep_ in ("parataxis", "ccomp", "advcl") and not ranges and not asides:
        # "The file, he said, is genuine" with the clause on top.
        head = verb.head
        mark = any(c.dep_ == "mark" for c in verb.children)
        if head.pos_ in ("VERB", "AUX") and not mark and _between_commas(verb) and not frame.aside_of(head):
            ranges += clause(head, verb)
    spans = [frame.span(*r) for r in ranges if r[0] < r[1]]
    spans += [a.span for a in asides]
    return _joined(frame.text, [with_marks(frame, s) for s in spans])


def _said_through(prep: Token) -> Token | None:
    """The clause of "said in a post that …", which a parser hangs on the post."""
    vessel = next((c for c in prep.children if c.dep_ == "pobj"), None)
    if vessel is None or prep.lower_ not in ("in", "on", "at", "to", "with"):
        return None
    return next(
        (
            c
            for c in vessel.children
            if c.dep_ in ("acl", "relcl", "ccomp", "advcl")
            and any(
                g.lower_ == "that" and g.dep_ in ("mark", "nsubj", "dobj", "det") and g.i < c.i
                for g in c.children
            )
        ),
        None,
    )


def _says_that(child: Token) -> bool:
    return any(c.lower_ == "that" and c.dep_ == "mark" for c in child.children)


def _worth(frame: Frame, tokens: Range) -> bool:
    """A clause is more than a placeholder that stands in it."""
    return any(frame.aside_of(frame.doc[i]) is None and frame.doc[i].is_alpha for i in range(*tokens))


def _object(frame: Frame, head: Token, verb: Token) -> Range:
    """An object with what belongs to it: "the dossier as pure invention", "ministers over the lost files"."""
    right = head.right_edge.i + 1
    for child in verb.children:
        if child.dep_ == "prep" and child.lower_ in ("as", "over", "for") and child.left_edge.i == right:
            right = child.right_edge.i + 1
    return trimmed(frame.doc, (head.left_edge.i, right))


def _between_commas(verb: Token) -> bool:
    first, last = reporting(verb, verb.head)
    doc = verb.doc
    before = doc[first - 1].text if first else ""
    after = doc[last].text if last < len(doc) else "."
    return (before in (",", "—", "–", "”", '"') and after in (",", ".", "—", "–", ":", ";")) or after == "\n"


def _joined(text: str, spans: list[Span]) -> list[Span]:
    """In order, without overlaps; neighbours with nothing between them become one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        elif joined and text[joined[-1].end : span.start].strip() == "":
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined
