"""Threads that do the work of calls, and stop doing it once nobody waits for the answer."""

from __future__ import annotations

import asyncio
import math
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from slantwise.errors import Cancelled, DeadlineExceeded

if TYPE_CHECKING:
    from collections.abc import Callable

_Answer = TypeVar("_Answer")


class Workers:
    """A fixed number of threads with a queue before them."""

    def __init__(self, threads: int | None) -> None:
        """Make the threads: as many as asked for, else one a processor this process may use."""
        usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        self.threads = threads or usable or 1
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="slantwise-worker")

    async def run(self, job: Callable[[Callable[[], bool]], _Answer], seconds: float | None) -> _Answer:
        """Run a job in a thread and return its answer.

        Args:
            job: Takes a function that tells whether the answer is still wanted, and raises EngineCancelled soon after
                it says no.
            seconds: The time left; None is for ever.

        Raises:
            DeadlineExceeded: The time ran out; a job that had not begun never begins.
            Cancelled: The answer was no longer wanted.
            asyncio.CancelledError: The caller was cancelled, and by now the job has stopped too.
        """
        unwanted = threading.Event()
        deadline = math.inf if seconds is None else time.monotonic() + seconds

        def cancelled() -> bool:
            return unwanted.is_set() or time.monotonic() >= deadline

        def work() -> _Answer:
            # Late, because the port is open before the engine's libraries are read.
            from slantwise_server.engine import EngineCancelled  # noqa: PLC0415

            if not cancelled():
                with suppress(EngineCancelled):
                    return job(cancelled)
            raise Cancelled if unwanted.is_set() else DeadlineExceeded

        task = self._pool.submit(work)
        answer = asyncio.wrap_future(task)
        # asyncio logs an exception that nobody looked at, with its message, which may quote the document.
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            await asyncio.wait([answer])
        except asyncio.CancelledError:
            unwanted.set()
            if not task.cancel():  # It runs, and keeps its place among the accepted until it has stopped.
                await asyncio.wait([answer])
            raise
        return answer.result()

    async def close(self) -> None:
        """Wait for what runs, and drop what does not yet."""
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
