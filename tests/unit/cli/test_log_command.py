"""fother log from the command line: what it prints, what it refuses, with which exit status."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fother.cli.app import app
from fother.errors import FotherError, LogError
from fother.registry import open_registry
from fother.verify import checkpoint, keychain, note, tlogproof


def run(home: Path, *words: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, [*words, "--home", str(home)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, result.output
    return result


def acts(home: Path, count: int) -> None:
    with open_registry(home, actor="ann") as registry:
        for number in range(count):
            registry.add_document(
                b"%s %d" % (home.name.encode(), number), file_name="a", media_type="x", pages=1
            )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    acts(tmp_path / "home", 3)
    return tmp_path / "home"


def key_of(home: Path) -> str:
    made: str = json.loads(run(home, "log", "checkpoint", "--json").stdout)["key"]
    return made


def test_a_log_that_holds(home: Path) -> None:
    assert "warning: log: The log is not published" in run(home, "check").output
    # Whatever the next command is, it publishes what a killed one left.
    run(home, "recipients")
    assert "is not published" not in run(home, "check").output
    signed = run(home, "log", "checkpoint").stdout.encode()
    assert checkpoint.opened(signed, note.verifier_key(key_of(home))).size == 4
    told = run(home, "log", "verify").output
    assert "has 4 entries, 4 of them published: it holds." in told
    assert key_of(home) in told
    assert "is not published" not in run(home, "check").output


def test_a_copy_kept_elsewhere(home: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    run(home, "log", "checkpoint", "--out", str(kept))
    acts(home, 4)
    assert "It grew from the checkpoint" in run(home, "log", "verify", "--checkpoint", str(kept)).output
    ahead = tmp_path / "home.old"
    with open_registry(ahead) as registry:
        assert registry.log_size() == 1
    result = run(ahead, "log", "verify", "--checkpoint", str(kept), "--json", status=7)
    told = json.loads(result.stdout)
    assert told["valid"] is False
    assert "is of the log" in told["faults"][0]["sentence"]


def test_an_altered_database_is_told_by_both_commands(home: Path) -> None:
    run(home, "log", "checkpoint")
    connection = sqlite3.connect(home / "registry.sqlite")
    connection.execute("DROP TRIGGER log_entry_kept")
    connection.execute("DELETE FROM log_entry WHERE number = 3")
    connection.commit()
    connection.close()
    assert "counts 4 entries and the log has 3" in run(home, "log", "verify", status=7).output
    assert "counts 4 entries and the log has 3" in run(home, "check", status=7).output
    with pytest.raises(LogError, match="not the one that was published"):
        run(home, "log", "checkpoint")


def test_published_files_are_repaired(home: Path) -> None:
    run(home, "log", "checkpoint")
    damaged = home / "log" / "tile" / "entries" / "000.p" / "4"
    damaged.write_bytes(b"junk")
    assert "--repair" in run(home, "log", "verify", status=7).output
    assert "it holds" in run(home, "log", "verify", "--repair").output


def test_a_proof_stands_alone(home: Path, tmp_path: Path) -> None:
    run(home, "log", "prove", "2", "--open", "--out", str(tmp_path / "proof"))
    proven = tlogproof.check_entry((tmp_path / "proof").read_bytes(), note.verifier_key(key_of(home)))
    assert (proven.entry.kind, proven.index) == ("register", 2)
    assert proven.detail is not None
    assert proven.detail["actor"] == "ann"
    closed = tlogproof.check_entry(
        run(home, "log", "prove", "2").stdout.encode(), note.verifier_key(key_of(home))
    )
    assert closed.detail is None
    with pytest.raises(LogError, match="no entry 99"):
        run(home, "log", "prove", "99")


def test_a_registry_witnesses_another(home: Path, tmp_path: Path) -> None:
    other, asked, cosigned = tmp_path / "other", tmp_path / "request", tmp_path / "cosigned"
    run(home, "log", "checkpoint", "--since", "0", "--out", str(asked))
    with pytest.raises(LogError, match="give it a name"):
        run(other, "log", "witness", str(asked))
    with pytest.raises(LogError, match="new to this witness"):
        run(other, "log", "witness", str(asked), "--name", "other.example/witness")
    run(other, "log", "witness", str(asked), "--key", key_of(home), "--out", str(cosigned))
    witness = run(other, "log", "witness").stdout.strip()
    assert run(home, "log", "witness", str(cosigned), "--add", "--key", witness).exit_code == 0
    proof = run(home, "log", "prove", "1").stdout.encode()
    key, seen = note.verifier_key(key_of(home)), note.verifier_key(witness)
    assert tlogproof.check_entry(proof, key, [seen], 1).witnesses[0].key == seen

    acts(home, 9)
    run(home, "log", "checkpoint", "--since", "0", "--out", str(asked))
    with pytest.raises(LogError, match="must prove the growth from the 4"):
        run(other, "log", "witness", str(asked))
    run(home, "log", "checkpoint", "--since", "4", "--out", str(asked))
    run(other, "log", "witness", str(asked), "--out", str(cosigned))
    run(home, "log", "witness", str(cosigned), "--add", "--key", witness)
    assert "it holds" in run(home, "log", "verify").output


def test_a_new_key_is_announced_by_the_old_one(home: Path) -> None:
    old = note.verifier_key(key_of(home))
    new = note.verifier_key(json.loads(run(home, "log", "rotate", "--json").stdout)["key"])
    assert keychain.follow(old, [(home / "log" / "handover" / "001").read_bytes()]) == [old, new]
    with open_registry(home) as opened:
        assert "log next" not in opened._keys.ring.secrets()
    acts(home, 5)
    assert key_of(home) == str(new)
    assert "it holds" in run(home, "log", "verify").output
    assert run(home, "log", "rotate").exit_code == 0
    assert "it holds" in run(home, "log", "verify").output


def test_what_is_published_names_nobody(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOTHER_ACTOR", "zoe-operator")
    run(home, "log", "rotate")
    with open_registry(home, create=False) as registry:
        details = [registry.log_opening(number).detail for number in range(registry.log_size())]
    assert any(detail["actor"] == "zoe-operator" for detail in details)
    names = [detail["document"] for detail in details if "document" in detail]
    for file in (home / "log").rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            if file.parent.name == "handover":
                data += tlogproof.parse(data).extra or b""
            for secret in (b"zoe-operator", b"ann", *(name.encode() for name in names)):
                assert secret not in data, file


def test_a_frozen_log_stays_as_it_is(home: Path) -> None:
    with pytest.raises(FotherError, match="add --yes"):
        run(home, "log", "freeze", "--why", "moved")
    run(home, "log", "freeze", "--why", "moved", "--yes")
    with pytest.raises(FotherError, match="frozen"):
        acts(home, 5)
    with pytest.raises(FotherError, match="frozen"):
        run(home, "log", "rotate")
    assert "has 5 entries, 5 of them published: it holds" in run(home, "log", "verify").output
