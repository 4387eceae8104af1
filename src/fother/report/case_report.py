"""The report of a case as a single HTML file: its situation, in the order in which an official asks.

Like the other reports it loads nothing and runs no script. Words of leaks and of the press are untrusted:
they are escaped, and controls that would reorder or hide parts of a line are made visible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from fother.model.situation import Moment, Situation
from fother.report.case_text import STATUS_LABELS, shortened, stance_words, when
from fother.report.html import content_policy, date_words, environment, template_text
from fother.report.numbers import count_words
from fother.report.sides import visible
from fother.report.timeline import LANES, TimelineDrawing, shown_moments, timeline_drawing

MOST_VOICES = 150
MOST_QUOTES = 4
WIDE, NARROW = (900.0, 13.0), (380.0, 12.0)  #: width and font of the two drawings
NO_ADVICE = "Deadlines are reminders and no legal advice; check each against the text it cites."


@dataclass(frozen=True)
class Row:
    """One moment of the table below the time line."""

    number: int
    at: str
    iso: str
    lane: str
    text: str
    ahead: bool


def render_case_report(s: Situation, *, generated_at: datetime, version: str) -> str:
    """Write the report of a situation as HTML text.

    `generated_at` must carry its zone. `version` is the version of Fother. Raises ValueError for a time
    without zone.
    """
    if generated_at.tzinfo is None:
        raise ValueError("the time of the report needs a time zone")
    css = template_text("report.css") + template_text("case.css")
    zone = ZoneInfo(s.zone)
    moments = shown_moments(s.timeline, s.as_of)
    templates = environment()
    templates.filters["when"] = lambda at: when(at, zone)
    templates.filters["iso"] = iso
    rich = templates.filters["rich"]
    # What the filter returns counts as safe and passes by `_finalize`.
    templates.filters["rich"] = lambda text, copies=(): rich(visible(text), copies)
    templates.filters["stance"] = stance_words
    templates.filters["short"] = shortened
    templates.finalize = _finalize
    return templates.get_template("case.html.jinja").render(
        s=s,
        count=count_words,
        status_labels=STATUS_LABELS,
        drawings=drawings(s, moments, zone),
        rows=rows(moments, zone),
        moments_left=len(s.timeline) - len(moments),
        voices=s.voices[:MOST_VOICES],
        voices_left=len(s.voices) - MOST_VOICES,
        most_quotes=MOST_QUOTES,
        no_advice=NO_ADVICE,
        policy=content_policy(css),
        css=Markup(css),  # noqa: S704 - our own files, and escaping would change their hash
        generated_at=generated_at.astimezone(UTC),
        made=date_words(generated_at.astimezone(UTC)),
        version=version,
    )


def drawings(
    s: Situation, moments: Sequence[Moment], zone: ZoneInfo
) -> Sequence[tuple[str, TimelineDrawing]]:
    """The time line for wide and for narrow screens: text in a drawing cannot flow."""
    made = [
        (name, timeline_drawing(moments, s.as_of, zone, width=width, font=font))
        for name, (width, font) in {"wide": WIDE, "narrow": NARROW}.items()
    ]
    return [(name, drawing) for name, drawing in made if drawing is not None]


def rows(moments: Sequence[Moment], zone: ZoneInfo) -> tuple[Row, ...]:
    """The moments of the time line as a table."""
    return tuple(
        Row(number, when(m.at, zone), iso(m.at), LANES[m.lane], m.text, m.ahead)
        for number, m in enumerate(moments, 1)
    )


def iso(at: datetime | date) -> str:
    """A time for the `datetime` attribute."""
    return at.isoformat(timespec="seconds") if isinstance(at, datetime) else at.isoformat()


def _finalize(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
