"""Mail that waits, on disk: a message is in one state at a time and moves on by renaming its folder.

    new/…        being written; what is left there after a kill is deleted
    incoming/ID  taken over from a client, to be marked
    ready/ID     what each recipient gets is fixed, to be handed on
    done/ID      finished and emptied; kept for a while to know the message again, unless it reached nobody

    ID/mail      envelope and message
    ID/plan      for each delivery: address, place of its copy, why it was refused
    ID/copies    the marked copies, as differences from the message
    ID/states    one byte per delivery, see `State`; overwritten in place and synced
    ID/failure-K what the next mail server said of a delivery that it refused
    ID/bounce-N  which failures the sender was told
    ID/failed    stays in done: all deliveries failed, and the message is taken when it is handed in again

Everything but `states` is encrypted (AES-256-GCM) and bound to its place. All steps may be done again after
a kill. One process takes and marks mail, one other hands it on; each holds its lock.
"""

from __future__ import annotations

import base64
import fcntl
import hmac
import json
import os
import shutil
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fother.errors import StorageError
from fother.relay.message import Envelope, headers

WAITING, SENDING, DELIVERED, FAILED, IN_DOUBT = b".", b"s", b"+", b"-", b"?"

_FAILED_FILE = "failed"
_NONCE = 12
_SPAN = struct.Struct(">QQ")
_BLOCK = 1 << 16
_sync = getattr(os, "fdatasync", os.fsync)


@dataclass(frozen=True)
class NewDelivery:
    """What one recipient gets: `content`, or the message as it came; nothing when it is refused."""

    address: str
    content: bytes | None = None
    refused: str = ""  #: an SMTP answer such as "550 5.7.1 …"


@dataclass(frozen=True)
class Delivery:
    """One line of a plan."""

    address: str
    offset: int
    length: int  #: of the sealed difference; 0: as it came
    refused: str


@dataclass(frozen=True)
class Mail:
    envelope: Envelope
    raw: bytes


