"""Both clients, against a scripted server: what is sent, what comes back, and how it fails."""

from __future__ import annotations

import inspect
import pickle

import pytest

import slantwise
from slantwise import errors
from slantwise.v1 import slantwise_pb2 as pb

INVALID, DEADLINE, MISSING, EXHAUSTED, FAULT, DOWN, STRANGER, NOBODY = 3, 4, 5, 8, 13, 14, 11, 16


def test_a_request_says_what_its_caller_said(script, twin) -> None:
    analysis = twin.call(
        script.target, "analyze", "# Tolls\n\nThey are too high.", targets=["the tolls"], title="Tolls again",
        analyses=["voice", "ANALYSIS_STANCE", "Loaded_Language", 4], media_type="markdown", language_code="en-GB",
        document_id="d1", encoding="utf16", model="slantwise-en", include_content=True,
    )  # fmt: skip
    assert isinstance(analysis, slantwise.DocumentAnalysis)
    assert analysis.document_id == "d1"
    (request,) = script.requests
    assert request == pb.AnalyzeDocumentRequest(
        document=pb.Document(
            document_id="d1",
            content="# Tolls\n\nThey are too high.",
            media_type=pb.MEDIA_TYPE_MARKDOWN,
            language_code="en-GB",
            title="Tolls again",
        ),
        analyses=[pb.ANALYSIS_VOICE, pb.ANALYSIS_STANCE, pb.ANALYSIS_LOADED_LANGUAGE, pb.ANALYSIS_FRAMING],
        targets=["the tolls"],
        encoding_type=pb.ENCODING_TYPE_UTF16,
        model="slantwise-en",
        include_content=True,
    )


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"media_type": "pdf"}, "document.media_type"),
        ({"media_type": 1 << 40}, "document.media_type"),
        ({"analyses": ["stance", "mood"]}, "analyses"),
        ({"encoding": "latin1"}, "encoding_type"),
        ({"encoding": ""}, "encoding_type"),
    ],
)
def test_a_name_that_an_enum_lacks_fails_before_anything_is_sent(script, twin, options, field) -> None:
    with pytest.raises(slantwise.UnknownEnumValue) as raised:
        twin.call(script.target, "analyze", "Rain again.", **options)
    assert raised.value.field == field
    assert not script.calls


@pytest.mark.parametrize("options", [{"targets": "the tolls"}, {"analyses": "stance"}])
def test_a_string_is_not_a_list_of_strings(script, twin, options) -> None:
    with pytest.raises(TypeError):
        twin.call(script.target, "analyze", "Rain again.", **options)
    assert not script.calls


def test_half_a_surrogate_pair_is_an_invalid_request_that_does_not_quote_the_text(script, twin) -> None:
    with pytest.raises(slantwise.InvalidRequest) as raised:
        twin.call(script.target, "analyze", "secret \ud800")
    assert "secret" not in str(raised.value)
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    ("status", "error", "attributes"),
    [
        (
            (INVALID, "document.content: No text.", "EMPTY_CONTENT", "document.content"),
            errors.EmptyContent,
            {"field": "document.content", "message": "No text.", "code": INVALID, "retryable": False},
        ),
        ((INVALID, "?", "FROM_TOMORROW"), errors.InvalidRequest, {"reason": "FROM_TOMORROW", "code": INVALID}),
        ((INVALID, "no details"), errors.InvalidRequest, {"message": "no details", "reason": "INVALID_ARGUMENT"}),
        ((MISSING, "?", "UNKNOWN_MODEL"), errors.ModelNotFound, {"reason": "UNKNOWN_MODEL"}),
        ((INVALID, "?", "UNKNOWN_MODEL"), errors.UnknownModel, {"reason": "UNKNOWN_MODEL"}),
        ((EXHAUSTED, "Busy.", "OVERLOADED", "", 1.5), errors.Overloaded, {"retry_delay_s": 1.5, "retryable": True}),
        ((FAULT, "?", "INTERNAL"), errors.InternalError, {"retry_delay_s": None, "retryable": False}),
        ((NOBODY, "No token."), errors.Unauthenticated, {"code": NOBODY, "reason": "UNAUTHENTICATED"}),
        ((STRANGER, "Too far."), errors.SlantwiseError, {"code": STRANGER, "reason": "OUT_OF_RANGE"}),
    ],
    ids=lambda value: "-".join(map(str, value[:3])) if isinstance(value, tuple) else "",
)
def test_a_status_is_raised_as_its_error(script, twin, status, error, attributes) -> None:
    script.failures.append(script.status(*status))
    with pytest.raises(slantwise.SlantwiseError) as raised:
        twin.call(script.target, "analyze", "Rain again.")
    assert type(raised.value) is error
    assert {name: getattr(raised.value, name) for name in attributes} == attributes


