"""Claim: a marked space looks, is searched, is spelt and is read aloud as a space; where not is told.

Every form between two words, in one table:
width      difference to a space in em, largest over fonts: HarfBuzz alone, then Chromium, Firefox
lines      share of lines that begin with the same word when all spaces of a paragraph are so written
find       Chromium, Firefox (window.find), LibreOffice (UNO search), grep: is "word word" found?
spelling   do hunspell and aspell flag more words than in the plain text?
speech     espeak-ng's phonemes against those of a space: same, same sounds (words less run together), other
tree       what Chromium's accessibility tree says between the words

    pip install uharfbuzz fonttools playwright; apt install espeak-ng hunspell hunspell-en-us aspell aspell-en
        chromium firefox-esr libreoffice-writer python3-uno fonts-liberation fonts-crosextra-carlito ...
    python bench/character_effects.py [--candidates] [--markdown]
"""

from __future__ import annotations

import argparse
import html
import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from character_survival import CANDIDATES, outcome, sample, shown
from fother.channels.characters import FORMS
from text_routes import chromium_page, docx, firefox

FONTS = ("Liberation Serif", "Liberation Sans", "Carlito", "Caladea", "DejaVu Sans", "DejaVu Serif",
         "Noto Sans", "Noto Serif", "Roboto", "Open Sans", "Lato", "TeX Gyre Termes",
         "EB Garamond")  # fmt: skip
MONO = ("Liberation Mono", "DejaVu Sans Mono")
TEXT = (
    "The members of the board have agreed that the new plan will be put to the vote in the second week of "
    "the month, and that all papers which it needs are sent to those who have to read them at least ten days "
    "before. Nobody outside the house is to be told of it until the vote is over and the results have been "
    "made known."
)
SIZE = 16


def harfbuzz(forms: Sequence[str], fonts: Sequence[str]) -> list[float]:
    """Largest difference in width to a space, in em, with its sign."""
    import uharfbuzz as hb

    worst = [0.0] * len(forms)
    for name in fonts:
        file = subprocess.run(
            ["fc-match", "-f", "%{file}", f"{name}:regular"], capture_output=True, text=True, check=True
        ).stdout
        font = hb.Font(hb.Face(hb.Blob.from_file_path(file)))
        widths = []
        for form in forms:
            buffer = hb.Buffer()
            buffer.add_str(f"n{form}n")
            buffer.guess_segment_properties()
            hb.shape(font, buffer, {})
            widths.append(sum(p.x_advance for p in buffer.glyph_positions) / font.face.upem)
        for k, width in enumerate(widths):
            if abs(width - widths[0]) > abs(worst[k]):
                worst[k] = width - widths[0]
    return worst


_WIDTHS = """
(() => { const out = {};
for (const font of FONTS) { out[font] = FORMS.map(form => {
  const s = document.createElement('span');
  s.style.font = SIZE + 'px "' + font + '"'; s.style.whiteSpace = 'pre';
  s.textContent = ('n' + form).repeat(50) + 'n'; document.body.appendChild(s);
  const w = s.getBoundingClientRect().width / SIZE / 50; s.remove(); return w; }); }
return out; })()
"""
_LINES = """
(() => { const out = FORMS.map(() => []);
for (const font of FONTS) for (let width = 260; width < 560; width += 13) FORMS.forEach((form, k) => {
  const p = document.createElement('p');
  p.style.cssText = 'width:' + width + 'px;font:' + SIZE + 'px "' + font + '"';
  TEXT.split(' ').forEach((word, i) => { if (i) p.append(form); const s = document.createElement('span');
    s.textContent = word; p.append(s); });
  document.body.appendChild(p); let last = -1; const starts = [];
  [...p.children].forEach((s, i) => {
    const y = s.offsetTop; if (y > last + 4) { starts.push(i); last = y; } });
  out[k].push(starts); p.remove(); });
return out.map(rows => { let same = 0, all = 0;
  rows.forEach((row, i) => row.forEach(start => { all++; same += out[0][i].includes(start); }));
  return same / all; }); })()
"""
_FIND = """
(() => FORMS.map((form, k) => { getSelection().removeAllRanges();
  return window.find(NEEDLES[k], false, false, true); }))()
"""


def script(body: str, **values: Any) -> str:
    """The script with its values put in."""
    for name, value in values.items():
        body = body.replace(name, json.dumps(value))
    return body


def largest(widths: dict[str, list[float]]) -> list[float]:
    """Largest difference to the first form over fonts."""
    rows = [[w - row[0] for w in row] for row in widths.values()]
    return [max((row[k] for row in rows), key=abs) for k in range(len(rows[0]))]


def needles(forms: Sequence[str]) -> list[str]:
    """What a person would search for: the two words with a plain space."""
    return [line[line.index("left") : line.index(" and")] for line in sample([" "] * len(forms))]


def page(forms: Sequence[str]) -> str:
    """The sample lines as a page."""
    body = "".join(f"<p>{html.escape(line)}</p>" for line in sample(forms))
    return f"<!DOCTYPE html><meta charset='utf-8'><body>{body}</body>"


