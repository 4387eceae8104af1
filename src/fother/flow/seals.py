"""Seals: who may see whom a copy belongs to, and what must be checked before anybody does."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fother.errors import UsageError
from fother.flow.progress import Progress, Silent
from fother.registry import (
    AgeKey,
    Finding,
    Lock,
    Policy,
    Recipient,
    Registry,
    SealSetup,
    Unlocking,
    Unsealed,
    UnsealRequest,
    check_public,
    key_file_is_locked,
    new_key,
    read_key_file,
    read_public_keys,
    require_passphrase,
    write_key_file,
)

#: What whoever unseals confirms to have checked.
DISCLOSURE = (
    "The leak is not, and is not part of, a disclosure that the law protects: a report of wrongdoing to an "
    "authority, within the organisation or, where the law allows it, to the public (in the European Union: "
    "Directive 2019/1937; other countries have laws of their own).",
    "The leak does not lead to the source of a journalist that the law protects.",
    "Somebody who is competent for it (legal counsel, data protection officer, staff representation where it "
    "has a say) agrees that this copy's recipient may be known, for the reason given.",
    "Whoever is named will be heard first: a copy can be stolen, passed on, or leaked by somebody else.",
)
_REFUSED = (
    "Before anybody sees whom a copy belongs to, check that it may be known and confirm it with "
    "--checked-disclosure; `fother unseal --help` says what to check."
)

AskPassphrase = Callable[[Path], str | None]  #: the passphrase of a key file, when the user gives one


@dataclass(frozen=True)
class Asked:
    """What became of a request: told at once where one's own key is the only approver."""

    request: UnsealRequest
    told: Unsealed | None


def read_keys(files: Sequence[Path], ask: AskPassphrase) -> tuple[AgeKey, ...]:
    """The approvers' keys in these files. Raises UsageError, PasswordError."""
    return tuple(read_key_file(file, ask(file) if key_file_is_locked(file) else None) for file in files)


def make_key(file: Path, passphrase: str | None, now: datetime) -> AgeKey:
    """Make an approver's key file. Raises UsageError when it exists, StorageError."""
    key = new_key()
    write_key_file(file, key, None if passphrase is None else require_passphrase(passphrase), now)
    return key


def read_approvers(given: Sequence[str]) -> tuple[str, ...]:
    """Public keys from keys and files of keys, in their order. Raises UsageError."""
    found: list[str] = []
    for text in given:
        if text.strip().lower().startswith("age1"):
            found.append(check_public(text))
        else:
            found += read_public_keys(Path(text))
    return tuple(found)


def set_up(
    registry: Registry,
    approvers: Sequence[str] | None,
    threshold: int | None,
    present: Sequence[AgeKey],
    progress: Progress | None = None,
) -> SealSetup:
    """Give the seals to other approvers; with None, to a new key of the registry's own.

    Without a threshold the present one stays. The present approvers' keys are needed, as many as it takes.
    Raises UsageError.
    """
    listener = progress or Silent()
    before = registry.seal_setup()
    wanted = None if approvers is None else Policy(threshold or before.threshold, tuple(approvers))
    listener.stage("Sharing the recipients' keys", len(registry.recipients()))
    return registry.change_seal_setup(wanted, present, step=listener.step)


def ask(registry: Registry, copy: str, reason: str, lasting: timedelta, *, checked: bool) -> Asked:
    """Ask whom a copy belongs to. Raises UsageError unless what `DISCLOSURE` lists was checked."""
    if not checked:
        raise UsageError(_REFUSED)
    request = registry.request_unseal(copy, reason, lasting)
    if not registry.seal_setup().own:
        return Asked(request, None)
    registry.approve_unseal(request.id)
    told = registry.unseal(request.id)
    return Asked(registry.unseal_request(request.id), told)


def tell(registry: Registry, request: str) -> Asked:
    """What was approved, told once. Raises UsageError while approvals are missing."""
    told = registry.unseal(request)
    return Asked(registry.unseal_request(request), told)


def approve(registry: Registry, request: str, key: AgeKey) -> UnsealRequest:
    """Approve a request with an approver's key. Raises UsageError when it is no approver's."""
    return registry.approve_unseal(request, key)


def erase(registry: Registry, recipient: str, reason: str) -> Recipient:
    """Make a recipient unreadable for good. Raises NotFoundError, UsageError."""
    return registry.erase_recipient(recipient, reason)


def rekey(registry: Registry, progress: Progress | None = None, *, rewrite: bool = True) -> int:
    """Encrypt stored files under a new key; returns how many were written again."""
    listener = progress or Silent()
    registry.add_data_key()
    if not rewrite:
        return 0
    names = registry.blobs()
    listener.stage("Encrypting stored files anew", len(names))
    count = 0
    for name in names:
        count += registry.renew_blob(name)
        listener.step()
    registry.drop_old_data_keys()
    return count


def lock(
    registry: Registry, kind: str, *, passphrase: str | None, environment: Mapping[str, str] = os.environ
) -> Lock:
    """Lock the key ring with a passphrase, a key file or the system's keyring. Raises UsageError."""
    offered = Unlocking.from_environment(environment)
    match kind:
        case "passphrase":
            if passphrase is None:
                raise UsageError("Give the new passphrase in FOTHER_NEW_PASSPHRASE, or on a terminal.")
            return registry.lock_keys(Unlocking(require_passphrase(passphrase)))
        case "key-file":
            return registry.lock_keys(Unlocking(key_file=offered.file))
        case "keyring":
            made = registry.lock_keys(Unlocking())
            if made.kind != "keyring":
                raise UsageError(
                    "The system's keyring cannot be used; install fother[keyring] and unlock it."
                )
            return made
    raise UsageError(f"'{kind}' is none of passphrase, key-file and keyring.")


def seal_findings(registry: Registry) -> list[Finding]:
    """What a check says about seals: who can open them, and what waits for approval."""
    setup = registry.seal_setup()
    found = []
    if setup.own:
        found.append(Finding("warning", "seals", OWN_KEY))
    waiting = [request for request in registry.unseal_requests() if request.state == "open"]
    found += [
        Finding(
            "note",
            request.id,
            f"{request.actor} asks whom {request.copy} belongs to; {len(request.approved)} of "
            f"{request.threshold} approvals are given, until {request.expires_at:%Y-%m-%d %H:%M %Z}.",
        )
        for request in waiting
    ]
    return found


OWN_KEY = (
    "Names are sealed for one approver only, this registry itself: whoever can use it can see whom a copy "
    "belongs to. `fother seal setup` gives the seals to several people."
)
