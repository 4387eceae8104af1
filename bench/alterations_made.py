"""Texts for bench/alterations.py, rules that alter them, and rules that only disfigure them."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import pypdfium2 as pdfium

HERE = Path(__file__).parent
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
NAMES = [
    "Hartmann",
    "Okafor",
    "Lindqvist",
    "Moreau",
    "Tanaka",
    "Castellano",
    "Novak",
    "Whitfield",
    "Ferreira",
    "Dvorak",
    "Karsk",
    "Belmont",
    "Ostrava",
    "Marlow",
    "Brandt",
    "Kowalski",
]
SENTENCES = (
    "The source added that payments were made through an account abroad.",
    "Two further shipments arrived at the depot during the night.",
    "This was confirmed by a member of the delegation on Tuesday.",
    "No such authority had been given by the department.",
    "The second group left the building before the search began.",
)
OPPOSITE = {
    "increase": "decrease",
    "increased": "decreased",
    "more": "less",
    "before": "after",
    "north": "south",
    "military": "civilian",
    "approved": "rejected",
    "above": "below",
    "true": "false",
    "higher": "lower",
    "agreed": "refused",
    "after": "before",
    "larger": "smaller",
    "east": "west",
    "first": "last",
    "killed": "wounded",
    "public": "secret",
    "maximum": "minimum",
    "include": "exclude",
}
HEDGES = {
    "may": "will",
    "might": "will",
    "could": "will",
    "should": "must",
    "probably": "certainly",
    "will": "may",
    "possibly": "definitely",
    "must": "may",
    "would": "will",
    "likely": "certain",
}
SHAPES = {
    "o": "0ce",
    "0": "O",
    "l": "1I",
    "1": "lI",
    "i": "l1",
    "e": "c",
    "c": "e",
    "a": "o",
    "n": "u",
    "u": "n",
    "m": "rn",
    "h": "b",
    "b": "h",
    "s": "5",
    "S": "5",
    "5": "S",
    "B": "8",
    "8": "B",
    "g": "9q",
    "t": "f",
    "f": "t",
    "v": "y",
    "r": "t",
    "d": "cl",
    "w": "vv",
    "I": "l",
    "O": "0",
    "6": "b",
    "2": "Z",
    "3": "8",
    "9": "g",
    "7": "1",
    "4": "1",
}


@dataclass(frozen=True)
class Edit:
    """Replace start…end of the document by `text`; `kind` None for a harmless edit."""

    start: int
    end: int
    text: str
    kind: str | None
    extra: tuple[int, int] | None = None  #: the other place of a moved sentence


# ---- texts


def windows(files: list[Path], rng: random.Random, count: int, words: int = 250) -> list[str]:
    """Stretches of running text, half from PDFs, half from text files."""
    pools: list[list[str]] = [[], []]
    for path in sorted((HERE / "corpus").glob("*.pdf")):
        try:
            pdf = pdfium.PdfDocument(path)
            for number in range(min(len(pdf), 12)):
                pools[0] += prose(pdf[number].get_textpage().get_text_bounded().replace("\r\n", "\n"), words)
        except pdfium.PdfiumError:
            continue
    for file in files:
        with file.open() as lines:
            for line in islice(lines, 6000):
                entry = json.loads(line)
                if entry["kind"] == "record" and len(entry["text"]) < 400_000:
                    pools[1] += prose(entry["text"], words)[:3]
    result: list[str] = []
    for pool in pools:
        rng.shuffle(pool)
    while len(result) < count and any(pools):
        for pool in pools:
            if pool:
                result.append(pool.pop())
    return result[:count]


def prose(text: str, words: int) -> list[str]:
    """Windows that read as sentences: mostly plain words, some full stops."""
    places = [match.span() for match in re.finditer(r"\S+", text)]
    result = []
    for start in range(0, len(places) - words, words):
        part = text[places[start][0] : places[start + words - 1][1]]
        tokens = part.split()
        plain = sum(bool(re.fullmatch(r"[(\"“]?[A-Za-z]{1,16}[.,;:)\"”]*", token)) for token in tokens)
        short = sum(
            token.lower() in ("the", "of", "and", "to", "in", "a", "is", "that", "for") for token in tokens
        )
        if plain > 0.8 * words and short > 0.18 * words and 6 <= len(re.findall(r"\.\s", part)) < 40:
            result.append(part)
    return result


def marked(text: str, rng: random.Random) -> str:
    """Portion markings before some sentences, a banner above."""
    portions = ["(S//NF) ", "(C) ", "(U) ", "(TS//SI//NF) ", "(C//REL TO USA, FVEY) "]
    starts = [0, *(m.end() for m in re.finditer(r"[.!?]\s+(?=[A-Z])", text))]
    for place in sorted(rng.sample(starts, min(3, len(starts))), reverse=True):
        text = text[:place] + rng.choice(portions) + text[place:]
    return (
        rng.choice(["SECRET//NOFORN", "TOP SECRET//SI//NOFORN", "NATO RESTRICTED", "OFFICIAL-SENSITIVE"])
        + "\n\n"
        + text
    )


# ---- alterations


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Sentences with 6…40 words, with the white space after them."""
    starts = [m.end() for m in re.finditer(r"[a-z]{2}[.!?]\s+(?=[A-Z][a-z ])", text)]
    return [(a, b) for a, b in pairwise(starts) if 6 <= len(text[a:b].split()) <= 40]


