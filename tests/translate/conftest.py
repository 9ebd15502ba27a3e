"""Translators: one with the starter, made once a session, and fakes with the words of tests/data/pipeline."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from glossary.match import Matcher
from glossary.termbase import Termbase
from models.checkpoint import Checkpoint
from models.registry import resolve
from models.tokenizer import Tokenizer
from translate.engines.base import Engine
from translate.engines.fake import FakeEngine
from translate.pipeline import Translator
from translate.types import Document

DATA = Path(__file__).parents[1] / "data"
ARTICLE = DATA / "article" / "article.ar.txt"
NO_TERMS = Termbase(terms=())

MakeTranslator = Callable[..., Translator]


@dataclass(frozen=True)
class Run:
    """The article as it was translated, and what `progress` was told meanwhile."""

    text: str
    document: Document
    progress: tuple[tuple[int, int, int], ...]


def assembled(
    engine: Engine,
    checkpoint: Checkpoint,
    tokenizer: Tokenizer,
    terms: Termbase,
    *,
    inline: bool = False,
    mend: bool = True,
) -> Translator:
    """A Translator of given parts, greedy."""
    made = Translator.__new__(Translator)
    made._set_up(
        checkpoint=checkpoint,
        tokenizer=tokenizer,
        engine=engine,
        terms=(terms, Matcher(terms.terms)),
        beam_size=1,
        inline=inline,
        mend=mend,
    )
    return made


@pytest.fixture(scope="session")
def checkpoint() -> Checkpoint:
    return resolve("starter")


@pytest.fixture(scope="session")
def tokenizer(checkpoint: Checkpoint) -> Tokenizer:
    return Tokenizer(checkpoint.path)


@pytest.fixture(scope="session")
def translator() -> Translator:
    """As everybody's, but greedy: a quarter of the time."""
    return Translator(model="starter", beam_size=1)


@pytest.fixture(scope="session")
def article(translator: Translator) -> Run:
    text = ARTICLE.read_bytes().decode("utf-8")
    told: list[tuple[int, int, int]] = []
    document = translator.translate(
        text, name="article", progress=lambda *counts: told.append(counts)
    )
    return Run(text, document, tuple(told))


@pytest.fixture(scope="session")
def like(translator: Translator) -> MakeTranslator:
    """A translator on the same engine with other terms."""

    def make(terms: Termbase, *, inline: bool = False, mend: bool = True) -> Translator:
        return assembled(
            translator.engine,
            translator.checkpoint,
            translator._tokenizer,
            terms,
            inline=inline,
            mend=mend,
        )

    return make


@pytest.fixture(scope="session")
def words() -> dict[str, str]:
    return dict(json.loads((DATA / "pipeline" / "words.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def terms() -> Termbase:
    return Termbase.load([DATA / "pipeline" / "terms.po"])


@pytest.fixture(scope="session")
def text() -> str:
    return (DATA / "pipeline" / "text.ar.txt").read_text(encoding="utf-8")


@pytest.fixture
def fake(
    checkpoint: Checkpoint, tokenizer: Tokenizer, words: Mapping[str, str], terms: Termbase
) -> MakeTranslator:
    """A translator without weights; without `glossary` it enforces the terms of tests/data/pipeline."""

    def make(
        glossary: Termbase = terms,
        *,
        inline: bool = False,
        mend: bool = True,
        max_tokens: int = 511,
        also: Mapping[str, str] | None = None,
    ) -> Translator:
        engine = FakeEngine({**words, **(also or {})}, max_tokens=max_tokens)
        return assembled(engine, checkpoint, tokenizer, glossary, inline=inline, mend=mend)

    return make


@pytest.fixture(scope="session")
def lines() -> Sequence[str]:
    """Of the article."""
    return ARTICLE.read_text(encoding="utf-8").split("\n")
