"""Mail goes in by SMTP and comes out as one marked message per recipient, or waits, or comes back."""

from __future__ import annotations

import email
import hashlib
import smtplib
import ssl
import sys
from email import policy as email_policy
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "relay"))

from relay_lab import (
    Sink,
    certificate,
    hand_in,
    mail,
    marked,
    policy,
    registered,
    running,
)
from relay_running import relay

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
MEMBERS = [f"m{k}@far.example" for k in (1, 2, 3)]


def test_a_list_gets_one_registered_copy_each_and_others_the_message_as_it_came(tmp_path: Path) -> None:
    with running(Sink()) as sink, relay(tmp_path, policy(tmp_path, sink.port)) as relayed:
        hand_in(relayed.port, mail(), "board@org.example", "secretary@org.example")
        arrived = sink.wait(4)
        relayed.told.wait("ready")
    by = {a.recipient: a for a in arrived}
    assert sorted(by) == sorted([*MEMBERS, "secretary@org.example"])
    assert all(a.sender == "ann@org.example" for a in arrived)
    for member in MEMBERS:
        assert by[member].body == marked(mail(), member)
        assert (member, hashlib.sha256(by[member].body).hexdigest()) in registered(
            tmp_path / "registered.jsonl"
        )
    assert by["secretary@org.example"].body == mail()
    message = email.message_from_bytes(by[MEMBERS[0]].content, policy=email_policy.default)
    assert message["To"] == "Board <board@org.example>"
    assert message["Message-ID"] == "<1@org.example>"
    assert "by relay.org.example (Fother) with ESMTP" in " ".join(message["Received"].split())
    assert relayed.marker.titles[0].startswith("Mail 20")
    assert list((tmp_path / "queue" / "ready").iterdir()) == []
    assert [list(p.iterdir()) for p in (tmp_path / "queue" / "done").iterdir()] == [[]]


