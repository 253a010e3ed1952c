"""Files and JSON lines, as documents."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from slantwise import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MEDIA_TYPES = {".md": "MARKDOWN", ".html": "HTML", ".htm": "HTML", ".txt": "PLAIN"}
"""The files that a folder is searched for, and how each is written."""

# More than a server takes. What is beyond it need not be read to be refused.
_FILE_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for every document that does not say otherwise."""

    targets: tuple[str, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file or line is no document."""

    place: str
    problem: str


@dataclass(frozen=True, slots=True)
class Found:
    """A document and where it comes from."""

    place: str
    document: Document


def find(paths: Iterable[Path], defaults: Defaults) -> Iterator[Found | Fault]:
    """Yield what lies under these paths, one at a time, the files of a folder in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from _of_folder(path, defaults)
        elif path.suffix.lower() == ".jsonl":
            yield from _of_lines(path, defaults)
        else:
            yield _of_file(path, defaults)


def media_type(path: Path) -> str:
    """Return how a file is written, by its name."""
    return MEDIA_TYPES.get(path.suffix.lower(), "PLAIN")


def read_text(file: IO[bytes]) -> str:
    r"""Return the text of a file, line ends and all, so that offsets hold in the file: no `\r\n` becomes `\n`.

    Raises:
        ValueError: The file is not UTF-8, or larger than any document may be.
    """
    data = file.read(_FILE_BYTES + 1)
    if len(data) > _FILE_BYTES:
        raise ValueError("larger than any document may be")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:  # its own message would hold the text
        raise ValueError(f"not UTF-8 at byte {error.start}") from None


def _of_folder(folder: Path, defaults: Defaults) -> Iterator[Found | Fault]:
    closed: list[OSError] = []
    for root, folders, names in os.walk(folder, onerror=closed.append):
        folders.sort()
        for name in sorted(names):
            if Path(name).suffix.lower() in MEDIA_TYPES:
                yield _of_file(Path(root, name), defaults)
    yield from (Fault(str(error.filename), error.strerror or "cannot be read") for error in closed)


def _of_file(path: Path, defaults: Defaults) -> Found | Fault:
    try:
        with path.open("rb") as file:
            content = read_text(file)
    except OSError as error:
        return Fault(str(path), error.strerror or "cannot be read")
    except ValueError as error:
        return Fault(str(path), str(error))
    document = Document(
        content,
        document_id=str(path),
        media_type=media_type(path),
        targets=defaults.targets,
        model=defaults.model,
    )
    return Found(str(path), document)


def _of_lines(path: Path, defaults: Defaults) -> Iterator[Found | Fault]:
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(_FILE_BYTES):
                number += 1
                place = f"{path}:{number}"
                if not line.endswith(b"\n") and len(line) == _FILE_BYTES:
                    yield Fault(place, "larger than any document may be")
                    while (rest := file.readline(_FILE_BYTES)) and not rest.endswith(b"\n"):
                        pass
                elif line.strip():
                    yield _of_line(line, place, defaults)
    except OSError as error:
        yield Fault(str(path), error.strerror or "cannot be read")


def _of_line(line: bytes, place: str, defaults: Defaults) -> Found | Fault:
    try:
        return Found(place, _of_record(json.loads(line.decode("utf-8-sig")), defaults))
    except UnicodeDecodeError as error:
        return Fault(place, f"not UTF-8 at byte {error.start}")
    except json.JSONDecodeError as error:
        return Fault(place, f"not JSON at character {error.pos}: {error.msg}")
    except RecursionError:
        return Fault(place, "nested too deeply")
    except ValueError as error:
        return Fault(place, str(error))


def _of_record(record: object, defaults: Defaults) -> Document:
    """Return the document that a JSON line holds; keys that mean nothing here are left alone.

    Raises:
        ValueError: It lacks `content`, or a key holds what it should not.
    """
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - a fault of the input, not of the call
    if "content" not in record:
        raise ValueError("content is missing")
    texts = {key: record.get(key, "") for key in ("content", "document_id", "title", "language_code")}
    texts["media_type"] = record.get("media_type", "PLAIN")
    for key, value in texts.items():
        if not isinstance(value, str):
            raise ValueError(f"{key} is not a string")  # noqa: TRY004 - likewise
    targets = record.get("targets", defaults.targets)
    if not isinstance(targets, (list, tuple)) or not all(isinstance(target, str) for target in targets):
        raise ValueError("targets is not a list of strings")
    return Document(**texts, targets=tuple(targets), model=defaults.model)
