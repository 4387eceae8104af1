"""Encrypted originals are kept unlocked: the registry must be able to read them years later."""

from __future__ import annotations

import io

from fother.formats.pdf.document import open_pdf


def unlock(data: bytes, password: str = "") -> tuple[bytes, tuple[str, ...]]:
    """The same PDF without encryption, `data` itself when it has none, and what the user should know.

    Deterministic, so that registering a file twice is noticed. Raises InputFileError or PasswordError.
    """
    pdf = open_pdf(data, password)
    if not pdf.is_encrypted:
        return data, ()
    buffer = io.BytesIO()
    pdf.save(buffer, encryption=False, deterministic_id=True)
    note = (
        "The original is encrypted. It is kept unlocked, and its copies are written without encryption and "
        "without its restrictions on printing or copying."
    )
    return buffer.getvalue(), (note,)
