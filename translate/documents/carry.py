"""From units back to blocks: which of them make up a block, and its translation with the marks in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glossary.types import Span
from translate.errors import FormatError
from translate.markup import Block, by_position, project
from translate.segment import segment
from translate.types import Alignment, TranslationUnit

_LETTER = re.compile(r"[^\W_]")
_INVISIBLE = dict.fromkeys(
    map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u200b")
)


class _Mismatch(Exception):
    """A segment that does not stand where it should."""


def check(blocks: Sequence[Block], text: str, path: str) -> None:
    """Refuse a document whose segments would not fit into its blocks, before it is translated."""
    try:
        list(_located([b.text for b in blocks], [one.source for one in segment(text)[0]]))
    except _Mismatch as error:
        raise FormatError(f"can't be cut into segments: {error}", path=path) from error


def carry(
    blocks: Sequence[Block], units: Sequence[TranslationUnit], path: str
) -> tuple[Block, ...]:
    """The blocks in English. What has no translation stays as it is. Raises FormatError where the units are
    not those of the blocks."""
    try:
        places = list(_located([b.text for b in blocks], [u.segment.source for u in units]))
    except _Mismatch as error:
        raise FormatError(
            f"the document it was translated from has another text ({error}); translate it anew",
            path=path,
        ) from error
    by_block: list[list[_Piece]] = [[] for _ in blocks]
    for (number, span), unit in zip(places, units, strict=True):
        by_block[number].append(_Piece(span, unit))
    return tuple(_carried(block, pieces) for block, pieces in zip(blocks, by_block, strict=True))


@dataclass(frozen=True, slots=True)
class _Piece:
    span: Span  # of the unit's source in its block
    unit: TranslationUnit


def _located(texts: Sequence[str], sources: Sequence[str]) -> Iterator[tuple[int, Span]]:
    """(block, span) of each source. Nothing with a letter may stand between them."""
    number = at = 0
    for source in sources:
        while number < len(texts) and not _LETTER.search(texts[number], at):
            number, at = number + 1, 0
        if number == len(texts):
            raise _Mismatch(f"no place for “{_short(source)}”")
        start = texts[number].find(source, at)
        if start < 0 or not source or _LETTER.search(texts[number], at, start):
            raise _Mismatch(f"“{_short(texts[number][at:])}” where “{_short(source)}” was expected")
        at = start + len(source)
        yield number, Span(start, at)
    while number < len(texts):
        if _LETTER.search(texts[number], at):
            raise _Mismatch(f"“{_short(texts[number][at:])}” is in no segment")
        number, at = number + 1, 0


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _carried(block: Block, pieces: Sequence[_Piece]) -> Block:
    """The targets, joined by spaces, and the marks where the words say."""
    target = ""
    found: list[tuple[Span, Span, Alignment]] = []
    done = 0
    for piece in pieces:
        between = " ".join(block.text[done : piece.span.start].translate(_INVISIBLE).split())
        target = " ".join(filter(None, (target, between)))
        english = " ".join((piece.unit.target or piece.unit.segment.source).split())
        start = len(target) + 1 if target and english else len(target)
        target = " ".join(filter(None, (target, english)))
        found.append((piece.span, Span(start, len(target)), _alignment(piece, english)))
        done = piece.span.end
    rest = block.text[done:].translate(_INVISIBLE).strip()
    target = " ".join(filter(None, (target, rest)))
    marks = project(block.marks, block.text, target, _joined(found))
    return Block(text=target, marks=marks)


def _alignment(piece: _Piece, english: str) -> Alignment:
    unit = piece.unit
    if unit.alignment and unit.target == english:
        return unit.alignment
    return by_position(unit.segment.source, english)


def _joined(found: Sequence[tuple[Span, Span, Alignment]]) -> Alignment:
    """One alignment of the whole block."""
    ours: list[Span] = []
    theirs: list[Span] = []
    links: list[tuple[int, int]] = []
    for source, target, alignment in found:
        links += [(i + len(ours), j + len(theirs)) for i, j in alignment.links]
        ours += [_moved(word, source.start) for word in alignment.source_words]
        theirs += [_moved(word, target.start) for word in alignment.target_words]
    return Alignment(source_words=tuple(ours), target_words=tuple(theirs), links=tuple(links))


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
