"""Markdown keeps the contract of rewritable text."""

from __future__ import annotations

from prose_contract import ProseContract

from fother.formats.prose.markdown import Markdown

NOTE = r"""---
title: Not *this*
---
# The plan, and what *it* costs #

The board met on **Monday** and agreed that the plan
begins in _early spring_; see [the report](https://example.org/a_b "a title") or ![a picture](x.png).
An escaped \* star, caf&eacute; &amp; more, 2 * 3 and snake_case_name stay, `code * here` too.\
After a break <b>bold</b> and ~~struck~~ words[^1].

> Quoted words.

- First point is that costs rise,
  as everybody knew
- [ ] Second point is short
  1. inner

Heading below
-------------

| North | South |
|-------|------:|
| one *two* | 12 |

```python
x = 1
```

    indented code

<div>Left *out*</div>

[^1]: A footnote that says a little more.

[ref]: https://example.org

A last paragraph with a [ref] and <https://example.org/auto> in it.
"""


class TestMarkdownContract(ProseContract):
    form = Markdown()
    may_refuse = True
    samples = {  # noqa: RUF012
        "unix": NOTE.encode(),
        "windows": NOTE.replace("\n", "\r\n").encode(),
        "tabs": b"*\tOne point\n\n\tgoes on here, and on, with some more words.\n\n1.\tTwo\n",
    }
