"""The engine: a document in, its analysis out.

    content → paragraphs → sentences → windows → encoder and heads → segments → attributions → targets → stances → analysis

The same model gives the same document the same analysis, whatever else is running: windows depend on the document alone
and each is run by itself.
"""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from slantwise_models import package
from slantwise_models.heads import attribution, frames, loaded, stance, voice
from slantwise_models.package import ModelError
from slantwise_models.text import Document, read
from slantwise_models.tokens import Tokens, WordPieces
from slantwise_models.window import TARGET_LIMIT, Window, windows
from slantwise_server.engine import analysis as found
from slantwise_server.engine.analysis import Analysis, Span
from slantwise_server.engine.attribution import Linked, Linker
from slantwise_server.engine.framing import frames as frames_of
from slantwise_server.engine.info import ANALYSES, ModelInfo, info
from slantwise_server.engine.language import warning
from slantwise_server.engine.loaded import loaded_spans
from slantwise_server.engine.names import Names
from slantwise_server.engine.onnx import OnnxBackend
from slantwise_server.engine.scores import Runner, Scores
from slantwise_server.engine.stance import Judge, Reading, mentioned, windows_for
from slantwise_server.engine.summary import ink, summary, voice_shares
from slantwise_server.engine.targets import detected, requested
from slantwise_server.engine.voice import Segment, segments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slantwise_server.engine.backend import Backend

_WARM_UP = "Rivertown's mayor, Ana Ortiz, said on Monday that the bridge would reopen. “We will be ready,” she said. About time."


