"""The engine: documents to analyses, without a network."""

from slantwise_models.package import ModelError
from slantwise_server.engine.analysis import Analysis
from slantwise_server.engine.engine import EmptyText, Engine
from slantwise_server.engine.info import ANALYSES, CalibrationFigure, Corpus, ModelInfo
from slantwise_server.engine.scores import EngineCancelled
from slantwise_server.engine.targets import MAX_DETECTED_TARGETS

__all__ = [
    "ANALYSES", "MAX_DETECTED_TARGETS", "Analysis", "CalibrationFigure", "Corpus", "EmptyText", "Engine",
    "EngineCancelled", "ModelError", "ModelInfo",
]  # fmt: skip