def test_the_values_of_a_message_come_with_it_whatever_their_names(script, twin) -> None:
    values = {"error_id": "e1", "field": "f", "message": "m", "self": "s"}
    why = script.status(FAULT, "It broke.", "INTERNAL")
    info = errors_info(values)
    why.details[0].Pack(info)
    script.failures.append(why)
    with pytest.raises(slantwise.InternalError) as raised:
        twin.call(script.target, "analyze", "Rain again.")
    assert raised.value.metadata == values
    assert raised.value.message == "It broke."


def errors_info(values):
    from google.rpc import error_details_pb2

    return error_details_pb2.ErrorInfo(reason="INTERNAL", domain=errors.DOMAIN, metadata=values)


def test_details_of_another_domain_are_not_ours(script, twin) -> None:
    from google.rpc import error_details_pb2

    why = script.status(INVALID, "A proxy says no.", "EMPTY_CONTENT")
    why.details[0].Pack(error_details_pb2.ErrorInfo(reason="EMPTY_CONTENT", domain="proxy.example"))
    script.failures.append(why)
    with pytest.raises(slantwise.InvalidRequest) as raised:
        twin.call(script.target, "analyze", "Rain again.")
    assert type(raised.value) is slantwise.InvalidRequest


@pytest.mark.parametrize("error", errors.ERRORS, ids=lambda error: error.__name__)
def test_an_error_survives_a_pickle(error) -> None:
    before = error(message="Too much.", field="targets", retry_delay_s=0.5, count="65")
    after = pickle.loads(pickle.dumps(before))
    assert type(after) is error
    assert (str(after), vars(after)) == (str(before), vars(before))


@pytest.mark.parametrize("size", [40, 300_000], ids=["small", "beyond gRPC's own retry buffer"])
def test_an_unavailable_server_is_tried_again(script, twin, size) -> None:
    script.failures.extend([script.down] * 3)
    text = "x" * size
    assert twin.call(script.target, "analyze", text).voice_segments[0].span.end == size
    assert script.calls["AnalyzeDocument"] == 4


def test_an_unavailable_server_is_tried_four_times(script, twin) -> None:
    script.failures.extend([script.down] * 9)
    with pytest.raises(slantwise.Unavailable) as raised:
        twin.call(script.target, "analyze", "Rain again.")
    assert raised.value.retry_delay_s == pytest.approx(0.25)
    assert script.calls["AnalyzeDocument"] == 4


@pytest.mark.parametrize("code", [INVALID, EXHAUSTED, FAULT, DEADLINE])
def test_nothing_else_is_tried_again(script, twin, code) -> None:
    script.failures.extend([script.status(code, "No.")] * 2)
    with pytest.raises(slantwise.SlantwiseError):
        twin.call(script.target, "analyze", "Rain again.")
    assert script.calls["AnalyzeDocument"] == 1


def test_a_call_ends_with_its_deadline(script, twin) -> None:
    script.stalled.add("Rain again.")
    with pytest.raises(slantwise.DeadlineExceeded):
        twin.call(script.target, "analyze", "Rain again.", timeout=0.3)


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("analyze", ("Rain.",)),
        ("analyze_batch", (["Rain."],)),
        ("analyze_many", (["Rain."],)),
        ("list_models", ()),
        ("get_model", ()),
    ],
)
def test_every_call_has_a_deadline_and_bears_the_token(script, twin, method, arguments) -> None:
    script.models = [[pb.Model(name="m")]]
    twin.call(script.target, method, *arguments, timeout_s=500, token="t0k")
    twin.call(script.target, method, *arguments, timeout=100)
    lives = 2 if method == "analyze_many" else 1  # a stream lives two timeouts
    assert script.deadlines == [pytest.approx(seconds * lives, abs=60) for seconds in (500, 100)]
    assert [calls.get("authorization") for calls in script.metadata] == ["Bearer t0k", None]


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
@pytest.mark.parametrize("where", ["timeout", "timeout_s"])
def test_a_deadline_is_positive_and_finite(script, twin, timeout, where) -> None:
    with pytest.raises(ValueError, match="timeout"):
        twin.call(script.target, "list_models", **{where: timeout})
    assert not script.calls


