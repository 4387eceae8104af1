"""What every store behind `fother.registry.Registry` must do. Subclass it and give it `open_store`."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from fother.errors import CopyCheckError, NotFoundError, RecipientListError, RegistryError, UsageError
from fother.flow.seals import ask
from fother.model.capture import TextPart
from fother.registry import (
    Artefact,
    CommittedLeaf,
    Copy,
    DocumentText,
    IssuedFile,
    ReadyCopy,
    RecipientRow,
    Registry,
    Unsealed,
    as_dict,
)
from fother.verify import entry, merkle

PDF = b"%PDF-1.7 sample"
TEXT = DocumentText("One page.\nAnother.\n", (TextPart("page", 0, 9, 0), TextPart("page", 10, 18, 1)))
FOUND = datetime(2026, 3, 5, 14, 7, tzinfo=timezone(timedelta(hours=5)))


class Ticker:
    """A clock that moves one second with every look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def people(*numbers: int) -> list[RecipientRow]:
    return [
        RecipientRow(row, row + 1, f"Person {number}", f"p{number}@example.org", "Example Ltd")
        for row, number in enumerate(numbers, 1)
    ]


def finished(copy: str, content: bytes | None = None) -> IssuedFile:
    data = content or copy.encode()
    return IssuedFile(copy, hashlib.sha256(data).hexdigest(), len(data), f"{copy}.pdf", 12.5)


def unsealed(store: Registry, copy: Copy) -> Unsealed:
    """Whom a copy belongs to, asked and approved as its own approver would."""
    told = ask(store, copy.id, "to compare", timedelta(days=1), checked=True).told
    assert told is not None
    return told


