"""A toy that learns in seconds: Arabic digits are copied as Latin ones."""

from pathlib import Path

import numpy as np
import pytest

from models.tokenizer import Tokenizer
from models.training.corpus import Corpus, Gathered, Link
from models.training.new import Plan, create

ARABIC = "٠١٢٣٤٥٦٧٨٩"
PLAN = Plan(
    vocabulary=64, width=32, heads=2, feed_forward=64, encoder_layers=1, decoder_layers=1, positions=64
)  # fmt: skip


def digits(count: int, seed: int) -> list[tuple[str, str]]:
    random = np.random.default_rng(seed)
    drawn = [random.integers(0, 10, size=random.integers(2, 6)).tolist() for _ in range(count)]
    return [(" ".join(ARABIC[d] for d in row), " ".join(map(str, row))) for row in drawn]


@pytest.fixture(scope="session")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = [text for pair in digits(200, seed=0) for text in pair]
    return create(tmp_path_factory.mktemp("untrained"), texts, plan=PLAN)


def encoded(folder: Path, pairs: list[tuple[str, str]]) -> Corpus:
    tokenizer = Tokenizer(folder)
    sources = tokenizer.ids([s for s, _ in pairs])
    targets = tokenizer.ids([t for _, t in pairs], target=True)
    gathered = Gathered()
    for source, target in zip(sources, targets, strict=True):
        assert len(source) == len(target)
        gathered.add(source, target, links=[Link(i, i) for i in range(len(source))])
    return gathered.corpus()


@pytest.fixture(scope="session")
def copying(untrained: Path) -> Corpus:
    return encoded(untrained, digits(3000, seed=1))
