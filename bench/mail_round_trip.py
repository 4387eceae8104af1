"""Real messages and pages, read and written: are the words what they should be, and is all else untouched?

    python bench/mail_round_trip.py FOLDER [--chromium chromium] [--pages 40] [--pictures DIR]

FOLDER holds files from anywhere: .eml are messages, .html pages; nothing of it is part of this project. Each
is read and rewritten twice: half of the single spaces become U+2005 and one word in twenty another one
("seen"), and all spaces become forms of the characters channel at standard strength ("marks"). Checked:

- reading the copy says exactly what was meant; no rewrites give the same bytes;
- messages, by Python's parser with its default policy: the same tree, headers but for the transfer encoding
  and charset of rewritten parts, and every other part byte by byte;
- pages, by lxml and html5lib (where installed): the same elements, attributes and comments, and the same text
  once the look-alikes are taken back.

With --chromium pages and the HTML of messages are drawn before and after, scripts off and without network.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import random
import re
import subprocess
import tempfile
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lxml.html
import numpy as np
from PIL import Image

from fother.channels.characters import FORMS
from fother.channels.text.carriers import Place
from fother.errors import InputFileError
from fother.formats.prose.encoding import decoded
from fother.formats.prose.html import Html
from fother.formats.prose.mail import Mail
from fother.model.prose import Prose, Rewrite, rewritten

EM = "\u2005"
_STANDARD = 1 << Place(0, 1, FORMS, "characters", "space", 0).symbols_used(1.0)
_NO_SCRIPTS = b"<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">"
MARKS = re.compile("[\u200b-\u200d\u2060]")


@dataclass
class Line:
    """What one file showed."""

    name: str
    words: int = 0
    places: int = 0
    problems: list[str] = field(default_factory=list)
    seen: float | None = None  #: share of pixels that differ
    marks: float | None = None
    height: int = 0  #: change of the page's height, pixels, in the copy with marks


def single_spaces(prose: Prose) -> list[int]:
    text = prose.text
    return [
        at
        for start, end in prose.free
        for at in range(start, end)
        if text[at] == " " and 0 < at < len(text) - 1 and text[at - 1].strip() and text[at + 1].strip()
    ]


def seen_rewrites(prose: Prose, chance: random.Random) -> list[Rewrite]:
    words = [
        Rewrite(start + m.start(), start + m.end(), chance.choice(("another", "other", "some")))
        for start, end in prose.free
        for m in re.finditer(r"(?<!\S)[a-z]{4,}(?!\S)", prose.text[start:end])
        if chance.random() < 0.05
    ]
    spaces = [Rewrite(at, at + 1, EM) for at in single_spaces(prose) if chance.random() < 0.5]
    return sorted([*words, *spaces], key=lambda change: change.start)


def mark_rewrites(prose: Prose, chance: random.Random) -> list[Rewrite]:
    return [Rewrite(at, at + 1, chance.choice(FORMS[:_STANDARD])) for at in single_spaces(prose)]


def taken_back(text: str) -> str:
    return MARKS.sub("", text.replace(EM, " ").replace("\u2008", " "))


def check_mail(before: bytes, after: bytes, touched: set[str]) -> list[str]:
    """Problems in the tree of the copy; `touched` are kinds of parts that were rewritten."""
    problems = []
    policy: Any = email.policy.default
    whole = email.message_from_bytes(before, policy=policy)
    if whole.get_content_maintype() == "multipart" and not whole.is_multipart():
        policy = email.policy.compat32  # a boundary that the default policy refuses and mail programs accept
    one, two = (email.message_from_bytes(d, policy=policy) for d in (before, after))
    left, right = list(one.walk()), list(two.walk())
    if [p.get_content_type() for p in left] != [p.get_content_type() for p in right]:
        return ["another tree"]
    for number, (a, b) in enumerate(zip(left, right, strict=True)):
        own = {"content-transfer-encoding", "content-type", "mime-version"}
        heads = [[(k, v) for k, v in p.raw_items() if k.lower() not in own] for p in (a, b)]
        if heads[0] != heads[1]:
            problems.append(f"headers of part {number}")
        if a.is_multipart():
            if list(a.raw_items()) != list(b.raw_items()) or (a.preamble, a.epilogue) != (
                b.preamble,
                b.epilogue,
            ):
                problems.append(f"multipart {number}")
        elif a.as_bytes() != b.as_bytes() and a.get_content_type() not in touched:
            problems.append(f"part {number} ({a.get_content_type()}) was touched")
    return problems


def shape(root: Any) -> list[Any]:
    found: list[Any] = []
    for element in root.iter():
        if not isinstance(element.tag, str):
            found.append(("comment", element.text))
        else:
            code = (
                element.text
                if element.tag.split("}")[-1] in ("script", "style", "textarea", "title")
                else None
            )
            found.append((element.tag, sorted(element.attrib.items()), code))
    return found


def check_page(before: bytes, after: bytes, *, spaces_only: bool) -> list[str]:
    problems = []
    for name, parse in parsers().items():
        one, two = parse(before), parse(after)
        if shape(one) != shape(two):
            problems.append(f"{name}: elements differ")
        if spaces_only:
            texts = ["".join(tree.itertext()) for tree in (one, two)]
            if taken_back(texts[0]) != taken_back(texts[1]):
                problems.append(f"{name}: text differs by more than spaces")
    return problems


def parsers() -> dict[str, Any]:
    def by_lxml(data: bytes) -> Any:
        name = decoded(data, "utf-8")[1].name  # libxml2 alone would not wait for a late declaration
        return lxml.html.document_fromstring(data, parser=lxml.html.HTMLParser(encoding=name, huge_tree=True))

    found: dict[str, Any] = {"lxml": by_lxml}
    try:
        import html5lib

        found["html5lib"] = lambda data: html5lib.parse(data, treebuilder="lxml").getroot()
    except ImportError:
        pass
    return found


def drawn(program: str, page: bytes, folder: Path, name: str) -> Any:
    source, picture = folder / f"{name}.html", folder / f"{name}.png"
    head = re.search(rb"<head[^>]*>", page, re.I)
    at = head.end() if head else 0
    source.write_bytes(page[:at] + _NO_SCRIPTS + page[at:])
    picture.unlink(missing_ok=True)
    subprocess.run(
        [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND", "--timeout=4000",
            "--window-size=1000,3000", f"--screenshot={picture}",
            source.as_uri(),
        ],
        capture_output=True, timeout=90, check=False,
    )  # fmt: skip
    return np.asarray(Image.open(picture).convert("RGB")) if picture.exists() else None


def differ(one: Any, two: Any) -> float:
    if one is None or two is None or one.shape != two.shape:
        return 1.0
    return float((one != two).any(axis=2).mean())


def html_of(data: bytes) -> bytes | None:
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html" and part.get_content_disposition() != "attachment":
            try:
                return b"<meta charset=utf-8>" + part.get_content().encode("utf-8", "replace")
            except (LookupError, KeyError, ValueError):
                return None
    return None


def main() -> None:
    warnings.simplefilter("ignore")
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--chromium", default="")
    options.add_argument("--pages", type=int, default=40)
    options.add_argument("--pictures", type=Path)
    chosen = options.parse_args()
    lines, refused, drawn_pages, spent, made, repeat = [], [], 0, 0.0, 0, []
    folder = chosen.pictures or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(chosen.folder.rglob("*")):
        if path.suffix not in (".eml", ".html"):
            continue
        form: Any = Mail() if path.suffix == ".eml" else Html()
        data, chance = path.read_bytes(), random.Random(path.name)
        try:
            prose = form.read(data)
        except InputFileError as reason:
            refused.append(f"{path.name}: {reason}")
            continue
        line = Line(path.name[-60:], len(prose.text.split()), len(single_spaces(prose)))
        lines.append(line)
        seen, marks = seen_rewrites(prose, chance), mark_rewrites(prose, chance)
        copies = []
        for changes in (seen, marks):
            begin = time.process_time()
            copies.append(form.write(data, changes))
            spent += time.process_time() - begin
            made += 1
            if form.read(copies[-1]).text != rewritten(prose.text, changes):
                line.problems.append("reads otherwise")
        if form.write(data, []) != data or form.write(data, marks) != copies[1]:
            line.problems.append("does not repeat")
        if path.suffix == ".eml":
            inside = {"plain": "text/plain", "html": "text/html"}
            touched = {inside[b.part] for b in prose.blocks if b.part in inside}
            touched |= {
                a.media_type
                for a in form.attachments(data)
                if any(f"attachment {a.number}" == b.part.partition(":")[0] for b in prose.blocks)
            }
            for copy in copies:
                line.problems += check_mail(data, copy, touched)
            pages = [html_of(d) for d in (data, *copies)]
        else:
            line.problems += check_page(data, copies[0], spaces_only=False)
            line.problems += check_page(data, copies[1], spaces_only=True)
            pages = [data, *copies]
        if chosen.chromium and line.places > 5 and drawn_pages < chosen.pages and all(pages):
            drawn_pages += 1
            shots = [
                drawn(chosen.chromium, p, folder, f"{drawn_pages:02}-{k}") for k, p in enumerate(pages) if p
            ]
            repeat.append(
                differ(shots[0], drawn(chosen.chromium, pages[0] or b"", folder, f"{drawn_pages:02}-3"))
            )
            line.seen, line.marks = differ(shots[0], shots[1]), differ(shots[0], shots[2])
        shares = "" if line.seen is None else f"  pixels seen {line.seen:.4f} marks {line.marks:.5f}"
        print(
            f"{line.name:60} {line.words:6} words {line.places:6} spaces{shares}  {line.problems or ''}",
            flush=True,
        )
    report(lines, refused, repeat, made, spent)


def report(lines: list[Line], refused: list[str], repeat: list[float], made: int, spent: float) -> None:
    for kind in (".eml", ".html"):
        mine = [line for line in lines if line.name.endswith(kind)]
        with_places = sum(line.places > 0 for line in mine)
        words, places = sum(line.words for line in mine), sum(line.places for line in mine)
        print(
            f"\n{kind}: {len(mine)} files read, {with_places} with places; {places} spaces of {words} words."
        )
        print(f"  with a problem: {sum(bool(line.problems) for line in mine)}")
    print(f"refused: {len(refused)}", *refused, sep="\n  ")
    shown = [line for line in lines if line.seen is not None]
    if shown:
        print(f"drawn: {len(shown)} pages; the same page twice differs on {sum(r > 0 for r in repeat)}")
        for name in ("seen", "marks"):
            shares = np.array([getattr(line, name) for line in shown])
            same = int((shares == 0).sum())
            print(f"  {name}: identical {same}, median {np.median(shares):.5f}, most {shares.max():.5f}")
    print(f"speed: {made} copies in {spent:.1f} CPU seconds, {made / max(spent, 1e-9):.0f} a second")


if __name__ == "__main__":
    main()
