"""The items of one `analyze_batch`, whose faults found here and by the server come back in one list. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slantwise._channel import MESSAGE_BYTES
from slantwise._outcome import Outcome, of_result
from slantwise._request import Item, to_request
from slantwise.errors import ContentTooLarge, InternalError, InvalidRequest
from slantwise.v1 import slantwise_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Batch:
    """The items of a batch.

    Args:
        items: Plain texts, Documents or requests.

    Attributes:
        request: The batch of the items with no fault of their own.
        hopeless: Whether there are items but none to send.

    Raises:
        ContentTooLarge: Together the items do not fit a message.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self._slots: list[InvalidRequest | None] = []
        self.request = pb.BatchAnalyzeDocumentsRequest()
        for item in items:
            try:
                self.request.requests.append(to_request(item))
            except InvalidRequest as error:
                self._slots.append(error)
            else:
                self._slots.append(None)
        if (size := self.request.ByteSize()) > MESSAGE_BYTES:
            message = f"The batch has {size} bytes; the limit is {MESSAGE_BYTES}. Send several, or a stream."
            raise ContentTooLarge(field="requests", message=message, size=size, limit=MESSAGE_BYTES)
        self.hopeless = bool(self._slots) and not self.request.requests

    def outcomes(self, results: Sequence[pb.BatchAnalyzeDocumentsResult] = ()) -> list[Outcome]:
        """Return an outcome an item, given those of the ones sent.

        Raises:
            InternalError: The server answered for more or fewer documents than it was sent.
        """
        if len(results) != len(self.request.requests):
            raise InternalError(
                message=f"The server gave {len(results)} results for {len(self.request.requests)} requests."
            )
        answers = iter(results)
        return [of_result(next(answers)) if error is None else error for error in self._slots]
