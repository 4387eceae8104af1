"""A case cut down for one reader.

A party sees its own equities and nothing of anybody else's: what the leak gives away about it, the words that
concern it, and what was agreed with it. What the desk thinks, decides and does stays with the desk, and so
does which copy leaked, and whether anything is genuine: to confirm is to disclose. A TLP label
(https://www.first.org/tlp/) further lets through only what is meant for that circle or a wider one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from fother.model.case import TLP_ORDER, Artefact, CaseFile, Described, Exposure, Kept, Outreach, Tlp
from fother.respond.excerpt import scrubbed
from fother.respond.own_words import is_own

T = TypeVar("T")


def for_circle(file: CaseFile, tlp: Tlp) -> CaseFile:
    """Only what is labelled `tlp` or wider. What the public already has (reports, statements) is CLEAR.

    An entry without a label has that of its case. Artefacts and what was found about them have it too.
    """
    most = TLP_ORDER.index(tlp)
    case = file.case
    own = TLP_ORDER.index(case.tlp or "RED") <= most

    def kept(entries: Iterable[Kept[T]]) -> tuple[Kept[T], ...]:
        return tuple(e for e in entries if TLP_ORDER.index(_label(e.record) or case.tlp or "RED") <= most)

    exposures, outreach = kept(file.exposures), kept(file.outreach)
    named = {e.record.party for e in exposures} | {o.record.party for o in outreach}
    shown = replace(case, tlp=tlp)
    if not own:
        shown = replace(shown, summary="")
    return replace(
        file,
        entry=replace(file.entry, record=shown, why=file.entry.why if own else ""),
        artefacts=file.artefacts if own else (),
        identified=file.identified if own else (),
        traced=file.traced if own else (),
        documents=file.documents if own else {},
        copies=file.copies if own else {},
        described=kept(file.described),
        parties={i: p for i, p in file.parties.items() if own or i in named},
        exposures=exposures,
        outreach=outreach,
        tasks=kept(file.tasks),
        deadlines=kept(file.deadlines),
        decisions=kept(file.decisions),
        notes=kept(file.notes),
        roles=kept(file.roles),
        lessons=kept(file.lessons),
        replies=kept(file.replies),
        access=kept(file.access),
        attached=kept(file.attached),
    )


def for_party(file: CaseFile, party: str, known_as: Iterable[str] = ()) -> CaseFile:
    """Only what concerns one party. Raises KeyError for one that the case does not know.

    `known_as` are further names of it, and its country's code, as statements in public have them.
    """
    reader = file.parties[party]
    own = tuple(e for e in file.exposures if e.record.party == party and e.record.review == "confirmed")
    sources = {e.record.source for e in own}
    # A leak concerns the reader when its own words do, or those of a document that it was found to show.
    shown = {a.sha256 for a in file.artefacts if a.id in sources}
    shown |= {i.sha256 for i in file.identified if sources & set(i.documents)}
    names = {name.casefold() for name in (reader.record.name, *reader.record.aliases)}
    others = [
        name
        for id, known in file.parties.items()
        if id != party
        for name in (known.record.name, *known.record.aliases)
        if name.casefold() not in names
    ]
    said = tuple(s for s in file.said if is_own(s.record, reader.record, known_as, others))
    reports = {s.record.report for s in said} | sources
    case = file.case
    return CaseFile(
        id=file.id,
        # The title may name what the others must not hear of.
        entry=replace(
            file.entry,
            why="",
            record=replace(case, title=f"Information for {reader.record.name}", summary=""),
        ),
        artefacts=tuple(
            _unnamed(a, n) for n, a in enumerate((a for a in file.artefacts if a.sha256 in shown), 1)
        ),
        described=tuple(
            replace(d, why="", record=_alleged(d.record, others)) for d in file.described if d.id in sources
        ),
        parties={party: replace(reader, record=replace(reader.record, note=""))},
        exposures=tuple(replace(e, why="", record=_of_one(e.record, others)) for e in own),
        outreach=tuple(
            replace(o, why="", record=_told(o.record, others))
            for o in file.outreach
            if o.record.party == party
        ),
        reports={i: r for i, r in file.reports.items() if i in reports},
        said=said,
    )


def _label(record: Any) -> Tlp:
    label: Tlp = getattr(record, "tlp", "")
    return label


def _of_one(exposure: Exposure, others: Iterable[str]) -> Exposure:
    """An exposure in whose words nobody else is named.

    The reason is the desk's own note, which can disclose and confirm: no reader gets it.
    """
    names = list(others)
    quotes = tuple(replace(q, text=scrubbed(q.text, names)) for q in exposure.quotes)
    return replace(exposure, quotes=quotes, reason="", category="", rule="", confidence=None)


def _alleged(described: Described, others: Iterable[str]) -> Described:
    """A described document as the public knows it: whether it is ours is not said."""
    content = scrubbed(described.content, others)
    return replace(described, content=content, status="unverified", shows="")


def _told(plan: Outreach, others: Iterable[str]) -> Outreach:
    """An outreach without what the desk had to agree among itself."""
    names = list(others)
    return replace(
        plan,
        may_say=scrubbed(plan.may_say, names),
        excerpt=scrubbed(plan.excerpt, names),
        approval="",
        approved_by="",
        approved_at=None,
        follow_up=None,
    )


def _unnamed(artefact: Artefact, number: int) -> Artefact:
    """File names and places of finding tell what the desk knows."""
    return replace(artefact, name=f"Leaked file {number}", source="", received_at=None)
