"""Reports in a registry: kept whole, reviewed, read again; what people decided survives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fother.errors import InputFileError, NotFoundError, UsageError
from fother.flow.press import review
from fother.flow.press.add import Added, Reading, add_files, add_received, existing
from fother.flow.press.standing import positions
from fother.intake.articles import ReceivedArticle, ReceivedFile
from fother.registry import FolderRegistry, open_registry

DAY = date(2026, 3, 4)
TEXT = (
    "“This memo is a forgery,” said Anna Holt. “We never wrote it.”\n\n"
    "The ministry declined to comment on the leaked memo. Tor Askeld will visit Osterby next week."
)
LATER = (
    "The leaked memo is genuine, Anna Holt admitted on Friday. Sund urged editors to return the leaked memo."
)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[FolderRegistry]:
    with open_registry(tmp_path / "home", create=True) as opened:
        yield opened


def put(
    registry: FolderRegistry, text: str, outlet: str = "Ledger", day: date = DAY, case: str | None = None
) -> Added:
    """Enter a report as if the sandbox had read it."""
    article = ReceivedArticle("report.txt", text.encode(), text, "text/plain", "none")
    received = ReceivedFile("report.txt", text.encode(), "text/plain", "none", (article,))
    (added,) = add_received(registry, received, Reading(outlet=outlet, published=day, case=case))
    return added


def by_speaker(added: Added, name: str) -> str:
    return next(i.id for i in added.statements if (i.body["speaker"]["name"] or "") == name)


def test_a_report_is_kept_as_received_with_its_text_and_findings(registry: FolderRegistry) -> None:
    added = put(registry, TEXT)
    body = added.report.body
    assert registry.get_blob(str(added.report.blob)) == TEXT.encode()
    assert added.report.blob == body["sha256"]
    for item in added.statements:
        for part in (item.body["speaker"], *item.body["content"]):
            assert TEXT[part["start"] : part["end"]] == part["text"]
        assert item.body["review"] == "proposed"
        assert item.body["proposal"]["stance"] == item.body["stance"]
    assert [i.body["start_date"] for i in added.events] == ["2026-03-09"]


def test_the_same_report_again_changes_nothing(registry: FolderRegistry) -> None:
    first, second = put(registry, TEXT), put(registry, TEXT)
    assert (second.new, second.report.id) == (False, first.report.id)
    assert len(registry.items("statement")) == len(first.statements)


def test_the_same_report_without_its_case_changes_nothing(registry: FolderRegistry) -> None:
    case, other = (registry.put_item("case", {"title": title}).id for title in ("Grain", "Harbour"))
    first, second = put(registry, TEXT, case=case), put(registry, TEXT)
    assert (second.new, second.report.id) == (False, first.report.id)
    assert len(registry.items("report")) == 1
    assert put(registry, TEXT, case=other).new  # each case has its own


def test_a_wire_story_in_another_outlet_is_grouped(registry: FolderRegistry) -> None:
    story = (
        TEXT
        + " "
        + "The paper, which was printed on Tuesday, ran to eleven pages and named no author at all."
    )
    first = put(registry, story, "Norland Wire")
    second = put(registry, "MEMO\n\n" + story, "Ledger")
    assert second.report.body["group"] == first.report.id
    assert put(registry, LATER, "Courier").report.body["group"] == ""


def test_the_text_survives_every_review(registry: FolderRegistry) -> None:
    added = put(registry, TEXT)
    review.rate(registry, added.report.id, "b")
    review.read_again(registry, added.report.id, Reading())
    assert review.text_of(registry, review.report_of(registry, added.report.id)) == TEXT


def test_corrections_are_new_versions_beside_the_proposal(registry: FolderRegistry) -> None:
    added = put(registry, TEXT)
    holt = by_speaker(added, "Anna Holt")
    made = review.correct(registry, holt, {"stance": "assert", "role": "Prime Minister"}, "she says so")
    assert (made.version, made.body["stance"], made.body["proposal"]["stance"]) == (2, "assert", "deny")
    assert (made.body["review"], made.why) == ("confirmed", "she says so")
    assert [i.body["stance"] for i in registry.history(holt)] == ["deny", "assert"]


def test_what_people_decided_survives_another_reading(registry: FolderRegistry) -> None:
    added = put(registry, TEXT)
    holt = by_speaker(added, "Anna Holt")
    silent = next(i.id for i in added.statements if i.body["stance"] == "decline")
    review.correct(registry, holt, {"name": "Anna M. Holt"})
    review.delete(registry, [silent], "it answered later")
    hand = review.add_by_hand(registry, added.report.id, "visit Osterby", "Tor Askeld", "promise", "named")
    again = review.read_again(registry, added.report.id, Reading())
    now = {i.id: i.body for i in again.statements}
    assert now[holt]["speaker"]["name"] == "Anna M. Holt"
    assert now[silent]["review"] == "rejected"
    assert now[hand.id]["made_by"] == "person"
    assert len(now) == len(added.statements) + 1


def test_another_reading_replaces_what_nobody_looked_at(registry: FolderRegistry) -> None:
    added = put(registry, TEXT, day=DAY)
    again = review.read_again(registry, added.report.id, Reading(published=date(2026, 4, 1)))
    (event,) = [i for i in again.events if i.body["review"] == "proposed"]
    assert (event.id, event.body["start_date"]) == (added.events[0].id, "2026-04-06")


def test_merging_joins_words_and_keeps_the_others_as_merged(registry: FolderRegistry) -> None:
    added = put(registry, "“It is lost,” said Anna Holt. Anna Holt said that it was found.")
    first, second = (i.id for i in added.statements)
    made = review.merge(registry, [first, second])
    assert len(made.body["content"]) == 2
    assert registry.item(second).body["merged_into"] == first


def test_an_event_does_not_end_before_it_begins(registry: FolderRegistry) -> None:
    (event,) = put(registry, TEXT).events
    with pytest.raises(UsageError, match="from 2026-03-10 to 2026-03-01 ends before it begins"):
        review.correct(registry, event.id, {"from": "2026-03-10", "to": "2026-03-01"})
    with pytest.raises(UsageError, match="ends before it begins"):
        review.correct(registry, event.id, {"to": "2020-03-01"})
    assert registry.item(event.id).version == 1
    made = review.correct(registry, event.id, {"from": "2026-03-10", "to": "2026-03-10"})
    assert (made.body["start_date"], made.body["end_date"]) == ("2026-03-10", "2026-03-10")


def test_a_denial_of_something_else_is_no_contradiction(registry: FolderRegistry) -> None:
    case = registry.put_item("case", {"title": "Harbour"}).id
    for number, text in enumerate(
        (
            "A leaked memo was published. The Pilots Association denied that its members break the rules.",
            "A leaked memo was published. The Harbour Authority denied that the memo is genuine.",
        )
    ):
        put(registry, text, f"Ledger {number}", case=case)
    for described in registry.items("described", case=case):
        body = {**described.body, "status": "genuine"}
        registry.put_item("described", body, case=case, id=described.id, expected_version=described.version)
    (found,) = positions(registry, case).contradictions
    assert found.sentence.startswith("Harbour Authority denies on 2026-03-04 that the memo is genuine, but ")


def test_reviews_that_make_no_sense_are_refused(registry: FolderRegistry) -> None:
    added, other = put(registry, TEXT), put(registry, LATER)
    holt = by_speaker(added, "Anna Holt")
    with pytest.raises(UsageError, match="no stance"):
        review.correct(registry, holt, {"stance": "shouts"})
    with pytest.raises(UsageError, match="letter by letter"):
        review.correct(registry, holt, {"words": "We wrote it"})
    with pytest.raises(UsageError, match="reason"):
        review.delete(registry, [holt], " ")
    with pytest.raises(UsageError, match="different reports"):
        review.merge(registry, [holt, other.statements[0].id])
    with pytest.raises(UsageError, match="no report"):
        review.report_of(registry, holt)
    with pytest.raises(UsageError, match="is a report"):
        review.accept(registry, [added.report.id])
    with pytest.raises(NotFoundError):
        review.accept(registry, ["S-00000000"])
    assert registry.item(holt).version == 1


def test_positions_show_how_somebody_changed_and_forget_what_was_deleted(registry: FolderRegistry) -> None:
    first = put(registry, TEXT)
    put(registry, LATER, "Courier", DAY + timedelta(2))
    found = positions(registry)
    topic = next(t for t in found.topics if "memo" in t)
    assert found.cells["Anna Holt", topic].course == ("deny", "confirm")
    assert [c.against for c in found.contradictions] == ["itself"]
    review.delete(registry, [by_speaker(first, "Anna Holt")], "not hers")
    assert positions(registry).contradictions == ()


def test_in_a_case_described_documents_are_entries_and_compared_with_what_was_found_out(
    registry: FolderRegistry,
) -> None:
    case = registry.put_item("case", {"title": "Grain"}).id
    put(registry, TEXT, case=case)
    put(registry, LATER, "Courier", DAY + timedelta(2), case)
    (described,) = registry.items("described", case=case)
    assert len(described.body["reported_by"]) == 2
    registry.put_item(
        "described",
        {**described.body, "status": "altered"},
        case=case,
        id=described.id,
        expected_version=described.version,
    )
    kinds = {c.against for c in positions(registry, case).contradictions}
    assert "the comparison" in kinds


def test_files_that_cannot_be_reports_leave_nothing(registry: FolderRegistry, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    for path in (tmp_path / "empty.txt", tmp_path / "none.txt", tmp_path):
        with pytest.raises(InputFileError):
            add_files(registry, [path], Reading())
    assert registry.items("report") == ()


def test_ten_thousand_statements_of_two_hundred_parties() -> None:
    from fother.press.positions import Position, matrix

    said = [
        Position(
            f"S-{n:08d}",
            f"party {n % 200}",
            f"topic {n % 7}",
            "deny" if n % 3 else "confirm",
            f"w{n}",
            DAY,
            f"N-{n % 500}",
            "L",
        )
        for n in range(10_000)
    ]
    found = matrix(said)
    assert sum(len(c.statements) for c in found.cells.values()) == 10_000
    assert len(found.parties) == 200


def test_existing_gives_the_findings_as_they_are_now(registry: FolderRegistry) -> None:
    added = put(registry, TEXT)
    review.accept(registry, [i.id for i in added.statements])
    assert {i.body["review"] for i in existing(registry, added.report).statements} == {"confirmed"}


def test_watching_takes_new_items_once(registry: FolderRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    from fother.flow.press import watch
    from fother.press.feeds import FeedState, Polled

    feed = (
        b'<rss version="2.0"><channel><title>Norland Wire</title><item><title>Memo</title>'
        b"<description>The ministry declined to comment on the leaked memo.</description>"
        b"</item></channel></rss>"
    )

    def answer(state: FeedState, now: datetime, _agent: str, _interval: timedelta) -> Polled:
        return Polled(FeedState(state.url, '"1"', "", now), feed, "")

    monkeypatch.setattr(watch, "poll", answer)
    now = datetime(2026, 3, 4, tzinfo=UTC)
    url = "http://wire.example/feed"
    (first,) = watch.watch_once(registry, [url], Reading(), lambda: now)
    assert [a.report.body["outlet"] for a in first.added] == ["Norland Wire"]
    (second,) = watch.watch_once(registry, [url], Reading(), lambda: now + timedelta(hours=1))
    assert second.added == ()
    (kept,) = registry.items("feed")
    assert (kept.version, kept.body["etag"]) == (2, '"1"')
