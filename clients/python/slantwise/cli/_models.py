"""`slantwise models`: what a server serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from slantwise.cli._connect import connection_options
from slantwise.cli._view import one_line

if TYPE_CHECKING:
    from slantwise.cli._connect import Connection


@click.command()
@connection_options
def models(connection: Connection) -> None:
    """List the models that the server serves, the default first."""
    with connection.client() as client:
        served = client.list_models()
    table = Table("name", "version", "languages", "backend", "licence", "digest", box=None, header_style="bold")
    for model in served:
        cells = (model.name, model.version, " ".join(model.language_codes), model.backend, model.license, model.digest)
        table.add_row(*map(one_line, cells))
    Console(soft_wrap=True).print(table)
