"""The command line: `slantwise serve`, `analyze`, `score` and `models`."""

from __future__ import annotations

import click

from slantwise.cli._analyze import analyze
from slantwise.cli._models import models
from slantwise.cli._score import score
from slantwise.cli._serve import serve

__all__ = ["main"]


@click.group()
def main() -> None:
    """Who is speaking in a news or opinion text, and how the text leans, span by span.

    Without --server, the commands start an engine of their own on this machine and stop it when they are done.
    """


for command in (serve, analyze, score, models):
    main.add_command(command)
