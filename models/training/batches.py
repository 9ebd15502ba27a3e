"""Batches of a corpus: drawn by weight, alike in length, padded, annotated; each a function of its number.

A pool of pairs is drawn in proportion to their weights (with replacement), sorted by length and cut into
batches of about `tokens` padded pieces, which come in random order. Pool and number of a batch, with the
seed, decide everything drawn for it. So a stopped run goes on with the very batch that comes next, and
worker processes agree on who makes which without speaking to each other.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.training.annotate import Annotation, Pieces, annotate, names_of
from models.training.corpus import Corpus, Pair
from models.training.splits import Splits

POOL = 60_000  # pairs drawn at a time
_SOURCES_OF_NAMES = 200  # pairs of a pool whose names may take another's place
_MULTIPLE = 8  # lengths are padded to multiples of it: what matrix products like


class Position(NamedTuple):
    """Which batch: of which pool, which one."""

    pool: int
    batch: int


START = Position(-1, 0)  # before the first


class Symbols(NamedTuple):
    """Ids that batches are made with."""

    end: int
    pad: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """n sentences of s source and t target pieces, padded; `labels` flat, for the l real target pieces alone.

    Everything whose size depends on the data is counted here, on the host, so that a GPU never has to be
    waited for: `labelled` are the labels' places in the flat (n·t) target, `link_group` numbers the target
    pieces that have links, from 0 to `linked_pieces`.
    """

    source: Tensor  # (n, s) int64
    shifted: Tensor  # (n, t) int64: the target one to the right; first comes the padding id, whose vector is 0
    labels: Tensor  # (l,) int64
    labelled: Tensor  # (l,) int64
    links: Tensor  # (k, 3) int64: sentence, target piece, source piece
    link_group: Tensor  # (k,) int64
    linked_pieces: int

    @property
    def tokens(self) -> int:
        """Target pieces, `</s>` counted, padding not."""
        return len(self.labels)

    def twice(self) -> "Batch":
        """Every sentence once more, after all of them."""
        rows, target_size = self.shifted.shape
        below = torch.tensor((rows, 0, 0), device=self.links.device)
        return Batch(
            source=self.source.repeat(2, 1),
            shifted=self.shifted.repeat(2, 1),
            labels=self.labels.repeat(2),
            labelled=torch.cat((self.labelled, self.labelled + rows * target_size)),
            links=torch.cat((self.links, self.links + below)),
            link_group=torch.cat((self.link_group, self.link_group + self.linked_pieces)),
            linked_pieces=2 * self.linked_pieces,
        )

    def to(self, device: torch.device) -> "Batch":
        """The same on a device; copies run beside computing where memory is pinned."""
        return self._each(lambda t: t.to(device, non_blocking=True))

    def pin_memory(self) -> "Batch":
        """The same in memory that a GPU reads directly."""
        return self._each(lambda t: t.pin_memory())

    def _each(self, change: Callable[[Tensor], Tensor]) -> "Batch":
        return Batch(
            source=change(self.source),
            shifted=change(self.shifted),
            labels=change(self.labels),
            labelled=change(self.labelled),
            links=change(self.links),
            link_group=change(self.link_group),
            linked_pieces=self.linked_pieces,
        )


class Batches:
    """An endless stream of batches. `tokens`: padded source and target pieces of a batch, about."""

    def __init__(
        self,
        corpus: Corpus,
        symbols: Symbols,
        *,
        tokens: int,
        seed: int,
        annotation: Annotation,
        pieces: Pieces | None,
        splits: Splits | None = None,
    ) -> None:
        self._corpus, self._symbols = corpus, symbols
        self._tokens, self._seed = tokens, seed
        self._annotation, self._pieces, self._splits = annotation, pieces, splits
        self._share = np.cumsum(corpus.weight, dtype=np.float64)
        self._held: tuple[int, list[NDArray[np.int64]], list[list[int]]] | None = None

    def follow(self, at: Position) -> Position:
        """The position after `at`; after START comes the first."""
        if at == START:
            return Position(0, 0)
        last = at.batch + 1 >= len(self._pool(at.pool)[0])
        return Position(at.pool + 1, 0) if last else Position(at.pool, at.batch + 1)

    def batch(self, at: Position) -> Batch:
        """The batch at a position."""
        plan, names = self._pool(at.pool)
        random = np.random.default_rng([self._seed, *at])
        pairs = [self._corpus[int(i)] for i in plan[at.batch]]
        if self._pieces is not None:
            pairs = [
                annotate(p, self._pieces, self._annotation, random, others=names) for p in pairs
            ]
        if self._splits is not None:
            pairs = [self._splits.cut(p, random) for p in pairs]
        return padded(pairs, self._symbols)

    def stream(
        self, after: Position, *, worker: int = 0, workers: int = 1
    ) -> Iterator[tuple[Position, Batch]]:
        """The batches after a position, of several workers every `workers`-th."""
        for position in islice(self._positions(after), worker, None, workers):
            yield position, self.batch(position)

    def _positions(self, at: Position) -> Iterator[Position]:
        while True:
            at = self.follow(at)
            yield at

    def _pool(self, number: int) -> tuple[list[NDArray[np.int64]], list[list[int]]]:
        """The batches of a pool, as indices of pairs, and names met in it."""
        if self._held is None or self._held[0] != number:
            random = np.random.default_rng([self._seed, number])
            drawn = random.random(min(POOL, max(2000, 4 * len(self._corpus)))) * self._share[-1]
            chosen = np.searchsorted(self._share, drawn, side="right")
            self._held = (number, self._plan(chosen, random), self._names(chosen))
        return self._held[1:]

    def _plan(
        self, chosen: NDArray[np.int64], random: np.random.Generator
    ) -> list[NDArray[np.int64]]:
        source, target = self._corpus.source_lengths[chosen], self._corpus.target_lengths[chosen]
        order = np.lexsort((random.random(len(chosen)), source // 6, target // 3))
        parts = _cut(chosen[order], source[order], target[order], self._tokens)
        return [parts[i] for i in random.permutation(len(parts))]

    def _names(self, chosen: NDArray[np.int64]) -> list[list[int]]:
        if self._pieces is None or not self._annotation.share:
            return []
        targets = [self._corpus[int(i)].target for i in chosen[:_SOURCES_OF_NAMES]]
        return [t[b:e] for t in targets for b, e in names_of(t, self._pieces)]


def in_order(corpus: Corpus, symbols: Symbols, *, tokens: int) -> Iterator[Batch]:
    """Every pair once, as it is, the short ones first."""
    source, target = corpus.source_lengths, corpus.target_lengths
    order = np.lexsort((source, target))
    for part in _cut(order, source[order], target[order], tokens):
        yield padded([corpus[int(i)] for i in part], symbols)


def padded(pairs: Sequence[Pair], symbols: Symbols) -> Batch:
    """One batch of these pairs."""
    source_size = _roomy(max(len(p.source) for p in pairs) + 1)
    target_size = _roomy(max(len(p.target) for p in pairs) + 1)
    source = np.full((len(pairs), source_size), symbols.pad, np.int64)
    shifted = np.full((len(pairs), target_size), symbols.pad, np.int64)
    for row, pair in enumerate(pairs):
        source[row, : len(pair.source)] = pair.source
        source[row, len(pair.source)] = symbols.end
        shifted[row, 1 : len(pair.target) + 1] = pair.target
    labels = [piece for pair in pairs for piece in (*pair.target, symbols.end)]
    labelled = np.concatenate(
        [np.arange(len(p.target) + 1) + row * target_size for row, p in enumerate(pairs)]
    )
    links = np.array(
        [(row, link.target, link.source) for row, p in enumerate(pairs) for link in p.links],
        np.int64,
    ).reshape(-1, 3)
    groups, group = np.unique(links[:, 0] * target_size + links[:, 1], return_inverse=True)
    return Batch(
        source=torch.from_numpy(source),
        shifted=torch.from_numpy(shifted),
        labels=torch.tensor(labels),
        labelled=torch.from_numpy(labelled),
        links=torch.from_numpy(links),
        link_group=torch.from_numpy(group),
        linked_pieces=len(groups),
    )


def _cut(
    order: NDArray[np.int64], source: NDArray[np.int64], target: NDArray[np.int64], tokens: int
) -> list[NDArray[np.int64]]:
    """Neighbours into batches of at most `tokens` padded pieces (one pair alone may have more)."""
    cuts, first, longest_source, longest_target = list[int](), 0, 0, 0
    # `</s>` takes a place on both sides
    sizes = zip(_roomy(source + 1).tolist(), _roomy(target + 1).tolist(), strict=True)
    for at, (s, t) in enumerate(sizes):
        longest_source, longest_target = max(longest_source, s), max(longest_target, t)
        if at > first and (longest_source + longest_target) * (at - first + 1) > tokens:
            cuts.append(at)
            first, longest_source, longest_target = at, s, t
    return np.split(order, cuts) if len(order) else []


def _roomy(lengths: Any) -> Any:
    """Rounded up to a multiple of 8."""
    return -(-lengths // _MULTIPLE) * _MULTIPLE
