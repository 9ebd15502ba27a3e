"""What a termbase's figures count, on sentences of four words whose right figures are plain to see."""

from pathlib import Path

import pytest

from glossary.match import Matcher
from glossary.types import Term
from translate.evaluate.terms import TermScores, signature, term_scores

MOSCOW = Term(source="موسكو", target="Moscow", kind="place")
ROCKET = Term(source="صاروخ", target="missile", variants=("rocket",), kind="term")


def scores(source: list[str], output: list[str], reference: list[str], *terms: Term) -> TermScores:
    matcher = Matcher(terms or (MOSCOW, ROCKET))
    return term_scores(matcher, source, output, reference, fingerprint="f")


def test_as_agreed() -> None:
    found = scores(["وصل إلى موسكو"], ["He arrived in Moscow."], ["He arrived in Moscow."])
    assert found.occurrences == 1
    assert (found.success, found.exact_match, found.one_minus_term) == (1, 1, 1)
    assert found.window_overlap == {2: 1, 3: 1}
    assert found.doubled == 0
    assert found.consistency is None  # it occurs once


def test_missing() -> None:
    found = scores(["وصل إلى موسكو"], ["He arrived in Paris."], ["He arrived in Moscow."])
    assert (found.success, found.exact_match) == (0, 0)
    assert found.window_overlap == {2: 0, 3: 0}
    assert found.one_minus_term == pytest.approx(1 - 2 / 5)


def test_nothing_to_count() -> None:
    found = scores(["وصل"], ["He arrived."], ["He arrived."])
    assert found.occurrences == 0
    assert (found.success, found.exact_match, found.doubled) == (None, None, None)
    assert found.window_overlap == {2: None, 3: None}


def test_two_occurrences_need_two_places() -> None:
    found = scores(["من موسكو إلى موسكو"], ["from Moscow to it"], ["from Moscow to Moscow"])
    assert (found.success, found.exact_match) == (0.5, 0.5)


def test_a_possessive_is_still_exact_and_other_spelling_is_not() -> None:
    sultan = Term(source="صاروخ", target="Kim Jong-un", kind="person")
    found = scores(["صاروخ"], ["Kim Jong-un's day"], ["x"], sultan)
    assert (found.success, found.exact_match) == (1, 1)
    found = scores(["صاروخ"], ["Kim Jong Un came"], ["x"], sultan)
    assert (found.success, found.exact_match) == (1, 0)


def test_window_overlap_sees_a_term_in_the_wrong_place() -> None:
    reference = ["the old missile hit Moscow today"]
    near = scores(["صاروخ"], ["the old missile hit Moscow today"], reference, ROCKET)
    far = scores(["صاروخ"], ["today Moscow was hit by missile fire"], reference, ROCKET)
    assert near.success == far.success == 1
    assert near.window_overlap[2] == 1
    assert far.window_overlap[2] == pytest.approx(1 / 4)  # of the, old, hit, Moscow only hit


@pytest.mark.parametrize(
    ("outputs", "share"),
    [
        (["a missile", "a missile", "missiles"], 1),
        (["a missile", "a rocket", "a missile"], 2 / 3),
        (["a missile", "a thing", "a missile"], 2 / 3),
        (["a thing", "a thing", "a thing"], 0),
    ],
)
def test_consistency_is_the_commonest_rendering(outputs: list[str], share: float) -> None:
    assert scores(["صاروخ"] * 3, outputs, outputs, ROCKET).consistency == pytest.approx(share)


def test_doubled_beyond_the_reference() -> None:
    twice = ["Moscow, Moscow"]
    assert scores(["موسكو"], twice, ["Moscow"]).doubled == 1
    assert scores(["موسكو"], twice, twice).doubled == 0


def test_the_signature_is_the_one_of_the_benchmarks() -> None:
    known = (Path(__file__).parents[2] / "bench" / "README.md").read_text(encoding="utf-8")
    assert signature("per-file") in known
    assert scores(["x"], ["x"], ["x"]).signature.startswith(signature("f"))
