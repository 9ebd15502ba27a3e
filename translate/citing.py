"""How a name found in a text is cited: without the conjunction and preposition that print attaches to it."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from glossary.arabic import fold_text
from glossary.cldr import arabic_names
from glossary.cues import HEADS
from glossary.tagger import Token
from glossary.transliterate import sounds_like
from glossary.vocabulary import names, plainness

_ARTICLE = re.compile("[وف]?(?:[بك]?ال|لل)(?=...)")
_PROCLITICS = re.compile("[وف][بلك]|[وفبلك]")


class Cited(NamedTuple):
    """`source` as one would put it into a termbase; `key` folded and without article."""

    source: str
    key: str


def cite(
    text: str,
    words: Sequence[Token],
    before: Token | None,
    seen: Counter[str],
    rendering: str,
) -> Cited:
    """The name that `words` print. `seen` counts the folded words of the document."""
    first = words[0]
    clitics = proclitics(first, before, seen, rendering if len(words) == 1 else "")
    head = first.letters[clitics:]
    if head.startswith("لل") and first.folded[clitics:] not in names():
        head = "ال" + head[2:]
    folded = fold_text(head)
    article = folded.startswith("ال") and head[0] in "اٱ" and len(folded) > 4
    core = folded[2:] if article and folded not in names() else folded
    source = head + "".join(
        ("-" if two.gap == "-" and text[one.span.end : two.span.start].strip() else " ") + two.letters
        for one, two in pairwise(words)
    )
    return Cited(source, " ".join((core, *(word.folded for word in words[1:]))))


def proclitics(
    word: Token, before: Token | None, seen: Counter[str], rendering: str
) -> int:
    """How many letters before the name are conjunctions and prepositions (the ل of لل stays, as its article)."""
    folded = word.folded
    if word.match is not None:
        return sum(map(len, word.match.proclitics)) - 2 * ("ال" in word.match.proclitics)
    article = _ARTICLE.match(folded)
    if article:
        return article.end() - 2
    if folded in names() and names()[folded].share >= 0.5:
        return 0
    for size in (2, 1):
        head, rest = folded[:size], folded[size:]
        if len(rest) < 3 or not _PROCLITICS.fullmatch(head) or len(head) != size:
            continue
        if seen[rest] or rest in names() or rest in arabic_names() or rest in HEADS:
            return size
        if rendering and sounds_like(rest, rendering) > sounds_like(folded, rendering):
            return size
    return int(folded[0] == "و" and len(folded) > 4 and word.gap == " ")
