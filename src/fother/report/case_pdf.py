"""The report of a case as a PDF that can be mailed and printed, tagged for screen readers (PDF/UA-1).

The page is set by Typst from a template of ours. Everything that comes from outside travels as data and is
set as text: the template never evaluates it, and the compiler gets no folder and no package to read from.
"""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import typst
from markupsafe import Markup

from fother.model.situation import Due, Leaked, Situation
from fother.report.case_report import MOST_QUOTES, MOST_VOICES, NO_ADVICE, drawings, rows
from fother.report.case_text import STATUS_LABELS, shortened, stance_words, when
from fother.report.html import date_words, environment, template_text
from fother.report.numbers import count_words
from fother.report.sides import visible
from fother.report.timeline import TimelineDrawing, shown_moments

_MOST_AFFECTED = 400
#: The colours of the style sheet's light scheme; a drawing inside a PDF has no style sheet to ask.
_DRAWING_CSS = """
text { fill: #1a1e24; font-family: "Libertinus Serif"; }
.lane-name, .day { fill: #57606a; } .lane, .daymark { stroke: #ddd8ce; }
.now { stroke: #8a1538; stroke-width: 1.6; } .now-word { fill: #8a1538; font-weight: 700; }
.dot { fill: #2f4a63; } .dot.ahead { fill: #ffffff; stroke: #2f4a63; stroke-width: 1.6; }
.stretch { stroke: #2f4a63; stroke-width: 3; opacity: .45; }
.number { fill: #ffffff; font-weight: 700; text-anchor: middle; } .number.ahead { fill: #1a1e24; }
"""


def render_case_pdf(s: Situation, *, generated_at: datetime, version: str) -> bytes:
    """Write the report of a situation as PDF.

    `generated_at` must carry its zone. Raises ValueError for a time without zone.
    """
    if generated_at.tzinfo is None:
        raise ValueError("the time of the report needs a time zone")
    data = json.dumps(_data(s, generated_at.astimezone(UTC), version), ensure_ascii=False)
    source = template_text("case.typ").encode()
    with tempfile.TemporaryDirectory() as empty:
        options: dict[str, Any] = {
            "root": empty,
            "package_path": empty,
            "package_cache_path": empty,
            "sys_inputs": {"data": data},
            "format": "pdf",
            "timestamp": generated_at.astimezone(UTC).replace(microsecond=0),
        }
        try:
            made = typst.compile(source, pdf_standards=["ua-1"], **options)
        except typst.TypstError:
            # A letter that no font has breaks the standard, not the page: it is tagged all the same then.
            made = typst.compile(source, **options)
    return bytes(made)


