from __future__ import annotations

import base64
import hashlib
import io
import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fother.model.match import Change, DocumentMatch, Identification, Passage, Region
from fother.report.crops import crops
from fother.report.identify_report import MOST_MATCHES, MOST_PASSAGES, IdentifyView, render_identify_report
from fother.report.sides import Numbered, passage_views, plain, quote

from .synthetic_identify import (
    CLAUSE,
    DOCUMENT,
    FOREIGN,
    altered_view,
    genuine_view,
    noise,
    picture_view,
    seen_page,
    spliced_view,
    unrelated_view,
)
from .test_trace_report import Page, _luminance

WHEN = datetime(2026, 3, 5, 14, 7, tzinfo=UTC)


def render(*views: IdentifyView) -> str:
    return render_identify_report(views, generated_at=WHEN, version="9.9.9")


def words(html: str) -> str:
    return re.sub(r"\s+", " ", Page(html).text)


@pytest.fixture(scope="module")
def altered() -> str:
    return render(altered_view())


@pytest.fixture(scope="module", params=["altered", "genuine", "unrelated", "picture", "several"])
def any_report(request: pytest.FixtureRequest) -> str:
    several = (spliced_view(), genuine_view(), unrelated_view(), genuine_view())
    return render(
        *{
            "altered": lambda: (altered_view(pictures=True),),
            "genuine": lambda: (genuine_view(),),
            "unrelated": lambda: (unrelated_view(),),
            "picture": lambda: (picture_view(),),
            "several": lambda: several,
        }[request.param]()
    )


def test_nothing_is_loaded_and_nothing_runs(any_report: str) -> None:
    page = Page(any_report)
    assert not {name for name, _ in page.elements} & {"script", "link", "iframe", "object", "embed", "form"}
    for _, attrs in page.elements:
        assert "style" not in attrs
        assert not any(key.startswith("on") for key in attrs)
        for key in ("src", "href", "srcset"):
            if attrs.get(key):
                assert re.match(r"#|data:image/(png|jpeg);base64,", str(attrs[key]))
    assert "url(http" not in any_report


