"""The passage index: what it finds, what it forgets, what it says when it is damaged."""

from __future__ import annotations

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from index_texts import misread, reworded, text

from fother.errors import RegistryError, StorageError
from fother.identify import writing
from fother.identify.index import PassageIndex
from fother.identify.passages import PassageStore

KEY = bytes(range(32))
DOCUMENTS = [(f"D-{n:03}", text(n)) for n in range(60)]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> PassageIndex:
    made = PassageIndex.open(tmp_path_factory.mktemp("index") / "passages", KEY)
    made.add(DOCUMENTS)
    return made


def found(index: PassageIndex, query: str) -> str | None:
    hits = index.search(query)
    return hits[0].document if hits else None


@pytest.mark.parametrize("number", range(0, 60, 9))
@pytest.mark.parametrize(
    "damage",
    [
        lambda passage, _seed: passage,
        lambda passage, seed: misread(passage, 0.1, seed),
        lambda passage, seed: reworded(passage, 0.2, seed),
        lambda passage, seed: misread(reworded(passage, 0.1, seed), 0.05, seed),
    ],
    ids=["clean", "misread", "reworded", "both"],
)
def test_finds_a_two_sentence_quote(index: PassageIndex, number: int, damage) -> None:  # type: ignore[no-untyped-def]
    sentences = DOCUMENTS[number][1].split(". ")
    assert found(index, damage(". ".join(sentences[7:9]), number)) == DOCUMENTS[number][0]


def test_a_hit_says_where(index: PassageIndex) -> None:
    id, whole = DOCUMENTS[5]
    start = whole.index(". ", 900) + 2
    foreign = text(901, 60) + " "
    leak = foreign + whole[start : start + 400] + " " + text(902, 60)
    best = next(h for h in index.search(leak) if h.route == "characters")
    assert best.document == id
    assert abs(best.leak[0] - len(foreign)) < 40
    assert abs(best.leak[1] - len(foreign) - 400) < 40
    assert abs(best.offset - (start + best.leak[0] - len(foreign))) <= 100
    words = [h for h in index.search(whole[start : start + 400]) if h.route == "words" and h.document == id]
    assert words
    assert all(abs(h.offset - (start + h.leak[0])) < 300 for h in words)


def test_finds_every_document_that_an_article_quotes(index: PassageIndex) -> None:
    quoted = [3, 17, 42, 55]
    parts = [text(800, 120)]
    for number in quoted:
        parts += [DOCUMENTS[number][1][700:1100], text(800 + number, 300)]
    article = " ".join(parts)
    hits = index.search(article, limit=3)
    for number in quoted:
        place = article.index(DOCUMENTS[number][1][700:1100])
        hit = next(h for h in hits if h.document == DOCUMENTS[number][0] and h.route == "characters")
        assert hit.leak[0] - 50 <= place
        assert hit.leak[1] + 50 >= place + 400


def test_a_whole_document_is_one_stretch(index: PassageIndex) -> None:
    id, whole = DOCUMENTS[30]
    best = index.search(misread(whole, 0.05, 1))[0]
    assert best.document == id
    assert best.leak[1] - best.leak[0] > 0.9 * len(whole)


def test_a_leak_of_a_hundred_thousand_words_is_searched(index: PassageIndex) -> None:
    leak = text(950, 60_000) + " " + DOCUMENTS[11][1][500:1300] + " " + text(951, 40_000)
    hits = index.search(leak)
    assert any(h.document == DOCUMENTS[11][0] and h.leak[1] - h.leak[0] > 600 for h in hits[:20])
    assert len(hits) < 4000


def test_other_scripts_are_found(tmp_path: Path) -> None:
    chinese = "委员会在旧海关大楼三层开会，并投票反对新的边界条约。会议记录当晚送交外交部长办公室存档。"
    thai = "คณะกรรมการประชุมกันที่ชั้นสามของอาคารศุลกากรเก่าและลงมติคัดค้านสนธิสัญญาชายแดนฉบับใหม่"
    russian = "Комитет собрался на третьем этаже старой таможни и проголосовал против договора о границе."
    index = PassageIndex.open(tmp_path / "index", KEY)
    index.add([("zh", chinese), ("th", thai), ("ru", russian), *DOCUMENTS[:5]])
    assert found(index, "投票反对新的边界条约。会议记录") == "zh"
    assert found(index, "อาคารศุลกากรเก่าและลงมติคัดค้านสนธิสัญญา") == "th"
    assert found(index, "СТАРОЙ ТАМОЖНИ и проголосовал против договора") == "ru"


