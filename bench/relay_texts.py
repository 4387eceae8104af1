"""Running English text for mails of benches: sentences of this project's own documentation."""

from __future__ import annotations

import re
import textwrap
from functools import cache
from pathlib import Path

_DOCS = Path(__file__).resolve().parents[1] / "docs"
_PAGES = ("threat-model.md", "explanation/registry.md", "explanation/sealing.md", "explanation/log.md")


@cache
def _sentences() -> tuple[str, ...]:
    text = " ".join((_DOCS / page).read_text("utf-8") for page in _PAGES)
    plain = " ".join(re.sub(r"[`*\[\]()#|_/]", " ", text).split())
    found = re.split(r"(?<=\.) ", plain)
    return tuple(dict.fromkeys(s for s in found if 40 < len(s) < 300 and "::" not in s and ".md" not in s))


def body(words: int, start: int = 0) -> str:
    """A text of at least so many words, in lines; another `start` gives another one."""
    sentences = _sentences()
    taken: list[str] = []
    for k in range(len(sentences)):
        if sum(len(s.split()) for s in taken) >= words:
            break
        taken.append(sentences[(start + k) % len(sentences)])
    return "\r\n".join(textwrap.wrap(" ".join(taken), 72)) + "\r\n"
