"""The part of the registry in a folder that is about seals and keys: who may see whom a copy belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import select

from fother.errors import RegistryError, UsageError
from fother.registry import issues, recipients, remains, rows, schema
from fother.registry.atrest.lock import Lock, Unlocking
from fother.registry.desk import FolderDesk
from fother.registry.records import Copy, Recipient, SealSetup, Unsealed, UnsealRequest
from fother.registry.seals import requests, setups
from fother.registry.seals.age import AgeKey
from fother.registry.seals.shares import Policy


class FolderSeals(FolderDesk):
    """See the parts "Seals" and "Keys at rest" of `interface.Registry`."""

    def recipients(self) -> tuple[Recipient, ...]:
        with self._database.reading() as connection:
            return recipients.listed(connection)

    def recipient(self, reference: str) -> Recipient:
        with self._database.reading() as connection:
            sealing = self._keys.sealing(connection) if "@" in reference else None
            return recipients.find(connection, reference, sealing)

    def identity_commitment(self, copy: Copy) -> bytes:
        with self._database.reading() as connection:
            return issues.identity_commitment(connection, copy.id)

    # Approvers

    def seal_setup(self) -> SealSetup:
        with self._database.reading() as connection:
            return setups.current(connection)

    def change_seal_setup(
        self,
        wanted: Policy | None,
        present: Sequence[AgeKey] = (),
        *,
        step: Callable[[], None] = lambda: None,
    ) -> SealSetup:
        with self._database.writing() as connection:
            old, now = setups.current(connection), self._now()
            held = setups.present(old, [*present, self._keys.own_approver(old)] if old.own else present)
            policy = wanted or self._keys.own_policy(setups.next_number(connection))
            new = setups.enter(connection, policy, now, own=wanted is None)
            requests.void(connection, now)
            for _ in setups.share_again(connection, held, old, new, self._entropy):
                step()
            told = {"setup": new.number, "threshold": new.threshold, "approvers": list(new.approvers)}
            self._log(connection, "seal-setup", told | {"own": new.own})
            remains.mark(connection, self._entropy)
        self._clean_up()
        return new

    # Unsealing

    def request_unseal(self, copy: str, reason: str, lasting: timedelta = requests.EXPIRY) -> UnsealRequest:
        with self._database.writing() as connection:
            return requests.ask(
                connection,
                rows.copy(rows.by_id(connection, schema.copy, copy, shorten=False)),
                reason,
                self._keys.master(connection),
                actor=self._actor,
                lasting=lasting,
                now=self._now(),
                entropy=self._entropy,
            )

    def unseal_request(self, reference: str) -> UnsealRequest:
        with self._database.reading() as connection:
            return requests.find(connection, reference, self._keys.master(connection))

    def unseal_requests(self) -> tuple[UnsealRequest, ...]:
        with self._database.writing() as connection:
            requests.expire(connection, self._now())
            return requests.listed(connection, self._keys.master(connection))

    def approve_unseal(self, request: str, key: AgeKey | None = None) -> UnsealRequest:
        with self._database.writing() as connection:
            master, setup = self._keys.master(connection), setups.current(connection)
            if key is None and not setup.own:
                raise UsageError("This takes an approver's key.")
            asked = requests.find(connection, request, master)
            used = key or self._keys.own_approver(setup)
            if requests.approve(connection, asked, used, actor=self._actor, now=self._now()):
                told = {"request": asked.id, "copy": asked.copy, "approver": used.public}
                self._log(connection, "approve", told | {"reason": _digest(asked.reason)})
            return requests.find(connection, asked.id, master)

    def unseal(self, request: str) -> Unsealed:
        with self._database.writing() as connection:
            master = self._keys.master(connection)
            asked = requests.find(connection, request, master)
            told = requests.tell(connection, asked, master, self._now())
            entered = {"request": asked.id, "copy": asked.copy, "approvers": list(asked.approved)}
            self._log(connection, "unseal", entered | {"reason": _digest(asked.reason)})
        return told

    def erase_recipient(self, reference: str, reason: str) -> Recipient:
        if not reason.strip():
            raise UsageError("Erasing takes a reason; say why this recipient must become unknown.")
        with self._database.writing() as connection:
            found = recipients.find(connection, reference, self._keys.sealing(connection))
            if found.erased_at is None:
                recipients.erase(connection, found.id, self._now(), self._entropy)
                requests.void(connection, self._now(), found.id)
                self._log(connection, "erase", {"recipient": found.id, "reason": _digest(reason.strip())})
                remains.mark(connection, self._entropy)
            erased = recipients.find(connection, found.id, None)
        self._clean_up()
        return erased

    # Keys at rest

    def key_lock(self) -> Lock:
        return self._keys.lock()

    def lock_keys(self, unlocking: Unlocking) -> Lock:
        with self._database.writing() as connection:
            # The ring is changed last: what cannot be entered into the log does not happen.
            self._log(connection, "lock", {"before": self._keys.lock().kind})
            lock = self._keys.relock(unlocking)
        return lock

    def add_data_key(self) -> None:
        with self._database.writing() as connection:
            self._log(connection, "rekey", {"files": "new"})
            self._keys.add_data_key()

    def blobs(self) -> tuple[str, ...]:
        with self._database.reading() as connection:
            return tuple(connection.execute(select(schema.blob.c.sha256)).scalars())

    def renew_blob(self, sha256: str) -> bool:
        return self._blobs.renew(sha256)

    def drop_old_data_keys(self) -> None:
        # Another process may be storing a file under a key that it read a moment ago. Either the second count
        # sees that file, or that process sees, after writing it, that the key is gone (`FolderBlobs.put`).
        with self._database.writing():
            waiting = self._blobs.under_old_keys()
            if not waiting:
                dropped = self._keys.drop_old_data_keys()
                waiting = self._blobs.under_old_keys()
                if waiting:
                    self._keys.put_back(dropped)
        if waiting:
            raise RegistryError(
                f"{waiting} stored files are still under an old key; run the same command again, or "
                "`fother check --collect` when they belong to nothing."
            )

    def _clean_up(self) -> None:
        """Remove what a change left behind in files, unless another process uses them at this moment."""
        with self._database.reading() as connection:
            mark = remains.marked(connection)
        if mark is None:
            return
        for path in self._blobs.in_clear():
            self._blobs.encrypt(path)
        with self._database.writing() as connection:
            self._keys.forget_approvers(setups.current(connection))
            self._keys.remove_old()
        if self._database.compact():
            with self._database.writing() as connection:
                remains.clear(connection, mark)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
