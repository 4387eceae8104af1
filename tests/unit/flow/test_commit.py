"""Commit before send: what exists when the first copy is written, and what an interruption leaves."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from fother.errors import CopyCheckError
from fother.flow import copies, issuing
from fother.flow.issuing import issue
from fother.flow.log import published
from fother.flow.registering import register
from fother.registry import FolderRegistry, open_registry
from fother.verify import checkpoint


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commit")
    (folder / "sample.pdf").write_bytes(resources.files("fother.demo").joinpath("sample.pdf").read_bytes())
    with open_registry(folder / "home") as registry:
        register(registry, folder / "sample.pdf")
    return folder


@pytest.fixture
def registry(registered: Path, tmp_path: Path) -> FolderRegistry:
    import shutil

    shutil.copytree(registered / "home", tmp_path / "home")
    return open_registry(tmp_path / "home")


def list_of(folder: Path, *names: str) -> Path:
    place = folder / "list.csv"
    place.write_text("name,email\n" + "".join(f"{n},{n}@example.org\n" for n in names))
    return place


def test_nothing_is_written_before_the_commitment_is_published(
    registry: FolderRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    seen = []

    def write(path: Path, data: bytes) -> None:
        (made,) = registry.commitments()
        signed = checkpoint.read(registry.log_files.read("checkpoint") or b"")[0]
        assert signed.size > made.entry
        assert not list(out.glob("*.pdf")) or seen
        seen.append(path.name)
        path.write_bytes(data)

    monkeypatch.setattr(copies, "write_whole", write)
    done = issue(registry, "sample", list_of(tmp_path, "a", "b"), out, decoys=3)
    assert len(seen) == 2
    assert done.commitment is not None
    assert done.commitment.digest in str(registry.log_opening(done.commitment.entry).detail)
    assert len(done.commitment.leaves) == 5
    assert [leaf.identity is None for leaf in done.commitment.leaves].count(True) == 3
    assert published(registry).decode() == done.checkpoint
    registry.close()


def test_what_fails_before_the_commitment_leaves_nothing_outside(
    registry: FolderRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> float:
        raise CopyCheckError("no marks")

    people = list_of(tmp_path, "a", "b")
    with monkeypatch.context() as patch:
        patch.setattr(copies.CopyMaker, "_read_back", fail)
        with pytest.raises(CopyCheckError):
            issue(registry, "sample", people, tmp_path / "out", decoys=2)
    assert list((tmp_path / "out").iterdir()) == []
    assert registry.commitments() == ()
    done = issue(registry, "sample", people, tmp_path / "out", decoys=2)
    assert done.made == 2
    assert len(registry.commitments()) == 1
    registry.close()


def test_an_issue_interrupted_before_its_commitment_is_committed_by_a_later_one(
    registry: FolderRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "commit_issues", interrupted)
        with pytest.raises(Exception, match="Interrupted"):
            issue(registry, "sample", list_of(tmp_path, "a"), tmp_path / "out", decoys=1)
    done = issue(registry, "sample", list_of(tmp_path, "a", "b"), tmp_path / "out", decoys=1)
    assert len(registry.commitments()) == 2
    assert done.made == 2
    bound = {leaf.index for made in registry.commitments() for leaf in made.leaves}
    assert {e.copy.index for e in done.reservation.entries} <= bound
    registry.close()


def test_nobody_new_needs_no_commitment(registry: FolderRegistry, tmp_path: Path) -> None:
    issue(registry, "sample", list_of(tmp_path, "a", "b"), tmp_path / "out", decoys=1)
    again = issue(registry, "sample", list_of(tmp_path, "b", "a"), tmp_path / "out", decoys=1)
    assert (again.commitment, again.made) == (None, 0)
    assert len(registry.commitments()) == 1
    registry.close()
