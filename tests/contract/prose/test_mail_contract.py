"""Messages keep the contract of rewritable text."""

from __future__ import annotations

from email.message import EmailMessage

from prose_contract import ProseContract

from fother.formats.prose.mail import Mail

WORDS = """Dear colleagues,

the board met on Monday and agreed that the plan begins in spring.
It was a long meeting, and nobody left before the end.

> quoted words
"""
PAGE = """<html><body><p>Dear colleagues,</p><p>the board met on <b>Monday</b> and agreed that the plan
begins in spring. It was a long meeting, and nobody left before the end; caf\u00e9 &amp; more.</p></body>
</html>
"""


def letter(transfer: str = "quoted-printable", newline: str = "\r\n") -> bytes:
    message = EmailMessage()
    message["From"] = "Sam <sam@example.org>"
    message["To"] = "list@example.org"
    message["Subject"] = "The plan"
    message.set_content(WORDS, cte="7bit")
    message.add_alternative(PAGE, subtype="html", cte=transfer)
    message.add_attachment("Some notes,\r\nwhich say little.", filename="notes.txt")
    message.add_attachment(b"%PDF-1.7\n...", maintype="application", subtype="pdf", filename="plan.pdf")
    message.set_boundary("=_outer")
    next(iter(message.iter_parts())).set_boundary("=_inner")
    return message.as_bytes(policy=message.policy.clone(linesep=newline))


class TestMailContract(ProseContract):
    form = Mail()
    may_refuse = True
    samples = {  # noqa: RUF012
        "quoted": letter(),
        "packed": letter("base64", "\n"),
        "eight bits": letter("8bit"),
        "old": f"From: a@b.example\nSubject: x\n\n{WORDS}".encode(),
        "western": b"From: a@b.example\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n\r\nGr\xfc\xdfe aus dem Norden und viele Worte mehr.\r\n",
    }
