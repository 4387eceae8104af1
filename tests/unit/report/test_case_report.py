"""The report of a case: nothing runs, everybody can read it, and the words of leaks stay words."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pikepdf
import pypdfium2
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "respond"))

from case_files import NOW, START, case_file, kept

from fother.flow.desk import views
from fother.model import case as model
from fother.model.situation import Moment, Situation
from fother.registry import Item
from fother.report.case_pdf import render_case_pdf
from fother.report.case_report import render_case_report
from fother.report.case_text import situation_lines, stance_words
from fother.report.html import template_text
from fother.report.timeline import shown_moments, timeline_drawing
from fother.respond.readers import for_party
from fother.respond.situation import situation

from .pages import Page, assert_accessible, contrast


def full() -> Situation:
    return replace(situation(case_file(), NOW), contradictions=("The ministry denies what it confirmed.",))


def empty() -> Situation:
    return situation(model.CaseFile("K-1", kept("K-1", model.Case("Nothing yet"))), NOW)


def for_reader() -> Situation:
    return views.for_reader(situation(for_party(case_file(), "P-1"), NOW), "Vestria")


def render(s: Situation) -> str:
    return render_case_report(s, generated_at=NOW, version="9.9.9")


@pytest.fixture(scope="module", params=[full, empty, for_reader])
def any_case(request: pytest.FixtureRequest) -> Situation:
    made: Situation = request.param()
    return made


def test_nothing_is_loaded_and_nothing_runs(any_case: Situation) -> None:
    html = render(any_case)
    page = Page(html)
    assert not {n for n, _ in page.elements} & {"script", "link", "iframe", "object", "embed", "form", "base"}
    for _, attrs in page.elements:
        assert "style" not in attrs
        assert not any(key.startswith("on") for key in attrs)
        assert all(re.match("#", str(attrs[key])) for key in ("src", "href") if attrs.get(key))
    policy = next(str(m["content"]) for m in page.all("meta") if "http-equiv" in m)
    style = html.split("<style>")[1].split("</style>")[0]
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in policy


def test_structure_for_keyboard_and_screen_reader(any_case: Situation) -> None:
    assert_accessible(Page(render(any_case)))


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", css))


def test_contrast_of_all_text_in_both_schemes() -> None:
    css = template_text("report.css")
    light = _colours(css.split("@media (prefers-color-scheme: dark)")[0])
    dark = {**light, **_colours(css.split("@media (prefers-color-scheme: dark)")[1].split("\n}\n")[0])}
    for scheme in (light, dark):
        for ink in ("ink", "muted", "accent", "right", "link", "quiet"):
            for ground in ("paper", "card"):
                assert contrast(scheme[ink], scheme[ground]) >= 4.5, (ink, ground)
        for ink in ("ink", "muted"):
            assert contrast(scheme[ink], scheme["accent-soft"]) >= 4.5, ink
        assert contrast(scheme["paper"], scheme["quiet"]) >= 4.5  # numbers inside the dots
        assert contrast(scheme["quiet"], scheme["paper"]) >= 3.0  # WCAG 1.4.11: the dots themselves
    labels = dict(re.findall(r"\.tlp-([a-z]+) { color: (#[0-9a-f]{3,6})", template_text("case.css")))
    assert set(labels) == {"clear", "green", "amber", "red"}
    assert all(contrast(colour, "#000000") >= 4.5 for colour in labels.values())


def test_order_is_the_order_in_which_an_official_asks() -> None:
    html = render(full())
    places = [
        html.index(f'<section id="{name}"')
        for name in ("leaked", "affected", "said", "due", "unknown", "timeline", "decisions", "limits")
    ]
    assert places == sorted(places)


def test_one_screen_holds_the_situation() -> None:
    text = "\n".join(situation_lines(full()))
    for words in (
        "Harbour papers (K-1, open, TLP:AMBER)",
        "GENUINE: photo.jpg, found at forum",
        "ALTERED: excerpt.txt",
        "40 became 60.",
        "This leak derives from copy C-7.",
        "Grain Terminal Ltd [severe]: not told, nothing planned.",
        "Minister Sample (Ministry) denies",
        "Before: declines to comment.",
        "OVERDUE Tue 3 Mar 2026, 10:00 CET: Close the fence",
        "What is not known",
    ):
        assert words in text
    assert len(text.splitlines()) < 60


def test_long_lists_are_cut_and_say_so() -> None:
    s = full()
    many = replace(s, affected=s.affected * 40, unknown=s.unknown * 9, voices=s.voices * 200)
    lines = situation_lines(many)
    assert len(lines) < 80
    assert any("and 68 more; the report lists all." in line for line in lines)
    assert "and" in Page(render(many)).text


BAD = "<script>alert(1)</script>'\"&\u202ereversed #eval(panic) $x$ *b* @preview"


def test_words_from_outside_stay_words() -> None:
    s = _poisoned(full())
    html = render(s)
    page = Page(html)
    assert not page.all("script")
    assert "<script" not in html
    assert "\u202e" not in html
    assert "alert(1)" in page.text
    pdf = pypdfium2.PdfDocument(render_case_pdf(s, generated_at=NOW, version="9"))
    text = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert "#eval(panic)" in "".join(text.split())


def _poisoned(value: Any) -> Any:
    """Every free text of a situation replaced by a hostile one."""
    if isinstance(value, tuple):
        return tuple(_poisoned(item) for item in value)
    if hasattr(value, "__dataclass_fields__"):
        kept_as_is = ("status", "tlp", "zone", "lane", "standing", "severity", "kind", "reader", "stance")
        changed = {
            f.name: _poisoned(getattr(value, f.name)) for f in fields(value) if f.name not in kept_as_is
        }
        return replace(value, **changed)
    return BAD if isinstance(value, str) and value else value


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        render_case_report(full(), generated_at=datetime(2026, 1, 1), version="9")
    with pytest.raises(ValueError, match="zone"):
        render_case_pdf(full(), generated_at=datetime(2026, 1, 1), version="9")


def test_the_pdf_is_tagged_and_says_the_same(any_case: Situation, tmp_path: Path) -> None:
    data = render_case_pdf(any_case, generated_at=NOW, version="9.9.9")
    path = tmp_path / "case.pdf"
    path.write_bytes(data)
    with pikepdf.open(path) as pdf:
        root = pdf.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang).startswith("en")
        assert root.ViewerPreferences.DisplayDocTitle
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        kinds, alternates = _structure(root.StructTreeRoot)
    assert {"H1", "H2", "P"} <= kinds
    if len(any_case.timeline) > 1:
        assert {"Table", "TH", "TD", "Figure"} <= kinds
    assert all(alternates)
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    assert any_case.title in text
    assert f"TLP:{any_case.tlp}" in text
    again = render_case_pdf(any_case, generated_at=NOW, version="9.9.9")
    assert again == data


def _structure(root: Any) -> tuple[set[str], list[bool]]:
    kinds: set[str] = set()
    alternates: list[bool] = []
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, pikepdf.Array):
            todo.extend(node)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                kinds.add(str(node.S).removeprefix("/"))
                if node.S == "/Figure":
                    alternates.append(bool(str(node.get("/Alt", ""))))
            if "/K" in node:
                todo.append(node.K)
    return kinds, alternates


def test_letters_without_a_font_do_not_stop_the_report() -> None:
    s = replace(full(), title="\U0001f6a2 港 \u0e01 \ue000")
    assert render_case_pdf(s, generated_at=NOW, version="9").startswith(b"%PDF")


def test_of_many_moments_those_near_now_are_drawn() -> None:
    moments = tuple(Moment(START + timedelta(hours=h), "desk", f"m{h}") for h in range(500))
    now = START + timedelta(hours=100)
    shown = shown_moments(moments, now)
    assert len(shown) == 40
    assert [m.at for m in shown] == sorted(m.at for m in shown)
    assert all(abs(m.at - now) <= timedelta(hours=20) for m in shown)


@pytest.mark.parametrize("width", [380.0, 900.0])
@pytest.mark.parametrize("count", [1, 2, 40])
def test_drawings_stay_inside_and_keep_apart(width: float, count: int) -> None:
    moments = [
        Moment(START + timedelta(hours=7 * h), "desk" if h % 2 else "leak", "m", ahead=h > 3)
        for h in range(count)
    ]
    d = timeline_drawing(moments, START + timedelta(hours=20), ZoneInfo("Europe/Oslo"), width=width, font=12)
    assert d is not None
    assert all(dot.x - d.radius > 0 and dot.x + d.radius < width for dot in d.dots)
    assert all(dot.y - d.radius > 0 and dot.y + d.radius < d.height for dot in d.dots)
    xs = [dot.x for dot in d.dots]
    assert all(b - a >= 1.8 * d.radius for a, b in pairwise(xs))
    labels = [mark for mark in d.days if mark.label]
    assert all(b.x > a.x for a, b in pairwise(labels))
    assert timeline_drawing([], NOW, ZoneInfo("UTC"), width=width, font=12) is None


@pytest.mark.parametrize(
    ("speaker", "stance", "words"),
    [
        ("two officials", "assert", "say"),
        ("Three people close to the talks", "deny", "deny"),
        ("officials", "decline", "decline to comment"),
        ("diplomats at the ministry", "promise", "promise"),
        ("Minister Sample", "deny", "denies"),
        ("United Nations", "assert", "says"),
        ("one of two officials", "assert", "says"),
        ("the spokeswoman of the ministries", "urge", "urges"),
        ("", "assert", "says"),
        ("two officials", "unheard", "unheard"),
    ],
)
def test_a_verb_goes_with_its_speaker(speaker: str, stance: str, words: str) -> None:
    assert stance_words(stance, speaker) == words


def test_a_change_is_told_by_what_it_changed() -> None:
    def version(number: int, body: dict[str, Any], *, withdrawn: bool = False) -> Item:
        return Item("OU-1", number, 1, "outreach", "K-1", body, None, withdrawn, START, START, "ann", "")

    first = {"party": "P-1"}
    approved = {**first, "approved_by": "A. Sample", "approved_at": "2026-03-02T09:00:00+00:00"}
    told = {**approved, "state": "sent", "sent_how": "by telephone", "sent_at": "2026-03-02T10:00:00+00:00"}
    worried = {**told, "concerns": [{"at": "2026-03-02T11:00:00+00:00", "text": "more?"}]}
    calm = {**worried, "acknowledged_at": "2026-03-02T11:00:00+00:00"}
    bodies = [first, approved, told, worried, calm, {**calm, "approved_by": "B. Sample"}]
    versions = [version(n, body) for n, body in enumerate(bodies, 1)]
    lines = views.history_lines([*versions, version(7, bodies[-1], withdrawn=True)])
    ends = [line.partition("outreach")[2] for line in lines]
    assert ends == [
        ": P-1",
        ": P-1: approved by: A. Sample",
        ": P-1: state: sent; sent how: by telephone",
        ": P-1: concerns: 1, last more?",
        ": P-1: acknowledged at: 2026-03-02T11:00:00+00:00",
        ": P-1: approved by: B. Sample",
        " withdrawn: P-1: no longer counts",
    ]
