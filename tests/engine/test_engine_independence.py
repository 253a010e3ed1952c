"""The same document gets the same analysis, to the last bit, whatever else is running, and can be taken back."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from slantwise_server.engine import Engine, EngineCancelled

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def documents(document):
    """Return documents of all kinds and sizes: content, media type, targets."""
    column, report, release = (
        (SEEDS / name).read_text("utf-8") for name in ("column.md", "report.txt", "release.html")
    )
    return [
        ("Yes.", "PLAIN", ()),
        (document, "MARKDOWN", ()),
        (document, "MARKDOWN", ("the bridge", "Reuters")),
        (document, "PLAIN", ()),
        (column[:2500], "MARKDOWN", ()),
        (report[:2500], "PLAIN", ("Rivertown",)),
        (release[:2500], "HTML", ()),
        ("We said no. " * 200, "PLAIN", ("no",)),
    ]


def analyze(engine, document):
    content, media_type, targets = document
    return engine.analyze(content, media_type=media_type, targets=targets)


@pytest.fixture(scope="module")
def alone(tiny_package, documents):
    """Return the analyses of the documents, one after the other on one thread."""
    engine = Engine.load(str(tiny_package), threads=1)
    yield [analyze(engine, document) for document in documents]
    engine.close()


def test_analyses_are_of_different_documents(alone):
    assert len({repr(analysis) for analysis in alone}) == len(alone)


@pytest.mark.parametrize("threads", [1, 4])
def test_an_analysis_does_not_depend_on_the_load(tiny_package, documents, alone, threads):
    engine = Engine.load(str(tiny_package), threads=threads)
    order = [i % len(documents) for i in range(0, 3 * 7 * len(documents), 7)]  # every document three times, mixed
    with ThreadPoolExecutor(8) as callers:
        together = list(callers.map(lambda i: analyze(engine, documents[i]), order))
    engine.close()
    assert together == [alone[i] for i in order]


def test_an_analysis_does_not_depend_on_what_came_before(tiny_engine, documents, alone):
    for i in (7, 0, 3, 3, 1, 6, 2, 4, 5, 0):
        assert analyze(tiny_engine, documents[i]) == alone[i]


def test_a_document_that_nobody_wants_is_given_up(tiny_engine, documents, alone):
    with pytest.raises(EngineCancelled):
        tiny_engine.analyze(documents[1][0], cancelled=lambda: True)
    assert analyze(tiny_engine, documents[1]) == alone[1]


@pytest.mark.parametrize("asked", [1, 2, 5, 9])
def test_a_document_can_be_taken_back_between_any_two_windows(tiny_engine, documents, alone, asked):
    content, media_type, targets = documents[2]
    calls = count(1)
    with pytest.raises(EngineCancelled):
        tiny_engine.analyze(content, media_type=media_type, targets=targets, cancelled=lambda: next(calls) >= asked)
    assert analyze(tiny_engine, documents[2]) == alone[2]


def test_of_a_document_taken_back_no_further_window_is_run(counted):
    engine, dice = counted
    calls = count(1)
    with pytest.raises(EngineCancelled):
        engine.analyze("We said no. " * 1000, cancelled=lambda: next(calls) > 3)
    engine.analyze("Yes.")  # comes after whatever was left
    assert dice.runs == 3 + 1


def test_whether_it_is_still_wanted_is_asked_before_every_window(tiny_engine, document):
    def asks(**options):
        calls = count()
        tiny_engine.analyze(document, media_type="MARKDOWN", cancelled=lambda: next(calls) < 0, **options)
        return next(calls)

    windows = asks(analyses=frozenset({"VOICE"}))
    assert windows > 3
    assert asks(targets=["the bridge", "Reuters"]) == 3 * windows


def test_documents_taken_back_do_not_disturb_the_others(tiny_engine, documents, alone):
    def taken_back(i):
        calls = count(1)
        with pytest.raises(EngineCancelled):
            tiny_engine.analyze("We said no. " * 500, cancelled=lambda: next(calls) > i)

    with ThreadPoolExecutor(6) as callers:
        gone = [callers.submit(taken_back, i) for i in range(6)]
        kept = list(callers.map(lambda d: analyze(tiny_engine, d), documents))
        for future in gone:
            future.result()
    assert kept == alone
