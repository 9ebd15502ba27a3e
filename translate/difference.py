"""The difference of two texts word by word, as a person reads it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_LETTER = r"[\w\u0300-\u036f\u0610-\u061a\u064b-\u065f]"  # and the marks above and below one
_WORDS = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)*|\s+|.")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that both have, or only the newer (inserted) or the older (deleted)."""

    kind: Literal["same", "inserted", "deleted"]
    text: str


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """Pieces in reading order: without what was inserted they are `old`, without what was deleted `new`."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return tuple(_pieces(blocks, before, after))


def _pieces(
    blocks: Sequence[tuple[str, int, int, int, int]], before: list[str], after: list[str]
) -> Iterator[Piece]:
    removed = added = ""
    for kind, a, b, c, d in blocks:
        gap = "".join(before[a:b])
        if kind == "equal" and (gap.strip() or not (removed or added)):
            yield from _changes(removed, added)
            removed = added = ""
            yield Piece("same", gap)
        else:  # a space between two changed words is changed with them: one change, not two
            removed += gap
            added += "".join(after[c:d])
    yield from _changes(removed, added)


def _changes(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece("deleted", removed)
    if added:
        yield Piece("inserted", added)
