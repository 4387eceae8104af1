"""The tree of a log as tiles and entry bundles (https://c2sp.org/tlog-tiles).

A tile holds up to 256 consecutive hashes of one level: leaf hashes at level 0, roots of full tiles of the
level below above it. `Edge` is the right edge of a tree, which is all that is needed to let it grow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from fother.verify import merkle
from fother.verify.errors import VerificationError

WIDTH = 256  #: hashes in a full tile


def path(level: int | str, number: int, width: int = WIDTH) -> str:
    """The name of a tile, or of an entry bundle at the level "entries"."""
    text = f"{number:03d}"
    text = text.zfill(-(-len(text) // 3) * 3)
    parts = [text[place : place + 3] for place in range(0, len(text), 3)]
    name = "/".join([f"x{part}" for part in parts[:-1]] + parts[-1:])
    return f"tile/{level}/{name}" + (f".p/{width}" if width < WIDTH else "")


def bundle(leaves: Iterable[bytes]) -> bytes:
    """Entries as one bundle: each after its length in two bytes, most significant first."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def unbundle(untrusted: bytes) -> list[bytes]:
    """The entries of a bundle. Raises VerificationError when its lengths do not add up."""
    leaves, place = [], 0
    while place < len(untrusted):
        length = int.from_bytes(untrusted[place : place + 2], "big")
        leaves.append(untrusted[place + 2 : place + 2 + length])
        place += 2 + length
    if place != len(untrusted) or len(leaves) > WIDTH:
        raise VerificationError("The entry bundle is damaged.")
    return leaves


def hashes(untrusted: bytes) -> list[bytes]:
    """The hashes of a tile. Raises VerificationError when it is no whole number of them."""
    if len(untrusted) % merkle.HASH_BYTES or len(untrusted) > WIDTH * merkle.HASH_BYTES:
        raise VerificationError("The tile is damaged.")
    step = merkle.HASH_BYTES
    return [untrusted[place : place + step] for place in range(0, len(untrusted), step)]


@dataclass(frozen=True)
class Edge:
    """The partial tiles at the right edge of a tree, one for each level; a level may be empty."""

    size: int  #: leaves of the tree
    levels: tuple[tuple[bytes, ...], ...] = ()

    def root(self) -> bytes:
        """The root of the tree."""
        carry: list[bytes] = []
        for level in self.levels:
            nodes = [*level, *carry]
            carry = [merkle.root(nodes)] if nodes else []
        return carry[0] if carry else merkle.EMPTY_ROOT

    def grown(self, leaves: Sequence[bytes]) -> tuple[Edge, dict[str, bytes]]:
        """The edge after more leaf hashes, and by their names all tiles that are new or wider."""
        levels = [list(level) for level in self.levels]
        changed: dict[str, bytes] = {}
        new, size, level = list(leaves), self.size, 0
        while new:
            if level == len(levels):
                levels.append([])
            number, nodes = size // WIDTH, levels[level] + new
            full = []
            for place in range(0, len(nodes), WIDTH):
                part = nodes[place : place + WIDTH]
                changed[path(level, number + place // WIDTH, len(part))] = b"".join(part)
                if len(part) == WIDTH:
                    full.append(merkle.root(part))
            levels[level] = nodes[len(full) * WIDTH :]
            new, size, level = full, number, level + 1
        return Edge(self.size + len(leaves), tuple(tuple(nodes) for nodes in levels)), changed


def load(size: int, read: Callable[[str], bytes | None]) -> Edge | None:
    """The edge of a tree from its partial tiles; None when one is missing. Raises VerificationError."""
    levels: list[tuple[bytes, ...]] = []
    rest, level = size, 0
    while rest:
        width = rest % WIDTH
        nodes: list[bytes] = []
        if width:
            stored = read(path(level, rest // WIDTH, width))
            if stored is None:
                return None
            nodes = hashes(stored)
            if len(nodes) != width:
                raise VerificationError("A tile has another width than its name says.")
        levels.append(tuple(nodes))
        rest, level = rest // WIDTH, level + 1
    return Edge(size, tuple(levels))


def superseded(old_size: int, new_size: int) -> Iterator[tuple[int | str, int]]:
    """Level and number of the tiles that were partial at the old size and are full at the new one."""
    level, old, new = 0, old_size, new_size
    while new:
        if old % WIDTH and old // WIDTH < new // WIDTH:
            yield level, old // WIDTH
            if level == 0:
                yield "entries", old // WIDTH
        old, new, level = old // WIDTH, new // WIDTH, level + 1
