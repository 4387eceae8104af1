"""From the entries of a case to its situation: what leaked, whom it touches, who knows, what is next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from fother.model.case import Artefact, CaseFile, Described, Identified, Kept, Traced
from fother.model.situation import UNTOLD, Affected, Leaked, Situation
from fother.respond.coverage import affected_parties
from fother.respond.due import what_is_due
from fother.respond.public import voices
from fother.respond.timeline import moments
from fother.respond.unknown import what_is_unknown

STATUS_WORDS = {
    "genuine": "genuine",
    "altered": "altered",
    "mixed": "mixed with foreign text",
    "not-ours": "not ours",
    "unverified": "not verified",
}


def situation(file: CaseFile, now: datetime, contradictions: Sequence[str] = ()) -> Situation:
    """The situation of a case at `now`, which must carry its zone. Nothing else is looked at.

    `contradictions` are sentences about what is said in public and found by others.
    """
    case = file.case
    leaked = (*_artefacts(file), *(_described(file, d) for d in file.described))
    affected = affected_parties(file)
    return Situation(
        id=file.id,
        title=case.title,
        organisation=case.organisation,
        summary=case.summary,
        state=case.state,
        tlp=case.tlp,
        zone=case.zone,
        opened_at=file.entry.made_at,
        as_of=now.astimezone(ZoneInfo(case.zone)),
        headline=headline(leaked, affected),
        leaked=leaked,
        affected=affected,
        voices=voices(file),
        due=what_is_due(file, now),
        unknown=what_is_unknown(file, leaked, affected),
        contradictions=tuple(contradictions),
        roles=tuple((r.record.role, r.record.person) for r in file.roles),
        decisions=tuple((d.at, d.record.text, d.record.reason) for d in file.decisions),
        lessons=tuple(lesson.record.text for lesson in file.lessons),
        replies=tuple(_reply_sentences(file)),
        access=tuple(_access_sentences(file)),
        timeline=moments(file, now),
        reports=len(file.reports),
        statements=len(file.said),
    )


def headline(leaked: Sequence[Leaked], affected: Sequence[Affected]) -> str:
    """The case in one sentence: how much is genuine, altered or unclear, and how many do not know yet."""
    if not leaked:
        return "No leak has been laid to this case yet."
    counts = [
        (sum(one.status == status for one in leaked), words)
        for status, words in STATUS_WORDS.items()
        if any(one.status == status for one in leaked)
    ]
    what = _joined([f"{number} {words}" for number, words in counts])
    things = f"{len(leaked)} leaked {'thing' if len(leaked) == 1 else 'things'}: {what}"
    if not affected:
        return f"{things}; whom they concern is not assessed yet."
    untold = sum(a.standing in UNTOLD for a in affected)
    whom = "1 party is" if len(affected) == 1 else f"{len(affected)} parties are"
    told = "all of them told" if not untold else f"{untold} of them not told yet"
    if len(affected) == 1:
        told = "not told yet" if untold else "and told"
    return f"{things}. {whom} affected, {told}."


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _artefacts(file: CaseFile) -> Iterable[Leaked]:
    for artefact in file.artefacts:
        told = [i for i in file.identified if i.sha256 == artefact.sha256]
        traces = [t for t in file.traced if artefact.sha256 in t.sha256]
        yield _leaked(file, artefact, told[-1] if told else None, traces)


def _leaked(file: CaseFile, artefact: Artefact, found: Identified | None, traces: Sequence[Traced]) -> Leaked:
    naming = [t for t in traces if t.copies]
    last = naming[-1] if naming else traces[-1] if traces else None
    documents = list(found.documents) if found else []
    if last and last.document:
        documents.append(last.document)
    # Only a trace that named a copy has shown that the page is ours; what it says is not yet known.
    sentence = found.sentence if found else "It has not been identified yet."
    if found is None and last is not None and last.copies:
        sentence = "It was traced, but its text was not compared with the document."
    return Leaked(
        id=artefact.id,
        name=artefact.name,
        described=False,
        status=found.status if found else "unverified",
        sentence=sentence,
        changes=found.changes if found else (),
        found=artefact.source,
        documents=tuple(file.documents.get(d, d) for d in dict.fromkeys(documents)),
        copies=last.copies if last else (),
        copy_sentence=last.sentence if last else "No trace has been run.",
    )


def _described(file: CaseFile, entry: Kept[Described]) -> Leaked:
    told = entry.record
    names = [file.reports[r].record.outlet if r in file.reports else r for r in told.reported_by]
    return Leaked(
        id=entry.id,
        name=told.title,
        described=True,
        status=told.status,
        sentence=told.content.strip('"“” ,') or "What it says is not reported.",
        marking=told.marking,
        found=", ".join(dict.fromkeys(names)),
        documents=(file.documents.get(told.shows, told.shows),) if told.shows else (),
    )


def _reply_sentences(file: CaseFile) -> Iterable[str]:
    zone = ZoneInfo(file.case.zone)
    for reply in file.replies:
        subject = subject_words(file, reply.record.subject)
        at = (reply.record.answered_at or reply.record.offered_at).astimezone(zone)
        day = f"{at.day} {at:%B %Y, %H:%M %Z}"
        if reply.record.answered_at is None:
            yield f"{subject}: reply invited {day}, no answer yet."
        else:
            yield f"{subject}: answered {day}: {reply.record.answer}"


def subject_words(file: CaseFile, subject: str) -> str:
    """Whom a reply is invited from."""
    if subject in file.parties:
        return file.parties[subject].record.name
    return f"Holder of copy {subject}" if subject.startswith("C-") else subject


def _access_sentences(file: CaseFile) -> Iterable[str]:
    others: Mapping[str, list[str]] = {}
    others = {document: [] for document in file.copies}
    for entry in file.access:
        others.setdefault(entry.record.document, []).extend(entry.record.who)
    for document, who in others.items():
        copies = file.copies.get(document, 0)
        known = f"{copies} {'copy' if copies == 1 else 'copies'} issued"
        more = f", {len(set(who))} more with access" if who else ""
        yield f"{file.documents.get(document, document)}: {known}{more}."
