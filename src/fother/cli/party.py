"""fother party: organisations, countries and people that leaked content can concern."""

from __future__ import annotations

from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, print_json, registry
from fother.cli.desk import chosen, group, tell
from fother.cli.tables import print_table
from fother.flow.desk.case import add_party
from fother.model.case import Party, PartyKind
from fother.registry import as_dict

NAME = "party"
app = group("Organisations, countries, people and programmes that leaked content can concern.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.", show_default=False)],
    kind: Annotated[
        str, typer.Option(help="organisation, country, person, programme, office or place.")
    ] = "organisation",
    alias: Annotated[list[str] | None, typer.Option(help="Another name; repeatable.")] = None,
    contact: Annotated[str, typer.Option(help="Whom to reach there.")] = "",
    channel: Annotated[str, typer.Option(help="How: a mail address, a number, by hand.")] = "",
    foreign: Annotated[
        bool, typer.Option("--foreign", help="It is told only after coordination was approved.")
    ] = False,
    in_group: Annotated[
        list[str] | None, typer.Option("--group", help="A releasability group it belongs to; repeatable.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Enter a party. All cases share parties."""
    made = Party(
        name,
        chosen("--kind", kind, PartyKind),
        tuple(alias or ()),
        contact,
        channel,
        foreign,
        tuple(in_group or ()),
    )
    with registry(home, create=True) as opened:
        item = add_party(opened, made)
    tell(item, json, f"party {name}.")


@app.command("list")
def list_(home: HomeOption = None, json: JsonOption = False) -> None:
    """List the parties."""
    with registry(home) as opened:
        parties = opened.items("party")
    if json:
        print_json({"parties": [as_dict(item) for item in parties]})
        return
    print_table(
        ["Party", "Name", "Kind", "Contact", "Channel"],
        [
            (
                item.id,
                str(item.body["name"]),
                str(item.body.get("kind", "organisation")),
                str(item.body.get("contact", "")),
                str(item.body.get("channel", "")),
            )
            for item in parties
        ],
    )
