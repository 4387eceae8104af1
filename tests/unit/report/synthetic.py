"""Verdicts made up for tests. Nothing here was measured: scores, shifts and ids are drawn from a seed."""

from __future__ import annotations

import io
from importlib import resources

import cv2
import numpy as np
import pypdfium2
from PIL import Image

from fother.model.verdict import Accusation, Candidate, PageEvidence, Verdict


def sample_page(number: int, scale: float) -> tuple[Image.Image, np.ndarray, tuple[float, float]]:
    """A page of the demonstration document: picture, word boxes (n, 4) from the top left, size in points."""
    data = resources.files("fother.demo").joinpath("sample.pdf").read_bytes()
    page = pypdfium2.PdfDocument(data)[number]
    width, height = page.get_size()
    text = page.get_textpage()
    boxes: list[list[float]] = []
    word: list[tuple[float, float, float, float]] = []
    for i in range(text.count_chars() + 1):
        character = text.get_text_range(i, 1) if i < text.count_chars() else " "
        if character.strip():
            x0, y0, x1, y1 = text.get_charbox(i, loose=True)
            if word and abs(y0 - word[-1][1]) > 4:
                boxes.append(_union(word, height))
                word = []
            word.append((x0, y0, x1, y1))
        elif word:
            boxes.append(_union(word, height))
            word = []
    return page.render(scale=scale).to_pil().convert("RGB"), np.array(boxes), (width, height)


def _union(word: list[tuple[float, float, float, float]], height: float) -> list[float]:
    corners = np.array(word)
    return [
        corners[:, 0].min(),
        height - corners[:, 3].max(),
        corners[:, 2].max(),
        height - corners[:, 1].min(),
    ]


def _photo(page: Image.Image, rng: np.random.Generator) -> bytes:
    """The page as a telephone might see it: turned, curled, unevenly lit, grainy."""
    h, w = page.height, page.width
    source = np.float32([[0, 0], [w, 0], [w, h], [0, h]])
    target = np.float32([[90, 130], [w - 40, 60], [w + 20, h + 30], [30, h + 90]])
    matrix = cv2.getPerspectiveTransform(source, target)
    view = cv2.warpPerspective(
        np.asarray(page), matrix, (w + 110, h + 190), borderMode=cv2.BORDER_CONSTANT, borderValue=(92, 70, 54)
    ).astype(np.float64)
    yy, xx = np.mgrid[0 : view.shape[0], 0 : view.shape[1]]
    light = 0.62 + 0.36 * np.exp(-(((xx - 380) / 700) ** 2) - ((yy - 420) / 900) ** 2)
    view = view * light[..., None] * np.array([1.0, 0.965, 0.9]) + rng.normal(0, 5, view.shape)
    buffer = io.BytesIO()
    Image.fromarray(np.clip(view, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def page_evidence(number: int, seed: int, pictures: bool = True) -> PageEvidence:
    rng = np.random.default_rng(seed)
    page, boxes, size = sample_page(number, 2.0)
    n = len(boxes)
    mark = np.where(rng.random(n) < 0.5, 1, -1) * rng.uniform(0.05, 0.24, n)
    sigma = rng.gamma(4.0, 0.009, n)
    # a corner under glare is uncertain, a thumb hides another
    glare = np.hypot(boxes[:, 0] - 470, boxes[:, 1] - 220) < 90
    sigma[glare] *= 5
    mark = mark + rng.normal(0, sigma)
    thumb = np.hypot(boxes[:, 0] - 90, boxes[:, 1] - 760) < 110
    mark[thumb | (rng.random(n) < 0.02)] = np.nan
    buffer = io.BytesIO()
    page.save(buffer, "PNG")
    return PageEvidence(
        artefact="IMG_0001.jpg",
        sheet=0,
        page=number,
        page_size=size,
        boxes=boxes,
        mark=mark,
        sigma=sigma,
        density=132.4,
        method="pixels",
        carriers_read=int(np.isfinite(mark).sum() * 0.8),
        background=buffer.getvalue() if pictures else b"",
        sheet_image=_photo(page, rng) if pictures else b"",
    )


def verdict(
    *,
    named: int = 1,
    copies: int = 10_000,
    pages: tuple[int, ...] = (1,),
    pictures: bool = True,
    seed: int = 5,
) -> Verdict:
    """A verdict that names `named` copies; 0 gives "none of our copies"."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=copies)
    accused = []
    for i in range(named):
        index = 41 + 1000 * i
        scores[index] = 17.8 if named == 1 else 11.6 - 1.1 * i
        depth = 64.37 if named == 1 else 28.4 - 6.3 * i
        accused.append(
            Accusation(
                copy=f"C-7K3M9QXA-A{index:06d}",
                index=index,
                log10_p=-depth,
                log10_bound=-depth + 5.2,
                log10_lr=depth - 3.1,
                log10_lr_against={"another copy": depth - 1.9, "the unmarked original": depth - 3.1},
                step="single" if i == 0 else f"conditional {i}",
                hypothesis="1 copy" if named == 1 else f"interleave of {named}",
            )
        )
    order = [int(i) for i in np.argsort(-scores) if i not in {a.index for a in accused}][:8]
    runners = [
        Candidate(f"C-7K3M9QXA-A{i:06d}", i, float(-(scores[i] ** 2) / 4.6 - 0.6), float(-6.0 - k))
        for k, i in enumerate(order)
    ]
    evidence = tuple(page_evidence(number, seed + number, pictures) for number in pages)
    return Verdict(
        document="D-7K3M9QXA",
        title="Night Operations at Sandhaven Harbour (sample data)",
        accused=tuple(accused),
        alpha=1e-6,
        sentence="",
        copies=copies,
        tried={
            "documents": 3,
            "pages": 12,
            "sheets": ["IMG_0001.jpg"],
            "alignments": 2,
            "hypotheses": ["1 copy", "interleave of 2", "interleave of 3", "average of 2", "majority of 3"],
            "reading": {"glyph_origins": False, "pixels": True},
        },
        evidence=evidence,
        ranking=(*(Candidate(a.copy, a.index, a.log10_p, a.log10_lr) for a in accused), *runners),
        scores=scores,
        carriers_read=sum(e.carriers_read for e in evidence),
        expected_score=17.1 if named == 1 else 18.4,
        stronger=(
            "A second page would roughly double the evidence.",
            "Part of page 2 is under glare: a second photo from another angle would recover about 30 words.",
            "A flat scan at 300 dots per inch would halve the uncertainty of each word.",
        ),
        notes=("The photo was turned by 90 degrees before it was read.",) if named else (),
    )
