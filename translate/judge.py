"""What a target is worth, however it came about: a verdict for each occurrence, and findings. No decoding.

One of the two places where siblings meet (the other is `pipeline`): a page that judges what a person is
typing needs neither a model nor an engine.
"""

from collections.abc import Sequence
from dataclasses import replace

from glossary.english import find_form, respelt
from translate.adherence import Mass, positional, verify
from translate.checks import check
from translate.types import Constraint, Finding, Verdict

_REPEATING = frozenset({"repetition", "doubled-word"})  # an agreed name may be Duran Duran


def judge(
    constraints: Sequence[Constraint], source: str, target: str, mass: Mass | None = None
) -> tuple[tuple[Verdict, ...], tuple[Finding, ...]]:
    """Verdicts and findings of any target. Without evidence of alignment, `mass`, place decides."""
    verdicts = proof(constraints, source, target, mass)
    return verdicts, findings(source, target, verdicts)


def proof(
    constraints: Sequence[Constraint], source: str, target: str, mass: Mass | None = None
) -> tuple[Verdict, ...]:
    """The verdicts alone."""
    proven = verify(constraints, target, mass or positional(len(source), len(target)))
    return tuple(_to_the_letter(verdict, target) for verdict in proven)


def _to_the_letter(verdict: Verdict, target: str) -> Verdict:
    """Kim Jong Un where Kim Jong-un is agreed is another wording: a person's text is not respelt, but told of."""
    if verdict.status != "satisfied" or verdict.span is None:
        return verdict
    printed = verdict.span.of(target)
    agreed = respelt(printed, verdict.constraint.forms) == printed
    return verdict if agreed else replace(verdict, status="variant")


def findings(source: str, target: str, verdicts: Sequence[Verdict]) -> tuple[Finding, ...]:
    """The checks' findings, without repetition inside an agreed name, and forbidden English anywhere else."""
    bound = [v.span for v in verdicts if v.span is not None]
    found = [
        f
        for f in check(source, target)
        if not (
            f.check in _REPEATING
            and f.target_span
            and any(b.start <= f.target_span.start and f.target_span.end <= b.end for b in bound)
        )
    ]
    forbidden = dict.fromkeys(form for v in verdicts for form in v.constraint.forbidden)
    for form in forbidden:
        found += [
            Finding(
                check="forbidden",
                severity="warning",
                message=f"{form!r} is to be avoided",
                target_span=span,
            )
            for span in find_form(target, form)
            if not any(span.overlaps(b) for b in bound)
        ]
    return tuple(found)
