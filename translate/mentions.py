"""Mentions: where a document names something that no term of the termbase covers, and its English there.

The tagger (`glossary.tagger`) finds names by the Arabic; if there is English, its capitals and its sound have a say.
`Mention.strength` is how probable a name is, `Mention.evidence` says what a person can see of it; whether it is
enough is `translate.suggest`'s decision. A mention may hold whole terms (the navy of a covered country), but never
lies within one or cuts one.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from glossary.arabic import fold_text
from glossary.cldr import arabic_names
from glossary.cues import HEADS, LABELS, TITLES
from glossary.match import Matcher
from glossary.tagger import Tagged, Token, tagger, tokenise
from glossary.transliterate import sounds_like
from glossary.types import Kind, Span
from glossary.vocabulary import names, plainness
from translate.citing import Cited, cite
from translate.rendering import opens, rendered
from translate.types import Document, TranslationUnit

__all__ = ["Evidence", "Mention", "mentions", "rendered"]

Evidence = str

_LEAST = 0.15  # probability that the tagger must give
_ALIKE = 0.75  # of sound
_JOINED = {" ", "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One occurrence. `span` and `surface` are whole printed words, attached clitics included; `cited` is
    without them, and `key` folded and without article: mentions of one key are one name."""

    segment_id: str
    span: Span
    surface: str
    rendering: str = ""  # the English it is aligned to
    target_span: Span | None = None
    cited: str = ""
    key: str = ""
    kind: Kind = "term"
    evidence: frozenset[Evidence] = field(default_factory=frozenset)
    strength: float = 0.0  # 0..1, how probable it is


class _Run(NamedTuple):
    first: int
    last: int  # inclusive
    kind: Kind
    evidence: frozenset[Evidence]
    strength: float


def mentions(document: Document, matcher: Matcher) -> list[Mention]:
    """All mentions in the order of the text; none overlaps another."""
    lines = []
    for unit in document.units:
        source = unit.segment.source
        lines.append((unit, tokenise(source, matcher.match(source))))
    seen = Counter(token.folded for _, line in lines for token in line)
    found: list[Mention] = []
    for unit, line in lines:
        taken: set[int] = set()
        runs = [*_money(line), *_names(line)]
        for run in sorted(runs, key=lambda one: -one.strength):
            cover = range(run.first, run.last + 1)
            if taken.isdisjoint(cover):
                taken.update(cover)
                found.append(_mention(unit, line, run, seen))
    order = {unit.segment.id: n for n, unit in enumerate(document.units)}
    return sorted(found, key=lambda one: (order[one.segment_id], one.span))


# Runs of words


def _names(line: Sequence[Token]) -> Iterator[_Run]:
    """What the tagger found and no term covers, borders of terms respected."""
    for tagged in tagger().tag(line, _LEAST):
        first, last = _whole(line, tagged)
        inside = line[first : last + 1]
        if all(token.match for token in inside):
            continue
        yield _Run(
            first,
            last,
            _kind(line, first, last, demonym=tagged.demonym),
            _evidence(line, first, last),
            tagged.probability,
        )


def _whole(line: Sequence[Token], tagged: Tagged) -> tuple[int, int]:
    """Its first and last word, moved out where they would cut a term."""
    first, last = tagged.first, tagged.last
    while first > 0 and _same_term(line, first - 1, first):
        first -= 1
    while last + 1 < len(line) and _same_term(line, last, last + 1):
        last += 1
    return first, last


def _same_term(line: Sequence[Token], a: int, b: int) -> bool:
    return line[a].match is not None and line[a].match is line[b].match


def _money(line: Sequence[Token]) -> Iterator[_Run]:
    """Two words that Unicode CLDR knows together: a country's currency, a language."""
    for at, (one, two) in enumerate(pairwise(line)):
        if two.gap != " " or (one.match is not None and one.match is two.match):
            continue
        named = arabic_names().get(f"{one.folded.removeprefix('ال')} {two.folded}")
        if named and named.kind == "term" and not (one.match and two.match):
            yield _Run(at, at + 1, "term", frozenset({"CLDR"}), 0.9)


