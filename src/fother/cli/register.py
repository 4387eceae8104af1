"""fother register: store an unmarked original and forecast what its copies can show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, QuietOption, out, print_json, progress, registry
from fother.cli.forecast_table import print_forecast
from fother.flow.registering import register

NAME = "register"


def run(
    file: Annotated[
        Path,
        typer.Argument(
            help="The unmarked original: PDF, DOCX, HTML, mail, Markdown or text to be marked; others to be "
            "recognised.",
            readable=False,
            show_default=False,
        ),
    ],
    title: Annotated[str | None, typer.Option(help="Title; the file name by default.")] = None,
    password: Annotated[
        str, typer.Option(envvar="FOTHER_PASSWORD", help="Password of an encrypted PDF.")
    ] = "",
    allow_signed: Annotated[
        bool, typer.Option(help="Accept a digitally signed PDF; its copies lose the signature.")
    ] = False,
    public: Annotated[
        bool, typer.Option(help="A text known to everyone: quoting it will count for nothing.")
    ] = False,
    text_only: Annotated[
        bool, typer.Option("--text-only", help="Only to be recognised in leaks; no copies will be issued.")
    ] = False,
    variants: Annotated[
        Path | None,
        typer.Option(
            help="Wordings that were approved (see `fother variants`); by default the file beside it.",
            readable=False,
            show_default=False,
        ),
    ] = None,
    as_pdf: Annotated[
        bool,
        typer.Option(
            "--as-pdf", help="Issue this Word file as PDF, printed by LibreOffice where that is installed."
        ),
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Store an unmarked original and say how well its copies can be told apart.

    Registering the same file again changes nothing, unless other wordings were approved. The file itself is
    never sent to anyone: send the copies that `fother issue` makes.
    """
    with registry(home, create=True) as opened, progress(quiet or json) as bars:
        found = register(
            opened,
            file,
            title=title,
            password=password,
            allow_signed=allow_signed,
            public=public,
            text_only=text_only,
            variants=variants,
            as_pdf=as_pdf,
            progress=bars,
        )
    document = found.document
    if json:
        print_json(
            {
                "document": document.id,
                "title": document.title,
                "known": found.known,
                "sha256": document.sha256,
                "public": document.public,
                "pages": found.plan["pages"],
                "notes": found.plan["notes"],
                "forecast": found.plan["forecast"],
            }
        )
        return
    known = " (it was registered before; nothing was changed)" if found.known else ""
    if found.planned_anew:
        known = " (it was registered before; what can be marked was worked out anew, for copies from now on)"
    out.print(f"Registered {document.title} as {document.id}{known}.")
    print_forecast(found.plan)
