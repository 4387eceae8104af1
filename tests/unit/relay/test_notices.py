"""Letters of the relay: to whom, how often, and in which form."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import timedelta
from email import policy

import pytest
from relay_lab import NOW, mail

from fother.relay import notices
from fother.relay.message import Envelope, can_be_sent, fault, trace_line

ENVELOPE = Envelope("ann@org.example", ("b@org.example",), False, "pc ([10.0.0.1])", "ESMTP", NOW)


@pytest.mark.parametrize(
    ("sender", "head", "expected"),
    [
        ("ann@org.example", "X-Y: z", True),
        ("", "X-Y: z", False),
        ("MAILER-DAEMON@org.example", "X-Y: z", False),
        ("ann@org.example", "Auto-Submitted: auto-generated", False),
        ("ann@org.example", "Auto-Submitted: no", True),
        ("ann@org.example", "Precedence: bulk", False),
    ],
)
def test_machines_get_no_letters(sender: str, head: str, expected: bool) -> None:
    assert notices.wanted(replace(ENVELOPE, sender=sender), mail(1, "x", head)) == expected


def test_no_more_letters_than_allowed_in_an_hour() -> None:
    rate = notices.Rate(2)
    minutes = [0, 10, 20, 61, 62, 200]
    allowed = [rate.allows("a@x.example", NOW + timedelta(minutes=m)) for m in minutes]
    assert allowed == [True, True, False, True, False, True]
    assert rate.allows("b@x.example", NOW)


def test_every_letter_can_be_sent_and_says_that_no_person_wrote_it() -> None:
    failures = [(f"m{k}@far.example", "550-5.1.1 no\n such user ä") for k in range(300)]
    letters = [
        notices.bounce(ENVELOPE, mail(1, "x", "X-Long: " + "y" * 900), failures, "ID", "r.example", NOW),
        notices.unmarked("ann@org.example", mail(), ["a" * 1200, "ä"], True, "r.example", NOW),
        notices.in_doubt("p@org.example", "ID", [("abc", "m@far.example")], mail(), "r.example", NOW),
    ]
    for letter in letters:
        assert can_be_sent(letter)
        message = email.message_from_bytes(letter, policy=policy.default)
        assert message["Auto-Submitted"] == "auto-replied"
        assert message.defects == []
    report = email.message_from_bytes(letters[0], policy=policy.default)
    _, status, _ = report.iter_parts()
    assert len(status.get_payload()) == 301
    assert status.get_payload()[1]["Status"] == "5.1.1"


def test_international_addresses_stay_what_they_are() -> None:
    letter = notices.bounce(
        replace(ENVELOPE, sender="ä@org.example"), mail(), [("ö@x.example", "550 no")], "ID", "r.example", NOW
    )
    assert "To: ä@org.example".encode() in letter
    assert rb"Final-Recipient: utf-8; \x{F6}@x.example" in letter


def test_hostile_headers_stay_in_their_place() -> None:
    raw = b"Subject: x\r\n\tBcc: evil@x.example\r\nMessage-ID: <1@x>\r\n\r\nbody\r\n"
    letter = notices.unmarked("ann@org.example", raw, ["y"], False, "r.example", NOW)
    assert email.message_from_bytes(letter)["Bcc"] is None


def test_what_no_mail_server_may_hand_on_is_refused() -> None:
    assert fault(mail(), "r.example") == ""
    assert "5.6.11" in fault(mail() + b"x\n.\r\nMAIL FROM:<evil@x.example>\r\n", "r.example")
    assert "5.6.11" in fault(mail() + b"x\ry\r\n", "r.example")
    ours = trace_line(ENVELOPE, "r.example", "id", True)
    assert fault(ours * 4 + mail(), "r.example") == ""
    assert "5.4.6" in fault(ours * 5 + mail(), "r.example")
    assert fault(ours * 5 + mail(), "other.example") == ""
    assert "5.4.6" in fault(b"Received: by x\r\n" * 101 + mail(), "r.example")


def test_trace_lines() -> None:
    line = trace_line(ENVELOPE, "r.example", "id7", False).decode()
    assert line.startswith("Received: from pc ([10.0.0.1])\r\n by r.example (Fother) with ESMTP id id7;")
    assert "Message-ID: <id7@r.example>\r\n" in line
    assert "UTF8SMTP" in trace_line(replace(ENVELOPE, utf8=True), "r.example", "id7", True).decode()
