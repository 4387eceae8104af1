"""The formats by name, and which one a file is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fother.errors import InputFileError, UsageError
from fother.respond.exchange.ics import read_ics, write_ics
from fother.respond.exchange.jsonld import read_jsonld, write_jsonld
from fother.respond.exchange.misp import read_misp, write_misp
from fother.respond.exchange.model import Bundle
from fother.respond.exchange.stix import read_stix, write_stix
from fother.respond.exchange.table import read_csv, write_csv

MOST_BYTES = 256 << 20
FORMATS: dict[str, tuple[str, Callable[[Bundle], bytes]]] = {
    "stix": ("application/stix+json", write_stix),
    "misp": ("application/json", write_misp),
    "jsonld": ("application/ld+json", write_jsonld),
    "csv": ("text/csv", write_csv),
    "ics": ("text/calendar", write_ics),
}


def write(bundle: Bundle, form: str) -> bytes:
    """The bundle in a format. Raises UsageError for an unknown one."""
    if form not in FORMATS:
        raise UsageError(f"{form} is no format; there are {', '.join(FORMATS)}.")
    return FORMATS[form][1](bundle)


def read(untrusted: bytes, name: str) -> Bundle:
    """The bundle of a file that Fother wrote, whatever its format, or of any calendar. Raises InputFileError.

    Nothing is loaded from elsewhere, and nothing in it is executed; entries are checked field by field.
    """
    if len(untrusted) > MOST_BYTES:
        raise InputFileError(f"{name} is larger than {MOST_BYTES >> 20} MB.")
    try:
        text = untrusted.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputFileError(f"{name} is no text in UTF-8.") from None
    if text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        return read_ics(untrusted, name)
    if not text.lstrip().startswith("{"):
        return read_csv(text, name)
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputFileError(f"{name} is no valid JSON ({error}).") from None
    if not isinstance(content, dict):
        raise InputFileError(f"{name} is JSON, but no bundle.")
    if content.get("type") == "bundle":
        return read_stix(content, name)
    if "Event" in content:
        return read_misp(content, name)
    if "@graph" in content:
        return read_jsonld(content, name)
    raise InputFileError(f"{name} is neither STIX, MISP, JSON-LD, CSV of Fother nor a calendar.")