class Queue:
    """The queue in a folder. `key`: 32 bytes; `entropy(n)` gives n unpredictable bytes.

    All methods that write raise StorageError.
    """

    def __init__(self, folder: Path, key: bytes, entropy: Callable[[int], bytes]) -> None:
        self.folder = folder
        self._key, self._entropy = key, entropy
        self._cipher = AESGCM(hmac.digest(key, b"fother relay queue 1: files", "sha256"))
        self._naming = hmac.digest(key, b"fother relay queue 1: names", "sha256")
        self._entering = Lock()

    def make(self) -> None:
        """Make the folders, for nobody else to enter."""
        with _storage(self.folder):
            for name in ("new", "incoming", "ready", "done"):
                (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)

    @contextmanager
    def locked(self, role: str, *, wait: bool = False) -> Iterator[bool]:
        """Hold the lock of a role; false when another process holds it and we are not to wait."""
        with _storage(self.folder):
            handle = os.open(self.folder / f"{role}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(handle)

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.folder).free

    # Ids

    def id_of(self, envelope: Envelope, raw: bytes) -> str:
        """The same message to the same recipients has the same id, so that one that is handed in again,
        because our answer was lost, is known. One without Message-ID gets a new id each time."""
        if headers(raw)["Message-ID"] is None:
            return self._name(self._entropy(16))
        return self._name(json.dumps([envelope.sender, sorted(envelope.recipients)]).encode(), raw)

    def derived_id(self, id: str, what: str) -> str:
        """The id of a notice about a message, the same each time."""
        return self._name(id.encode(), what.encode())

    def delivery_id(self, id: str, k: int) -> str:
        """What a delivery is called: nobody learns its place in the list from it."""
        return self._name(id.encode(), f"delivery {k}".encode())[:10]

    def _name(self, *parts: bytes) -> str:
        text = b"".join(struct.pack(">Q", len(part)) + part for part in parts)
        digest = hmac.digest(self._naming, text, "sha256")
        return base64.b32encode(digest[:15]).decode().lower()

    # Entering, in one step

    def take(self, envelope: Envelope, raw: bytes, *, plain: bool = False) -> tuple[str, bool]:
        """Keep a message from a client; its id, and whether it is new. Durable when it returns.

        One that is `plain` is handed on as it came, without waiting for others to be marked. One that was
        finished and reached nobody is new again.
        """
        id = self.id_of(envelope, raw)
        if plain:
            return id, self._enter(id, "ready", self._as_it_came(envelope, raw), again=True)
        return id, self._enter(id, "incoming", {"mail": _mail_bytes(envelope, raw)}, again=True)

    def post(self, id: str, envelope: Envelope, raw: bytes) -> bool:
        """Keep a message that is to be handed on as it is; false when it is known."""
        return self._enter(id, "ready", self._as_it_came(envelope, raw))

    def _as_it_came(self, envelope: Envelope, raw: bytes) -> dict[str, bytes]:
        plan = json.dumps([[address, 0, 0, ""] for address in envelope.recipients]).encode()
        states = WAITING * len(envelope.recipients)
        return {"mail": _mail_bytes(envelope, raw), "plan": plan, "states": states}

    def _enter(self, id: str, state: str, files: dict[str, bytes], *, again: bool = False) -> bool:
        with _storage(self.folder):
            if self.where(id) and not (again and self._reached_nobody(id)):
                return False
            part = self.folder / "new" / f"{id}.{self._entropy(4).hex()}"
            part.mkdir(mode=0o700)
            try:
                for name, data in files.items():
                    self._write(part / name, self._seal(id, name, data) if name != "states" else data)
                _sync_folder(part)
                with self._entering:
                    if again and self._reached_nobody(id):
                        self._forget(id)
                    if self.where(id):
                        return False
                    part.rename(self.folder / state / id)
                    _sync_folder(self.folder / state)
            finally:
                shutil.rmtree(part, ignore_errors=True)
        return True

    def _reached_nobody(self, id: str) -> bool:
        return (self.folder / "done" / id / _FAILED_FILE).exists()

    def _forget(self, id: str) -> None:
        """Forget a finished message in one step; the courier may be emptying it still."""
        old = self.folder / "new" / f"{id}.{self._entropy(4).hex()}"
        (self.folder / "done" / id).rename(old)
        _sync_folder(self.folder / "done")
        shutil.rmtree(old, ignore_errors=True)

    # Moving on

    def make_ready(self, id: str, deliveries: Iterable[NewDelivery]) -> int:
        """Fix what each recipient of an incoming message gets; returns how many there are."""
        folder = self.folder / "incoming" / id
        raw = self.mail(id).raw
        plan: list[tuple[str, int, int, str]] = []
        offset = 0
        with _storage(folder):
            with _durable(folder / "copies") as file:
                for k, new in enumerate(deliveries):
                    sealed = b""
                    if new.content is not None:
                        sealed = self._seal(id, f"copy {k}", _difference(raw, new.content))
                        file.write(sealed)
                    plan.append((new.address, offset, len(sealed), new.refused))
                    offset += len(sealed)
            self._write(folder / "plan", self._seal(id, "plan", json.dumps(plan).encode()))
            self._write(folder / "states", b"".join(FAILED if row[3] else WAITING for row in plan))
            _sync_folder(folder)
            folder.rename(self.folder / "ready" / id)
            _sync_folder(self.folder / "ready")
            _sync_folder(self.folder / "incoming")
        return len(plan)

    def finish(self, id: str, *, failed: bool = False) -> None:
        """A message of which nothing is left to do: its content is deleted, its id kept.

        `failed` says that no delivery arrived, so that the message is taken when it is handed in again.
        """
        with _storage(self.folder):
            if failed:
                self._write(self.folder / "ready" / id / _FAILED_FILE, b"")
                _sync_folder(self.folder / "ready" / id)
            (self.folder / "ready" / id).rename(self.folder / "done" / id)
            _sync_folder(self.folder / "done")
            _sync_folder(self.folder / "ready")
            self._empty(self.folder / "done" / id)

    def clean(self, before: datetime) -> None:
        """Delete what killed processes left, and forget messages that were finished before a moment.

        Only the process that takes mail may do this.
        """
        with _storage(self.folder):
            for part in (self.folder / "new").iterdir():
                with suppress(FileNotFoundError):
                    if part.stat().st_mtime < before.timestamp():
                        shutil.rmtree(part, ignore_errors=True)
            for folder in (self.folder / "done").iterdir():
                with self._entering, suppress(FileNotFoundError):  # one may be forgotten meanwhile
                    if folder.stat().st_mtime < before.timestamp():
                        self._empty(folder)
                        (folder / _FAILED_FILE).unlink(missing_ok=True)
                        folder.rmdir()

    def empty_done(self) -> None:
        """Delete the content of messages that were finished right before a kill."""
        with _storage(self.folder):
            for folder in (self.folder / "done").iterdir():
                self._empty(folder)

    def _empty(self, folder: Path) -> None:
        with suppress(FileNotFoundError):  # it may be forgotten meanwhile
            for file in folder.iterdir():
                if file.name != _FAILED_FILE:
                    file.unlink(missing_ok=True)

    # Reading

    def where(self, id: str) -> str:
        """The state of a message; empty when it is not known. Looked for in the order of its moves, so that
        one that moves on meanwhile is found."""
        return next((s for s in ("incoming", "ready", "done") if (self.folder / s / id).exists()), "")

    def ids(self, state: str) -> list[str]:
        """Messages in a state, oldest first."""
        found = []
        for folder in (self.folder / state).iterdir():
            with suppress(OSError):
                found.append(((folder / "mail").stat().st_mtime_ns, folder.name))
        return [name for _, name in sorted(found)]

    def count(self, state: str) -> int:
        return sum(1 for _ in (self.folder / state).iterdir())

    def mail(self, id: str) -> Mail:
        """Envelope and message. Raises StorageError when the file is damaged."""
        content = self._read(id, "mail")
        head, _, raw = content.partition(b"\n")
        facts = json.loads(head)
        facts["recipients"] = tuple(facts["recipients"])
        facts["taken_at"] = datetime.fromisoformat(facts["taken_at"])
        return Mail(Envelope(**facts), raw)

    def plan(self, id: str) -> list[Delivery]:
        return [Delivery(*row) for row in json.loads(self._read(id, "plan"))]

    def content(self, id: str, k: int, delivery: Delivery, raw: bytes) -> bytes:
        """What a delivery hands on; `raw` is the message."""
        if not delivery.length:
            return raw
        with self._path(id, "copies").open("rb") as file:
            file.seek(delivery.offset)
            sealed = file.read(delivery.length)
        return _applied(raw, self._open(id, f"copy {k}", sealed))

    # States of deliveries

    def states(self, id: str) -> bytes:
        """One byte for each delivery of a ready message."""
        return self._path(id, "states").read_bytes()

    def set_state(self, id: str, k: int, state: bytes) -> None:
        """Note the state of a delivery; it outlasts a power cut when this returns."""
        with _storage(self.folder):
            handle = os.open(self._path(id, "states"), os.O_WRONLY)
            try:
                # Within the file, so that its size and blocks stay: a single byte is old or new, never torn.
                os.pwrite(handle, state, k)
                _sync(handle)
            finally:
                os.close(handle)

    def fail(self, id: str, k: int, said: str) -> None:
        """Note that a delivery is refused for good, and what the next mail server said."""
        self.note(id, f"failure-{k}", said.encode())
        self.set_state(id, k, FAILED)

    def said(self, id: str, k: int, delivery: Delivery) -> str:
        """Why a delivery failed."""
        if delivery.refused:
            return delivery.refused
        return (self.noted(id, f"failure-{k}") or b"").decode()

    def note(self, id: str, name: str, data: bytes) -> None:
        """Keep a small file with a ready message; the first one of a name stays."""
        path = self._path(id, name)
        if path.exists():
            return
        with _storage(path):
            part = path.with_name(f".{name}")
            self._write(part, self._seal(id, name, data))
            part.rename(path)
            _sync_folder(path.parent)

    def noted(self, id: str, name: str) -> bytes | None:
        """What `note` kept."""
        return self._read(id, name) if self._path(id, name).exists() else None

    def _path(self, id: str, name: str) -> Path:
        return self.folder / (self.where(id) or "ready") / id / name

    def _read(self, id: str, name: str) -> bytes:
        path = self._path(id, name)
        try:
            sealed = path.read_bytes()
        except OSError as error:
            raise StorageError(f"{path} cannot be read ({error.strerror or error}).") from error
        return self._open(id, name, sealed)

    def _write(self, path: Path, data: bytes) -> None:
        with _durable(path) as file:
            file.write(data)

    def _seal(self, id: str, name: str, data: bytes) -> bytes:
        nonce = self._entropy(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data, f"{id}/{name}".encode())

    def _open(self, id: str, name: str, sealed: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], f"{id}/{name}".encode())
        except (InvalidTag, ValueError):
            raise StorageError(
                f"The mail {id} in {self.folder} is damaged, or belongs to another registry ({name})."
            ) from None