class RegistryContract:
    """The tests; `open_store(home)` opens or makes the store that is put to them."""

    @pytest.fixture
    def open_store(self) -> Callable[[Path], Registry]:
        raise NotImplementedError

    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        return tmp_path / "home"

    @pytest.fixture
    def store(self, open_store: Callable[[Path], Registry], home: Path) -> Iterator[Registry]:
        registry = open_store(home)
        yield registry
        assert [f for f in registry.check() if f.severity == "error"] == []
        registry.close()

    @pytest.fixture
    def document(self, store: Registry) -> str:
        return store.add_document(
            PDF,
            file_name="Board paper.pdf",
            media_type="application/pdf",
            pages=3,
            carriers=b"carriers",
            template=b"template",
            plan={"pages": [{"number": 0}], "noise": float("nan")},
            text=TEXT.to_bytes(),
        ).id

    # Documents

    def test_a_document_comes_back_after_reopening(
        self, store: Registry, document: str, home: Path, open_store: Callable[[Path], Registry]
    ) -> None:
        again = open_store(home)
        found = again.document(document)
        again.close()
        assert found == store.document(document)
        assert (found.title, found.file_name, found.pages) == ("Board paper", "Board paper.pdf", 3)
        assert found.registered_at.tzinfo is not None
        assert store.get_blob(found.sha256) == store.get_blob(found.blobs["original"]) == PDF
        assert store.get_blob(found.blobs["carriers"]) == b"carriers"
        assert store.plan(found) == {"pages": [{"number": 0}], "noise": None}

    def test_identical_bytes_are_one_document(self, store: Registry, document: str) -> None:
        again = store.add_document(
            PDF, file_name="other.pdf", media_type="application/pdf", pages=9, title="Other"
        )
        assert again == store.document(document) == store.document_with_bytes(PDF)
        assert store.documents() == (again,)
        assert store.document_with_bytes(PDF + b"!") is None

    @pytest.mark.parametrize(
        "change", [str.lower, lambda d: d[2:], lambda d: d[:6], lambda d: d[2:7].lower()]
    )
    def test_documents_are_found_by_short_ids(
        self, store: Registry, document: str, change: Callable[[str], str]
    ) -> None:
        assert store.document(change(document)).id == document

    @pytest.mark.parametrize("name", ["board paper", "BOARD PAPER.PDF", " Board paper "])
    def test_documents_are_found_by_title_and_file_name(
        self, store: Registry, document: str, name: str
    ) -> None:
        assert store.document(name).id == document

    def test_a_title_of_two_documents_is_refused_with_both_ids(self, store: Registry, document: str) -> None:
        other = store.add_document(
            b"else", file_name="x.pdf", media_type="x", pages=1, title="board PAPER"
        ).id
        with pytest.raises(NotFoundError) as error:
            store.document("Board paper")
        assert document in str(error.value)
        assert other in str(error.value)

    def test_a_mistyped_reference_names_near_ones(self, store: Registry, document: str) -> None:
        wrong = document[:-1] + ("0" if document[-1] != "0" else "1")
        for reference in (wrong, "Bord paper"):
            with pytest.raises(NotFoundError, match=document):
                store.document(reference)

    def test_new_carriers_leave_old_editions_alone(self, store: Registry, document: str) -> None:
        old = store.edition(document, 3, 0.02)
        key = store.edition_key(old)
        changed = store.put_blob(document, "carriers", b"better carriers")
        store.put_blob(document, "template", b"better template")
        new = store.edition(document, 3, 0.02)
        assert new.id != old.id
        assert new.carriers == changed.blobs["carriers"]
        assert store.get_blob(old.carriers) == b"carriers"
        assert old.template is not None
        assert store.get_blob(old.template) == b"template"
        assert store.editions(document) == (old, new)
        assert store.edition_key(old) == key != store.edition_key(new)

    def test_the_original_never_changes(self, store: Registry, document: str) -> None:
        with pytest.raises(RegistryError):
            store.put_blob(document, "original", b"other")

    def test_a_text_comes_back_and_can_be_replaced(self, store: Registry, document: str) -> None:
        before = store.document(document)
        assert store.document_text(before) == TEXT
        better = DocumentText("Read anew.", recognised=True)
        after = store.put_blob(document, "text", better.to_bytes())
        assert store.document_text(after) == better
        assert store.document_text(before) == TEXT  # the record of that moment
        assert {r: s for r, s in after.blobs.items() if r != "text"} == {
            r: s for r, s in before.blobs.items() if r != "text"
        }

    def test_what_is_no_text_is_refused(self, store: Registry, document: str) -> None:
        with pytest.raises(RegistryError, match="not a text"):
            store.put_blob(document, "text", b"plain words")
        with pytest.raises(RegistryError, match="not a text"):
            store.add_document(b"new", file_name="n", media_type="x", pages=1, text=b"plain words")
        assert store.document_text(store.document(document)) == TEXT
        assert len(store.documents()) == 1

    @pytest.mark.usefixtures("document")
    def test_a_document_without_text_is_noted(self, store: Registry) -> None:
        assert store.check() == ()
        bare = store.add_document(b"bare", file_name="b.pdf", media_type="x", pages=1)
        with pytest.raises(NotFoundError, match="no stored text"):
            store.document_text(bare)
        assert [(f.severity, f.subject, "reindex" in f.sentence) for f in store.check()] == [
            ("note", bare.id, True)
        ]
        other = store.add_document(b"other", file_name="o.pdf", media_type="x", pages=1)
        assert [f.subject for f in store.check()] == ["2 documents"]
        for made in (bare, other):
            store.put_blob(made.id, "text", DocumentText("").to_bytes())
        assert store.check() == ()

    def test_a_document_is_public_when_said_so(self, store: Registry, document: str) -> None:
        law = store.add_document(b"law", file_name="law.txt", media_type="text/plain", pages=0, public=True)
        assert [d.public for d in store.documents()] == [False, True]
        assert store.media_types() == {d.id: d.media_type for d in store.documents()}
        again = store.add_document(b"law", file_name="law.txt", media_type="text/plain", pages=0)
        assert again == law
        assert store.set_public(document, True) == store.document(document)
        assert store.set_public(law.title, False).public is False
        assert [d.public for d in store.documents()] == [True, False]
        with pytest.raises(NotFoundError):
            store.set_public("D-00000000", True)

    def test_unknown_blobs_are_an_error(self, store: Registry) -> None:
        with pytest.raises(RegistryError, match="missing"):
            store.get_blob("0" * 64)

    # Editions and keys

    def test_an_edition_is_made_once_for_each_parameter(self, store: Registry, document: str) -> None:
        first = store.edition(document, 3, 0.02)
        assert store.edition(document, 3, 0.02) == first
        others = [store.edition(document, 5, 0.02), store.edition(document, 3, 0.025)]
        assert [e.id[-1] for e in (first, *others)] == ["A", "B", "C"]
        keys = {store.edition_key(e) for e in (first, *others)} | {store.document_secret(document)}
        assert len(keys) == 4
        keys.add(store.index_key())
        assert len(keys) == 5
        assert all(len(key) == 32 for key in keys)

    def test_an_edition_takes_the_template_that_comes_later(self, store: Registry) -> None:
        late = store.add_document(b"late", file_name="l.pdf", media_type="x", pages=1, carriers=b"c")
        assert store.edition(late.id, 1, 0.02).template is None
        ready = store.put_blob(late.id, "template", b"t")
        assert store.edition(late.id, 1, 0.02).template == ready.blobs["template"]

    @pytest.mark.parametrize(("resistance", "strength"), [(0, 0.02), (3, 0.0), (3, math.nan), (3, math.inf)])
    def test_impossible_parameters_are_refused(
        self, store: Registry, document: str, resistance: int, strength: float
    ) -> None:
        with pytest.raises(UsageError):
            store.edition(document, resistance, strength)

    def test_a_document_without_carriers_has_no_edition(self, store: Registry) -> None:
        bare = store.add_document(b"bare", file_name="b.pdf", media_type="x", pages=1)
        with pytest.raises(RegistryError, match="no carriers"):
            store.edition(bare.id, 3, 0.02)

    def test_keys_are_the_same_after_reopening(
        self, store: Registry, document: str, home: Path, open_store: Callable[[Path], Registry]
    ) -> None:
        edition = store.edition(document, 3, 0.02)
        again = open_store(home)
        assert again.edition_key(edition) == store.edition_key(edition)
        assert again.index_key() == store.index_key()
        assert again.index_folder == store.index_folder
        again.close()

    # Issues and copies

    def test_rows_get_indices_in_their_order(self, store: Registry, document: str) -> None:
        edition = store.edition(document, 3, 0.02)
        reserved = store.reserve(edition.id, people(1, 2, 3), source="list.csv", parameters={"out": "copies"})
        assert [(e.row, e.copy.index, e.copy.state) for e in reserved.entries] == [
            (1, 0, "reserved"),
            (2, 1, "reserved"),
            (3, 2, "reserved"),
        ]
        assert [e.copy.recipient for e in reserved.entries] == [e.recipient.id for e in reserved.entries]
        assert [unsealed(store, e.copy).given for e in reserved.entries] == people(1, 2, 3)
        assert reserved.issue.state == "open"
        assert reserved.issue.parameters == {"out": "copies"}
        assert [e.copy.id for e in reserved.entries] == [f"C-{document[2:]}-A00000{i}" for i in range(3)]
        assert reserved.pending == reserved.entries
        assert store.copies_count(edition.id) == 3
        assert store.copy_at(edition.id, 1) == store.copy(reserved.entries[1].copy.id.lower())

    def test_the_same_rows_resume_the_same_issue(self, store: Registry, document: str) -> None:
        edition = store.edition(document, 3, 0.02)
        first = store.reserve(edition.id, people(1, 2), source="a.csv")
        store.mark_issued(finished(first.entries[0].copy.id))
        again = store.reserve(edition.id, people(1, 2), source="renamed.csv")
        assert again.issue == first.issue
        assert [e.copy.id for e in again.pending] == [first.entries[1].copy.id]
        assert again == store.reservation(first.issue.id)

    def test_a_recipient_keeps_the_copy_in_later_issues(self, store: Registry, document: str) -> None:
        edition = store.edition(document, 3, 0.02)
        first = store.reserve(edition.id, people(1, 2), source="a.csv")
        store.mark_issued(*(finished(e.copy.id) for e in first.entries))
        store.complete_issue(first.issue.id)
        second = store.reserve(edition.id, people(3, 2), source="b.csv")
        assert second.issue.id != first.issue.id
        assert [(e.row, e.copy.index, e.copy.state) for e in second.entries] == [
            (1, 2, "reserved"),
            (2, 1, "issued"),
        ]
        assert second.entries[1].copy.issue == first.issue.id
        assert second.entries[1].copy.row == 2
        assert len(store.copies(document)) == 3
        assert [i.id for i in store.issues(document)] == [first.issue.id, second.issue.id]

    def test_editions_count_their_indices_apart(self, store: Registry, document: str) -> None:
        one, two = store.edition(document, 3, 0.02), store.edition(document, 5, 0.02)
        first = store.reserve(one.id, people(1, 2), source="a.csv")
        second = store.reserve(two.id, people(2, 3), source="a.csv")
        assert [e.copy.index for e in second.entries] == [0, 1]
        assert store.copies(edition=two.id) == tuple(e.copy for e in second.entries)
        assert len({e.copy.id for e in first.entries + second.entries}) == 4
        assert len(store.copies(recipient="P2@example.org")) == 2
        assert len(store.recipients()) == 3

    def test_a_recipient_is_known_by_address_and_takes_newer_fields(
        self, store: Registry, document: str
    ) -> None:
        edition = store.edition(document, 3, 0.02)
        old = RecipientRow(1, 2, "Ann", "Ann@Example.org", "Old Ltd", "P", extra={"desk": "4", "floor": "1"})
        new = RecipientRow(
            1, 2, "Ann Lee", "ann@example.ORG", "", "", "editor", extra={"desk": "5", "floor": ""}
        )
        before = store.reserve(edition.id, [old], source="a.csv").entries[0]
        after = store.reserve(edition.id, [new], source="b.csv").entries[0]
        assert after.copy == before.copy
        person = store.recipient("ANN@example.org")
        assert person == after.recipient == store.show(person.id)
        told = unsealed(store, after.copy)
        assert told.latest == RecipientRow(
            1, 2, "Ann Lee", "ann@example.ORG", "Old Ltd", "P", "editor", {"desk": "5", "floor": "1"}
        )
        assert (told.given, told.source) == (old, "a.csv")

    def test_without_address_name_and_organisation_identify(self, store: Registry, document: str) -> None:
        edition = store.edition(document, 3, 0.02)
        rows = [RecipientRow(1, 2, "Ann  Lee", "", "A"), RecipientRow(2, 3, "ann lee", "", "B")]
        first = store.reserve(edition.id, rows, source="a.csv")
        again = store.reserve(edition.id, [RecipientRow(1, 2, "ANN LEE", "", "b")], source="b.csv")
        assert len(store.recipients()) == 2
        assert again.entries[0].copy == first.entries[1].copy

    # Commitments

    def test_decoys_lie_among_the_copies_and_belong_to_nobody(self, store: Registry, document: str) -> None:
        edition = store.edition(document, 3, 0.02)
        reserved = store.reserve(edition.id, people(1, 2, 3), source="a.csv", decoys=5)
        decoys = store.decoys(issue=reserved.issue.id)
        taken = [e.copy.index for e in reserved.entries]
        assert sorted([*taken, *(d.index for d in decoys)]) == list(range(8))
        assert taken == sorted(taken)
        assert store.copies_count(edition.id) == 8
        assert len(store.copies()) == 3
        assert {len(store.stamp(d)) for d in decoys} == {16}
        assert store.find_stamp(store.stamp(decoys[0])) is None
        assert store.decoy_at(edition.id, decoys[0].index) == decoys[0].id
        assert store.decoy_at(edition.id, taken[0]) is None
        again = store.reserve(edition.id, people(1, 2, 3), source="a.csv", decoys=5)
        assert again == reserved
        nobody_new = store.reserve(edition.id, people(2, 1), source="b.csv", decoys=5)
        assert store.decoys(issue=nobody_new.issue.id) == ()
        later = store.reserve(edition.id, people(4), source="c.csv", decoys=2)
        assert later.entries[0].copy.index in (8, 9, 10)
        assert store.decoys(edition=edition.id)[:5] == decoys
        assert [f for f in store.check() if f.severity == "error"] == []

    def test_a_commitment_binds_what_is_ready_and_never_changes(self, store: Registry, document: str) -> None:
        edition = store.edition(document, 3, 0.02)
        reserved = store.reserve(edition.id, people(1, 2), source="a.csv", decoys=1)
        issue, decoys = reserved.issue.id, {d.index for d in store.decoys()}
        made = [ReadyCopy(k, f"{k:064d}", 7, 12.5) for k in range(3)]
        store.make_ready(issue, *made[:2])
        leaves = [
            CommittedLeaf(k, None if k in decoys else bytes([k + 1]) * 32, f"{k:064d}") for k in range(3)
        ]
        with pytest.raises(RegistryError, match="ready"):
            store.commit(issue, b"header", leaves)
        assert store.commitment(issue) is None
        store.make_ready(issue, made[2], made[0])
        assert store.ready(issue) == dict(enumerate(made))
        for wrong in (leaves[:2], [*leaves[:2], CommittedLeaf(2, leaves[2].identity, "f" * 64)]):
            with pytest.raises(RegistryError, match="ready"):
                store.commit(issue, b"header", wrong)
        entries = store.log_size()
        commitment = store.commit(issue, b"header", leaves)
        assert store.commit(issue, b"another header", leaves) == commitment
        assert store.commitment(issue) == commitment
        assert store.commitments(edition.id) == (commitment,)
        assert commitment.leaves == tuple(leaves)
        assert (commitment.entry, store.log_size()) == (entries, entries + 1)
        assert store.log_opening(entries).detail["commitment"] == commitment.digest
        with pytest.raises(RegistryError, match="committed"):
            store.make_ready(issue, made[0])
        with pytest.raises(RegistryError, match="did not reserve"):
            store.make_ready(issue, ReadyCopy(3, "0" * 64, 1, 1.0))
        assert [f for f in store.check() if f.severity == "error"] == []

    @pytest.mark.parametrize(
        "rows",
        [
            [],
            [RecipientRow(1, 2)],
            [*people(1), RecipientRow(2, 3, "Other", "P1@EXAMPLE.org")],
            [RecipientRow(1, 2, "A"), RecipientRow(1, 3, "B")],
        ],
    )
    def test_bad_rows_change_nothing(self, store: Registry, document: str, rows: list[RecipientRow]) -> None:
        edition = store.edition(document, 3, 0.02)
        with pytest.raises(RecipientListError):
            store.reserve(edition.id, rows, source="a.csv")
        assert (store.issues(), store.copies(), store.recipients()) == ((), (), ())

    def test_issuing_keeps_the_facts_and_happens_once(self, store: Registry, document: str) -> None:
        entry = store.reserve(store.edition(document, 3, 0.02).id, people(1), source="a.csv").entries[0]
        (copy,) = store.mark_issued(finished(entry.copy.id))
        assert (copy.state, copy.size, copy.file_name, copy.log10_lr) == (
            "issued",
            len(entry.copy.id),
            f"{entry.copy.id}.pdf",
            12.5,
        )
        assert copy.issued_at is not None
        assert copy.issued_at > copy.reserved_at
        assert store.mark_issued(finished(entry.copy.id)) == (copy,)
        with pytest.raises(RegistryError, match="other bytes"):
            store.mark_issued(finished(entry.copy.id, b"else"))
        assert store.copy(copy.id) == copy

    def test_marking_is_all_or_nothing(self, store: Registry, document: str) -> None:
        entries = store.reserve(store.edition(document, 3, 0.02).id, people(1, 2), source="a.csv").entries
        good, other = (finished(e.copy.id) for e in entries)
        unknown = IssuedFile(f"C-{document[2:]}-A000009", "0" * 64, 1, "x.pdf", 1.0)
        with pytest.raises(NotFoundError, match=entries[0].copy.id):
            store.mark_issued(good, unknown)
        silent = IssuedFile(other.copy, other.sha256, other.size, other.file_name, math.nan)
        with pytest.raises(CopyCheckError):
            store.mark_issued(good, silent)
        assert {c.state for c in store.copies()} == {"reserved"}

    def test_an_issue_completes_when_its_copies_are_issued(self, store: Registry, document: str) -> None:
        made = store.reserve(store.edition(document, 3, 0.02).id, people(1, 2), source="a.csv")
        store.mark_issued(finished(made.entries[0].copy.id))
        with pytest.raises(RegistryError, match="1 copies"):
            store.complete_issue(made.issue.id)
        assert [f.subject for f in store.check() if f.severity == "warning"] == [made.issue.id]
        store.mark_issued(finished(made.entries[1].copy.id))
        assert ["to close it" in f.sentence for f in store.check()] == [True]
        complete = store.complete_issue(made.issue.id)
        assert complete.state == "complete"
        assert store.complete_issue(made.issue.id) == complete
        assert store.check() == ()

    def test_stamps_find_their_copy_and_nothing_else(self, store: Registry, document: str) -> None:
        entries = store.reserve(store.edition(document, 3, 0.02).id, people(1, 2, 3), source="a.csv").entries
        stamps = [store.stamp(e.copy) for e in entries]
        assert len(set(stamps)) == 3
        assert all(len(stamp) == 16 for stamp in stamps)
        assert [store.find_stamp(stamp) for stamp in stamps] == [e.copy for e in entries]
        for untrusted in (b"", bytes(16), stamps[0][:15], stamps[0] + b"\0", stamps[0][::-1]):
            assert store.find_stamp(untrusted) is None

    def test_a_mistyped_copy_is_never_another_one(self, store: Registry, document: str) -> None:
        made = store.reserve(store.edition(document, 3, 0.02).id, people(1), source="a.csv").entries[0].copy
        for wrong in (made.id[:-1], made.id[:-1] + "1"):
            with pytest.raises(NotFoundError, match=made.id):
                store.copy(wrong)
            with pytest.raises(NotFoundError, match=made.id):
                store.show(wrong)

    # Leaks

    def test_a_sighting_comes_back_as_received(
        self, store: Registry, home: Path, open_store: Callable[[Path], Registry]
    ) -> None:
        made = store.add_sighting(
            b"leak",
            name="bad\udcff name.pdf",
            media_type="application/pdf",
            isolation="landlock",
            source=" https://paste.example/1 ",
            found_at=FOUND,
            text=TEXT.to_bytes(),
            metadata={"Author": "Anyone\ud800", "Title": "§"},
            notes=["3 pages were left out."],
        )
        again = open_store(home)
        assert again.sightings() == (made,)
        assert again.sighting(made.id[:5].lower()) == made
        assert again.sighting_text(made) == TEXT
        assert again.get_blob(made.sha256) == b"leak"
        again.close()
        assert (made.name, made.size) == ("bad\\udcff name.pdf", 4)
        assert (made.source, made.isolation) == ("https://paste.example/1", "landlock")
        assert made.found_at == FOUND
        assert made.found_at.utcoffset() == timedelta(0)
        assert made.metadata == {"Author": "Anyone\\ud800", "Title": "§"}
        assert made.notes == ("3 pages were left out.",)
        assert made.parent is None

    def test_one_file_from_two_places_is_two_sightings(self, store: Registry) -> None:
        def seen(name: str = "a.png", **where: Any) -> str:
            return store.add_sighting(b"leak", name=name, media_type="x", isolation="", **where).id

        first = seen()
        later = FOUND + timedelta(hours=1)
        others = [seen(source="forum"), seen(source="forum", found_at=FOUND), seen(found_at=later)]
        archive = store.add_sighting(b"zip", name="a.zip", media_type="x", isolation="")
        others.append(seen(parent=archive.id.lower()))
        assert len({first, *others}) == 5
        assert seen(name="b.png") == first
        assert seen(source="forum ", found_at=FOUND.astimezone(UTC)) == others[1]
        assert seen(parent=archive.id) == others[3]
        assert store.sighting(others[3]).parent == archive.id
        assert len(store.sightings()) == 6
        assert len({s.sha256 for s in store.sightings()}) == 2

    def test_a_sighting_never_changes(self, store: Registry) -> None:
        first = store.add_sighting(b"leak", name="a", media_type="x", isolation="")
        again = store.add_sighting(b"leak", name="b", media_type="y", isolation="z", text=TEXT.to_bytes())
        assert again == first
        with pytest.raises(NotFoundError, match="no text"):
            store.sighting_text(again)

    def test_bad_sightings_change_nothing(self, store: Registry) -> None:
        with pytest.raises(UsageError, match="zone"):
            store.add_sighting(
                b"x", name="a", media_type="x", isolation="", found_at=FOUND.replace(tzinfo=None)
            )
        with pytest.raises(RegistryError, match="not a text"):
            store.add_sighting(b"x", name="a", media_type="x", isolation="", text=b"words")
        with pytest.raises(NotFoundError, match="L-00000000"):
            store.add_sighting(b"x", name="a", media_type="x", isolation="", parent="L-00000000")
        assert store.sightings() == ()

    def test_an_identification_comes_back(self, store: Registry, document: str) -> None:
        seen = store.add_sighting(b"leak", name="a.png", media_type="x", isolation="")
        made = store.record_identification(
            artefacts=[Artefact(seen.name, seen.sha256, seen.id), Artefact("lost.txt", "b" * 64)],
            result={"verdict": "altered", "matches": [{"document": document, "chance": math.inf}]},
            report=b"<html>",
        )
        bare = store.record_identification(artefacts=[], result={})
        assert store.identifications() == (made, bare)
        assert made.result == {"verdict": "altered", "matches": [{"document": document, "chance": None}]}
        assert [a.sighting for a in made.artefacts] == [seen.id, None]
        assert made.report is not None
        assert store.get_blob(made.report) == b"<html>"
        assert bare.report is None

    def test_an_identification_names_only_sightings_of_its_own_files(self, store: Registry) -> None:
        seen = store.add_sighting(b"leak", name="a.png", media_type="x", isolation="")
        with pytest.raises(NotFoundError, match="L-00000000"):
            store.record_identification(artefacts=[Artefact("a", seen.sha256, "L-00000000")], result={})
        with pytest.raises(RegistryError, match="give its own"):
            store.record_identification(artefacts=[Artefact("a", "b" * 64, seen.id)], result={})
        assert store.identifications() == ()

    def test_a_trace_comes_back(self, store: Registry, document: str) -> None:
        made = store.record_trace(
            artefacts=[Artefact("photo.jpg", "a" * 64)],
            parameters={"alpha": 1e-6},
            verdict={"accused": [], "expected": math.inf},
            document=document,
            report=b"<html>",
        )
        bare = store.record_trace(artefacts=[], parameters={}, verdict={})
        assert store.traces() == (made, bare)
        assert made.verdict == {"accused": [], "expected": None}
        assert made.report is not None
        assert store.get_blob(made.report) == b"<html>"
        assert bare.document is None
        assert bare.report is None

    # Log

    def test_every_act_is_in_the_log_once(self, store: Registry, document: str) -> None:
        edition = store.edition(document, 3, 0.02)
        for _ in range(2):  # the second time changes nothing
            store.add_document(PDF, file_name="x", media_type="x", pages=1)
            store.set_public(document, True)
            store.put_blob(document, "carriers", b"other")
            made = store.reserve(edition.id, people(1, 2), source="a.csv")
            store.mark_issued(*(finished(e.copy.id) for e in made.entries))
            store.complete_issue(made.issue.id)
            seen = store.add_sighting(b"leak", name="a", media_type="x", isolation="", source="web")
        told = store.record_identification(artefacts=[Artefact("a", seen.sha256, seen.id)], result={"a": 0.5})
        ran = store.record_trace(artefacts=[], parameters={"alpha": 1e-6}, verdict={})
        entries = store.log_entries()
        assert [e.number for e in entries] == list(range(store.log_size()))
        openings = [store.log_opening(e.number) for e in entries]
        about = [
            (e.kind, *(o.detail[k] for k in ("document", "issue", "sighting") if k in o.detail))
            for e, o in zip(entries, openings, strict=True)
        ]
        assert about == [
            ("registry",),
            ("register", document),
            ("register", document),
            ("register", document),
            ("issue", document, made.issue.id),
            ("issue", made.issue.id),
            ("receive", seen.id),
            ("read", made.issue.id),  # the same list again tells which row has which copy
            ("identify",),
            ("trace", None),
        ]
        assert openings[2].detail["public"] is True
        assert openings[3].detail["role"] == "carriers"
        assert openings[8].detail["identification"] == told.id
        assert openings[9].detail["trace"] == ran.id
        assert all(o.detail["actor"] == store.actor for o in openings)

    def test_an_entry_commits_to_its_detail_and_hides_it(self, store: Registry, document: str) -> None:
        for kept in store.log_entries():
            opening = store.log_opening(kept.number)
            told = entry.decode(kept.leaf)
            assert (told.kind, told.time) == (kept.kind, kept.made_at)
            assert merkle.leaf_hash(kept.leaf) == kept.leaf_hash
            entry.check_opening(told, opening.salt, opening.detail)
            assert document.encode() not in kept.leaf
        salts = {store.log_opening(n).salt for n in range(store.log_size())}
        assert len(salts) == store.log_size()
        with pytest.raises(RegistryError, match="no entry 99"):
            store.log_opening(99)

    def test_an_act_that_fails_is_not_in_the_log(self, store: Registry, document: str) -> None:
        before = store.log_entries()
        with pytest.raises(RecipientListError):
            store.reserve(store.edition(document, 3, 0.02).id, [], source="a.csv")
        with pytest.raises(NotFoundError):
            store.record_trace(artefacts=[], parameters={}, verdict={}, document="D-00000000")
        assert store.log_entries() == before

    @pytest.mark.usefixtures("document")
    def test_the_log_outlasts_reopening(
        self, store: Registry, home: Path, open_store: Callable[[Path], Registry]
    ) -> None:
        before = store.log_entries()
        store.close()
        again = open_store(home)
        assert again.log_entries() == before
        assert again.log_entries(1, 1) == before[1:2]
        again.close()

    # Everything

    def test_show_knows_every_kind_of_id(self, store: Registry, document: str) -> None:
        edition = store.edition(document, 3, 0.02)
        made = store.reserve(edition.id, people(1), source="a.csv")
        entry = made.entries[0]
        trace = store.record_trace(artefacts=[], parameters={}, verdict={})
        seen = store.add_sighting(b"leak", name="a", media_type="x", isolation="")
        told = store.record_identification(artefacts=[], result={})
        records = (store.document(document), edition, made.issue, entry.copy, entry.recipient, trace)
        for record in (*records, seen, told):
            assert store.show(record.id.lower()) == record
            assert as_dict(record)["id"] == record.id
        unknowns = [f"{letter}-00000000" for letter in "DIRTLM"] + ["E-0", "C-0", "nothing"]
        for unknown in unknowns:
            with pytest.raises(NotFoundError, match=unknown):
                store.show(unknown)
