"""How CTranslate2 is given its work."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.checkpoint import Checkpoint
from models.tokenizer import Tokenizer
from translate.engines import open_engine
from translate.engines.base import Request
from translate.engines.ct2 import _batches

ARTICLE = Path(__file__).parents[2] / "data" / "article" / "article.ar.txt"


@given(st.integers(1, 400), st.integers(2, 128))
def test_batches_are_even_and_hold_everything_in_order(count: int, size: int) -> None:
    members = list(range(count))
    batches = list(_batches(members, size))
    assert [m for batch in batches for m in batch] == members
    sizes = [len(batch) for batch in batches]
    assert max(sizes) - min(sizes) <= 1
    assert max(sizes) <= 1.5 * size
    assert len(batches) <= -(-count // size)


@pytest.fixture(scope="module")
def pairs(checkpoint: Checkpoint, tokenizer: Tokenizer) -> list[Request]:
    """The first half of each line of the article, as itself and without its last pieces: many lengths."""
    sources = [
        tuple(p.piece for p in tokenizer.encode(line[: len(line) // 2]))
        for line in ARTICLE.read_text("utf-8").splitlines()
    ]
    engine = open_engine("ct2", checkpoint)
    found = engine.decode([Request(tokens=s) for s in sources], beam_size=1)
    return [
        Request(tokens=s, prefix=h[0].tokens[: -less or None])
        for s, h in zip(sources, found, strict=True)
        for less in (0, 1, 3)
    ]


def test_a_score_does_not_depend_on_its_neighbours(
    checkpoint: Checkpoint, pairs: list[Request]
) -> None:
    engine = open_engine("ct2", checkpoint)
    together = engine.rate(pairs)
    assert engine.rate(pairs[::-1]) == together[::-1]
    assert [engine.rate([pair])[0] for pair in pairs] == together


def test_the_longest_pair_can_be_scored(checkpoint: Checkpoint, tokenizer: Tokenizer) -> None:
    engine = open_engine("ct2", checkpoint)
    most = engine.max_tokens
    piece = tokenizer.encode_target("the")[0]
    scores = engine.rate([Request(tokens=(piece,) * n, prefix=(piece,) * n) for n in (most, 1)])
    assert all(score < 0 for score in scores)
