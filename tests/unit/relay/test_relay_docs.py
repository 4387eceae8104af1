"""The page about the configuration names every key with its default, and its example is in order."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from fother.relay import policy
from fother.relay.policy import read_policy

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "relay.md"


def test_every_key_is_documented_and_no_other() -> None:
    text = PAGE.read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE))
    read = r'table\.(?:text|texts|whole|number|choice|flag|path|address)\(\s*"([a-z_]+)"'
    assert documented == set(re.findall(read, inspect.getsource(policy)))


def test_defaults_are_those_of_the_program(tmp_path: Path) -> None:
    file = tmp_path / "relay.toml"
    file.write_text("[listen]\nname='r'\n[next_hop]\nhost='h'\n[queue]\nfolder='q'\n[[mark]]\noutside=['x']")
    found = read_policy(file)
    text = PAGE.read_text(encoding="utf-8")
    for key, value in {
        "host": found.listen.host,
        "port": found.listen.port,
        "connections": found.listen.connections,
        "message_mib": found.listen.message_bytes >> 20,
        "recipients": found.listen.recipients,
        "tls": found.next_hop.tls,
        "free_mib": found.queue.free_bytes >> 20,
        "keep_trying_hours": int(found.queue.keep_trying / 3600),
        "first_retry_seconds": int(found.queue.first_retry),
        "longest_retry_seconds": int(found.queue.longest_retry),
        "remember_hours": int(found.queue.remember / 3600),
        "in_doubt": found.queue.in_doubt,
        "per_hour": found.notices.per_hour,
        "resistance": found.marking.resistance,
        "strength": found.marking.strength,
        "unmarkable": found.rules[0].unmarkable,
        "unmarkable_parts": found.rules[0].parts,
        "alternatives": str(found.rules[0].alternatives).lower(),
    }.items():
        assert f"| `{key}` | `{value}` |" in text, key
    assert f"| `connections` | `{found.next_hop.connections}` |" in text
    assert f"| `port` | `{found.next_hop.port}` |" in text


def test_the_example_is_in_order(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    file = tmp_path / "relay.toml"
    file.write_text(example[1])
    assert len(read_policy(file).rules) == 2
