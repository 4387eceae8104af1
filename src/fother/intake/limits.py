"""What a leaked file may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Upper bounds for one artefact. Exceeding one is an error with a clear sentence, never a hang.

    `cpu_seconds`, `wall_seconds` and `memory_bytes` are of one child process; a container's members have a
    child each. `total_bytes`, `all_seconds`, `members`, `unpacked_bytes` are of the artefact with all that is
    nested in it.
    """

    file_bytes: int = 500 << 20
    memory_bytes: int = 4 << 30
    cpu_seconds: int = 240
    wall_seconds: float = 300.0
    pixels: int = 150_000_000  #: of one image as stored
    kept_pixels: int = 40_000_000  #: larger images are reduced to this before they cross back
    sheets: int = 400  #: pages or frames read from one file
    characters: int = 200_000  #: of one page
    total_bytes: int = 1 << 30  #: pixels, glyphs, text and members: all that crosses back
    text: int = 20_000_000  #: code points of the text of one file
    members: int = 200  #: files inside others
    depth: int = 3  #: containers inside each other
    unpacked_bytes: int = 512 << 20  #: of everything inside containers
    part_bytes: int = 128 << 20  #: of one thing inside a container
    ratio: int = 250  #: how many times larger a thing over a megabyte may get when it is unpacked
    all_seconds: float = 900.0


DEFAULT = Limits()
