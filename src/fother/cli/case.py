"""fother case: everything about one leak, and its situation on one screen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import fother
from fother.cli.common import HomeOption, JsonOption, out, print_json, registry, write_report
from fother.cli.desk import (
    AtOption,
    CaseArgument,
    IdArgument,
    TlpOption,
    WhyOption,
    chosen,
    group,
    label,
    now,
    read_text,
    tell,
    time_in,
)
from fother.cli.tables import print_table
from fother.errors import UsageError
from fother.flow.desk import case as desk
from fother.flow.desk.calendar import case_calendar
from fother.flow.desk.entries import add as enter
from fother.flow.desk.parts import written
from fother.flow.desk.views import history_lines, situation_fields, situation_of, situation_text
from fother.model.case import Case, Described, LeakStatus, Lesson, Role
from fother.registry import as_dict

NAME = "case"
app = group("Everything about one leak: what came out, whom it exposes, who was told, what is next.")

ForOption = Annotated[
    str, typer.Option("--for", metavar="PARTY", help="Cut down to what concerns this party.")
]


@app.command("open")
def open_(
    title: Annotated[
        str, typer.Argument(metavar="TITLE", help="What the case is called.", show_default=False)
    ],
    organisation: Annotated[str, typer.Option(help="Whose desk this is.")] = "",
    summary: Annotated[str, typer.Option(help="A sentence or two about it.")] = "",
    zone: Annotated[
        str, typer.Option(help="Time zone of the desk (IANA name); times without zone are in it.")
    ] = "UTC",
    tlp: TlpOption = "AMBER",
    why: WhyOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Open a case.

    A case works with and without registered documents: a leak of something that was never registered is a
    case all the same.
    """
    with registry(home, create=True) as opened:
        made = desk.open_new(opened, Case(title, organisation, summary, label(tlp), zone), why)
    tell(made, json, f"case “{title}” opened.")


@app.command("list")
def list_(home: HomeOption = None, json: JsonOption = False) -> None:
    """List the cases."""
    with registry(home) as opened:
        cases = opened.items("case")
    if json:
        print_json({"cases": [as_dict(item) for item in cases]})
        return
    print_table(
        ["Case", "State", "TLP", "Opened", "Title"],
        [
            (
                item.id,
                str(item.body.get("state", "open")),
                str(item.body.get("tlp", "AMBER")),
                f"{item.made_at:%Y-%m-%d %H:%M} UTC",
                str(item.body["title"]),
            )
            for item in cases
        ],
    )


