"""How much work the server takes on, and when it takes none."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from slantwise.errors import Overloaded, Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

_RETRY_DELAY_S = 1.0


class Admission:
    """Counts the documents that are accepted and not yet answered, and the open streams.

    It takes nothing before `open` and nothing new after `close`. For the thread of one event loop.

    Attributes:
        in_flight: How many documents are accepted just now.
        closing: Set once nothing new is taken.
    """

    def __init__(self, max_in_flight: int) -> None:
        self._max_in_flight = max_in_flight
        self.in_flight = 0
        self._streams = 0
        self._open = False
        self._released = asyncio.Event()
        self.closing = asyncio.Event()

    def open(self) -> None:
        """Take work from now on."""
        self._open = True

    def close(self) -> None:
        """Take no new work from now on."""
        self.closing.set()

    def check_open(self) -> None:
        """Check that new work is taken.

        Raises:
            Unavailable: The server is starting or stopping.
        """
        if not self._open or self.closing.is_set():
            raise Unavailable(retry_delay_s=_RETRY_DELAY_S)

    @contextmanager
    def documents(self, count: int) -> Iterator[None]:
        """Hold room for the documents of a call, of which a large batch counts as all the room there is.

        Raises:
            Unavailable: The server is starting or stopping.
            Overloaded: There is not that much room just now.
        """
        self.check_open()
        count = min(count, self._max_in_flight)
        if self.in_flight + count > self._max_in_flight:
            raise Overloaded(retry_delay_s=_RETRY_DELAY_S)
        self.in_flight += count
        try:
            yield
        finally:
            self.in_flight -= count
            self._released.set()

    @asynccontextmanager
    async def item(self) -> AsyncIterator[None]:
        """Wait for room for one document of a stream and hold it."""
        await self._until(lambda: self.in_flight < self._max_in_flight)
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1
            self._released.set()

    @contextmanager
    def stream(self) -> Iterator[None]:
        """Count an open stream.

        Raises:
            Unavailable: The server is starting or stopping.
        """
        self.check_open()
        self._streams += 1
        try:
            yield
        finally:
            self._streams -= 1
            self._released.set()

    async def drained(self) -> None:
        """Wait until everything accepted is answered."""
        await self._until(lambda: not (self.in_flight or self._streams))

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            self._released.clear()
            await self._released.wait()
