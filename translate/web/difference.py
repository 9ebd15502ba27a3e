"""The difference of two English texts word by word, as a person reads it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORDS = re.compile(r"\w+(?:['’]\w+)*|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that both have, or only the newer (ins) or the older (del)."""

    kind: Literal["same", "ins", "del"]
    text: str


def difference(old: str, new: str) -> list[Piece]:
    """Pieces in reading order: those without `ins` are `old`, those without `del` are `new`."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return list(_pieces(blocks, before, after))


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
        yield Piece("del", removed)
    if added:
        yield Piece("ins", added)