def edits_of(kind: str, text: str, rng: random.Random) -> Edit | None:
    """One random alteration of a kind; None where the text offers no place."""

    def pick(pattern: str, flags: int = 0) -> re.Match[str] | None:
        found = [m for m in re.finditer(pattern, text, flags) if 30 < m.start() < len(text) - 40]
        return rng.choice(found) if found else None

    months = "|".join(MONTHS)
    if kind == "number":
        m = pick(rf"(?<=[a-z] )(?<!(?:{months[:0]}))\$?\d[\d,]*(?:\.\d+)?(?= [a-z]{{3}})")
        if m is None or re.search(rf"(?:{months}|section|figure|chapter|table)\s*$", text[: m.start()], re.I):
            return None
        digits = [c for c in m.group() if c.isdigit()]
        for _ in range(20):
            new = digits.copy()
            if len(new) == 1 or rng.random() < 0.4:
                new[rng.randrange(len(new))] = rng.choice("123456789")
            else:
                rng.shuffle(new)
            if new != digits and new[0] != "0":
                parts = iter(new)
                value = "".join(next(parts) if c.isdigit() else c for c in m.group())
                return Edit(m.start(), m.end(), value, "number")
        return None
    if kind == "magnitude":
        m = pick(
            r"\b(million|billion|thousand|hundred|dozen|two|three|four|five|six|seven|eight)\b(?= [a-z])"
        )
        others = {"million": "billion", "billion": "million", "thousand": "million", "hundred": "thousand",
                  "dozen": "hundred", "two": "three", "three": "five", "four": "nine"}  # fmt: skip
        return Edit(m.start(), m.end(), others.get(m.group(), "two"), "number") if m else None
    if kind == "date":
        m = pick(
            rf"\b(\d{{1,2}}) ({months}) (\d{{4}})\b|\b({months}) (\d{{1,2}}), (\d{{4}})\b"
            rf"|\b({months}) (\d{{4}})\b"
        )
        if not m:
            return None
        month = rng.choice([name for name in MONTHS if name not in m.group()])
        year = re.search(r"\d{4}", m.group())
        assert year is not None
        other = str(int(year.group()) + rng.choice([-2, -1, 1, 2, 10]))
        new = re.sub(months, month, m.group())
        if rng.random() < 0.5:
            new = m.group().replace(year.group(), other)
        return Edit(m.start(), m.end(), new, "date")
    if kind == "name":
        found = [
            m for m in re.finditer(r"(?<=[a-z] )[A-Z][a-z]{3,}(?=[ ,.;])", text)
            if not re.search(rf"\b{m.group().lower()}\b", text) and m.group() not in MONTHS
            and not m.group().endswith("day") and 30 < m.start() < len(text) - 40
        ]  # fmt: skip
        if not found:
            return None
        m = rng.choice(found)
        return Edit(m.start(), m.end(), rng.choice([n for n in NAMES if n != m.group()]), "name")
    if kind == "negation removed":
        m = pick(r"(?<=[a-z] )(?:not|never) (?=[a-z])")
        return Edit(m.start(), m.end(), "", "negation") if m else None
    if kind == "negation added":
        m = pick(
            r"\b(?:is|was|are|were|has|had|will|would|could|should|did|can|be)(?= (?!not|no|never)[a-z]{3})"
        )
        return Edit(m.end(), m.end(), " not", "negation") if m else None
    if kind == "marking removed":
        m = pick(r"\((?:S//NF|C|U|TS//SI//NF|C//REL TO USA, FVEY)\) ")
        return Edit(m.start(), m.end(), "", "marking") if m else None
    if kind == "marking lowered":
        m = pick(r"\((?:S//NF|TS//SI//NF|C//REL TO USA, FVEY)\)")
        return Edit(m.start(), m.end(), "(U)", "marking") if m else None
    if kind == "certainty":
        m = pick(r"(?<=[a-z] )(?:" + "|".join(HEDGES) + r")(?= [a-z])")
        return Edit(m.start(), m.end(), HEDGES[m.group()], "certainty") if m else None
    if kind == "reversal":
        m = pick(r"(?<=[a-z] )(?:" + "|".join(OPPOSITE) + r")(?= [a-z])")
        return Edit(m.start(), m.end(), OPPOSITE[m.group()], "wording") if m else None
    spans = [span for span in sentence_spans(text) if span[0] > 30 and span[1] < len(text) - 60]
    if not spans:
        return None
    start, end = rng.choice(spans)
    if kind == "insertion":
        return Edit(start, start, rng.choice(SENTENCES) + " ", "insertion")
    if kind == "deletion":
        return Edit(start, end, "", "deletion")
    far = [span for span in spans if span[0] > end + 80 or span[1] < start - 80]
    if kind == "order" and far:
        return Edit(start, end, "", "order", rng.choice(far))
    return None


