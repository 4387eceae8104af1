"""A witness signs what grew and nothing else, whatever it is asked."""

from __future__ import annotations

import pytest
from simulated_log import START, MemoryFiles, SimulatedLog

from fother.errors import LogError
from fother.evidence.log.publish import CHECKPOINT, publish
from fother.evidence.log.witness import Witness, add_cosignature, best_checkpoint, parse_request, request
from fother.verify import checkpoint
from fother.verify.errors import VerificationError


def witness(files: MemoryFiles | None = None) -> Witness:
    return Witness.open(files or MemoryFiles(), "w.example", lambda n: bytes(range(n)))


def asked(log: SimulatedLog, old: int) -> bytes:
    publish(log)
    return request(log, old, log.files.files[CHECKPOINT])


def grown(size: int, seed: int = 0) -> SimulatedLog:
    log = SimulatedLog(seed=seed)
    log.grow(size)
    publish(log)
    return log


def test_a_log_that_grows_is_cosigned_every_time() -> None:
    log, seen = grown(3), witness()
    key = log.periods[0].key
    for old, size in ((0, 3), (3, 3), (3, 300), (300, 301)):
        log.grow(size)
        cosigned = seen.cosign(asked(log, old), key if old == 0 else None, START)
        assert [item.time for item in checkpoint.cosigners(cosigned, [seen.key])] == [int(START.timestamp())]
        add_cosignature(log, cosigned, seen.key)
        assert checkpoint.cosigners(log.files.files[CHECKPOINT], [seen.key])


def test_a_bare_checkpoint_is_a_first_request() -> None:
    log, seen = grown(3), witness()
    cosigned = seen.cosign(log.files.files[CHECKPOINT], log.periods[0].key, START)
    assert checkpoint.cosigners(cosigned, [seen.key])


def refused(seen: Witness, data: bytes, sentence: str, log: SimulatedLog | None = None) -> None:
    with pytest.raises(LogError, match=sentence):
        seen.cosign(data, None if log is None else log.periods[0].key, START)


def test_a_split_view_is_refused() -> None:
    log, seen = grown(10), witness()
    seen.cosign(asked(log, 0), log.periods[0].key, START)
    other = SimulatedLog()
    other.grow(9)
    other.add(detail={"shown": "to someone else"})
    refused(seen, asked(other, 0), "a split view")
    other.grow(20)
    refused(seen, asked(other, 10), "does not lead to the old root")


def test_a_rollback_and_a_replay_are_refused() -> None:
    log, seen = grown(10), witness()
    old = asked(log, 0)
    seen.cosign(old, log.periods[0].key, START)
    log.grow(20)
    seen.cosign(asked(log, 10), None, START)
    refused(seen, old, "a rollback")


def test_growth_without_its_proof_is_refused() -> None:
    log, seen = grown(10), witness()
    seen.cosign(asked(log, 0), log.periods[0].key, START)
    log.grow(20)
    publish(log)
    for old in (0, 9, 11):
        refused(seen, asked(log, old), "must prove the growth from the 10")
    whole = asked(log, 10)
    lines = whole.split(b"\n")
    refused(seen, b"\n".join([lines[0], *lines[2:]]), "not cosigned")
    refused(seen, b"\n".join([lines[0], lines[2], lines[1], *lines[3:]]), "not cosigned")


def test_an_unknown_log_or_another_key_is_refused() -> None:
    log, seen, thief = grown(10), witness(), grown(12, seed=4)
    refused(seen, asked(log, 0), "is new to this witness")
    seen.cosign(asked(log, 0), log.periods[0].key, START)
    refused(seen, asked(thief, 10), "not signed by the key")
    refused(seen, asked(thief, 10), "does not lead to the old root", thief)
    refused(seen, b"junk", "not cosigned")


def test_a_rotated_key_is_taken_when_the_operator_says_so() -> None:
    log, seen = grown(10), witness()
    seen.cosign(asked(log, 0), log.periods[0].key, START)
    log.rotate()
    log.grow(20)
    refused(seen, asked(log, 10), "not signed by the key")
    cosigned = seen.cosign(asked(log, 10), log.periods[1].key, START)
    add_cosignature(log, cosigned, seen.key)
    log.grow(21)
    seen.cosign(asked(log, 20), None, START)


def test_what_a_witness_signed_it_remembers_before_anybody_has_it() -> None:
    log, files = grown(10), MemoryFiles()
    seen = witness(files)
    files.lives = 0
    with pytest.raises(BaseException):  # noqa: B017, PT011 - the process ends
        seen.cosign(asked(log, 0), log.periods[0].key, START)
    files.lives = -1
    again = witness(files)
    assert again.key == seen.key
    again.cosign(asked(log, 0), log.periods[0].key, START)
    with pytest.raises(LogError, match="a name never changes"):
        Witness.open(files, "other.example", bytes)


def test_a_cosignature_of_something_else_is_not_kept() -> None:
    log, seen, other = grown(10), witness(), grown(10, seed=2)
    cosigned = seen.cosign(asked(other, 0), other.periods[0].key, START)
    with pytest.raises(LogError, match="was not taken"):
        add_cosignature(log, cosigned, seen.key)
    with pytest.raises(LogError, match="no cosignature"):
        add_cosignature(log, log.files.files[CHECKPOINT], seen.key)
    mine = witness().cosign(asked(log, 0), log.periods[0].key, START)
    flipped = mine[:-10] + bytes([mine[-10] ^ 1]) + mine[-9:]
    with pytest.raises(LogError, match="was not taken"):
        add_cosignature(log, flipped, seen.key)


def test_proofs_come_with_the_newest_witnessed_checkpoint_that_counts_the_entry() -> None:
    log, seen = grown(10), witness()
    add_cosignature(log, seen.cosign(asked(log, 0), log.periods[0].key, START), seen.key)
    log.grow(20)
    publish(log)
    for number, size, witnessed in ((3, 10, True), (9, 10, True), (10, 20, False)):
        best = best_checkpoint(log.files, number) or b""
        assert checkpoint.read(best)[0].size == size
        assert bool(checkpoint.cosigners(best, [seen.key])) == witnessed


def test_the_request_is_that_of_the_specification() -> None:
    # https://c2sp.org/tlog-witness, the example of add-checkpoint
    text = b"""old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
"""
    found = parse_request(text)
    assert (found.old_size, len(found.proof), found.checkpoint) == (
        20852014,
        4,
        b"example.com/behind-the-sofa\n",
    )
    for bad in (text[:60], text.replace(b"old 2", b"old 02"), text.replace(b"PlRN", b"PlR")):
        with pytest.raises(VerificationError):
            parse_request(bad)
