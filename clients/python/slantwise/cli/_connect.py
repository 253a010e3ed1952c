"""The options that say which server answers, and the connection to it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from slantwise import Client, SlantwiseError
from slantwise.cli._engine import engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Connection:
    """Which server answers.

    Attributes:
        server: Its gRPC target; empty means the built-in engine.
        tls: Whether to use TLS; None means unless the server is on this machine.
        token: The bearer token it asks for.
        timeout_s: How many seconds a document may take.
        model: What `--model` said.
    """

    server: str
    tls: bool | None
    token: str | None
    timeout_s: float
    model: str = ""

    @property
    def requested_model(self) -> str:
        """The model to name in requests. The built-in engine serves the one it was started with."""
        return self.model if self.server else ""

    @contextmanager
    def client(self) -> Iterator[Client]:
        """Connect, with an engine of our own if need be.

        Raises:
            click.ClickException: The engine did not start, the options contradict each other, or a call failed.
        """
        try:
            if self.server:
                with self._connected(self.server) as client:
                    yield client
            else:
                with engine(self.model) as address, self._connected(address) as client:
                    yield client
        except SlantwiseError as error:
            raise click.ClickException(str(error)) from error

    def _connected(self, target: str) -> Client:
        tls, token = (self.tls, self.token) if self.server else (False, None)
        try:
            return Client(target, tls=tls, token=token, timeout_s=self.timeout_s)
        except ValueError as error:
            raise click.UsageError(str(error)) from error


def connection_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a connection to a command, which gets them as `connection`."""

    @click.option(
        "--server",
        metavar="HOST:PORT",
        default="",
        envvar="SLANTWISE_SERVER",
        show_envvar=True,
        help="The server to ask, or unix:PATH. Without it an engine of our own answers.",
    )
    @click.option("--tls/--no-tls", default=None, help="Whether to use TLS; by default unless the server is local.")
    @click.option("--token", envvar="SLANTWISE_TOKEN", show_envvar=True, help="The token the server asks for.")
    @click.option(
        "--timeout",
        "timeout_s",
        metavar="SECONDS",
        type=click.FloatRange(min=0, min_open=True, max=86_400),
        default=600.0,
        show_default=True,
        help="How long a document may take.",
    )
    @wraps(command)
    def connected(
        *args: Any, server: str, tls: bool | None, token: str | None, timeout_s: float, **options: Any
    ) -> None:
        command(*args, connection=Connection(server, tls, token, timeout_s, options.pop("model", "")), **options)

    return connected


def model_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--model` to a command with a connection."""
    return click.option(
        "--model", default="", help="The model's name; for the built-in engine a path, too. [default: the server's]"
    )(command)
