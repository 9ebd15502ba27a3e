"""Proof, occurrence by occurrence: which span of the target renders which constraint.

Three occurrences in the source need three distinct spans in the target. Spans are dealt out by the
evidence of alignment, best first; an occurrence left without one may push another to its second best
(augmenting paths, as in bipartite matching), so that no verdict is `missing` for want of a better deal.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from glossary.english import find_form
from glossary.types import Span
from translate.types import VIOLATIONS, Constraint, Status, Verdict

Mass = Callable[[Span, Span], float]  # (source span, target span) -> evidence in [0, 1]

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
    taken = [o.span for o in bound.values()]
    verdicts = []
    for i, constraint in enumerate(constraints):
        offer = bound.get(i)
        if offer:
            verdict = Verdict(constraint=constraint, status=offer.status, span=offer.span)
        else:
            verdict = _unbound(constraint, target, mass, found, taken)
            taken += [verdict.span] if verdict.span else []
        verdicts.append(verdict)
    return tuple(verdicts)


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
    """Seat everyone who can be seated (Kuhn's augmenting paths, breadth first, no recursion)."""
    crossing = _crossing({o.span for own in offers for o in own})
    bound: dict[int, _Offer] = {}
    holder: dict[Span, int] = {}
    ranked = sorted(
        (-round(o.evidence, 2), -len(o.span), i) for i, own in enumerate(offers) for o in own[:1]
    )
    for _, _, who in ranked:
        for seat, offer in _path(who, offers, crossing, holder):
            if seat in bound:
                del holder[bound[seat].span]
            bound[seat], holder[offer.span] = offer, seat
    return bound


def _crossing(spans: set[Span]) -> dict[Span, list[Span]]:
    """For each span those that share a character with it, itself included."""
    ordered = sorted(spans)
    out: dict[Span, list[Span]] = {s: [s] for s in ordered}
    for i, one in enumerate(ordered):
        for other in ordered[i + 1 :]:
            if other.start >= one.end:
                break
            out[one].append(other)
            out[other].append(one)
    return out


def _path(
    root: int,
    offers: Sequence[Sequence[_Offer]],
    crossing: Mapping[Span, Sequence[Span]],
    holder: Mapping[Span, int],
) -> list[tuple[int, _Offer]]:
    """Who moves where so that `root` finds a place, last mover first; empty if nobody can make room."""
    asked = {root}
    chains: deque[tuple[int, tuple[tuple[int, _Offer], ...]]] = deque([(root, ())])
    while chains:
        who, before = chains.popleft()
        for offer in offers[who]:
            holders = {holder[s] for s in crossing[offer.span] if s in holder} - {who}
            if any(offer.span.overlaps(o.span) for _, o in before):
                continue
            if not holders:
                return [(who, offer), *reversed(before)]
            if len(holders) == 1 and not holders & asked:
                asked |= holders
                chains.append((min(holders), (*before, (who, offer))))
    return []


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
