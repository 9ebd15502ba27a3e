"""Numbers and percentages that one side has and the other has not.

Figures and number words are read as values, so that 2,5 مليون is 2.5 million is 2,500,000.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from glossary.types import Span
from translate.checks.arabic_numbers import PERCENT_WORDS, is_percent
from translate.checks.base import Pair, Place
from translate.checks.dates import arabic_months, english_months
from translate.checks.numerals import Number

_QUARTERS = frozenset(
    ("ربع", "ربعا", "وربع", "والربع", "والنصف", "ونصف", "وثلث", "والثلث", "النصف")
)
_ROUNDS = {"ثمن": 16.0, "الثمن": 16.0, "لثمن": 16.0, "ربع": 8.0, "الربع": 8.0}  # the last sixteen
_ROMAN = {
    "ii": 2.0,
    "iii": 3.0,
    "iv": 4.0,
    "vi": 6.0,
    "vii": 7.0,
    "viii": 8.0,
    "ix": 9.0,
    "xi": 11.0,
}
_PERCENT = re.compile(r"[%٪]")
_SAID = """
percent percentage cent percents pct percentile points bps pc half quarter third thirds quarters doubled
double fifth tenth
"""
_PARTS = frozenset(_SAID.split())
_SCALES = (1e3, 1e6, 1e9)
_SMALL = 2  # in words, values up to here are too often said otherwise: one, both, an, twice
_REPEATED = 10  # figures from here on must be shown as often as they are printed


def numbers(pair: Pair) -> Iterator[Place]:
    """Numbers of which one side at least is printed in figures."""
    missing, added = _unmatched(pair)
    if len(missing) == len(added) == 1 and (missing[0].figures or added[0].figures):
        yield _other(pair, missing[0], added[0])
        return
    yield from _alone(pair, [n for n in missing if n.figures], [n for n in added if n.figures])


def number_words(pair: Pair) -> Iterator[Place]:
    """Numbers in words."""
    missing, added = _unmatched(pair)
    if len(missing) == len(added) == 1:
        if not (missing[0].figures or added[0].figures):
            yield _other(pair, missing[0], added[0])
        return
    words = ([n for n in side if not n.figures] for side in (missing, added))
    yield from _alone(pair, *words)


def _other(pair: Pair, missing: Number, added: Number) -> Place:
    source = pair.source_span(missing.start, missing.end)
    target = Span(added.start, added.end)
    said = f"the source has {source.of(pair.source)}, the target {target.of(pair.target)}"
    return Place(said, source, target)


def _alone(pair: Pair, missing: Sequence[Number], added: Sequence[Number]) -> Iterator[Place]:
    for number in missing:
        span = pair.source_span(number.start, number.end)
        yield Place(f"the number {span.of(pair.source)} of the source is not in the target", span)
    for number in added:
        span = Span(number.start, number.end)
        yield Place(f"the number {span.of(pair.target)} is not in the source", None, span)


@lru_cache(maxsize=1)  # two checks ask, one after the other
def _unmatched(pair: Pair) -> tuple[tuple[Number, ...], tuple[Number, ...]]:
    """The sure numbers of each side that the other doesn't show."""
    ours, theirs = pair.source_numbers, pair.target_numbers
    if not ours and not theirs:
        return (), ()
    surest = sorted(ours, key=lambda n: not n.sure)
    left, free = _without(surest, theirs), _without(theirs, surest)
    if not any(number.sure for number in (*left, *free)):
        return (), ()
    left.sort(key=lambda n: n.start)
    left, free = _unsummed(left, free), _unsummed(free, left)
    here, there = _Values(ours, _implied(pair)), _Values(theirs, _said(pair))
    missing = [n for n in left if n.sure and not _shown(n, here, there)]
    added = [n for n in free if n.sure and n.value > _SMALL and not _shown(n, there, here)]
    return tuple(missing), tuple(added)


def _key(value: float) -> float:
    """Without what computing with scales adds: 2.3 times a million."""
    return float(f"{value:.12g}")


def _without(numbers: Sequence[Number], others: Sequence[Number]) -> list[Number]:
    """The numbers without those that the other side has as well, one for one."""
    there = Counter(_key(other.value) for other in others)
    out = []
    for number in numbers:
        key = _key(number.value)
        if there[key]:
            there[key] -= 1
        else:
            out.append(number)
    return out


def _unsummed(numbers: Sequence[Number], others: Sequence[Number]) -> list[Number]:
    """The numbers without those that the other side says in two parts, or that are two parts of one there."""
    sums = {_key(n.value + after.value): (n, after) for n, after in pairwise(numbers)}
    there = {_key(n.value + after.value) for n, after in pairwise(others)}
    parts = {n for other in others for n in sums.get(_key(other.value), ())}
    return [n for n in numbers if n not in parts and _key(n.value) not in there]


class _Values:
    """What one side shows: how often which value, and what may stand for others."""

    def __init__(self, numbers: Sequence[Number], hints: set[float]) -> None:
        self.exact = Counter(_key(n.value) for n in numbers)
        self.loose = hints | {_key(v) for n in numbers for v in n.also}


def _shown(number: Number, here: _Values, there: _Values) -> bool:
    """Whether the other side shows the number in another way, or once where this one has it twice."""
    if number.value == 0 or (not number.figures and number.value <= _SMALL):
        return True
    value, *others = map(_key, _alternatives(number))
    if value in there.loose or any(v in there.exact or v in there.loose for v in others):
        return True
    repeated = number.figures and number.value >= _REPEATED
    return value in there.exact and (here.exact[value] > 2 or not repeated)


def _alternatives(number: Number) -> Iterator[float]:
    """The value; an hour on the other clock; a scale that is said once for two numbers."""
    value = number.value
    yield value
    yield from number.also
    if 1 <= value < 24 and value == int(value):
        yield value - 12 if value > 12 else value + 12
    for scale in _SCALES:
        yield value * scale
        yield value / scale


def _said(pair: Pair) -> set[float]:
    """What the target says without a number: months, Basel III."""
    out = {float(month.number) for month in english_months(pair)}
    out.update(value for word, value in _ROMAN.items() if word in pair.target_words)
    return out


def _implied(pair: Pair) -> set[float]:
    """What the source says without a number: months, 7:45 for الثامنة إلا ربع, the last 16 for ثمن النهائي."""
    words = pair.source_words
    out = {float(month.number) for month in arabic_months(pair)}
    out.update(value for word, value in _ROUNDS.items() if word in words)
    if not _QUARTERS.isdisjoint(words):
        hours = [hour for n in pair.source_numbers for hour in (n.value - 1, n.value)]
        out.update(hour * 100 + minutes for hour in hours for minutes in (15, 20, 30, 40, 45))
    return out


def percent(pair: Pair) -> Iterator[Place]:
    """A percentage that is none in the target."""
    sign = _PERCENT.search(pair.source)
    if not sign and PERCENT_WORDS.isdisjoint(pair.source_words):
        return
    if _PERCENT.search(pair.target) or not _PARTS.isdisjoint(pair.target_words):
        return
    span = Span(sign.start(), sign.end()) if sign else _percent_word(pair)
    if span:
        yield Place("the percentage of the source is none in the target", span)


def _percent_word(pair: Pair) -> Span | None:
    tokens = pair.source_tokens
    for before, token in zip((None, *tokens), tokens, strict=False):
        if is_percent(token, before):
            return pair.source_span(token.start, token.end)
    return None
