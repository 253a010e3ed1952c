"""The items of one `analyze_many` that are read and not yet yielded, in the order of the input. No I/O."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from slantwise._outcome import Outcome, of_result
from slantwise._request import Item, to_request
from slantwise.errors import DeadlineExceeded, InternalError, InvalidRequest, SlantwiseError, Unavailable
from slantwise.v1 import slantwise_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAM_DEADLINES = 2
"""How many timeouts a stream lives. It takes new items in all but the last, so each has a whole one to be answered."""


class Window:
    """At most `size` items, each unanswered or waiting for an earlier one.

    Args:
        size: The most items that are read ahead of the results.
        timeout_s: How many seconds an item may wait for its answer.

    Raises:
        ValueError: `size` is less than 1.
    """

    def __init__(self, size: int, timeout_s: float) -> None:
        if size < 1:
            raise ValueError(f"a window holds at least 1 item, not {size}")
        self.drained = False  # whether the input has ended
        self._size = size
        self._timeout_s = timeout_s
        self._ids = count(1)
        self._slots: dict[str, pb.StreamAnalyzeDocumentsRequest | Outcome] = {}

    @property
    def done(self) -> bool:
        """Whether every item there is has been yielded."""
        return self.drained and not self._slots

    @property
    def has_room(self) -> bool:
        """Whether another item may be read."""
        return not self.drained and len(self._slots) < self._size

    @property
    def unanswered(self) -> list[pb.StreamAnalyzeDocumentsRequest]:
        """The items without an outcome."""
        return [slot for slot in self._slots.values() if isinstance(slot, pb.StreamAnalyzeDocumentsRequest)]

    def add(self, item: Item) -> pb.StreamAnalyzeDocumentsRequest | None:
        """Take in an item, and return what to send for it: nothing when it fails here."""
        request_id = str(next(self._ids))
        try:
            request = pb.StreamAnalyzeDocumentsRequest(request_id=request_id, request=to_request(item))
        except InvalidRequest as error:
            self._slots[request_id] = error
            return None
        self._slots[request_id] = request
        return request

    def settle(self, response: pb.StreamAnalyzeDocumentsResponse) -> None:
        """Take in an answer.

        Raises:
            InternalError: It answers no unanswered item.
        """
        if not isinstance(self._slots.get(response.request_id), pb.StreamAnalyzeDocumentsRequest):
            raise InternalError(message="The server answered an item that was not waiting for an answer.")
        self._slots[response.request_id] = of_result(response)

    def interrupt(self, error: SlantwiseError | None, *, answers: int, waited_s: float) -> None:
        """Take in the end of a stream.

        Afterwards the unanswered items, if any, are to be sent again on another stream. They fail instead, and the
        input goes on, when a whole timeout was waited for any of them.

        Args:
            error: Why the stream ended; None when the server found nothing wrong.
            answers: How many answers it gave. The channel itself has retried a stream without any.
            waited_s: How long the last one was waited for. The caller may have been away before, for as long as it
                liked.

        Raises:
            SlantwiseError: `error`, when another stream would end the same way.
        """
        if error is None:
            if not self.unanswered:
                return
            error = Unavailable(message="The server ended the stream before its last answer.")
        if isinstance(error, DeadlineExceeded):
            if waited_s >= self._timeout_s:
                self._slots.update((request.request_id, error) for request in self.unanswered)
        elif not (error.retryable and answers):
            raise error

    def ready(self) -> Iterator[Outcome]:
        """Yield and forget the outcomes that no unanswered item stands before."""
        while self._slots:
            request_id, slot = next(iter(self._slots.items()))
            if isinstance(slot, pb.StreamAnalyzeDocumentsRequest):
                return
            del self._slots[request_id]
            yield slot
