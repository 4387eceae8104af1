"""Nobody's name lies in a registry in clear, and it takes the approvers to see one."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fother_command import World, fother

from fother.registry import open_registry

PEOPLE = (
    ("Ottilie Brannagh-Szabó", "ottilie.brannagh@quillmere.example", "Quillmere Trust", "K7-Larkspur"),
    ("Ruaridh Pettifer", "r.pettifer+drafts@fennimore.example", "Fennimore & Sons", "K9-Saxifrage"),
    ("Yūki Tanabata", "", "Ashgrove Weaving", "K2-Tormentil"),
)


@pytest.fixture
def own(world: World, tmp_path: Path) -> Path:
    """A registry of one's own, with a second list issued to people with rare names."""
    home, people = tmp_path / "home", tmp_path / "to-ottilie-brannagh.csv"
    shutil.copytree(world.home, home)
    with people.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("name", "email", "organisation", "badge"), *PEOPLE])
    delivery = tmp_path / "delivery.csv"
    issued = fother(
        *("issue", world.document, "--to", people, "--out", tmp_path / "out", "--delivery", delivery),
        home=home,
    ).json
    rows = list(csv.DictReader(delivery.open(encoding="utf-8")))
    assert [row["name"] for row in rows] == [person[0] for person in PEOPLE]
    assert [row["copy"] for row in rows] == [copy["copy"] for copy in issued["copies"]]
    assert all(Path(row["file"]).is_file() for row in rows)
    (tmp_path / "issued.json").write_text(json.dumps(issued))
    return home


def copy_of(own: Path, row: int) -> str:
    return str(json.loads((own.parent / "issued.json").read_text())["copies"][row - 1]["copy"])


def words() -> Iterator[str]:
    """All that says who somebody is, and its telling parts."""
    for name, email, organisation, badge in PEOPLE:
        yield from (name, *name.replace("-", " ").split(), organisation, organisation.split()[0], badge)
        if email:
            local, domain = email.split("@")
            yield from (email, local, domain)
    yield "to-ottilie-brannagh"


def found_in(home: Path, wanted: Any) -> list[tuple[str, str]]:
    """Which files hold which of the words, in any case and in the encodings a database or text may have."""
    forms = [
        (word, spelled.encode(encoding))
        for word in wanted
        for spelled in {word, word.lower(), word.upper(), word.casefold()}
        for encoding in ("utf-8", "utf-16-le", "utf-16-be")
    ]
    held = {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}
    named = [(name, word) for name in held for word in wanted if word.lower() in name.lower()]
    return named + [(name, word) for name, data in held.items() for word, form in forms if form in data]


def keys_of(home: Path) -> list[bytes]:
    """Every key of a registry, raw, in hexadecimal and as age writes it."""
    with open_registry(home) as registry:
        secrets = registry._keys.ring.secrets()
    return [form for key in secrets.values() for form in (key, key.hex().encode()) if len(key) >= 32]


def test_no_name_and_no_key_lies_in_clear(own: Path, tmp_path: Path) -> None:
    copy, file = copy_of(own, 2), tmp_path / "out" / f"{copy_of(own, 2)}.pdf"
    fother("trace", file, "--report", own / "report.html", home=own)
    fother("identify", file, "--report", own / "identify.html", home=own)
    fother("unseal", copy, "--reason", "found in public", "--checked-disclosure", home=own)
    fother("check", home=own)
    with open_registry(own) as opened:  # with its write-ahead log beside it, as during a command
        opened.request_unseal(copy, "Why Ottilie Brannagh-Szabó or Ruaridh Pettifer?")
        assert (own / "registry.sqlite-wal").stat().st_size > 0
        assert found_in(own, set(words())) == []
    secrets = keys_of(own)
    assert len(secrets) >= 4
    held = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}
    assert [path.name for path, data in held.items() if any(key in data for key in secrets)] == []
    # The same search finds them where they do lie in clear.
    assert found_in(tmp_path, {"Pettifer"})


def test_the_demonstration_leaves_no_name_in_its_registry(tmp_path: Path) -> None:
    fother("demo", tmp_path / "demo", home=tmp_path / "unused")
    names = {f"Sample Reader {n:02d}" for n in range(1, 13)} | {f"reader{n:02d}@" for n in range(1, 13)}
    assert found_in(tmp_path / "demo" / "registry", names) == []
    assert found_in(tmp_path / "demo", names)


def test_one_key_unseals_in_one_step_and_says_so(own: Path, world: World, tmp_path: Path) -> None:
    copy = copy_of(own, 1)
    refused = fother("unseal", copy, "--reason", "a leak", home=own)
    assert refused.status == 2
    assert "--checked-disclosure" in refused.stderr
    without = fother("unseal", copy, "--checked-disclosure", home=own)
    assert without.status == 2
    assert "reason" in without.stderr
    told = fother(
        *("unseal", copy, "--reason", "a leak", "--checked-disclosure", "--actor", "Kim"), home=own
    ).json
    assert told["request"]["state"] == "told"
    assert told["request"]["actor"] == "Kim"
    assert told["told"]["given"]["name"] == PEOPLE[0][0]
    assert told["told"]["given"]["extra"] == {"badge": PEOPLE[0][3]}
    shown = fother(
        *("unseal", copy, "--reason", "again", "--checked-disclosure"), home=own, json_output=False
    )
    assert PEOPLE[0][1] in shown.stdout
    again = fother("unseal", told["request"]["id"], home=own)
    assert again.status == 2
    assert "happens once" in again.stderr
    with open_registry(own) as opened:
        kinds = [(e.kind, opened.log_opening(e.number).detail["actor"]) for e in opened.log_entries()]
    assert [kind for kind, _ in kinds][-4:] == ["approve", "unseal"] * 2
    assert kinds[-4:-2] == [("approve", "Kim"), ("unseal", "Kim")]
    issued = fother(
        *("issue", world.document, "--to", world.recipients, "--out", tmp_path / "o"),
        home=own,
        json_output=False,
    )
    assert "for one approver only" in issued.stdout
    findings = fother("check", home=own).json["findings"]
    assert any(f["subject"] == "seals" and f["severity"] == "warning" for f in findings)


