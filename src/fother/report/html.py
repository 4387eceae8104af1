"""What all reports share: the template environment, the style sheet's admission, facts and dates in words."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import jinja2
from markupsafe import Markup, escape

_MOST_ITEMS = 12
_RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_LOWERED = str.maketrans(_RAISED, "−0123456789")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Fact:
    """One row of "what was tried"; `items` is filled for lists and tables."""

    name: str
    value: str
    items: tuple[str, ...] = ()


def environment() -> jinja2.Environment:
    """Templates of this package, escaping everything; a name that is missing is an error."""
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


def template_text(name: str) -> str:
    """A template's source as it is."""
    loader = jinja2.PackageLoader("fother.report")
    return loader.get_source(jinja2.Environment(autoescape=True), name)[0]


def date_words(moment: datetime) -> str:
    """ "5 March 2026, 14:07 UTC", the same in every locale."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M} UTC"


def content_policy(css: str) -> str:
    """Nothing may be loaded; the one style sheet is admitted by its hash, pictures by data: only."""
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


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


def fact(name: str, value: object) -> Fact:
    """A row of "what was tried" from a name with underscores and a JSON value."""
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
