"""Text into pieces with offsets, and pieces into text: sentencepiece called directly.

Pieces are those of transformers' MarianTokenizer (a parity test holds them equal), which is modal and so not
thread-safe, and gives no offsets. Two departures, both for the reader's sake: a literal `<t>`, `</s>` or
`<unk>` in a text is text, never the control piece of that name; and `>>xx<<` at the start is a language code
only where the checkpoint knows it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glossary.types import Span
from models.errors import CheckpointError

END, UNKNOWN, PAD = "</s>", "<unk>", "<pad>"
TERM_START, TERM_TARGET, TERM_END = "<t>", "<r>", "</t>"
# Pieces that only an engine's caller may put into a source, and that no output may hold.
RESERVED = (TERM_START, TERM_TARGET, TERM_END, "<x0>", "<x1>", "<x2>", "<x3>")
SPACE = "\N{LOWER ONE EIGHTH BLOCK}"  # sentencepiece's mark for a space


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece as the model knows it, and the code points of the text it stands for (a lone space has none)."""

    piece: str
    span: Span


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and for each of the pieces it was made of the code points it gave (maybe none)."""

    text: str
    spans: tuple[Span, ...]


class Tokenizer:
    """The pieces of one checkpoint. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        import sentencepiece

        def load(name: str) -> Any:
            try:
                return sentencepiece.SentencePieceProcessor(model_file=str(folder / name))
            except (OSError, RuntimeError) as error:
                raise CheckpointError(
                    f"{name} isn't a sentencepiece model ({error}); copy it again from where "
                    "the checkpoint came from",
                    path=str(folder),
                ) from error

        self.vocab, self.target_vocab = read_vocabularies(folder)
        self._source, self._target = load("source.spm"), load("target.spm")

    def encode(self, text: str) -> list[Piece]:
        """The source pieces of `text`, `</s>` not included; each covers its printed letters."""
        code = _language_code(text, self.vocab)
        first = [Piece(code, Span(0, len(code)))] if code else []
        return first + _encode(self._source, self.vocab, text, len(code))

    def encode_target(self, text: str) -> tuple[str, ...]:
        """The target pieces of `text`, `</s>` not included; what the model can't write is `<unk>`."""
        return tuple(p.piece for p in self.pieces_of_target(text))

    def pieces_of_target(self, text: str) -> list[Piece]:
        """As `encode_target`, each with what it covers."""
        return _encode(self._target, self.target_vocab, text, 0)

    def ids(self, texts: Sequence[str], *, target: bool = False) -> list[list[int]]:
        """Many texts as ids of the vocabulary: the pieces of `encode` or `encode_target`, sooner."""
        model, vocab = (self._target, self.target_vocab) if target else (self._source, self.vocab)
        encode = self.encode_target if target else lambda text: [p.piece for p in self.encode(text)]
        known = [vocab.get(model.id_to_piece(i), vocab[UNKNOWN]) for i in range(len(model))]
        return [
            # what could be a control piece or a language code takes the careful way
            [vocab[piece] for piece in encode(text)] if "<" in text else [known[i] for i in ids]
            for text, ids in zip(texts, model.encode(list(texts)), strict=True)
        ]

    def decode(self, tokens: Sequence[str]) -> Decoded:
        """The text of target pieces. `</s>` and `<pad>` give nothing."""
        parts = [
            ""
            if token in (END, PAD)
            else " \N{DOUBLE QUESTION MARK} "
            if token == UNKNOWN
            else token
            for token in tokens
        ]
        parts = [part.replace(SPACE, " ") for part in parts]
        whole = "".join(parts)
        left, text = len(whole) - len(whole.lstrip()), whole.strip()
        spans, at = [], -left
        for part in parts:
            start, end = at + len(part) - len(part.lstrip()), at + len(part.rstrip())
            at += len(part)
            end = min(max(end, 0), len(text))
            spans.append(Span(min(max(start, 0), end), end))
        return Decoded(text, tuple(spans))


def read_vocabularies(folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Piece to id for source and target; one and the same dict unless the checkpoint keeps them apart."""
    source = _read_json(folder / "vocab.json")
    config = folder / "tokenizer_config.json"
    apart = config.exists() and _read_json(config).get("separate_vocabs", False)
    target = _read_json(folder / "target_vocab.json") if apart else source
    for name, vocab in (("vocab.json", source), ("target_vocab.json", target)):
        missing = [piece for piece in (END, UNKNOWN) if piece not in vocab]
        if missing:
            raise CheckpointError(
                f"{name} lacks {' and '.join(missing)}; a Marian checkpoint can't do without",
                path=str(folder),
            )
    return source, target


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(
            f"can't read it ({error}); copy the file again from where the checkpoint came from",
            path=str(path),
        ) from error
    if not isinstance(value, dict):
        raise CheckpointError("should hold one JSON object", path=str(path))
    return value


def _language_code(text: str, vocab: dict[str, int]) -> str:
    end = text.find("<<")
    return text[: end + 2] if text.startswith(">>") and text[: end + 2] in vocab else ""


def _encode(model: Any, vocab: dict[str, int], text: str, skip: int) -> list[Piece]:
    mapping = model.encode(text[skip:], out_type="offset_mapping")
    spans = [Span(start + skip, end + skip) for start, end in mapping["offsets"]]
    return [
        Piece(piece if piece in vocab else UNKNOWN, span)
        for piece, span in _literal(
            zip(mapping["pieces"], _printed(text, spans, mapping["pieces"]), strict=True)
        )
    ]


def _printed(text: str, spans: list[Span], pieces: list[str]) -> list[Span]:
    """Spans without the spaces around; a lone space gets none.

    Where one printed character became several pieces (a ligature, a fraction), sentencepiece gives it to
    the last of them: give it to all.
    """
    result: list[Span] = []
    following = Span(len(text), len(text))
    for span, piece in zip(reversed(spans), reversed(pieces), strict=True):
        if piece == SPACE:
            result.append(Span(span.end, span.end))
            continue
        if not span and following.start <= span.start:
            span = following
        surface = span.of(text)
        start = span.start + len(surface) - len(surface.lstrip())
        following = Span(start, max(start, span.start + len(surface.rstrip())))
        result.append(following)
    return result[::-1]


def _literal(pieces: Iterable[tuple[str, Span]]) -> Iterable[tuple[str, Span]]:
    """Spell out a control piece that sentencepiece saw in the text (its user-defined symbols match anywhere)."""
    for piece, span in pieces:
        if piece in RESERVED:
            for i, letter in enumerate(piece):
                yield letter, Span(span.start + i, span.start + i + 1)
        else:
            yield piece, span
