"""Copies made by one process or by several, in two rounds: made ready, then written."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, closing
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from fother.channels.table import CarrierTable
from fother.flow import worker
from fother.flow.copies import CopyJob, CopyMaker, MakeRequest
from fother.flow.worker import Round
from fother.registry import ReadyCopy

_PRINTED_AT_ONCE = 8  # a start of LibreOffice takes as long as printing three copies
_POOL_FROM = 24  # fewer copies than this are made sooner than worker processes start


class Makers:
    """Makes copies of one edition, in worker processes when there are many. A context manager."""

    def __init__(self, request: MakeRequest, workers: int | None) -> None:
        self._request = request
        #: Copies are put through a round so many at a time.
        self._at_once = _PRINTED_AT_ONCE if CarrierTable.from_bytes(request.table).printed() else 1
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
        if self._request.kept is None:
            folder = self._stack.enter_context(TemporaryDirectory(prefix="fother-copies-"))
            self._request = replace(self._request, kept=Path(folder))
        count = min(self._workers, max(1, len(jobs) // 8))
        if self._pool is None and (count == 1 or len(jobs) < _POOL_FROM):
            yield from self._alone(what, jobs)
            return
        if self._pool is None:
            # "spawn" starts clean processes: forking one that has threads can hang.
            self._pool = self._stack.enter_context(
                ProcessPoolExecutor(
                    count,
                    get_context("spawn"),
                    initializer=worker.start,
                    initargs=(pickle.dumps(self._request),),
                )
            )
        yield from _together(self._pool, what, _batches(jobs, self._at_once), 4 * count)

    def _alone(self, what: Round, jobs: Sequence[CopyJob]) -> Iterator[ReadyCopy]:
        for batch in _batches(jobs, self._at_once):
            if self._maker is None:
                self._maker = self._stack.enter_context(closing(CopyMaker(self._request)))
            yield from worker.put_through(self._maker, what, batch)


def _together(
    pool: ProcessPoolExecutor, what: Round, batches: Iterable[Sequence[CopyJob]], ahead: int
) -> Iterator[ReadyCopy]:
    waiting: set[Future[list[ReadyCopy]]] = set()
    try:
        for jobs in batches:
            waiting.add(pool.submit(worker.work, what, jobs))
            if len(waiting) >= ahead:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (copy for future in done for copy in future.result())
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (copy for future in done for copy in future.result())
    finally:
        for future in waiting:
            future.cancel()


def _batches(jobs: Sequence[CopyJob], size: int) -> Iterator[Sequence[CopyJob]]:
    return (jobs[start : start + size] for start in range(0, len(jobs), size))
