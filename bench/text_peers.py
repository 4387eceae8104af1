"""Claim: beside other markers of text, only this one says from a cut excerpt which copy it was, with a bound.

    pip install text-blind-watermark canarytrap        (MIT; 0.4.2 and 1.0.2 measured; for this bench only)
    and what `text_routes` needs
    python bench/text_peers.py

Innamark (Fraunhofer ISST; Kotlin, no package in a registry that could be installed here) is represented by
"Innamark's alphabet, our reading": one of U+2008, U+2009, U+202F, U+205F for each space (two bits), marks of
whole bytes between separators U+2004, repeated to the end, the most frequent one read, after its published
documentation. Its authors state pending patents (DE102023125012A1, WO2025056772A1).

One text, two lengths; copy 7,345 of 10,000 is made by each, then read again after each route and each attack.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from character_effects import script
from fother.channels.characters import places
from fother.channels.text.carriers import TextCarriers
from fother.channels.text.observe import observe
from fother.codes import FingerprintingCode, decode
from fother.model.prose import Block, Prose
from text_routes import BROWSERS, OFFICE, WEB, Route, chromium_page

TEXT = (
    "We have been told that the talks will go on for some weeks, and that neither side wants to be seen as "
    "the one that ends them. Our view is that a short note to the members would help, since most of them "
    "have read of it in the papers only. The note should say what was agreed, what was not, and when the "
    "next round begins; it should not say who asked for the break."
)
COPIES, COPY, OTHER = 10_000, 7_345, 1_234
KEYS = 20
FONTS = ("Liberation Serif", "Liberation Sans", "Carlito", "DejaVu Sans")


@dataclass(frozen=True)
class Marker:
    """A way to mark: `mark(text, copy, key)` and `read(leak, original, key)` → what it says, for people.

    `read` gives the number of the copy where the marker says one.
    """

    name: str
    mark: Callable[[str, int, bytes], str]
    read: Callable[[str, str, bytes], int | str]
    keyed: bool = True


def blind() -> Marker:
    """text-blind-watermark: an encrypted run of U+2060 and U+FEFF in one place, here the middle."""
    from text_blind_watermark import TextBlindWatermark

    def mark(text: str, copy: int, key: bytes) -> str:
        return str(TextBlindWatermark(pwd=key).add_wm_at_idx(text, copy.to_bytes(2, "big"), len(text) // 2))

    def read(leak: str, original: str, key: bytes) -> int | str:  # noqa: ARG001
        try:
            said = TextBlindWatermark(pwd=key).extract(leak)
        except Exception as error:
            return f"fails: {type(error).__name__}"
        return _number(bytes(said))

    return Marker("text-blind-watermark", mark, read)


def canary() -> Marker:
    """canarytrap: U+200E before a space is 1; a table of all copies is compared, the best is taken."""
    from canarytrap import text as library

    def bits(copy: int, key: bytes, spaces: int) -> str:
        drawn = np.random.default_rng([copy, *key]).integers(0, 2, spaces)
        return "1" + "".join(map(str, drawn))[1:]

    def mark(text: str, copy: int, key: bytes) -> str:
        return str(library.unicode_space_encode(text, bits(copy, key, text.count(" ")))[0])

    def read(leak: str, original: str, key: bytes) -> int | str:
        if not leak.count(" "):
            return "nothing"
        spaces = original.count(" ")
        return max(range(COPIES), key=lambda k: library.unicode_space_match(leak, bits(k, key, spaces)))

    return Marker("canarytrap, best match", mark, read)


def innamark() -> Marker:
    """Innamark's alphabet, our reading."""
    alphabet, separator = "\u2008\u2009\u202f\u205f", "\u2004"

    def mark(text: str, copy: int, key: bytes) -> str:  # noqa: ARG001
        digits = [alphabet[byte >> 2 * k & 3] for byte in copy.to_bytes(2, "big") for k in range(4)]
        pattern = [separator, *digits]
        words = text.split(" ")
        return words[0] + "".join(pattern[k % len(pattern)] + word for k, word in enumerate(words[1:]))

    def read(leak: str, original: str, key: bytes) -> int | str:  # noqa: ARG001
        found = Counter()
        marks = "".join(letter for letter in leak if letter in alphabet + separator)
        for between in marks.split(separator)[1:-1]:
            if between and len(between) % 4 == 0:
                values = [alphabet.index(letter) for letter in between]
                found[
                    bytes(sum(values[i + k] << 2 * k for k in range(4)) for i in range(0, len(values), 4))
                ] += 1
        return _number(found.most_common(1)[0][0]) if found else "nothing"

    return Marker("Innamark's alphabet, our reading", mark, read, keyed=False)


