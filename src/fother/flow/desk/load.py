"""A case with all that belongs to it, read from the registry in a few questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from fother.errors import NotFoundError, UsageError
from fother.flow.desk.entries import kept
from fother.flow.desk.public import public_record
from fother.model import case as model
from fother.model.case import Artefact, CaseFile, Identified, Kept, Traced
from fother.registry import (
    Document,
    IdentificationRecord,
    Item,
    Registry,
    SightingRecord,
    Trace,
)
from fother.report.sentences import bound_sentence

T = TypeVar("T")
_STATUS: Mapping[str, model.LeakStatus] = {
    "genuine": "genuine",
    "altered": "altered",
    "mixed": "mixed",
    "not-ours": "not-ours",
}


def load_case(registry: Registry, reference: str) -> CaseFile:
    """The case as it is now. Raises NotFoundError, UsageError when the id is of something else."""
    return load_with_entries(registry, reference)[0]


def load_with_entries(registry: Registry, reference: str) -> tuple[CaseFile, tuple[Item, ...]]:
    """The case, and its entries as the registry has them, read once. Raises as `load_case`."""
    entry = registry.item(reference)
    if entry.kind != "case":
        raise UsageError(f"{entry.id} is of the kind '{entry.kind}'; give the id of a case.")
    items: defaultdict[str, list[Item]] = defaultdict(list)
    entries = registry.items(case=entry.id)
    for item in entries:
        items[item.kind].append(item)

    def records(kind: str, record: type[T]) -> tuple[Kept[T], ...]:
        return tuple(kept(item, record) for item in items[kind])

    attached = records("attachment", model.Attachment)
    targets = [_target(registry, a.record.target) for a in attached]
    reports, said, planned = public_record(registry, items, targets)
    exposures, outreach = records("exposure", model.Exposure), records("outreach", model.Outreach)
    identified = [i for t in targets if isinstance(t, IdentificationRecord) for i in _identified(t)]
    traced = [_traced(t) for t in targets if isinstance(t, Trace)]
    named = {e.record.party for e in exposures} | {o.record.party for o in outreach}
    named |= {t.id for t in targets if isinstance(t, Item) and t.kind == "party"}
    documents = [t.id for t in targets if isinstance(t, Document)]
    documents += [d for i in identified for d in i.documents] + [t.document for t in traced if t.document]
    titles = _titles(registry, dict.fromkeys(documents))
    file = CaseFile(
        id=entry.id,
        entry=kept(entry, model.Case),
        artefacts=tuple(_artefacts(targets)),
        identified=tuple(sorted(identified, key=lambda i: i.at)),
        traced=tuple(sorted(traced, key=lambda t: t.at)),
        documents=titles,
        copies={d: _copies(registry, d) for d in titles},
        described=records("described", model.Described),
        parties={i.id: kept(i, model.Party) for i in registry.items("party") if i.id in named},
        exposures=exposures,
        outreach=outreach,
        tasks=records("task", model.Task),
        deadlines=records("deadline", model.Deadline),
        decisions=records("decision", model.Decision),
        notes=records("note", model.Note),
        roles=records("role", model.Role),
        lessons=records("lesson", model.Lesson),
        replies=records("reply", model.Reply),
        access=records("access", model.Access),
        reports=reports,
        said=said,
        planned=planned,
        attached=attached,
    )
    return file, entries


def _target(registry: Registry, reference: str) -> Any:
    try:
        return registry.show(reference)
    except (
        NotFoundError
    ):  # what was attached can have been lost with an older backup; the case is still shown
        return None


def _artefacts(targets: Sequence[Any]) -> Iterable[Artefact]:
    seen: dict[str, Artefact] = {}
    for target in targets:
        if isinstance(target, SightingRecord):
            seen[target.sha256] = Artefact(
                target.id, target.name, target.sha256, target.source, target.found_at, target.received_at
            )
    for target in targets:
        if isinstance(target, IdentificationRecord | Trace):
            for one in target.artefacts:
                if one.sha256 not in seen:
                    seen[one.sha256] = Artefact(one.sighting or "", one.name, one.sha256)
    return seen.values()


def _identified(record: IdentificationRecord) -> Iterable[Identified]:
    files = {a.sighting: a.sha256 for a in record.artefacts if a.sighting}
    names = {a.name: a.sha256 for a in record.artefacts}
    for part in record.result.get("artefacts", ()):
        sha256 = files.get(part.get("sighting")) or names.get(part.get("artefact"))
        if sha256:
            yield Identified(
                id=record.id,
                at=record.made_at,
                sha256=sha256,
                status=_STATUS.get(part["verdict"], "unverified"),
                sentence=part["sentence"],
                documents=tuple(
                    m["document"]
                    for m in part["matches"]
                    if m.get("leads", True) and m.get("verdict") != "not-ours"
                ),
                changes=tuple(c["sentence"] for c in part["changes"] if c["grave"]),
            )


def _traced(trace: Trace) -> Traced:
    accused = trace.verdict.get("accused", ())
    sentence = trace.verdict.get("verdict") or "No copy is named."
    bounds = [a["log10_bound"] for a in accused if a.get("log10_bound") is not None]
    if bounds:
        sentence = f"{sentence} {bound_sentence(max(bounds))}"
    return Traced(
        id=trace.id,
        at=trace.made_at,
        sha256=tuple(a.sha256 for a in trace.artefacts),
        sentence=sentence,
        document=trace.document or "",
        copies=tuple(a["copy"] for a in accused),
    )


def _titles(registry: Registry, documents: Iterable[str]) -> dict[str, str]:
    titles = {}
    for document in documents:
        try:
            titles[document] = registry.document(document).title
        except NotFoundError:
            titles[document] = document
    return titles


def _copies(registry: Registry, document: str) -> int:
    try:
        return sum(_issued(registry, edition.id) for edition in registry.editions(document))
    except NotFoundError:
        return 0


def _issued(registry: Registry, edition: str) -> int:
    return registry.copies_count(edition) - len(registry.decoys(edition=edition))
