"""What a list said of one recipient, sealed under that recipient's own key.

The content is padded to a multiple of 256 bytes, so that its length tells little, and names the row and copy
that it belongs to, so that envelopes cannot be exchanged unnoticed.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

from fother.registry.records import RecipientRow
from fother.registry.seals import age
from fother.registry.seals.age import AgeKey, Unopened

_BLOCK = 256
FIELDS = ("name", "email", "organisation", "partner", "role")


@dataclass(frozen=True)
class Envelope:
    """One row of one issue. `salt` opens the copy's commitment; empty when an earlier issue made the copy."""

    issue: str
    copy: str
    source: str  #: file name of the list
    given: RecipientRow
    salt: bytes = field(repr=False)


def identity(row: RecipientRow) -> dict[str, Any]:
    """What a row says of whom a copy is for, as `fother.verify.identity` commits it."""
    said: dict[str, Any] = {name: _text(getattr(row, name)) for name in FIELDS}
    said["extra"] = [[_text(column), _text(row.extra[column])] for column in sorted(row.extra)]
    return said


def _text(text: str) -> str:
    # Half a surrogate pair is no character and has no canonical form.
    return text.encode("utf-8", "backslashreplace").decode()


def seal(envelope: Envelope, public: str) -> bytes:
    """Encrypt to a recipient's public key."""
    content = {
        "issue": envelope.issue,
        "copy": envelope.copy,
        "source": envelope.source,
        "given": dataclasses.asdict(envelope.given),
        "salt": envelope.salt.hex(),
    }
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    return age.encrypt(plain + b" " * (-len(plain) % _BLOCK), public)


def unseal(sealed: bytes, key: AgeKey) -> Envelope:
    """Raises Unopened when the key does not fit or the content is not ours."""
    plain = age.decrypt(sealed, key)
    try:
        content: dict[str, Any] = json.loads(plain.decode("utf-8", "surrogatepass"))
        return Envelope(
            content["issue"],
            content["copy"],
            content["source"],
            RecipientRow(**content["given"]),
            bytes.fromhex(content["salt"]),
        )
    except (ValueError, KeyError, TypeError):
        raise Unopened from None
