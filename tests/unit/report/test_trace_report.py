from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from fother.model.verdict import Verdict
from fother.report.trace_report import render_trace_report

from .pages import Page, assert_accessible
from .synthetic import page_evidence, verdict

WHEN = datetime(2026, 3, 5, 14, 7, tzinfo=UTC)


def render(v: Verdict) -> str:
    return render_trace_report(v, generated_at=WHEN, version="9.9.9")


@pytest.fixture(scope="module")
def named() -> str:
    return render(verdict())


@pytest.fixture(scope="module", params=["copy", "coalition", "none", "unread", "foreign"])
def any_report(request: pytest.FixtureRequest) -> str:
    none = verdict(named=0, pictures=False)
    return render(
        {
            "copy": lambda: verdict(),
            "coalition": lambda: verdict(named=3, pages=(0, 2), pictures=False),
            "none": lambda: none,
            "unread": lambda: replace(none, carriers_read=0, expected_score=float("nan"), evidence=()),
            "foreign": lambda: replace(
                none, document=None, title="", evidence=(), ranking=(), scores=np.zeros(0), carriers_read=0
            ),
        }[request.param]()
    )


def test_nothing_is_loaded_and_nothing_runs(any_report: str) -> None:
    page = Page(any_report)
    names = {name for name, _ in page.elements}
    assert not names & {"script", "link", "iframe", "object", "embed", "form", "base"}
    for _, attrs in page.elements:
        assert "style" not in attrs
        assert not any(key.startswith("on") for key in attrs)
        for key in ("src", "href", "srcset"):
            if attrs.get(key):
                assert re.match(r"#|data:image/(png|jpeg);base64,", str(attrs[key]))
    assert "url(http" not in any_report
    assert "@import" not in any_report


def test_content_policy_admits_exactly_the_one_style_sheet(any_report: str) -> None:
    policy = next(
        str(m["content"])
        for m in Page(any_report).all("meta")
        if m.get("http-equiv") == "Content-Security-Policy"
    )
    style = any_report.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_structure_for_keyboard_and_screen_reader(any_report: str) -> None:
    assert_accessible(Page(any_report))


def test_order_is_the_order_in_which_an_official_asks(named: str) -> None:
    order = ["verdict", "certainty", "weight", "not-said", "suspicion", "copies", "scores"]
    order += ["pages", "tried", "stronger", "method", "limits"]
    places = [named.index(f'id="{name}"') for name in order]
    assert places == sorted(places)


def test_says_copy_and_bound_and_strength(named: str) -> None:
    text = re.sub(r"\s+", " ", Page(named).text)
    assert "This leak derives from copy C-7K3M9QXA-A000041." in text
    assert "with probability at most 1 in 1.4 × 10^59" in text
    assert "extremely strong support" in text
    assert "ENFSI Guideline for Evaluative Reporting in Forensic Science, 2015" in text
    assert "5 March 2026, 14:07 UTC" in text
    assert "9.9.9" in text


def test_probability_zero_is_never_printed() -> None:
    v = verdict(pictures=False)
    deep = replace(
        v.accused[0],
        log10_p=-9000.0,
        log10_bound=-8990.0,
        log10_lr=8000.0,
        log10_lr_against={"another copy": 8e3},
    )
    text = Page(render(replace(v, accused=(deep,)))).text
    assert "less than 1 in 10^300" in text
    assert "more than 10^300 times more probable" in text
    assert not re.search(r"probability[^.]{0,40}\b0\b|\b1 in 0\b|\b0 %|\b100 %|\binf\b|\bnan\b", text)


def test_unknown_numbers_are_not_printed_as_nan() -> None:
    v = verdict(named=0, pictures=False)
    nan = float("nan")
    worst = replace(v.ranking[0], log10_p=nan, log10_lr=nan, index=10**9)
    evidence = replace(v.evidence[0], density=nan, sigma=v.evidence[0].sigma * nan)
    text = Page(render(replace(v, ranking=(worst,), evidence=(evidence,), expected_score=nan))).text
    assert not re.search(r"\bnan\b|\binf\b", text)
    assert "not known" in text


def test_text_from_outside_is_escaped() -> None:
    bad = '<script>alert("x")</script>\'"&'
    v = verdict(pictures=False)
    accusation = replace(v.accused[0], copy=bad, step=bad, log10_lr_against={bad: 3.0})
    html = render(
        replace(
            v,
            title=bad,
            document=bad,
            accused=(accusation,),
            tried={bad: [bad], "x": {bad: bad}},
            notes=(bad,),
            stronger=(bad,),
            stamps=(bad,),
            evidence=(replace(v.evidence[0], artefact=bad, method=bad),),
        )
    )
    assert not Page(html).all("script")
    assert "alert" in Page(html).text
    assert "<script" not in html


def test_size_stays_below_three_megabytes() -> None:
    one = page_evidence(1, 3)
    v = replace(verdict(pictures=False), evidence=(one,) * 40)
    html = render(v)
    assert len(html.encode()) < 3_000_000
    # what is not drawn is still listed
    assert html.count("<article") == 12
    assert "Further pages found" in html


def test_stamp_is_reported_but_not_counted(named: str) -> None:
    text = Page(render(replace(verdict(pictures=False), stamps=("c-00000001",)))).text
    assert "no part of the bound" in text
    assert "no part of the bound" not in Page(named).text


def test_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        render_trace_report(verdict(pages=()), generated_at=datetime(2026, 1, 1), version="1")


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["copy", "none"])
def test_colours_keep_the_contrast_of_wcag_aa(named: str, scheme: str, kind: str) -> None:
    """WCAG 2.2, success criterion 1.4.3: at least 4.5 : 1 for text."""
    css = named.split("<style>")[1].split("</style>")[0]
    screen = css.split("@page")[0]
    dark_at = screen.index("@media (prefers-color-scheme: dark)")
    parts = [screen[:dark_at], screen[dark_at : screen.index("* { box-sizing")]][
        : 2 if scheme == "dark" else 1
    ]
    colours: dict[str, str] = {}
    for part in parts:
        for selector in (":root", ".kind-none") if kind == "none" else (":root",):
            block = part.split(selector + " {")[1].split("}")[0]
            colours |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
    pairs = [(ink, "paper") for ink in ("ink", "muted", "accent", "quiet", "link", "right", "left", "focus")]
    pairs += [("ink", "accent-soft"), ("accent", "accent-soft"), ("link", "card")]
    for front, back in pairs:
        light, dark = sorted((_luminance(colours[front]), _luminance(colours[back])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (scheme, kind, front, back)
