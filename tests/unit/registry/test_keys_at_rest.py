"""Keys and files at rest: what locks the ring, what a thief of the folder sees, how keys are changed."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from fother.errors import RegistryError
from fother.registry import Unlocking, open_registry
from fother.registry.atrest import lock as locks
from fother.registry.atrest.ring import KeyRing, data_keys
from fother.registry.blobs import BlobKeys, FolderBlobs, sha256_hex

CONTENT = b"the original of a document that is not to be found by whoever has it too"


@pytest.fixture
def unlocking(tmp_path: Path) -> Unlocking:
    return Unlocking(own_file=tmp_path / "settings" / "registry.key", keyring=False, work=4)


def ring_of(tmp_path: Path, unlocking: Unlocking) -> KeyRing:
    ring = KeyRing(tmp_path / "keys", unlocking)
    ring.make(secrets.token_bytes)
    return ring


def test_a_key_file_of_its_own_is_made_outside_the_registry(tmp_path: Path, unlocking: Unlocking) -> None:
    home = tmp_path / "home"
    with open_registry(home, unlocking=unlocking) as registry:
        document = registry.add_document(CONTENT, file_name="a", media_type="x", pages=1)
    assert unlocking.own_file.stat().st_mode & 0o777 == 0o600
    assert not unlocking.own_file.is_relative_to(home)
    unlocking.own_file.rename(tmp_path / "moved.key")
    with open_registry(home, unlocking=unlocking) as registry:
        with pytest.raises(RegistryError, match="is missing; restore it"):
            registry.get_blob(document.sha256)
        assert any("registry.key" in f.sentence for f in registry.check() if f.severity == "error")
        assert registry.documents() == (document,)
    with open_registry(home, unlocking=Unlocking(key_file=tmp_path / "moved.key")) as registry:
        assert registry.get_blob(document.sha256) == CONTENT


def test_the_first_offer_locks_a_new_ring(tmp_path: Path, unlocking: Unlocking) -> None:
    named = tmp_path / "named.key"
    both = Unlocking("words of a passphrase", named, unlocking.own_file, work=4)
    assert ring_of(tmp_path / "1", both).lock.kind == "passphrase"
    assert not named.exists()
    assert ring_of(tmp_path / "2", Unlocking(None, named, unlocking.own_file)).lock.kind == "key file"
    assert named.exists()
    assert not unlocking.own_file.exists()
    assert Unlocking.from_environment({"FOTHER_PASSPHRASE": "", "FOTHER_KEY_FILE": ""}).key_file is None
    assert "words" not in repr(both)


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        (Unlocking(), "set FOTHER_PASSPHRASE"),
        (Unlocking("another passphrase"), "is not the passphrase"),
    ],
)
def test_a_passphrase_that_is_missing_or_wrong(tmp_path: Path, offered: Unlocking, said: str) -> None:
    ring_of(tmp_path, Unlocking("words of a passphrase", work=4))
    with pytest.raises(RegistryError, match=said):
        KeyRing(tmp_path / "keys", offered).secrets()


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (b"short", 0o600, "has 5 bytes"),
        (b"x" * 64, 0o644, "chmod it to 600"),
        (b"x" * (2 << 20), 0o600, "too large"),
        (b"x" * 64, 0o600, "does not open this registry"),
    ],
)
def test_key_files_that_do_not_do(
    tmp_path: Path, unlocking: Unlocking, content: bytes, mode: int, said: str
) -> None:
    ring_of(tmp_path, unlocking)
    unlocking.own_file.write_bytes(content)
    unlocking.own_file.chmod(mode)
    with pytest.raises(RegistryError, match=said):
        KeyRing(tmp_path / "keys", unlocking).secrets()


def test_the_systems_keyring(tmp_path: Path, unlocking: Unlocking, monkeypatch: pytest.MonkeyPatch) -> None:
    held: dict[tuple[str, str], str] = {}
    keyring = SimpleNamespace(
        get_password=lambda service, entry: held.get((service, entry)),
        set_password=lambda service, entry, secret: held.update({(service, entry): secret}),
    )
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    offered = Unlocking(own_file=unlocking.own_file)
    ring = ring_of(tmp_path, offered)
    assert ring.lock.kind == "keyring"
    assert not unlocking.own_file.exists()
    assert len(KeyRing(tmp_path / "keys", offered).secrets()["master"]) == 32
    held.clear()
    with pytest.raises(RegistryError, match="does not hold"):
        KeyRing(tmp_path / "keys", offered).secrets()
    keyring.get_password = lambda *_: 1 / 0
    with pytest.raises(RegistryError, match="unlock it first"):
        KeyRing(tmp_path / "keys", offered).secrets()
    # A keyring that does not work when a ring is made is passed over.
    assert ring_of(tmp_path / "other", offered).lock.kind == "key file"
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(RegistryError, match=r"install fother\[keyring\]"):
        KeyRing(tmp_path / "keys", offered).secrets()


def test_relocking_shuts_the_old_key_out(tmp_path: Path, unlocking: Unlocking) -> None:
    ring = ring_of(tmp_path, unlocking)
    before = ring.secrets()
    ring.relock(Unlocking("words of a passphrase", work=4), secrets.token_bytes)
    assert ring.secrets() == before
    with pytest.raises(RegistryError, match="FOTHER_PASSPHRASE"):
        KeyRing(tmp_path / "keys", unlocking).secrets()
    assert KeyRing(tmp_path / "keys", Unlocking("words of a passphrase")).secrets() == before


@pytest.mark.parametrize(
    "change",
    [
        {"format": "fother key ring 2"},
        {"lock": {"kind": "nothing", "salt": "00"}},
        {"lock": {"kind": "passphrase", "salt": "00", "work": 60}},
        {"lock": "x"},
        {"sealed": "§"},
    ],
)
def test_rings_that_were_tampered_with(
    tmp_path: Path, unlocking: Unlocking, change: dict[str, object]
) -> None:
    ring = ring_of(tmp_path, unlocking)
    held = json.loads(ring.path.read_text())
    ring.path.write_text(json.dumps(held | change))
    with pytest.raises(RegistryError, match=r"is damaged|newer version"):
        ring.secrets()


def test_a_weaker_passphrase_cannot_be_put_in_its_place(tmp_path: Path) -> None:
    """The cost of guessing is bound to what it protects."""
    ring = ring_of(tmp_path, Unlocking("words of a passphrase", work=5))
    held = json.loads(ring.path.read_text())
    held["lock"]["work"] = 4
    ring.path.write_text(json.dumps(held))
    with pytest.raises(RegistryError, match="is not the passphrase"):
        KeyRing(tmp_path / "keys", Unlocking("words of a passphrase")).secrets()


def test_the_cost_of_a_passphrase_is_that_of_today() -> None:
    assert Unlocking("words of a passphrase").work == locks.WORK >= 17


def test_files_are_neither_readable_nor_found_by_their_hash(tmp_path: Path, unlocking: Unlocking) -> None:
    home = tmp_path / "home"
    with open_registry(home, unlocking=unlocking) as registry:
        registry.add_document(CONTENT, file_name="a", media_type="x", pages=1)
    name = sha256_hex(CONTENT)
    blobs = [path for path in (home / "blobs").rglob("*") if path.is_file()]
    assert blobs
    for path in blobs:
        assert name not in str(path)
        assert CONTENT[:16] not in path.read_bytes()
    # The same file in another registry has another name.
    with open_registry(tmp_path / "other", unlocking=unlocking) as registry:
        registry.add_document(CONTENT, file_name="a", media_type="x", pages=1)
    assert not {p.name for p in blobs} & {p.name for p in (tmp_path / "other" / "blobs").rglob("*")}


def test_files_exchanged_for_each_other_are_refused(tmp_path: Path) -> None:
    keys = BlobKeys(secrets.token_bytes(32), {1: secrets.token_bytes(32)})
    blobs = FolderBlobs(tmp_path, lambda: keys, secrets.token_bytes)
    one, other = blobs.put(b"one"), blobs.put(b"two")
    blobs.path(one).write_bytes(blobs.path(other).read_bytes())
    with pytest.raises(RegistryError, match="not its own"):
        blobs.get(one)
    assert blobs.get(other) == b"two"


def test_keys_of_files_are_changed_without_losing_one(tmp_path: Path, unlocking: Unlocking) -> None:
    with open_registry(tmp_path / "home", unlocking=unlocking) as registry:
        first = registry.add_document(b"first", file_name="a", media_type="x", pages=1)
        registry.add_data_key()
        second = registry.add_document(b"second", file_name="b", media_type="x", pages=1)
        # Old files stay under the old key until they are written again, and stay readable.
        assert registry.get_blob(first.sha256) == b"first"
        with pytest.raises(RegistryError, match="1 stored files are still under an old key"):
            registry.drop_old_data_keys()
        assert [registry.renew_blob(name) for name in (first.sha256, second.sha256)] == [True, False]
        registry.drop_old_data_keys()
        assert list(data_keys(registry._keys.ring.secrets())) == [2]
        assert [registry.get_blob(d.sha256) for d in (first, second)] == [b"first", b"second"]
        assert [f.severity for f in registry.check()] == ["note"]


def test_a_file_stored_while_its_key_is_dropped_is_kept(tmp_path: Path, unlocking: Unlocking) -> None:
    with open_registry(tmp_path / "home", unlocking=unlocking) as registry:
        old = registry._keys.blob()
        # Another process read the keys before a new one was made, and writes at each possible moment.
        stale = FolderBlobs(tmp_path / "home" / "blobs", lambda: old, secrets.token_bytes)
        registry.add_data_key()
        stale.put(b"before the drop")
        with pytest.raises(RegistryError, match="1 stored files are still under an old key"):
            registry.drop_old_data_keys()
        registry.renew_blob(sha256_hex(b"before the drop"))
        registry.drop_old_data_keys()
        given = iter([old])
        late = FolderBlobs(
            tmp_path / "home" / "blobs", lambda: next(given, registry._keys.blob()), secrets.token_bytes
        )
        assert registry.get_blob(late.put(b"after the drop")) == b"after the drop"
        registry.add_data_key()
        old = registry._keys.blob()
        counts = iter([0, 1])
        registry._blobs.under_old_keys = lambda: next(counts)  # type: ignore[method-assign]
        with pytest.raises(RegistryError, match="1 stored files"):
            registry.drop_old_data_keys()
        assert registry._keys.blob().data.keys() == old.data.keys()