class EmptyText(Exception):  # noqa: N818 - the caller names the error
    """A document has no text, such as a page of HTML with nothing to read."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """What decoding is tuned by, head by head."""

    voice: voice.Settings
    attribution: attribution.Settings
    loaded: loaded.Settings
    frames: frames.Settings
    stance: stance.Settings


class Engine:
    """Analyses documents with one model; safe to call from several threads at once.

    Args:
        model: A verified model package.
        backend: What runs it.
        threads: How many windows run at once.
    """

    def __init__(self, model: package.Package, backend: Backend, threads: int) -> None:
        self.info: ModelInfo = info(model, backend.name)
        self._vocabulary = WordPieces(model.folder / "tokenizer.json")
        self._size, self._context = model.config["window"]["size"], model.config["window"]["context"]
        tuned: Any = model.config["decoding"]
        self._decoding = Decoding(
            voice.Settings(**tuned["voice"]),
            attribution.Settings(**tuned["attribution"]),
            loaded.Settings(**tuned["loaded"]),
            frames.Settings(tuned["frames"]["temperature"], tuple(tuned["frames"]["thresholds"])),
            stance.Settings(**tuned["stance"]),
        )
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="window")
        self._runner = Runner(backend, self._vocabulary, self._pool)

    @classmethod
    def load(cls, model: str | None = None, *, backend: str = "onnx", threads: int | None = None) -> Engine:
        """Load and verify a model.

        Args:
            model: Its name or path; None means `SLANTWISE_MODEL`, else the default model.
            backend: "onnx" or "torch".
            threads: How many windows run at once; None means one a core.

        Raises:
            ModelError: There is no such model, it is damaged, or the backend is not installed.
        """
        verified = package.load(model)
        return cls(verified, _backend(backend, verified), threads or os.cpu_count() or 1)

    def warm(self) -> None:
        """Run every part once, so that the first document is as fast as the next."""
        self.analyze(_WARM_UP, targets=["bridge"])

    def close(self) -> None:
        """Stop the threads once they have finished what they run."""
        self._pool.shutdown(cancel_futures=True)

    def analyze(
        self,
        content: str,
        *,
        media_type: str = "PLAIN",
        title: str = "",
        language_code: str = "",
        analyses: frozenset[str] = ANALYSES,
        targets: Sequence[str] = (),
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Analysis:
        """Analyse a document; blocks until done.

        Args:
            content: The text, as long as it may be.
            media_type: PLAIN, MARKDOWN or HTML.
            title: A title that is not part of the content.
            language_code: The language, one of the model's, or empty for its first.
            analyses: What to find, of `ANALYSES`; VOICE is always found.
            targets: What to take stances towards; none means that targets are detected.
            cancelled: Asked before each window whether the caller still wants the answer.

        Raises:
            EngineCancelled: `cancelled` came true.
            EmptyText: There is nothing to read.
        """
        document = read(content, media_type)
        if not document.blocks:
            raise EmptyText
        tokens = self._vocabulary.read(document, title)
        shown = windows(tokens, self._size, self._context)
        scores = self._runner.text(tokens, shown, cancelled)
        voices = segments(document, tokens, scores, self._decoding.voice)
        wants_names = bool(analyses & {"ATTRIBUTION", "STANCE"})
        names = Names(document.text, tokens, scores.pieces["entity"]) if wants_names else None
        linked = (
            Linker(document, tokens, scores, names, self._decoding.attribution).link(voices)
            if names
            else Linked((), ("",) * len(voices))
        )
        stances: list[found.Stance] = []
        judged: list[found.TargetSummary] = []
        named: tuple[found.Target, ...] = ()
        if names and "STANCE" in analyses:
            named = requested(targets, document.text, names) if targets else detected(document.text, names)
            judge = Judge(
                tokens, voices, [Span(b.begin, b.end) for b in document.blocks], linked.attributions, linked.of_segment
            )
            for target in named:
                more, told = judge.judge(target, self._reading(target, tokens, shown, scores, cancelled))
                stances += more
                judged.append(told)
        if "ATTRIBUTION" not in analyses:
            linked = Linked((), ("",) * len(voices))
        out_segments = tuple(_segment(i, s, linked.of_segment[i]) for i, s in enumerate(voices))
        paragraphs = self._paragraphs(document, tokens, scores, voices, framing="FRAMING" in analyses)
        said = warning(document.text)
        return Analysis(
            text=document.text,
            language_code=language_code or self.info.languages[0],
            paragraphs=paragraphs,
            voice_segments=out_segments,
            attributions=linked.attributions,
            targets=named,
            stances=tuple(stances),
            loaded_spans=(
                loaded_spans(document.text, tokens, scores.pieces["loaded"], voices, self._decoding.loaded)
                if "LOADED_LANGUAGE" in analyses
                else ()
            ),
            summary=summary(document.text, paragraphs, out_segments, linked.attributions, tuple(judged)),
            warnings=(said,) if said else (),
        )

    def _reading(
        self,
        target: found.Target,
        tokens: Tokens,
        shown: Sequence[Window],
        scores: Scores,
        cancelled: Callable[[], bool],
    ) -> Reading:
        """Return what the model makes of a target: of its mentions when detected, of the text read with it when requested."""
        if target.origin == "DETECTED":
            pieces = mentioned(target, tokens)
            return Reading(pieces, scores.pieces["mention"][pieces], self._decoding.stance)
        phrase = self._vocabulary.phrase(target.name, TARGET_LIMIT)
        if not len(tokens) or not len(phrase.ids):
            return Reading(
                np.zeros(0, np.int32), np.zeros((0, stance.SIZES["stance"]), np.float32), self._decoding.stance
            )
        pieces, logits = self._runner.target(tokens, windows_for(target, tokens, shown), phrase, cancelled)
        return Reading(pieces, logits, self._decoding.stance)

    def _paragraphs(
        self, document: Document, tokens: Tokens, scores: Scores, voices: Sequence[Segment], *, framing: bool
    ) -> tuple[found.Paragraph, ...]:
        sizes: list[Counter[str]] = [Counter() for _ in document.blocks]
        for segment in voices:
            sizes[segment.block][segment.voice] += ink(document.text[slice(*segment.span)])
        bounds = tokens.block_bounds(len(document.blocks))
        return tuple(
            found.Paragraph(
                Span(block.begin, block.end),
                block.kind,
                frames_of(scores.pieces["frames"], tokens, bounds[i], bounds[i + 1], self._decoding.frames)
                if framing and block.kind not in ("CODE", "BOILERPLATE")
                else (),
                voice_shares(sizes[i]),
            )
            for i, block in enumerate(document.blocks)
        )


def _segment(index: int, segment: Segment, attribution: str) -> found.VoiceSegment:
    scores = sorted(zip(voice.VOICES, segment.scores.tolist(), strict=True), key=lambda pair: -pair[1])
    best = int(segment.kinds.argmax())
    judges = segment.voice == "EDITORIAL"
    return found.VoiceSegment(
        id=f"s{index + 1}",
        span=segment.span,
        voice=segment.voice,
        score=segment.score,
        scores=tuple(scores),
        paragraph_index=segment.block,
        kind=voice.KINDS[best] if judges else "",
        kind_score=float(segment.kinds[best]) if judges else 0.0,
        attribution_id=attribution,
    )


def _backend(name: str, model: package.Package) -> Backend:
    if name == "onnx":
        return OnnxBackend(model.folder)
    if name != "torch":
        raise ModelError(f"no backend {name!r}: choose onnx or torch")
    try:
        from slantwise_server.engine.torch import TorchBackend  # noqa: PLC0415 - heavy, and an extra
    except ImportError as error:
        raise ModelError("the torch backend needs its extra: pip install 'slantwise[torch]'") from error
    return TorchBackend.load(model.folder, model.config["encoder"])
