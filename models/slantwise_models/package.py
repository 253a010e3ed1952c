"""Model packages: a folder of weights with everything needed to use and to judge them.

    config.json        name, version, languages, licence, shape of the encoder, windows, settings of decoding, training data
    model.safetensors  the weights (`weights.py`)
    model.onnx         the graph, which takes its weights from model.safetensors
    tokenizer.json     the word pieces
    metrics.json       figures on stated test sets, calibration among them
    README.md          the model card
    manifest.json      the SHA-256 of each file above; its own SHA-256 is the model's digest

A package is an installed Python package that declares itself under the entry point group `slantwise.models`, or just a
folder. Nothing in it is pickled, and nothing is used before its checksum is verified.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUP = "slantwise.models"
VARIABLE = "SLANTWISE_MODEL"
DEFAULT = "slantwise-en"
FILES = ("config.json", "model.safetensors", "model.onnx", "tokenizer.json", "metrics.json", "README.md")
MANIFEST = "manifest.json"


class ModelError(Exception):
    """A model cannot be found or is not what its manifest says."""


@dataclass(frozen=True, slots=True)
class Package:
    """A verified model package.

    Attributes:
        folder: Where its files are.
        config: The contents of `config.json`.
        metrics: The contents of `metrics.json`.
        digest: `sha256:` and the SHA-256 of the manifest.
    """

    folder: Path
    config: Mapping[str, Any]
    metrics: Mapping[str, Any]
    digest: str

    @property
    def name(self) -> str:
        """The model's name."""
        return str(self.config["name"])

    @property
    def version(self) -> str:
        """The model's version."""
        return str(self.config["version"])


def installed() -> dict[str, Path]:
    """Return the folders of the installed model packages, by name."""
    found: dict[str, Path] = {}
    for entry in entry_points(group=GROUP):
        spec = find_spec(entry.value)
        if spec is not None and spec.origin is not None:
            found[entry.name] = Path(spec.origin).parent
    return found


def find(model: str | None = None) -> Path:
    """Return the folder of a model given by name or path; None means `SLANTWISE_MODEL`, else the default one.

    Raises:
        ModelError: There is no such model.
    """
    wanted = model or os.environ.get(VARIABLE) or DEFAULT
    packages = installed()
    if wanted in packages:
        return packages[wanted]
    folder = Path(wanted)
    if (folder / MANIFEST).is_file():
        return folder
    known = ", ".join(sorted(packages)) or "none"
    raise ModelError(f"no model {wanted!r}: not a folder with a {MANIFEST}, nor one of the installed models ({known})")


def load(model: str | None = None) -> Package:
    """Find a model and verify its files.

    Raises:
        ModelError: There is no such model, or a file is missing or changed.
    """
    folder = find(model)
    try:
        manifest = (folder / MANIFEST).read_bytes()
        expected = json.loads(manifest)["files"]
        missing = sorted(set(FILES) - set(expected))
        changed = [name for name in FILES if name in expected and sha256(folder / name) != expected[name]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"the model in {folder} cannot be read: {type(error).__name__}: {error}") from error
    if missing or changed:
        raise ModelError(
            f"the model in {folder} is not what its {MANIFEST} says: "
            f"not listed {missing}, changed {changed}; install it again"
        )
    return Package(
        folder,
        json.loads((folder / "config.json").read_text("utf-8")),
        json.loads((folder / "metrics.json").read_text("utf-8")),
        "sha256:" + hashlib.sha256(manifest).hexdigest(),
    )


def seal(folder: Path) -> None:
    """Write the manifest of a folder whose files are complete."""
    files = {name: sha256(folder / name) for name in FILES}
    (folder / MANIFEST).write_text(json.dumps({"files": files}, indent=1) + "\n", "utf-8")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
