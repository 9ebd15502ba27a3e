"""Pieces are MarianTokenizer's; offsets cover the printed letters; control pieces can't be typed."""

import threading
import warnings
from pathlib import Path
from typing import Any

import pytest

from glossary.types import Span
from models.registry import STARTER
from models.tokenizer import RESERVED, SPACE, Tokenizer

ARTICLE = (Path(__file__).parents[1] / "data" / "article" / "article.ar.txt").read_text("utf-8")
NASTY = (
    "",
    " ",
    " two  spaces ",
    "\u0643\u062a\u0640\u0640\u0627\u0628 \u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f",
    "\ufdfa \u0644\u0627 \ufefb",
    "a\u2026b \u00abc\u00bb \u00bd",
    "\u200fabc\u200f\u200e x",
    "\U0001f600 \u4e2d\u6587",
    "e\u0301 \u00e9",
    "ab\u2060c x\n\ty\u00a0z",
    "123 \u0661\u0662\u0663",
    ">>ara<< x",
    "\u064b",
)


def reference(folder: Path) -> Any:
    import transformers

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it recommends sacremoses, which it never calls
        return transformers.MarianTokenizer.from_pretrained(str(folder))


@pytest.fixture(scope="module", params=["starter", "toy"])
def folder(request: pytest.FixtureRequest) -> Path:
    return STARTER if request.param == "starter" else request.getfixturevalue("toy")


def test_pieces_are_those_of_marian_tokenizer(folder: Path) -> None:
    theirs, ours = reference(folder), Tokenizer(folder)
    for text in [*ARTICLE.splitlines(), *(t for t in NASTY if not t.startswith(">>"))]:
        ids = [ours.vocab[p.piece] for p in ours.encode(text)] + [ours.vocab["</s>"]]
        assert ids == theirs(text).input_ids, text


def test_target_pieces_are_those_of_marian_tokenizer(folder: Path) -> None:
    theirs, ours = reference(folder), Tokenizer(folder)
    for text in ("The President of Russia, Vladimir Putin", "\u00e9 x", "North  Korea's 3.5%"):
        ids = [ours.target_vocab[p] for p in ours.encode_target(text)] + [ours.target_vocab["</s>"]]
        assert ids == theirs(text_target=text).input_ids, text


def test_decoding_is_that_of_marian_tokenizer(folder: Path) -> None:
    theirs, ours = reference(folder), Tokenizer(folder)
    for text in ("The President of Russia, Vladimir Putin.", "a", " (two)  x ", ""):
        tokens = [p for p in ours.encode_target(text) if p != "<unk>"]
        ids = [ours.target_vocab[p] for p in tokens]
        expected = theirs.decode([*ids, 0], skip_special_tokens=True)
        assert ours.decode([*tokens, "</s>", "<pad>"]).text == expected


def test_spans_of_a_decoded_text_read_as_its_pieces(folder: Path) -> None:
    ours = Tokenizer(folder)
    tokens = ours.encode_target("The President of Russia , said on Tuesday .")
    decoded = ours.decode(tokens)
    assert len(decoded.spans) == len(tokens)
    for token, span in zip(tokens, decoded.spans, strict=True):
        if token != "<unk>":
            assert span.of(decoded.text) == token.replace(SPACE, "")


def test_what_the_model_cannot_write_is_visible() -> None:
    ours = Tokenizer(STARTER)
    assert ours.encode_target("\u4e2d") == (SPACE, "<unk>")
    assert ours.decode((SPACE + "the", "<unk>")).text == "the \u2047"


@pytest.mark.parametrize("text", [*NASTY, *ARTICLE.splitlines()])
def test_every_printed_letter_of_the_source_is_covered(text: str) -> None:
    pieces = Tokenizer(STARTER).encode(text)
    covered = {i for p in pieces for i in range(p.span.start, p.span.end)}
    missing = [c for i, c in enumerate(text) if i not in covered and c.isalnum()]
    assert not missing
    assert all(0 <= p.span.start <= p.span.end <= len(text) for p in pieces)
    assert [p.span.start for p in pieces] == sorted(p.span.start for p in pieces)
    assert not any(p.span.of(text)[:1].isspace() or p.span.of(text)[-1:].isspace() for p in pieces)


def test_a_ligature_that_becomes_four_words_belongs_to_each() -> None:
    pieces = Tokenizer(STARTER).encode("\ufdfa \u0642\u0627\u0644")
    assert [p.span for p in pieces[:4]] == [Span(0, 1)] * 4


@pytest.mark.parametrize("piece", [*RESERVED, "</s>", "<unk>", "<pad>"])
def test_control_pieces_cannot_be_typed(piece: str) -> None:
    ours = Tokenizer(STARTER)
    text = f"a {piece} b{piece}"
    pieces = ours.encode(text)
    assert piece not in [p.piece for p in pieces]
    assert piece not in ours.encode_target(text)
    assert "".join(p.span.of(text) for p in pieces) == text.replace(" ", "")
    assert ours.decode(ours.encode_target(text)).text == text


def test_tokenizer_is_safe_in_threads() -> None:
    ours = Tokenizer(STARTER)
    lines = ARTICLE.splitlines()
    expected = [ours.encode(line) for line in lines]
    results: list[object] = [None] * 4

    def work(k: int) -> None:
        results[k] = [ours.encode(line) for line in lines]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4
