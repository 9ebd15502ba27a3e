"""Terms written into the source while training: `… <t> ولموسكو <r> Moscow </t> …` (Dinu et al. 2019).

What is annotated is drawn anew each time a pair is: names and words whose alignment says where they stand in
both sentences, and terms that a termbase finds in both. Two more kinds keep the model from learning the wrong
lesson:

- substituted: another name takes the place of the English in the annotation and in the reference, so that
  only copying gives the reference. What is agreed differs from what the model would write: that is the point
  of a termbase.
- irrelevant: an annotation whose English the reference doesn't have, for a source word that means something
  else there (مالي: Mali or financial). Few of them: enough that a wrong hit isn't copied at any price.

Ids in, ids out; without the annotations the source is what it was, and links point at the same pieces.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.tokenizer import SPACE, TERM_END, TERM_START, TERM_TARGET, UNKNOWN
from models.training.corpus import Link, Pair

MOST_SOURCE_PIECES = 14  # a longer source span is an alignment gone wrong
_NAME, _FIRST_NAME, _HIT, _WORDS = 3.0, 1.0, 4.0, 0.35  # how willingly each is taken
_SIZES = np.array((1, 1, 1, 2, 2, 3))  # words in a span that is no name
_COUNTS = np.array((1, 1, 2, 2, 3))  # terms in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """How often: `share` of pairs get one to three terms; of these terms, shares are of the special kinds."""

    share: float = 0.3
    substituted: float = 0.1
    irrelevant: float = 0.01


@dataclass(frozen=True, slots=True)
class Pieces:
    """What annotation must know of each piece id, as arrays over the vocabulary."""

    starts: np.ndarray  # begins a printed word
    capital: np.ndarray  # begins a word with a capital letter
    bare: np.ndarray  # holds no letter or digit
    term_start: int
    term_target: int
    term_end: int

    @classmethod
    def of(cls, vocabulary: Sequence[str]) -> "Pieces | None":
        """None where the vocabulary has no pieces for inline terms."""
        ids = {piece: i for i, piece in enumerate(vocabulary)}
        if not {TERM_START, TERM_TARGET, TERM_END} <= ids.keys():
            return None
        return cls(
            np.array([p.startswith(SPACE) or p == UNKNOWN for p in vocabulary]),
            np.array([p.startswith(SPACE) and p[1:2].isupper() for p in vocabulary]),
            np.array([not any(c.isalnum() for c in p) for p in vocabulary]),
            ids[TERM_START],
            ids[TERM_TARGET],
            ids[TERM_END],
        )


class _Term(NamedTuple):
    """One annotation to be: where in the source, what in the target, and which English is written."""

    source: tuple[int, int]
    target: tuple[int, int]
    english: list[int]
    replaces: bool = False  # English also takes the place of the target's range
    absent: bool = False  # the target has no such range


def names_of(target: Sequence[int], pieces: Pieces) -> list[tuple[int, int]]:
    """Ranges of one to five capitalised words within a sentence (not at its start)."""
    runs = _runs(target, pieces)
    return [(b, _trimmed(target, b, e, pieces)) for b, e, weight in runs if weight == _NAME]


def annotate(
    pair: Pair,
    pieces: Pieces,
    how: Annotation,
    random: np.random.Generator,
    *,
    others: Sequence[Sequence[int]] = (),
) -> Pair:
    """The pair with terms drawn and written into its source, or as it was. `others`: names of other pairs."""
    if random.random() >= how.share or (not pair.links and not pair.hits):
        return pair
    chosen = _choose(pair, pieces, random)
    return _write(pair, [_varied(term, how, random, others) for term in chosen], pieces)


def _choose(pair: Pair, pieces: Pieces, random: np.random.Generator) -> list[_Term]:
    """One to three terms that overlap on neither side, in order of the source."""
    spans = _candidates(pair, pieces, random)
    keys = np.array([weight for _, _, weight in spans]) * random.random(len(spans))
    wanted, chosen = int(random.choice(_COUNTS)), list[_Term]()
    for at in np.argsort(-keys):
        source, target, _ = spans[at]
        source = source or _aligned(pair, target, pieces)
        if source is None or any(
            _overlap(source, c.source) or _overlap(target, c.target) for c in chosen
        ):
            continue
        chosen.append(_Term(source, target, pair.target[slice(*target)]))
        if len(chosen) == wanted:
            break
    return sorted(chosen)


def _candidates(
    pair: Pair, pieces: Pieces, random: np.random.Generator
) -> list[tuple[tuple[int, int] | None, tuple[int, int], float]]:
    """(source range where it is known, target range, weight) of all that could be a term."""
    found: list[tuple[tuple[int, int] | None, tuple[int, int], float]] = [
        ((hit.source_start, hit.source_end), (hit.target_start, hit.target_end), _HIT)
        for hit in pair.hits
    ]
    for start, end, weight in _runs(pair.target, pieces, random):
        end = _trimmed(pair.target, start, end, pieces)
        if end > start and not pieces.bare[pair.target[start:end]].all():
            found.append((None, (start, end), weight))
    return found


def _runs(
    target: Sequence[int], pieces: Pieces, random: np.random.Generator | None = None
) -> list[tuple[int, int, float]]:
    """Runs of capitalised words, and (given `random`) of one to three others from each word on."""
    words = [i for i, piece in enumerate(target) if pieces.starts[piece]] + [len(target)]
    runs, at = [], 0
    while at < len(words) - 1:
        end = at
        while end < len(words) - 1 and end - at < 5 and pieces.capital[target[words[end]]]:
            end += 1
        if end > at:
            runs.append((words[at], words[end], _NAME if at else _FIRST_NAME))
            at = end
            continue
        if random is not None:
            end = min(len(words) - 1, at + int(random.choice(_SIZES)))
            runs.append((words[at], words[end], _WORDS))
        at += 1
    return runs


def _trimmed(ids: Sequence[int], start: int, end: int, pieces: Pieces) -> int:
    """The end without the marks that a word is followed by."""
    while end > start and pieces.bare[ids[end - 1]]:
        end -= 1
    return end


def _aligned(pair: Pair, target: tuple[int, int], pieces: Pieces) -> tuple[int, int] | None:
    """The whole source words that the links of a target range span; None where that isn't believable."""
    linked = [link.source for link in pair.links if target[0] <= link.target < target[1]]
    if not linked:
        return None
    start, end = min(linked), max(linked) + 1
    while start > 0 and not pieces.starts[pair.source[start]]:
        start -= 1
    while end < len(pair.source) and not pieces.starts[pair.source[end]]:
        end += 1
    end = _trimmed(pair.source, start, end, pieces)
    size = end - start
    believable = 0 < size <= min(MOST_SOURCE_PIECES, 3 * (target[1] - target[0]) + 4)
    return (start, end) if believable else None


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _varied(
    term: _Term, how: Annotation, random: np.random.Generator, others: Sequence[Sequence[int]]
) -> _Term:
    """The term as it is, or now and then substituted or irrelevant."""
    drawn = random.random()
    if not others or drawn >= how.substituted + how.irrelevant:
        return term
    other = list(others[int(random.integers(len(others)))])
    if drawn < how.substituted:
        return term._replace(english=other, replaces=True)
    return term._replace(english=other, absent=True)


