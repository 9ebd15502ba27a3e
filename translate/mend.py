"""Where and how a violated term could be put right: drafts of the target with the agreed form in place.

A draft replaces what stands for the term now (by attention), or inserts the form where its neighbours
in the source point. The model judges drafts (its score) and rewrites what follows the form (a forced
prefix); this module only proposes, and tells doubled renderings.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from glossary.english import find_form
from glossary.types import Span
from translate.adherence import violates
from translate.align import WordAttention
from translate.types import Constraint, Verdict

MAX_DRAFTS = 4
_EDGE_SHARE = (
    0.35  # a word next to the peak belongs to the old rendering from this share of the peak on
)
_CLAIMED = 0.6  # from this attention on a word stands for the term and for nothing else
_SURE = 0.5  # from this attention on the old rendering is known, and nothing need be inserted
_ABSENT = 0.2  # below this attention nothing stands for the term
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
    """A target with the agreed form at `written`, where the old target had `replaced`.

    The text up to the end of `written` is what a re-decoding is forced to begin with.
    """

    text: str
    replaced: Span
    written: Span

    @property
    def form(self) -> str:
        """The form as written."""
        return self.written.of(self.text)

    @property
    def prefix(self) -> str:
        """The text up to and with the form."""
        return self.text[: self.written.end]


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
    if not verdict.constraint.forms:
        return []
    taken = [v.span for v in verdicts if v.span is not None and v is not verdict]
    if verdict.status == "forbidden" and verdict.span:
        places = [verdict.span]
    else:
        places = _places(target, verdict.constraint, evidence, taken)
    free = [p for p in dict.fromkeys(places) if not any(_clash(p, t) for t in taken)]
    made = [_write(target, place, verdict.constraint.forms[0]) for place in free]
    return [d for d in dict.fromkeys(made) if d.text != target][:MAX_DRAFTS]


def doubled(
    target: str, verdict: Verdict, verdicts: Sequence[Verdict], evidence: WordAttention
) -> bool:
    """Whether the old rendering stands beside the agreed one: a word that no term's rendering covers, and
    that attends to this term more than to all else."""
    if verdict.span is None:
        return False
    profile = evidence.profile(verdict.constraint.match.span)
    bound = [v.span for v in verdicts if v.span is not None]
    return any(
        profile[i] > _CLAIMED
        and word.of(target)[0].isalnum()
        and word.of(target).lower() not in _FUNCTION_WORDS
        and not any(word.overlaps(b) for b in bound)
        for i, word in enumerate(evidence.target_words)
    )


_BETWEEN = re.compile(r"[\s,]*(?:(?:and|the)\b\s*)*")
_POSSESSIVE = re.compile(r"['’]s?$")


def repeated(target: str, verdicts: Sequence[Verdict]) -> tuple[int, Span] | None:
    """A verdict whose agreed name is said again right beside it (X and X, X's X), and the span to cut.

    Names only: "day in, day out" is English.
    """
    bound = [v.span for v in verdicts if v.span is not None]
    for which, verdict in enumerate(verdicts):
        kind = verdict.constraint.match.term.kind
        if verdict.span is None or not verdict.constraint.forms or kind in ("term", "demonym"):
            continue
        for again in find_form(target, verdict.constraint.forms[0]):
            if any(again.overlaps(b) for b in bound):
                continue
            first, second = sorted((verdict.span, again))
            if _BETWEEN.fullmatch(target, first.end, second.start):
                if again is first:
                    return which, Span(first.start, second.start)
                owned = _POSSESSIVE.search(first.of(target))
                start = first.start + owned.start() if owned else first.end
                return which, Span(start, second.end)
    return None


def surplus(target: str, verdicts: Sequence[Verdict]) -> int:
    """How many agreed names stand in the target beyond the occurrences that they could render."""
    constraints = [v.constraint for v in verdicts]
    out = 0
    for form in {c.forms[0] for c in constraints if c.forms and c.match.term.kind != "term"}:
        said = len(find_form(target, form))
        if said > 1:
            could = sum(
                any(find_form(f, form) for f in (*c.forms, *c.variants)) for c in constraints
            )
            out += max(0, said - could)
    return out


def _clash(place: Span, taken: Span) -> bool:
    return place.overlaps(taken) or (len(place) == 0 and taken.start < place.start < taken.end)


def _peak(evidence: WordAttention, constraint: Constraint) -> int:
    profile = evidence.profile(constraint.match.span)
    return max(range(len(profile)), key=profile.__getitem__, default=0)


def _places(
    target: str, constraint: Constraint, evidence: WordAttention, taken: Sequence[Span]
) -> list[Span]:
    """Spans of the target to write over; empty spans are insertions. `taken` is other terms' words."""
    words = evidence.target_words
    if not words:
        return [Span(0, 0)]
    profile = [
        0.0 if any(word.overlaps(t) for t in taken) else share
        for word, share in zip(words, evidence.profile(constraint.match.span), strict=True)
    ]
    peak = max(range(len(profile)), key=profile.__getitem__)
    beside = [_out_of(place, taken) for place in _insertions(constraint, evidence)]
    if profile[peak] < _ABSENT or not words[peak].of(target)[0].isalnum():
        return beside
    wide = _grow(target, words, profile, peak, _EDGE_SHARE)
    narrow = _grow(target, words, profile, peak, 2 * _EDGE_SHARE)
    return [wide, narrow] if profile[peak] >= _SURE else [wide, narrow, *beside]


def _out_of(place: Span, taken: Sequence[Span]) -> Span:
    """The insertion, moved behind a rendering it would have cut in two."""
    inside = next((t for t in taken if t.start < place.start < t.end), None)
    return Span(inside.end, inside.end) if inside else place


def _grow(
    target: str, words: Sequence[Span], profile: Sequence[float], peak: int, share: float
) -> Span:
    """The run of words round the peak that attend to the term; function words between two of them belong
    to it, commas and quotes end it."""
    floor = share * profile[peak]

    def reach(step: int) -> int:
        edge = at = peak
        while 0 <= at + step < len(words):
            at += step
            word = words[at].of(target)
            if profile[at] >= floor and word[0].isalnum():
                edge = at
            elif word.lower() not in _FUNCTION_WORDS or abs(at - edge) > 2:
                break
        return edge

    return Span(words[reach(-1)].start, words[reach(1)].end)


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


def _write(target: str, place: Span, form: str) -> Draft:
    """Write `form` over `place`, spaced as English is, with a capital where a sentence begins."""
    before, after = target[: place.start], target[place.end :]
    if not any(c.isalnum() for c in before) and form.islower():
        form = form[:1].upper() + form[1:]
    if len(place):  # what is written over keeps the spaces it had
        return _draft(before, form, after, place)
    opens = before.count('"') % 2 == 1
    if before and (
        before[-1].isalnum() or before[-1] in ",;:.!?)]" or (before[-1] == '"' and not opens)
    ):
        before += " "
    spaced = after and (after[0].isalnum() or after[0] in "“‘([" or (after[0] == '"' and not opens))
    return _draft(before, form, (" " if spaced else "") + after, place)


def _draft(before: str, form: str, after: str, place: Span) -> Draft:
    written = Span(len(before), len(before) + len(form))
    return Draft(before + form + after, place, written)
