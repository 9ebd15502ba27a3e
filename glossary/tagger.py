"""Which Arabic words of a sentence are names: a linear-chain CRF (Lafferty et al. 2001) over hashed features.

Arabic has no capitals, so what a word looks like, what it is known as and what stands around it are weighed together.
The weights, `data/tagger.npz`, were learnt from the capitals of English translations (data/README.md says from
which); tests/bench/train_names.py makes them. Tags: O outside, B begins a name, I goes on, D a demonym alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from glossary.arabic import fold_text, printed
from glossary.cues import HEADS, LABELS, TITLES
from glossary.match import tokens
from glossary.morphology import ARABIC
from glossary.types import Kind, Span, TermMatch
from glossary.vocabulary import names, plainness

Floats = NDArray[np.float64]

O, B, I, D = range(4)
NAME_KINDS: tuple[Kind, ...] = ("person", "place", "org")
SPACE = 1 << 24  # of hashes; a sum over features ignores those without a weight
LONGEST = 10  # words of a name

_WEIGHTS = Path(__file__).parent / "data" / "tagger.npz"
_ARTICLE = re.compile("[وف]?(?:[بك]?ال|لل)(?=..)")
_SPACES = {" ", "\u00a0", "\u202f"}
_QUOTES = dict.fromkeys("«»“”„", '"')


@dataclass(frozen=True, slots=True)
class Token:
    """A printed Arabic word. `gap` says what parts it from the word before: a space, or the marks between."""

    span: Span
    letters: str  # without vowel marks
    folded: str
    gap: str
    match: TermMatch | None = None  # the term that covers it

    @property
    def kind(self) -> str:
        """The kind of that term; empty if there is none."""
        return self.match.term.kind if self.match else ""


class Tagged(NamedTuple):
    """Tokens `first` to `last` inclusive are a name, with this probability."""

    first: int
    last: int
    demonym: bool
    probability: float


def tokenise(text: str, matches: Sequence[TermMatch]) -> list[Token]:
    """The Arabic words of a text that no letter or digit touches; `matches` are in order, without overlap."""
    found: list[Token] = []
    rest = iter(matches)
    match = next(rest, None)
    end = 0
    for word in tokens(text):
        span = Span(*word.span())
        while match and match.span.end <= span.start:
            match = next(rest, None)
        folded = fold_text(word[0])
        touches = text[max(0, span.start - 1) : span.start].isalnum() or (
            text[span.end : span.end + 1].isalnum()
        )
        if touches or not ARABIC.match(folded):
            continue
        gap = _gap(text[end : span.start]) if found else "^" + _gap(text[: span.start])
        covering = match if match and match.span.overlaps(span) else None
        found.append(Token(span, printed(word[0]), folded, gap, covering))
        end = span.end
    return found


def _gap(between: str) -> str:
    if between in _SPACES:
        return " "
    shapes = {_QUOTES.get(c, "0" if c.isdigit() else "a" if c.isalpha() else c) for c in between}
    return "".join(sorted(shapes - _SPACES))[:3]


# Features


class _Looks(NamedTuple):
    """What one word shows by itself."""

    word: str
    stem: str
    article: str
    plain: str  # how everyday it is
    name: str  # how often it is a name
    cue: str  # what it announces
    kind: str
    gap: str


_OUTSIDE = _Looks("|", "|", "|", "|", "|", "|", "|", "|")


def features(line: Sequence[Token]) -> list[list[int]]:
    """Hashes of what speaks for or against a name, for each word."""
    looks = [_OUTSIDE, _OUTSIDE, *map(_look, line), _OUTSIDE, _OUTSIDE]
    return [
        [crc32(one.encode()) % SPACE for one in _shown(token, looks[at : at + 5])]
        for at, token in enumerate(line)
    ]


def _look(token: Token) -> _Looks:
    word = token.folded
    head = _ARTICLE.match(word)
    stem = word[head.end() :] if head and word not in names() else word
    article = word[: head.end()] if head else ""
    plain = plainness(word)
    name = _share(word)
    if not head and word[0] in "وفبلك" and len(word) > 3:
        name += _share(word[1:]) or plainness(word[1:])[0]
    elif head:
        name += _share(stem)
    return _Looks(word, stem, article, plain[0], name, _cue(word, stem), token.kind, token.gap)


def _share(word: str) -> str:
    known = names().get(word)
    return str(min(9, int(known.share * 10))) if known else ""


def _cue(word: str, stem: str) -> str:
    for shape in (word, stem, word[1:] if word[0] in "وفبل" else word):
        found = ("T" if shape in TITLES else "") + LABELS.get(shape, "") + HEADS.get(shape, "").upper()
        if found:
            return found
    return ""


def _shown(token: Token, around: Sequence[_Looks]) -> Iterator[str]:
    before2, before, own, after, after2 = around
    word, stem = own.word, own.stem
    yield "bias"
    yield f"w{word}"
    yield f"s{stem}"
    yield f"w-1{before.word}"
    yield f"s+1{after.stem}"
    yield f"s-2{before2.stem}"
    for size in (1, 2, 3, 4):
        yield f"p{stem[:size]}"
        yield f"x{stem[-size:]}"
    yield f"x-1{before.word[-2:]}"
    marked = f"^{stem}$"
    for at in range(len(marked) - 2):
        yield f"n{marked[at : at + 3]}"
    if word[0] in "وفبلك":
        yield f"c{word[1:]}"
        yield f"c{word[1:4]}"
    yield f"l{min(len(stem), 9)}{own.article}"
    yield f"h{token.letters[0]}{own.plain}"
    if re.search("[پچڤگ]", token.letters):
        yield "foreign"
    for name, one in (("-2", before2), ("-1", before), ("", own), ("+1", after), ("+2", after2)):
        yield f"P{name}{one.plain}{one.name}"
        yield f"C{name}{one.cue}"
        yield f"K{name}{one.kind}"
        yield f"A{name}{one.article}"
        yield f"G{name}{one.gap}"
        yield f"CP{name}{one.cue}{own.plain}{own.name}"
        yield f"GP{name}{one.gap}{own.plain}"
    yield f"PPP{before.plain}{own.plain}{after.plain}"
    yield f"NNN{before.name},{own.name},{after.name}"
    yield f"AAA{before.article},{own.article},{after.article}"
    yield f"AP{before.article}{before.plain},{own.article}{own.plain}"
    yield f"Cw{before.cue}{stem}"
    yield f"CCP{before2.cue},{before.cue},{own.plain},{own.article}"
    yield f"XP{before.word[-2:]},{own.plain},{own.article}"


def kind_features(line: Sequence[Token], first: int, last: int) -> list[int]:
    """The same for what kind of name tokens `first` to `last` are."""
    looks = [_OUTSIDE, _OUTSIDE, *map(_look, line), _OUTSIDE]
    inside, before2, before = looks[first + 2 : last + 3], looks[first], looks[first + 1]
    after = looks[last + 3]
    shown = [f"n{min(4, len(inside))}", f"b{before.word}", f"bs{before.stem}", f"bb{before2.stem}"]
    shown += [f"bc{before.cue}", f"bbc{before2.cue}", f"a{after.word}", f"as{after.stem}", f"g{inside[0].gap}"]
    shown += [f"bg{before.cue}{before.article}", f"ag{after.gap}", f"ac{after.cue}", f"first{inside[0].stem}"]
    shown += [f"last{inside[-1].stem}", f"fc{inside[0].cue}", f"art{inside[0].article}{len(inside)}"]
    for one in inside:
        shown += [f"w{one.word}", f"s{one.stem}", f"N{one.name}{one.plain}", f"A{one.article}"]
        for size in (2, 3):
            shown += [f"p{one.stem[:size]}", f"x{one.stem[-size:]}"]
        if one.word[0] in "وفبلك":
            shown += [f"s{one.word[1:]}", f"p{one.word[0]}:{one.word[1:3]}"]
    return [crc32(("kind " + one).encode()) % SPACE for one in shown]


# The model


class Tagger:
    """Weights by feature: of the tags B, I, D over O, and of the kinds; and of each pair of tags in a row."""

    def __init__(self, keys: NDArray[np.int64], weights: Floats, pairs: Floats) -> None:
        self._keys = keys
        self._weights = weights
        self._pairs = pairs

    @staticmethod
    def load(path: Path = _WEIGHTS) -> "Tagger":
        """The weights that ship, or those of another file."""
        with np.load(path) as file:
            keys = np.cumsum(file["steps"].astype(np.int64))
            weights = file["weights"].astype(np.float64) * file["scale"]
            return Tagger(keys, weights, file["pairs"].astype(np.float64))

    def tag(self, line: Sequence[Token], least: float) -> list[Tagged]:
        """The names that are at least so probable; of overlapping ones the more probable."""
        if not line:
            return []
        kept: list[Tagged] = []
        taken: set[int] = set()
        found = sorted(self._candidates(line, least), key=lambda one: -one.probability)
        for one in found:
            cover = range(one.first, one.last + 1)
            if taken.isdisjoint(cover):
                taken.update(cover)
                kept.append(one)
        return sorted(kept)

    def kind(self, line: Sequence[Token], first: int, last: int) -> Kind:
        """What kind of name it is."""
        scores = self._sums([kind_features(line, first, last)])[0, 3:]
        return NAME_KINDS[int(scores.argmax())]

    def _sums(self, rows: Sequence[Sequence[int]]) -> Floats:
        flat = np.fromiter((one for row in rows for one in row), np.int64)
        at = np.minimum(np.searchsorted(self._keys, flat), len(self._keys) - 1)
        known = (self._keys[at] == flat)[:, None] * self._weights[at]
        return np.add.reduceat(known, np.cumsum([0, *map(len, rows[:-1])]), axis=0)

    def _candidates(self, line: Sequence[Token], least: float) -> Iterator[Tagged]:
        """Every run of words with the exact probability that the tags of a name stand there and end there."""
        shown = np.zeros((len(line), 4))
        shown[:, 1:] = self._sums(features(line))[:, :3]
        forward, backward, whole = self._chain(shown)
        single = np.exp(forward + backward - whole)
        ends = _stops(shown, backward, self._pairs)
        for first in np.flatnonzero(single[:, B] >= least):
            path = forward[first, B]
            for last in range(first, min(first + LONGEST, len(line))):
                if last > first:
                    path += self._pairs[B if last == first + 1 else I, I] + shown[last, I]
                probability = float(np.exp(path + ends[last, B if last == first else I] - whole))
                if probability >= least:
                    yield Tagged(int(first), last, False, probability)
        for at in np.flatnonzero(single[:, D] >= least):
            yield Tagged(int(at), int(at), True, float(single[at, D]))

    def _chain(self, shown: Floats) -> tuple[Floats, Floats, float]:
        """Forward and backward log sums, and the log of the whole."""
        size = len(shown)
        forward, backward = np.empty_like(shown), np.zeros_like(shown)
        forward[0] = shown[0]
        forward[0, I] = -np.inf
        for at in range(1, size):
            forward[at] = np.logaddexp.reduce(forward[at - 1][:, None] + self._pairs, axis=0) + shown[at]
        for at in range(size - 2, -1, -1):
            backward[at] = np.logaddexp.reduce(self._pairs + shown[at + 1] + backward[at + 1], axis=1)
        return forward, backward, float(np.logaddexp.reduce(forward[-1]))


def _stops(shown: Floats, backward: Floats, pairs: Floats) -> Floats:
    """By word and tag: the log sum of everything after, if the next tag isn't I."""
    stops = np.zeros_like(shown)
    others = [O, B, D]
    for at in range(len(shown) - 1):
        following = pairs[:, others] + shown[at + 1, others] + backward[at + 1, others]
        stops[at] = np.logaddexp.reduce(following, axis=1)
    return stops


@cache
def tagger() -> Tagger:
    """The one that ships."""
    return Tagger.load()
