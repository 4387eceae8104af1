"""Who is affected, and who of them knows: the coverage of the outreach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fother.model.case import SEVERITIES, CaseFile, Exposure, Kept, Outreach
from fother.model.situation import UNTOLD, Affected, Standing

#: Most urgent first: the order of the coverage table among equally grave ones.
STANDINGS: dict[Standing, str] = {
    "untold": "not told, nothing planned",
    "approval": "not told, waits for approval",
    "ready": "not told, may be sent",
    "sending": "sending was begun; see whether it arrived",
    "concerned": "told, has concerns",
    "told": "told, not acknowledged",
    "acknowledged": "acknowledged",
    "reassured": "reassured",
}


def affected_parties(file: CaseFile) -> tuple[Affected, ...]:
    """All parties that an exposure or an outreach of the case names, the untold and the gravest first.

    Exposures that were rejected in review do not count.
    """
    exposed: dict[str, list[Kept[Exposure]]] = {}
    for entry in file.exposures:
        if entry.record.review != "rejected":
            exposed.setdefault(entry.record.party, []).append(entry)
    # Who was told once is told: of several outreaches the last one that was sent counts, else the newest.
    ordered = sorted(file.outreach, key=lambda o: (o.record.state == "sent", o.made_at))
    plans: dict[str, Kept[Outreach]] = {o.record.party: o for o in ordered}
    parties = dict.fromkeys([*exposed, *plans])
    rows = [_row(file, party, exposed.get(party, ()), plans.get(party)) for party in parties]
    order = list(STANDINGS)
    rows.sort(
        key=lambda a: (
            a.standing not in UNTOLD,
            SEVERITIES.index(a.severity),
            order.index(a.standing),
            a.name.casefold(),
        )
    )
    return tuple(rows)


def _row(
    file: CaseFile, party: str, exposed: Sequence[Kept[Exposure]], plan: Kept[Outreach] | None
) -> Affected:
    known = file.parties.get(party)
    standing, since = standing_of(plan.record if plan else None)
    words = STANDINGS[standing]
    if plan and standing == "approval":
        words = f"not told, waits for approval by {plan.record.approval}"
    contact = plan.record.contact if plan else ""
    return Affected(
        id=party,
        name=known.record.name if known else party,
        severity=min((e.record.severity for e in exposed), key=SEVERITIES.index, default="unknown"),
        quotes=tuple(dict.fromkeys(q.text for e in exposed for q in e.record.quotes)),
        reasons=tuple(dict.fromkeys(e.record.reason for e in exposed if e.record.reason)),
        standing=standing,
        standing_words=words,
        since=since,
        concerns=tuple(c.text for c in plan.record.concerns) if plan else (),
        contact=contact or (known.record.contact if known else ""),
        outreach=plan.id if plan else "",
        excerpt=plan.record.excerpt if plan else "",
    )


def standing_of(plan: Outreach | None) -> tuple[Standing, datetime | None]:
    """Where an outreach stands, and since when.

    A concern that was raised after the party was reassured is open again.
    """
    if plan is None:
        return "untold", None
    if plan.state == "planned":
        if plan.approval and plan.approved_at is None:
            return "approval", None
        return "ready", plan.approved_at
    if plan.state == "sending":
        return "sending", plan.sent_at
    steps: list[tuple[datetime, Standing]] = [(plan.sent_at, "told")] if plan.sent_at else []
    steps += [(plan.acknowledged_at, "acknowledged")] if plan.acknowledged_at else []
    steps += [(c.at, "concerned") for c in plan.concerns]
    steps += [(plan.reassured_at, "reassured")] if plan.reassured_at else []
    if not steps:
        return "told", None
    # Of steps entered for the same time the later one in the usual order counts.
    since, _, standing = max((at, place, name) for place, (at, name) in enumerate(steps))
    if standing in ("acknowledged", "told") and plan.concerns and plan.reassured_at is None:
        return "concerned", plan.concerns[-1].at
    return standing, since