def in_chromium(forms: Sequence[str]) -> dict[str, list[Any]]:
    """Width, lines, find and tree."""
    with chromium_page() as tab:
        tab.set_content(page(forms))
        found = tab.evaluate(script(_FIND, FORMS=list(forms), NEEDLES=needles(forms)))
        nodes = tab.context.new_cdp_session(tab).send("Accessibility.getFullAXTree")["nodes"]
        told = "\n".join(
            n["name"]["value"]
            for n in nodes
            if n.get("name", {}).get("value") and n["role"]["value"] == "StaticText"
        )
        wide = tab.evaluate(script(_WIDTHS, FORMS=list(forms), FONTS=FONTS, SIZE=SIZE))
        mono = tab.evaluate(script(_WIDTHS, FORMS=list(forms), FONTS=MONO, SIZE=SIZE))
        lines = tab.evaluate(script(_LINES, FORMS=list(forms), FONTS=FONTS[:3], SIZE=SIZE, TEXT=TEXT))
    return {
        "width Chromium": largest(wide), "mono Chromium": largest(mono), "lines Chromium": lines,
        "find Chromium": found, "tree Chromium": [outcome(told, k, form) for k, form in enumerate(forms)],
    }  # fmt: skip


def in_firefox(forms: Sequence[str]) -> dict[str, list[Any]]:
    """Width, lines and find."""
    with firefox() as browser:
        browser.open(page(forms))
        found = browser.run("return " + script(_FIND, FORMS=list(forms), NEEDLES=needles(forms)).strip())
        wide = browser.run("return " + script(_WIDTHS, FORMS=list(forms), FONTS=FONTS, SIZE=SIZE).strip())
        lines = browser.run(
            "return " + script(_LINES, FORMS=list(forms), FONTS=FONTS[:3], SIZE=SIZE, TEXT=TEXT).strip()
        )
    return {"width Firefox": largest(wide), "lines Firefox": lines, "find Firefox": found}


_UNO = """
import json, sys, time, uno
from com.sun.star.beans import PropertyValue
path, port, needles = json.load(sys.stdin)
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for _ in range(120):
    try:
        context = resolver.resolve(f"uno:socket,host=127.0.0.1,port={port};urp;StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.5)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
hidden = PropertyValue(); hidden.Name = "Hidden"; hidden.Value = True
document = desktop.loadComponentFromURL("file://" + path, "_blank", 0, (hidden,))
found = []
for needle in needles:
    search = document.createSearchDescriptor(); search.SearchString = needle
    found.append(document.findFirst(search) is not None)
print(json.dumps(found))
document.close(True)
desktop.terminate()
"""


def in_libreoffice(forms: Sequence[str]) -> dict[str, list[Any]]:
    """Find, as Edit > Find does it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.docx")
        path.write_bytes(docx(sample(forms)))
        port = 20000 + int(time.time()) % 9000
        process = subprocess.Popen(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore",
             f"--accept=socket,host=127.0.0.1,port={port};urp;"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            done = subprocess.run(
                ["/usr/bin/python3", "-c", _UNO], input=json.dumps([str(path), port, needles(forms)]),
                capture_output=True, text=True, check=True, timeout=120,
            )  # fmt: skip
        finally:
            process.terminate()
            process.wait(30)
    return {"find LibreOffice": json.loads(done.stdout)}


def by_tools(forms: Sequence[str]) -> dict[str, list[Any]]:
    """grep, the spellers and the synthesiser."""
    found: dict[str, list[Any]] = {name: [] for name in ("find grep", "hunspell", "aspell", "speech")}
    words = TEXT.split(" ")
    plain = [_told(command, TEXT) for command in _SPELL]
    spoken = _told(_SPEAK, TEXT)
    for form in forms:
        text = form.join(words)
        grep = subprocess.run(
            ["grep", "-c", "members of the board"], input=text.encode(), capture_output=True
        )
        found["find grep"].append(grep.returncode == 0)
        for name, command, before in zip(("hunspell", "aspell"), _SPELL, plain, strict=True):
            found[name].append(len(_told(command, text).split()) - len(before.split()))
        said = _told(_SPEAK, text)
        alike = "".join(said.split()) == "".join(spoken.split())
        found["speech"].append(
            "same" if said.split() == spoken.split() else "same sounds" if alike else "other"
        )
    return found


_SPELL = (
    ["hunspell", "-d", "en_US", "-i", "utf-8", "-l"],
    ["aspell", "-l", "en_US", "--encoding=utf-8", "list"],
)
_SPEAK = ["espeak-ng", "-q", "-x", "-v", "en", "--stdin"]


def _told(command: Sequence[str], text: str) -> str:
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout.decode()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--candidates", action="store_true", help="all candidates, not the forms in use")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    forms = CANDIDATES if options.candidates else FORMS
    columns: dict[str, list[Any]] = {"width HarfBuzz": harfbuzz(forms, FONTS)}
    for measure in (in_chromium, in_firefox, in_libreoffice, by_tools):
        columns |= measure(forms)
    names = list(columns)
    if options.markdown:
        print("| form | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    else:
        print("form".ljust(14) + "".join(name.replace(" ", "\n", 0)[:11].rjust(12) for name in names))
    for k, form in enumerate(forms):
        cells = [_cell(columns[name][k]) for name in names]
        if options.markdown:
            print(f"| {shown(form)} | " + " | ".join(cells) + " |")
        else:
            print(shown(form).ljust(14) + "".join(cell.rjust(12) for cell in cells))


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:+.3f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