def test_what_is_common_is_counted(tmp_path: Path) -> None:
    boilerplate = text(700, 40)
    index = PassageIndex.open(tmp_path / "index", KEY)
    index.add((id, f"{whole[:800]} {boilerplate} {whole[800:]}") for id, whole in DOCUMENTS[:25])
    index.add(DOCUMENTS[25:30])
    leak = f"{boilerplate} {DOCUMENTS[2][1][1000:1300]} {text(701, 40)}"
    at = len(boilerplate)
    spans = [(0, at), (at + 1, at + 301), (at + 302, len(leak)), (0, 3)]
    assert index.document_frequency(leak, spans).tolist() == [25, 1, 0, 0]
    noisy = misread(boilerplate, 0.05, 3)
    assert 20 <= index.document_frequency(noisy, [(0, len(noisy))])[0] <= 25


def test_what_is_very_common_is_estimated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fother.identify.search._COUNTED_POSTINGS", 10)
    boilerplate = text(700, 40)
    index = PassageIndex.open(tmp_path / "index", KEY)
    index.add((id, f"{whole[:300]} {boilerplate}") for id, whole in DOCUMENTS)
    assert index.document_frequency(boilerplate, [(0, len(boilerplate))]).tolist() == [60]


def test_common_passages_still_lead_somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fother.identify.search._COMMON", 10)
    monkeypatch.setattr("fother.identify.search._FEW", 4)
    boilerplate = text(700, 60)
    index = PassageIndex.open(tmp_path / "index", KEY)
    index.add((id, f"{whole[:300]} {boilerplate}") for id, whole in DOCUMENTS)
    hits = [h for h in index.search(boilerplate) if h.route == "characters"]
    assert {h.document for h in hits} == {"D-000", "D-001", "D-002", "D-003"}


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = PassageIndex.open(tmp_path / "index", KEY)
    assert index.search(DOCUMENTS[0][1]) == []
    assert index.document_frequency("abc def", [(0, 7)]).tolist() == [0]
    assert index.ids() == frozenset()
    index.add([("empty", ""), ("signs", "… — …")])
    assert index.ids() == {"empty", "signs"}
    assert index.search("… — …") == []


def test_one_by_one_is_as_good_as_at_once(tmp_path: Path) -> None:
    index = PassageIndex.open(tmp_path / "index", KEY)
    for document in DOCUMENTS[:25]:
        index.add([document])
    assert index.ids() == {id for id, _ in DOCUMENTS[:25]}
    assert len(list((tmp_path / "index").glob("*.postings"))) < 12
    for id, whole in DOCUMENTS[:25]:
        hits = [h for h in index.search(whole[1000:1300]) if h.document == id]
        assert {h.route for h in hits} == {"characters", "words"}
        assert abs(next(h for h in hits if h.route == "characters").offset - 1000) < 100


def test_adding_again_changes_nothing(tmp_path: Path) -> None:
    steps = []
    index = PassageIndex.open(tmp_path / "index", KEY)
    index.add(DOCUMENTS[:2] + DOCUMENTS[:1], lambda: steps.append(1))
    index.add([("D-000", text(999))])
    assert len(steps) == 3
    assert len(index) == 2
    assert found(index, DOCUMENTS[0][1][:300]) == "D-000"
    assert index.document_frequency(text(999), [(0, 300)]).tolist() == [0]


