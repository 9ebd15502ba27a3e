"""How much two Arabic sources are alike, and where they differ."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from rapidfuzz.distance import Levenshtein

from translate.memory.types import Change

_WORDS = re.compile(r"\S+|\s+")


def similarity(one: str, other: str, at_least: float) -> float:
    """Share of the longer text's characters that needs no edit (Levenshtein), of folded texts; 0 if less
    than `at_least`. The same both ways round."""
    return Levenshtein.normalized_similarity(one, other, score_cutoff=at_least)


def difference(stored: str, sought: str) -> tuple[Change, ...]:
    """Without what was inserted it is the stored text, without what was deleted the sought one."""
    if stored == sought:
        return (Change(kind="same", text=stored),) if stored else ()
    return tuple(_changes(_WORDS.findall(stored), _WORDS.findall(sought)))


def _changes(old: list[str], new: list[str]) -> Iterator[Change]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Change(kind="same", text="".join(old[a:b]))
            continue
        if b > a:
            yield Change(kind="deleted", text="".join(old[a:b]))
        if d > c:
            yield Change(kind="inserted", text="".join(new[c:d]))
