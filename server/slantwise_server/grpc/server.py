"""The server: its port opens at once, the model is loaded behind it, and it drains before it stops."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import TYPE_CHECKING

import grpc
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health
from grpc_reflection.v1alpha import reflection

from slantwise.v1 import slantwise_pb2 as pb
from slantwise.v1 import slantwise_pb2_grpc as pb_grpc
from slantwise_server.grpc.admission import Admission
from slantwise_server.grpc.auth import bearer_check
from slantwise_server.grpc.interceptor import CallInterceptor
from slantwise_server.grpc.service import RhetoricService
from slantwise_server.grpc.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from slantwise_server.config import ServerConfig
    from slantwise_server.grpc.analyzer import Analyzer

SERVICE_NAME: str = pb.DESCRIPTOR.services_by_name["RhetoricService"].full_name

_log = logging.getLogger(__name__)
_FLUSH_SECONDS = 1.0  # for the last answers to leave
_SHORTEST_PING_INTERVAL_MS = 10_000


class StartError(Exception):
    """The server cannot start; the message says why."""


def load_engine(config: ServerConfig) -> Analyzer:
    """Load the engine that a configuration names.

    Raises:
        StartError: The model or what runs it is not there or not usable.
    """
    try:
        from slantwise_server.engine import Engine, ModelError  # noqa: PLC0415 - slow, and the port is open already

        try:
            return Engine.load(config.model, backend=config.backend, threads=config.threads)
        except ModelError as error:
            raise StartError(f"cannot load the model: {error}") from error
    except ImportError as error:
        raise StartError(f"the {config.backend} backend is not installed: {error}") from error


class Server:
    """A server on one address: `start`, `load`, `stop`, each once and in this order."""

    def __init__(self, config: ServerConfig, load: Callable[[ServerConfig], Analyzer] = load_engine) -> None:
        """Make a server that is not started.

        Args:
            config: How to run it.
            load: Returns the engine; called in a thread.
        """
        self._config = config
        self._load = load
        self._engine: Analyzer | None = None
        self._admission = Admission(config.max_in_flight)
        self._workers = Workers(config.threads)
        self._service = RhetoricService(config.limits, self._admission, self._workers)
        self._health = health.HealthServicer()

    @property
    def in_flight(self) -> int:
        """How many documents are accepted and not yet answered."""
        return self._admission.in_flight

    async def start(self) -> str:
        """Open the port, where health is NOT_SERVING and every call fails as unavailable; return the address.

        Raises:
            StartError: The address is taken or not this machine's, or a file cannot be read.
        """
        config = self._config
        check = bearer_check(_read(config.token_file).strip()) if config.token_file else None
        self._server = aio.server(
            interceptors=[CallInterceptor(check)],
            options=[
                ("grpc.max_receive_message_length", config.limits.transport_bytes),
                ("grpc.max_send_message_length", -1),
                ("grpc.so_reuseport", 0),
                ("grpc.http2.min_ping_interval_without_data_ms", _SHORTEST_PING_INTERVAL_MS),
                ("grpc.keepalive_permit_without_calls", 1),
            ],
        )
        pb_grpc.add_RhetoricServiceServicer_to_server(self._service, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection(
            (SERVICE_NAME, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name, reflection.SERVICE_NAME),
            self._server,
        )
        await self._set_health(health_pb2.HealthCheckResponse.NOT_SERVING)
        address = self._bind(self._server)
        await self._server.start()
        return address

    async def load(self) -> None:
        """Load and warm the engine, then serve.

        Raises:
            StartError: The model cannot be loaded.
        """
        self._engine = await asyncio.to_thread(self._load, self._config)
        await asyncio.to_thread(self._engine.warm)
        self._service.open(self._engine)
        await self._set_health(health_pb2.HealthCheckResponse.SERVING)

    async def stop(self) -> None:
        """Refuse new work, finish what was accepted within the time for draining, and stop."""
        await self._health.enter_graceful_shutdown()
        self._admission.close()
        try:
            async with asyncio.timeout(self._config.drain_seconds):
                await self._admission.drained()
        except TimeoutError:
            _log.warning("stopping with work unfinished after %g s of draining", self._config.drain_seconds)
            await self._server.stop(None)
        else:
            await self._server.stop(_FLUSH_SECONDS)
        await self._workers.close()
        if self._engine:
            self._engine.close()

    async def _set_health(self, status: health_pb2.HealthCheckResponse.ServingStatus) -> None:
        for service in ("", SERVICE_NAME):
            await self._health.set(service, status)

    def _bind(self, server: aio.Server) -> str:
        """Bind the configured address and return it, with the port that a 0 became."""
        config = self._config
        if config.listen.startswith("unix:") and _answers(config.listen.removeprefix("unix:")):
            raise StartError(f"cannot listen on {config.listen}: another server does")
        try:
            if config.tls_cert and config.tls_key:
                pair = (_read(config.tls_key), _read(config.tls_cert))
                port = server.add_secure_port(config.listen, grpc.ssl_server_credentials([pair]))
            else:
                port = server.add_insecure_port(config.listen)
        except RuntimeError as error:
            why = "it is in use, or not an address of this machine"
            if config.tls_cert:
                why += ", or the certificate and the key do not go together"
            raise StartError(f"cannot listen on {config.listen}: {why}") from error
        return config.listen if config.listen.startswith("unix:") else f"{config.listen.rpartition(':')[0]}:{port}"


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StartError(f"cannot read {path}: {error.strerror}") from error
    if not content.strip():
        raise StartError(f"{path} is empty")
    return content


def _answers(path: str) -> bool:
    """Tell whether a process listens on a Unix socket, which gRPC would take from it without asking."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0
