"""What only shows between segments: one source rendered in two ways, one rendering of two sources."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from glossary.arabic import fold_text
from translate.checks.base import Place
from translate.types import TranslationUnit

_GAP = re.compile(r"[\W_]+")
_KEPT = 2**16  # texts whose words are kept ready
_WORDS = 3  # shorter ones are often the same by right: "he said"


@lru_cache(_KEPT)
def _key(text: str) -> str:
    """The text without signs and case."""
    return _GAP.sub(" ", fold_text(text)).strip()


def same_source(units: Iterable[TranslationUnit]) -> Iterator[tuple[str, Place]]:
    """A source that stands elsewhere in the document too, and is translated otherwise there."""
    first: dict[str, TranslationUnit] = {}
    for unit in units:
        source = _key(unit.segment.source)
        if not source or not unit.target.strip():
            continue
        before = first.setdefault(source, unit)
        if _key(before.target) != _key(unit.target):
            yield (
                unit.segment.id,
                Place(f"the same source is translated otherwise in segment {before.segment.id}"),
            )


def same_target(units: Iterable[TranslationUnit]) -> Iterator[tuple[str, Place]]:
    """A target that another segment has too, though their sources differ."""
    first: dict[str, TranslationUnit] = {}
    for unit in units:
        target = _key(unit.target)
        if len(target.split()) < _WORDS:
            continue
        before = first.setdefault(target, unit)
        if _key(before.segment.source) != _key(unit.segment.source):
            yield (
                unit.segment.id,
                Place(f"the same target as segment {before.segment.id}, whose source is another"),
            )
