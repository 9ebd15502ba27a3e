"""Drafts: the agreed form stands where the old rendering stood, spaced as English is."""

import numpy as np
import pytest

from glossary.types import Span, Term, TermMatch
from translate.align import WordAttention, words
from translate.constraints import constrain
from translate.mend import doubled, drafts, first_violation, repeated, surplus
from translate.types import Verdict

SOURCE = "قالت غانا ماليار أمس"
TERM = Term(source="غانا ماليار", target="Hanna Maliar", kind="person")
AT = Span(5, 16)


def evidence(target: str, *links: tuple[int, int]) -> WordAttention:
    source_words, target_words = words(SOURCE), words(target)
    soft = np.zeros((len(target_words), len(source_words)), np.float32)
    for t, s in links:
        soft[t, s] = 0.9
    return WordAttention(source_words=source_words, target_words=target_words, soft=soft)


def missing(target: Term = TERM) -> Verdict:
    match = TermMatch(term=target, span=AT, surface=AT.of(SOURCE))
    return Verdict(constraint=constrain([match])[0], status="missing")


def texts(target: str, *links: tuple[int, int]) -> list[str]:
    verdict = missing()
    return [d.text for d in drafts(target, verdict, [verdict], evidence(target, *links))]


def test_the_old_rendering_is_written_over() -> None:
    out = texts("Ghana Mallar said yesterday.", (0, 1), (1, 2), (2, 0), (3, 3))
    assert out[0] == "Hanna Maliar said yesterday."


def test_quotes_stay_round_the_form() -> None:
    out = texts('said "Ghana" yesterday', (0, 0), (2, 1), (4, 3))
    assert out[0] == 'said "Hanna Maliar" yesterday'


def test_a_dropped_term_is_inserted_beside_its_neighbours() -> None:
    out = texts("said yesterday", (0, 0), (1, 3))
    assert "said Hanna Maliar yesterday" in out


def test_an_empty_target_gets_the_form() -> None:
    assert texts("") == ["Hanna Maliar"]


def test_the_prefix_ends_right_after_the_form() -> None:
    verdict = missing()
    target = "Ghana Mallar said yesterday."
    for draft in drafts(
        target, verdict, [verdict], evidence(target, (0, 1), (1, 2), (2, 0), (3, 3))
    ):
        assert draft.prefix.endswith(draft.form)


def test_another_terms_rendering_is_never_written_over() -> None:
    verdict = missing()
    other = Verdict(constraint=verdict.constraint, status="satisfied", span=Span(0, 5))
    out = drafts("Ghana said", verdict, [verdict, other], evidence("Ghana said", (0, 1), (1, 0)))
    assert all(d.text.startswith("Ghana") for d in out)


def test_the_leftmost_violation_comes_first_and_given_up_ones_not() -> None:
    verdict = missing()
    shown = evidence("a b c d", (2, 1))
    assert first_violation([verdict], shown, frozenset()) == 0
    assert first_violation([verdict], shown, frozenset({0})) is None


@pytest.mark.parametrize(
    ("target", "twice"),
    [("Hanna Maliar Mallar said", True), ("Hanna Maliar said it", False)],
)
def test_an_old_rendering_beside_the_new_is_seen(target: str, twice: bool) -> None:
    verdict = missing()
    bound = Verdict(constraint=verdict.constraint, status="satisfied", span=Span(0, 12))
    links = [(0, 1), (1, 2), (2, 2 if twice else 0)]
    assert doubled(target, bound, [bound], evidence(target, *links)) is twice


def test_a_form_said_twice_before_the_one_that_counts_is_cut() -> None:
    target = "by Hanna Maliar's Hanna Maliar"
    bound = Verdict(constraint=missing().constraint, status="satisfied", span=Span(18, 30))
    found = repeated(target, [bound])
    assert found
    assert found[1].of(target) == "Hanna Maliar's "


@pytest.mark.parametrize(
    ("target", "cut"),
    [
        ("Hanna Maliar and Hanna Maliar said", " and Hanna Maliar"),
        ("Hanna Maliar's Hanna Maliar said", "'s Hanna Maliar"),
        ("Hanna Maliar said Hanna Maliar", None),
        ("Hanna Maliar said", None),
    ],
)
def test_a_form_said_twice_in_a_row_is_cut(target: str, cut: str | None) -> None:
    verdict = missing()
    first = Span(0, 14 if "'s" in target else 12)
    bound = Verdict(constraint=verdict.constraint, status="satisfied", span=first)
    found = repeated(target, [bound])
    assert (found and found[1].of(target)) == cut


def test_surplus_counts_names_said_more_often_than_they_occur() -> None:
    bound = Verdict(constraint=missing().constraint, status="satisfied", span=Span(0, 12))
    assert surplus("Hanna Maliar said", [bound]) == 0
    assert surplus("Hanna Maliar said that Hanna Maliar left", [bound]) == 1
    assert surplus("Hanna Maliar said that Hanna Maliar left", [bound, bound]) == 0
