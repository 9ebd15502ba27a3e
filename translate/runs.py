"""Runs of words that name something no term covers: what the tagger says, and what is known about names beside it.

The tagger learnt from English capitals. Three things it can't know that way: `و` between two persons parts two names;
the noun that a name of a body begins with (حزب, جائزة) belongs to it, also where English writes it small or leaves it out;
so does the nationality of a fleet, a league, an army.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple

from glossary.cldr import arabic_names
from glossary.cues import HEADS, LABELS, LOOSE_HEADS, NATIONAL_HEADS, TITLES
from glossary.tagger import Tagged, tagger
from glossary.traits import Token
from glossary.types import Kind
from glossary.vocabulary import names, plainness

Evidence = str

_NATIONAL = 0.6  # strength of a body of a nation
_CLDR = 1.0
_ARTICLE = re.compile("^[وف]?(?:[بك]?ال|لل)(?=..)")
_DIRECTION = re.compile("(?:ال|لل)?(?:شمال|جنوب|شرق|غرب)ي.{0,2}")


class Run(NamedTuple):
    """Words `first` to `last` inclusive; `strength` is how probable it is that they are a name."""

    first: int
    last: int
    kind: Kind
    evidence: frozenset[Evidence]
    strength: float


def runs(line: Sequence[Token], least: float) -> list[Run]:
    """Those at least so probable, in the order of the text; of overlapping ones the more probable."""
    kept: list[Run] = []
    taken: set[int] = set()
    found = [*_of_nations(line), *_of_money(line), *_of_tagger(line, least)]
    for run in sorted(found, key=lambda one: (-one.strength, one.first - one.last)):
        cover = range(run.first, run.last + 1)
        if taken.isdisjoint(cover) and not all(line[at].match for at in cover):
            taken.update(cover)
            kept.append(run)
    return sorted(kept)


def _of_tagger(line: Sequence[Token], least: float) -> Iterator[Run]:
    for tagged in _demonyms_joined(line, tagger().tag(line, least)):
        kind = _kind(line, tagged)
        parts = _parted(line, tagged) if kind == "person" else [(tagged.first, tagged.last)]
        for first, last in parts:
            first, last = _whole(line, _without_label(line, first, last), last)
            if kind in ("org", "place") and (head := _head(line, first)):
                kind, first = HEADS[head], first - 1
            evidence = _evidence(line, first, last)
            yield Run(first, last, _labelled(line, first, kind), evidence, tagged.probability)


def _parted(line: Sequence[Token], tagged: Tagged) -> list[tuple[int, int]]:
    """Persons that `و` joins, one by one."""
    starts = [
        at
        for at in range(tagged.first + 1, tagged.last + 1)
        if line[at].folded[0] == "و" and tagger().clitic(line, at) >= 0.5
    ]
    edges = [tagged.first, *starts, tagged.last + 1]
    return [(first, after - 1) for first, after in pairwise(edges)]


def _demonyms_joined(line: Sequence[Token], found: Sequence[Tagged]) -> Iterator[Tagged]:
    """A name or demonym together with the direction after it: North Korean."""
    held: Tagged | None = None
    for tagged in found:
        follows = held and tagged.demonym and tagged.first == held.last + 1
        if held and follows and _DIRECTION.fullmatch(line[tagged.first].folded):
            held = held._replace(last=tagged.last)
            continue
        if held:
            yield held
        held = tagged
    if held:
        yield held


def _without_label(line: Sequence[Token], first: int, last: int) -> int:
    """Where a name begins without the noun that only says what it is: the company, the city."""
    label = noun(line[first].folded, LABELS)
    return first + 1 if label and label not in HEADS and first < last else first


def _head(line: Sequence[Token], first: int) -> str:
    """The noun before a name, in construct, that the name begins with; or empty."""
    at = first - 1
    if at < 0 or line[first].gap != " " or line[at].match or line[first].folded.startswith("لل"):
        return ""
    head = noun(line[at].folded, HEADS)
    definite = bool(_ARTICLE.match(line[at].folded))
    return "" if head in LOOSE_HEADS or definite else head


def _whole(line: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """The first and last word, moved out where they would cut a term."""
    while first > 0 and _same_term(line, first - 1, first):
        first -= 1
    while last + 1 < len(line) and _same_term(line, last, last + 1):
        last += 1
    return first, last


def _same_term(line: Sequence[Token], a: int, b: int) -> bool:
    return line[a].match is not None and line[a].match is line[b].match


def _of_nations(line: Sequence[Token]) -> Iterator[Run]:
    """The fleet, the army, the league of a country: noun with article, then the nationality."""
    for at, (head, nation) in enumerate(pairwise(line)):
        definite = _ARTICLE.match(head.folded)
        if not definite or nation.gap != " " or _same_term(line, at, at + 1):
            continue
        national = nation.kind == "demonym" and nation.folded.startswith("ال")
        if national and head.folded[definite.end() :] in NATIONAL_HEADS:
            evidence = frozenset({"nationality", "begins as names do"})
            yield Run(at, at + 1, "org", evidence, _NATIONAL)


def _of_money(line: Sequence[Token]) -> Iterator[Run]:
    """Two words that Unicode CLDR knows together: a country's currency, a language."""
    for at, (one, two) in enumerate(pairwise(line)):
        if two.gap != " " or _same_term(line, at, at + 1):
            continue
        named = arabic_names().get(f"{one.folded.removeprefix('ال')} {two.folded}")
        if named and named.kind == "term":
            yield Run(at, at + 1, "term", frozenset({"CLDR"}), _CLDR)


# What is seen of it


def _kind(line: Sequence[Token], tagged: Tagged) -> Kind:
    """As the tagger says."""
    return "demonym" if tagged.demonym else tagger().kind(line, tagged.first, tagged.last)


def _labelled(line: Sequence[Token], first: int, kind: Kind) -> Kind:
    """The kind that a noun just before the name says it is; titles of works keep the kind org."""
    label = noun(line[first - 1].folded, LABELS) if first else ""
    if not label or kind == "demonym" or line[first].gap not in (" ", '"'):
        return kind
    return "org" if LABELS[label] == "term" else LABELS[label]


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
    if last > first:
        evidence.add("several words")
    if last > first and noun(inside[0].folded, HEADS):
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
        shape = noun(line[at].folded, TITLES) or noun(line[at].folded, LABELS)
        if shape:
            return shape
        if not line[at].folded.startswith("ال"):
            break
    return ""


def noun(folded: str, table: AbstractSet[str] | Mapping[str, Kind]) -> str:
    """The word as the table has it, without article and proclitics."""
    for shape in (
        folded,
        re.sub("^[وف]?(?:[بكل]?ال|لل)(?=..)", "", folded),
        re.sub("^[وفبل]", "", folded),
    ):
        if shape in table:
            return shape
    return ""
