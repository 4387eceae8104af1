"""A text as tokens: words, and markings, dates and numbers that are one thing whatever their length.

Two tokens that share a key say the same: "16 March 2024" and "2024-03-16", "61,000" and "sixty-one thousand",
"didn’t" and "did not" (two tokens each).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from fother.identify.compare.lexicon import Lexicon
from fother.identify.compare.normal import Normal, fold, normalise

_MARKS = "".join(
    f"{chr(start)}-{chr(end)}"
    for start, end in ((0x300, 0x36F), (0x483, 0x489), (0x591, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F),
                       (0x900, 0x903), (0x93A, 0x94F), (0x981, 0x983), (0x9BC, 0x9CD), (0xA3C, 0xA4D),
                       (0xABC, 0xACD), (0xB3C, 0xB4D), (0xBBE, 0xBCD), (0xC3E, 0xC4D), (0xCBC, 0xCCD),
                       (0xD3B, 0xD4D), (0x102B, 0x103E))
)  # fmt: skip
#: scripts written without spaces: every character is a token
_SOLID = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_LETTER = rf"(?:[^\W_{_SOLID}]|[{_MARKS}])"
_TOKEN = re.compile(
    rf"[{_SOLID}]"
    rf"|(?:(?<![^\s(])-(?=\d))?{_LETTER}+(?:(?:(?<=\d)[.,:/](?=\d)|')(?:{_LETTER})+)*"
    r"|[%€$£¥§°]"
)
_PORTION = r"\((?:TS|S|C|U|R|CUI|FOUO|SBU|OUO|LES|NU|NR|NC|NS|CTS)(?:[ ]?//?[ ]?[A-Z][A-Z0-9 ,/-]{0,40})?\)"
_LEVEL = (
    r"(?:COSMIC |NATO |EU )?(?:TOP SECRET|TRÈS SECRET|SECRET DÉFENSE|SECRET|CONFIDENTIEL DÉFENSE|CONFIDENTIAL"
    r"|CONFIDENTIEL|RESTRICTED|RESTREINT UE|UNCLASSIFIED|DECLASSIFIED|OFFICIAL(?:[-: ]{1,2}SENSITIVE)?"
    r"|STRENG GEHEIM|GEHEIM|VS-VERTRAULICH|VS-NUR FÜR DEN DIENSTGEBRAUCH|VS-NfD"
    r"|STRENG VERTRAULICH|VERTRAULICH"
    r"|DIFFUSION RESTREINTE|DIFUSIÓN LIMITADA|ALTO SECRETO|SECRETO|RESERVADO|CONFIDENCIAL|CUI"
    r"|FOR OFFICIAL USE ONLY|LAW ENFORCEMENT SENSITIVE|SENSITIVE BUT UNCLASSIFIED|STRICTLY CONFIDENTIAL"
    r"|COMMERCIAL IN CONFIDENCE|LEGALLY PRIVILEGED|ATTORNEY-CLIENT PRIVILEGED|INTERNAL USE ONLY"
    r"|NOFORN|ORCON|LIMDIS|EXDIS|NODIS|IMCON|PROPIN|FOUO|EYES ONLY|NO FOREIGN DISSEM|UK EYES ONLY)"
)
_MARKING = re.compile(
    rf"{_PORTION}"
    rf"|TLP ?: ?(?:RED|AMBER(?:\+STRICT)?|GREEN|WHITE|CLEAR)\b"
    rf"|(?<![\w(]){_LEVEL}(?![\w'])(?:[ ]?//?[ ]?[A-Z][A-Z0-9 ,-]{{0,40}}){{0,6}}(?<![ ,-])"
    rf"|(?<![\w(])REL TO [A-Z]{{3,4}}(?:, ?[A-Z]{{3,4}}){{0,12}}\b"
)
_ABBREVIATIONS = frozenset(
    [
        "mr.",
        "mrs.",
        "ms.",
        "dr.",
        "st.",
        "gen.",
        "col.",
        "maj.",
        "capt.",
        "lt.",
        "sgt.",
        "prof.",
        "sen.",
        "rep.",
        "gov.",
        "hr.",
        "no.",
        "nr.",
        "mme.",
        "sr.",
        "sra.",
        "messrs.",
        "amb.",
        "adm.",
        "dir.",
    ]
)
_CONTRACTION = re.compile(r"(.+)n't$")
_SPLIT_VERBS = {"ca": "can", "wo": "will", "sha": "shall"}
_NUMBER = re.compile(r"[+-]?\d[\d.,]*(st|nd|rd|th)?$")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+$")
_NUMERIC_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})$")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?$")
_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d$")
_FILLER = re.compile(r"[\s,.]{1,4}$|\s*,?\s?(?:of|de|del|the)$")
_NUMBER_JOIN = re.compile(r"[ \n-]{1,3}$")


@dataclass(frozen=True, slots=True)
class Token:
    """`start`, `end` are code points of the source; `flat` is what letters and digits remain, caseless."""

    start: int
    end: int
    text: str  #: as normalised
    flat: str
    keys: tuple[str, ...]  #: the first is the usual one
    kind: str = "word"  #: word, number, date, marking, symbol
    sentence_start: bool = False
    line_start: bool = False
    line_end: bool = False
    reference: bool = False  #: footnote mark, bracketed reference or number of a list item
    running: bool = False  #: part of a line that repeats from page to page

    @property
    def key(self) -> str:
        return self.keys[0]

    def same(self, other: Token) -> bool:
        """Whether both tokens say the same."""
        return (
            self.keys[0] == other.keys[0]
            or self.flat == other.flat
            or any(key in other.keys for key in self.keys)
        )


def flat(text: str) -> str:
    """Letters, digits and a leading minus of a text, caseless."""
    sign = "-" if text[:1] == "-" and text[1:2].isdigit() else ""
    kept = "".join(c for c in text if c.isalnum() or c in "%€$£¥§°" or unicodedata.combining(c))
    return sign + fold(kept)


def number_key(text: str) -> str | None:
    """Key of a number by value: 1,000 and 1.000 and 1000 are one, 3.5 and 3,5 too; None for what is none."""
    match = _NUMBER.match(text)
    if not match:
        return None
    digits = text.lstrip("+-")
    sign = "-" if text[0] == "-" else ""
    ending = match.group(1)
    if ending:
        digits = digits[: -len(ending)]
    digits = digits.rstrip(".,")
    if _GROUPED.match(digits) and not digits.startswith("0"):
        digits = re.sub(r"[.,]", "", digits)
    else:
        parts = re.split(r"[.,]", digits)
        if len(parts) > 2 and any(len(part) != 3 for part in parts[1:-1]):
            return f"#{sign}{'.'.join(parts)}"  # a section or version number
        whole, fraction = ("".join(parts[:-1]), parts[-1].rstrip("0")) if len(parts) > 1 else (parts[0], "")
        digits = f"{whole}.{fraction}" if fraction else whole
    digits = digits.lstrip("0") or "0"
    return f"#{sign}{digits if digits[0] != '.' else '0' + digits}{'th' if ending else ''}"


class _Reader:
    def __init__(self, normal: Normal, lexicon: Lexicon) -> None:
        self.normal, self.text, self.lexicon = normal, normal.text, lexicon
        self.places: list[tuple[int, int]] = []  # of the tokens in the normalised text
        self.tokens: list[Token] = []

    def add(self, start: int, end: int, kind: str, keys: tuple[str, ...]) -> None:
        text = self.text[start:end]
        before = self.text[max(0, start - 12) : start]
        stripped = before.rstrip(" \n\"'([-*")
        line = self.text.rfind("\n", 0, start) + 1
        line_start = not self.text[line:start].strip(" \"'([-*.") if start - line < 40 else False
        first = not stripped and start < 12
        title = stripped.endswith(".") and re.split(r"[\s(]", stripped)[-1].casefold() in _ABBREVIATIONS
        after = self.text[end : end + 2]
        digits = text.isdigit() and len(text) <= 3
        reference = digits and (
            (before[-1:] == "[" and after[:1] == "]")
            or (line_start and after[:1] in (".", ")") and after[1:2].isspace())
            or (len(text) <= 2 and before[-1:] in '.,;"' and before[-2:-1] not in ("", " ", "\n")
                and not before[-2:-1].isdigit() and not after[:1].isalnum())
        )  # fmt: skip
        source = self.normal.span(start, end)
        self.places.append((start, end))
        self.tokens.append(
            Token(
                *source, text, flat(text) or text, keys, kind,
                sentence_start=not title
                and (first or stripped[-1:] in (".", "!", "?", ":", ";") or "\n\n" in before),
                line_start=line_start,
                line_end=not self.text[end : end + 3].split("\n")[0].strip(" .,;:!?-)\"'")
                if "\n" in self.text[end : end + 3] or end + 3 >= len(self.text) else False,
                reference=reference,
            )
        )  # fmt: skip

    def words(self, start: int, end: int) -> None:
        for match in _TOKEN.finditer(self.text, start, end):
            text = match.group()
            folded = fold(text)
            if contraction := _CONTRACTION.match(folded):
                cut = match.start() + len(contraction.group(1))
                stem = contraction.group(1)
                self.add(match.start(), cut, "word", (_SPLIT_VERBS.get(stem, stem),))
                self.add(cut, match.end(), "word", ("not",))
            elif folded == "cannot":
                self.add(match.start(), match.start() + 3, "word", ("can",))
                self.add(match.start() + 3, match.end(), "word", ("not",))
            elif key := number_key(text):
                self.add(match.start(), match.end(), "number", (key,))
            elif not text[0].isalnum() and not text.startswith("-"):
                self.add(match.start(), match.end(), "symbol", ("percent" if text == "%" else text,))
            else:
                self.add(match.start(), match.end(), "word", (flat(text) or text,))

    def read(self) -> list[Token]:
        done = 0
        for marking in _MARKING.finditer(self.text):
            self.words(done, marking.start())
            self.add(marking.start(), marking.end(), "marking", ("(!)" + flat(marking.group()),))
            done = marking.end()
        self.words(done, len(self.text))
        return self.grouped()

    def gap(self, index: int) -> str:
        """What stands between token `index` and the next."""
        return self.text[self.places[index][1] : self.places[index + 1][0]]

    def grouped(self) -> list[Token]:
        result: list[Token] = []
        index = 0
        while index < len(self.tokens):
            count, token = self.date(index) or self.quantity(index) or (1, self.tokens[index])
            result.append(token)
            index += count
        return result

    def join(self, index: int, count: int, kind: str, keys: tuple[str, ...]) -> tuple[int, Token]:
        first, last = self.tokens[index], self.tokens[index + count - 1]
        text = self.text[self.places[index][0] : self.places[index + count - 1][1]]
        return count, replace(
            first, end=last.end, text=text, flat=flat(text), keys=keys, kind=kind, line_end=last.line_end,
            reference=False,
        )  # fmt: skip

    def month(self, index: int) -> int | None:
        token = self.tokens[index]
        value = self.lexicon.months.get(token.key)
        if value is None or (token.key in ("may", "march", "mar", "sept") and not token.text[0].isupper()):
            return None
        return value

    def date(self, index: int) -> tuple[int, Token] | None:
        tokens, token = self.tokens, self.tokens[index]
        if token.kind != "marking" and (numeric := _NUMERIC_DATE.match(token.text)):
            one, other, year = (int(part) for part in numeric.groups())
            year += (1900 if year > 40 else 2000) if year < 100 else 0
            readings = [(month, day) for day, month in ((one, other), (other, one)) if 1 <= month <= 12]
            if not readings:
                return None
            return self.join(index, 1, "date", tuple(_date_key(year, *reading) for reading in readings))
        if token.kind == "number" and _YEAR.match(token.text) and self.follows(index, 2, "-"):
            mm, dd = tokens[index + 1].text.lstrip("-"), tokens[index + 2].text.lstrip("-")
            if len(mm) == 2 and len(dd) == 2 and (mm + dd).isdigit() and 1 <= int(mm) <= 12:
                return self.join(index, 3, "date", (_date_key(int(token.text), int(mm), int(dd)),))
        parts, count = self.date_parts(index)
        if "month" not in parts:
            return None
        key = _date_key(parts.get("year"), parts["month"], parts.get("day"))
        return self.join(index, count, "date", (token.key, key) if len(parts) == 1 else (key,))

    def date_parts(self, index: int) -> tuple[dict[str, int], int]:
        """Day, month, year in words and digits from token `index` on, and how many tokens they take."""
        tokens = self.tokens
        parts: dict[str, int] = {}
        count = 0
        while count < 5 and index + count < len(tokens):
            gap = self.gap(index + count - 1) if count else " "
            if not _FILLER.match(gap) or "\n\n" in gap:
                break
            here = tokens[index + count]
            day = _DAY.match(here.text)
            month = self.month(index + count)
            if here.key in ("of", "de", "del") and count and "year" not in parts:
                pass
            elif month is not None and "month" not in parts:
                parts["month"] = month
            elif day and "day" not in parts and 1 <= int(day[1]) <= 31 and (not count or "month" in parts):
                parts["day"] = int(day[1])
            elif _YEAR.match(here.text) and "month" in parts:
                parts["year"] = int(here.text)
                count += 1
                break
            else:
                break
            count += 1
        while count and tokens[index + count - 1].key in ("of", "de", "del"):
            count -= 1
        return parts, count

    def follows(self, index: int, count: int, joint: str) -> bool:
        """Whether `count` number tokens follow, each joined by `joint` alone."""
        if index + count >= len(self.tokens):
            return False
        return all(
            self.tokens[place + 1].kind == "number" and self.gap(place) == joint
            for place in range(index, index + count)
        )

    def counted(self, place: int) -> bool:
        """Whether "and" at this place stands within a number: one hundred and five."""
        tokens = self.tokens
        return (
            place + 1 < len(tokens)
            and tokens[place - 1].key in self.lexicon.magnitudes
            and tokens[place + 1].key in self.lexicon.numbers
        )

    def quantity(self, index: int) -> tuple[int, Token] | None:
        """A number in words, or digits followed by hundred, thousand, million …"""
        words, magnitudes = self.lexicon.numbers, self.lexicon.magnitudes
        tokens, token = self.tokens, self.tokens[index]
        if token.kind == "word" and token.key in self.lexicon.ordinals:
            return self.join(index, 1, "number", (f"#{self.lexicon.ordinals[token.key]}th", token.key))
        if token.key in self.lexicon.weekdays and token.kind == "word":
            return self.join(index, 1, "date", (token.key,))
        digits = token.kind == "number" and not token.key.endswith("th")
        if not digits and token.key not in words:
            return None
        total, current = 0.0, 0.0
        try:
            current = float(token.key[1:]) if digits else float(words[token.key])
        except ValueError:
            return None
        count, place, largest = 1, index + 1, 10**15
        while place < len(tokens) and _NUMBER_JOIN.match(self.gap(place - 1)) and count < 12:
            key = tokens[place].key
            if key in magnitudes:
                power = 10 ** magnitudes[key]
                if power == 100:
                    current *= 100
                else:
                    if power >= largest:
                        break
                    total, current, largest = total + current * power, 0.0, power
            elif key in words and not digits:
                value = words[key]
                low = current % 100
                tens = low >= 20 and low % 10 == 0
                if (low == 0 and current + total > 0) or (tens and value < 10):
                    current += value
                else:
                    break
            elif key in ("and", "und") and not digits and self.counted(place):
                pass
            else:
                break
            place += 1
            count = place - index
        if digits and count == 1:
            return None
        amount = total + current
        key = f"#{int(amount)}" if amount == int(amount) else f"#{amount:.6f}".rstrip("0")
        return self.join(index, count, "number", (key,) if count > 1 else (key, token.key))


def _date_key(year: int | None, month: int, day: int | None) -> str:
    return f"@{year or '?'}-{month}-{day or '?'}"


def tokenise(text: str, lexicon: Lexicon) -> list[Token]:
    """Tokens of a text in order. Linear in its length."""
    return _Reader(normalise(text), lexicon).read()


def plain_words(text: str) -> list[str]:
    """Folded words of a text, for guessing its language."""
    return [fold(match.group()) for match in _TOKEN.finditer(normalise(text[:60_000]).text)]