GENERATED = ("number", "magnitude", "date", "name", "negation removed", "negation added", "marking removed",
             "marking lowered", "certainty", "reversal", "insertion", "deletion", "order")  # fmt: skip


def altered(text: str, rng: random.Random, wanted: Counter[str], most: int = 3) -> tuple[str, list[Edit]]:
    """A text with up to `most` alterations apart from one another, the rarest kinds first."""
    edits: list[Edit] = []
    taken: list[tuple[int, int]] = []
    for kind in sorted(GENERATED, key=lambda kind: (wanted[kind], rng.random())):
        if len(edits) >= most:
            break
        edit = edits_of(kind, text, rng)
        if edit is None:
            continue
        places = [(edit.start, edit.end)] + ([(edit.extra[0], edit.extra[0])] if edit.extra else [])
        if any(a - 60 < y and x < b + 60 for x, y in places for a, b in taken):
            continue
        edits.append(edit)
        taken += places
        wanted[kind] += 1
    return applied(text, edits), edits


def applied(text: str, edits: list[Edit]) -> str:
    pieces = [(edit.start, edit.end, edit.text) for edit in edits]
    pieces += [(e.extra[0], e.extra[0], text[e.start : e.end].rstrip() + " ") for e in edits if e.extra]
    for start, end, new in sorted(pieces, reverse=True):
        text = text[:start] + new + text[end:]
    return text


# ---- faithful variants


def noisy(text: str, rate: float, rng: random.Random) -> str:
    """Synthetic noise of recognition, see the module's docstring."""
    result = []
    for c in text:
        x = rng.random()
        if c == " " and x < rate / 3:
            continue
        if c.isspace() or x >= rate:
            result.append(c + (" " if c.isalpha() and rng.random() < rate / 60 else ""))
            continue
        how = rng.random()
        if how < 0.6 and c in SHAPES:
            options = SHAPES[c]
            result.append(options if c in "mdw" else rng.choice(options))
        elif how < 0.75:
            continue
        elif how < 0.85:
            result.append(c + c)
        else:
            result.append(rng.choice("abcdefghijklmnopqrstuvwxyz.,'"))
    return "".join(result)


def reshaped(text: str, rng: random.Random) -> str:
    """Other line ends, hyphenation, quotes, dashes, ligatures, spaces, soft hyphens, page furniture."""
    words = text.split()
    width = rng.randint(45, 100)
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) + 1 > width:
            cut = len(word) // 2
            if word.isalpha() and cut >= 3 and rng.random() < 0.5:
                lines.append(f"{line} {word[:cut]}-")
                line = word[cut:]
                continue
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
        if len(lines) and rng.random() < 0.002:
            lines += [line, f"Page {rng.randint(1, 40)}"]
            line = ""
    text = "\n".join([*lines, line])
    text = text.replace("fi", "ﬁ").replace("'", "’").replace(' "', " “") if rng.random() < 0.5 else text
    if rng.random() < 0.5:
        text = re.sub(r" ", lambda _: rng.choice([" "] * 12 + ["\u00a0", "\u2009", "\u200b "]), text)
    return text.replace("-", "\u2010") if rng.random() < 0.3 else text
