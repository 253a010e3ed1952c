"""How a client reaches a server: the address, its security, and the options of the channel."""

from __future__ import annotations

import ipaddress
import json
import math
import re
from dataclasses import dataclass, field

import grpc

MESSAGE_BYTES = 32 << 20
"""The most bytes of one message, either way."""

SERVICE_CONFIG = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [
        {
            "name": [{"service": "slantwise.v1.RhetoricService"}],
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.1s",
                "maxBackoff": "1s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
}
"""The channel's retries and load balancing; `slantwise_grpc_service_config.json` holds the same for other languages."""

_OPTIONS: tuple[tuple[str, int | str], ...] = (
    ("grpc.max_send_message_length", MESSAGE_BYTES),
    ("grpc.max_receive_message_length", MESSAGE_BYTES),
    ("grpc.enable_retries", 1),
    ("grpc.service_config", json.dumps(SERVICE_CONFIG)),
    # A request over the default of 256 KiB would silently not be retried.
    ("grpc.per_rpc_retry_buffer_size", 8 << 20),
    # Finds a dead peer under a long call. More often than every 5 minutes and a server may hang up on us.
    ("grpc.keepalive_time_ms", 300_000),
    ("grpc.keepalive_timeout_ms", 20_000),
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server is and how to speak to it.

    Attributes:
        target: A gRPC target, such as `host:port`, `dns:///host:port` or `unix:/path`.
        token: A bearer token for every call.
        credentials: The channel's credentials, for a private authority or a client certificate. They imply TLS.
        tls: Whether to use TLS; None means unless the target is this machine.
        timeout_s: How many seconds a call may take that does not say.

    Raises:
        ValueError: The options contradict each other, or the timeout is not a positive, finite number.
    """

    target: str
    token: str | None = field(default=None, repr=False)
    credentials: grpc.ChannelCredentials | None = field(default=None, repr=False)
    tls: bool | None = None
    timeout_s: float = 60.0

    def __post_init__(self) -> None:
        self.deadline_s(self.timeout_s)
        if self.tls is False and self.credentials is not None:
            raise ValueError("credentials need TLS, which tls=False forbids")
        if self.token and self.channel_credentials is None and not is_local(self.target):
            raise ValueError(f"a token would travel in the clear to {self.target}: use TLS")

    @property
    def channel_credentials(self) -> grpc.ChannelCredentials | None:
        """What secures the channel; None for a channel in the clear."""
        if self.credentials is not None:
            return self.credentials
        secure = not is_local(self.target) if self.tls is None else self.tls
        return grpc.ssl_channel_credentials() if secure else None

    @property
    def options(self) -> list[tuple[str, int | str]]:
        """The arguments of the channel."""
        # A proxy of the environment cannot reach what is on this machine.
        return [*_OPTIONS, ("grpc.enable_http_proxy", 0)] if is_local(self.target) else [*_OPTIONS]

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What every call carries."""
        return (("authorization", f"Bearer {self.token}"),) if self.token else ()

    def deadline_s(self, timeout: float | None) -> float:
        """Return how many seconds a call may take.

        Raises:
            ValueError: `timeout` is not a positive, finite number.
        """
        timeout = self.timeout_s if timeout is None else timeout
        if not (math.isfinite(timeout) and timeout > 0):
            raise ValueError(f"a timeout is a positive, finite number of seconds, not {timeout}")
        return timeout


def is_local(target: str) -> bool:
    """Tell whether a gRPC target is on this machine: a Unix socket or a loopback address."""
    if target.startswith(("unix:", "unix-abstract:")):
        return True
    addresses = re.sub(r"^(dns:(//[^/]*/)?|ipv4:|ipv6:)", "", target).split(",")
    return all(_is_loopback(address) for address in addresses)


def _is_loopback(address: str) -> bool:
    """Tell whether `host`, `host:port`, `[v6]:port` or a bare IPv6 address is this machine."""
    match = re.fullmatch(r"\[(?P<bracketed>[^\]]*)\](:\w+)?|(?P<plain>[^:]*)(:\w+)?", address)
    host = (match["bracketed"] or match["plain"]) if match else address
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name, which may be any machine's
        return False
