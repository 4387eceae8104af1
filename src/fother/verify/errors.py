"""The one error of the verifier."""

from __future__ import annotations


class VerificationError(Exception):
    """Something is not what it claims to be; the message is one sentence that says what and why."""
