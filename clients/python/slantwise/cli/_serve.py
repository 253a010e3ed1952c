"""`slantwise serve`: the server itself."""

from __future__ import annotations

import os

import click

from slantwise.cli._engine import server_command


@click.command(
    add_help_option=False,  # --help is the server's, too
    context_settings={"ignore_unknown_options": True},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def serve(arguments: tuple[str, ...]) -> None:
    """Run a server, by default on 127.0.0.1:50051; `slantwise serve --help` lists its options."""
    command = server_command(*arguments)
    os.execv(command[0], command)  # noqa: S606 - it replaces us, so that signals reach the server itself
