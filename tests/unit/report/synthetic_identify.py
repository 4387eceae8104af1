"""Identifications made up for tests. Nothing here was measured: spans are found by searching the texts."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from fother.model.match import Change, ChangeKind, DocumentMatch, Identification, Passage, Region
from fother.report.crops import ComparedPage
from fother.report.identify_report import IdentifyView

from .synthetic import sample_page

CLAUSE = "This paper is issued for information only and creates no obligation for either side."
FIRST = (
    "OFFICIAL - SENSITIVE\n\nThe harbour of Sandhaven was closed from 3 March to 9 March 2025. During that "
    "time 16,000 tonnes of grain were moved by night, and the crews were not told where it went. Captain "
    "Mary Aldous signed every manifest.\n\n"
    "The committee thinks that this may have been an error of procedure. "
)
LAST = "It asks for all the manifests by the end of the month, and for a list of the people on duty."
FILLER = " ".join(
    f"Berth {n} was cleared at {n % 24:02d}.15 and inspected an hour later." for n in range(1, 60)
)
DOCUMENT = f"{FIRST}{FILLER}\n\n{LAST}\n\n{CLAUSE}\n"

FOREIGN = "A reader writes: everybody in town knew about the ships, and nobody was surprised at all."
#: what was changed: kind, in the document, in the leak, grave
EDITS: tuple[tuple[ChangeKind, str, str, bool], ...] = (
    ("number", "16,000", "61,000", True),
    ("negation", "not told", "told", True),
    ("name", "Mary Aldous", "Martin Alder", True),
    ("certainty", "may have been", "must have been", True),
    ("wording", "asks for", "requests", False),
)


def _altered(text: str) -> str:
    for _, old, new, _ in EDITS:
        text = text.replace(old, new)
    return text


def _span(text: str, part: str, after: int = 0) -> tuple[int, int]:
    start = text.index(part, after)
    return start, start + len(part)


def altered_view(pictures: bool = False) -> IdentifyView:
    """A leak that quotes most of a document with changes, a clause that does not count, and foreign text."""
    body = DOCUMENT[DOCUMENT.index("The harbour") : DOCUMENT.index(CLAUSE)].rstrip()
    copied = _altered(body)
    leak = f"{FOREIGN}\n\n{copied}\n\nMORE TO FOLLOW\n{CLAUSE}\n"
    changes = [
        Change(
            kind,
            old,
            new,
            _span(DOCUMENT, old),
            _span(leak, new, leak.index("The harbour")),
            f"The leak says “{new}”; the document says “{old}”.",
            grave,
            0.93 if kind == "name" else 1.0,
        )
        for kind, old, new, grave in EDITS
    ]
    missing = _span(DOCUMENT, "OFFICIAL - SENSITIVE")
    sentence = "The marking “OFFICIAL - SENSITIVE” of the document is missing."
    changes.append(Change("marking", "OFFICIAL - SENSITIVE", "", missing, None, sentence))
    gap = DOCUMENT.index(LAST)
    place = _span(leak, "MORE TO FOLLOW")
    sentence = "The leak adds “MORE TO FOLLOW”."
    changes.append(Change("insertion", "", "MORE TO FOLLOW", (gap + len(LAST),) * 2, place, sentence))
    passages = (
        Passage(_span(leak, copied), _span(DOCUMENT, body), (1,), 0.987, -214.0),
        Passage(
            _span(leak, CLAUSE), _span(DOCUMENT, CLAUSE), (2,), 1.0, -30.0, "it also stands in 14 documents"
        ),
    )
    regions: tuple[Region, ...] = ()
    pages: tuple[ComparedPage, ...] = ()
    if pictures:
        regions, pages = seen_page()
    match = DocumentMatch(
        "D-7K3M9QXA",
        "Night Operations at Sandhaven Harbour (sample data)",
        1e-41,
        passages,
        tuple(changes),
        0.91,
        0.97,
        "altered",
        "text",
        regions,
    )
    found = Identification(
        "message.eml",
        "mixed",
        "This leak mixes altered passages of Night Operations at Sandhaven Harbour with other text.",
        (match,),
        (_span(leak, FOREIGN),),
        None,
        ("1 attachment could not be opened.",),
    )
    return IdentifyView(
        found,
        leak,
        {"D-7K3M9QXA": DOCUMENT},
        sha256="ab" * 32,
        sighting="L-5D0Q2VXM",
        source="https://forum.example/thread/17",
        pages=pages,
        tried={"documents": 10_214, "candidates": ["D-7K3M9QXA", "D-0B3XK11Z"], "pictures": 0},
    )


def seen_page() -> tuple[tuple[Region, ...], tuple[ComparedPage, ...]]:
    """A page, a photo of it that is turned by a quarter, and two places where they differ."""
    page, boxes, size = sample_page(1, 2.0)
    places = (tuple(boxes[60]), (300.0, 500.0, 430.0, 540.0))
    painted = page.copy()
    draw = ImageDraw.Draw(painted)
    for x0, y0, x1, y1 in places:
        draw.rectangle((x0 * 2, y0 * 2, x1 * 2, y1 * 2), fill=(20, 20, 20))
    photo = painted.rotate(-90, expand=True).resize((1200, round(1200 * page.width / page.height)))
    scale = 1200 / size[1]

    def turned(x: float, y: float) -> tuple[float, float]:
        return (size[1] - y) * scale, x * scale

    regions = []
    for kind, (x0, y0, x1, y1) in zip(("covered", "added"), places, strict=True):
        outline = tuple(turned(x, y) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)))
        box = (float(x0), float(y0), float(x1), float(y1))
        words = "midnight" if kind == "covered" else ""
        regions.append(Region(0, 1, kind, box, outline, words, 14.0))  # type: ignore[arg-type]
    seen = ComparedPage("D-7K3M9QXA", 0, 1, size, _png(page), _png(photo))
    return tuple(regions), (seen,)


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def genuine_view() -> IdentifyView:
    leak = f"> {LAST}"
    passage = Passage(_span(leak, LAST), _span(DOCUMENT, LAST), (2,), 1.0, -33.0)
    match = DocumentMatch(
        "D-7K3M9QXA", "Night Operations", 1e-27, (passage,), (), 1.0, 0.021, "genuine", "text"
    )
    found = Identification("quote.txt", "genuine", "", (match,), ())
    return IdentifyView(found, leak, {"D-7K3M9QXA": DOCUMENT}, recognised=True)


def unrelated_view() -> IdentifyView:
    found = Identification("other.png", "not-ours", "", (), ((0, len(FOREIGN)),), -4.2)
    return IdentifyView(found, FOREIGN, tried={"documents": 10_214})


def picture_view() -> IdentifyView:
    regions, pages = seen_page()
    match = DocumentMatch(
        "D-7K3M9QXA", "Night Operations", 1e-9, (), (), 0.0, 0.0, "altered", "picture", regions
    )
    return IdentifyView(Identification("photo.jpg", "altered", "", (match,), ()), pages=pages)


def spliced_view() -> IdentifyView:
    """Parts of two documents in one leak."""
    first = altered_view()
    other = "The auditors met twice. Nothing was decided about the second warehouse, nor about its rent."
    leak = first.leak_text + "\n" + other
    match = DocumentMatch(
        "D-11111111",
        "Minutes of the auditors",
        3e-12,
        (Passage(_span(leak, other), (0, len(other)), (), 1.0, -20.0),),
        (),
        0.08,
        1.0,
        "genuine",
    )
    found = replace(first.identification, matches=(*first.identification.matches, match))
    texts = {**first.document_texts, "D-11111111": other}
    return replace(first, identification=found, leak_text=leak, document_texts=texts)


def noise(seed: int, length: int) -> str:
    rng = np.random.default_rng(seed)
    return "".join(rng.choice(list("abcdefgh \n\t\u202e<>&\"'\x00é漢"), length))