@app.command()
def show(
    case: CaseArgument,
    party: ForOption = "",
    tlp: TlpOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show the situation on one screen.

    What leaked, genuine or altered, which copy; what it exposes about whom and who was told; who said what in
    public; what is due next; what is not known.
    """
    with registry(home) as opened:
        situation = situation_of(opened, case, now(), party=party, tlp=label(tlp))
    if json:
        print_json(situation_fields(situation))
        return
    for line in situation_text(situation):
        out.print(line)


@app.command()
def add(
    case: CaseArgument,
    things: Annotated[
        list[str],
        typer.Argument(
            metavar="ID…",
            help="Documents, sightings, identifications, traces, reports, parties.",
            show_default=False,
        ),
    ],
    note: Annotated[str, typer.Option(help="What it has to do with the case.")] = "",
    tlp: TlpOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Lay registered things to a case.

    With a sighting come the identifications and traces of the same file; with those come their sightings.
    """
    with registry(home) as opened:
        made = desk.lay_to(opened, case, things, note, label(tlp))
    if json:
        print_json({"attached": [as_dict(item) for item in made]})
        return
    for item in made:
        out.print(f"{item.body['target']} laid to the case ({item.id}).")
    if not made:
        out.print("All of it was there already.")


@app.command()
def describe(
    case: CaseArgument,
    title: Annotated[
        str, typer.Argument(metavar="TITLE", help="What to call the document.", show_default=False)
    ],
    content: Annotated[str, typer.Option(help="What it is said to say.")] = "",
    marking: Annotated[str, typer.Option(help="How it is said to be marked.")] = "",
    by: Annotated[
        list[str] | None, typer.Option("--by", help="Who reports it: a report's id or an outlet; repeatable.")
    ] = None,
    status: Annotated[
        str, typer.Option(help="genuine, altered, mixed, not-ours or unverified.")
    ] = "unverified",
    tlp: TlpOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Enter a leaked document that is known only by what others say of it."""
    described = Described(
        title, content, marking, tuple(by or ()), chosen("--status", status, LeakStatus), tlp=label(tlp)
    )
    with registry(home) as opened:
        made = enter(opened, described, case)
    tell(made, json, f"“{title}”, {described.status}.")


@app.command()
def status(
    id: IdArgument,
    status: Annotated[
        str,
        typer.Argument(
            metavar="STATUS", help="genuine, altered, mixed, not-ours or unverified.", show_default=False
        ),
    ],
    shows: Annotated[str, typer.Option(help="The document that it turned out to be.")] = "",
    why: WhyOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Say whether a described document is ours, and genuine."""
    with registry(home) as opened:
        made = desk.set_status(opened, id, chosen("STATUS", status, LeakStatus), shows, why)
    tell(made, json, f"“{made.body['title']}” is {made.body.get('status', 'unverified')}.")


@app.command()
def access(
    case: CaseArgument,
    document: Annotated[
        str, typer.Argument(metavar="DOC", help="Id or title of the document.", show_default=False)
    ],
    names: Annotated[
        Path, typer.Argument(metavar="FILE", help="A text file with one name a line.", show_default=False)
    ],
    passage: Annotated[str, typer.Option(help="The part that they could see; without, all of it.")] = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Enter who else had access to a document, beyond those who were issued a copy."""
    who = read_text(names, "a list of names").splitlines()
    with registry(home) as opened:
        made = desk.add_access(opened, case, document, who, names.name, passage)
    tell(made, json, f"{len(made.body['who'])} with access to {made.body['document']}.")


@app.command()
def role(
    case: CaseArgument,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="lead, counsel, press, …", show_default=False)],
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Who has it.", show_default=False)],
    contact: Annotated[str, typer.Option(help="How to reach them.")] = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Give somebody a role on the case."""
    with registry(home) as opened:
        made = enter(opened, Role(role, person, contact), case)
    tell(made, json, f"{person} is {role}.")


@app.command()
def lesson(
    case: CaseArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What was learned.", show_default=False)],
    action: Annotated[str, typer.Option(help="What is to change.")] = "",
    owner: Annotated[str, typer.Option(help="Who sees to it.")] = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Enter a lesson learned."""
    with registry(home) as opened:
        made = enter(opened, Lesson(text, action, owner), case)
    tell(made, json, text)


@app.command()
def reply(
    case: CaseArgument,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECT",
            help="A copy or a party that is invited to reply; or the entry (RR-…) that is answered.",
            show_default=False,
        ),
    ],
    answer: Annotated[str, typer.Option(help="What was replied.")] = "",
    at: AtOption = "now",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Record the right of reply: that it was offered, and what was answered.

    Whoever is under suspicion is heard before anything is held against them: a decision that accuses
    somebody is refused before a reply was invited.
    """
    with registry(home) as opened:
        when = time_in(opened, case, at)
        if subject.upper().startswith("RR-"):
            if not answer:
                raise UsageError("Give what was replied with --answer.")
            made = desk.answer_reply(opened, subject, answer, when)
        else:
            made = desk.invite_reply(opened, case, subject, when)
            if answer:
                made = desk.answer_reply(opened, made.id, answer, when)
    tell(made, json, "answered." if made.body.get("answered_at") else "reply invited.")


@app.command()
def report(
    case: CaseArgument,
    html: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the report to this HTML file.")
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", help="Write the report to this PDF file.")
    ] = None,
    party: ForOption = "",
    tlp: TlpOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Write the report of a case, whole or cut down for one reader.

    With `--for` it holds only what concerns that party; with `--tlp` only what may reach that circle. The
    HTML file loads nothing and runs no script; the PDF is tagged for screen readers.
    """
    if html is None and pdf is None:
        raise UsageError("Name a file to write with --out or --pdf.")
    # Setting type takes a library of its own, which the other commands shall not wait for.
    from fother.flow.desk.reports import case_html, case_pdf

    moment = now()
    with registry(home) as opened:
        situation = situation_of(opened, case, moment, party=party, tlp=label(tlp))
    if html is not None:
        write_report(html, case_html(situation, moment, fother.__version__))
    if pdf is not None:
        written(pdf, case_pdf(situation, moment, fother.__version__))
    files = {"html": str(html) if html else None, "pdf": str(pdf) if pdf else None}
    if json:
        print_json({"case": situation.id, "for": situation.reader or None, "tlp": situation.tlp, **files})
        return
    for path in filter(None, files.values()):
        out.print(f"Report: {path}")


@app.command()
def calendar(
    case: CaseArgument,
    file: Annotated[Path, typer.Option("--out", metavar="FILE", help="The .ics file to write.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Write what is ahead (deadlines, tasks, follow-ups, meetings, announcements) as a calendar file."""
    with registry(home) as opened:
        data = case_calendar(opened, case, now())
    written(file, data)
    if json:
        print_json({"case": case, "file": str(file)})
    else:
        out.print(f"Calendar: {file}")


@app.command()
def close(case: CaseArgument, why: WhyOption = "", home: HomeOption = None, json: JsonOption = False) -> None:
    """Close a case, for a reason. Nothing is entered into it until it is reopened."""
    with registry(home) as opened:
        made = desk.set_state(opened, case, True, why)
    tell(made, json, "closed.")


@app.command()
def reopen(
    case: CaseArgument, why: WhyOption = "", home: HomeOption = None, json: JsonOption = False
) -> None:
    """Reopen a closed case, for a reason."""
    with registry(home) as opened:
        made = desk.set_state(opened, case, False, why)
    tell(made, json, "open again.")


@app.command()
def withdraw(id: IdArgument, why: WhyOption = "", home: HomeOption = None, json: JsonOption = False) -> None:
    """Say that an entry no longer counts, and why. It stays in the history."""
    with registry(home) as opened:
        made = opened.withdraw(id, why)
    tell(made, json, "withdrawn.")


@app.command()
def history(
    id: Annotated[str, typer.Argument(metavar="ID", help="A case, or one entry of it.", show_default=False)],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show who entered or changed what, when and why: of a whole case, or of one entry."""
    with registry(home) as opened:
        item = opened.item(id)
        versions = opened.changes(item.id) if item.kind == "case" else opened.history(item.id)
    if json:
        print_json({"versions": [as_dict(version) for version in versions]})
        return
    for line in history_lines(versions):
        out.print(line)
