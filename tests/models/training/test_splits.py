"""Pieces in two say the same; links and hits go where the pieces went."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.tokenizer import RESERVED
from models.training.corpus import Hit, Link, Pair
from models.training.splits import Splits

VOCABULARY = [
    "</s>",
    "<unk>",
    *RESERVED,
    "▁",
    "▁مو",
    "▁موسكو",
    "سكو",
    "م",
    "▁M",
    "oscow",
    "▁Moscow",
    "<pad>",
]
IDS = {piece: i for i, piece in enumerate(VOCABULARY)}
EVERY = Splits.of(VOCABULARY, 1.0)
PIECES = st.lists(st.integers(0, len(VOCABULARY) - 2), min_size=1, max_size=8)


def spelt(ids: list[int]) -> str:
    return "".join(VOCABULARY[i] for i in ids)


def cut(pair: Pair, splits: Splits = EVERY) -> Pair:
    """As drawn for one of the pairs that are cut."""
    for seed in range(100):
        random = np.random.default_rng(seed)
        if np.random.default_rng(seed).random() < 0.5:
            return splits.cut(pair, random)
    raise AssertionError


@given(PIECES, PIECES, st.integers(0, 2**32 - 1))
def test_a_cut_pair_is_spelt_alike(source: list[int], target: list[int], seed: int) -> None:
    made = Splits.of(VOCABULARY, 0.5).cut(Pair(source, target, [], []), np.random.default_rng(seed))
    assert (spelt(made.source), spelt(made.target)) == (spelt(source), spelt(target))


def test_links_and_hits_follow() -> None:
    pair = Pair(
        [IDS["م"], IDS["▁موسكو"]], [IDS["▁Moscow"]], [Link(1, 0), Link(0, 0)], [Hit(1, 2, 0, 1)]
    )
    made = cut(pair)
    assert [VOCABULARY[i] for i in made.source] == ["م", "▁مو", "سكو"]
    assert len(made.target) == 2
    assert set(made.links) == {Link(s, t) for s in (0, 1, 2) for t in (0, 1)}
    assert made.hits == [Hit(1, 3, 0, 2)]


def test_control_pieces_and_lone_spaces_stay_whole() -> None:
    assert all(not EVERY.ways[IDS[piece]] for piece in (*RESERVED, "</s>", "<unk>", "<pad>", "م"))
    assert EVERY.ways[IDS["▁مو"]] == ()  # «▁م» is no piece, and a space alone is no part
    assert EVERY.ways[IDS["▁Moscow"]] == ((IDS["▁M"], IDS["oscow"]),)


def test_half_of_the_pairs_stay_as_they_are() -> None:
    pair = Pair([IDS["▁موسكو"]], [IDS["م"]], [], [])
    kept = [EVERY.cut(pair, np.random.default_rng(seed)) is pair for seed in range(400)]
    assert 160 < sum(kept) < 240
