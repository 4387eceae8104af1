"""Double braces in mail: template code of somebody, unless a rule says that they are alternatives."""

from __future__ import annotations

import sys
from email import message_from_bytes
from pathlib import Path

import pytest

from fother.errors import InputFileError
from fother.flow.relay.registry_marker import RegistryMarker
from fother.registry import RecipientRow, open_registry
from fother.relay.policy import Marking

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the relay runs on POSIX systems")
BODY = (
    "The department will begin its review of the northern programme in the autumn. The review covers the "
    "contracts that were signed with outside suppliers, and it will report to the board before the end of "
    "the year. Officials expect that the work needs about six months. "
) * 3
HEAD = "From: a@org.example\r\nTo: b@org.example\r\nMessage-ID: <1@org.example>\r\nSubject: x\r\n\r\n"
ROWS = [RecipientRow(1, 1, email="r1@far.example"), RecipientRow(2, 2, email="r2@far.example")]


def message(braces: str) -> bytes:
    lines = (BODY + braces + " at the end.").split(". ")
    return (HEAD + ".\r\n".join(lines) + "\r\n").encode()


def test_braces_are_left_as_they_are(tmp_path: Path) -> None:
    code = ["{{name|upper}}", "{{a|b|c}}", "{{a|a}}", "{{ the name | upper }}", r"\{{a|b}}", "{{unclosed|a"]
    raw = message(" and ".join(code))
    with open_registry(tmp_path / "home") as registry:
        read = RegistryMarker(registry, Marking(3, "standard")).read(raw, "Mail", alternatives=False)
        assert list(read.left) == []
        assert read.plain == raw
        copies = list(read.copies(ROWS))
    assert copies[0] != copies[1]
    for copy in copies:
        body = message_from_bytes(copy).get_payload(decode=True)
        assert isinstance(body, bytes)
        assert [braces for braces in code if braces.encode() not in body] == []


def test_alternatives_are_resolved_where_they_are_asked_for(tmp_path: Path) -> None:
    with open_registry(tmp_path / "home") as registry:
        marker = RegistryMarker(registry, Marking(3, "standard"))
        read = marker.read(message("{{begin|start}}"), "Mail", alternatives=True)
        assert b"begin at the end" in read.plain
        with pytest.raises(InputFileError, match="alternatives"):
            marker.read(message("{{a|b|c}}"), "Mail", alternatives=True)
