"""Which Arabic words of a sentence are names: a linear-chain CRF (Lafferty et al. 2001) over hashed traits.

Arabic has no capitals, so what a word looks like, what it is known as and what stands around it (`glossary.traits`)
are weighed together. The weights, `data/tagger.npz`, were learnt from the capitals of English translations
(data/README.md says from which); tests/bench/train_names.py makes them.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glossary.traits import Token, clitic_traits, kind_traits, word_traits
from glossary.types import Kind

Floats = NDArray[np.float64]

OUTSIDE, BEGINS, GOES_ON, DEMONYM = range(4)  # tags; a demonym stands alone
NAME_KINDS: tuple[Kind, ...] = ("person", "place", "org")
LONGEST = 10  # words of a name

_WEIGHTS = Path(__file__).parent / "data" / "tagger.npz"


class Tagged(NamedTuple):
    """Tokens `first` to `last` inclusive are a name, with this probability."""

    first: int
    last: int
    demonym: bool
    probability: float


class Tagger:
    """Weights by trait: of the three tags over OUTSIDE, of the kinds, of a clitic; and of each pair of tags."""

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
        scores = self._sums([kind_traits(line, first, last)])[0, 3:6]
        return NAME_KINDS[int(scores.argmax())]

    def clitic(self, line: Sequence[Token], at: int) -> float:
        """How probable it is that the first letter of a name is a conjunction or preposition."""
        score = self._sums([clitic_traits(line, at)])[0, 6]
        return float(1 / (1 + np.exp(-score)))

    def _sums(self, rows: Sequence[Sequence[int]]) -> Floats:
        flat = np.fromiter((one for row in rows for one in row), np.int64)
        at = np.minimum(np.searchsorted(self._keys, flat), len(self._keys) - 1)
        known = (self._keys[at] == flat)[:, None] * self._weights[at]
        return np.add.reduceat(known, np.cumsum([0, *map(len, rows[:-1])]), axis=0)

    def _candidates(self, line: Sequence[Token], least: float) -> Iterator[Tagged]:
        """Every run of words with the exact probability that the tags of a name stand there and end there."""
        shown = np.zeros((len(line), 4))
        shown[:, 1:] = self._sums(word_traits(line))[:, :3]
        forward, backward, whole = self._chain(shown)
        single = np.exp(forward + backward - whole)
        ends = _stops(shown, backward, self._pairs)
        for first in map(int, np.flatnonzero(single[:, BEGINS] >= least)):
            path = forward[first, BEGINS]
            for last in range(first, min(first + LONGEST, len(line))):
                if last > first:
                    path += (
                        self._pairs[BEGINS if last == first + 1 else GOES_ON, GOES_ON]
                        + shown[last, GOES_ON]
                    )
                probability = float(
                    np.exp(path + ends[last, BEGINS if last == first else GOES_ON] - whole)
                )
                if probability >= least:
                    yield Tagged(first, last, False, probability)
        for at in map(int, np.flatnonzero(single[:, DEMONYM] >= least)):
            yield Tagged(at, at, True, float(single[at, DEMONYM]))

    def _chain(self, shown: Floats) -> tuple[Floats, Floats, float]:
        """Forward and backward log sums, and the log of the whole."""
        size = len(shown)
        forward, backward = np.empty_like(shown), np.zeros_like(shown)
        forward[0] = shown[0]
        forward[0, GOES_ON] = -np.inf
        for at in range(1, size):
            forward[at] = (
                np.logaddexp.reduce(forward[at - 1][:, None] + self._pairs, axis=0) + shown[at]
            )
        for at in range(size - 2, -1, -1):
            backward[at] = np.logaddexp.reduce(
                self._pairs + shown[at + 1] + backward[at + 1], axis=1
            )
        return forward, backward, float(np.logaddexp.reduce(forward[-1]))


def _stops(shown: Floats, backward: Floats, pairs: Floats) -> Floats:
    """By word and tag: the log sum of everything after, if the name ends here."""
    stops = np.zeros_like(shown)
    others = [OUTSIDE, BEGINS, DEMONYM]
    for at in range(len(shown) - 1):
        following = pairs[:, others] + shown[at + 1, others] + backward[at + 1, others]
        stops[at] = np.logaddexp.reduce(following, axis=1)
    return stops


@cache
def tagger() -> Tagger:
    """The one that ships."""
    return Tagger.load()
