"""Geometry of the time line of a case: one lane for each kind of event, time from left to right.

Cases are quiet for days and then busy for an hour, so time is not drawn to scale: every moment gets its own
place in the order of time, and the days are marked off. Moments are numbered; the table below the drawing
tells what each number is, so that nothing has to be read from the drawing alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fother.model.situation import Lane, Moment

LANES: dict[Lane, str] = {
    "leak": "Leak",
    "public": "In public",
    "desk": "Desk",
    "outreach": "Outreach",
    "due": "Due",
}
MOST = 40  #: moments in a drawing; beyond, those nearest to now


@dataclass(frozen=True)
class Dot:
    """One moment. `until` is the right end of a stretch, or None."""

    number: int
    x: float
    y: float
    until: float | None
    ahead: bool
    lane: Lane
    tip: str


@dataclass(frozen=True)
class DayMark:
    x: float
    label: str
    anchor: str


@dataclass(frozen=True)
class TimelineDrawing:
    """Everything that is drawn, in SVG user units."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    font: float
    radius: float
    lanes: tuple[tuple[str, float], ...]  #: name and height
    days: tuple[DayMark, ...]
    dots: tuple[Dot, ...]
    now: float | None
    summary: str


def shown_moments(moments: Sequence[Moment], now: datetime, most: int = MOST) -> tuple[Moment, ...]:
    """The moments that are drawn and listed: all, or of many those nearest to now, in order of time."""
    if len(moments) <= most:
        return tuple(moments)
    near = sorted(range(len(moments)), key=lambda i: abs((moments[i].at - now).total_seconds()))[:most]
    return tuple(moments[i] for i in sorted(near))


def timeline_drawing(
    moments: Sequence[Moment], now: datetime, zone: ZoneInfo, *, width: float, font: float
) -> TimelineDrawing | None:
    """Lay out a time line `width` units wide; None without moments."""
    if not moments:
        return None
    used = [lane for lane in LANES if any(m.lane == lane for m in moments)]
    # Lanes are named beside them when there is room, above them when there is not.
    beside = width >= 600
    pitch = font * (2.6 if beside else 3.6)
    left = font * 5.8 if beside else font * 0.9
    right, top = width - font * 0.9, font * 2.9
    heights = {lane: top + pitch * (row + (0.5 if beside else 0.68)) for row, lane in enumerate(used)}
    bottom = top + pitch * len(used)
    step = (right - left - font * 1.6) / max(1, len(moments) - 1)
    xs = [left + font * 0.8 + step * place for place in range(len(moments))]
    if len(moments) == 1:
        xs = [(left + right) / 2]
    past = [x for x, m in zip(xs, moments, strict=True) if m.at <= now]
    future = [x for x, m in zip(xs, moments, strict=True) if m.at > now]
    at_now = (past[-1] + future[0]) / 2 if past and future else None
    dots = tuple(
        Dot(
            number=number,
            x=x,
            y=heights[m.lane],
            until=min(right, x + font * 1.6) if m.until else None,
            ahead=m.ahead,
            lane=m.lane,
            tip=m.text,
        )
        for number, (x, m) in enumerate(zip(xs, moments, strict=True), 1)
    )
    return TimelineDrawing(
        width=width,
        height=bottom + font * 0.8,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        font=font,
        radius=min(font * 0.78, max(font * 0.3, step * 0.46)),
        lanes=tuple((LANES[lane], heights[lane]) for lane in used),
        days=_days(moments, xs, zone, right, font),
        dots=dots,
        now=at_now,
        summary=_summary(moments, used),
    )


def _days(
    moments: Sequence[Moment], xs: Sequence[float], zone: ZoneInfo, right: float, font: float
) -> tuple[DayMark, ...]:
    marks: list[DayMark] = []
    last, taken = None, 0.0
    for m, x in zip(moments, xs, strict=True):
        day = m.at.astimezone(zone).date()
        if day == last:
            continue
        last = day
        at = x - font * 0.95
        label = f"{day.day} {day:%b}"
        length = font * 0.58 * len(label)
        start = at if at + length < right else at - length
        # Labels that would run into each other are left out; the line stays.
        if start < taken and marks:
            label = ""
        else:
            taken = start + length + font * 0.5
        marks.append(DayMark(at, label, "start" if start == at else "end"))
    return tuple(marks)


def _summary(moments: Sequence[Moment], used: Sequence[Lane]) -> str:
    counts = ", ".join(f"{sum(m.lane == lane for m in moments)} in the lane {LANES[lane]}" for lane in used)
    return f"{len(moments)} moments in order of time: {counts}. The table below lists each by its number."
