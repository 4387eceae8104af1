"""The report of an identification as a single HTML file: what leaked, which passages, and what was altered.

Like the report of a trace it loads nothing and runs no script. Texts of leaks are untrusted: they are
escaped, and controls that would reorder or hide parts of a line are made visible.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from markupsafe import Markup

from fother.model.match import DocumentMatch, Genuineness, Identification
from fother.report import sentences as say
from fother.report.crops import ComparedPage, Crop, crops
from fother.report.html import Fact, content_policy, date_words, environment, fact, template_text
from fother.report.images import BUDGET
from fother.report.sides import Numbered, PassageView, passage_views, plain, quote, visible

MOST_MATCHES = 6  #: documents shown with their texts; further ones are listed only
MOST_PASSAGES = 30
MOST_CHANGES = 200
MOST_FOREIGN = 12
MOST_CROPS = 16

VERDICT_WORDS: dict[Genuineness, str] = {
    "genuine": "Genuine",
    "altered": "Altered",
    "mixed": "Mixed",
    "not-ours": "Not ours",
}
KIND_WORDS = {"marking": "marking or caveat", "certainty": "certainty"}
REGION_WORDS = {
    "changed": "The leak shows something else here.",
    "covered": "The leak is painted or pasted over here.",
    "added": "The leak shows something where the page has nothing.",
}


@dataclass(frozen=True)
class IdentifyView:
    """All that the report shows of one artefact.

    `document_texts` maps the id of each matched document to its text as registered; a match whose text is
    missing is listed without its passages. `tried` are names and JSON values for "what was tried".
    """

    identification: Identification
    leak_text: str = ""
    document_texts: Mapping[str, str] = field(default_factory=dict)
    recognised: bool = False  #: the leak's text was recognised in pictures
    sha256: str = ""
    sighting: str = ""  #: id of the kept sighting
    source: str = ""  #: where the artefact was found
    pages: tuple[ComparedPage, ...] = ()
    tried: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class MatchPart:
    """One document of one artefact, ready for the template."""

    key: str  #: prefix of ids on the page
    match: DocumentMatch
    title: str
    pages: str  #: "page 3", "pages 1 to 4 and 9", or empty
    coincidence: str
    counted: int  #: passages that count
    grave: tuple[Numbered, ...]
    minor: tuple[Numbered, ...]
    changes_left: int
    passages: tuple[PassageView, ...]
    passages_left: int
    crops: tuple[Crop, ...]
    regions_left: int


@dataclass(frozen=True)
class ArtefactPart:
    """One artefact, ready for the template."""

    key: str
    view: IdentifyView
    name: str
    sentence: str
    matches: tuple[MatchPart, ...]
    others: tuple[MatchPart, ...]
    foreign: tuple[str, ...]
    foreign_left: int
    foreign_share: float  #: of the leak's characters, 0…1
    unrelated: str
    tried: tuple[Fact, ...]


def render_identify_report(views: Sequence[IdentifyView], *, generated_at: datetime, version: str) -> str:
    """Write the report of what one or several artefacts are, as HTML text.

    `generated_at` must carry its time zone; it is printed in UTC. `version` is the version of Fother.
    Raises ValueError for a time without zone and for no artefact.
    """
    if generated_at.tzinfo is None:
        raise ValueError("the time of the report needs a time zone")
    if not views:
        raise ValueError("the report needs an artefact")
    css = template_text("report.css")
    drawn = sum(bool(m.regions) for view in views for m in view.identification.matches[:MOST_MATCHES])
    budget = BUDGET // max(1, drawn)
    parts = tuple(_artefact(view, f"a{n}", budget) for n, view in enumerate(views, 1))
    verdicts = {view.identification.verdict for view in views}
    moment = generated_at.astimezone(UTC)
    templates = environment()
    templates.filters["shown"] = plain
    templates.finalize = _finalize
    return templates.get_template("identify.html.jinja").render(
        parts=parts,
        say=say,
        headline=parts[0].sentence if len(parts) == 1 else several_sentence(views),
        label=VERDICT_WORDS[views[0].identification.verdict] if len(verdicts) == 1 else "Several verdicts",
        kind="none" if verdicts <= {"not-ours"} else "found",
        altered=bool(verdicts & {"altered", "mixed"}),
        verdict_words=VERDICT_WORDS,
        kind_words=KIND_WORDS,
        region_words=REGION_WORDS,
        share=share_words,
        odds=_odds,
        policy=content_policy(css),
        css=Markup(css),  # noqa: S704 - our own file, and escaping would change its hash
        generated_at=moment,
        made=date_words(moment),
        version=version,
    )


def _finalize(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def verdict_sentence(identification: Identification) -> str:
    """The verdict in one sentence, when the identification brings none of its own."""
    if identification.sentence:
        return plain(identification.sentence)
    titles = say.join_words([m.title or m.document for m in identification.matches], 3)
    return plain(
        {
            "genuine": f"This leak shows {titles}, unaltered.",
            "altered": f"This leak shows {titles}, with alterations.",
            "mixed": f"This leak mixes {titles} with text that is not ours.",
            "not-ours": "This leak shows no registered document.",
        }[identification.verdict]
    )


def several_sentence(views: Sequence[IdentifyView]) -> str:
    """ "3 files: 1 altered and 2 not ours."."""
    found = [view.identification.verdict for view in views]
    counts = [f"{found.count(v)} {w.lower()}" for v, w in VERDICT_WORDS.items() if v in found]
    return f"{say.count_words(len(found), 'file')}: {say.join_words(counts)}."


def share_words(share: float) -> str:
    """A measured share as a percentage: 0 % and 100 % only when it is nothing or everything."""
    if share <= 0.0 or share >= 1.0:
        return "100 %" if share >= 1.0 else "0 %"
    return say.percent_words(share)


def _odds(log10_probability: float) -> str:
    return "not known" if math.isnan(log10_probability) else say.odds_words(min(0.0, log10_probability))


def _coincidence_words(probability: float) -> str:
    return _odds(
        math.log10(probability) if probability > 0 else probability if probability != 0 else -math.inf
    )


def _artefact(view: IdentifyView, key: str, budget: int) -> ArtefactPart:
    found = view.identification
    matches = tuple(_match(view, match, f"{key}-m{n}", budget) for n, match in enumerate(found.matches, 1))
    foreign = [quote(view.leak_text, span) for span in found.foreign]
    foreign = [text for text in foreign if text]
    length = max(1, len(view.leak_text))
    covered = sum(max(0, min(e, length) - max(0, s)) for s, e in found.foreign)
    unrelated = ""
    if found.verdict == "not-ours" and found.log10_unrelated is not None:
        unrelated = _odds(found.log10_unrelated)
    return ArtefactPart(
        key=key,
        view=view,
        name=plain(found.artefact),
        sentence=verdict_sentence(found),
        matches=matches[:MOST_MATCHES],
        others=matches[MOST_MATCHES:],
        foreign=tuple(foreign[:MOST_FOREIGN]),
        foreign_left=max(0, len(foreign) - MOST_FOREIGN),
        foreign_share=min(1.0, covered / length),
        unrelated=unrelated,
        tried=tuple(fact(plain(str(name)), value) for name, value in view.tried.items()),
    )


def _match(view: IdentifyView, match: DocumentMatch, key: str, budget: int) -> MatchPart:
    ordered = sorted(match.changes, key=lambda c: (c.leak or c.document or (0, 0), c.document or (0, 0)))
    kept = sorted(ordered, key=lambda c: not c.grave)[:MOST_CHANGES]
    chosen = {id(change) for change in kept}
    shown = [change for change in ordered if id(change) in chosen]
    numbered = [Numbered(n, change) for n, change in enumerate(shown, 1)]
    text = view.document_texts.get(match.document)
    passages: tuple[PassageView, ...] = ()
    if text is not None:
        passages = passage_views(match, numbered, text, view.leak_text)
    seen = tuple(p for p in view.pages if p.document == match.document)
    regions = tuple(sorted(match.regions, key=lambda r: -r.score)[:MOST_CROPS])
    pictures = crops(regions, seen, budget)
    return MatchPart(
        key=key,
        match=match,
        title=plain(match.title or match.document),
        pages=_pages_words(match),
        coincidence=_coincidence_words(match.coincidence),
        counted=sum(not p.common for p in match.passages),
        grave=tuple(n for n in numbered if n.change.grave),
        minor=tuple(n for n in numbered if not n.change.grave),
        changes_left=len(ordered) - len(shown),
        passages=passages[:MOST_PASSAGES],
        passages_left=max(0, len(passages) - MOST_PASSAGES),
        crops=pictures,
        regions_left=len(match.regions) - len(pictures),
    )


def _pages_words(match: DocumentMatch) -> str:
    pages = sorted({page for p in match.passages for page in p.pages} | {r.page + 1 for r in match.regions})
    if not pages:
        return ""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    words = []
    for run in runs:
        words += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(page) for page in run]
    return ("page " if len(pages) == 1 else "pages ") + say.join_words(words, 8)
