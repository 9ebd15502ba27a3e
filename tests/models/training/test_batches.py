"""Batches: everything drawn follows from the position; padding and sizes are as said."""

from itertools import islice

import numpy as np
import torch

from models.training.annotate import Annotation
from models.training.batches import START, Batches, Position, Symbols, in_order, padded
from models.training.corpus import Corpus, Gathered, Link, Pair

SYMBOLS = Symbols(0, 63)


def batches(copying: Corpus, **other: object) -> Batches:
    options = {"tokens": 400, "seed": 3, "annotation": Annotation(), "pieces": None} | other
    return Batches(copying, SYMBOLS, **options)  # type: ignore[arg-type]


def test_a_batch_follows_from_its_position(copying: Corpus) -> None:
    one, other = batches(copying), batches(copying)
    for position, batch in islice(one.stream(START), 6):
        again = other.batch(position)
        assert torch.equal(again.source, batch.source)
        assert torch.equal(again.labels, batch.labels)
        assert torch.equal(again.links, batch.links)
    assert not torch.equal(
        batches(copying, seed=4).batch(Position(0, 0)).labels, one.batch(Position(0, 0)).labels
    )


def test_workers_share_the_stream_between_them(copying: Corpus) -> None:
    whole = [at for at, _ in islice(batches(copying).stream(START), 9)]
    parts = [
        [at for at, _ in islice(batches(copying).stream(START, worker=w, workers=3), 3)]
        for w in range(3)
    ]
    assert [at for turn in zip(*parts, strict=True) for at in turn] == whole


def test_pools_follow_each_other(copying: Corpus) -> None:
    stream = batches(copying, tokens=20_000)
    at, met = START, []
    for _ in range(12):
        at = stream.follow(at)
        met.append(at)
    assert met == sorted(set(met))
    assert met[0] == Position(0, 0)
    assert met[-1].pool > 0


def test_no_batch_is_larger_than_asked(copying: Corpus) -> None:
    for _, batch in islice(batches(copying, tokens=300).stream(START), 40):
        assert batch.source.numel() + batch.shifted.numel() <= 300
        assert batch.source.shape[1] % 8 == batch.shifted.shape[1] % 8 == 0


def test_pairs_are_drawn_by_weight() -> None:
    gathered = Gathered()
    gathered.add([5], [5])
    gathered.add([6], [6], weight=3.0)
    labels = torch.cat([b.labels for _, b in islice(batches(gathered.corpus()).stream(START), 60)])
    drawn = [(labels == piece).sum().item() for piece in (5, 6)]
    assert 2.5 < drawn[1] / drawn[0] < 3.5


def test_padding_shifting_and_links() -> None:
    batch = padded(
        [Pair([5, 6], [7], [Link(1, 0)], []), Pair([8], [9, 10], [Link(0, 1)], [])], SYMBOLS
    )
    assert batch.source[0].tolist() == [5, 6, 0, 63, 63, 63, 63, 63]
    assert batch.shifted[1].tolist() == [63, 9, 10, 63, 63, 63, 63, 63]
    assert batch.labels.tolist() == [7, 0, 9, 10, 0]
    assert batch.labelled.tolist() == [0, 1, 8, 9, 10]
    assert batch.links.tolist() == [[0, 0, 1], [1, 1, 0]]
    assert (batch.link_group.tolist(), batch.linked_pieces, batch.tokens) == ([0, 1], 2, 5)


def test_in_order_has_every_pair_once(copying: Corpus) -> None:
    made = list(in_order(copying, SYMBOLS, tokens=5000))
    assert sum(len(b.source) for b in made) == len(copying)
    pieces = np.concatenate([b.labels.numpy() for b in made])
    assert sorted(pieces[pieces != 0]) == sorted(copying.target.tolist())
    assert list(in_order(Gathered().corpus(), SYMBOLS, tokens=10)) == []
