"""Search in both languages: Arabic as it is folded (أ finds ا, ة finds ه), English as it is written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from glossary.arabic import fold, fold_text
from glossary.types import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What must stand in the Arabic and in the English; an empty side demands nothing."""

    source: str = ""
    target: str = ""
    match_case: bool = False
    whole_words: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Where one segment meets a search."""

    id: str = ""
    source_spans: tuple[Span, ...] = ()
    target_spans: tuple[Span, ...] = ()


def hit(search: Search, source: str, target: str) -> Hit | None:
    """The places of both sides, or None where a side that was asked for has none."""
    found = Hit(source_spans=_arabic(search, source), target_spans=_english(search, target))
    if (search.source and not found.source_spans) or (search.target and not found.target_spans):
        return None
    return found if search.source or search.target else None


def replaced(target: str, spans: Sequence[Span], replacement: str) -> str:
    """`target` with `replacement` at every span; the spans are in order and don't overlap."""
    parts, done = [], 0
    for span in spans:
        parts += [target[done : span.start], replacement]
        done = span.end
    return "".join([*parts, target[done:]])


def _arabic(search: Search, source: str) -> tuple[Span, ...]:
    if not search.source:
        return ()
    folded = fold(source)
    pattern = _pattern(fold_text(search.source).strip(), search.whole_words)
    return tuple(folded.span(*m.span()) for m in pattern.finditer(folded.text) if m[0])


def _english(search: Search, target: str) -> tuple[Span, ...]:
    if not search.target:
        return ()
    flags = re.NOFLAG if search.match_case else re.IGNORECASE
    pattern = _pattern(search.target, search.whole_words, flags)
    return tuple(Span(*m.span()) for m in pattern.finditer(target))


def _pattern(wanted: str, whole_words: bool, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    edge = re.escape(wanted)
    return re.compile(rf"(?<!\w){edge}(?!\w)" if whole_words else edge, flags)
