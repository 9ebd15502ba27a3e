"""Where and how a violated term could be put right: drafts of the target with the agreed form in place.

A draft replaces what stands for the term now (by attention), or inserts the form where its neighbours
in the source point. The model judges drafts (its score) and rewrites what follows the form (a forced
prefix); this module only proposes, and tells doubled renderings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from glossary.types import Span
from translate.adherence import violates
from translate.align import WordAttention
from translate.types import Constraint, Verdict

MAX_DRAFTS = 6
_EDGE_SHARE = (
    0.35  # a word next to the peak belongs to the old rendering from this share of the peak on
)
_ABSENT = 0.15  # below this attention nothing stands for the term
_FUNCTION_WORDS = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "and",
        "or",
        "s",
        "'s",
    ]
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A target with the agreed form written over `replaced`; `keep` characters of it are the forced prefix."""

    text: str
    keep: int
    replaced: Span
    form: str


def first_violation(
    verdicts: Sequence[Verdict], evidence: WordAttention, given_up: frozenset[int]
) -> int | None:
    """The violated verdict that stands leftmost in the target, leaving out those given up."""
    open_ = [i for i, v in enumerate(verdicts) if violates(v) and i not in given_up]
    return min(open_, key=lambda i: (_peak(evidence, verdicts[i].constraint), i), default=None)


def drafts(
    target: str, verdict: Verdict, verdicts: Sequence[Verdict], evidence: WordAttention
) -> list[Draft]:
    """The most promising first; never writes over another term's bound rendering."""
    taken = [v.span for v in verdicts if v.span is not None and v is not verdict]
    if verdict.status == "forbidden" and verdict.span:
        places = [verdict.span]
    else:
        places = _places(target, verdict.constraint, evidence)
    free = [p for p in dict.fromkeys(places) if not any(_clash(p, t) for t in taken)]
    made = [
        _write(target, place, form) for form in _forms_to_try(verdict.constraint) for place in free
    ]
    return [d for d in dict.fromkeys(made) if d.text != target][:MAX_DRAFTS]


def doubled(
    target: str, verdict: Verdict, verdicts: Sequence[Verdict], evidence: WordAttention
) -> bool:
    """Whether the old rendering stands beside the agreed one: a neighbour that no other term claims, and
    that attends to this term more than to anything else."""
    if verdict.span is None:
        return False
    words = evidence.target_words
    inside = [i for i, w in enumerate(words) if w.overlaps(verdict.span)]
    if not inside:
        return False
    profile = evidence.profile(verdict.constraint.match.span)
    near = [
        i
        for i in (inside[0] - 2, inside[0] - 1, inside[-1] + 1, inside[-1] + 2)
        if 0 <= i < len(words)
    ]
    bound = [v.span for v in verdicts if v.span is not None]
    return any(
        profile[i] > 0.6
        and words[i].of(target)[0].isalnum()
        and words[i].of(target).lower() not in _FUNCTION_WORDS
        and not any(words[i].overlaps(b) for b in bound)
        for i in near
    )


def _clash(place: Span, taken: Span) -> bool:
    return place.overlaps(taken) or (len(place) == 0 and taken.start < place.start < taken.end)


def _peak(evidence: WordAttention, constraint: Constraint) -> int:
    profile = evidence.profile(constraint.match.span)
    return max(range(len(profile)), key=profile.__getitem__, default=0)


def _places(target: str, constraint: Constraint, evidence: WordAttention) -> list[Span]:
    """Spans of the target to write over; empty spans are insertions."""
    words = evidence.target_words
    if not words:
        return [Span(0, 0)]
    profile = evidence.profile(constraint.match.span)
    peak = _peak(evidence, constraint)
    if profile[peak] < _ABSENT:
        return _insertions(constraint, evidence)
    wide = _grow(target, words, profile, peak, _EDGE_SHARE)
    narrow = _grow(target, words, profile, peak, 2 * _EDGE_SHARE)
    return [wide, narrow, *_insertions(constraint, evidence)[:1]]


def _grow(
    target: str, words: Sequence[Span], profile: Sequence[float], peak: int, share: float
) -> Span:
    """The run of words round the peak that attend to the term, commas and quotes left outside."""
    floor = share * profile[peak]
    first = last = peak
    while first > 0 and profile[first - 1] >= floor and words[first - 1].of(target)[0].isalnum():
        first -= 1
    while (
        last + 1 < len(words)
        and profile[last + 1] >= floor
        and words[last + 1].of(target)[0].isalnum()
    ):
        last += 1
    return Span(words[first].start, words[last].end)


def _insertions(constraint: Constraint, evidence: WordAttention) -> list[Span]:
    """After the rendering of the source word before the term, and before that of the word after it."""
    span = constraint.match.span
    before = [w for w in evidence.source_words if w.end <= span.start]
    after = [w for w in evidence.source_words if w.start >= span.end]
    out = []
    for word in reversed(before[-2:]):
        place = _rendering(evidence, word)
        if place is not None:
            out.append(Span(place.end, place.end))
            break
    for word in after[:2]:
        place = _rendering(evidence, word)
        if place is not None:
            out.append(Span(place.start, place.start))
            break
    return out or [Span(0, 0)]


def _rendering(evidence: WordAttention, source_word: Span) -> Span | None:
    profile = evidence.profile(source_word)
    best = max(range(len(profile)), key=profile.__getitem__)
    return evidence.target_words[best] if profile[best] >= 2 * _ABSENT else None


def _forms_to_try(constraint: Constraint) -> tuple[str, ...]:
    """The agreed form first; its plural or possessive only if the model likes it better."""
    return constraint.forms[:2]


def _write(target: str, place: Span, form: str) -> Draft:
    """Write `form` over `place`, spaced as English is, with a capital where a sentence begins."""
    before, after = target[: place.start], target[place.end :]
    if not before.strip():
        form = form[:1].upper() + form[1:]
    if len(place):  # what is written over keeps the spaces it had
        return Draft(before + form + after, len(before) + len(form), place, form)
    opens = before.count('"') % 2 == 1
    if before and (
        before[-1].isalnum() or before[-1] in ",;:.!?)]" or (before[-1] == '"' and not opens)
    ):
        before += " "
    spaced = after and (after[0].isalnum() or after[0] in "“‘([" or (after[0] == '"' and not opens))
    gap = " " if spaced else ""
    return Draft(before + form + gap + after, len(before) + len(form), place, form)
