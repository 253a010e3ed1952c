"""A job runs while somebody waits for it, and not after."""

import asyncio
import threading

import pytest

from slantwise.errors import DeadlineExceeded
from slantwise_server.engine import EngineCancelled
from slantwise_server.grpc.workers import Workers

PATIENCE = 20


def run(test, threads=1):
    async def main():
        workers = Workers(threads)
        async with asyncio.timeout(PATIENCE):
            await test(workers)
            await workers.close()

    asyncio.run(main())


def until_cancelled(cancelled):
    while not cancelled():
        pass
    raise EngineCancelled


@pytest.mark.parametrize("seconds", [None, 1e6])
def test_a_job_in_time_is_answered(seconds):
    async def test(workers):
        assert await workers.run(lambda cancelled: ("answer", cancelled()), seconds) == ("answer", False)

    run(test)


def test_a_job_past_its_deadline_never_begins():
    begun = []

    async def test(workers):
        with pytest.raises(DeadlineExceeded):
            await workers.run(begun.append, 0)

    run(test)
    assert not begun


def test_a_deadline_ends_a_job():
    async def test(workers):
        with pytest.raises(DeadlineExceeded):
            await workers.run(until_cancelled, 0.05)

    run(test)


def test_a_caller_that_is_cancelled_leaves_nothing_running():
    begun, ended = threading.Event(), threading.Event()

    def job(cancelled):
        begun.set()
        try:
            until_cancelled(cancelled)
        finally:
            ended.set()

    async def test(workers):
        caller = asyncio.create_task(workers.run(job, None))
        waiting = asyncio.create_task(workers.run(begun.clear, None))  # behind it, and never begins
        await asyncio.to_thread(begun.wait)
        waiting.cancel()
        caller.cancel()
        outcomes = await asyncio.gather(caller, waiting, return_exceptions=True)
        assert ended.is_set()
        assert [type(each) for each in outcomes] == [asyncio.CancelledError] * 2

    run(test)
    assert begun.is_set()


def test_what_a_job_raises_its_caller_gets():
    async def test(workers):
        with pytest.raises(ZeroDivisionError):
            await workers.run(lambda _: 1 / 0, None)

    run(test)
