"""The report of one trace as a single HTML file for an official, a court or a board.

The file loads nothing, runs no script and states so in its content security policy; it can be mailed,
printed and archived. Its words come from `sentences`, its drawings from `histogram` and `overlay`.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import jinja2
from markupsafe import Markup, escape

from fother.model.verdict import Accusation, Candidate, PageEvidence, Verdict
from fother.report import sentences as say
from fother.report.histogram import Histogram, score_histogram
from fother.report.images import PagePictures, page_pictures
from fother.report.numbers import naming_threshold, posterior_log10_wrong, posterior_words
from fother.report.overlay import PageDrawing, page_drawing

#: pages drawn in full; further pages are listed only, so that the file stays small enough to mail
MOST_PAGES = 12
MOST_RUNNERS_UP = 5
_MOST_ITEMS = 12
_RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_LOWERED = str.maketrans(_RAISED, "−0123456789")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
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


@dataclass(frozen=True)
class Fact:
    """One row of "what was tried"; `items` is filled for lists and tables."""

    name: str
    value: str
    items: tuple[str, ...] = ()


def render_trace_report(verdict: Verdict, *, generated_at: datetime, version: str) -> str:
    """Write the report of `verdict` as HTML text.

    `generated_at` must carry its time zone; it is printed in UTC. `version` is the version of Fother that
    made the verdict. Raises ValueError for a time without zone.
    """
    if generated_at.tzinfo is None:
        raise ValueError("the time of the report needs a time zone")
    css = _template_text("report.css")
    weakest = max(verdict.accused, key=lambda a: a.log10_bound, default=None)
    least_ratio = min(verdict.accused, key=lambda a: a.log10_lr, default=None)
    shown = verdict.evidence[:MOST_PAGES]
    return (
        _environment()
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
            pages_left=verdict.evidence[MOST_PAGES:],
            tried=tuple(_fact(str(key), value) for key, value in verdict.tried.items()),
            # nothing may be loaded; the one style sheet is admitted by its hash, pictures by data: only
            policy=f"default-src 'none'; style-src 'sha256-{_sha256_base64(css)}'; img-src data:; "
            "base-uri 'none'; form-action 'none'",
            css=Markup(css),  # noqa: S704 - our own file, and escaping would change its hash
            generated_at=generated_at.astimezone(UTC),
            made=_date_words(generated_at.astimezone(UTC)),
            expected_known=math.isfinite(verdict.expected_score),
            version=version,
        )
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("fother.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["rich"] = _rich
    environment.filters["n1"] = lambda value: f"{value:.1f}"
    environment.filters["thousands"] = lambda value: f"{value:,}"
    return environment


def _rich(text: str, copies: Sequence[str] = ()) -> Markup:
    """Sentence to HTML: real superscripts, quantities and copy ids that do not break across lines.

    The caret is hidden from sight but heard, and kept when the number is copied elsewhere.
    """
    html = str(escape(text))
    for copy in sorted({str(escape(c)) for c in copies if len(c) <= 24}, key=len, reverse=True):
        html = re.sub(re.escape(copy) + "[.,;:]?", r'<span class="whole">\g<0></span>', html)
    html = re.sub(
        "(?<=[0-9]) × (?=10)|(?<=1 in) (?=[0-9])|(?<=[0-9]) (?=in [0-9]|million|%)|(?<=1) (?=in )",
        _glue,
        html,
    )
    html = re.sub(
        f"[{_RAISED}]+",
        lambda m: f'<sup><span class="vh">^</span>{m[0].translate(_LOWERED)}</sup>',
        html,
    )
    return Markup(html)  # noqa: S704 - escaped above; only our own tags were added


def _glue(match: re.Match[str]) -> str:
    return match[0].replace(" ", "\u00a0")


def _template_text(name: str) -> str:
    loader = jinja2.PackageLoader("fother.report")
    return loader.get_source(jinja2.Environment(autoescape=True), name)[0]


def _date_words(moment: datetime) -> str:
    """ "5 March 2026, 14:07 UTC", the same in every locale."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M} UTC"


def _sha256_base64(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


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
            c.copy,
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


def _plain(value: object) -> str:
    """A value of `tried` as text: numbers grouped, nested tables on one line."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return "; ".join(f"{_title(str(k))}: {_plain(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(_plain(v) for v in value)
    return str(value)


def _title(name: str) -> str:
    return name.replace("_", " ")


def _fact(name: str, value: object) -> Fact:
    title = _title(name)
    title = title[:1].upper() + title[1:]
    if isinstance(value, Mapping):
        items = [f"{_title(str(k))}: {_plain(v)}" for k, v in value.items()]
    elif isinstance(value, (list, tuple, set, frozenset)):
        items = [_plain(v) for v in value]
    else:
        return Fact(title, _plain(value))
    if not items:
        return Fact(title, "none")
    if len(items) > _MOST_ITEMS:
        items = [*items[: _MOST_ITEMS - 1], f"and {len(items) - _MOST_ITEMS + 1:,} more"]
    short = all(len(item) <= 24 for item in items)
    return Fact(title, ", ".join(items)) if short else Fact(title, "", tuple(items))
