"""What a model says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slantwise_models.heads.frames import FRAMES
from slantwise_models.heads.stance import STANCES
from slantwise_models.heads.voice import KINDS, VOICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slantwise_models.package import Package

ANALYSES = frozenset({"VOICE", "ATTRIBUTION", "STANCE", "FRAMING", "LOADED_LANGUAGE"})
_LABELS = {
    "VOICE": (*(f"VOICE_{name}" for name in VOICES), *(f"EDITORIAL_KIND_{name}" for name in KINDS)),
    "ATTRIBUTION": (),
    "STANCE": tuple(f"STANCE_LABEL_{name}" for name in STANCES),
    "FRAMING": tuple(f"FRAME_{name}" for name in FRAMES),
    "LOADED_LANGUAGE": (),
}


@dataclass(frozen=True, slots=True)
class CalibrationFigure:
    """The expected calibration error of a head on a test set."""

    head: str
    dataset: str
    ece: float
    cases: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus the model was trained on."""

    name: str
    license: str
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """The description of a model."""

    name: str
    version: str
    digest: str
    languages: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]  # analysis -> names of proto enum values
    calibrations: tuple[CalibrationFigure, ...]
    training_data: tuple[Corpus, ...]
    license: str
    backend: str


def info(package: Package, backend: str) -> ModelInfo:
    """Return the description of a model package run by a backend."""
    return ModelInfo(
        package.name,
        package.version,
        package.digest,
        tuple(package.config["languages"]),
        _LABELS,
        tuple(CalibrationFigure(**figure) for figure in package.metrics["calibration"]),
        tuple(Corpus(c["name"], c["license"], tuple(c["heads"])) for c in package.config["training_data"]),
        package.config["license"],
        backend,
    )
