"""Verdicts: distinct spans, complete, and each stands on its own words of the target."""

from hypothesis import given
from hypothesis import strategies as st

from glossary.types import Span, Term, TermMatch
from translate.adherence import positional, verify, violates
from translate.constraints import constrain
from translate.types import Constraint

NAMES = ("Moscow", "Kyiv", "Putin", "Kim Jong Un", "Kim", "North Korea")


def constraint(target: str, at: int, **options: object) -> Constraint:
    term = Term(source=f"س{target}", target=target, kind="place", **options)  # type: ignore[arg-type]
    match = TermMatch(term=term, span=Span(at, at + 5), surface=target)
    return constrain([match])[0]


def even(source: Span, target: Span) -> float:
    return 0.5


def statuses(constraints: list[Constraint], target: str) -> list[str]:
    return [v.status for v in verify(constraints, target, even)]


def test_three_occurrences_need_three_spans() -> None:
    three = [constraint("Moscow", at) for at in (0, 10, 20)]
    assert statuses(three, "Moscow and Moscow") == ["satisfied", "satisfied", "missing"]
    assert statuses(three, "Moscow, Moscow and Moscow") == ["satisfied"] * 3


def test_a_short_name_inside_a_longer_one_counts_once() -> None:
    both = [constraint("Kim Jong Un", 0), constraint("Kim", 20)]
    assert statuses(both, "Kim Jong Un spoke") == ["satisfied", "missing"]
    assert statuses(both, "Kim Jong Un spoke, then Kim left") == ["satisfied", "satisfied"]
    assert statuses(both[::-1], "Kim Jong Un spoke, then Kim left") == ["satisfied", "satisfied"]


def test_variant_and_forbidden() -> None:
    one = constraint("Kyiv", 0, variants=("Kiev",), forbidden=("Kieff",))
    assert statuses([one], "in Kyiv") == ["satisfied"]
    assert statuses([one], "in Kiev") == ["variant"]
    assert statuses([one], "in Kieff") == ["forbidden"]
    assert statuses([one], "in Lviv") == ["missing"]


def test_possessive_counts_and_a_longer_word_does_not() -> None:
    assert statuses([constraint("Moscow", 0)], "Moscow's answer") == ["satisfied"]
    assert statuses([constraint("Moscow", 0)], "Moscower") == ["missing"]


def test_no_evidence_is_misplaced() -> None:
    verdict = verify([constraint("Moscow", 0)], "Moscow", lambda s, t: 0.0)[0]
    assert verdict.status == "misplaced"
    assert violates(verdict)


def test_an_entry_that_only_forbids_is_content_without_its_word() -> None:
    term = Term(source="س", target="Palestine", flags=frozenset({"forbidden"}))
    match = TermMatch(term=term, span=Span(0, 1), surface="س")
    only = Constraint(match=match, forms=(), forbidden=("Palestine",))
    assert statuses([only], "in Gaza") == ["satisfied"]
    assert statuses([only], "in Palestine") == ["forbidden"]


@given(
    st.lists(st.sampled_from(NAMES), max_size=6),
    st.lists(st.sampled_from((*NAMES, "and", "said")), max_size=12),
)
def test_verdicts_are_complete_and_spans_distinct(terms: list[str], said: list[str]) -> None:
    constraints = [constraint(t, 10 * i) for i, t in enumerate(terms)]
    target = " ".join(said)
    verdicts = verify(constraints, target, positional(100, len(target)))
    assert [v.constraint for v in verdicts] == constraints
    spans = [v.span for v in verdicts if v.span]
    assert not any(a.overlaps(b) for i, a in enumerate(spans) for b in spans[i + 1 :])
    for verdict in verdicts:
        assert (verdict.span is None) == (verdict.status == "missing")
        if verdict.span:
            assert verdict.span.of(target) == verdict.constraint.match.term.target


@given(st.permutations(["Moscow", "Kyiv", "Putin"]), st.integers(0, 2))
def test_deleting_a_rendering_flips_exactly_its_verdict(order: list[str], which: int) -> None:
    constraints = [constraint(t, 10 * i) for i, t in enumerate(order)]
    target = " met ".join(order)
    before = verify(constraints, target, even)
    span = before[which].span
    assert span is not None
    after = verify(constraints, target[: span.start] + target[span.end :], even)
    changed = [i for i in range(3) if before[i].status != after[i].status]
    assert changed == [which]
    assert after[which].status == "missing"


def test_nobody_goes_without_for_want_of_a_better_deal() -> None:
    """The first occurrence likes the only span the second can have; it must move."""
    first, second = constraint("Kim", 0), constraint("Kim", 50)

    def mass(source: Span, target: Span) -> float:
        return 0.9 if target.start else 0.1 if source.start == 0 else 0.0

    verdicts = verify([first, second], "Kim told Kim", mass)
    assert {v.span.start for v in verdicts if v.span} == {0, 9}


def test_many_occurrences_of_one_term_are_dealt_out_quickly() -> None:
    """Found in review: a failing seat once walked every path."""
    many = [constraint("Kim", 10 * i) for i in range(300)]
    verdicts = verify(many, " and ".join(["Kim"] * 299), even)
    assert sum(v.status == "missing" for v in verdicts) == 1


def test_two_occurrences_never_claim_one_forbidden_word() -> None:
    twice = [constraint("Kyiv", at, forbidden=("Kiev",)) for at in (0, 10)]
    assert statuses(twice, "in Kiev") == ["forbidden", "missing"]
