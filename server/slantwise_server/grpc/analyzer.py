"""What the service asks of an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slantwise_server.engine import ModelInfo
    from slantwise_server.engine.analysis import Analysis


class Analyzer(Protocol):
    """An engine, or anything that answers like one."""

    @property
    def info(self) -> ModelInfo:
        """The model it runs."""

    def warm(self) -> None:
        """Make the first request as fast as the others."""

    def analyze(
        self,
        content: str,
        *,
        media_type: str,
        title: str,
        language_code: str,
        analyses: frozenset[str],
        targets: Sequence[str],
        cancelled: Callable[[], bool],
    ) -> Analysis:
        """Analyse one document; blocks, and may be called from several threads at once.

        Raises:
            EngineCancelled: `cancelled()` became true.
            EmptyText: The document has no text but white space.
        """

    def close(self) -> None:
        """Free what it holds; nothing may be analysed after it."""
