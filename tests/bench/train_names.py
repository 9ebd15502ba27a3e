"""Train the tagger of names (`glossary.tagger`) on silver labels, and say how good it is on sentences held out.

    python -m tests.bench.train_names ALIGNED [--to glossary/data/tagger.npz]

ALIGNED is a file of aligned news as tests/bench/silver.py describes it; the corpus itself isn't in the repository.
One sentence in ten is held out: the figures printed and every choice (weights kept, least probability) come from
those. The articles of tests/data/names are in neither part. Takes ten minutes and 6 GB; needs torch.
"""

import argparse
import dataclasses
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from glossary.match import Matcher
from glossary.tagger import DEMONYM, GOES_ON, NAME_KINDS, OUTSIDE, Tagger
from glossary.termbase import Termbase, shipped_paths
from glossary.traits import SPACE, Token, clitic_traits, kind_traits, word_traits
from tests.bench.silver import Labelled, Silver, clitics

SEED = 7
EPOCHS = 5  # the last two with the features that ship only
BATCH = 128  # sentences
RATE = 0.1
DROPPED = 0.15  # features left out at random, so that no single one is relied on
UNHEARD = 0.25  # words shown without what their letters are known as
SEEN = 6  # times a feature must be seen
KEPT = 74_000  # features that ship
_OTHER_DEMONYMS = "Arab Muslim Islamic Christian Jewish Jew Kurd Sunni Shiite Houthi Turk Briton Swede Dane Finn Pole"

LossOf = Callable[[torch.Tensor, torch.Tensor, NDArray[np.int64]], torch.Tensor]


class Examples(NamedTuple):
    """Rows of hashed features, flat; row `n` is flat[edges[n]:edges[n + 1]]. Rows of one group are a sentence."""

    flat: NDArray[np.int32]
    edges: NDArray[np.int64]
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]  # edges of groups, in rows


def examples(
    rows: Sequence[Sequence[int]], labels: Sequence[int], sizes: Sequence[int]
) -> Examples:
    flat = np.fromiter((one for row in rows for one in row), np.int32)
    return Examples(
        flat,
        np.cumsum([0, *map(len, rows)]),
        np.array(labels),
        np.cumsum([0, *sizes]),
    )


def of_tags(sentences: Sequence[Labelled]) -> Examples:
    """A row for each word. Half of the sentences don't know the termbase; one word in four is unheard of."""
    draw = random.Random(SEED)
    parts, edges, labels, sizes = [], [0], [], []
    for one in sentences:
        line = _without_terms(one.tokens) if draw.random() < 0.5 else one.tokens
        rows = word_traits(line, {at for at in range(len(line)) if draw.random() < UNHEARD})
        parts.append(np.fromiter((f for row in rows for f in row), np.int32))
        edges.extend(map(len, rows))
        labels.extend(one.tags)
        sizes.append(len(rows))
    return Examples(
        np.concatenate(parts), np.cumsum(edges), np.array(labels), np.cumsum([0, *sizes])
    )


def of_kinds(sentences: Sequence[Labelled]) -> Examples:
    """A row for each name whose kind is plain."""
    found = [
        (kind_traits(one.tokens, first, last), NAME_KINDS.index(kind))
        for one in sentences
        for first, last, kind in one.spans
        if kind in NAME_KINDS
    ]
    return examples([row for row, _ in found], [kind for _, kind in found], [1] * len(found))


def of_clitics(path: Path) -> Examples:
    """A row for each name that begins as a clitic does."""
    found = [(clitic_traits(line, at), int(label)) for line, at, label in clitics(path)]
    return examples([row for row, _ in found], [label for _, label in found], [1] * len(found))


def _without_terms(line: Sequence[Token]) -> list[Token]:
    return [dataclasses.replace(token, match=None) for token in line]


# Training


