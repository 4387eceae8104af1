"""The configuration of a relay: read strictly, with a sentence for each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from relay_lab import config

from fother.errors import InputFileError
from fother.relay.policy import Rule, read_policy


def test_defaults_and_paths(tmp_path: Path) -> None:
    policy = read_policy(config(tmp_path, 25))
    assert policy.queue.folder == tmp_path / "queue"
    assert policy.queue.in_doubt == "hold"
    assert policy.rules[0].members == tmp_path / "board.csv"
    assert policy.rules[0].unmarkable == "pass"
    assert policy.listen.tls == "off"
    assert policy.notices.postmaster == "postmaster@relay.org.example"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("[listen]\nhost = 5\nname = 'r'", r"\[listen\] host must be a text"),
        ("[listen]", r"\[listen\] name is missing"),
        ("[listen]\nname='r'\nport = 99999", "from 0 to 65535"),
        ("[listen]\nname='r'\nport = true", "from 0 to 65535"),
        ("[listen]\nname='r'\nclients = ['10.0.0.0/99']", "no network"),
        ("[listen]\nname='r'\ntls = 'required'", "certificate is missing"),
        ("[listen]\nname='r'\nhostt = 'x'", r"\[listen\] hostt is not known"),
        ("listen = 3", "must be a table"),
        ("[listen", "not valid TOML"),
        ("[listen]\nname='r'\n[next_hop]", r"\[next_hop\] host is missing"),
        ("[listen]\nname='r'\n[next_hop]\nhost='h'\nuser='u'", "go together"),
        ("[listen]\nname='r'\n[next_hop]\nhost='h'\nuser='u'\npassword_file='p'\ntls='off'", "could be read"),
        ("[listen]\nname='r'\n[next_hop]\nhost='h'\n[queue]", "folder is missing"),
        ("[listen]\nname='r'\n[next_hop]\nhost='h'\n[queue]\nfolder='q'\nin_doubt='x'", "hold, resend"),
        ("[listen]\nname='r'\n[next_hop]\nhost='h'\n[queue]\nfolder='q'\n[mark]", "written as"),
    ],
)
def test_mistakes(tmp_path: Path, line: str, sentence: str) -> None:
    path = tmp_path / "relay.toml"
    path.write_text(line)
    with pytest.raises(InputFileError, match=sentence):
        read_policy(path)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("", "one of the three"),
        ("list = 'a@b.example'", "goes with list"),
        ("list = 'board'\nrecipients = 'x.csv'", "no mail address"),
        ("addresses = ['a@b.example']\noutside = ['b.example']", "one of the three"),
        ("addresses = 'a@b.example'", "list of texts"),
        ("outside = ['b.example']\nunmarkable = 'maybe'", "pass, refuse"),
        ("outside = ['b.example']\nalternatives = 'yes'", "true or false"),
    ],
)
def test_mistakes_in_rules(tmp_path: Path, rule: str, sentence: str) -> None:
    path = tmp_path / "relay.toml"
    head = "[listen]\nname='r'\n[next_hop]\nhost='h'\n[queue]\nfolder='q'\n[[mark]]\n"
    path.write_text(head + rule)
    with pytest.raises(InputFileError, match=sentence):
        read_policy(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="cannot be read"):
        read_policy(tmp_path / "none.toml")


def test_which_addresses_a_rule_fits() -> None:
    board = Rule(list="board@org.example", members=Path("x"))
    outside = Rule(outside=frozenset({"org.example"}))
    assert board.fits("Board@ORG.example")
    assert not board.fits("bored@org.example")
    assert outside.fits("ann@far.example")
    assert outside.fits("ann@notorg.example")
    assert not outside.fits("ann@org.example")
    assert not outside.fits("ann@mail.org.example")


def test_only_known_networks_may_hand_in(tmp_path: Path) -> None:
    policy = read_policy(config(tmp_path, 25, listen='clients = ["10.1.0.0/16", "fd00::/8"]'))
    assert policy.may_hand_in("10.1.2.3")
    assert policy.may_hand_in("::ffff:10.1.2.3")
    assert policy.may_hand_in("fd00::1%eth0")
    assert not policy.may_hand_in("127.0.0.1")
    assert not policy.may_hand_in("10.2.0.1")
    assert not policy.may_hand_in("")
