"""Names that news does not explain: countries, capitals that stand for governments, bodies, outlets.

A registry is a value: the packaged one, or the packaged one with an organisation's own entries before it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from fother.errors import InputFileError

NameKind = Literal["country", "body", "outlet", "person"]
_KINDS: tuple[tuple[str, NameKind], ...] = (("bodies", "body"), ("outlets", "outlet"), ("persons", "person"))
_MOST_BYTES = 4 << 20


@dataclass(frozen=True)
class Name:
    """One entry: `name` is what it is called here, `code` the country's ISO 3166-1 code or an own short one.

    `words` are all its spellings, `adjectives` those that are no nouns ("French"), `metonyms` places that
    stand for its government ("Paris").
    """

    name: str
    kind: NameKind
    code: str | None = None
    words: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mention:
    """A name in a text: code points [start, end); `how` is "name", "adjective" or "metonym"."""

    start: int
    end: int
    entry: Name
    how: str


@dataclass(frozen=True)
class Names:
    """A registry of names; where two entries share a spelling, the earlier wins."""

    entries: tuple[Name, ...]

    @cached_property
    def _spellings(self) -> Mapping[str, tuple[Name, str]]:
        found: dict[str, tuple[Name, str]] = {}
        for entry in self.entries:
            for how, words in (
                ("name", (entry.name, *entry.words)),
                ("adjective", entry.adjectives),
                ("metonym", entry.metonyms),
            ):
                for word in words:
                    found.setdefault(_plain(word), (entry, how))
        return found

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = sorted(self._spellings, key=len, reverse=True)
        # A longer capitalised name that only begins or ends so is another one: "New Delhi Times".
        return re.compile(r"(?<![\w-])(?:" + "|".join(map(_spelling_pattern, words)) + r")(?!\w)")

    def find(self, text: str, *kinds: NameKind) -> tuple[Mention, ...]:
        """All names in a text of the given kinds (of all when none is given); the longest at each place."""
        found = []
        for match in self._pattern.finditer(text):
            entry, how = self._spellings[_plain(match.group())]
            if not kinds or entry.kind in kinds:
                found.append(Mention(match.start(), match.end(), entry, how))
        return tuple(found)

    def whole(self, text: str) -> tuple[Name, str] | None:
        """The entry that a text as a whole names, an article before it and a possessive after it allowed."""
        plain = re.sub(r"^(?:the|The)\s+|(?:'s|’s)$", "", text.strip())
        return self._spellings.get(_plain(plain))

    def country(self, code: str | None) -> Name | None:
        """The country with a code."""
        return next((e for e in self.entries if e.kind == "country" and e.code == code), None)

    def with_own(self, entries: Iterable[Name]) -> Names:
        """The same with own entries before these."""
        return Names((*entries, *self.entries))


@lru_cache(maxsize=1)
def packaged_names() -> Names:
    """Countries, bodies and outlets that come with Fother."""
    folder = resources.files("fother.language")
    countries = tomllib.loads(folder.joinpath("countries.toml").read_text("utf-8"))
    bodies = tomllib.loads(folder.joinpath("bodies.toml").read_text("utf-8"))
    return Names((*_entries({"countries": countries}), *_entries(bodies)))


def read_names(path: Path) -> tuple[Name, ...]:
    """An organisation's own entries, from a TOML file.

    Tables `[countries.CODE]` with `name`, `other`, `adjectives`, `metonyms`; arrays `[[bodies]]`,
    `[[outlets]]`, `[[persons]]` with `names` (the first is the one to show) and `country`.

    Raises InputFileError, with the entry, for a file that cannot be read or an entry that makes no sense.
    """
    try:
        data = path.read_bytes()
        if len(data) > _MOST_BYTES:
            raise InputFileError(
                f"{path.name} is larger than {_MOST_BYTES >> 20} MB; it is no list of names."
            )
        table = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise InputFileError(f"{path}: cannot be read ({error.strerror}).") from None
    except ValueError as error:  # TOML and UTF-8 alike
        raise InputFileError(f"{path.name} is not valid TOML ({error}); correct it and try again.") from None
    try:
        return _entries(table)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise InputFileError(
            f"{path.name}: an entry lacks or misspells something ({error}); see how to list own names."
        ) from None


def _entries(table: Mapping[str, Any]) -> tuple[Name, ...]:
    found = [
        Name(
            _word(fields["name"]),
            "country",
            _word(code),
            _words(fields.get("other", ())),
            _words(fields.get("adjectives", ())),
            _words(fields.get("metonyms", ())),
        )
        for code, fields in table.get("countries", {}).items()
    ]
    for plural, kind in _KINDS:
        for fields in table.get(plural, ()):
            names = _words(fields["names"])
            found.append(Name(names[0], kind, fields.get("country"), names[1:]))
    return tuple(found)


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, list | tuple):
        raise TypeError("a list of words is wanted")
    return tuple(_word(w) for w in value)


def _word(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError("a word is wanted")
    return value.strip()


def _plain(word: str) -> str:
    return " ".join(word.replace("’", "'").split())


def _spelling_pattern(word: str) -> str:
    return r"\s+".join(re.escape(part).replace("'", "['’]") for part in word.split())
