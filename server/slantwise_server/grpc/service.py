"""The RPCs of `slantwise.v1.RhetoricService`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from slantwise import errors
from slantwise.v1 import slantwise_pb2 as pb
from slantwise.v1 import slantwise_pb2_grpc as pb_grpc
from slantwise_server.grpc import validate
from slantwise_server.grpc.convert import analysis_message, model_message
from slantwise_server.grpc.errors import failure, status_message
from slantwise_server.grpc.stream import DocumentStream

if TYPE_CHECKING:
    from collections.abc import Callable

    from grpc import aio

    from slantwise_server.config import Limits
    from slantwise_server.grpc.admission import Admission
    from slantwise_server.grpc.analyzer import Analyzer
    from slantwise_server.grpc.workers import Workers

    _Context = aio.ServicerContext[Any, Any]

_STATUS_BYTES = 1_024  # room for what a message holds besides analyses: a status, or the framing


class RhetoricService(pb_grpc.RhetoricServiceServicer):
    """Answers calls with an engine, once it has one.

    A call never has more documents in the queue of the workers than there are workers, so that a call with one
    document waits for few documents of a batch or stream.
    """

    _engine: Analyzer  # set by `open`, before which nothing is admitted

    def __init__(self, limits: Limits, admission: Admission, workers: Workers) -> None:
        self._limits = limits
        self._admission = admission
        self._workers = workers

    def open(self, engine: Analyzer) -> None:
        """Answer with an engine from now on."""
        self._engine = engine
        self._admission.open()

    async def AnalyzeDocument(  # noqa: N802 - the RPC's name
        self, request: pb.AnalyzeDocumentRequest, context: _Context
    ) -> pb.AnalyzeDocumentResponse:
        """Analyse one document."""
        with self._admission.documents(1):
            return pb.AnalyzeDocumentResponse(analysis=await self._analyze(request, context))

    async def BatchAnalyzeDocuments(  # noqa: N802 - the RPC's name
        self, request: pb.BatchAnalyzeDocumentsRequest, context: _Context
    ) -> pb.BatchAnalyzeDocumentsResponse:
        """Analyse several documents, each of which succeeds or fails alone."""
        self._admission.check_open()
        validate.batch(request, self._limits)
        turns = asyncio.Semaphore(self._workers.threads)

        async def result(each: pb.AnalyzeDocumentRequest) -> pb.BatchAnalyzeDocumentsResult:
            async with turns:
                try:
                    return pb.BatchAnalyzeDocumentsResult(analysis=await self._analyze(each, context))
                except Exception as error:  # noqa: BLE001 - whatever it is, this document fails alone
                    return pb.BatchAnalyzeDocumentsResult(status=status_message(failure(error)))

        with self._admission.documents(len(request.requests)):
            return self._in_one_message(await asyncio.gather(*map(result, request.requests)))

    async def StreamAnalyzeDocuments(  # type: ignore[override]  # grpc.aio takes a coroutine too  # noqa: N802
        self,
        request_iterator: object,  # noqa: ARG002 - context.read() gives the same messages
        context: _Context,
    ) -> None:
        """Analyse documents as they come, and answer each as soon as it is ready."""
        turns = asyncio.Semaphore(self._workers.threads)

        async def analyze(request: pb.AnalyzeDocumentRequest) -> pb.DocumentAnalysis:
            async with turns, self._admission.item():
                return await self._analyze(request, context)

        with self._admission.stream():
            if not await DocumentStream(context, analyze, self._limits).run(until=self._admission.closing):
                self._admission.check_open()

    async def ListModels(  # noqa: N802 - the RPC's name
        self,
        request: pb.ListModelsRequest,
        context: _Context,  # noqa: ARG002 - the RPC's signature
    ) -> pb.ListModelsResponse:
        """List the models."""
        models = [self._model()]
        page = validate.page(request, len(models))
        more = page.stop < len(models)
        return pb.ListModelsResponse(
            models=models[page.start : page.stop], next_page_token=str(page.stop) if more else ""
        )

    async def GetModel(  # noqa: N802 - the RPC's name
        self,
        request: pb.GetModelRequest,
        context: _Context,  # noqa: ARG002 - the RPC's signature
    ) -> pb.GetModelResponse:
        """Describe one model."""
        model = self._model()
        if request.name not in ("", model.name):
            raise errors.ModelNotFound(field="name", name=validate.clipped(request.name))
        return pb.GetModelResponse(model=model)

    def _model(self) -> pb.Model:
        self._admission.check_open()
        from slantwise_server.engine import MAX_DETECTED_TARGETS  # noqa: PLC0415 - by now it is loaded

        return model_message(self._engine.info, self._limits, MAX_DETECTED_TARGETS)

    async def _analyze(self, request: pb.AnalyzeDocumentRequest, context: _Context) -> pb.DocumentAnalysis:
        """Analyse one document in a worker, from validation to the finished message."""
        engine = self._engine

        def job(cancelled: Callable[[], bool]) -> pb.DocumentAnalysis:
            from slantwise_server.engine import EmptyText  # noqa: PLC0415 - by now it is loaded

            query = validate.document_query(request, engine.info, self._limits)
            try:
                analysis = engine.analyze(
                    query.content,
                    media_type=query.media_type,
                    title=query.title,
                    language_code=query.language_code,
                    analyses=query.analyses,
                    targets=query.targets,
                    cancelled=cancelled,
                )
            except EmptyText:
                raise errors.EmptyContent(field="document.content") from None
            message = analysis_message(analysis, query, engine.info)
            size, limit = message.ByteSize(), self._limits.message_bytes - _STATUS_BYTES
            if size > limit:
                raise errors.ContentTooLarge(
                    field="document.content",
                    message=f"The analysis has {size} bytes; the limit is {limit}. Split it, or name fewer targets.",
                    size=size,
                    limit=limit,
                )
            return message

        return await self._workers.run(job, context.time_remaining())

    def _in_one_message(self, results: list[pb.BatchAnalyzeDocumentsResult]) -> pb.BatchAnalyzeDocumentsResponse:
        """Return the response of a batch, in which what does not fit any more asks to be sent again."""
        response = pb.BatchAnalyzeDocumentsResponse()
        room = self._limits.message_bytes - _STATUS_BYTES * len(results)
        for result in results:
            room -= result.ByteSize()
            if room >= 0 or not result.HasField("analysis"):
                response.results.append(result)
                continue
            room += result.ByteSize()
            unfit = errors.Overloaded(
                retry_delay_s=0.0,
                message=f"The analyses of this batch have over {self._limits.message_bytes} bytes together. "
                "Send this document again in another batch.",
            )
            response.results.add(status=status_message(unfit))
        return response
