"""Messages: which parts are read, and that no byte changes but those of the parts that are rewritten."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

import pytest

from fother.errors import InputFileError
from fother.formats.prose.choice import prose_format
from fother.formats.prose.mail import Mail
from fother.model.prose import Prose, Rewrite

MAIL = Mail()
HEAD = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: One two\r\n"


def parts(prose: Prose) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for block in prose.blocks:
        found.setdefault(block.part, []).append(prose.text[block.start : block.end])
    return found


def at(data: bytes, words: str, said: str) -> Rewrite:
    place = MAIL.read(data).text.index(words)
    return Rewrite(place, place + len(words), said)


def message(**files: bytes) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "a@b.example"
    made["Subject"] = "s"
    made.set_content("Plain words here.\n")
    made.add_alternative("<p>Page words here.</p>", subtype="html")
    for name, content in files.items():
        kind = ("text", "html") if name.endswith("html") else ("application", "octet-stream")
        made.add_attachment(content, *kind, filename=name.replace("_", "."))
    return made


def test_bodies_and_attachments_are_parts() -> None:
    data = message(
        a_html=b"<html><p>File words", b_txt=b"Text words", c_pdf=b"%PDF-1.7", d_bin=b"\0\1"
    ).as_bytes()
    prose = MAIL.read(data)
    assert parts(prose) == {
        "plain": ["Plain words here."],
        "html": ["Page words here."],
        "attachment 1: a.html": ["File words"],
        "attachment 2: b.txt": ["Text words"],
    }
    assert prose.notes == ("Attachment 4: d.bin (application/octet-stream) is not marked.",)
    assert [(a.number, a.name, a.data) for a in MAIL.attachments(data)] == [
        (1, "a.html", b"<html><p>File words"),
        (2, "b.txt", b"Text words"),
        (3, "c.pdf", b"%PDF-1.7"),
        (4, "d.bin", b"\0\1"),
    ]


def test_only_the_rewritten_part_changes() -> None:
    data = message(a_txt=b"Text words", b_bin=b"\0\1").as_bytes()
    copy = MAIL.write(data, [at(data, "Page words", "Page\u2005words")])
    before, after = (
        list(email.message_from_bytes(d, policy=email.policy.default).walk()) for d in (data, copy)
    )
    assert [p.items() for p in before[:3]] == [p.items() for p in after[:3]]
    assert [
        p.get_payload() for p in before if p.get_content_type() != "text/html" and not p.is_multipart()
    ] == [p.get_payload() for p in after if p.get_content_type() != "text/html" and not p.is_multipart()]
    page = next(p for p in after if p.get_content_type() == "text/html")
    assert page.get_content() == "<p>Page\u2005words here.</p>\n"


def test_an_attachment_is_replaced_beside_rewrites() -> None:
    data = message(a_pdf=b"%PDF-old").as_bytes()
    copy = MAIL.write(data, [at(data, "Plain", "Simple")], {1: b"%PDF-new" * 30})
    assert MAIL.attachments(copy)[0].data == b"%PDF-new" * 30
    assert parts(MAIL.read(copy))["plain"] == ["Simple words here."]
    for number in (0, 2):
        with pytest.raises(ValueError, match="does not exist"):
            MAIL.write(data, [], {number: b""})


UTF8 = b"Content-Type: text/plain; charset=utf-8\r\n"
TRANSFER = b"Content-Transfer-Encoding: "


@pytest.mark.parametrize(
    ("fields", "body", "new_fields", "written"),
    [
        (b"", b"One two.",
         TRANSFER + b'quoted-printable\r\nContent-Type: text/plain; charset="utf-8"\r\nMIME-Version: 1.0\r\n',
         b"One=E2=80=85two."),
        (b"MIME-Version: 1.0\r\nContent-Type: text/plain;\r\n charset=us-ascii; format=flowed\r\n",
         b"One two.",
         b'MIME-Version: 1.0\r\nContent-Type: text/plain;\r\n charset="utf-8"; format=flowed\r\n'
         + TRANSFER + b"quoted-printable\r\n", b"One=E2=80=85two."),
        (UTF8 + TRANSFER + b"8bit\r\n", b"One two.", None, "One\u2005two.".encode()),
        (UTF8 + TRANSFER + b"base64\r\n", b"T25lIHR3by4=", None, b"T25l4oCFdHdvLg=="),
        (b"Content-Type: text/html; charset=us-ascii\r\n", b"<p>One two.", None, b"<p>One&#8197;two."),
    ],
)  # fmt: skip
def test_the_transfer_encoding_holds_the_words(
    fields: bytes, body: bytes, new_fields: bytes | None, written: bytes
) -> None:
    data = HEAD + fields + b"\r\n" + body + b"\r\n"
    copy = MAIL.write(data, [at(data, " ", "\u2005")])
    assert copy == HEAD + (fields if new_fields is None else new_fields) + b"\r\n" + written + b"\r\n"


def test_words_in_ascii_change_no_header() -> None:
    data = HEAD + b"\r\nOne two.\r\n"
    assert MAIL.write(data, [at(data, "two", "three")]) == HEAD + b"\r\nOne three.\r\n"


def test_long_lines_are_parted_and_come_back() -> None:
    data = HEAD + b"\r\n" + b"word " * 300 + b"\r\nend"
    copy = MAIL.write(data, [at(data, "end", "ende \u2005 .")])
    assert max(map(len, copy.split(b"\r\n"))) <= 76
    assert MAIL.read(copy).text == MAIL.read(data).text[:-3] + "ende \u2005 ."


SIGNED = (
    HEAD
    + b"""Content-Type: multipart/signed; boundary=x; protocol="application/pgp-signature"\r
