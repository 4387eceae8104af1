"""Plain text keeps the contract of rewritable text."""

from __future__ import annotations

from prose_contract import ProseContract

from fother.formats.prose.plain import Plain

LETTER = """Dear colleagues,

the board met on Monday and agreed that the plan begins in spring. See https://example.org/plan
or write to office@example.org. It was a long  meeting, and nobody
left before the end.

- The first point is that costs rise,
  as everybody knew before.
- The second point is short.

On Monday, 3 March, Sam wrote:
> I cannot come.

Name      Share
North        12
South       104

--\x20
Jo Sample
"""


class TestPlainContract(ProseContract):
    form = Plain()
    may_refuse = True
    samples = {  # noqa: RUF012
        "unix": LETTER.encode(),
        "windows": b"\xef\xbb\xbf" + LETTER.replace("\n", "\r\n").encode(),
        "wide": b"\xff\xfe" + LETTER.encode("utf-16-le"),
        "western": LETTER.replace("plan", "café").encode("cp1252"),
        "old": LETTER.replace("\n", "\r").encode(),
    }
