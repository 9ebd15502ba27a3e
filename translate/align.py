"""Word alignment from attention: which printed words of the target stand for which of the source.

The attention of Marian's guided head (Chen et al. 2016) over pieces is summed to words, sharpened by
what both sides print alike (numbers, Latin words, transliterated names, punctuation), and cut to links
that both directions support (Och and Ney 2003). `WordAttention.mass` is the same evidence, soft: it places terms.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from glossary.arabic import LATIN_DIGITS
from glossary.types import Span
from translate.types import Alignment

Matrix: TypeAlias = npt.NDArray[np.float32]

_MARKS = "\u0610-\u061a\u064b-\u065f\u0670\u0640"
_START, _END = attrgetter("start"), attrgetter("end")
_WORD = re.compile(rf"[\w{_MARKS}]+(?:[-'’.,٫٬:/][\w{_MARKS}]+)*|[^\w\s]")


def words(text: str) -> tuple[Span, ...]:
    """Spans of the printed words and punctuation marks of `text`."""
    return tuple(Span(m.start(), m.end()) for m in _WORD.finditer(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class WordAttention:
    """How much each target word attends to each source word: `soft` is (target words, source words)."""

    source_words: tuple[Span, ...]
    target_words: tuple[Span, ...]
    soft: Matrix

    def mass(self, source: Span, target: Span) -> float:
        """Mean, over the words of `target`, of the attention they pay to the words of `source`."""
        rows = _overlapping(self.target_words, target)
        columns = _overlapping(self.source_words, source)
        if not rows or not columns:
            return 0.0
        return float(self.soft[np.ix_(rows, columns)].sum() / len(rows))

    def profile(self, source: Span) -> list[float]:
        """For each target word, the attention it pays to the words of `source`."""
        columns = _overlapping(self.source_words, source)
        return [float(x) for x in self.soft[:, columns].sum(axis=1)]

    def rewritten(self, text: str, *, written: Span, longer: int, source: Span) -> "WordAttention":
        """The evidence for `text`, in which `written` is new and what follows has moved by `longer`.

        The words written attend to the words of `source`; all others as they did.
        """
        columns = _overlapping(self.source_words, source)
        old = {w.start: row for w, row in zip(self.target_words, self.soft, strict=True)}
        new_words = words(text)
        soft = np.zeros((len(new_words), len(self.source_words)), np.float32)
        for row, word in zip(soft, new_words, strict=True):
            if word.overlaps(written):
                row[columns] = 1 / max(len(columns), 1)
            else:
                start = word.start if word.start < written.start else word.start - longer
                row[:] = old.get(start, 0.0)
        return WordAttention(source_words=self.source_words, target_words=new_words, soft=soft)


def _overlapping(of: Sequence[Span], span: Span) -> list[int]:
    """The words, in order and none empty, that share a code point with `span`."""
    first = bisect_right(of, span.start, key=_END)
    return list(range(first, bisect_left(of, span.end, first, key=_START)))


def word_attention(
    attention: Matrix,
    *,
    source: str,
    target: str,
    source_pieces: Sequence[Span | None],
    target_pieces: Sequence[Span],
) -> WordAttention:
    """Sum attention (target pieces, source pieces + `</s>`) to words.

    A piece that covers several words is shared out among them; control pieces and `</s>` count for none.
    """
    source_words, target_words = words(source), words(target)
    columns = _membership(source_pieces, source_words)
    rows = _membership(target_pieces, target_words)
    rows = rows / np.maximum(rows.sum(axis=0, keepdims=True), 1e-9)
    usable = attention[: len(target_pieces), : len(source_pieces)]
    soft = rows.T @ usable @ columns
    soft = soft + _CUE_WEIGHT * cues(source, target, source_words, target_words)
    soft = _marks(soft, source, target, source_words, target_words)
    return WordAttention(
        source_words=source_words,
        target_words=target_words,
        soft=np.minimum(soft, 1.0).astype(np.float32),
    )


def _membership(pieces: Sequence[Span | None], of: Sequence[Span]) -> Matrix:
    """(pieces, words): the share of each piece that belongs to each word; rows sum to one or zero."""
    out = np.zeros((len(pieces), len(of)), np.float32)
    starts, ends = [word.start for word in of], [word.end for word in of]
    for i, piece in enumerate(pieces):
        if piece is None:
            continue
        first, last = bisect_right(ends, piece.start), bisect_left(starts, piece.end)
        if first < last:
            out[i, first:last] = 1 / (last - first)
    return out


def links(evidence: WordAttention) -> tuple[tuple[int, int], ...]:
    """(source word, target word) links: where the shares that both words give each other, as their
    geometric mean, reach LINK."""
    soft = evidence.soft
    if not soft.size:
        return ()
    ours = soft / np.maximum(soft.sum(axis=0, keepdims=True), 1e-9)
    theirs = soft / np.maximum(soft.sum(axis=1, keepdims=True), 1e-9)
    rows, columns = np.nonzero(np.sqrt(ours * theirs) >= LINK)
    return tuple(sorted((int(s), int(t)) for t, s in zip(rows, columns, strict=True)))


def alignment(evidence: WordAttention) -> Alignment:
    """The hard links of `evidence` with the words they join."""
    return Alignment(
        source_words=evidence.source_words,
        target_words=evidence.target_words,
        links=links(evidence),
    )


LINK = 0.4
_CUE_WEIGHT = 0.3
_MARK_WEIGHT = (
    1.0  # for the same punctuation mark at the same place; a fourth of the sentence away, none
)
_MARK_TO_WORD = 0.1  # what is left of attention between a word and a punctuation mark
_SAME_MARK = str.maketrans("،؛؟«»“”’", ',;?""""\'')

