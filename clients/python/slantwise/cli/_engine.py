"""The built-in engine: a private server on this machine, for as long as a command runs."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

# What `slantwise[server]` brings, as modules.
REQUIREMENTS = (
    "grpc_health",
    "grpc_reflection",
    "inscriptis",
    "lxml",
    "markdown_it",
    "numpy",
    "onnxruntime",
    "safetensors",
    "sentencex",
    "tokenizers",
)

_READY = b"slantwise: serving on "
_START_S = 180.0  # on a slow disk, most of it reads the model
_STOP_S = 10.0


class NotInstalled(click.ClickException):
    """The server is to run here but what it needs is not installed."""

    exit_code = 2

    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"the server needs {', '.join(missing)}, not installed here: pip install 'slantwise[server]'")


class NotStarted(click.ClickException):
    """The built-in engine did not come up."""


def server_command(*arguments: str) -> list[str]:
    """Return the command that runs a server in this Python.

    Raises:
        NotInstalled: A requirement of the server is not installed.
    """
    missing = [module for module in REQUIREMENTS if find_spec(module) is None]
    if missing:
        raise NotInstalled(missing)
    return [sys.executable, "-m", "slantwise_server", *arguments]


@contextmanager
def engine(model: str = "", *, start_s: float = _START_S) -> Iterator[str]:
    """Run a server of one's own, and yield its gRPC target.

    Args:
        model: The model's name or path; empty means the default.
        start_s: How many seconds it may take to come up.

    Raises:
        NotInstalled: A requirement of the server is not installed.
        NotStarted: It did not come up.
    """
    with tempfile.TemporaryDirectory(prefix="slantwise-") as folder, _exit_on_signals():  # only we can enter it
        address = f"unix:{folder}/s.sock"
        command = server_command(
            "--listen", address, "--exit-with-parent", "--log-level", "error", *(["--model", model] if model else [])
        )
        log = Path(folder, "log")
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,  # held open: its end tells the server that we are gone, however we went
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,  # so that an interrupt from the terminal comes to us alone
            )
        with process:
            try:
                _wait_until_ready(process, log, monotonic() + start_s)
                yield address
            finally:
                _stop(process)
                if "error_id" in (text := _tail(log)):  # an answer may have named it, and the log goes now
                    click.echo(text, err=True)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path, until: float) -> None:
    assert process.stdout is not None
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not any(line.startswith(_READY) for line in said.split(b"\n")[:-1]):
            if not selector.select(max(0.0, until - monotonic())):
                raise NotStarted(f"the engine did not start in time\n{_tail(log)}")
            chunk = os.read(process.stdout.fileno(), 4096)
            if not chunk:
                raise NotStarted(f"the engine stopped with status {process.wait()}\n{_tail(log)}")
            said += chunk


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])


@contextmanager
def _exit_on_signals() -> Iterator[None]:
    """Turn the signals that end a process into an exit, which stops the engine on its way."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may, and the engine's stdin tells it anyway
        return
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, _exit) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what signal.signal calls
    sys.exit(128 + number)
