"""Engines opened once a session, on the checkpoint that ships."""

from pathlib import Path

import pytest

from models.checkpoint import Checkpoint
from models.registry import resolve
from models.tokenizer import Tokenizer
from translate.engines import open_engine
from translate.engines.base import Engine, Request
from translate.engines.fake import FakeEngine

ARTICLE = Path(__file__).parents[2] / "data" / "article" / "article.ar.txt"


@pytest.fixture(scope="session")
def checkpoint() -> Checkpoint:
    return resolve("starter")


@pytest.fixture(scope="session")
def tokenizer(checkpoint: Checkpoint) -> Tokenizer:
    return Tokenizer(checkpoint.path)


@pytest.fixture(scope="session")
def requests(tokenizer: Tokenizer) -> list[Request]:
    """Three sentences of the article of different lengths, none long: the reference is slow."""
    encoded = [
        tuple(p.piece for p in tokenizer.encode(line))
        for line in ARTICLE.read_text("utf-8").splitlines()
    ]
    return [Request(tokens=tokens) for tokens in encoded if 4 < len(tokens) < 33][:3]


@pytest.fixture(scope="session")
def engines(checkpoint: Checkpoint) -> dict[str, Engine]:
    """Those opened so far."""
    return {}


def opened(name: str, engines: dict[str, Engine], checkpoint: Checkpoint) -> Engine:
    if name not in engines:
        engines[name] = FakeEngine({}) if name == "fake" else open_engine(name, checkpoint)
    return engines[name]


@pytest.fixture(scope="session", params=["fake", "ct2", "ct2-float32", "marian"])
def engine(
    request: pytest.FixtureRequest, engines: dict[str, Engine], checkpoint: Checkpoint
) -> Engine:
    return opened(request.param, engines, checkpoint)


@pytest.fixture(scope="session", params=["ct2", "ct2-float32", "marian"])
def real(
    request: pytest.FixtureRequest, engines: dict[str, Engine], checkpoint: Checkpoint
) -> Engine:
    """Those with weights."""
    return opened(request.param, engines, checkpoint)


@pytest.fixture(scope="session")
def marian(engines: dict[str, Engine], checkpoint: Checkpoint) -> Engine:
    return opened("marian", engines, checkpoint)


@pytest.fixture(scope="session")
def ct2_float32(engines: dict[str, Engine], checkpoint: Checkpoint) -> Engine:
    return opened("ct2-float32", engines, checkpoint)


@pytest.fixture(scope="session")
def ct2(engines: dict[str, Engine], checkpoint: Checkpoint) -> Engine:
    return opened("ct2", engines, checkpoint)
