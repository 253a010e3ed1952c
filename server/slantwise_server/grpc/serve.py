"""A server for the life of a process: from its arguments to its last signal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from slantwise_server.grpc.server import Server, load_engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from slantwise_server.config import ServerConfig
    from slantwise_server.grpc.analyzer import Analyzer


def serve(
    config: ServerConfig, *, exit_with_parent: bool = False, load: Callable[[ServerConfig], Analyzer] = load_engine
) -> None:
    """Serve until SIGTERM or SIGINT, then drain and return. For the main thread.

    Writes the one line `slantwise: serving on ADDRESS` to stdout once the model is ready.

    Args:
        config: How to run the server.
        exit_with_parent: Whether to stop as well when stdin ends, as it does when the process that holds it dies.
        load: Returns the engine; called in a thread.

    Raises:
        StartError: The server cannot start; the message says why.
    """
    asyncio.run(_serve(Server(config, load), exit_with_parent=exit_with_parent))


async def _serve(server: Server, *, exit_with_parent: bool) -> None:
    stop = _stop_event(exit_with_parent=exit_with_parent)
    address = await server.start()
    loading = asyncio.ensure_future(server.load())
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((loading, stopping), return_when=asyncio.FIRST_COMPLETED)
        if loading.done():
            await loading
            print(f"slantwise: serving on {address}", flush=True)  # noqa: T201 - what the caller waits for
            await stopping
    finally:
        loading.cancel()
        stopping.cancel()
        await server.stop()


def _stop_event(*, exit_with_parent: bool) -> asyncio.Event:
    """Return an event that is set when the process is asked to end."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def on_signal(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # a second one does not wait for the draining
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)

    def await_end(stdin: int) -> None:
        while os.read(stdin, 4_096):
            pass
        loop.call_soon_threadsafe(stop.set)

    if exit_with_parent:
        threading.Thread(target=await_end, args=(sys.stdin.fileno(),), name="slantwise-stdin", daemon=True).start()
    return stop