def _data(s: Situation, made: datetime, version: str) -> dict[str, Any]:
    zone = ZoneInfo(s.zone)
    moments = shown_moments(s.timeline, s.as_of)
    wide = next((d for name, d in drawings(s, moments, zone) if name == "wide"), None)
    shown = s.affected[:_MOST_AFFECTED]
    untold = {a.id for a in s.untold}
    data = {
        "title": s.title,
        "case": s.id,
        "state": s.state,
        "tlp": s.tlp,
        "organisation": s.organisation,
        "reader": s.reader,
        "as_of": when(s.as_of, zone),
        "headline": s.headline,
        "summary": s.summary,
        "counts": [
            [str(len(s.untold)), "affected and not yet told"],
            [str(len(s.affected)), "parties affected"],
            [str(sum(d.overdue for d in s.due)), "overdue"],
            [str(s.reports), "reports in public"],
            [str(len(s.unknown)), "open questions"],
        ],
        "leaked": [
            {
                "status": STATUS_LABELS[one.status],
                "name": one.name,
                "sentence": one.sentence,
                "changes": list(one.changes[:12]),
                "copy": one.copy_sentence
                if not (one.described or s.reader or one.status == "not-ours")
                else "",
                "note": _leaked_note(one),
            }
            for one in s.leaked
        ],
        "access": list(s.access),
        "affected": [
            {
                "name": a.name,
                "contact": a.contact,
                "severity": a.severity,
                "standing": a.standing_words + (f" ({when(a.since, zone)})" if a.since else ""),
                "concerns": list(a.concerns),
                "quotes": [shortened(q, 140) for q in a.quotes[:MOST_QUOTES]],
                "all_quotes": list(a.quotes),
                "more": max(0, len(a.quotes) - MOST_QUOTES),
                "reasons": list(a.reasons),
                "excerpt": a.excerpt,
                "untold": a.id in untold,
            }
            for a in shown
        ],
        "affected_caption": count_words(len(s.untold), "party is", "parties are")
        + " affected and not yet told. The untold come first.",
        "affected_left": len(s.affected) - len(shown),
        "voices": [
            {
                "speaker": v.speaker,
                "role": v.role,
                "stance": stance_words(v.stance, v.speaker),
                "before": ", then ".join(stance_words(b, v.speaker) for b in v.before),
                "words": shortened(v.words, 280),
                "where": ", ".join(v.outlets[:4]) or "not known",
                "at": when(v.at, zone) if v.at else "",
            }
            for v in s.voices[:MOST_VOICES]
        ],
        "voices_caption": f"{count_words(s.statements, 'statement')} in {count_words(s.reports, 'report')}; "
        "the last word of each speaker, newest first.",
        "voices_left": max(0, len(s.voices) - MOST_VOICES),
        "contradictions": list(s.contradictions),
        "due": [
            {
                "at": _stretch(d, zone),
                "what": d.what,
                "kind": d.kind,
                "owner": d.owner or "nobody",
                "overdue": d.overdue,
            }
            for d in s.due
        ],
        "no_advice": NO_ADVICE,
        "unknown": list(s.unknown),
        "moments": [
            [str(r.number), r.at, r.lane, r.text + (" (ahead)" if r.ahead else "")]
            for r in rows(moments, zone)
        ],
        "moments_left": len(s.timeline) - len(moments),
        "decisions": [[text, reason, when(at, zone)] for at, text, reason in s.decisions],
        "roles": [list(pair) for pair in s.roles],
        "replies": list(s.replies),
        "lessons": list(s.lessons),
        "made": date_words(made),
        "version": version,
    }
    shown_data: dict[str, Any] = _visible(data)
    shown_data["timeline"] = _svg(wide) if wide else ""
    shown_data["timeline_alt"] = wide.summary if wide else ""
    return shown_data


def _stretch(due: Due, zone: ZoneInfo) -> str:
    until = f" to {when(due.until, zone)}" if due.until and due.until != due.at else ""
    return when(due.at, zone) + until


def _leaked_note(one: Leaked) -> str:
    if one.described:
        by = f": {one.found}" if one.found else ""
        marking = f" Said to be marked “{one.marking}”." if one.marking else ""
        return f"Known only from what others say{by}.{marking}"
    where = f"Found at {one.found}." if one.found else ""
    documents = f" Document: {', '.join(one.documents)}." if one.documents else ""
    return (where + documents).strip()


def _svg(drawing: TimelineDrawing) -> str:
    """The time line as a picture of its own."""
    macro = '{% import "case_drawings.html.jinja" as draw %}{{ draw.timeline(d, "wide") }}'
    templates = environment()
    templates.finalize = lambda value: (
        visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
    )
    svg = templates.from_string(macro).render(d=drawing).strip()
    size = f'xmlns="http://www.w3.org/2000/svg" width="{drawing.width:.1f}" height="{drawing.height:.1f}"'
    head, _, rest = svg.partition(">")
    return f"{head} {size}><style>{_DRAWING_CSS}</style>{rest}"


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_visible(item) for item in value]
    if isinstance(value, dict):
        return {key: _visible(item) for key, item in value.items()}
    return value
