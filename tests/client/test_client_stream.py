"""`analyze_many` of both clients: outcomes in the order of the input, a bounded window, and what breaks a stream."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import slantwise
from slantwise import Document
from slantwise._window import Window
from slantwise.v1 import slantwise_pb2 as pb

INTERNAL, STRANGER = 13, 16


def names(outcomes):
    """Each outcome as the content it answers, or the name of its error."""
    return [
        outcome.language_code if isinstance(outcome, slantwise.DocumentAnalysis) else type(outcome).__name__
        for outcome in outcomes
    ]


@st.composite
def chunked(draw):
    """A window and, as runs of permutations no longer than it, the order in which a server answers."""
    window = draw(st.integers(1, 6))
    sizes = draw(st.lists(st.integers(1, window), max_size=6))
    return window, [draw(st.permutations(range(size))) for size in sizes]


@settings(max_examples=25, deadline=None)
@given(case=chunked())
def test_outcomes_come_in_the_order_of_the_input_whatever_the_servers(twin, serving, case) -> None:
    window, chunks = case
    texts = [f"text {index}" for index in range(sum(map(len, chunks)))]
    with serving() as script:
        script.chunks.extend(chunks)
        assert names(twin.call(script.target, "analyze_many", texts, window=window)) == texts
        assert script.calls["StreamAnalyzeDocuments"] == bool(texts)
        assert [item.request.document.content for item in script.requests] == texts


@settings(max_examples=200)
@given(data=st.data(), size=st.integers(1, 8), items=st.integers(0, 30))
def test_a_window_never_holds_more_than_its_size(data, size: int, items: int) -> None:
    """The law on its own: any interleaving of answers keeps order and bound."""
    window, read, yielded = Window(size, 1.0), 0, []
    while not window.done:
        while window.has_room:
            if read == items:
                window.drained = True
            else:
                window.add(f"text {read}")
                read += 1
        assert read - len(yielded) <= size
        if window.unanswered:
            answered = data.draw(st.sampled_from(window.unanswered))
            analysis = pb.DocumentAnalysis(language_code=answered.request.document.content)
            window.settle(pb.StreamAnalyzeDocumentsResponse(request_id=answered.request_id, analysis=analysis))
        yielded += names(window.ready())
    assert yielded == [f"text {index}" for index in range(items)]


@pytest.mark.parametrize("window", [1, 3, 16])
def test_the_input_is_read_no_further_than_the_window(script, window: int) -> None:
    read = 0

    def source():
        nonlocal read
        for index in range(40):
            read += 1
            yield f"text {index}"

    with slantwise.Client(script.target) as client:
        outcomes = client.analyze_many(source(), window=window)
        assert read == 0
        for yielded, _ in enumerate(outcomes):
            assert read - yielded <= window
    assert read == 40


@pytest.mark.parametrize("window", [1, 3, 16])
def test_the_async_twin_reads_no_further_either(script, window: int) -> None:
    async def run() -> None:
        read = 0

        async def source():
            nonlocal read
            for index in range(40):
                read += 1
                yield f"text {index}"

        async with slantwise.AsyncClient(script.target) as client:
            outcomes = client.analyze_many(source(), window=window)
            assert read == 0
            yielded = 0
            async for _ in outcomes:
                assert read - yielded <= window
                yielded += 1
        assert read == 40

    asyncio.run(run())


def test_each_failure_is_an_outcome_of_its_own(script, twin) -> None:
    script.faults["empty"] = script.empty
    items = [
        "one",
        "empty",
        Document("two", encoding="latin1"),
        pb.AnalyzeDocumentRequest(document=pb.Document(content="three")),
        "half \ud800",
        Document("four", document_id="d4"),
    ]
    outcomes = twin.call(script.target, "analyze_many", items)
    assert names(outcomes) == ["one", "EmptyContent", "UnknownEnumValue", "three", "InvalidRequest", "four"]
    assert outcomes[1].field == "document.content"
    assert outcomes[5].document_id == "d4"


def test_a_document_beyond_a_message_does_not_take_the_stream_along(script, twin) -> None:
    assert names(twin.call(script.target, "analyze_many", ["one", "x" * (33 << 20), "two"])) == [
        "one",
        "ContentTooLarge",
        "two",
    ]


def test_what_is_no_item_is_the_callers_mistake(script, twin) -> None:
    with pytest.raises(TypeError, match="an item is a str"):
        twin.call(script.target, "analyze_many", ["one", None])


@pytest.mark.parametrize("window", [0, -1])
def test_a_window_holds_something(script, twin, window: int) -> None:
    with pytest.raises(ValueError, match="window"):
        twin.call(script.target, "analyze_many", ["one"], window=window)


def test_what_the_input_raises_reaches_the_caller(script, twin) -> None:
    def source():
        yield "one"
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        twin.call(script.target, "analyze_many", source(), window=2)


@pytest.mark.parametrize("kind", ["status", "early end"])
def test_a_stream_that_breaks_after_answers_is_opened_again(script, twin, kind: str) -> None:
    texts = [f"text {index}" for index in range(12)]
    why = script.down if kind == "status" else None
    script.breaks.extend([(2, why), (1, why), (5, why)])
    assert names(twin.call(script.target, "analyze_many", texts, window=4)) == texts
    assert script.calls["StreamAnalyzeDocuments"] == 4


def test_a_stream_that_never_answers_is_left_to_the_channels_retries(script, twin) -> None:
    script.breaks.extend([(0, script.down)] * 20)
    with pytest.raises(slantwise.Unavailable):
        twin.call(script.target, "analyze_many", ["one", "two"])
    assert script.calls["StreamAnalyzeDocuments"] == 4


def test_a_stream_that_the_server_refuses_for_good_fails(script, twin) -> None:
    script.breaks.append((1, script.status(INTERNAL, "It broke.", "INTERNAL")))
    with pytest.raises(slantwise.InternalError, match="It broke"):
        twin.call(script.target, "analyze_many", ["one", "two", "three"], window=1)
    assert script.calls["StreamAnalyzeDocuments"] == 1


def test_a_client_without_access_is_told_so(script, twin) -> None:
    script.failures.extend([script.status(STRANGER, "No token.")] * 9)
    with pytest.raises(slantwise.SlantwiseError, match="No token"):
        twin.call(script.target, "analyze_many", ["x" * 300_000] * 16)


def test_an_early_end_without_an_answer_is_an_unavailable_server(script, twin) -> None:
    script.breaks.append((0, None))
    with pytest.raises(slantwise.Unavailable, match="before its last answer"):
        twin.call(script.target, "analyze_many", ["one"])


def test_a_document_that_is_never_answered_fails_alone_and_the_rest_goes_on(script, twin) -> None:
    script.stalled.add("slow")
    texts = ["one", "slow", *(f"text {index}" for index in range(5))]
    outcomes = twin.call(script.target, "analyze_many", texts, window=3, timeout=0.4)
    assert names(outcomes) == ["one", "DeadlineExceeded", *texts[2:]]


def test_a_caller_that_takes_its_time_loses_nothing(script) -> None:
    """The stream's own deadline passes while nobody reads; that is not the documents' fault."""
    texts = [f"text {index}" for index in range(6)]
    outcomes = []
    with slantwise.Client(script.target) as client:
        for outcome in client.analyze_many(texts, window=3, timeout=0.2):
            outcomes.append(outcome)
            pause(0.15 if len(outcomes) > 1 else 0.6)
    assert names(outcomes) == texts


def pause(seconds: float) -> None:
    import threading

    threading.Event().wait(seconds)


def test_a_stream_ends_in_good_order(script, twin) -> None:
    assert len(twin.call(script.target, "analyze_many", ["one", "two"])) == 2
    assert script.ends == ["half-closed"]


def test_a_caller_may_leave_early(script) -> None:
    with slantwise.Client(script.target) as client:
        outcomes = client.analyze_many((f"text {index}" for index in range(1_000)), window=4)
        assert names([next(outcomes)]) == ["text 0"]
        outcomes.close()
    assert len(script.requests) <= 5


def test_an_answer_to_nothing_is_a_fault_of_the_server() -> None:
    window = Window(2, 1.0)
    window.add("one")
    answer = pb.StreamAnalyzeDocumentsResponse(request_id="1", analysis=pb.DocumentAnalysis())
    window.settle(answer)
    for twice in (answer, pb.StreamAnalyzeDocumentsResponse(request_id="9")):
        with pytest.raises(slantwise.InternalError):
            window.settle(twice)
