"""What nobody knows yet, as sentences: the questions that the desk still has to answer.

The list follows the questions that investigations of disclosures begin with: what exactly came out, is it
accurate, who had access, whom does it concern (32 CFR 2001.48; 32 CFR 159a.45 of 1994).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fother.model.case import CaseFile
from fother.model.situation import Affected, Leaked


def what_is_unknown(
    file: CaseFile, leaked: Sequence[Leaked], affected: Sequence[Affected]
) -> tuple[str, ...]:
    """Open questions, in the order in which they block others."""
    return (
        *_about_leaks(leaked),
        *_about_exposure(file, leaked, affected),
        *_about_access(file, leaked),
        *_about_people(file, affected),
    )


def _about_leaks(leaked: Sequence[Leaked]) -> Iterator[str]:
    if not leaked:
        yield "What leaked: no artefact and no description has been laid to the case."
    for one in leaked:
        if one.status == "unverified":
            what = f"“{one.name}” as reported by {one.found}" if one.described and one.found else one.name
            yield f"Whether {what} is ours, and genuine."
        elif one.status != "not-ours" and not one.described and not one.copies:
            yield f"Which copy {one.name} came from. {one.copy_sentence}"


def _about_exposure(file: CaseFile, leaked: Sequence[Leaked], affected: Sequence[Affected]) -> Iterator[str]:
    sources = {e.record.source for e in file.exposures}
    titles = {file.documents[source] for source in sources if source in file.documents}
    for one in leaked:
        assessed = one.id in sources or bool(titles & set(one.documents))
        if one.status in ("genuine", "altered", "mixed") and not assessed:
            yield f"Whom {one.name} exposes: nobody has assessed it."
    waiting = sum(e.record.review == "proposed" for e in file.exposures)
    if waiting:
        yield f"Whether {_waiting(waiting, 'proposed exposure')}."
    unrated = sum(a.severity == "unknown" for a in affected)
    if unrated:
        yield f"How grave it is for {_counted(unrated, 'affected party', 'affected parties')}."
    drafts = sum(s.record.review == "proposed" for s in file.said)
    if drafts:
        yield f"Whether {_waiting(drafts, 'extracted statement')}."


def _about_access(file: CaseFile, leaked: Sequence[Leaked]) -> Iterator[str]:
    listed = {entry.record.document for entry in file.access}
    titles = {title for one in leaked if one.status != "not-ours" for title in one.documents}
    for document, title in file.documents.items():
        if title in titles and document not in listed:
            yield f"Who had access to {title} beyond the copies that were issued: no list is there."


def _about_people(file: CaseFile, affected: Sequence[Affected]) -> Iterator[str]:
    if not file.roles:
        yield "Who leads: no role has been given to anybody."
    lost = [a.name for a in affected if not a.contact]
    if lost:
        shown = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
        yield f"Whom to call at {shown}."
    invited = {r.record.subject for r in file.replies}
    for copy in dict.fromkeys(copy for trace in file.traced for copy in trace.copies):
        if copy not in invited:
            yield f"What the holder of copy {copy} has to say: no reply has been invited."


def _counted(number: int, singular: str, plural: str | None = None) -> str:
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def _waiting(number: int, what: str) -> str:
    return f"{_counted(number, what)} {'is' if number == 1 else 'are'} right: review waits"
