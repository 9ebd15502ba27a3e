"""TERm and window overlap: by hand, against a straightforward edit distance, and against sacrebleu's TER."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.types import Span
from translate.evaluate.termrate import neighbours, overlap, term_rate

WORDS = st.lists(st.sampled_from("abcd"), max_size=5)


def edit_distance(ours: Sequence[str], theirs: Sequence[str], weights: Sequence[int]) -> int:
    """Straight from the definition."""
    if not ours:
        return sum(weights)
    if not theirs:
        return len(ours)
    replaced = 0 if ours[-1] == theirs[-1] else weights[-1]
    return min(
        edit_distance(ours[:-1], theirs, weights) + 1,
        edit_distance(ours, theirs[:-1], weights[:-1]) + weights[-1],
        edit_distance(ours[:-1], theirs[:-1], weights[:-1]) + replaced,
    )


@pytest.mark.parametrize(
    ("output", "terms", "cost"),
    [
        ("the president met Kim Jong Un yesterday", [(3, 6)], 0),
        ("the president met Kim Jong yesterday", [(3, 6)], 2),  # a term's word is left out
        ("the president met Kim Jong Il yesterday", [(3, 6)], 2),  # or replaced
        ("the leader met Kim Jong Un yesterday", [(3, 6)], 1),
        ("the leader met Kim Jong Un yesterday", [(1, 2)], 2),
        ("the president just met Kim Jong Un yesterday", [(3, 6)], 1),  # one too many
        ("yesterday the president met Kim Jong Un", [(3, 6)], 1),  # moved
        ("Kim Jong Un the president met yesterday", [(3, 6)], 1),  # moved, all three words at once
    ],
)
def test_edits_of_terms_cost_double(output: str, terms: list[tuple[int, int]], cost: int) -> None:
    reference = ["the", "president", "met", "Kim", "Jong", "Un", "yesterday"]
    rate = term_rate(output.split(), reference, [Span(*t) for t in terms])
    assert rate == pytest.approx(cost / 7)


def test_nothing_to_compare_with() -> None:
    assert term_rate([], [], []) == 0
    assert term_rate(["a"], [], []) == 1
    assert term_rate([], ["a", "b"], [Span(0, 1)]) == 3 / 2


@given(WORDS, WORDS, st.integers(0, 6))
def test_never_more_than_edits_without_shifts(
    ours: list[str], theirs: list[str], term: int
) -> None:
    terms = [Span(term, term + 1)] if term < len(theirs) else []
    weights = [2 if i == term else 1 for i in range(len(theirs))]
    cost = term_rate(ours, theirs, terms) * max(len(theirs), 1)
    plain = edit_distance(ours, theirs, weights)
    if theirs:
        assert cost <= plain + 1e-9
        assert (cost < 1e-9) == (ours == theirs)
        if set(ours).isdisjoint(theirs):  # nothing can be moved
            assert cost == pytest.approx(plain)


def test_neighbours_leave_marks_out() -> None:
    words = ["On", "Monday", ",", "Kim", "Jong", "Un", "'s", "visit", "-", "began", "."]
    assert neighbours(words, Span(3, 6), 2) == ["On", "Monday", "visit", "began"]
    assert neighbours(words, Span(0, 2), 2) == ["Kim", "Jong"]


def test_overlap_counts_a_word_as_often_as_it_is_there() -> None:
    assert overlap(["a", "b"], ["a", "a"]) == 0.5
    assert overlap(["a", "b"], []) == 1
    assert overlap([], ["a"]) == 0
