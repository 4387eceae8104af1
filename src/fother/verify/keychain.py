"""Which key a log is signed with today, from the first one and the proofs that each handed over to the next.

A log changes its key by an entry of the kind "rotate", whose detail names the new key ("key"). The old key
signs a checkpoint with that entry and nothing after it; from then on only the new key counts. So whoever
trusts the first key can follow to the last.
"""

from __future__ import annotations

from collections.abc import Iterable

from fother.verify import note, tlogproof
from fother.verify.errors import VerificationError
from fother.verify.note import VerifierKey


def follow(first: VerifierKey, untrusted_handovers: Iterable[bytes]) -> list[VerifierKey]:
    """All keys of the log in their order, the present one last.

    Raises VerificationError when a handover was not signed by the key before it.
    """
    keys = [first]
    for untrusted in untrusted_handovers:
        proven = tlogproof.check_entry(untrusted, keys[-1])
        detail = proven.detail or {}
        if proven.entry.kind != "rotate" or not isinstance(detail.get("key"), str):
            raise VerificationError("A handover of the log's key does not name the next key.")
        if proven.index != proven.checkpoint.size - 1:
            raise VerificationError("The old key signed more of the log after it was replaced.")
        following = note.verifier_key(detail["key"])
        if following.name != first.name or following.type != note.ED25519:
            raise VerificationError("A handover names a key of another log.")
        keys.append(following)
    return keys