def test_two_of_three_approvers(own: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.key" for name in ("a", "b", "c")]
    publics = [fother("seal", "key", file, "--no-passphrase", home=own).json["public"] for file in files]
    listed = tmp_path / "approvers.txt"
    listed.write_text("# two of them\n" + "\n".join(publics[:2]) + "\n")
    setup = fother(
        *("seal", "setup", "--approvers", listed, "--approvers", publics[2], "--threshold", 2), home=own
    ).json["setup"]
    assert (setup["threshold"], setup["approvers"], setup["own"]) == (2, publics, False)
    copy = copy_of(own, 3)
    asked = fother("unseal", copy, "--reason", "a leak", "--checked-disclosure", home=own).json
    assert asked["told"] is None
    request = asked["request"]["id"]
    early = fother("unseal", request, home=own)
    assert early.status == 2
    assert "0 of 2 approvals" in early.stderr
    for file, count in ((files[0], 1), (files[0], 1), (files[2], 2)):
        ran = fother("approve", request, "--key", file, "--yes", home=own).json
        assert len(ran["request"]["approved"]) == count
    told = fother("unseal", request, home=own).json["told"]
    assert told["given"]["name"] == PEOPLE[2][0]
    assert told["list"] == "to-ottilie-brannagh.csv"
    status = fother("seal", "status", home=own).json
    assert [r["state"] for r in status["requests"]] == ["told"]
    assert fother("seal", "status", home=own, json_output=False).status == 0
    # Without the key file, or with another's, nothing happens.
    asked = fother("unseal", copy, "--reason", "again", "--checked-disclosure", home=own).json
    stranger = tmp_path / "d.key"
    fother("seal", "key", stranger, "--no-passphrase", home=own)
    refused = fother("approve", asked["request"]["id"], "--key", stranger, "--yes", home=own)
    assert refused.status == 2
    assert "none of the approvers" in refused.stderr
    # Moving the seals on takes two of the present approvers.
    alone = fother("seal", "rotate", "--approvers", publics[0], "--key", files[0], home=own)
    assert alone.status == 2
    moved = fother(
        *("seal", "setup", "--approvers", publics[1], "--threshold", 1, "--key", files[0], "--key", files[2]),
        home=own,
    ).json["setup"]
    assert moved["approvers"] == [publics[1]]
    void = fother("approve", asked["request"]["id"], "--key", files[0], "--yes", home=own)
    assert "was closed" in void.stderr
    assert [f for f in fother("check", home=own).json["findings"] if f["severity"] == "error"] == []


def test_an_erased_recipient_stays_traceable_and_unknown(own: Path, tmp_path: Path) -> None:
    copy, file = copy_of(own, 2), tmp_path / "out" / f"{copy_of(own, 2)}.pdf"
    erased = fother("seal", "erase", PEOPLE[1][1], "--reason", "asked for it", "--yes", home=own).json
    assert erased["recipient"]["erased_at"]
    gone = fother("unseal", copy, "--reason", "a leak", "--checked-disclosure", home=own)
    assert gone.status == 6
    assert "was erased" in gone.stderr
    traced = fother("trace", file, home=own).json
    assert [a["copy"] for a in traced["accused"]] == [copy]
    checked = fother("check", home=own).json
    assert checked["ok"] is True
    assert fother("log", "verify", home=own).status == 0
    assert fother("seal", "erase", PEOPLE[1][1], "--reason", "again", "--yes", home=own).status == 6


def test_keys_can_be_locked_anew(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = len(list((own / "blobs").glob("*/*")))
    assert fother("seal", "rekey", home=own).json == {"written": stored}
    monkeypatch.setattr("fother_command.SECRETS", {"FOTHER_NEW_PASSPHRASE": "several random words"})
    assert fother("seal", "lock", "passphrase", home=own).json == {"keys_locked_with": "passphrase"}
    monkeypatch.setattr("fother_command.SECRETS", {})
    missing = fother("check", home=own)
    assert missing.status == 7
    monkeypatch.setattr("fother_command.SECRETS", {"FOTHER_PASSPHRASE": "another passphrase"})
    wrong = fother("unseal", copy_of(own, 1), "--reason", "x", "--checked-disclosure", home=own)
    assert wrong.status == 7
    assert "is not the passphrase" in wrong.stderr
    monkeypatch.setattr("fother_command.SECRETS", {"FOTHER_PASSPHRASE": "several random words"})
    assert fother("check", home=own).json["ok"] is True
    key = tmp_path / "elsewhere.key"
    monkeypatch.setattr(
        "fother_command.SECRETS",
        {"FOTHER_PASSPHRASE": "several random words", "FOTHER_KEY_FILE": str(key)},
    )
    assert fother("seal", "lock", "key-file", home=own).json == {"keys_locked_with": "key file"}
    assert key.stat().st_mode & 0o777 == 0o600
