"""What a leaked file may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Upper bounds for one artefact. Exceeding one is an error with a clear sentence, never a hang."""

    file_bytes: int = 500 << 20
    memory_bytes: int = 4 << 30
    cpu_seconds: int = 240
    wall_seconds: float = 300.0
    pixels: int = 150_000_000  #: of one image as stored
    kept_pixels: int = 40_000_000  #: larger images are reduced to this before they cross back
    sheets: int = 400  #: pages or frames read from one file
    characters: int = 200_000  #: of one page
    total_bytes: int = 1 << 30  #: pixels and glyphs of all pages or frames together


DEFAULT = Limits()