\r
--x\r
Content-Type: text/plain\r
\r
Signed words.\r
--x\r
Content-Type: application/pgp-signature\r
\r
-----BEGIN PGP SIGNATURE-----\r
--x--\r
"""
)


def test_what_is_signed_stays() -> None:
    prose = MAIL.read(SIGNED)
    assert prose.text == "Signed words."
    assert prose.free == ()
    assert [f.reason for f in prose.fixed] == ["signed"]
    assert "digitally signed" in prose.notes[0]


def test_what_is_encrypted_is_told() -> None:
    data = HEAD + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nAAAA\r\n"
    prose = MAIL.read(data)
    assert prose.text == ""
    assert "encrypted" in prose.notes[0]
    assert MAIL.write(data, []) == data


def test_a_dkim_signature_is_told() -> None:
    assert "DKIM" in MAIL.read(b"DKIM-Signature: v=1\r\n" + HEAD + b"\r\nWords.").notes[0]


def test_an_earlier_message_inside_stays() -> None:
    made = message()
    inner = EmailMessage()
    inner["Subject"] = "inner"
    inner.set_content("Inner words.")
    made.add_attachment(inner)
    prose = MAIL.read(made.as_bytes())
    assert "Inner" not in prose.text
    assert "earlier message" in prose.notes[0]


def test_the_text_ends_where_the_boundary_begins() -> None:
    data = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\npre\r\n--b\r\n\r\none\r\n--bb\r\n--b\r\n\r\ntwo"
    )
    prose = MAIL.read(data)
    assert prose.text == "one\n--bb\ntwo"
    assert MAIL.write(data, [Rewrite(0, 3, "six")]) == data.replace(b"one", b"six")


def test_no_message_is_said_in_one_sentence() -> None:
    endless = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 2000
    for data in (b"", b"no header at all", endless):
        with pytest.raises(InputFileError, match=r"^The .*[.]$"):
            MAIL.read(data)


def test_a_message_is_found_by_its_content() -> None:
    assert prose_format("letter.eml", HEAD + b"\r\nWords.") == MAIL
    assert prose_format("letter.txt", HEAD + b"\r\nWords.") != MAIL


def file_of(fields: bytes, content: bytes) -> bytes:
    """A message with a body and one attachment whose head has these fields."""
    return (
        HEAD
        + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        + b"--x\r\n\r\nA body.\r\n--x\r\n"
        + fields
        + b"\r\n"
        + content
        + b"\r\n--x--\r\n"
    )


NAMED = b'Content-Disposition: attachment; filename="a.%b"\r\n'


@pytest.mark.parametrize(
    "kind",
    ["; charset=us-ascii", "; charset=iso-8859-1", "; charset=koi8-r", "", "; charset*=us-ascii''koi8-r"],
)
@pytest.mark.parametrize(("ending", "subtype"), [("txt", "plain"), ("md", "plain"), ("md", "markdown")])
def test_attached_texts_name_the_encoding_they_are_written_in(kind: str, ending: str, subtype: str) -> None:
    fields = f"Content-Type: text/{subtype}{kind}\r\nContent-Transfer-Encoding: 8bit\r\n".encode()
    words = "Слово here" if "koi8" in kind else "Caf\xe9 here" if "8859" in kind else "Words here"
    content = words.encode("koi8-r" if "koi8" in kind else "latin-1")
    data = file_of(fields + NAMED % ending.encode(), content)
    assert words in MAIL.read(data).text
    copy = MAIL.write(data, [at(data, " here", " \u200dhere")])
    part = email.message_from_bytes(copy).get_payload()[1]
    assert part.get_payload(decode=True).decode(part.get_content_charset()) == words.replace(" ", " \u200d")
    assert copy.count(b"charset") == 1


def test_an_attached_page_is_read_by_the_encoding_its_head_names() -> None:
    fields = b"Content-Type: text/html; charset=us-ascii\r\n" + NAMED % b"html"
    data = file_of(fields, b'<html><meta charset="utf-8"><p>Words here')
    copy = MAIL.write(data, [at(data, "Words here", "Words \u200dhere")])
    assert copy == data.replace(b"Words here", b"Words &#8205;here")


@pytest.mark.parametrize(
    "named",
    [b"charset*=us-ascii'en'iso-8859-1", b"charset*0=iso-; charset*1=8859-1", b"charset*0*=''iso-8859-1"],
)
def test_a_charset_in_the_way_of_rfc_2231_is_named_anew(named: bytes) -> None:
    data = HEAD + b"Content-Type: text/plain; " + named + b"; format=flowed\r\n\r\nOne two.\r\n"
    copy = MAIL.write(data, [at(data, " ", "\u2005")])
    assert b'Content-Type: text/plain; charset="utf-8"; format=flowed\r\n' in copy
    assert MAIL.read(copy).text == "One\u2005two."


def test_parts_of_a_digest_are_messages() -> None:
    inner = b"\r\nFrom: a@b.example\r\nSubject: Inner\r\n\r\nInner words.\r\n"
    data = (
        HEAD
        + b"Content-Type: multipart/digest; boundary=x\r\n\r\n--x\r\n"
        + inner
        + b"--x\r\nContent-Type: text/plain\r\n\r\nPlain words.\r\n--x--\r\n"
    )
    prose = MAIL.read(data)
    assert prose.text == "Plain words."
    assert prose.notes == ("Attachment 1: without a name is an earlier message and stays as it is.",)
    assert inner in MAIL.write(data, [at(data, " ", "\u2005")])


def test_fields_with_a_space_before_the_colon_are_read() -> None:
    head = (
        HEAD
        + b"MIME-Version: 1.0\r\nContent-Type : text/plain; charset=us-ascii\r\nContent-Transfer-Encoding : "
    )
    data = head + b"base64\r\n\r\nT25lIHR3by4=\r\n"
    assert MAIL.read(data).text == "One two."
    copy = MAIL.write(data, [at(data, " ", "\u2005")])
    assert MAIL.read(copy).text == "One\u2005two."
    assert copy == data.replace(b"us-ascii", b'"utf-8"').replace(b"T25lIHR3by4=", b"T25l4oCFdHdvLg==")
