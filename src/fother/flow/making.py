"""Copies made by one process or by several, in two rounds: made ready, then written."""

from __future__ import annotations

import atexit
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, closing
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Literal, Self

from fother.flow.copies import CopyJob, CopyMaker, MakeRequest
from fother.registry import ReadyCopy

Round = Literal["ready", "write"]
_POOL_FROM = 24  # fewer copies than this are made sooner than worker processes start


class Makers:
    """Makes copies of one edition, in worker processes when there are many. A context manager."""

    def __init__(self, request: MakeRequest, workers: int | None) -> None:
        self._request = request
        self._workers = workers or os.cpu_count() or 1
        self._stack = ExitStack()
        self._maker: CopyMaker | None = None
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        self._stack.close()

    def make(self, what: Round, jobs: Sequence[CopyJob]) -> Iterator[ReadyCopy]:
        """Put all jobs through a round, in any order.

        Raises CopyCheckError, StorageError; BrokenProcessPool when a worker was ended from outside.
        """
        count = min(self._workers, max(1, len(jobs) // 8))
        if self._pool is None and (count == 1 or len(jobs) < _POOL_FROM):
            yield from self._alone(what, jobs)
            return
        if self._pool is None:
            # "spawn" starts clean processes: forking one that has threads can hang.
            self._pool = self._stack.enter_context(
                ProcessPoolExecutor(
                    count, get_context("spawn"), initializer=_start_worker, initargs=(self._request,)
                )
            )
        yield from _together(self._pool, what, jobs, 4 * count)

    def _alone(self, what: Round, jobs: Sequence[CopyJob]) -> Iterator[ReadyCopy]:
        for job in jobs:
            if self._maker is None:
                self._maker = self._stack.enter_context(closing(CopyMaker(self._request)))
            yield _put_through(self._maker, what, job)


def _put_through(maker: CopyMaker, what: Round, job: CopyJob) -> ReadyCopy:
    return maker.make_ready(job) if what == "ready" else maker.write(job)


def _together(
    pool: ProcessPoolExecutor, what: Round, jobs: Sequence[CopyJob], ahead: int
) -> Iterator[ReadyCopy]:
    waiting: set[Future[ReadyCopy]] = set()
    try:
        for job in jobs:
            waiting.add(pool.submit(_work, what, job))
            if len(waiting) >= ahead:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    finally:
        for future in waiting:
            future.cancel()


# One per worker process: the request by the pool's initializer, the maker by the first copy, so that what
# goes wrong in making it reaches the parent as an error.
_request: MakeRequest | None = None
_worker: CopyMaker | None = None


def _start_worker(request: MakeRequest) -> None:
    global _request
    # Ctrl-C reaches every process of the terminal; the parent alone decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _request = request


def _end_with_parent() -> None:
    """A killed parent cannot end its workers, and they wait for work on a pipe that they keep open
    themselves; so each watches the parent. A worker that went on would write beside the resumed run."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(what: Round, job: CopyJob) -> ReadyCopy:
    global _worker
    if _worker is None:
        assert _request is not None  # noqa: S101 - the pool's initializer has run
        _worker = CopyMaker(_request)
        atexit.register(_worker.close)
    return _put_through(_worker, what, job)
