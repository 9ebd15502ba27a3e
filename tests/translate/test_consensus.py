"""Minimum Bayes risk: the utility is sacrebleu's chrF, the choice the candidate most like all."""

import numpy as np
import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st

from translate.consensus import choose, chrf_matrix, expected_utility

TEXTS = st.lists(st.text("abcd é.", max_size=12), min_size=1, max_size=4)


@given(TEXTS)
def test_the_utility_is_sacrebleus_chrf(texts: list[str]) -> None:
    metric = sacrebleu.CHRF()
    expected = [[metric.sentence_score(a, [b]).score / 100 for b in texts] for a in texts]
    np.testing.assert_allclose(chrf_matrix(texts), expected, atol=1e-9)


@given(TEXTS)
def test_the_choice_does_not_depend_on_order(texts: list[str]) -> None:
    there, back = texts[choose(texts)], texts[::-1][choose(texts[::-1])]
    utility = dict(zip(texts, expected_utility(texts), strict=True))
    assert utility[there] == pytest.approx(utility[back])
    assert utility[there] == pytest.approx(max(utility.values()))


def test_the_odd_one_out_is_not_taken() -> None:
    candidates = [
        "Something else altogether was decided.",
        "The president arrived in Moscow on Monday.",
        "The president arrived in Moscow Monday.",
        "President came to Moscow on Monday.",
    ]
    assert choose(candidates) == 1


def test_of_equals_the_first() -> None:
    assert choose(["a", "b"]) == 0
    assert choose(["", ""]) == 0
