"""Claim: a marked paragraph looks like the unmarked one; where letters stand is measured.

    python bench/character_looks.py FOLDER    writes pictures, prints a table; needs what `text_routes` needs

One paragraph, unmarked and in 5 copies of standard and strong strength, set by Chromium, Firefox and
LibreOffice in several faces, left-aligned and justified. Told is the largest way that a letter of a copy has
moved against the same letter of the original, in em, and how many lines of the paragraph begin otherwise.
"""

from __future__ import annotations

import html
import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from character_effects import TEXT
from fother.channels.characters import places
from fother.channels.text.carriers import TextCarriers
from fother.model.prose import Block, Prose
from text_routes import chromium_page, firefox, office

FONTS = ("Liberation Serif", "Liberation Sans", "Carlito", "DejaVu Sans", "Liberation Mono")
SIZE, WIDTH = 16, 560
COPIES = 5
Letters = list[tuple[float, float]]  # x and y of each letter, in em

_PLACES = """
(() => { const out = []; const node = document.querySelector('p').firstChild;
const r = document.createRange();
for (let i = 0; i < node.length; i++) { if (!/[a-z]/i.test(node.data[i])) continue;
  r.setStart(node, i); r.setEnd(node, i + 1); const b = r.getBoundingClientRect();
  out.push([b.left / SIZE, b.top / SIZE]); }
return out; })()
""".replace("SIZE", str(SIZE))


def texts() -> dict[str, list[str]]:
    """The paragraph as it is, and copies of it."""
    carriers = TextCarriers(TEXT, tuple(places(Prose(TEXT, (Block(0, len(TEXT)),)), [])))
    rng = np.random.default_rng(1)
    found = {"original": [TEXT]}
    for name, strength in (("standard", 1.0), ("strong", 1.5)):
        drawn = rng.integers(0, 2, (COPIES, carriers.count)).astype(np.uint8)
        found[name] = [carriers.rendered(symbols, strength) for symbols in drawn]
    return found


def page(text: str, font: str, align: str) -> str:
    """The paragraph as a page."""
    style = f"font:{SIZE}px '{font}';width:{WIDTH}px;text-align:{align};margin:8px"
    body = f"<body style='margin:0'><p style=\"{style}\">{html.escape(text)}</p>"
    return f"<!DOCTYPE html><meta charset='utf-8'>{body}"


def by_chromium(said: list[str], font: str, align: str, picture: Path, tab: Any) -> Iterator[Letters]:
    """Places of letters; a picture of the last text."""
    for text in said:
        tab.set_content(page(text, font, align))
        yield [(x, y) for x, y in tab.evaluate(_PLACES)]
    tab.screenshot(path=str(picture))


def by_firefox(
    said: list[str],
    font: str,
    align: str,
    picture: Path,  # noqa: ARG001
    browser: Any,
) -> Iterator[Letters]:
    """Places of letters."""
    for text in said:
        browser.open(page(text, font, align))
        yield [(x, y) for x, y in browser.run("return " + _PLACES.strip())]


def by_libreoffice(
    said: list[str],
    font: str,
    align: str,
    picture: Path,
    program: Any,  # noqa: ARG001
) -> Iterator[Letters]:
    """Places of letters in the PDF of a DOCX, 11 pt; a picture of the last text."""
    import docx
    import pypdfium2
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    for text in said:
        document = docx.Document()
        paragraph = document.add_paragraph()
        run = paragraph.add_run(text)
        run.font.name, run.font.size = font, Pt(11)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if align == "justify" else WD_ALIGN_PARAGRAPH.LEFT
        data = BytesIO()
        document.save(data)
        drawn = pypdfium2.PdfDocument(office(data.getvalue(), "docx", "pdf"))[0]
        reader = drawn.get_textpage()
        found = []
        for i in range(reader.count_chars()):
            if reader.get_text_range(i, 1).isalpha():
                left, bottom, _, _ = reader.get_charbox(i, loose=True)
                found.append((left / 11, -bottom / 11))
        yield found
    drawn.render(scale=1.6).to_pil().crop((80, 80, 900, 330)).save(picture)


def moved(copy: Letters, original: Letters) -> tuple[float, int]:
    """Largest way of a letter in a line that begins alike, and how many lines begin otherwise."""
    ours, theirs = np.array(copy), np.array(original)
    if ours.shape != theirs.shape:
        return float("nan"), -1
    line_ours, line_theirs = _lines(ours), _lines(theirs)
    alike = line_ours == line_theirs
    starts = set(np.flatnonzero(np.diff(line_ours))) ^ set(np.flatnonzero(np.diff(line_theirs)))
    return float(np.abs(ours[alike, 0] - theirs[alike, 0]).max()), len(starts) // 2


def _lines(letters: np.ndarray) -> np.ndarray:
    """Number of each letter's line."""
    return np.concatenate([[0], np.cumsum(np.diff(letters[:, 1]) > 0.5)])


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    said = texts()
    figures = []
    print(
        "program      face               set       strength   largest shift, em   lines that begin otherwise"
    )
    programs = (("Chromium", by_chromium, chromium_page), ("Firefox", by_firefox, firefox),
                ("LibreOffice", by_libreoffice, nullcontext))  # fmt: skip
    for name, draw, started in programs:
        with started() as program:
            for font, align in product(FONTS if name == "Chromium" else FONTS[:3], ("left", "justify")):
                drawn: dict[str, list[Letters]] = {}
                for strength, versions in said.items():
                    chosen = versions[:2] if name == "LibreOffice" else versions
                    picture = folder / f"{name}-{font}-{align}-{strength}.png".replace(" ", "")
                    drawn[strength] = list(draw(chosen, font, align, picture, program))
                for strength in ("standard", "strong"):
                    pairs = [moved(letters, drawn["original"][0]) for letters in drawn[strength]]
                    shift, lines = max(pair[0] for pair in pairs), max(pair[1] for pair in pairs)
                    figures.append((name, font, align, strength, shift, lines))
                    print(f"{name:12} {font:18} {align:9} {strength:10} {shift:17.3f} {lines:23}", flush=True)
    (folder / "figures.json").write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
