"""How much there is: nothing, too little, too much, a sentence lost or added, Arabic left, the same again.

The bounds of `length` are quantiles of 1,997 pairs of real text and reference (tests/bench).
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from glossary.arabic import LETTERS, MARKS, TATWEEL
from glossary.types import Span
from translate.checks.base import Pair, Place

# Source words up to which a row holds; least and most letters of the target per letter of the source.
_BOUNDS = ((4, 0.25, 4.0), (9, 0.6, 2.8), (19, 0.62, 2.2), (10**9, 0.6, 1.9))
_ARABIC = re.compile(
    rf"[{LETTERS}][{LETTERS}{MARKS}{TATWEEL}]*(?:\s+[{LETTERS}][{LETTERS}{MARKS}{TATWEEL}]*)*"
)
_ARABIC_MARKS = re.compile(r"[،؛؟٪٬٫]")
_BETWEEN = re.compile(r"[.!?؟…;؛]+(?:[\"'”’»)\]]*\s+(?=\S+\s+\S)|(?=[A-Z]))")
_SHORT = re.compile(
    r"(?:mr|mrs|ms|dr|st|gen|col|lt|sgt|sen|rep|gov|prof|no|vs|jr|sr|inc|co|ltd|corp|jan|feb|aug|sept|sep|"
    r"oct|nov|dec|etc|(?:.*\.)?\w|إلخ|الخ|أ|د)",
    re.IGNORECASE,
)
_LOST = 0.85  # letters of the target per letter of the source, below which a joined sentence may be a lost one
_CLOSE = frozenset(range(1, 7))  # lengths of phrases that are said three times in a row
_PHRASE = 4  # words that, said again, are no chance
_CLITICS = re.compile(r"^[وف]?(?:[بكل]?ال|لل|[بكل])?(?=.{3})")
_FUNCTION_WORDS = """
al a an the of in on at to for from by with and or that which who it is are was were be been as its
their his her they he she this these said has have had not u s into out off over you your we our if
will can would could do does did about after before between more than also no
"""
_GRAMMAR = frozenset(_FUNCTION_WORDS.split())
_FINE_TWICE = frozenset({"had", "that", "bye", "very", "no", "ha", "la", "do"})


def empty(pair: Pair) -> Iterator[Place]:
    """No target at all."""
    if not pair.target.strip() and pair.source.strip():
        yield Place("the target is empty")


def length(pair: Pair) -> Iterator[Place]:
    """Far fewer or far more letters than such a source is translated with."""
    ours, theirs = len("".join(pair.source.split())), len("".join(pair.target.split()))
    words = len(pair.source.split())
    if not theirs or words < 3:
        return
    least, most = next((a, b) for limit, a, b in _BOUNDS if words <= limit)
    if not least <= theirs / ours <= most:
        side = "short" if theirs < ours else "long"
        count = len(pair.target.split())
        yield Place(f"suspiciously {side}: {count} words for {words} of the source")


def untranslated(pair: Pair) -> Iterator[Place]:
    """Arabic letters left in the target."""
    for found in _ARABIC.finditer(pair.target):
        yield Place(f"left in Arabic: {found.group()}", None, Span(found.start(), found.end()))


def arabic_punctuation(pair: Pair) -> Iterator[Place]:
    """Arabic commas, question marks, percent signs in the target."""
    for found in _ARABIC_MARKS.finditer(pair.target):
        yield Place(f"an Arabic sign: {found.group()}", None, Span(found.start(), found.end()))


def _sentences(text: str) -> int:
    """Sentences and clauses after a semicolon; a full stop after an abbreviation or initial ends none."""
    return 1 + sum(not _abbreviates(text[: m.start()]) for m in _BETWEEN.finditer(text))


def _abbreviates(before: str) -> bool:
    """Whether what stands before a sign is an abbreviation, an initial, or nothing."""
    last = before[-8:].split(" ")[-1].lstrip("(\"'“«")
    return not last or bool(_SHORT.fullmatch(last))


def sentences(pair: Pair) -> Iterator[Place]:
    """Sentences lost. Joining two is no mistake, so the target must be short, too."""
    if not pair.target.strip() or not pair.source.strip():
        return
    ours, theirs = _sentences(pair.source), _sentences(pair.target)
    letters = len("".join(pair.target.split())) / len("".join(pair.source.split()))
    if theirs < ours and letters < _LOST:
        yield Place(f"{ours} sentences in the source, {theirs} in the target: is one missing?")


def doubled_word(pair: Pair) -> Iterator[Place]:
    """One word twice in a row; three times is `repetition`."""
    words = pair.target_list
    for at, (before, word) in enumerate(pairwise(words)):
        if before != word or len(word) < 2 or not word.isalpha() or word in _FINE_TWICE:
            continue
        if word in words[max(0, at - 1) : at] or word in words[at + 2 : at + 3]:
            continue
        first, second = pair.target_tokens[at : at + 2]
        apart = pair.target[first.end : second.start].isspace()
        compound = pair.target[: first.start].endswith("-")  # a sit-in in Tripoli
        printed = pair.target[first.start : first.end] == pair.target[second.start : second.end]
        if apart and not compound and (printed or first.start == 0) and not _doubled_source(pair):
            yield Place(f"doubled: {word}", None, Span(first.start, second.end))


def _doubled_source(pair: Pair) -> bool:
    """Whether the source has one word twice in a row, too: Mohammed Mohammed, الشيخة شيخة."""
    stems = [_CLITICS.sub("", word) for word in pair.source_list]
    return any(before == word for before, word in pairwise(stems))


def repetition(pair: Pair) -> Iterator[Place]:
    """Words said three times in a row, or a longer phrase said again though the source says it once."""
    texts = pair.target_list
    if len(pair.target_words) == len(texts):
        return
    thrice = _thrice(texts)
    if thrice:
        start, end, size = thrice
        span = Span(pair.target_tokens[start].start, pair.target_tokens[end - 1].end)
        yield Place(f"repeated: {' '.join(texts[start : start + size])}", None, span)
        return
    again = _again(texts)
    if again:
        _, second, size = again
        meaning = len(set(texts[second : second + size]) - _GRAMMAR)
        if meaning >= 2 + 2 * _repeated(pair):
            words = pair.target_tokens[second : second + size]
            span = Span(words[0].start, words[-1].end)
            yield Place(f"said twice: {span.of(pair.target)}", None, span)


def _thrice(texts: list[str]) -> tuple[int, int, int] | None:
    """Start, end and length of a phrase of up to six words that stands three times in a row."""
    last: dict[str, int] = {}
    sizes = set()
    for at, text in enumerate(texts):
        sizes.add(at - last.get(text, -9))
        last[text] = at
    for size in sorted(sizes & _CLOSE):
        run = 0
        for at in range(size, len(texts)):
            run = run + 1 if texts[at] == texts[at - size] else 0
            if run >= 2 * size:
                return at - 3 * size + 1, at + 1, size
    return None


def _again(texts: list[str]) -> tuple[int, int, int] | None:
    """The first phrase that occurs twice without overlap: its two places, its length."""
    phrases = list(zip(*(texts[at:] for at in range(_PHRASE)), strict=False))
    if len(set(phrases)) == len(phrases):
        return None
    seen: dict[tuple[str, ...], int] = {}
    for at, phrase in enumerate(phrases):
        before = seen.setdefault(phrase, at)
        if at - before >= _PHRASE:
            size = _PHRASE
            while (
                at + size < len(texts)
                and before + size < at
                and texts[before + size] == texts[at + size]
            ):
                size += 1
            return before, at, size
    return None


def _repeated(pair: Pair) -> int:
    """How many words of the source, without what is written onto them, it says more than once."""
    stems = Counter(_CLITICS.sub("", word) for word in pair.source_list if len(word) > 2)
    return sum(count > 1 for count in stems.values())