def _mail_bytes(envelope: Envelope, raw: bytes) -> bytes:
    facts: dict[str, Any] = vars(envelope) | {"taken_at": envelope.taken_at.isoformat()}
    return json.dumps(facts).encode() + b"\n" + raw


def _difference(raw: bytes, copy: bytes) -> bytes:
    """What a copy has in place of the middle of the message: attachments that stay are not kept again."""
    most = min(len(raw), len(copy))
    start = _alike(lambda a, b: raw[a:b] == copy[a:b], most)
    end = _alike(
        lambda a, b: raw[len(raw) - b : len(raw) - a] == copy[len(copy) - b : len(copy) - a], most - start
    )
    return _SPAN.pack(start, end) + copy[start : len(copy) - end]


def _alike(same: Callable[[int, int], bool], most: int) -> int:
    """Up to where, at most, `same(a, b)` holds."""
    low = 0
    while low < most and same(low, min(low + _BLOCK, most)):
        low = min(low + _BLOCK, most)
    high = min(low + _BLOCK, most)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if same(low, middle) else (low, middle - 1)
    return low


def _applied(raw: bytes, difference: bytes) -> bytes:
    start, end = _SPAN.unpack_from(difference)
    return raw[:start] + difference[_SPAN.size :] + raw[len(raw) - end :]


@contextmanager
def _durable(path: Path) -> Iterator[Any]:
    """A new file that is on the disk at the end, for its owner alone."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
        yield file
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _storage(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The queue {place} cannot be written ({error.strerror or error}); check its disk and its owner."
        ) from error


def in_state(states: bytes, state: bytes) -> Sequence[int]:
    """Which deliveries are in a state."""
    return [k for k in range(len(states)) if states[k : k + 1] == state]
