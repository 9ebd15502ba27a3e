"""How a name found in a text is cited: without the conjunction and preposition that print attaches to it."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from glossary.arabic import fold_text
from glossary.cues import HEADS
from glossary.tagger import tagger
from glossary.traits import Token
from glossary.transliterate import sounds_like
from glossary.vocabulary import names

_ARTICLE = re.compile("[وف]?(?:[بك]?ال|لل)(?=...)")
_NISBA = re.compile("(?:ية|يين|يون|يات|ياً|يا|يان|يتين|يتان)$")


class Cited(NamedTuple):
    """`source` as one would put it into a termbase; `key` folded and without article."""

    source: str
    key: str


def cite(
    text: str, line: Sequence[Token], first: int, last: int, rendering: str, *, demonym: bool
) -> Cited:
    """The name that words `first` to `last` of the line print; `rendering` is its English, where known."""
    words = line[first : last + 1]
    if demonym:
        clitic = 0 if _ARTICLE.match(words[0].folded) else proclitics(line, first, "")
        masculine = " ".join(map(_masculine, words))[clitic:]
        return Cited(masculine, fold_text(masculine))
    clitics = proclitics(line, first, rendering if first == last else "")
    head = words[0].letters[clitics:]
    if head.startswith("لل") and words[0].folded not in names():
        head = "ال" + head[2:]
    folded = fold_text(head)
    article = folded.startswith("ال") and head[0] in "اٱ" and len(folded) > 4
    core = folded[2:] if article and folded not in names() else folded
    source = head + "".join(
        ("-" if two.gap == "-" and text[one.span.end : two.span.start].strip() else " ")
        + two.letters
        for one, two in pairwise(words)
    )
    return Cited(source, " ".join((core, *(word.folded for word in words[1:]))))


def _masculine(word: Token) -> str:
    """A demonym in the masculine singular, without article."""
    article = _ARTICLE.match(word.folded)
    bare = word.letters[article.end() if article else 0 :]
    ending = _NISBA.search(bare)
    return bare[: ending.start()] + "ي" if ending and ending.start() > 1 else bare


def proclitics(line: Sequence[Token], at: int, rendering: str) -> int:
    """How many letters before the name are conjunctions and prepositions (the ل of لل stays, as its article)."""
    word = line[at]
    folded = word.folded
    if word.match is not None:
        return sum(map(len, word.match.proclitics)) - 2 * ("ال" in word.match.proclitics)
    article = _ARTICLE.match(folded)
    if article:
        return article.end() - 2
    if folded[0] not in "وفبلك" or len(folded) < 4 or folded in HEADS:
        return 0
    if folded[1:] in HEADS:
        return 1
    if rendering:
        whole, rest = sounds_like(folded, rendering), sounds_like(folded[1:], rendering)
        if abs(whole - rest) > 0.15:
            return int(rest > whole)
    if tagger().clitic(line, at) < 0.5:
        return 0
    two = folded[0] in "وف" and folded[1] in "بل" and (folded[2:] in names() or folded[2:] in HEADS)
    return 2 if two and folded[1:] not in names() else 1
