"""Encrypted originals are kept unlocked: the registry must be able to read them years later."""

from __future__ import annotations

import io

from fother.formats.pdf.document import open_pdf


def unlock(data: bytes, password: str = "") -> bytes:
    """The same PDF without encryption; `data` itself when it has none.

    Deterministic, so that registering a file twice is noticed. Raises InputFileError or PasswordError.
    """
    pdf = open_pdf(data, password)
    if not pdf.is_encrypted:
        return data
    buffer = io.BytesIO()
    pdf.save(buffer, encryption=False, deterministic_id=True)
    return buffer.getvalue()