class Weights:
    """A row of weights for each feature seen often enough, found by hash, with Adagrad's sums of squares."""

    def __init__(self, data: Examples, columns: int) -> None:
        self._counts = np.bincount(data.flat, minlength=SPACE)
        self.keys = np.flatnonzero(self._counts >= SEEN)
        self.table = torch.zeros(len(self.keys) + 1, columns)
        self._squares = torch.full_like(self.table, 1e-3)
        self._number()

    def _number(self) -> None:
        """Row 0 is for what has no weight."""
        self._rows = np.zeros(SPACE, np.int32)
        self._rows[self.keys] = np.arange(1, len(self.keys) + 1)

    def keep(self, size: int) -> None:
        """Only the features that matter most go on."""
        spread = (self.table.max(dim=1)[0] - self.table.min(dim=1)[0]).numpy()[1:]
        weighty = spread * np.sqrt(self._counts[self.keys])
        best = np.sort(np.argsort(-weighty)[:size])
        self.keys = self.keys[best]
        rows = np.concatenate([[0], 1 + best])
        self.table, self._squares = self.table[rows], self._squares[rows]
        self._number()

    def step(self, data: Examples, part: NDArray[np.int64], loss_of: LossOf) -> float:
        """Learn from the groups of `part`; `loss_of` gives the loss of the sums of their rows."""
        rows = np.concatenate([np.arange(data.groups[n], data.groups[n + 1]) for n in part])
        sizes = np.diff(data.edges)[rows]
        flat = np.concatenate(
            [data.flat[data.edges[data.groups[n]] : data.edges[data.groups[n + 1]]] for n in part]
        )
        found = torch.from_numpy(self._rows[flat].astype(np.int64))
        owner = torch.from_numpy(np.repeat(np.arange(len(rows)), sizes))
        stays = (found > 0) & (torch.rand(len(found)) >= DROPPED)
        found, owner = found[stays], owner[stays]
        sums = torch.zeros(len(rows), self.table.shape[1])
        sums.index_add_(0, owner, self.table[found])
        sums = (sums / (1 - DROPPED)).requires_grad_()
        loss = loss_of(sums, torch.from_numpy(data.labels[rows]), np.diff(data.groups)[part])
        loss.backward()  # type: ignore[no-untyped-call]
        assert sums.grad is not None
        slope = torch.zeros_like(self.table).index_add_(0, found, sums.grad[owner])
        self._squares += slope * slope
        self.table -= RATE * slope / self._squares.sqrt()
        return loss.item()


