"""How well translations keep to a termbase, occurrence by occurrence, with the signature that such a figure needs.

An occurrence is found in the source by the matcher and bound, one to one, to a span of the output that has an
agreed form or an accepted variant (translate.adherence). There is no alignment here, so that texts of any origin
compare: things are taken to keep their order.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glossary.english import find_form
from glossary.match import Matcher
from glossary.types import Span
from translate.adherence import positional, verify, violates
from translate.align import words
from translate.consistency import plain
from translate.constraints import constrain
from translate.evaluate.termrate import TERM_WEIGHT, neighbours, overlap, term_rate
from translate.types import Constraint, Verdict

WINDOWS = (2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermScores:
    """Shares in [0, 1]; None where there is nothing to count.

    success: occurrences rendered as agreed or by an accepted variant, inflected as English needs.
    exact_match: occurrences for which the output has an agreed form to the letter (EM of Alam et al. 2021).
    consistency: of terms that occur more than once, occurrences in the term's commonest rendering; one
    without any known rendering agrees with no other (as the terminology consistency of WMT23, without alignment).
    window_overlap: by window size, over occurrences that the reference has. one_minus_term: 1 - TERm, mean over
    sentences. doubled: agreed forms beyond the occurrences and beyond those of the reference, per occurrence.
    """

    occurrences: int
    success: float | None
    exact_match: float | None
    consistency: float | None
    window_overlap: dict[int, float | None]
    one_minus_term: float | None
    doubled: float | None
    signature: str


def signature(termbase: str) -> str:
    """What a term figure depends on: the termbase's fingerprint (or what stands for it), how occurrences are
    found, that each needs its own place, and that case counts."""
    return f"terms:{termbase}|match:clitic|occ:distinct|case:mixed"


def term_scores(
    matcher: Matcher,
    sources: Sequence[str],
    outputs: Sequence[str],
    references: Sequence[str],
    *,
    fingerprint: str,
) -> TermScores:
    """Every measure over a text; all three sequences go line by line."""
    wanted = [constrain(matcher.match(source)) for source in sources]
    ours = verdicts(wanted, sources, outputs)
    theirs = verdicts(wanted, sources, references)
    total = sum(map(len, wanted))
    rates = [
        term_rate(_words(output), _words(reference), _in_words(reference, own))
        for output, reference, own in zip(outputs, references, theirs, strict=True)
    ]
    more = sum(
        max(0, surplus(own, output) - surplus(own, reference))
        for own, output, reference in zip(wanted, outputs, references, strict=True)
    )
    return TermScores(
        occurrences=total,
        success=success(ours),
        exact_match=_share(sum(map(_exact, wanted, outputs)), total),
        consistency=consistency(ours, outputs),
        window_overlap={n: window_overlap(ours, outputs, theirs, references, n) for n in WINDOWS},
        one_minus_term=1 - float(np.mean(rates)) if rates else None,
        doubled=_share(more, total),
        signature=f"{signature(fingerprint)}|window:words|TERm:weight{TERM_WEIGHT}",
    )


def verdicts(
    wanted: Sequence[Sequence[Constraint]], sources: Sequence[str], outputs: Sequence[str]
) -> list[tuple[Verdict, ...]]:
    """For each line the verdicts of its occurrences."""
    return [
        verify(own, output, positional(len(source), len(output)))
        for own, source, output in zip(wanted, sources, outputs, strict=True)
    ]


def success(judged: Sequence[Sequence[Verdict]]) -> float | None:
    """The share of occurrences that are not violated."""
    every = [verdict for own in judged for verdict in own]
    return _share(sum(not violates(verdict) for verdict in every), len(every))


def surplus(constraints: Sequence[Constraint], text: str) -> int:
    """Agreed forms in `text` beyond the occurrences of all terms that could be rendered so."""
    out = 0
    for form in {c.forms[0] for c in constraints if c.forms}:
        could = sum(any(find_form(f, form) for f in (*c.forms, *c.variants)) for c in constraints)
        out += max(0, len(find_form(text, form)) - could)
    return out


def consistency(judged: Sequence[Sequence[Verdict]], outputs: Sequence[str]) -> float | None:
    """Occurrences in the commonest rendering of their term, of terms that occur more than once."""
    renderings: dict[str, list[str | None]] = defaultdict(list)
    for own, output in zip(judged, outputs, strict=True):
        for verdict in own:
            if verdict.constraint.forms:
                shown = plain(verdict.span.of(output)) if verdict.span else None
                renderings[verdict.constraint.match.term.id].append(shown)
    repeated = [seen for seen in renderings.values() if len(seen) > 1]
    agreeing = sum(max(Counter(filter(None, seen)).values(), default=0) for seen in repeated)
    return _share(agreeing, sum(map(len, repeated)))


def window_overlap(
    ours: Sequence[Sequence[Verdict]],
    outputs: Sequence[str],
    theirs: Sequence[Sequence[Verdict]],
    references: Sequence[str],
    size: int,
) -> float | None:
    """Mean over the occurrences that the reference renders; one that the output doesn't render counts 0."""
    shares = []
    for own, output, right, reference in zip(ours, outputs, theirs, references, strict=True):
        here, there = _words(output), _words(reference)
        for mine, other in zip(own, right, strict=True):
            if other.span is None or violates(other):
                continue
            share = 0.0
            if mine.span is not None and not violates(mine):
                share = overlap(
                    neighbours(here, _span_in_words(output, mine.span), size),
                    neighbours(there, _span_in_words(reference, other.span), size),
                )
            shares.append(share)
    return float(np.mean(shares)) if shares else None


def _exact(wanted: Sequence[Constraint], output: str) -> int:
    """Occurrences that the output has to the letter (a possessive ending is none of it), a place for each."""
    taken: list[Span] = []
    for constraint in wanted:
        places = (
            span
            for form in (*constraint.forms, *constraint.variants)
            for span in find_form(output, form)
            if span.of(output).startswith(form) and not any(span.overlaps(t) for t in taken)
        )
        place = next(places, None)
        taken += [place] if place else []
    return len(taken)


def _words(text: str) -> list[str]:
    return [span.of(text) for span in words(text)]


def _in_words(text: str, judged: Sequence[Verdict]) -> list[Span]:
    return [_span_in_words(text, v.span) for v in judged if v.span and not violates(v)]


def _span_in_words(text: str, span: Span) -> Span:
    """The words of `text` that `span` touches; of none, the place where it stands."""
    ends = [word.end for word in words(text)]
    starts = [word.start for word in words(text)]
    first = sum(end <= span.start for end in ends)
    return Span(first, max(first, sum(start < span.end for start in starts)))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
