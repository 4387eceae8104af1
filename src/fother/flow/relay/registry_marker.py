"""Mail marked through the registry: one message to a list is one issue, one recipient's message one copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from fother.errors import UnmarkableError
from fother.flow.commit import DECOYS, commit_issues, committed_edition
from fother.flow.copies import CopyJob, CopyMaker, copy_name
from fother.flow.issuing import make_request
from fother.flow.making import Makers
from fother.flow.progress import Silent
from fother.flow.registering import MIN_CARRIERS, carrier_table, register_bytes
from fother.flow.strength import require_resistance, strength_factor
from fother.formats.prose.mail import Mail
from fother.registry import Copy, Document, Edition, IssuedFile, ReadyCopy, RecipientRow, Registry
from fother.relay.policy import Marking

_BATCH = 64  # copies that are noted as issued in one transaction
_MANY = 200  # copies from which on starting worker processes for one message pays


class RegistryMarker:
    """See `marker.Marker`."""

    def __init__(self, registry: Registry, marking: Marking) -> None:
        require_resistance(marking.resistance)
        self._registry, self._marking = registry, marking

    def read(self, raw: bytes, title: str, *, alternatives: bool) -> RegisteredMail:
        name = f"{title.replace(' ', '-').lower()}.eml"
        registered = register_bytes(
            self._registry, name, raw, title=title, alternatives=alternatives, progress=Silent()
        )
        document, notes = registered.document, tuple(registered.plan["notes"])
        if "carriers" not in document.blobs:
            raise UnmarkableError(" ".join(notes) or "The message cannot be marked.")
        count = carrier_table(self._registry, document).count
        if count < MIN_CARRIERS:
            raise UnmarkableError(f"The message has {count} carriers, too few to tell copies apart.")
        return RegisteredMail(self._registry, document, self._marking, raw, notes)


class RegisteredMail:
    """See `marker.ReadMail`."""

    def __init__(
        self, registry: Registry, document: Document, marking: Marking, raw: bytes, left: Sequence[str]
    ) -> None:
        self._registry, self._document, self._marking = registry, document, marking
        self._raw, self.left = raw, left

    @property
    def plain(self) -> bytes:
        """As it came; where alternatives of its author are resolved, with the first of each."""
        table = carrier_table(self._registry, self._document)
        rewrites = [rewrite for _, carriers in table.text() for rewrite in carriers.unmarked]
        return Mail().write(self._raw, rewrites) if rewrites else self._raw

    def copies(self, rows: Sequence[RecipientRow]) -> Iterator[bytes]:
        registry, marking = self._registry, self._marking
        edition = registry.edition(self._document.id, marking.resistance, strength_factor(marking.strength))
        parameters = {"resistance": marking.resistance, "strength": marking.strength}
        reservation = registry.reserve(
            edition.id, rows, source="mail relay", parameters=parameters, decoys=DECOYS
        )
        copies = [entry.copy for entry in reservation.entries]
        ready = self._commit(edition, [*copies], reservation.issue.id)
        yield from self._made(edition, copies, ready)
        if reservation.issue.state == "open":
            registry.complete_issue(reservation.issue.id)

    def _commit(self, edition: Edition, copies: Sequence[Copy], issue: str) -> dict[int, ReadyCopy]:
        """Commit what was reserved, also by issues before that were interrupted."""
        registry, issues = self._registry, [*dict.fromkeys(c.issue for c in copies if c.state == "reserved")]
        shared = committed_edition(registry, self._document, edition)
        request = make_request(registry, self._document, edition, Path())
        with Makers(request, workers=None if len(copies) >= _MANY else 1) as makers:
            commit_issues(registry, [*dict.fromkeys([*issues, issue])], shared, makers, Silent())
        ready: dict[int, ReadyCopy] = {}
        for waiting in issues:
            ready |= registry.ready(waiting)
        return ready

    def _made(self, edition: Edition, copies: Sequence[Copy], ready: dict[int, ReadyCopy]) -> Iterator[bytes]:
        registry, batch = self._registry, list[IssuedFile]()
        with closing(CopyMaker(make_request(registry, self._document, edition, Path()))) as maker:
            for copy in copies:
                sha256 = copy.sha256 or ready[copy.index].sha256
                data = maker.data(CopyJob(copy.id, copy.index, registry.stamp(copy), sha256))
                if copy.state == "reserved":
                    known = ready[copy.index]
                    name = copy_name(copy.id, self._document.file_name)
                    batch.append(IssuedFile(copy.id, sha256, len(data), name, known.log10_lr))
                if len(batch) >= _BATCH:
                    registry.mark_issued(*batch)
                    batch.clear()
                yield data
        if batch:
            registry.mark_issued(*batch)