def ours(strength: float, name: str) -> Marker:
    """This project's characters channel, bound 1e-6."""

    def carriers_of(text: str) -> TextCarriers:
        return TextCarriers(text, tuple(places(Prose(text, (Block(0, len(text)),)), [])))

    def code(carriers: TextCarriers, key: bytes) -> FingerprintingCode:
        return FingerprintingCode(key, carriers.count, 3, np.full(carriers.count, True))

    def mark(text: str, copy: int, key: bytes) -> str:
        carriers = carriers_of(text)
        return carriers.rendered(code(carriers, key).symbols(copy), strength)

    def read(leak: str, original: str, key: bytes) -> int | str:
        carriers = carriers_of(original)
        reading = observe(carriers, leak, strength=strength)
        if reading is None:
            return "nothing"
        named = [n.index for n in decode(code(carriers, key), COPIES, reading.observations, alpha=1e-6).named]
        return named[0] if len(named) == 1 else f"names {named}" if named else "nothing"

    return Marker(name, mark, read)


def _number(data: bytes) -> int | str:
    value = int.from_bytes(data, "big")
    return value if value < COPIES and len(data) == 2 else f"nonsense ({len(data)} bytes)"


def told(said: int | str, right: Sequence[int] = (COPY,)) -> str:
    """For people."""
    if isinstance(said, int):
        return "right" if said in right else "WRONG COPY"
    return said


ROUTES: dict[str, Route] = {
    "Chromium copy and paste": BROWSERS["Chromium: copy, paste as text"],
    "sanitiser (nh3)": WEB["nh3 / ammonia"],
    "LibreOffice DOCX to DOCX": OFFICE["LibreOffice: DOCX to DOCX"],
    "NFKC": lambda lines: unicodedata.normalize("NFKC", "\n".join(lines)),
    "white space runs to one space": lambda lines: re.sub(r"\s+", " ", "\n".join(lines)),
    "zero-width class dropped": lambda lines: re.sub("[\u200b-\u200d\ufeff]", "", "\n".join(lines)),
}

_SHIFT = """
(() => FONTS.map(font => { const at = text => { const p = document.createElement('p');
  p.style.cssText = 'white-space:pre;position:absolute;font:16px "' + font + '"'; p.textContent = text;
  document.body.append(p); const w = p.getBoundingClientRect().width; p.remove(); return w; };
  return (at(MARKED) - at(PLAIN)) / 16; }))()
"""


def excerpt(marked: str, original: str, low: int, high: int) -> str:
    """The stretch of a marked text between the same words as original[low:high]."""
    first, last = original[:low].count(" "), original[:high].count(" ")
    words = re.split(
        "(?<=\\w|[,.;])[ \u2004\u2008\u2009\u202f\u205f\u200c\u200d\u200e\u2060\ufeff]+(?=\\w)", marked
    )
    start = marked.index(words[first], 0 if not first else len("".join(words[:first])))
    end = marked.index(words[last], len("".join(words[:last])) if last else 0)
    return marked[start:end]


def main() -> None:
    key = bytes(range(32))
    for length in (100, 300):
        original = TEXT[: TEXT.rindex(" ", 0, length + 1)]
        print(f"\n{len(original)} characters, {original.count(' ')} spaces, copy {COPY} of {COPIES:,}")
        for marker in (
            blind(),
            canary(),
            innamark(),
            ours(1.0, "Fother, standard"),
            ours(1.5, "Fother, strong"),
        ):
            report(marker, original, key)


def report(marker: Marker, original: str, key: bytes) -> None:
    """All that is told of one marker."""
    marked, other = marker.mark(original, COPY, key), marker.mark(original, OTHER, key)
    rows: dict[str, Any] = {"read as made": told(marker.read(marked, original, key))}
    for name, route in ROUTES.items():
        try:
            rows[name] = told(marker.read(route([marked]).strip("\n"), original, key))
        except (ImportError, OSError) as missing:
            rows[name] = f"not run: {missing}"
    unusual = sum(not c.isascii() for c in marked)
    with chromium_page() as page:
        page.set_content("<body></body>")
        shifts = page.evaluate(script(_SHIFT, FONTS=FONTS, MARKED=marked, PLAIN=original))
    rows["unusual code points"] = unusual
    rows["text wider by, em (four fonts)"] = ", ".join(f"{shift:+.2f}" for shift in shifts)
    rows["unmarked text"] = told(marker.read(original, original, key))
    keys = np.random.default_rng(5).bytes(32 * KEYS)
    answers = Counter(
        told(marker.read(marked, original, keys[32 * k : 32 * k + 32]), ()) for k in range(KEYS)
    )
    said = ", ".join(f"{count} {answer}" for answer, count in answers.most_common())
    rows[f"{KEYS} other keys"] = said if marker.keyed else "no key: whoever has the text reads the mark"
    middle = original.index(" ", len(original) // 2)
    mixed = excerpt(marked, original, 0, middle) + excerpt(other, original, middle, len(original) - 5)
    rows["half of one copy, half of another (either is right)"] = told(
        marker.read(mixed, original, key), (COPY, OTHER)
    )
    low, high = original.index(" ", 20), original.rindex(" ", 0, len(original) - 20)
    rows["without its first and last 20 characters"] = told(
        marker.read(excerpt(marked, original, low, high), original, key)
    )
    print(f"\n  {marker.name}")
    for name, value in rows.items():
        print(f"    {name:54}{value}", flush=True)


if __name__ == "__main__":
    main()
