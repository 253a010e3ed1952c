"""What a server is told at its start, and what a request may hold."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a request may hold, as `GetModel` reports it.

    Attributes:
        content_bytes: The most bytes of a document's content, as UTF-8.
        targets: The most targets of a request.
        target_characters: The most code points of a target.
        batch_documents: The most documents of a batch.
        title_characters: The most code points of a title.
        id_characters: The most code points of a document_id or request_id.
        stream_items: The most unanswered items the server reads ahead on one stream.
        message_bytes: The most bytes of one message, either way. A batch of many large documents meets this limit
            before `batch_documents`: send several batches, or a stream.
    """

    content_bytes: int = 1_048_576
    targets: int = 64
    target_characters: int = 200
    batch_documents: int = 100
    title_characters: int = 1_000
    id_characters: int = 200
    stream_items: int = 16
    message_bytes: int = 33_554_432

    @property
    def transport_bytes(self) -> int:
        """The most bytes of a message that gRPC itself lets in.

        Beyond it gRPC refuses a message with a status that names neither reason nor field. So this leaves room for
        every batch that breaks no other limit than `message_bytes`, which is then refused by name.
        """
        return max(self.message_bytes, self.batch_documents * (self.content_bytes + 131_072))


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """How to run a server.

    Attributes:
        listen: The address, HOST:PORT or unix:PATH; port 0 takes a free one.
        model: The model's name or path; None means SLANTWISE_MODEL, else the installed default.
        backend: What runs the model, "onnx" or "torch".
        threads: How many documents are worked on at once, and how many threads the model gets; None leaves both to the
            number of processors.
        max_in_flight: The most documents accepted and not yet answered. Above it a call is refused as overloaded and a
            stream is not read on. Below `limits.batch_documents`, a larger batch needs an idle server.
        drain_seconds: How long a stopping server lets the work it has accepted run.
        tls_cert: The PEM file of the certificate chain; with `tls_key`, the port speaks TLS.
        tls_key: The PEM file of its private key.
        token_file: A file holding the token that calls must bear; None asks for none.
        insecure: Whether to serve beyond the loopback interface without TLS and token.
        limits: What a request may hold.

    Raises:
        ValueError: The address is malformed, a number is out of range, or the address can be reached from elsewhere
            and neither TLS and a token nor `insecure` is given; the message says what to pass.
    """

    listen: str = "127.0.0.1:50051"
    model: str | None = None
    backend: str = "onnx"
    threads: int | None = None
    max_in_flight: int = 256
    drain_seconds: float = 30.0
    tls_cert: Path | None = None
    tls_key: Path | None = None
    token_file: Path | None = None
    insecure: bool = False
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        for name, value in (("--threads", self.threads), ("--max-in-flight", self.max_in_flight)):
            if value is not None and value < 1:
                raise ValueError(f"{name} must be at least 1, not {value}")
        if self.drain_seconds < 0:
            raise ValueError(f"--drain-seconds must not be negative, as {self.drain_seconds} is")
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("--tls-cert and --tls-key go together")
        guarded = self.tls_cert is not None and self.token_file is not None
        if not (_is_local(self.listen) or guarded or self.insecure):
            raise ValueError(
                f"{self.listen} can be reached from other machines: pass --tls-cert, --tls-key and --token-file, "
                "or --insecure to serve anyone who can connect"
            )


def _is_local(listen: str) -> bool:
    """Tell whether only this machine can reach an address."""
    if listen.startswith("unix:"):
        return True
    host, colon, port = listen.rpartition(":")
    if not (colon and port.isascii() and port.isdigit() and int(port) < 65_536):
        raise ValueError(f"{listen!r} is not an address; pass HOST:PORT or unix:PATH")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:  # a name, which may resolve to anything
        return False
