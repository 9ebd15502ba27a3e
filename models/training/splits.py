"""Sub-word regularisation: now and then a piece is written as two (BPE-dropout; Provilkov et al. 2020).

A word that is always cut alike teaches a small model only that cut. Cut in other ways too, the parts of rare
words and names are met in more sentences, and more is learnt of what each part sounds and means. One half of
the pairs stay as they are, for in use the cut is always the usual one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from models.tokenizer import END, PAD, RESERVED, SPACE, UNKNOWN
from models.training.corpus import Hit, Link, Pair

_PAIRS = 0.5  # so many are cut at all
_WHOLE = {END, PAD, UNKNOWN, *RESERVED}

Cuts = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Splits:
    """For each piece id all ways to write it as two pieces; `rate`: the share of pieces written so."""

    ways: tuple[Cuts, ...]
    rate: float

    @classmethod
    def of(cls, vocabulary: Sequence[str], rate: float) -> "Splits":
        """From the pieces in the order of their ids."""
        ids = {piece: i for i, piece in enumerate(vocabulary) if piece not in _WHOLE}
        return cls(tuple(_ways(piece, ids) if piece in ids else () for piece in vocabulary), rate)

    def cut(self, pair: Pair, random: np.random.Generator) -> Pair:
        """The pair with some pieces of both sides in two; links and hits follow."""
        if random.random() >= _PAIRS:
            return pair
        source, source_at = self._written(pair.source, random)
        target, target_at = self._written(pair.target, random)
        links = [
            Link(s, t)
            for link in pair.links
            for s, t in product(_parts(source_at, link.source), _parts(target_at, link.target))
        ]
        hits = [
            Hit(source_at[h[0]], source_at[h[1]], target_at[h[2]], target_at[h[3]])
            for h in pair.hits
        ]
        return Pair(source, target, links, hits)

    def _written(
        self, ids: Sequence[int], random: np.random.Generator
    ) -> tuple[list[int], list[int]]:
        """The new ids, and the n+1 places where the old ones begin in them."""
        drawn = (random.random(len(ids)) < self.rate).tolist()
        written, places = list[int](), [0]
        for piece, wanted in zip(ids, drawn, strict=True):
            if wanted and (ways := self.ways[piece]):
                written += ways[int(random.integers(len(ways)))]
            else:
                written.append(piece)
            places.append(len(written))
        return written, places


def _ways(piece: str, ids: dict[str, int]) -> Cuts:
    first = 2 if piece.startswith(SPACE) else 1  # a space alone is no part of a word
    halves = ((piece[:at], piece[at:]) for at in range(first, len(piece)))
    return tuple((ids[a], ids[b]) for a, b in halves if a in ids and b in ids)


def _parts(places: Sequence[int], piece: int) -> range:
    return range(places[piece], places[piece + 1])
