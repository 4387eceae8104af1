"""What a worker process runs. Imports nothing large: until its first copy it must notice at once when the
parent is gone, and loading the libraries takes seconds."""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import threading
from collections.abc import Iterator, Sequence
from multiprocessing import parent_process
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from fother.flow.copies import CopyJob, CopyMaker
    from fother.registry import ReadyCopy

Round = Literal["ready", "write"]

# One per worker process: the request by the pool's initializer, the maker by the first copy, so that what
# goes wrong in making it reaches the parent as an error.
_request: bytes | None = None
_maker: CopyMaker | None = None


def start(request: bytes) -> None:
    """The pool's initializer; `request` is a pickled `copies.MakeRequest`."""
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


def work(what: Round, jobs: Sequence[CopyJob]) -> list[ReadyCopy]:
    """Put some copies through a round in this process."""
    global _maker
    if _maker is None:
        from fother.flow.copies import CopyMaker

        assert _request is not None  # noqa: S101 - the pool's initializer has run
        _maker = CopyMaker(pickle.loads(_request))  # noqa: S301 - our own parent's
        atexit.register(_maker.close)
    return list(put_through(_maker, what, jobs))


def put_through(maker: CopyMaker, what: Round, jobs: Sequence[CopyJob]) -> Iterator[ReadyCopy]:
    """Make copies ready, or write them."""
    maker.prepare(jobs)
    for job in jobs:
        yield maker.make_ready(job) if what == "ready" else maker.write(job)
