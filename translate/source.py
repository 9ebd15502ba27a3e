"""What the model is given: the segment's own text without bidi marks and tatweel, in pieces, with the
agreed English written beside the terms where the checkpoint was trained to read it.

The orthographic fold of the matcher is never given to a model. Inline terms follow Dinu et al. 2019
("append"), as `<t> source <r> target </t>`: what stands between `<t>` and `<r>` is whole printed words.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from glossary.types import Span
from models.tokenizer import SPACE, TERM_END, TERM_START, TERM_TARGET

_DROP = frozenset(
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u0640"
)
# What `clean` changes: marks, whitespace and control characters but single spaces between words.
_UNCLEAN = re.compile(rf"[{''.join(_DROP)}\x00-\x1f\x7f-\x9f]|[^\S ]|  |\A | \Z")
_CLAUSE_END = re.compile(r"[،؛,;:.!؟?…»\")\]]\s+|\s+[–—-]\s+|\n")

Encode = Callable[[str], Sequence[tuple[str, Span]]]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Source pieces and, for each, the span of the segment's source it stands for (None: a control piece).

    The pieces of an inline rendering stand for the span of its term.
    """

    tokens: tuple[str, ...]
    spans: tuple[Span | None, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """A term occurrence and the English to write beside it."""

    span: Span
    rendering: tuple[str, ...]  # target pieces


def clean(text: str) -> tuple[str, list[int]]:
    """`text` without bidi marks and tatweel, whitespace as single spaces; and each character's offset in `text`.

    The list has one offset more than the result has characters: the end.
    """
    if not _UNCLEAN.search(text):
        return text, list(range(len(text) + 1))
    out: list[str] = []
    offsets: list[int] = []
    for i, char in enumerate(text):
        if char in _DROP:
            continue
        if char.isspace() or unicodedata.category(char) == "Cc":
            if not out or out[-1] == " ":
                continue
            char = " "
        out.append(char)
        offsets.append(i)
    if out and out[-1] == " ":
        out.pop()
        offsets.pop()
    offsets.append(offsets[-1] + 1 if offsets else 0)
    return "".join(out), offsets


def encode(text: str, tokenize: Encode) -> Pieces:
    """The pieces of `text` with spans into `text` itself."""
    cleaned, offsets = clean(text)
    pairs = tokenize(cleaned)
    spans = (
        Span(offsets[s.start], offsets[s.end - 1] + 1)
        if len(s)
        else Span(offsets[s.start], offsets[s.start])
        for _, s in pairs
    )
    return Pieces(tuple(p for p, _ in pairs), tuple(spans))


def annotate(pieces: Pieces, hints: Sequence[Hint]) -> Pieces:
    """Write each hint beside its words. A hint that would cut into the one before it is left out."""
    tokens: list[str] = []
    spans: list[Span | None] = []
    done = 0
    for hint in sorted(hints, key=lambda h: h.span):
        at = _printed_words(pieces, hint.span)
        if at is None or at[0] < done:
            continue
        first, last = at
        tokens += [*pieces.tokens[done:first], TERM_START, *pieces.tokens[first:last], TERM_TARGET]
        spans += [*pieces.spans[done:first], None, *pieces.spans[first:last], None]
        tokens += [*hint.rendering, TERM_END]
        spans += [hint.span] * len(hint.rendering) + [None]
        done = last
    return Pieces((*tokens, *pieces.tokens[done:]), (*spans, *pieces.spans[done:]))


def _printed_words(pieces: Pieces, span: Span) -> tuple[int, int] | None:
    """The range of pieces that covers `span`, widened to word starts, without punctuation at its end."""
    inside = [i for i, s in enumerate(pieces.spans) if s is not None and s.overlaps(span)]
    if not inside:
        return None
    first, last = inside[0], inside[-1] + 1
    while first > 0 and not pieces.tokens[first].startswith(SPACE):
        first -= 1
    while last < len(pieces.tokens) and not pieces.tokens[last].startswith(SPACE):
        last += 1
    while last > first and not any(c.isalnum() for c in pieces.tokens[last - 1]):
        last -= 1
    return (first, last) if first < last else None


def split_long(
    text: str, *, limit: int, count: Callable[[str], int], keep: Sequence[Span]
) -> list[Span]:
    """Cut `text` into ranges of at most `limit` pieces each, best at the end of a clause, never inside
    a span of `keep` if that can be helped. `count` gives the pieces of a text."""
    if count(text) <= limit or len(text) < 2:
        return [Span(0, len(text))]
    cut = _cut(text, keep)
    ours = [s for s in keep if s.end <= cut]
    theirs = [Span(s.start - cut, s.end - cut) for s in keep if s.start >= cut]
    left = split_long(text[:cut], limit=limit, count=count, keep=ours)
    right = split_long(text[cut:], limit=limit, count=count, keep=theirs)
    return left + [Span(s.start + cut, s.end + cut) for s in right]


def _cut(text: str, keep: Sequence[Span]) -> int:
    middle = len(text) / 2

    def best(pattern: re.Pattern[str], margin: float) -> int | None:
        places = [m.end() for m in pattern.finditer(text)]
        inside = {i for k in keep for i in range(k.start + 1, k.end)}
        good = [p for p in places if margin < p < len(text) - margin and p not in inside]
        return min(good, key=lambda p: abs(p - middle), default=None)

    for pattern, margin in ((_CLAUSE_END, len(text) / 5), (re.compile(r"\s+"), 0.0)):
        place = best(pattern, margin)
        if place is not None:
            return place
    return int(middle)
