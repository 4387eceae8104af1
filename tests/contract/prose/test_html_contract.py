"""Pages keep the contract of rewritable text."""

from __future__ import annotations

from prose_contract import ProseContract

from fother.formats.prose.html import Html

PAGE = """<!DOCTYPE html>
<html lang=en><head><meta charset="{charset}"><title>Not this</title>
<style>p > b {{ color: red }}</style><script>if (a < b) {{ document.write("<p>no</p>") }}</script></head>
<body class='a b'><h1>The plan &amp; what it costs</h1>
<!-- a comment with <p>text</p> -->
<p>The board met on <b>Monday</b> and agreed that the
   plan begins in <i>early <u>spring</u></i>; caf&eacute; AT&T &#8211; R & D, 3 &lt; 4.
<p>An unclosed paragraph with a <a href="https://example.org/?a=1&b=2">link to it</a> and an end<br>
after a break, and <code>x = f(y)</code>.
<div hidden>Nobody sees this.</div>
<ul><li>First point is that costs rise<li>second point, which is short</ul>
<table><tr><td>North and south<td>12</table>
<blockquote><p>As they said then.</p></blockquote>
<pre>
 one  two
</pre>
<p>Last words of the page, and more of them, so that enough can be written.</p>
</body></html>
"""


class TestHtmlContract(ProseContract):
    form = Html()
    may_refuse = True
    samples = {  # noqa: RUF012
        "utf-8": PAGE.format(charset="utf-8").encode(),
        "windows": PAGE.format(charset="windows-1252").replace("Last", "Größe").encode("cp1252"),
        "undeclared": b"<p>Plain words that say no encoding at all, and go on.",
        "old line ends": PAGE.format(charset="us-ascii").replace("\n", "\r\n").encode(),
    }
