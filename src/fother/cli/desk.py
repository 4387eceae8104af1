"""What the commands about cases share: options, and an entry as JSON or as a line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from fother.cli.common import out, print_json
from fother.errors import InputFileError, UsageError
from fother.flow.desk.entries import get
from fother.flow.desk.times import moment
from fother.model.case import Case, Tlp
from fother.registry import Item, Registry, as_dict

CaseArgument = Annotated[
    str, typer.Argument(metavar="CASE", help="Id of the case, or its unique start.", show_default=False)
]
WhyOption = Annotated[str, typer.Option("--why", help="The reason, kept with this version.")]
TlpOption = Annotated[
    str,
    typer.Option(
        "--tlp",
        metavar="LABEL",
        help="Traffic light label: CLEAR, GREEN, AMBER, AMBER+STRICT or RED; without, that of the case.",
    ),
]
AtOption = Annotated[
    str,
    typer.Option(
        "--at",
        metavar="TIME",
        help="When it was: 2026-03-05T14:07 in the zone of the case, with zone, or now.",
    ),
]
IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="Id of the entry, or its unique start.", show_default=False)
]


def group(help: str) -> typer.Typer:
    """A group of commands."""
    return typer.Typer(
        help=help,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def now() -> datetime:
    return datetime.now(UTC)


def time_in(registry: Registry, case: str | None, text: str) -> datetime:
    """A time as typed, in the zone of the case. Raises UsageError."""
    zone = get(registry, case, Case).record.zone if case else "UTC"
    return moment(text, zone=zone, now=now())


def time_of(registry: Registry, id: str, text: str) -> datetime:
    """A time as typed, in the zone of the case that an entry belongs to."""
    return time_in(registry, registry.item(id).case, text)


def chosen(name: str, value: str, choices: Any) -> Any:
    """One of a Literal's values, whatever its case. Raises UsageError."""
    values = get_args(choices)
    for one in values:
        if str(one).casefold() == value.strip().casefold():
            return one
    listed = ", ".join(str(one) for one in values if one)
    raise UsageError(f"{name} is one of {listed}, not '{value}'.")


def label(tlp: str) -> Tlp:
    """A TLP label; "TLP:AMBER" as well as "amber". Raises UsageError."""
    made: Tlp = chosen("--tlp", tlp.upper().removeprefix("TLP:"), Tlp)
    return made


def read_text(path: Path, what: str, most: int = 1_000_000) -> str:
    """A text file that the user wrote. Raises InputFileError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputFileError(f"{path} cannot be read ({error.strerror}); check the path.") from None
    if len(data) > most:
        raise InputFileError(f"{path} is too large for {what}.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputFileError(f"{path} is no text in UTF-8; save it as such.") from None


def tell(item: Item, json: bool, words: str) -> None:
    """An entry that was made: as JSON, or as one line."""
    if json:
        print_json(as_dict(item))
    else:
        out.print(f"{item.id} (version {item.version}): {words}")
