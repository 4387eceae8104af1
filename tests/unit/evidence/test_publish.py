"""The log is published as it grows, always the same bytes, and never a smaller or another one."""

from __future__ import annotations

import pytest
from simulated_log import Killed, SimulatedLog

from fother.errors import LogError
from fother.evidence.log import tiles
from fother.evidence.log.audit import audit, compare
from fother.evidence.log.publish import CHECKPOINT, publish, up_to_date
from fother.verify import checkpoint, keychain, merkle, note


def leaves(log: SimulatedLog) -> list[bytes]:
    return [merkle.leaf_hash(item.leaf) for item in log.items]


def faults(log: SimulatedLog) -> list[str]:
    return [fault.sentence for fault in audit(log).faults]


@pytest.mark.parametrize("sizes", [[1], [1, 2, 3, 255, 256, 257, 511, 512, 513], [700], [256, 300, 512]])
def test_what_is_published_is_the_tree_of_all_entries(sizes: list[int]) -> None:
    log = SimulatedLog()
    for size in sizes:
        log.grow(size)
        made = publish(log)
        assert (made.size, made.root) == (size, merkle.root(leaves(log)))
        assert checkpoint.opened(log.files.files[CHECKPOINT], log.periods[0].key) == made
        assert faults(log) == []
    at_once = SimulatedLog()
    at_once.grow(sizes[-1])
    publish(at_once)
    assert at_once.files.files.items() <= log.files.files.items()


def test_tiles_of_a_tree_of_70000_are_those_of_the_specification() -> None:
    # https://c2sp.org/tlog-tiles, section "Partial Tiles"
    edge, changed = tiles.Edge(0).grown([merkle.leaf_hash(b"%d" % n) for n in range(70_000)])
    assert [len(level) for level in edge.levels] == [112, 17, 1]
    names = set(changed)
    assert {f"tile/0/{n:03d}" for n in range(273)} <= names
    assert names - {f"tile/0/{n:03d}" for n in range(273)} == {
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    }
    assert tiles.path(3, 1234067) == "tile/3/x001/x234/067"


def test_publishing_again_changes_nothing() -> None:
    log = SimulatedLog()
    log.grow(300)
    publish(log)
    before = dict(log.files.files)
    log.files.lives = 0
    publish(log)
    assert log.files.files == before


def test_partial_tiles_stay_until_the_full_one_is_there() -> None:
    log = SimulatedLog()
    for size in (250, 255):
        log.grow(size)
        publish(log)
    assert {"tile/0/000.p/250", "tile/0/000.p/255", "tile/entries/000.p/250"} <= set(log.files.files)
    log.grow(256)
    publish(log)
    assert not any("000.p/25" in name for name in log.files.files)
    assert {"tile/0/000", "tile/entries/000", "tile/1/000.p/1"} <= set(log.files.files)


@pytest.mark.parametrize("more", [0, 261])
@pytest.mark.parametrize("rotated", [False, True])
def test_a_kill_at_any_write_loses_nothing_and_signs_nothing_else(rotated: bool, more: int) -> None:
    for lives in range(20):
        log = SimulatedLog()
        log.grow(254)
        publish(log)
        if rotated:
            log.rotate()
        log.grow(len(log.items) + more)
        log.files.lives = lives
        try:
            publish(log)
            killed = False
        except Killed:
            killed = True
        log.files.lives = -1
        assert faults(log) == []
        assert up_to_date(log) or killed
        stored = checkpoint.read(log.files.files[CHECKPOINT])[0]
        assert stored.root == merkle.root(leaves(log)[: stored.size])
        publish(log)
        assert faults(log) == []
        if not killed:
            return
    raise AssertionError("more writes than a publication needs")


def test_lost_tiles_are_made_again_when_the_log_is_the_published_one() -> None:
    log = SimulatedLog()
    log.grow(300)
    publish(log)
    for name in list(log.files.files):
        if name.startswith("tile/"):
            del log.files.files[name]
    log.grow(301)
    publish(log)
    assert faults(log) == []


# Attacks on our own log: each is refused before anything is signed.


def grown(size: int = 300) -> SimulatedLog:
    log = SimulatedLog()
    log.grow(size)
    publish(log)
    return log


def rewritten(log: SimulatedLog, number: int) -> None:
    log.items[number] = SimulatedLog(seed=9).items[0]
    log.items[number].number = number


def test_an_entry_cut_off_at_the_end_is_refused() -> None:
    log = grown()
    del log.items[-1]
    with pytest.raises(LogError, match="not the one that was published"):
        publish(log)
    assert any("counts 300 entries and the log has 299" in found for found in faults(log))


def test_an_entry_replaced_within_the_last_bundle_is_refused() -> None:
    log = grown()
    rewritten(log, 299)
    log.add()
    with pytest.raises(LogError, match="not the one that was published"):
        publish(log)
    assert any("is of another log" in found for found in faults(log))


def test_an_entry_replaced_long_ago_never_reaches_a_checkpoint_and_is_found() -> None:
    log = grown()
    rewritten(log, 3)
    log.add()
    true = grown(301)
    assert publish(log).root == publish(true).root  # the published tree goes on as it was
    assert any("is of another log" in found for found in faults(log))
    del log.files.files["tile/0/001.p/45"]
    log.add()
    with pytest.raises(LogError, match="not the one that was published"):
        publish(log)