# What is seen of a name


def _kind(line: Sequence[Token], first: int, last: int, *, demonym: bool) -> Kind:
    """As a noun before it or the tagger says."""
    if demonym:
        return "demonym"
    announced = _announced(line, first)
    if announced in LABELS and LABELS[announced] in ("weapon", "term"):
        return LABELS[announced] if LABELS[announced] == "weapon" else "org"
    return tagger().kind(line, first, last)


def _evidence(line: Sequence[Token], first: int, last: int) -> frozenset[Evidence]:
    inside = line[first : last + 1]
    evidence = set()
    announced = _announced(line, first)
    if announced in TITLES:
        evidence.add("title")
    elif announced in LABELS:
        evidence.add("label")
    if any(_is_known(token.folded) for token in inside):
        evidence.add("known name")
    if all(plainness(token.folded) == "unknown" for token in inside):
        evidence.add("no everyday word")
    if re.search("[پچڤگ]", "".join(token.letters for token in inside)):
        evidence.add("foreign letters")
    if last > first and _noun(inside[0].folded, HEADS):
        evidence.add("begins as names do")
    after = line[last + 1].gap if last + 1 < len(line) else ""
    if '"' in inside[0].gap and (last + 1 == len(line) or '"' in after):
        evidence.add("in quotation marks")
    return frozenset(evidence)


def _is_known(folded: str) -> bool:
    return any(
        shape in names() and names()[shape].share >= 0.5
        for shape in (folded, folded.removeprefix("ال"))
    )


def _announced(line: Sequence[Token], first: int) -> str:
    """The noun just before that announces a name, an adjective with article between allowed; or empty."""
    for back in (1, 2, 3):
        at = first - back
        if at < 0 or line[at + 1].gap not in (" ", '"'):
            break
        noun = _noun(line[at].folded, TITLES) or _noun(line[at].folded, LABELS)
        if noun:
            return noun
        if not line[at].folded.startswith("ال"):
            break
    return ""


def _noun(folded: str, table: frozenset[str] | dict[str, Kind]) -> str:
    """The word as the table has it, without article and proclitics."""
    for shape in (folded, re.sub("^[وف]?(?:[بكل]?ال|لل)(?=..)", "", folded), re.sub("^[وفبل]", "", folded)):
        if shape in table:
            return shape
    return ""


# Mentions


def _mention(
    unit: TranslationUnit, line: Sequence[Token], run: _Run, seen: Counter[str]
) -> Mention:
    text = unit.segment.source
    words = line[run.first : run.last + 1]
    span = Span(words[0].span.start, words[-1].span.end)
    rendering, there = rendered(unit, span)
    before = line[run.first - 1] if run.first else None
    cited = cite(text, words, before, seen, rendering)
    return Mention(
        segment_id=unit.segment.id,
        span=span,
        surface=span.of(text),
        rendering=rendering,
        target_span=there,
        cited=cited.source,
        key=cited.key,
        kind=run.kind,
        evidence=run.evidence,
        strength=_heard(unit, cited, run, rendering, there),
    )


def _heard(
    unit: TranslationUnit, cited: Cited, run: _Run, rendering: str, there: Span | None
) -> float:
    """The strength, as the English raises or lowers it: a capital in mid-sentence, the same sound."""
    if there is None or run.kind == "term" or not rendering[:1].isalpha():
        return run.strength
    alike = sounds_like(cited.source, rendering) >= _ALIKE
    capital = bool(re.search(r"\b[A-ZÀ-Þ]", rendering)) and not opens(unit.target, there.start)
    if alike and rendering[:1].isupper():
        return max(run.strength, 1 - (1 - run.strength) * (0.3 if capital else 0.6))
    if rendering.islower():
        return run.strength * 0.6
    return run.strength