def test_starttls_on_both_sides(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    listen = f'tls = "required"\ncertificate = "{cert.name}"\nkey = "{key.name}"'
    with running(Sink(), context) as sink:
        settings = policy(tmp_path, sink.port, listen=listen, hop=f'tls = "required"\nroots = "{cert.name}"')
        with relay(tmp_path, settings) as relayed:
            with pytest.raises(smtplib.SMTPException, match="STARTTLS"):
                hand_in(relayed.port, mail())
            with smtplib.SMTP("127.0.0.1", relayed.port) as client:
                client.starttls(context=ssl.create_default_context(cafile=str(cert)))
                client.ehlo()
                assert not client.has_extn("auth")
                assert client.esmtp_features["size"] == str(25 << 20)
                client.sendmail("ann@org.example", ["board@org.example"], mail())
            first = sink.wait(3)[0]
    assert sink.tls == [True] * 3
    assert b"with ESMTPS id" in first.content


def test_a_next_hop_without_encryption_gets_nothing_where_it_is_required(tmp_path: Path) -> None:
    with running(Sink()) as sink:
        settings = policy(tmp_path, sink.port, hop='tls = "required"')
        with relay(tmp_path, settings) as relayed:
            hand_in(relayed.port, mail())
            relayed.told.wait("ready")
            assert [relayed.queue.count(s) for s in ("incoming", "ready")] == [0, 1]
    assert sink.arrived == []


def test_what_the_next_hop_puts_off_is_tried_again_and_what_it_refuses_comes_back(tmp_path: Path) -> None:
    asked: dict[str, int] = {}

    def answer(address: str) -> str:
        asked[address] = asked.get(address, 0) + 1
        if address == MEMBERS[0]:
            return "250 OK" if asked[address] == 3 else "451 4.2.1 later"
        return "550 5.2.2 mailbox full" if address == MEMBERS[1] else "250 OK"

    with running(Sink(answer=answer)) as sink, relay(tmp_path, policy(tmp_path, sink.port)) as relayed:
        hand_in(relayed.port, mail())
        arrived = sink.wait(3)
    assert asked == {MEMBERS[0]: 3, MEMBERS[1]: 1, MEMBERS[2]: 1, "ann@org.example": 1}
    (report,) = [a for a in arrived if a.recipient == "ann@org.example"]
    assert report.sender == ""
    message = email.message_from_bytes(report.content, policy=email_policy.default)
    assert message.get_content_type() == "multipart/report"
    assert message["Auto-Submitted"] == "auto-replied"
    text, status, original = message.iter_parts()
    assert "m2@far.example" in text.get_content()
    assert status.get_content_type() == "message/delivery-status"
    per_message, per_recipient = status.get_payload()
    assert per_message["Reporting-MTA"] == "dns; relay.org.example"
    assert per_recipient["Final-Recipient"] == "rfc822; m2@far.example"
    assert per_recipient["Status"] == "5.2.2"
    assert "Subject: Paper 1" in original.get_content()


def test_a_next_hop_that_is_away_for_a_while_loses_nothing(tmp_path: Path) -> None:
    sink = Sink()
    with running(sink):
        pass
    with relay(tmp_path, policy(tmp_path, sink.port)) as relayed:
        hand_in(relayed.port, mail())
        relayed.told.wait("ready")
        with running(sink):
            sink.wait(3)
    assert sorted(a.recipient for a in sink.arrived) == MEMBERS


def test_while_marking_does_not_work_mail_to_lists_is_put_off_and_nothing_leaves_unmarked(
    tmp_path: Path,
) -> None:
    with running(Sink()) as sink, relay(tmp_path, policy(tmp_path, sink.port)) as relayed:
        relayed.marker.trouble = "The registry is locked."
        hand_in(relayed.port, mail(1))
        relayed.told.wait("not marked")
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            hand_in(relayed.port, mail(2))
        assert refused.value.recipients["board@org.example"][0] == 451
        hand_in(relayed.port, mail(3), "secretary@org.example")
        assert sink.wait(1)[0].recipient == "secretary@org.example"
        relayed.marker.trouble = ""
        sink.wait(4)
    assert sorted(a.recipient for a in sink.arrived if b"Paper 1" in a.content) == MEMBERS


@pytest.mark.parametrize("rule", ["pass", "refuse"])
def test_what_cannot_be_marked_passes_with_a_notice_or_comes_back(tmp_path: Path, rule: str) -> None:
    blank = mail().replace(b"Subject: Paper 1", b"Subject: Blank")
    settings = {"mark": f'unmarkable = "{rule}"'}
    with running(Sink()) as sink, relay(tmp_path, policy(tmp_path, sink.port, **settings)) as relayed:
        hand_in(relayed.port, blank)
        arrived = sink.wait(4 if rule == "pass" else 1)
        relayed.wait_done()
    told = email.message_from_bytes(
        next(a.content for a in arrived if a.recipient == "ann@org.example"), policy=email_policy.default
    )
    if rule == "pass":
        assert [a.body for a in arrived if a.recipient in MEMBERS] == [blank] * 3
        assert "without any marks" in told.get_content()
    else:
        assert len(arrived) == 1
        assert b"board@org.example" in arrived[0].content
        assert b"m1@far.example" not in arrived[0].content


@pytest.mark.parametrize("rule", ["pass", "refuse"])
def test_parts_that_cannot_be_marked(tmp_path: Path, rule: str) -> None:
    raw = mail(1, "Text.\r\n", "X-Table: yes")
    settings = {"mark": f'unmarkable_parts = "{rule}"'}
    with running(Sink()) as sink, relay(tmp_path, policy(tmp_path, sink.port, **settings)) as relayed:
        hand_in(relayed.port, raw)
        arrived = sink.wait(4 if rule == "pass" else 1)
    told = next(a.content for a in arrived if a.recipient == "ann@org.example")
    assert (b"table.xlsx" in told) == (rule == "pass")
    assert [a.body == marked(raw, a.recipient) for a in arrived if a.recipient in MEMBERS] == (
        [True] * 3 if rule == "pass" else []
    )


def test_the_same_message_handed_in_again_is_not_sent_again(tmp_path: Path) -> None:
    with running(Sink()) as sink, relay(tmp_path, policy(tmp_path, sink.port)) as relayed:
        hand_in(relayed.port, mail())
        sink.wait(3)
        relayed.wait_done()
        hand_in(relayed.port, mail())
        relayed.told.wait("known")
        hand_in(relayed.port, mail(2))
        sink.wait(6)
    assert len(sink.arrived) == 6


def test_a_courier_that_ends_is_replaced(tmp_path: Path) -> None:
    with running(Sink()) as sink, relay(tmp_path, policy(tmp_path, sink.port)) as relayed:
        hand_in(relayed.port, mail())
        sink.wait(3)
        relayed.kill_courier()
        relayed.told.wait("courier ended")
        hand_in(relayed.port, mail(2))
        sink.wait(6)
        relayed.wait_done()
    assert len({(a.recipient, a.body) for a in sink.arrived}) == 6


def test_a_broken_line_after_the_dot_is_held_and_told_and_resolved(tmp_path: Path) -> None:
    sink = Sink(drop=lambda address: address == MEMBERS[1])
    with running(sink), relay(tmp_path, policy(tmp_path, sink.port)) as relayed:
        hand_in(relayed.port, mail())
        arrived = sink.wait(4)  # the third member's, the one in doubt, and the letter to the postmaster
        letter = next(a for a in arrived if a.recipient.startswith("postmaster@"))
        id = relayed.told.of("taken")[0]["id"]
        assert relayed.queue.states(id) == b"+?+"
        assert relayed.queue.delivery_id(id, 1).encode() in letter.content
        relayed.queue.set_state(id, 1, b"+")
        relayed.wait_done()
    assert sorted(a.recipient for a in sink.arrived if a.recipient in MEMBERS) == MEMBERS