def test_a_batch_comes_back_in_its_order_each_failure_alone(script, twin) -> None:
    script.faults["empty"] = script.empty
    outcomes = twin.call(
        script.target,
        "analyze_batch",
        [
            "one",
            slantwise.Document("nowhere", media_type="pdf"),
            "empty",
            slantwise.Document("two", document_id="d2"),
            pb.AnalyzeDocumentRequest(document=pb.Document(content="three")),
        ],
    )
    kinds = [slantwise.DocumentAnalysis, slantwise.UnknownEnumValue, slantwise.EmptyContent]
    assert [type(outcome) for outcome in outcomes] == [*kinds, *[slantwise.DocumentAnalysis] * 2]
    assert [outcomes[index].language_code for index in (0, 3, 4)] == ["one", "two", "three"]
    assert outcomes[3].document_id == "d2"


def test_a_batch_without_a_sound_document_is_not_sent_and_an_empty_one_is(script, twin) -> None:
    (outcome,) = twin.call(script.target, "analyze_batch", [slantwise.Document("x", media_type="pdf")])
    assert isinstance(outcome, slantwise.UnknownEnumValue)
    assert not script.calls
    script.failures.append(script.status(INVALID, "Nothing.", "EMPTY_BATCH"))
    with pytest.raises(slantwise.EmptyBatch):
        twin.call(script.target, "analyze_batch", [])


def test_a_message_has_room_for_a_large_batch_and_no_larger_one_is_sent(script, twin) -> None:
    text = "x" * (1 << 20)
    assert len(twin.call(script.target, "analyze_batch", [text] * 31)) == 31
    with pytest.raises(slantwise.ContentTooLarge) as raised:
        twin.call(script.target, "analyze_batch", [text] * 33)
    assert raised.value.field == "requests"
    with pytest.raises(slantwise.ContentTooLarge) as raised:
        twin.call(script.target, "analyze", text * 33)
    assert raised.value.field == "document.content"
    assert script.calls == {"BatchAnalyzeDocuments": 1}


def test_an_answer_may_be_larger_than_grpcs_own_limit(script, twin) -> None:
    script.analysis = lambda request: pb.DocumentAnalysis(text=request.document.content * 8)
    assert len(twin.call(script.target, "analyze", "x" * (1 << 20)).text) == 8 << 20


def test_models_come_from_every_page(script, twin) -> None:
    script.models = [[pb.Model(name="a"), pb.Model(name="b")], [], [pb.Model(name="c")]]
    assert [model.name for model in twin.call(script.target, "list_models")] == ["a", "b", "c"]
    assert twin.call(script.target, "get_model").name == "a"
    assert twin.call(script.target, "get_model", "b").name == "b"
    with pytest.raises(slantwise.ModelNotFound):
        twin.call(script.target, "get_model", "z")


def test_a_server_that_is_there_is_ready_and_one_that_is_not_is_unavailable(script, twin) -> None:
    twin.call(script.target, "wait_ready", 30)
    with pytest.raises(slantwise.Unavailable):
        twin.call("unix:/nowhere/s.sock", "wait_ready", 0.2)
    with pytest.raises(slantwise.Unavailable):
        twin.call("unix:/nowhere/s.sock", "analyze", "Rain.", timeout=20)


def test_the_twins_have_one_interface() -> None:
    def interface(client):
        members = {name: member for name, member in vars(client).items() if not name.startswith("_")}
        return {
            name: [(each.name, each.kind, each.default) for each in inspect.signature(member).parameters.values()]
            for name, member in {**members, "": client}.items()
        }

    assert interface(slantwise.Client) == interface(slantwise.AsyncClient)
    for name in interface(slantwise.Client).keys() - {"", "analyze_many"}:
        assert inspect.iscoroutinefunction(getattr(slantwise.AsyncClient, name)), name


def test_an_async_client_belongs_to_a_running_loop() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        slantwise.AsyncClient("127.0.0.1:1")
