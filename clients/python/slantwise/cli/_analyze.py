"""`slantwise analyze`: one document, to read or as JSON."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from slantwise.cli._connect import Connection, connection_options, model_option
from slantwise.cli._documents import media_type, read_text
from slantwise.cli._json import to_json
from slantwise.cli._view import view


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="Print the analysis as JSON.")
@click.option("-t", "--target", "targets", multiple=True, help="Take the stance towards this; may be repeated.")
@click.option(
    "--media-type",
    "written",
    type=click.Choice(["auto", "plain", "markdown", "html"], case_sensitive=False),
    default="auto",
    show_default=True,
    help="How the file is written; auto goes by its name.",
)
@click.option("--title", default="", help="A title that is not part of the text.")
@model_option
@connection_options
def analyze(
    file: str, as_json: bool, targets: tuple[str, ...], written: str, title: str, connection: Connection
) -> None:
    """Analyse FILE, or stdin when it is -, and show who is speaking and how the text leans."""
    try:
        with click.open_file(file, "rb") as stream:
            content = read_text(stream)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{file}: {error}") from error
    with connection.client() as client:
        analysis = client.analyze(
            content,
            targets=targets,
            media_type=media_type(Path(file)) if written == "auto" else written,
            title=title,
            model=connection.requested_model,
        )
    if as_json:
        sys.stdout.buffer.write(to_json(analysis, indent=2).encode() + b"\n")
        return
    console = Console(highlight=False)
    for part in view(analysis, content, marks=console.color_system is None):
        console.print(part)
