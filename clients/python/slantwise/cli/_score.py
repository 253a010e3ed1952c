"""`slantwise score`: many documents, a line of JSON each."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click
from google.protobuf import json_format
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from slantwise import Document, DocumentAnalysis
from slantwise.cli._connect import connection_options, model_option
from slantwise.cli._documents import Defaults, Fault, find
from slantwise.cli._view import plain

if TYPE_CHECKING:
    from typing import BinaryIO

    from slantwise.cli._connect import Connection

_SOME_FAILED = 3
