"""Letters to affected parties, in the organisation's own words (Jinja templates in a sandbox).

A template sees `organisation`, `party`, `contact`, `may_say`, `excerpt`, `tlp` and `now`, nothing else of
the case, so that no wording can give away what belongs to somebody else. Its first line is the subject.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from fother.errors import UsageError

DEFAULT_TEMPLATE = """\
{{ organisation or "We" }}: information that concerns {{ party }}
{{ "Dear " ~ contact if contact else "To whom it may concern at " ~ party }},

information held by {{ organisation or "us" }} may have been disclosed without authority. We neither confirm \
nor deny whether anything that was published is genuine.

{% if may_say -%}
{{ may_say }}

{% endif -%}
{% if excerpt -%}
What concerns you, with everything else blacked out:

{{ excerpt | indent(4, first=True) }}

{% endif -%}
Please let us know that this has reached you, and tell us your concerns. Please treat this as TLP:{{ tlp }}.

{{ organisation }}
"""
_LONGEST = 100_000  #: characters of a letter


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str


def letter(
    template: str,
    *,
    organisation: str,
    party: str,
    contact: str,
    may_say: str,
    excerpt: str,
    tlp: str,
    now: datetime,
) -> Letter:
    """Fill a template. Raises UsageError when it is faulty, asks for what is not given, or says nothing."""
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
    )
    try:
        text = environment.from_string(template).render(
            organisation=organisation,
            party=party,
            contact=contact,
            may_say=may_say,
            excerpt=excerpt,
            tlp=tlp,
            now=now,
        )
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, MemoryError) as error:
        where = f" in line {error.lineno}" if isinstance(error, jinja2.TemplateSyntaxError) else ""
        raise UsageError(f"The template of the letter is faulty{where}: {error}.") from None
    subject, _, body = text.partition("\n")
    if not subject.strip() or not body.strip():
        raise UsageError("The template of the letter needs a subject in its first line, and a text below it.")
    if len(text) > _LONGEST:
        raise UsageError(f"The letter has {len(text):,} characters; {_LONGEST:,} are the most.")
    return Letter(" ".join(subject.split()), body.strip() + "\n")