def batches(data: Examples, seed: int, size: int) -> list[NDArray[np.int64]]:
    """Groups at random, those of like length together."""
    draw = np.random.default_rng(seed)
    lengths = np.diff(data.groups) + draw.random(len(data.groups) - 1) * 4
    parts = np.array_split(np.argsort(lengths), max(1, len(lengths) // size))
    draw.shuffle(parts)
    return parts


def train_tags(data: Examples, kept: int) -> tuple[Weights, torch.Tensor]:
    """Weights of the tags and the matrix of pairs, by the likelihood of whole sentences; then again with
    the features that are kept."""
    weights = Weights(data, 4)
    pairs = torch.zeros(4, 4, requires_grad=True)
    steps = torch.optim.Adagrad([pairs], lr=RATE)

    def loss_of(sums: torch.Tensor, tags: torch.Tensor, sizes: NDArray[np.int64]) -> torch.Tensor:
        return _unlikelihood(sums, tags, sizes, _allowed(pairs))

    for epoch in range(EPOCHS):
        if epoch == EPOCHS - EPOCHS // 2:
            weights.keep(kept)
        total = 0.0
        for part in batches(data, SEED + epoch, BATCH):
            steps.zero_grad()
            total += weights.step(data, part, loss_of)
            steps.step()
        print(f"epoch {epoch + 1}: {total / len(data.labels):.4f} a word", flush=True)
    return weights, pairs.detach()


def _unlikelihood(
    sums: torch.Tensor, tags: torch.Tensor, sizes: NDArray[np.int64], pairs: torch.Tensor
) -> torch.Tensor:
    """Negative log-likelihood of sentences, summed: Lafferty et al. 2001."""
    longest = int(sizes.max())
    at = torch.from_numpy(np.concatenate([n * longest + np.arange(s) for n, s in enumerate(sizes)]))
    room = len(sizes) * longest
    shown = torch.zeros(room, 4).index_copy(0, at, sums).view(-1, longest, 4)
    gold = torch.zeros(room, dtype=torch.long).index_copy(0, at, tags).view(-1, longest)
    inside = torch.arange(longest)[None] < torch.from_numpy(sizes)[:, None]
    truth = (shown.gather(2, gold[..., None])[..., 0] * inside).sum()
    truth = truth + (pairs[gold[:, :-1], gold[:, 1:]] * inside[:, 1:]).sum()
    forward = shown[:, 0] + torch.tensor([0.0, 0.0, -1e4, 0.0])
    for step in range(1, longest):
        on = torch.logsumexp(forward[:, :, None] + pairs, dim=1) + shown[:, step]
        forward = torch.where(inside[:, step, None], on, forward)
    return torch.logsumexp(forward, dim=1).sum() - truth


def _allowed(pairs: torch.Tensor) -> torch.Tensor:
    """A name goes on only where it began."""
    barred = torch.zeros(4, 4)
    barred[OUTSIDE, GOES_ON] = barred[DEMONYM, GOES_ON] = -1e4
    return pairs + barred


def train_choice(data: Examples, choices: int, kept: int) -> Weights:
    """A softmax over kinds, or over clitic and none."""
    weights = Weights(data, choices)

    def loss_of(sums: torch.Tensor, kinds: torch.Tensor, _: NDArray[np.int64]) -> torch.Tensor:
        return cross_entropy(sums, kinds, reduction="sum")

    for epoch in range(EPOCHS):
        if epoch == EPOCHS - EPOCHS // 2:
            weights.keep(kept)
        for part in batches(data, SEED + epoch, 1000):
            weights.step(data, part, loss_of)
    return weights


# The file


def save(path: Path, tags: Weights, pairs: torch.Tensor, kinds: Weights, attached: Weights) -> None:
    """The weights as bytes, tags over the first, and the keys as steps from one to the next."""
    table, yes_no = tags.table.numpy()[1:], attached.table.numpy()[1:]
    keys = np.unique(np.concatenate([tags.keys, kinds.keys, attached.keys]))
    values = np.zeros((len(keys), 7), np.float32)
    values[np.searchsorted(keys, tags.keys), :3] = table[:, 1:] - table[:, :1]
    values[np.searchsorted(keys, kinds.keys), 3:6] = kinds.table.numpy()[1:]
    values[np.searchsorted(keys, attached.keys), 6] = yes_no[:, 1] - yes_no[:, 0]
    scale = np.abs(values).max(axis=0) / 127
    np.savez_compressed(
        path,
        steps=np.diff(keys, prepend=0).astype(np.uint32),
        weights=np.round(values / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        pairs=_allowed(pairs).numpy().astype(np.float32),
    )
    print(f"{path}: {len(keys)} features, {path.stat().st_size / 1024:.0f} KB")


# How good


def report(tagger: Tagger, sentences: Sequence[Labelled]) -> None:
    """Precision and recall of names on sentences held out: all of them, and those no term covers."""
    print(
        "\n| least probability | precision | recall | F1 | same, names without a term |\n|---|---|---|---|---|"
    )
    found = [tagger.tag(one.tokens, 0.1) for one in sentences]
    for least in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        cells = []
        for new in (False, True):
            right = guessed = wanted = 0
            for one, tagged in zip(sentences, found, strict=True):
                gold = {(a, b) for a, b, _ in one.spans if not (new and _covered(one.tokens, a, b))}
                mine = {
                    (t.first, t.last)
                    for t in tagged
                    if not t.demonym
                    and t.probability >= least
                    and not (new and _covered(one.tokens, t.first, t.last))
                }
                right += len(gold & mine)
                guessed += len(mine)
                wanted += len(gold)
            p, r = right / max(1, guessed), right / max(1, wanted)
            cells.append(f"{p:.3f} | {r:.3f} | {2 * p * r / max(1e-9, p + r):.3f}")
        print(f"| {least} | {' | '.join(cells)} |")
    kinds = [
        (kind, tagger.kind(one.tokens, a, b))
        for one in sentences
        for a, b, kind in one.spans
        if kind in NAME_KINDS and not _covered(one.tokens, a, b)
    ]
    print(f"\nkind right: {sum(a == b for a, b in kinds) / max(1, len(kinds)):.3f} of {len(kinds)}")


def _covered(line: Sequence[Token], first: int, last: int) -> bool:
    return all(token.match for token in line[first : last + 1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.bench.train_names")
    parser.add_argument("aligned", type=Path)
    parser.add_argument("--to", type=Path, default=Path("glossary/data/tagger.npz"))
    options = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # small batches: more threads only wait for each other
    terms = Termbase.load(shipped_paths()).terms
    demonyms = {w for t in terms if t.kind == "demonym" for w in (t.target, *t.variants)}
    silver = Silver(
        options.aligned, Matcher(terms), frozenset(demonyms | {*_OTHER_DEMONYMS.split()})
    )
    sentences = list(silver)
    random.Random(SEED).shuffle(sentences)
    held, rest = sentences[: len(sentences) // 10], sentences[len(sentences) // 10 :]
    print(f"{len(rest)} sentences to learn from, {len(held)} held out, {silver.left_out} left out")
    tags, pairs = train_tags(of_tags(rest), KEPT)
    kinds = train_choice(of_kinds(rest), len(NAME_KINDS), KEPT // 8)
    attached = train_choice(of_clitics(options.aligned), 2, KEPT // 16)
    save(options.to, tags, pairs, kinds, attached)
    report(Tagger.load(options.to), held)


if __name__ == "__main__":
    main()
