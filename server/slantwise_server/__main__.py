"""`python -m slantwise_server`: run a server."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from slantwise_server import ServerConfig

_DEFAULT = ServerConfig()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m slantwise_server",
        description="Serve slantwise.v1.RhetoricService, health and reflection over gRPC.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    # fmt: off
    add("--listen", default=_DEFAULT.listen, metavar="ADDRESS",
        help="HOST:PORT, where port 0 is any, or unix:PATH (default: %(default)s)")
    add("--model", help="a model's name or path (default: SLANTWISE_MODEL, else the installed one)")
    add("--backend", choices=("onnx", "torch"), default=_DEFAULT.backend,
        help="what runs the model (default: %(default)s)")
    add("--threads", type=int, metavar="N", help="documents worked on at once (default: as many as processors)")
    add("--max-in-flight", type=int, default=_DEFAULT.max_in_flight, metavar="N",
        help="most documents accepted and not yet answered (default: %(default)s)")
    add("--drain-seconds", type=float, default=_DEFAULT.drain_seconds, metavar="S",
        help="time to finish accepted work when asked to stop (default: %(default)g)")
    add("--tls-cert", type=Path, metavar="FILE", help="certificate chain, PEM (default: no TLS)")
    add("--tls-key", type=Path, metavar="FILE", help="private key of --tls-cert, PEM")
    add("--token-file", type=Path, metavar="FILE", help="file of the token that every call must bear (default: none)")
    add("--insecure", action="store_true", help="serve beyond this machine without TLS and a token")
    add("--exit-with-parent", action="store_true", help="stop when stdin ends")
    add("--log-level", choices=("debug", "info", "warning", "error"), default="info",
        help="least level of the log on stderr (default: %(default)s)")
    # fmt: on
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run a server until it is asked to stop; return the exit status."""
    parser = _parser()
    options = vars(parser.parse_args(arguments))
    exit_with_parent, log_level = options.pop("exit_with_parent"), options.pop("log_level")
    try:
        config = ServerConfig(**options)
    except ValueError as error:
        parser.error(str(error))
    logging.basicConfig(level=log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")

    from slantwise_server import StartError, serve  # noqa: PLC0415 - a wrong option is told at once

    try:
        serve(config, exit_with_parent=exit_with_parent)
    except StartError as error:
        print(f"slantwise: {error}", file=sys.stderr)  # noqa: T201 - for whoever started it
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
