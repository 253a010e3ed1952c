"""The bearer token that calls show where the network is not the loopback."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from slantwise.errors import Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Callable

    import grpc

_EXEMPT = "/grpc.health.v1.Health/"  # probes have no token, and learn nothing but whether the server serves


def bearer_check(token: bytes) -> Callable[[grpc.HandlerCallDetails], None]:
    """Return a function that raises Unauthenticated for calls without the token, health checks excepted."""
    expected = b"Bearer " + token

    def check(details: grpc.HandlerCallDetails) -> None:
        if details.method.startswith(_EXEMPT):
            return
        shown = [value for name, value in details.invocation_metadata or () if name == "authorization"]
        given = shown[0] if len(shown) == 1 else b""
        if not hmac.compare_digest(given.encode() if isinstance(given, str) else given, expected):
            raise Unauthenticated

    return check