def test_content_policy_admits_exactly_the_one_style_sheet(any_report: str) -> None:
    metas = Page(any_report).all("meta")
    policy = next(str(m["content"]) for m in metas if m.get("http-equiv") == "Content-Security-Policy")
    style = any_report.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_structure_for_keyboard_and_screen_reader(any_report: str) -> None:
    page = Page(any_report)
    names = [name for name, _ in page.elements]
    assert [names.count(n) for n in ("main", "h1", "nav", "footer")] == [1, 1, 1, 1]
    ids = [a["id"] for _, a in page.elements if a.get("id")]
    assert len(ids) == len(set(ids))
    levels = [int(n[1]) for n in names if re.fullmatch("h[1-6]", n)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    for _, attrs in page.elements:
        for key in ("href", "aria-labelledby"):
            for target in (attrs.get(key) or "").split():
                if key == "aria-labelledby" or target.startswith("#"):
                    assert target.removeprefix("#") in ids
    assert all(s.get("aria-hidden") or s.get("aria-label") for s in page.all("svg"))
    assert all(t.get("scope") in ("col", "row") for t in page.all("th"))


def test_says_verdict_coverage_and_coincidence(altered: str) -> None:
    text = words(altered)
    assert "This leak mixes altered passages of Night Operations at Sandhaven Harbour" in text
    assert "with a probability of 1 in 10^41" in text
    for part in ("91 %", "97 %", "pages 1 and 2", "D-7K3M9QXA", "L-5D0Q2VXM", "5 March 2026, 14:07 UTC"):
        assert part in text
    assert re.search(r'share-part" width="91\.0"', altered)


def test_every_change_is_told_and_marked_on_both_sides(altered: str) -> None:
    text = words(altered)
    for sentence in (
        "The leak says “61,000”; the document says “16,000”.",
        "The marking “OFFICIAL - SENSITIVE” of the document is missing.",
        "The leak adds “MORE TO FOLLOW”.",
    ):
        assert text.count(sentence) == 1
    for marked in ("[in the document: 16,000]", "[in the leak: 61,000]", "[in the document: Mary Aldous]"):
        assert marked in text
    assert "[other wording: asks for]" in text
    assert "[in the document: OFFICIAL - SENSITIVE]" in text
    assert text.count("[not here]") == 3  # once in the key, once for each change of one side
    assert "“Mary Aldous”. Sure to 93 %." in text
    assert "Read in a picture; sure to 93 %." in words(render(replace(altered_view(), recognised=True)))
    # each number in a text leads to its sentence
    refs = [str(a["href"])[1:] for a in Page(altered).all("a") if a.get("class") == "ref"]
    assert set(refs) == {f"a1-m1-c{n}" for n in range(1, 8)}


def test_common_passages_are_shown_as_not_counted(altered: str) -> None:
    text = words(altered)
    assert "Not counted as evidence: it also stands in 14 documents." in text
    assert text.count("does not count") == 1
    assert CLAUSE in text


def test_text_from_elsewhere_is_shown(altered: str) -> None:
    assert Page(altered).all("blockquote")
    assert FOREIGN in words(altered).split("Text from elsewhere")[-1]


def test_not_ours_has_its_own_confidence() -> None:
    text = words(render(unrelated_view()))
    assert "This leak shows no registered document." in text
    assert "would go unnoticed with a probability of 1 in 15,000" in text
    assert "That the leak is invented." in text


def test_several_files_are_told_apart() -> None:
    text = words(render(spliced_view(), genuine_view(), unrelated_view()))
    assert "3 files: 1 genuine, 1 mixed and 1 not ours." in text
    assert "This leak shows Night Operations, unaltered." in text
    assert "Minutes of the auditors" in text


def test_long_texts_are_abbreviated(altered: str) -> None:
    assert len(DOCUMENT) > 3000
    text = words(altered)
    assert "characters without a difference are left out here" in text
    assert "Berth 2 was cleared" in text
    assert "Berth 30 was cleared" not in text
    assert "Berth 59 was cleared" in text


def test_pictures_are_cut_out_alike() -> None:
    regions, pages = seen_page()
    made = crops(regions, pages)
    assert [c.region.kind for c in made] == ["covered", "added"]
    for crop in made:
        assert crop.page is not None
        assert crop.sheet is not None
        assert crop.page.width / crop.page.height == pytest.approx(crop.width / crop.height, rel=0.02)
        assert crop.sheet.width / crop.sheet.height == pytest.approx(crop.width / crop.height, rel=0.02)
        x, y, w, h = crop.box
        assert x >= 0
        assert y >= 0
        assert x + w <= crop.width
        assert y + h <= crop.height
    assert crops(regions, pages, budget=1000) == ()
    assert crops(regions, ()) == ()


def test_the_turned_photo_is_shown_upright() -> None:
    """The frame is black in the leak, where the page has paper and text; around it both are alike."""
    regions, pages = seen_page()
    crop = crops(regions[1:], pages)[0]
    inside, around = [], []
    for picture in (crop.page, crop.sheet):
        assert picture is not None
        data = base64.b64decode(picture.address.split(",")[1])
        shades = np.asarray(Image.open(io.BytesIO(data)).convert("L"), float)
        k = picture.width / crop.width
        x, y, w, h = crop.box
        inside.append(
            shades[round((y + 4) * k) : round((y + h - 4) * k), round((x + 4) * k) : round((x + w - 4) * k)]
        )
        around.append(shades[round((y + h + 4) * k) :])
    assert inside[0].mean() > 180
    assert inside[1].mean() < 40
    assert abs(around[0].mean() - around[1].mean()) < 25


@pytest.mark.parametrize("outline", [((0.0, 0.0),) * 4, ((float("nan"), 0.0),) * 4])
def test_impossible_outlines_leave_a_gap(outline: tuple[tuple[float, float], ...]) -> None:
    regions, pages = seen_page()
    broken = replace(pages[0], page_image=b"no picture")
    (crop,) = crops((replace(regions[0], sheet_outline=outline),), (broken,))
    assert (crop.page, crop.sheet) == (None, None)


def test_picture_matches_have_no_shares() -> None:
    text = words(render(picture_view()))
    assert "recognised by its picture" in text
    assert text.count("not measured") == 2
    assert "The leak is painted or pasted over here. The document says there: midnight" in text


def test_text_from_outside_is_escaped() -> None:
    bad = '<script>alert("x")</script>\'"&\u202e\x00'
    change = Change("name", bad, bad, (0, 5), (0, 5), bad)
    passage = Passage((0, 40), (0, 40), (1,), 1.0, -5.0, bad)
    region = Region(0, 0, "changed", (0, 0, 9, 9), ((0, 0),) * 4, bad, 1.0)
    match = DocumentMatch(bad, bad, 0.0, (passage,), (change,), 1.0, 1.0, "altered", "text", (region,))
    found = Identification(bad, "altered", bad, (match,), ((0, 30),), None, (bad,))
    html = render(
        IdentifyView(
            found, bad * 3, {bad: bad * 3}, sha256=bad, sighting=bad, source=bad, tried={bad: {bad: [bad]}}
        )
    )
    assert not Page(html).all("script")
    assert "<script" not in html
    assert "alert" in Page(html).text
    visible = html.split("</style>")[1]
    assert "\u202e" not in visible
    assert "\x00" not in visible


def test_numbers_are_never_impossible() -> None:
    view = altered_view()
    match = view.identification.matches[0]
    for value in (0.0, 1.0, float("nan"), 1e-320):
        changed = replace(match, coincidence=value)
        text = words(render(replace(view, identification=replace(view.identification, matches=(changed,)))))
        assert not re.search(r"\bnan\b|\binf\b|1 in 0\b|probability of 0", text)


def test_many_matches_and_passages_stay_small() -> None:
    view = altered_view()
    match = view.identification.matches[0]
    many = replace(match, passages=match.passages * 20)
    html = render(replace(view, identification=replace(view.identification, matches=(many,) * 20)))
    assert len(html.encode()) < 3_000_000
    page = Page(html)
    articles = [a for a in page.all("article") if str(a.get("class")).startswith("passage")]
    assert len(articles) == MOST_MATCHES * MOST_PASSAGES
    assert "further passages of this document are not shown" in words(html)
    assert words(html).count("D-7K3M9QXA") >= 20


def test_time_without_zone_and_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        render_identify_report([genuine_view()], generated_at=datetime(2026, 1, 1), version="1")
    with pytest.raises(ValueError, match="artefact"):
        render()


spans = st.tuples(st.integers(-5, 900), st.integers(-5, 900)).map(lambda pair: (min(pair), max(pair)))
places = st.none() | spans
changes = st.builds(
    Change,
    st.sampled_from(["number", "order", "wording", "marking"]),
    st.just("old"),
    st.just("new"),
    places,
    places,
    st.just("Something differs."),
    st.booleans(),
)
passages = st.builds(Passage, spans, spans, st.none(), st.just(1.0), st.just(-1.0))


@given(st.lists(passages, max_size=4), st.lists(changes, max_size=6), st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_any_spans_are_laid_out(made: list[Passage], found: list[Change], seed: int) -> None:
    """Each change is laid out once; what stands in a passage is shown in it, in the order of the text."""
    document, leak = noise(seed, 800), noise(seed + 1, 700)
    match = DocumentMatch("D-1", "", 0.1, tuple(made), tuple(found), 1, 1, "altered")
    numbered = [Numbered(n, change) for n, change in enumerate(found, 1)]
    views = passage_views(match, numbered, document, leak)
    assert sorted(n.number for view in views for n in view.changes) == [n.number for n in numbered]
    for view in views:
        for row in view.rows:
            for pieces in (row.document, row.leak):
                assert not any(set(p.text) & {"\x00", "\u202e", "\t"} for p in pieces)
                assert sum(len(p.text) for p in pieces) < 5000


@given(st.text(st.sampled_from(list("ab \n\t\r\u202e\x07")), max_size=60))
@settings(max_examples=100, deadline=None)
def test_plain_text_keeps_its_words_and_paragraphs(text: str) -> None:
    shown = plain(text)
    visible = text.replace("\u202e", "\ufffd").replace("\x07", "\ufffd")
    assert shown.split() == visible.split()
    assert "\n\n" not in shown


def test_plain_text_flows() -> None:
    assert plain("one\ntwo \n\n three") == "one two\nthree"
    assert plain("end of a paragraph\n\n") == "end of a paragraph\n"
    assert plain(" inside a line ") == " inside a line "
    assert quote("x" * 5000, (0, 5000)).count("x") == 600


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marked_text_keeps_the_contrast_of_wcag_aa(altered: str, scheme: str) -> None:
    screen = altered.split("<style>")[1].split("@page")[0]
    dark_at = screen.index("@media (prefers-color-scheme: dark)")
    parts = [screen[:dark_at], screen[dark_at : screen.index("* { box-sizing")]]
    colours: dict[str, str] = {}
    for part in parts[: 2 if scheme == "dark" else 1]:
        colours |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part.split(":root {")[1].split("}")[0]))
    pairs = [
        ("ink", "only-document"),
        ("ink", "only-leak"),
        ("muted", "card"),
        ("left", "card"),
        ("quiet", "card"),
    ]
    for front, back in pairs:
        light, dark = sorted((_luminance(colours[front]), _luminance(colours[back])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (scheme, front, back)
