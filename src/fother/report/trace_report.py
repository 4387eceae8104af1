"""The report of one trace as a single HTML file for an official, a court or a board.

The file loads nothing, runs no script and states so in its content security policy; it can be mailed,
printed and archived. Its words come from `sentences`, its drawings from `histogram` and `overlay`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

from fother.model.verdict import Accusation, Candidate, PageEvidence, Verdict
from fother.report import sentences as say
from fother.report.histogram import Histogram, score_histogram
from fother.report.html import content_policy, date_words, environment, fact, template_text
from fother.report.images import PagePictures, page_pictures
from fother.report.numbers import naming_threshold, posterior_log10_wrong, posterior_words
from fother.report.overlay import PageDrawing, page_drawing
from fother.report.text_marks import text_views

#: pages drawn in full; further pages are listed only, so that the file stays small enough to mail
MOST_PAGES = 12
MOST_RUNNERS_UP = 5
_MM_PER_POINT = 25.4 / 72.0


@dataclass(frozen=True)
class PosteriorRow:
    prior: str
    posterior: str
    wrong: str


@dataclass(frozen=True)
class PageView:
    number: int  #: 1-based
    source: str
    drawing: PageDrawing
    pictures: PagePictures
    evidence: PageEvidence
    sigma: str  #: empty when nothing was read
    density: str  #: empty when the sheet has no pixels of its own


@dataclass(frozen=True)
class RankingRow:
    copy: str
    named: bool
    score: str
    odds: str
    ratio: str
    how: str


def render_trace_report(verdict: Verdict, *, generated_at: datetime, version: str) -> str:
    """Write the report of `verdict` as HTML text.

    `generated_at` must carry its time zone; it is printed in UTC. `version` is the version of Fother that
    made the verdict. Raises ValueError for a time without zone.
    """
    if generated_at.tzinfo is None:
        raise ValueError("the time of the report needs a time zone")
    css = template_text("report.css")
    weakest = max(verdict.accused, key=lambda a: a.log10_bound, default=None)
    least_ratio = min(verdict.accused, key=lambda a: a.log10_lr, default=None)
    shown = verdict.evidence[:MOST_PAGES]
    return (
        environment()
        .get_template("trace.html.jinja")
        .render(
            v=verdict,
            say=say,
            ids=[a.copy for a in verdict.accused],
            kind=say.verdict_kind(verdict.accused),
            headline=say.verdict_sentence(
                document=verdict.document,
                accused=[a.copy for a in verdict.accused],
                carriers_read=verdict.carriers_read,
                copies=int(verdict.scores.size),
            ),
            weakest=weakest,
            least_ratio=least_ratio,
            alternatives=list(least_ratio.log10_lr_against) if least_ratio else [],
            posterior=_posterior_rows(least_ratio, verdict.copies) if least_ratio else (),
            ranking=_ranking_rows(verdict),
            best=min(
                (c for c in verdict.ranking if not math.isnan(c.log10_p)),
                key=lambda c: c.log10_p,
                default=None,
            ),
            alpha_log10=math.log10(verdict.alpha),
            threshold=naming_threshold(verdict.alpha, verdict.copies),
            histograms=_histograms(verdict),
            pages=_page_views(shown),
            texts=text_views(verdict.excerpts),
            pages_left=verdict.evidence[MOST_PAGES:],
            tried=tuple(fact(str(key), value) for key, value in verdict.tried.items()),
            policy=content_policy(css),
            css=Markup(css),  # noqa: S704 - our own file, and escaping would change its hash
            generated_at=generated_at.astimezone(UTC),
            made=date_words(generated_at.astimezone(UTC)),
            expected_known=math.isfinite(verdict.expected_score),
            version=version,
        )
    )


def _posterior_rows(accusation: Accusation, copies: int) -> tuple[PosteriorRow, ...]:
    priors = [("As likely as not, because other evidence points to this copy", 0.5)]
    if copies > 2:
        priors.append((f"One of {copies:,} copies, each equally likely", 1.0 / copies))
    priors += [
        (f"Only one chance in {say.size_words(-math.log10(p))}", p)
        for p in (1e-6, 1e-9)
        if p < 1.0 / max(copies, 2)
    ]
    rows = []
    for words, prior in priors:
        wrong = posterior_log10_wrong(accusation.log10_lr, prior)
        rows.append(PosteriorRow(words, posterior_words(wrong), say.odds_words(wrong)))
    return tuple(rows)


def _ranking_rows(verdict: Verdict) -> tuple[RankingRow, ...]:
    def known(words: Callable[[float], str], value: float) -> str:
        return "not known" if math.isnan(value) else words(value)

    def score(index: int) -> str:
        value = float(verdict.scores[index]) if 0 <= index < verdict.scores.size else math.nan
        return known("{:.1f}".format, value).replace("-", "−")

    named = {a.copy for a in verdict.accused}
    rows = [
        RankingRow(
            a.copy,
            True,
            score(a.index),
            say.odds_words(a.log10_p),
            say.lr_words(a.log10_lr),
            f"{_step_words(a.step)}; model: {a.hypothesis}",
        )
        for a in verdict.accused
    ]
    others: list[Candidate] = [c for c in verdict.ranking if c.copy not in named]
    rows += [
        RankingRow(
            f"{c.copy} (decoy)" if c.decoy else c.copy,
            False,
            score(c.index),
            known(say.odds_words, c.log10_p),
            known(say.lr_words, c.log10_lr),
            "",
        )
        for c in others[:MOST_RUNNERS_UP]
    ]
    return tuple(rows)


def _step_words(step: str) -> str:
    """The search that named a copy, for people; an unknown name is passed on as it is."""
    known = {
        "single": "search for single copies",
        "lines": "search line by line",
        "blocks": "search line by line",
        "pages": "search page by page",
        "pair": "search for pairs",
    }
    if step.startswith("conditional"):
        return "search beside the copies already named"
    return known.get(step, step)


def _histograms(verdict: Verdict) -> tuple[tuple[str, Histogram], ...]:
    """The same histogram for wide and for narrow screens: text in a drawing cannot flow."""
    sizes = (("wide", 900.0, 420.0, 14.0), ("narrow", 380.0, 340.0, 12.5))
    made = ((name, score_histogram(verdict, width=w, height=h, font=f)) for name, w, h, f in sizes)
    return tuple((name, drawing) for name, drawing in made if drawing is not None)


def _page_views(evidence: tuple[PageEvidence, ...]) -> tuple[PageView, ...]:
    views = []
    for item, pictures in zip(evidence, page_pictures(evidence), strict=True):
        drawing = page_drawing(item)
        sigma = ""
        if math.isfinite(drawing.typical_sigma):
            sigma = f"{drawing.typical_sigma:.3f} pt ({drawing.typical_sigma * _MM_PER_POINT * 1000:.0f} µm)"
        source = item.artefact + (f", sheet {item.sheet + 1}" if item.sheet else "")
        density = f"{item.density:.0f}" if math.isfinite(item.density) and item.density > 0 else ""
        views.append(PageView(item.page + 1, source, drawing, pictures, item, sigma, density))
    return tuple(views)
