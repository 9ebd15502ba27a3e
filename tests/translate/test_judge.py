"""Judging needs no engine, and says what the pipeline says."""

from collections.abc import Callable

import pytest

from glossary.types import Span, Term, TermMatch
from translate.adherence import Mass
from translate.judge import findings, judge
from translate.pipeline import Kept, Translator
from translate.types import Constraint, Verdict

Make = Callable[..., Translator]


def constraint(source: str, word: str, english: str, *forbidden: str) -> Constraint:
    span = Span(source.index(word), source.index(word) + len(word))
    match = TermMatch(term=Term(source=word, target=english), span=span, surface=word)
    return Constraint(match=match, forms=(english,), forbidden=forbidden)


def evidence(attended: set[tuple[Span, Span | None]]) -> Mass:
    """What the pipeline found by attention."""
    return lambda source, target: float((source, target) in attended)


def test_the_same_as_the_pipeline_says(fake: Make, text: str) -> None:
    translator = fake(mend=False)
    for unit in translator.translate(text).units:
        wanted = [v.constraint for v in unit.verdicts]
        kept = translator.kept_unit(unit.segment, Kept(target=unit.target, state="reviewed"))
        assert judge(wanted, unit.segment.source, unit.target) == (kept.verdicts, kept.findings)
        attended = {(v.constraint.match.span, v.span) for v in unit.verdicts}
        verdicts, found = judge(wanted, unit.segment.source, unit.target, evidence(attended))
        assert [v.status for v in verdicts] == [v.status for v in unit.verdicts]
        assert found == unit.findings


def test_forbidden_english_is_found_outside_of_what_counts() -> None:
    source = "زار كييف"
    wanted = [constraint(source, "كييف", "Kyiv", "Kiev")]
    verdicts, found = judge(wanted, source, "He visited Kyiv, not Kiev.")
    assert [v.status for v in verdicts] == ["satisfied"]
    (finding,) = [f for f in found if f.check == "forbidden"]
    assert finding.target_span == Span(21, 25)
    verdicts, found = judge(wanted, source, "He visited Kiev.")
    assert [v.status for v in verdicts] == ["forbidden"]
    assert not [f for f in found if f.check == "forbidden"]


def test_a_repetition_inside_an_agreed_name_is_none() -> None:
    source, target = "زار دوران", "He visited Duran Duran"
    wanted = constraint(source, "دوران", "Duran Duran")
    assert [f.check for f in findings(source, target, ())] == ["doubled-word"]
    verdict = Verdict(constraint=wanted, status="satisfied", span=Span(11, 22))
    assert findings(source, target, (verdict,)) == ()


@pytest.mark.parametrize("target", ["", " ", "\n", "😀", "a" * 10_000])
def test_any_target_can_be_judged(target: str) -> None:
    source = "زار كييف"
    verdicts, _ = judge([constraint(source, "كييف", "Kyiv")], source, target)
    assert [v.status for v in verdicts] == ["missing"]
