"""What stands in the English for a span of the Arabic, by the word alignment."""

import re
from collections.abc import Sequence

from glossary.types import Span
from translate.types import TranslationUnit

_EDGES = " '\"«»“”()[].,:;!?-–—"
_SENTENCE_START = re.compile(r"(?:^|[.!?:…]\s*|[\"“«(]\s*)$")


def opens(target: str, at: int) -> bool:
    """Whether a sentence or a quotation starts there, so that a capital says nothing."""
    return bool(_SENTENCE_START.search(target, 0, at))


def rendered(unit: TranslationUnit, span: Span) -> tuple[str, Span | None]:
    """The English that the source `span` is aligned to, and where; empty and None where nobody knows."""
    alignment = unit.alignment
    if alignment is None:
        return "", None
    ours = {n for n, word in enumerate(alignment.source_words) if word.overlaps(span)}
    theirs = sorted({t for s, t in alignment.links if s in ours})
    others = {t for s, t in alignment.links if s not in ours}
    theirs = [
        t for t in theirs if any(c.isalnum() for c in alignment.target_words[t].of(unit.target))
    ]
    if not theirs:
        return "", None
    block = _longest_block(theirs, others)
    there = Span(alignment.target_words[block[0]].start, alignment.target_words[block[-1]].end)
    return _trimmed(unit.target, there)


def _longest_block(theirs: Sequence[int], others: set[int]) -> list[int]:
    """The target words that stand together, small unaligned gaps allowed."""
    blocks = [[theirs[0]]]
    for word in theirs[1:]:
        between = range(blocks[-1][-1] + 1, word)
        if len(between) <= 2 and not any(t in others for t in between):
            blocks[-1].append(word)
        else:
            blocks.append([word])
    return max(blocks, key=lambda block: (len(block), -block[0]))


def _trimmed(target: str, span: Span) -> tuple[str, Span | None]:
    """Without an article before and a possessive or punctuation after."""
    start, end = span.start, span.end
    shown = target[start:end]
    lead = re.match(f"[{re.escape(_EDGES)}]*(?:(?:[Tt]he|[Aa]n?)\\s+)?", shown)
    start += lead.end() if lead and lead.end() < len(shown) else 0
    shown = target[start:end]
    tail = re.search(f"(?:['’]s?)?[{re.escape(_EDGES)}]*$", shown)
    if tail and 0 < tail.start() < len(shown):
        end = start + tail.start()
    return (target[start:end], Span(start, end)) if end > start else ("", None)
