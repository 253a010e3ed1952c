"""Who is speaking in a news or opinion text, and how the text leans, span by span: the client of a Slantwise server.

    from slantwise import Client

    with Client("127.0.0.1:50051") as client:
        analysis = client.analyze("Officials say the bridge is safe. They are wrong.", targets=["the bridge"])

Results are the messages of `slantwise.v1`; every failure is a SlantwiseError.
"""

from slantwise._aio import AsyncClient
from slantwise._client import Client
from slantwise._outcome import Outcome
from slantwise._request import Document
from slantwise._spans import slice_span
from slantwise.errors import (
    BadPage,
    BadTarget,
    Cancelled,
    ContentTooLarge,
    DeadlineExceeded,
    DuplicateId,
    EmptyBatch,
    EmptyContent,
    FieldTooLong,
    InternalError,
    InvalidRequest,
    MissingField,
    ModelNotFound,
    Overloaded,
    ServiceError,
    SlantwiseError,
    TooManyDocuments,
    TooManyTargets,
    Unauthenticated,
    Unavailable,
    UnknownEnumValue,
    UnknownModel,
    UnsupportedLanguage,
)
from slantwise.v1.slantwise_pb2 import DocumentAnalysis, Model

__all__ = [
    "AsyncClient",
    "BadPage",
    "BadTarget",
    "Cancelled",
    "Client",
    "ContentTooLarge",
    "DeadlineExceeded",
    "Document",
    "DocumentAnalysis",
    "DuplicateId",
    "EmptyBatch",
    "EmptyContent",
    "FieldTooLong",
    "InternalError",
    "InvalidRequest",
    "MissingField",
    "Model",
    "ModelNotFound",
    "Outcome",
    "Overloaded",
    "ServiceError",
    "SlantwiseError",
    "TooManyDocuments",
    "TooManyTargets",
    "Unauthenticated",
    "Unavailable",
    "UnknownEnumValue",
    "UnknownModel",
    "UnsupportedLanguage",
    "slice_span",
]
