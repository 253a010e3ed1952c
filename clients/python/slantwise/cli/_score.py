"""`slantwise score`: many documents, a line of JSON each."""

from __future__ import annotations

import sys
from collections import deque
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from slantwise import Client, Document, DocumentAnalysis
from slantwise.cli._connect import Connection, connection_options, model_option
from slantwise.cli._documents import Defaults, Fault, find
from slantwise.cli._json import to_json
from slantwise.cli._view import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOME_FAILED = 3


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--output", default="-", show_default=True, type=click.Path(dir_okay=False), help="- is stdout.")
@click.option("-t", "--target", "targets", multiple=True, help="Take the stance towards this; may be repeated.")
@model_option
@connection_options
def score(paths: tuple[Path, ...], output: str, targets: tuple[str, ...], connection: Connection) -> None:
    """Analyse many documents into JSON lines, in the order of the input.

    PATHS are files, folders (searched for .txt, .md, .html and .htm), and .jsonl files, whose lines hold `content` and
    may hold `document_id`, `title`, `media_type`, `language_code` and `targets`.

    What fails is told on stderr, a line each, and has no line in the output. The exit code is 0 when nothing failed, 3
    when something did, and 1 when the server could not go on.
    """
    if output != "-" and any(Path(output).exists() and path.samefile(output) for path in paths):
        raise click.UsageError(f"the output {output} is one of the inputs")
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.completed} analysed, {task.fields[failed]} failed"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    with _opened(output) as file, connection.client() as client, progress:
        task = progress.add_task("", total=None, failed=0)
        run = _Run(client, file, console)
        for _ in run.over(paths, Defaults(targets, connection.requested_model)):
            progress.update(task, completed=run.analysed, failed=run.failed)
    if run.failed:
        sys.exit(_SOME_FAILED)


class _Run:
    """One pass over the input: analyses go to the file, failures to the console, a line each."""

    def __init__(self, client: Client, file: BinaryIO, console: Console) -> None:
        self.analysed = 0
        self.failed = 0
        self._client = client
        self._file = file
        self._console = console
        self._places: deque[str] = deque()  # of the documents sent and not yet answered

    def over(self, paths: tuple[Path, ...], defaults: Defaults) -> Iterator[None]:
        """Analyse what lies under the paths, yielding after each document that was sent."""
        for outcome in self._client.analyze_many(self._documents(paths, defaults)):
            place = self._places.popleft()
            if isinstance(outcome, DocumentAnalysis):
                self._file.write(to_json(outcome).encode() + b"\n")
                self.analysed += 1
            else:
                self._fail(place, str(outcome))
            yield

    def _documents(self, paths: tuple[Path, ...], defaults: Defaults) -> Iterator[Document]:
        for found in find(paths, defaults):
            if isinstance(found, Fault):
                self._fail(found.place, found.problem)
            else:
                self._places.append(found.place)
                yield found.document

    def _fail(self, place: str, problem: str) -> None:
        self.failed += 1
        self._console.print(one_line(f"{place}: {problem}"))


def _opened(output: str) -> nullcontext[BinaryIO] | BinaryIO:
    if output == "-":
        return nullcontext(sys.stdout.buffer)
    try:
        return Path(output).open("wb")
    except OSError as error:
        raise click.UsageError(f"cannot write {output}: {error.strerror}") from error