def _write(pair: Pair, terms: Sequence[_Term], pieces: Pieces) -> Pair:
    """Annotate the source, put substituted English into the target, and let links and hits follow."""
    target, target_at = _substituted(pair.target, terms)
    source, source_at, copies = list[int](), list[int](), list[Link]()
    at = 0
    for term in terms:
        start, end = term.source
        source_at += range(len(source), len(source) + start - at)
        source += pair.source[at:start]
        source.append(pieces.term_start)
        source_at += range(len(source), len(source) + end - start)
        source += pair.source[start:end]
        source.append(pieces.term_target)
        if not term.absent:
            first = target_at[term.target[0]]
            copies += [Link(len(source) + i, first + i) for i in range(len(term.english))]
        source += term.english
        source.append(pieces.term_end)
        at = end
    source_at += range(len(source), len(source) + len(pair.source) - at)
    source += pair.source[at:]
    gone = [term.target for term in terms if term.replaces]
    kept = [
        Link(source_at[link.source], target_at[link.target])
        for link in pair.links
        if not any(start <= link.target < end for start, end in gone)
    ]
    return Pair(source, target, kept + copies, [])


def _substituted(target: list[int], terms: Sequence[_Term]) -> tuple[list[int], list[int]]:
    """The new target, and for each old piece its new place (of a replaced range, the new range's start)."""
    ranges = {term.target[0]: term for term in terms if term.replaces}
    written, places, at = list[int](), list[int](), 0
    while at < len(target):
        term = ranges.get(at)
        if term is None:
            places.append(len(written))
            written.append(target[at])
            at += 1
            continue
        places += [len(written)] * (term.target[1] - at)
        written += term.english
        at = term.target[1]
    return written, places
