"""fother outreach: telling those whom a leak concerns, before they read it elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, out, print_json, registry
from fother.cli.desk import AtOption, CaseArgument, IdArgument, group, now, read_text, tell, time_in, time_of
from fother.cli.tables import print_table
from fother.flow.desk import outreach as desk
from fother.flow.desk.views import coverage_rows, situation_fields, situation_of
from fother.model.case import Meeting

NAME = "outreach"
app = group("Telling the parties that a leak concerns: plan, approve, draft, send, what came back.")

TemplateOption = Annotated[
    Path | None,
    typer.Option(
        "--template", metavar="FILE", help="Your own wording (Jinja); its first line is the subject."
    ),
]


@app.command("list")
def list_(case: CaseArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show at a glance who is affected and who was told; the untold come first."""
    with registry(home) as opened:
        situation = situation_of(opened, case, now())
    if json:
        fields = situation_fields(situation)
        print_json({"case": fields["id"], "untold": fields["untold"], "affected": fields["affected"]})
        return
    print_table(["Party", "Severity", "Standing", "Since", "Contact", "Outreach"], coverage_rows(situation))


@app.command()
def plan(
    case: CaseArgument,
    party: Annotated[
        str, typer.Argument(metavar="PARTY", help="Id, name or alias of the party.", show_default=False)
    ],
    say: Annotated[str, typer.Option(help="What may be said: only what concerns this party.")] = "",
    contact: Annotated[str, typer.Option(help="Whom to reach; without, as entered for the party.")] = "",
    channel: Annotated[str, typer.Option(help="How; a mail address for sending by mail.")] = "",
    approval: Annotated[
        str, typer.Option(help="Who must approve first; foreign parties always need it.")
    ] = "",
    follow_up: Annotated[str, typer.Option(metavar="TIME", help="When to ask again, for example +3d.")] = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Plan to tell a party what concerns it. The redacted excerpt is made from the confirmed exposures."""
    with registry(home) as opened:
        made = desk.plan(
            opened,
            case,
            party,
            contact=contact,
            channel=channel,
            may_say=say,
            approval=approval,
            follow_up=time_in(opened, case, follow_up) if follow_up else None,
        )
    waits = f"waits for approval ({made.body['approval']})." if made.body.get("approval") else "may be sent."
    tell(made, json, waits)


@app.command()
def approve(
    id: IdArgument,
    by: Annotated[str, typer.Option(help="Who approved it.")],
    at: AtOption = "now",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Enter that telling a party was approved."""
    with registry(home) as opened:
        made = desk.approve(opened, id, by, time_of(opened, id, at))
    tell(made, json, f"approved by {by}.")


@app.command()
def refresh(id: IdArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Make the redacted excerpt anew after exposures have changed; approval then starts over."""
    with registry(home) as opened:
        made = desk.refresh(opened, id)
    tell(made, json, "excerpt is up to date.")


@app.command()
def draft(
    id: IdArgument, template: TemplateOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Print the letter to a party, to be copied or to be checked before it is sent.

    Passages that an identification found to be altered are left out; notes below the letter say which.
    """
    words = read_text(template, "a template") if template else None
    with registry(home) as opened:
        made = desk.draft(opened, id, now(), words)
    if json:
        letter = {"subject": made.letter.subject, "text": made.letter.text}
        notes = list(made.notes)
        print_json(
            {"outreach": made.outreach.id, "to": made.outreach.record.channel, **letter, "notes": notes}
        )
        return
    out.print(f"To: {made.outreach.record.channel or made.party.record.name}")
    out.print(f"Subject: {made.letter.subject}\n")
    out.print(made.letter.text)
    for note in made.notes:
        out.print(f"Not part of the letter: {note}")


@app.command()
def send(
    id: IdArgument,
    server: Annotated[
        str,
        typer.Option(
            envvar="FOTHER_SMTP", metavar="URL", help="smtp://user:password@host:587, or smtps://…:465."
        ),
    ],
    sender: Annotated[
        str,
        typer.Option("--from", envvar="FOTHER_MAIL_FROM", metavar="ADDRESS", help="The sender's address."),
    ],
    template: TemplateOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Send the letter by mail to the party's channel. Refused while an approval is missing."""
    words = read_text(template, "a template") if template else None
    with registry(home) as opened:
        made = desk.send_by_mail(opened, id, server=server, sender=sender, template=words, clock=now)
    tell(made, json, f"sent: {made.body['sent_how']}.")


@app.command()
def sent(
    id: IdArgument,
    how: Annotated[str, typer.Option(help="How it was told: by telephone, by hand, in a meeting.")],
    at: AtOption = "now",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Enter that a party was told by other means. Refused while an approval is missing."""
    with registry(home) as opened:
        made = desk.mark_sent(opened, id, time_of(opened, id, at), how)
    tell(made, json, f"told {how}.")


@app.command()
def answer(
    id: IdArgument,
    acknowledged: Annotated[bool, typer.Option("--acknowledged", help="It has reached them.")] = False,
    reassured: Annotated[bool, typer.Option("--reassured", help="They say that they are reassured.")] = False,
    concern: Annotated[str, typer.Option(help="What they are worried about.")] = "",
    follow_up: Annotated[str, typer.Option(metavar="TIME", help="When to ask again, for example +3d.")] = "",
    at: AtOption = "now",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Enter what came back from a party that was told."""
    with registry(home) as opened:
        made = desk.record_answer(
            opened,
            id,
            time_of(opened, id, at),
            acknowledged=acknowledged,
            reassured=reassured,
            concern=concern,
            follow_up=time_of(opened, id, follow_up) if follow_up else None,
        )
    tell(made, json, "answer entered.")


@app.command()
def meet(
    id: IdArgument,
    start: Annotated[str, typer.Argument(metavar="TIME", help="When it begins.", show_default=False)],
    minutes: Annotated[int, typer.Option(help="How long it takes.")] = 60,
    place: Annotated[str, typer.Option(help="Where.")] = "",
    purpose: Annotated[str, typer.Option(help="What for.")] = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Enter a meeting, call or visit with a party; `fother case calendar` writes it as an .ics file."""
    with registry(home) as opened:
        made = desk.arrange(opened, id, Meeting(time_of(opened, id, start), minutes, place, purpose))
    tell(made, json, f"meeting on {made.body['meeting']['start']}.")