def test_removed_documents_are_gone_and_can_return(tmp_path: Path) -> None:
    index = PassageIndex.open(tmp_path / "index", KEY)
    index.add(DOCUMENTS[:20])
    index.remove(["D-003", "unknown"])
    assert "D-003" not in index
    assert "D-003" not in {h.document for h in index.search(DOCUMENTS[3][1][500:900])}
    assert index.document_frequency(DOCUMENTS[3][1], [(500, 900)]).tolist() == [0]
    index.remove([f"D-{n:03}" for n in range(5, 20)])
    assert index.ids() == {"D-000", "D-001", "D-002", "D-004"}
    assert found(index, DOCUMENTS[4][1][500:900]) == "D-004"
    index.add([("D-003", DOCUMENTS[30][1])])
    assert found(index, DOCUMENTS[30][1][500:900]) == "D-003"
    index.remove(list(index.ids()))
    assert len(PassageIndex.open(tmp_path / "index", KEY)) == 0
    assert not list((tmp_path / "index").glob("*.postings"))


def test_another_process_sees_what_was_added(tmp_path: Path) -> None:
    reader = PassageIndex.open(tmp_path / "index", KEY)
    writer = PassageIndex.open(tmp_path / "index", KEY)
    for id, whole in DOCUMENTS[:20]:  # merging deletes files that the reader has open
        writer.add([(id, whole)])
        assert found(reader, whole[300:600]) == id
    writer.remove(["D-001"])
    assert "D-001" not in reader


@pytest.mark.parametrize("step", ["segments.write", "words", "second save"])
def test_a_writer_stopped_anywhere_leaves_a_whole_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class Stopped(BaseException):
        pass

    def stop(*_: object) -> None:
        raise Stopped

    index = PassageIndex.open(tmp_path / "index", KEY)
    index.add(DOCUMENTS[:5])
    with monkeypatch.context() as patch:
        if step == "segments.write":
            patch.setattr(writing.segments, "write", stop)
        elif step == "words":
            patch.setattr(PassageStore, "change", stop)
        else:
            saves = []
            save = writing.manifests.save

            def second_fails(folder: Path, manifest: writing.Manifest) -> None:
                saves.append(1)
                if len(saves) == 2:
                    raise Stopped
                save(folder, manifest)

            patch.setattr(writing.manifests, "save", second_fails)
        with pytest.raises(Stopped):
            index.add(DOCUMENTS[5:8])
    again = PassageIndex.open(tmp_path / "index", KEY)
    assert len(again) == 5
    assert DOCUMENTS[6][0] not in {h.document for h in again.search(DOCUMENTS[6][1][300:600])}
    again.add(DOCUMENTS[5:8])
    assert len(again) == 8
    hits = [h for h in again.search(DOCUMENTS[6][1][300:600]) if h.document == "D-006"]
    assert sorted(h.route for h in hits) == ["characters", "words"]
    names = {path.stem for path in (tmp_path / "index").glob("segment-*")}
    assert len(names) == 2  # nothing is left of the stopped writer


def test_a_full_disk_is_said_and_leaves_the_index_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = PassageIndex.open(tmp_path / "index", KEY)
    index.add(DOCUMENTS[:3])

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="no room left"):
            index.add(DOCUMENTS[3:5])
    assert len(index) == 3
    index.add(DOCUMENTS[3:5])
    assert found(index, DOCUMENTS[4][1][300:600]) == "D-004"


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_only_the_owner_can_read(tmp_path: Path) -> None:
    index = PassageIndex.open(tmp_path / "index", KEY)
    index.add(DOCUMENTS[:2])
    for path in (tmp_path / "index", *(tmp_path / "index").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_no_word_is_on_disk(tmp_path: Path) -> None:
    PassageIndex.open(tmp_path / "index", KEY).add([("D", "clandestine " * 50 + DOCUMENTS[0][1])])
    for path in (tmp_path / "index").rglob("*"):
        if path.is_file():
            data = path.read_bytes().lower()
            assert b"clandestine" not in data, path
            assert b"ambassador" not in data, path


def test_another_key_is_refused(tmp_path: Path) -> None:
    PassageIndex.open(tmp_path / "index", KEY)
    with pytest.raises(RegistryError, match=r"key of another registry.*fother reindex"):
        PassageIndex.open(tmp_path / "index", bytes(32))


def _other_version(folder: Path) -> None:
    stored = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(stored | {"format": 99}))


def _changed_manifest(folder: Path) -> None:
    data = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(data.replace('"documents": 3', '"documents": 2'))


def _one(folder: Path, pattern: str) -> Path:
    return next(folder.glob(pattern))


