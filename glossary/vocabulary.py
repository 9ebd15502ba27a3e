"""Which Arabic words are everyday words, and which are known as names, with a usual English spelling.

Lists that ship in `data/` (data/README.md says where they come from): `everyday.txt`, the commonest word
stems of open news text whose English is not written with a capital; `names.tsv`, single names. A word may be in both
lists: Jamil is also beautiful, Amal is also hope. Everything is folded (`glossary.arabic`); clitics and inflection are
looked through with `glossary.morphology`.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from glossary.arabic import fold_text
from glossary.morphology import readings
from glossary.words import FUNCTION_WORDS

Plainness = Literal["function", "everyday", "inflected", "unknown"]

_DATA = Path(__file__).parent / "data"
_SHORTEST = 3  # letters of a stem that an ending or a preposition may be taken from
# Imperfect verbs: (and) (will) he/she/we/I ... (they) (him, her, them, us).
_IMPERFECT = re.compile("[وف]?(?:س|ل)?[يتنا](.{3,}?)(?:ون|وا|ان|ين|ن)?(?:ه|ها|هم|هما|نا|كم)?")
_HEAD = re.compile("[وف]?(?:[بكل]?ال|لل)?(?=..)")
_RISKY_ENCLITICS = {"ي", "ك", "كم", "كما", "هن"}


@cache
def everyday_words() -> frozenset[str]:
    """The everyday stems."""
    return frozenset((_DATA / "everyday.txt").read_text(encoding="utf-8").split())


class Name(NamedTuple):
    """A known name. `share`: how often the word is a name in news, 0..1; it may be an everyday word too."""

    english: str
    share: float


@cache
def names() -> dict[str, Name]:
    """Known single names."""
    found = {}
    for line in (_DATA / "names.tsv").read_text(encoding="utf-8").splitlines():
        word, english, *share = line.split("\t")
        found[word] = Name(english, int(share[0]) / 10 if share else 1.0)
    return found


@cache
def _functions() -> frozenset[str]:
    return frozenset(map(fold_text, FUNCTION_WORDS))


@cache
def _imperfects() -> frozenset[str]:
    """What follows the first letter of the everyday imperfect verbs."""
    return frozenset(word[1:] for word in everyday_words() if len(word) > 3 and word[0] in "يت")


@lru_cache(65536)
def plainness(folded: str) -> Plainness:
    """How sure it is that the word is no name: by its own letters, or as a form of another word."""
    if folded in _functions():
        return "function"
    known = everyday_words()
    head = _HEAD.match(folded)
    bare = folded[head.end() :] if head else folded
    if folded in known or (bare in known and len(bare) >= _SHORTEST):
        return "everyday"
    return "inflected" if _inflected(folded) else "unknown"


def _inflected(folded: str) -> bool:
    known = everyday_words()
    for reading in readings(folded, known):
        short = len(reading.stem) < _SHORTEST or len(reading.stem) * 2 < len(folded)
        if short or reading.enclitic in _RISKY_ENCLITICS or reading.ending in ("decl", "of"):
            continue
        if reading.article and reading.enclitic:
            continue
        return True
    verb = _IMPERFECT.fullmatch(folded)
    return bool(verb and verb[1] in _imperfects())