def test_entries_in_another_order_are_found() -> None:
    log = grown()
    log.items[4].leaf, log.items[5].leaf = log.items[5].leaf, log.items[4].leaf
    assert any("is of another log" in found for found in faults(log))


def test_a_checkpoint_signed_by_another_key_is_refused() -> None:
    log, other = grown(), SimulatedLog(seed=5)
    other.grow(300)
    publish(other)
    log.files.files[CHECKPOINT] = other.files.files[CHECKPOINT]
    with pytest.raises(LogError, match="None of the keys"):
        publish(log)
    assert any("None of the keys" in found for found in faults(log))


def test_every_flipped_bit_of_the_checkpoint_is_noticed() -> None:
    log = grown(3)
    whole = log.files.files[CHECKPOINT]
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1
        log.files.files[CHECKPOINT] = bytes(flipped)
        assert faults(log) != []


def test_every_altered_or_missing_file_is_noticed_and_written_again() -> None:
    log = grown(515)
    for name in [name for name in log.files.files if name.startswith("tile/")]:
        whole = log.files.files[name]
        for damaged in (whole[:-1], bytes([whole[0] ^ 1]) + whole[1:], None):
            if damaged is None:
                del log.files.files[name]
            else:
                log.files.files[name] = damaged
            assert any(name in found for found in faults(log))
            publish(log, afresh=True)
            assert log.files.files[name] == whole
            assert faults(log) == []


# Copies of a checkpoint that somebody kept elsewhere


def test_an_older_checkpoint_of_this_log_is_confirmed() -> None:
    log = grown(100)
    kept = log.files.files[CHECKPOINT]
    log.grow(400)
    publish(log)
    assert compare(log, kept) == ()


def test_a_split_view_is_told() -> None:
    log = grown(100)
    other = SimulatedLog()
    other.items[0] = log.items[0]
    other.grow(99)
    other.add(detail={"shown": "to someone else"})
    publish(other)
    (found,) = compare(log, other.files.files[CHECKPOINT])
    assert "another log than this one" in found.sentence


def test_a_checkpoint_from_the_future_is_told() -> None:
    log, ahead = grown(100), grown(120)
    (found,) = compare(log, ahead.files.files[CHECKPOINT])
    assert "counts 120 entries and the log has 100" in found.sentence


@pytest.mark.parametrize("other", [SimulatedLog("fother.registry/other"), SimulatedLog(seed=7)])
def test_a_checkpoint_of_another_log_or_key_is_told(other: SimulatedLog) -> None:
    log = grown(100)
    other.grow(50)
    publish(other)
    (found,) = compare(log, other.files.files[CHECKPOINT])
    assert "cannot be used" in found.sentence


def test_what_is_no_checkpoint_is_told() -> None:
    log = grown(10)
    for junk in (b"", b"junk\n", log.files.files[CHECKPOINT][:-2], b"\xff\n\n\xe2\x80\x94 a b\n"):
        (found,) = compare(log, junk)
        assert "cannot be used" in found.sentence


# Keys


def test_a_key_is_handed_over_by_the_one_before_it() -> None:
    log = grown(10)
    for size in (20, 300):
        log.rotate()
        log.grow(size)
        publish(log)
        assert len(log.private) == 1
    handovers = [log.files.files[f"handover/00{n}"] for n in (1, 2)]
    keys = keychain.follow(log.periods[0].key, handovers)
    assert keys == [period.key for period in log.periods]
    assert checkpoint.opened(log.files.files[CHECKPOINT], keys[-1]).size == 300
    assert note.signed_by(note.parse(log.files.files[CHECKPOINT]), keys[0]) is None
    assert faults(log) == []


def test_a_handover_by_another_key_is_refused() -> None:
    log, thief = grown(10), SimulatedLog(seed=3)
    thief.grow(10)
    publish(thief)
    for each in (log, thief):
        each.rotate()
        publish(each)
    with pytest.raises(Exception, match="not signed by the key"):
        keychain.follow(log.periods[0].key, [thief.files.files["handover/001"]])
    log.files.files["handover/001"] = thief.files.files["handover/001"]
    assert any("does not hold" in found for found in faults(log))


def test_what_the_old_key_signs_after_its_handover_counts_no_more() -> None:
    log = grown(10)
    old = log.periods[0].key
    private = log.private[old]
    log.rotate()
    publish(log)
    log.add()
    text = checkpoint.Checkpoint(old.name, 12, merkle.root(leaves(log))).text
    log.files.files[CHECKPOINT] = note.Note(text, (note.sign(text, old.name, private),)).encode()
    assert any("not signed by the key that its handovers lead to" in found for found in faults(log))


# What the log does not promise


def test_an_operator_may_begin_anew_as_long_as_nobody_else_holds_a_checkpoint() -> None:
    log = grown(100)
    kept = log.files.files[CHECKPOINT]
    rewritten(log, 3)
    log.files.files.clear()
    publish(log)
    assert faults(log) == []
    (found,) = compare(log, kept)
    assert "another log than this one" in found.sentence