@pytest.mark.parametrize(
    "damage",
    [
        _other_version,
        _changed_manifest,
        lambda folder: (folder / "manifest.json").write_bytes(b"\xff{"),
        lambda folder: (folder / "manifest.json").write_text("[]"),
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: _one(folder, "*.postings").unlink(),
        lambda folder: _one(folder, "*.postings").write_bytes(b"12345678"),
        lambda folder: _one(folder, "*.documents").write_bytes(b"12345678" * 10),
        lambda folder: (folder / "words" / "meta.json").write_text("{}"),
    ],
)
def test_damage_is_said_in_one_sentence(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    PassageIndex.open(tmp_path / "index", KEY).add(DOCUMENTS[:3])
    damage(tmp_path / "index")
    with pytest.raises(RegistryError, match=r"run `fother reindex` to build it again\.$"):
        PassageIndex.open(tmp_path / "index", KEY)


def _flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def _words_file(folder: Path, suffix: str) -> Path:
    """The largest of the kind: small ones may be left over from merging."""
    return max((folder / "words").glob(f"*{suffix}"), key=lambda path: path.stat().st_size)


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda folder: _flip(_one(folder, "*.postings"), 77), r"segment-\w+\.postings"),
        (lambda folder: _flip(_words_file(folder, ".idx"), 20), r"words/\w+\.idx"),
        (lambda folder: _flip(_words_file(folder, ".fast"), -4), r"words/\w+\.fast"),
        (lambda folder: os.truncate(_words_file(folder, ".fieldnorm"), 5), r"words/\w+\.fieldnorm"),
        (lambda folder: _words_file(folder, ".term").unlink(), r"words/\w+\.term"),
        (lambda folder: (folder / "words" / "meta.json").write_text("[]"), r"words/meta\.json"),
    ],
    ids=["postings", "words", "footer", "cut", "gone", "list"],
)
def test_verify_names_each_damaged_file(tmp_path: Path, damage, named: str) -> None:  # type: ignore[no-untyped-def]
    index = PassageIndex.open(tmp_path / "index", KEY)
    index.add(DOCUMENTS[:3])
    assert index.verify() == []
    damage(tmp_path / "index")
    (sentence,) = index.verify()
    assert re.search(rf"has a damaged file, {named}; run `fother reindex` to build it again\.$", sentence)


def test_verify_says_what_prevents_opening(tmp_path: Path) -> None:
    index = PassageIndex.open(tmp_path / "index", KEY)
    index.add(DOCUMENTS[:3])
    index.remove(["D-001"])
    assert index.verify() == []
    _flip(_one(tmp_path / "index", "*.documents"), 3)
    (sentence,) = index.verify()
    assert "is damaged" in sentence


def test_verify_holds_after_merging(tmp_path: Path) -> None:
    index = PassageIndex.open(tmp_path / "index", KEY)
    for document in DOCUMENTS[:10]:
        index.add([document])
    assert index.verify() == []


def test_threads_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    def write(first: int) -> None:
        own = PassageIndex.open(tmp_path / "index", KEY)
        for document in DOCUMENTS[first:24:2]:
            own.add([document, DOCUMENTS[30]])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, (0, 1)))
    index = PassageIndex.open(tmp_path / "index", KEY)
    assert index.ids() == {id for id, _ in [*DOCUMENTS[:24], DOCUMENTS[30]]}
    assert len(index) == 25
    for id, whole in DOCUMENTS[:24]:
        assert {h.route for h in index.search(whole[1000:1300]) if h.document == id} == {
            "characters",
            "words",
        }


def test_frequencies_asked_together_are_those_asked_alone(index: PassageIndex) -> None:
    leak = " ".join(DOCUMENTS[n][1][at : at + 200] for n, at in ((1, 50), (8, 900), (40, 1500)))
    spans = [(at, at + 90) for at in range(0, len(leak) - 90, 45)] + [(0, len(leak)), (5, 9), (50, 140)]
    alone = [int(index.document_frequency(leak, [span])[0]) for span in spans]
    assert index.document_frequency(leak, spans).tolist() == alone
    assert max(alone) >= 1
    assert index.document_frequency(leak, []).tolist() == []