# Consonant classes in which a name and its romanisation agree; vowels, w, y and h are left out.
_ARABIC_CLASS = {
    letter: sound
    for sound, letters in {
        "b": "بپ", "t": "تثط", "d": "دذض", "k": "كقخ", "g": "جغگ", "s": "سشصزظچژ",
        "f": "فڤ", "l": "ل", "m": "م", "n": "ن", "r": "ر",
    }.items()
    for letter in letters
}  # fmt: skip
_LATIN_CLASS = dict(zip("bpdtgjkqcxlmnrszfv", "bbdtggkkkklmnrssff", strict=True))
_DIGRAPHS = (
    ("sh", "s"),
    ("ch", "s"),
    ("th", "t"),
    ("dh", "d"),
    ("kh", "k"),
    ("gh", "g"),
    ("ph", "f"),
)
_CLITIC = re.compile(r"^[وف]?(?:[بكل]?ال|لل|[بكل])?")


def cues(
    source: str, target: str, source_words: Sequence[Span], target_words: Sequence[Span]
) -> Matrix:
    """(target words, source words) in [0, 1]: 1 for the same number or Latin word, less for a likely romanisation."""
    ours = [_print(s.of(source)) for s in source_words]
    theirs = [_print(t.of(target)) for t in target_words]
    out = np.zeros((len(theirs), len(ours)), np.float32)
    names = [(j, skeletons) for j, (_, skeletons, _) in enumerate(ours) if skeletons]
    printed = defaultdict(list)
    for j, (arabic, _, _) in enumerate(ours):
        printed[arabic].append(j)
    for i, (english, _, latin) in enumerate(theirs):
        if latin:
            for j, skeletons in names:
                out[i, j] = max(_likeness(latin, s) for s in skeletons)
        if english in printed and any(c.isalnum() for c in english):
            out[i, printed[english]] = 1.0
    return out


def _marks(
    soft: Matrix, source: str, target: str, ours: Sequence[Span], theirs: Sequence[Span]
) -> Matrix:
    """`soft` with punctuation tied to its like at about the same place, and hardly to words."""
    source_marks = [s.of(source).translate(_SAME_MARK) for s in ours]
    target_marks = [t.of(target).translate(_SAME_MARK) for t in theirs]
    source_is = np.array([not m[0].isalnum() for m in source_marks], bool)
    target_is = np.array([not m[0].isalnum() for m in target_marks], bool)
    alike = np.zeros(soft.shape, bool)
    for i in np.flatnonzero(target_is):
        alike[i] = [target_marks[i] == mark for mark in source_marks]
    here = (np.arange(len(theirs)) + 0.5) / max(len(theirs), 1)
    there = (np.arange(len(ours)) + 0.5) / max(len(ours), 1)
    near = np.maximum(0, 1 - 4 * np.abs(here[:, None] - there[None, :]))
    kept = np.where(target_is[:, None] ^ source_is[None, :], _MARK_TO_WORD * soft, soft)
    marked: Matrix = np.asarray(kept + _MARK_WEIGHT * alike * near, dtype=np.float32)
    return marked


@lru_cache(maxsize=65536)
def _print(word: str) -> tuple[str, tuple[str, ...], str]:
    """The word as it compares; its consonants if Arabic, with and without clitics; its consonants if a Latin name."""
    plain = word.translate(LATIN_DIGITS)
    if "\u0600" <= word[0] <= "\u06ff" and word[0].isalpha():
        bare = _CLITIC.sub("", word)
        both = {"".join(_ARABIC_CLASS.get(c, "") for c in w) for w in (word, bare)}
        return plain, tuple(s for s in both if len(s) > 1), ""
    if word[0].isupper() and len(word) > 2:
        lower = word.lower()
        for pair, one in _DIGRAPHS:
            lower = lower.replace(pair, one)
        return plain, (), "".join(_LATIN_CLASS.get(c, "") for c in lower)
    return plain, (), ""


@lru_cache(maxsize=65536)
def _likeness(a: str, b: str) -> float:
    """Share of consonants in common, in order; 0 below three quarters."""
    if len(a) < 2 or not 0.75 <= len(a) / max(len(b), 1) <= 4 / 3:
        return 0.0
    row = [0] * (len(b) + 1)
    for x in a:
        previous = 0
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], previous + 1 if x == y else max(row[j], row[j - 1])
    share = row[-1] / max(len(a), len(b))
    return share if share >= 0.75 else 0.0
