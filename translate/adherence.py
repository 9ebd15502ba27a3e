"""Proof, occurrence by occurrence: which span of the target renders which constraint.

Three occurrences in the source need three distinct spans in the target. Spans are dealt out by the
evidence of alignment, best first; an occurrence left without one may push another to its second best
(augmenting paths, as in bipartite matching), so that no verdict is `missing` for want of a better deal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from glossary.english import find_form
from glossary.types import Span
from translate.types import Constraint, Status, Verdict

Mass = Callable[[Span, Span], float]  # (source span, target span) -> evidence in [0, 1]

VIOLATIONS: frozenset[Status] = frozenset({"missing", "misplaced", "forbidden"})
# A rendering that gets less evidence than this stands in the wrong place.
_ELSEWHERE = 0.02


@dataclass(frozen=True, slots=True)
class _Offer:
    span: Span
    status: Status
    evidence: float


def violates(verdict: Verdict) -> bool:
    """Whether a person should see this verdict as broken."""
    return verdict.status in VIOLATIONS


def positional(source_length: int, target_length: int) -> Mass:
    """Evidence where there is no attention (a person's target): things keep their order."""

    def mass(source: Span, target: Span) -> float:
        there = (source.start + source.end) / (2 * max(source_length, 1))
        here = (target.start + target.end) / (2 * max(target_length, 1))
        return 1.0 - 0.9 * abs(there - here)

    return mass


def verify(constraints: Sequence[Constraint], target: str, mass: Mass) -> tuple[Verdict, ...]:
    """One verdict a constraint, in order; bound spans never overlap."""
    found: dict[str, tuple[Span, ...]] = {}
    offers = [_offers(c, target, mass, found) for c in constraints]
    bound = _deal(offers)
    return tuple(
        Verdict(constraint=c, status=offer.status, span=offer.span)
        if offer
        else _unbound(c, target, mass, found, tuple(o.span for o in bound.values()))
        for c, offer in ((c, bound.get(i)) for i, c in enumerate(constraints))
    )


def _find(target: str, form: str, found: dict[str, tuple[Span, ...]]) -> tuple[Span, ...]:
    if form not in found:
        found[form] = tuple(find_form(target, form))
    return found[form]


def _offers(
    constraint: Constraint, target: str, mass: Mass, found: dict[str, tuple[Span, ...]]
) -> list[_Offer]:
    """Every place in the target that could count for the constraint, best evidence first."""
    statuses: dict[Span, Status] = {}
    for status, forms in (("satisfied", constraint.forms), ("variant", constraint.variants)):
        for form in forms:
            for span in _find(target, form, found):
                statuses.setdefault(span, status)  # type: ignore[arg-type]
    offers = []
    for span, status in statuses.items():
        evidence = mass(constraint.match.span, span)
        offers.append(_Offer(span, status if evidence >= _ELSEWHERE else "misplaced", evidence))
    return sorted(offers, key=lambda o: (-round(o.evidence, 2), -len(o.span), o.status, o.span))


def _deal(offers: Sequence[Sequence[_Offer]]) -> dict[int, _Offer]:
    bound: dict[int, _Offer] = {}

    def seat(who: int, asked: frozenset[int]) -> bool:
        for offer in offers[who]:
            holders = [i for i, o in bound.items() if o.span.overlaps(offer.span)]
            if not holders:
                bound[who] = offer
                return True
        for offer in offers[who]:
            holders = [i for i, o in bound.items() if o.span.overlaps(offer.span)]
            if len(holders) != 1 or holders[0] in asked:
                continue
            held = bound.pop(holders[0])
            bound[who] = offer
            if seat(holders[0], asked | {who}):
                return True
            del bound[who]
            bound[holders[0]] = held
        return False

    ranked = sorted(
        ((-round(o.evidence, 2), -len(o.span), i) for i, own in enumerate(offers) for o in own[:1])
    )
    for _, _, who in ranked:
        seat(who, frozenset({who}))
    return bound


def _unbound(
    constraint: Constraint,
    target: str,
    mass: Mass,
    found: dict[str, tuple[Span, ...]],
    taken: Sequence[Span],
) -> Verdict:
    """Forbidden English at the place of the occurrence, else missing; an entry that only forbids is content."""
    for form in constraint.forbidden:
        for span in _find(target, form, found):
            if (
                not any(span.overlaps(t) for t in taken)
                and mass(constraint.match.span, span) >= _ELSEWHERE
            ):
                return Verdict(constraint=constraint, status="forbidden", span=span)
    if not constraint.forms:
        return Verdict(constraint=constraint, status="satisfied")
    return Verdict(constraint=constraint, status="missing")
