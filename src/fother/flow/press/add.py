"""Add: file → reports in the sandbox → statements, documents, parties, events → entries of the registry."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from fother.errors import InputFileError, UsageError
from fother.flow.progress import Progress, Silent
from fother.intake.articles import ReceivedArticle, ReceivedFile, receive_articles
from fother.intake.limits import DEFAULT
from fother.language.names import Names, packaged_names, read_names
from fother.model.press import Extraction
from fother.press.alike import most_alike
from fother.press.extract import extract
from fother.press.records import (
    document_fields,
    event_fields,
    party_fields,
    proposed,
    statement_fields,
)
from fother.press.topics import same_document, topic_of
from fother.registry import Item, NewItem, Registry

OWN_NAMES = "names.toml"  #: of the organisation, in the registry's folder


@dataclass(frozen=True)
class Reading:
    """How reports are read: what a user says of them, and the names to know."""

    outlet: str = ""
    published: date | None = None
    url: str = ""
    case: str | None = None
    names: Names = field(default_factory=packaged_names)
    first_weekday: int = 0


@dataclass(frozen=True)
class Added:
    """A report with what was found in it; `new` is False when it was there already."""

    report: Item
    statements: tuple[Item, ...]
    events: tuple[Item, ...]
    new: bool
    notes: tuple[str, ...] = ()


def names_for(registry: Registry, own: Path | None) -> Names:
    """The packaged names with the organisation's own before them.

    `own` is a file; without one, `names.toml` in the registry's folder counts. Raises InputFileError.
    """
    kept = registry.home / OWN_NAMES
    path = own or (kept if kept.is_file() else None)
    return packaged_names() if path is None else packaged_names().with_own(read_names(path))


def add_files(
    registry: Registry,
    paths: Sequence[Path],
    reading: Reading,
    *,
    password: str = "",
    progress: Progress | None = None,
) -> list[Added]:
    """Take in reports and read them; one entry for each item of a feed.

    Raises UsageError, InputFileError, PasswordError, SandboxError, NotFoundError, RegistryError and
    StorageError.
    """
    listener = progress or Silent()
    if not paths:
        raise UsageError("Name at least one saved page, text, mail, PDF or feed.")
    if reading.case is not None:
        registry.item(reading.case)
    added: list[Added] = []
    listener.stage("Reading reports", len(paths))
    for path in paths:
        added += add_received(
            registry, receive_articles(path.name, _bytes_of(path), password=password), reading
        )
        listener.step()
    return added


def _bytes_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InputFileError(f"{path.name} is a folder; name the files in it.")
        if path.stat().st_size > DEFAULT.file_bytes:
            raise InputFileError(f"{path.name} is too large for a report; save its text.")
        return path.read_bytes()
    except OSError as error:
        raise InputFileError(f"{path}: cannot be read ({error.strerror}).") from None


def add_received(registry: Registry, received: ReceivedFile, reading: Reading) -> list[Added]:
    """Enter the reports of a file that was read in the sandbox."""
    known = _Known(registry, reading.case)
    return [_add(registry, known, article, reading) for article in received.articles]


class _Known:
    """The reports that there are, to find the same one and those that are alike."""

    def __init__(self, registry: Registry, case: str | None) -> None:
        self.reports = list(registry.items("report"))
        self.described = list(registry.items("described", case=case)) if case else []
        self.case = registry.item(case).id if case else None

    def same(self, sha256: str, outlet: str, url: str) -> Item | None:
        """The report of these bytes from this outlet; of a feed's item also when its address is the same.

        Each case has reports of its own; without a case one of any case is the same.
        """
        found = [
            item
            for item in self.reports
            if item.body.get("sha256") == sha256
            and item.body.get("outlet") == outlet
            and (not url or item.body.get("url") in ("", url))
        ]
        own = next((item for item in found if item.case == self.case), None)
        return own or (found[0] if found and self.case is None else None)

    def alike(self, text: str) -> Item | None:
        """The report that carries the same story, if there is one."""
        texts = {item.id: str(item.body.get("text", "")) for item in self.reports}
        found = most_alike(text, texts)
        return next(i for i in self.reports if i.id == found[0]) if found else None


def _add(registry: Registry, known: _Known, article: ReceivedArticle, reading: Reading) -> Added:
    outlet = reading.outlet or article.outlet
    published = reading.published or article.day
    url = reading.url or article.url
    sha256 = hashlib.sha256(article.data).hexdigest()
    before = known.same(sha256, outlet, url)
    if before is not None:
        return existing(registry, before)
    text = article.text
    found = extract(
        text, outlet=outlet, published=published, names=reading.names, first_weekday=reading.first_weekday
    )
    notes = list(article.notes)
    if published is None:
        notes.append(
            f"{article.name}: no date of publication is known, so “next week” has no days; give --date."
        )
    if not outlet:
        notes.append(f"{article.name}: the outlet is not known; give --outlet.")
    like = known.alike(text)
    (report,) = registry.new_item_ids("report", 1)
    topics, described = _topics(registry, known, report, found, text)
    body: dict[str, Any] = {
        "outlet": outlet,
        "title": article.title,
        "author": article.author,
        "published": published.isoformat() if published else "",
        "url": url,
        "name": article.name,
        "media_type": article.media_type,
        "sha256": sha256,
        "isolation": article.isolation,
        "first_weekday": reading.first_weekday,
        "group": (str(like.body.get("group") or "") or like.id) if like is not None else "",
        "reliability": "",
        "notes": notes,
        "text": text,
        "documents": [
            {**document_fields(d, text), "topic": t} for d, t in zip(found.documents, topics, strict=True)
        ],
        "parties": [party_fields(p, text) for p in found.parties],
    }
    new = [NewItem("report", body, case=known.case, id=report, expected_version=0, blob=article.data)]
    new += described
    new += [NewItem(kind, b, case=known.case) for kind, b in findings(found, text, report, topics)]
    entered = registry.put_items(new)
    known.reports.append(entered[0])
    known.described = [i for i in known.described if i.id not in {e.id for e in entered}]
    known.described += [i for i in entered if i.kind == "described"]
    return Added(
        entered[0],
        tuple(i for i in entered if i.kind == "statement"),
        tuple(i for i in entered if i.kind == "event"),
        True,
        tuple(notes),
    )


def findings(
    found: Extraction, text: str, report: str, topics: Sequence[str]
) -> list[tuple[str, dict[str, Any]]]:
    """Statements and events as bodies of entries, with their kinds."""
    made = []
    for statement in found.statements:
        number = topic_of(statement, found.documents)
        topic = topics[number] if number is not None else ""
        made.append(("statement", proposed(statement_fields(statement, text), report, topic)))
    made += [("event", proposed(event_fields(e, text), report)) for e in found.events]
    return made


def _topics(
    registry: Registry, known: _Known, report: str, found: Extraction, text: str
) -> tuple[list[str], list[NewItem]]:
    """What statements are about, by document: its words, or in a case the entry of the described document.

    Documents that no entry describes yet get one; the others note that this report speaks of them too.
    """
    if known.case is None:
        return [d.mentions[0].of(text) for d in found.documents], []
    topics: list[str] = []
    new: list[NewItem] = []
    for document in found.documents:
        title = document.mentions[0].of(text)
        made = next((n for n in new if same_document(title, str(n.body["title"]))), None)
        if made is not None and made.id is not None:
            topics.append(made.id)
            continue
        entry = next((i for i in known.described if same_document(title, str(i.body.get("title", "")))), None)
        if entry is None:
            (fresh,) = registry.new_item_ids("described", 1)
            new.append(
                NewItem(
                    "described",
                    _described(document, text, report),
                    case=known.case,
                    id=fresh,
                    expected_version=0,
                )
            )
            topics.append(fresh)
            continue
        topics.append(entry.id)
        reported = list(entry.body.get("reported_by", ()))
        if report not in reported:
            body: Mapping[str, Any] = {**entry.body, "reported_by": [*reported, report]}
            new.append(
                NewItem(
                    "described",
                    body,
                    id=entry.id,
                    case=known.case,
                    expected_version=entry.version,
                    why="also reported here",
                )
            )
    return topics, new


def _described(document: Any, text: str, report: str) -> dict[str, Any]:
    """A document known only by what others say of it, as entries of a case hold it."""
    return {
        "title": document.mentions[0].of(text)[:200],
        "content": "; ".join(s.of(text) for s in document.alleged_content),
        "marking": document.marking or "",
        "reported_by": [report],
        "status": "unverified",
    }


def existing(registry: Registry, report: Item) -> Added:
    """A report that is there, with its entries as they are now."""
    own = [
        i
        for i in registry.items(("statement", "event"), case=report.case)
        if i.body.get("report") == report.id
    ]
    return Added(
        report,
        tuple(i for i in own if i.kind == "statement"),
        tuple(i for i in own if i.kind == "event"),
        False,
        tuple(str(n) for n in report.body.get("notes", ())),
    )
