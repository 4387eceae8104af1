"""fother intake: record a leaked file as received and say what it holds."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from fother.cli.common import HomeOption, JsonOption, QuietOption, given, out, print_json, progress, registry
from fother.errors import UsageError
from fother.flow.sightings import TakenIn, take_in

NAME = "intake"

SourceOption = Annotated[
    str, typer.Option(help="Where it was found: an address, an outlet, a person's account.")
]
FoundAtOption = Annotated[
    str | None,
    typer.Option(help="When it was found, as ISO 8601 with zone: 2026-03-05T14:07+01:00.", metavar="TIME"),
]


def run(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="Leaked files: documents, mails, web pages, pictures, archives.",
            readable=False,
            show_default=False,
        ),
    ],
    source: SourceOption = "",
    found_at: FoundAtOption = None,
    text: Annotated[bool, typer.Option("--text", help="Print the text as well.")] = False,
    password: Annotated[
        str, typer.Option(envvar="FOTHER_PASSWORD", help="Password of an encrypted file.")
    ] = "",
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Keep leaked files as received, with where and when they were found, and say what is in them.

    Each file is opened in a sandbox; what archives and mails contain becomes sightings of their own. A
    sighting never changes. The same file from another source, or at another time, is another sighting.
    """
    when = parse_time(found_at)
    with given(files) as leaks, registry(home, create=True) as opened, progress(quiet or json) as bars:
        taken = take_in(opened, leaks, source=source, found_at=when, password=password, progress=bars)
    if json:
        print_json({"sightings": [sighting_fields(t, text) for t in taken]})
        return
    for t in taken:
        out.print(t.sentence)
        for note in t.record.notes:
            out.print(f"  {note}")
        if text:
            out.print(t.sighting.text)


def parse_time(text: str | None) -> datetime | None:
    """A moment with its zone. Raises UsageError."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(f"--found-at is a time with its zone, such as 2026-03-05T14:07+01:00, not {text}.")
    return moment


def sighting_fields(taken: TakenIn, text: bool) -> dict[str, Any]:
    """The machine contract of `intake --json`."""
    record, sighting = taken.record, taken.sighting
    return {
        "sighting": record.id,
        "name": record.name,
        "sha256": record.sha256,
        "size": record.size,
        "media_type": record.media_type,
        "received_at": record.received_at.isoformat(),
        "source": record.source,
        "found_at": record.found_at.isoformat() if record.found_at else None,
        "parent": record.parent,
        "sheets": len(sighting.sheets),
        "characters": len(sighting.text),
        "recognised": sighting.recognised,
        "parts": [
            {"kind": p.kind, "label": p.label, "start": p.start, "end": p.end, "sheet": p.sheet}
            for p in sighting.parts
        ],
        "metadata": dict(sighting.metadata),
        "isolation": sighting.isolation,
        "notes": list(sighting.notes),
        **({"text": sighting.text} if text else {}),
    }
