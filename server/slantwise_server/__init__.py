"""The Slantwise server: who is speaking in a text, and how the text leans, over gRPC.

`python -m slantwise_server` runs it; `serve(ServerConfig(...))` does the same from a program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slantwise_server.config import Limits, ServerConfig

if TYPE_CHECKING:
    from slantwise_server.grpc.serve import serve as serve
    from slantwise_server.grpc.server import StartError as StartError

__all__ = ["Limits", "ServerConfig", "StartError", "serve"]


def __getattr__(name: str) -> object:
    # Late, because the engine lives in this package and needs no gRPC.
    if name == "serve":
        from slantwise_server.grpc.serve import serve  # noqa: PLC0415

        return serve
    if name == "StartError":
        from slantwise_server.grpc.server import StartError  # noqa: PLC0415

        return StartError
    raise AttributeError(name)
