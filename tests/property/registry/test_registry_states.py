"""Reserve, issue, interrupt, resume, reopen in any order: the registry agrees with a small model."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from fother.errors import RegistryError
from fother.flow.seals import ask
from fother.registry import DocumentText, IssuedFile, RecipientRow, Reservation, open_registry

TEXT = DocumentText("Words.").to_bytes()
lists = st.lists(st.integers(0, 7), min_size=1, max_size=4, unique=True)
parameters = st.sampled_from([(1, 0.02), (3, 0.02), (3, 0.025)])


def rows_of(numbers: list[int]) -> list[RecipientRow]:
    # Even ones are known by their address, odd ones by name and organisation.
    return [
        RecipientRow(row, row + 1, f"P{n}", f"p{n}@example.org" if n % 2 == 0 else "", "Example Ltd")
        for row, n in enumerate(numbers, 1)
    ]


def file_of(stamp: bytes, copy: str) -> IssuedFile:
    return IssuedFile(copy, hashlib.sha256(stamp).hexdigest(), 16, f"{copy}.pdf", 7.0)


class RegistryStates(RuleBasedStateMachine):
    """The model: for each edition the people in order of their index, and which of them have their file."""

    reservations = Bundle("reservations")

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.open()
        self.document = self.registry.add_document(
            b"original", file_name="a.pdf", media_type="application/pdf", pages=1, carriers=b"c", text=TEXT
        )
        self.people: dict[str, list[int]] = {}
        self.issued: dict[str, str] = {}
        self.names: dict[str, int] = {}
        self.requests: dict[tuple[str, tuple[int, ...]], str] = {}
        self.complete: set[str] = set()

    def open(self) -> None:
        self.registry = open_registry(self.folder / "home", clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))

    def teardown(self) -> None:
        if hasattr(self, "registry"):
            self.registry.close()
            shutil.rmtree(self.folder)

    @rule(target=reservations, numbers=lists, chosen=parameters)
    def reserve(self, numbers: list[int], chosen: tuple[int, float]) -> Reservation:
        edition = self.registry.edition(self.document.id, *chosen)
        made = self.registry.reserve(edition.id, rows_of(numbers), source="list.csv")
        people = self.people.setdefault(edition.id, [])
        people += [n for n in numbers if n not in people]
        assert [e.copy.index for e in made.entries] == [people.index(n) for n in numbers]
        for entry, number in zip(made.entries, numbers, strict=True):
            assert self.names.setdefault(entry.recipient.id, number) == number
        assert made.issue.id == self.requests.setdefault((edition.id, tuple(numbers)), made.issue.id)
        return made

    @rule(made=reservations, count=st.integers(1, 3), batch=st.booleans())
    def make_files(self, made: Reservation, count: int, batch: bool) -> None:
        todo = self.registry.reservation(made.issue.id).pending[:count]
        files = [file_of(self.registry.stamp(e.copy), e.copy.id) for e in todo]
        for some in [files] if batch else [[file] for file in files]:
            self.registry.mark_issued(*some)
        self.issued |= {file.copy: file.sha256 for file in files}

    @rule(made=reservations)
    def complete_issue(self, made: Reservation) -> None:
        if all(e.copy.id in self.issued for e in made.entries):
            assert self.registry.complete_issue(made.issue.id).state == "complete"
            self.complete.add(made.issue.id)
        else:
            with pytest.raises(RegistryError, match="still has"):
                self.registry.complete_issue(made.issue.id)

    @rule(made=reservations, pick=st.integers(0, 3))
    def unseal(self, made: Reservation, pick: int) -> None:
        copy = made.entries[pick % len(made.entries)].copy
        told = ask(self.registry, copy.id, "to compare", timedelta(days=1), checked=True).told
        assert told is not None
        assert (told.given.name, told.recipient) == (f"P{self.names[copy.recipient]}", copy.recipient)

    @rule()
    def reopen(self) -> None:
        self.registry.close()
        self.open()

    @invariant()
    def agrees_with_the_model(self) -> None:
        copies = self.registry.copies(self.document.id)
        by_edition = {e: [c for c in copies if c.edition == e] for e in self.people}
        assert len(copies) == sum(map(len, self.people.values()))
        names = {r.id: f"P{self.names[r.id]}" for r in self.registry.recipients()}
        for edition, people in self.people.items():
            assert [(c.index, names[c.recipient]) for c in by_edition[edition]] == [
                (index, f"P{n}") for index, n in enumerate(people)
            ]
        assert {c.id: c.sha256 for c in copies if c.state == "issued"} == self.issued
        states = {issue.id: issue.state for issue in self.registry.issues()}
        assert states == {i: "complete" if i in self.complete else "open" for i in self.requests.values()}
        findings = self.registry.check()
        assert {f.subject for f in findings} == set(states) - self.complete
        assert all(f.severity == "warning" for f in findings)


TestRegistryStates = RegistryStates.TestCase
TestRegistryStates.settings = settings(
    max_examples=25,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
