"""Documents whose text is marked: registered, issued, leaked as file, paste and retyping, traced, proven."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fother.channels.table import CarrierTable
from fother.cli.trace import verdict_fields
from fother.flow.evidence import carrier_table_of, make_pack
from fother.flow.identify import identify
from fother.flow.issuing import Issued, issue
from fother.flow.progress import Silent
from fother.flow.registering import register
from fother.flow.respond import Traced, explain, trace
from fother.flow.variants import decided, open_review, save
from fother.flow.verification import verify
from fother.registry import FolderRegistry, open_registry
from fother.verify.pack import Trust

SUBJECTS = ("department", "committee", "regional office", "supplier", "board", "inspector", "ministry")
TAILS = (
    "and nobody could say when the work on the northern section would be finished",
    "because the figures that the contractors had sent in the spring did not add up",
    "although most of the managers had been told about the delay several weeks before",
    "while two of the smaller depots went on as if nothing had been decided at all",
)


def source(sentences: int = 48) -> str:
    """A text of running sentences, each with a wording that its author left open."""
    lines = []
    for k in range(sentences):
        subject, tail = SUBJECTS[k % len(SUBJECTS)], TAILS[k % len(TAILS)]
        verb = "{{began|started}}" if k % 2 else "{{needed|required}}"
        lines.append(f"In week {k + 1} the {subject} {verb} a longer review of its own plans, {tail}.")
    return "\n\n".join(" ".join(lines[k : k + 4]) for k in range(0, sentences, 4)) + "\n"


def retyped(text: str) -> str:
    """What somebody types who reads it: plain spaces, no invisible characters."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else "" for c in text).split())


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Issued]:
    folder = tmp_path_factory.mktemp("texts")
    (folder / "plans.txt").write_text(source(), encoding="utf-8")
    (folder / "list.csv").write_text("name\n" + "".join(f"Reader {k}\n" for k in range(20)))
    with open_registry(folder / "home") as registry:
        register(registry, folder / "plans.txt")
        done = issue(registry, "plans", folder / "list.csv", folder / "out", decoys=4, workers=1)
    return folder, done


@pytest.fixture
def registry(issued: tuple[Path, Issued], tmp_path: Path) -> FolderRegistry:
    shutil.copytree(issued[0] / "home", tmp_path / "home")
    return open_registry(tmp_path / "home")


def traced(registry: FolderRegistry, folder: Path, text: str) -> Traced:
    leak = folder / "leak.txt"
    leak.write_text(text, encoding="utf-8")
    return trace(registry, [leak])


def names(result: Traced) -> list[str]:
    return [a.copy for a in result.verdict.accused]


def test_copies_have_the_endings_of_their_original_and_all_differ(issued: tuple[Path, Issued]) -> None:
    texts = {path.read_text() for path in issued[1].files.values()}
    assert len(texts) == 20
    assert {path.suffix for path in issued[1].files.values()} == {".txt"}
    assert not any("{{" in text for text in texts)
    assert len({retyped(text) for text in texts}) == 20


def test_a_pasted_excerpt_and_a_retyped_text_name_the_same_copy(
    issued: tuple[Path, Issued], registry: FolderRegistry, tmp_path: Path
) -> None:
    copy, path = list(issued[1].files.items())[5]
    text = path.read_text(encoding="utf-8")
    pasted = traced(registry, tmp_path, text[400:800])
    assert names(pasted) == [copy]
    assert pasted.verdict.excerpts[0].read("characters") > 20
    typed = traced(registry, tmp_path, retyped(text))
    assert names(typed) == [copy]
    assert {channel for channel, *_ in typed.verdict.excerpts[0].alike} == {"characters"}
    assert typed.verdict.excerpts[0].read("wording") >= 44


def test_the_unmarked_text_and_text_of_others_name_nobody(registry: FolderRegistry, tmp_path: Path) -> None:
    plain = CarrierTable.from_bytes(registry.get_blob(registry.document("plans").blobs["carriers"]))
    unmarked = next(text for _, text in plain.text()).plain
    result = traced(registry, tmp_path, unmarked)
    assert names(result) == []
    assert {channel for channel, *_ in result.verdict.excerpts[0].alike} == {"characters", "wording"}
    assert any("all read alike" in line for line in explain(result.verdict))
    other = " ".join(f"The clerk of station {k} counted barrels and wrote nothing down." for k in range(60))
    assert names(traced(registry, tmp_path, other)) == []


def test_two_copies_mixed_by_paragraph_name_no_third(
    issued: tuple[Path, Issued], registry: FolderRegistry, tmp_path: Path
) -> None:
    (one, first), (two, second) = list(issued[1].files.items())[2:4]
    pairs = zip(first.read_text().split("\n\n"), second.read_text().split("\n\n"), strict=True)
    mixed = "\n\n".join(pair[k % 2] for k, pair in enumerate(pairs))
    assert set(names(traced(registry, tmp_path, mixed))) == {one, two}


def test_wordings_of_a_copy_are_no_alterations(
    issued: tuple[Path, Issued], registry: FolderRegistry, tmp_path: Path
) -> None:
    path = list(issued[1].files.values())[9]
    (found,) = identify(registry, [path])
    assert found.identification.verdict == "genuine"
    leak = tmp_path / "leak.txt"
    leak.write_text(path.read_text().replace("week 7 ", "week 9 "), encoding="utf-8")
    (found,) = identify(registry, [leak])
    assert found.identification.verdict == "altered"


