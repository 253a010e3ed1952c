"""Whole attributions: what counts as found."""

import pytest

from slantwise_models.evaluation.linked import Linked, Tally

TEXT = "The mayor said that the bridge, an old one, would close. Critics disagreed: “No,” they said."


def at(*phrases):
    """Return the spans of phrases of the text."""
    return [(TEXT.index(p), TEXT.index(p) + len(p)) for p in phrases]


GOLD = [
    Linked(at("The mayor"), at("said"), at("the bridge", "would close")),
    Linked(at("they"), [], at("“No,”")),
]


def tallied(ours):
    """Return the two figures of what was found."""
    tally = Tally()
    tally.add(TEXT, GOLD, ours)
    return tally.exact_f1(), tally.whole_f1()


def test_the_corpus_itself_is_all_right():
    assert tallied(GOLD) == (1.0, 1.0)


def test_marks_and_points_at_the_edges_do_not_matter():
    ours = [Linked(GOLD[0].source, GOLD[0].cue, at("the bridge,", "would close.")), GOLD[1]]
    assert tallied(ours) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("ours", "exact", "whole"),
    [
        ([], 0.0, 0.0),
        ([GOLD[0]], 0.8, 2 / 3),
        ([Linked(at("mayor"), at("said"), at("bridge")), GOLD[1]], 0.4, 1.0),
        ([Linked([], at("said"), GOLD[0].content), GOLD[1]], 1.0, 0.5),
        ([Linked(at("Critics"), at("said"), GOLD[0].content), GOLD[1]], 1.0, 0.5),
        ([GOLD[0], GOLD[0], GOLD[1]], 1.0, 0.8),
        ([Linked(at("they"), at("disagreed"), GOLD[1].content), GOLD[0]], 1.0, 0.5),
    ],
)
def test_a_whole_attribution_has_every_part(ours, exact, whole):
    assert tallied(ours) == pytest.approx((exact, whole))