def test_other_wordings_are_other_carriers_and_old_copies_are_still_traced(
    issued: tuple[Path, Issued], registry: FolderRegistry, tmp_path: Path
) -> None:
    document = registry.document("plans")
    before = document.blobs["carriers"]
    assert register(registry, issued[0] / "plans.txt").known
    assert registry.document("plans").blobs["carriers"] == before  # nothing changed
    table = CarrierTable.from_bytes(registry.get_blob(before))
    (_, text) = next(table.text())
    fewer = CarrierTable.single(type(text)(text.text, text.places[:-40]))
    registry.put_blob(document.id, "carriers", fewer.to_bytes())
    (tmp_path / "new.csv").write_text("name\nSomebody New\n")
    later = issue(registry, "plans", tmp_path / "new.csv", tmp_path / "out", decoys=1)
    assert len(registry.editions(document.id)) == 2
    old, new = list(issued[1].files.items())[11], next(iter(later.files.items()))
    for copy, path in (old, new):
        result = trace(registry, [path])
        assert names(result) == [copy]
        assert result.verdict.copies == 24 + 2


def test_an_issue_again_writes_the_same_bytes(
    issued: tuple[Path, Issued], registry: FolderRegistry, tmp_path: Path
) -> None:
    again = issue(registry, "plans", issued[0] / "list.csv", tmp_path / "again")
    assert again.reservation.issue.id == issued[1].reservation.issue.id
    for copy, path in issued[1].files.items():
        assert again.files[copy].read_bytes() == path.read_bytes()


def test_a_forecast_tells_pasted_from_retyped(registry: FolderRegistry) -> None:
    told = registry.plan(registry.document("plans"))["forecast"]
    assert told["table"] == []
    rows = {(r["route"], r["words"]): r for r in told["text"]["table"]}
    assert set(told["text"]["places"]) >= {"own alternative"}
    pasted, typed = rows["copied and pasted", 50], rows["retyped, or read in a picture", 300]
    assert pasted["recipients_log10"]["1e-06"] > 4
    assert 0 < typed["symbols"] < pasted["symbols"]


def test_too_little_text_is_kept_for_identification_only(registry: FolderRegistry, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("Nothing yet.\n")
    found = register(registry, tmp_path / "note.txt", progress=Silent())
    assert "carriers" not in found.document.blobs
    assert "too few" in found.plan["notes"][0]


def test_an_evidence_pack_of_a_pasted_text_is_checked_and_measured_again(
    issued: tuple[Path, Issued], registry: FolderRegistry, tmp_path: Path
) -> None:
    copy, path = list(issued[1].files.items())[3]
    result = traced(registry, tmp_path, path.read_text(encoding="utf-8")[400:800])
    kept = registry.record_trace(
        artefacts=result.artefacts,
        parameters=result.parameters,
        verdict=verdict_fields(result.verdict),
        document=result.verdict.document,
        evidence=result.evidence,
    )
    pack = tmp_path / "pack.zip"
    made = make_pack(registry, kept.id, pack, now=datetime(2026, 3, 5, tzinfo=UTC), software="test")
    assert made.copies == (copy,)
    table = tmp_path / "table"
    table.write_bytes(carrier_table_of(registry, kept.id))
    checked = verify(pack, Trust(), progress=Silent())
    assert checked.valid
    again = verify(pack, Trust(), original=issued[0] / "plans.txt", carriers=table, progress=Silent())
    assert again.valid, again.errors
    assert any("Measured again" in line for line in again.proven)
    without = verify(pack, Trust(), original=issued[0] / "plans.txt", progress=Silent())
    assert not without.valid
    assert "--carriers" in without.errors[0]


def test_approved_wordings_beside_the_document_become_places(
    registry: FolderRegistry, tmp_path: Path
) -> None:
    document = tmp_path / "memo.txt"
    document.write_text(
        "The office carried out the inspection in order to find the cause. However, nobody could say who "
        "had given the order. The report was sent to the board prior to the meeting, and everyone read it.\n"
    )
    review = open_review(document)
    assert review.file.variants
    before = register(registry, document)
    save(decided(review, [v.id for v in review.file.variants], "yes", "Sample Editor"))
    after = register(registry, document)
    assert after.document.id == before.document.id
    families = [set(found.plan["forecast"]["text"]["places"]) for found in (before, after)]
    assert families[0] == {"space"}
    assert families[1] > {"space"}


@pytest.mark.parametrize("times", [3, 40])
def test_text_that_repeats_itself_is_issued_and_named(
    registry: FolderRegistry, tmp_path: Path, times: int
) -> None:
    document = tmp_path / "form.txt"
    document.write_text(
        "\n\n".join(["The clerk shall count the barrels and write down what he found."] * times)
    )
    register(registry, document)
    (tmp_path / "two.csv").write_text("name\nReader A\nReader B\n")
    done = issue(registry, "form", tmp_path / "two.csv", tmp_path / "out", decoys=1, workers=1)
    copy, path = list(done.files.items())[1]
    assert names(trace(registry, [path], document="form")) in ([copy], [])
