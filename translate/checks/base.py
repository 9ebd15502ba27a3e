"""What a check is: an id, a severity, and a function from a pair of texts to the places where they disagree.

A `Pair` holds what several checks look at, made once: the source folded, the words of both sides.
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple

from glossary.arabic import fold
from glossary.types import Span
from translate.checks.arabic_numbers import ARABIC_WORDS, arabic_numbers
from translate.checks.english_numbers import ENGLISH_WORDS, english_numbers
from translate.checks.numerals import Number, Token, says_number
from translate.types import Finding, Severity, TranslationUnit

_ARABIC_TOKEN = re.compile(
    r"[\u0621-\u064a]+|[0-9]{1,3}(?:،[0-9]{3})+(?![0-9])|[0-9]{1,3}(?:، [0-9]{3}){2,}(?![0-9])"
    r"|[0-9]{1,3}(?: , [0-9]{3})+(?![0-9])"
    r"|[0-9]{1,2}:[0-5][0-9](?![0-9:])|[0-9]+(?:[.,٫٬][0-9]+)*"
)
_ENGLISH_TOKEN = re.compile(
    r"[a-zA-Z\u00c0-\u024f]+(?:['’][a-z]+)*|&#?\w+;|[0-9]{1,2}:[0-5][0-9](?![0-9:])|[0-9]+(?:[.,][0-9]+)*"
)


class Place(NamedTuple):
    """Where something seems wrong, and what. Spans are offsets of the two texts as they are printed."""

    message: str
    source: Span | None = None
    target: Span | None = None


class Pair:
    """A source and its target, with their words: Arabic folded, English in lower case.

    Most checks ask for words alone; where they stand is worked out when something is found.
    """

    def __init__(self, source: str, target: str) -> None:
        self.source = source
        self.target = target
        self.folded = fold(source)
        lower = target.lower()  # a few capitals have longer small forms
        self.lower = lower if len(lower) == len(target) else target
        self.source_list: list[str] = _ARABIC_TOKEN.findall(self.folded.text)
        self.target_list: list[str] = _ENGLISH_TOKEN.findall(self.lower)
        self.source_words = frozenset(self.source_list)
        self.target_words = frozenset(self.target_list)

    @cached_property
    def source_tokens(self) -> list[Token]:
        """`source_list` with offsets of the folded text; `source_span` maps them back."""
        found = _ARABIC_TOKEN.finditer(self.folded.text)
        return [Token(m[0], m.start(), m.end()) for m in found]

    @cached_property
    def target_tokens(self) -> list[Token]:
        """`target_list` with offsets."""
        return [Token(m[0], m.start(), m.end()) for m in _ENGLISH_TOKEN.finditer(self.lower)]

    @cached_property
    def source_numbers(self) -> list[Number]:
        """Numbers of the source, with offsets of the folded text."""
        if not says_number(self.source_words, ARABIC_WORDS):
            return []
        return arabic_numbers(self.source_tokens, self.folded)

    @cached_property
    def target_numbers(self) -> list[Number]:
        """Numbers of the target."""
        if not says_number(self.target_words, ENGLISH_WORDS):
            return []
        return english_numbers(self.target_tokens, self.target)

    def source_span(self, start: int, end: int) -> Span:
        """A range of the folded source in the original."""
        return self.folded.span(start, end)


class Check(NamedTuple):
    """A check of one segment. `id` is for ever: flags of masters name it."""

    id: str
    severity: Severity
    title: str
    run: Callable[[Pair], Iterable[Place]]

    def findings(self, pair: Pair) -> list[Finding]:
        """What it has to say."""
        return [_finding(self.id, self.severity, place) for place in self.run(pair)]


class DocumentCheck(NamedTuple):
    """A check of all segments together: gives places by the id of their segment."""

    id: str
    severity: Severity
    title: str
    run: Callable[[Iterable[TranslationUnit]], Iterable[tuple[str, Place]]]

    def findings(self, units: Iterable[TranslationUnit]) -> list[tuple[str, Finding]]:
        """What it has to say, by segment."""
        return [
            (segment, _finding(self.id, self.severity, place)) for segment, place in self.run(units)
        ]


def _finding(check: str, severity: Severity, place: Place) -> Finding:
    return Finding(
        check=check,
        severity=severity,
        message=place.message,
        source_span=place.source,
        target_span=place.target,
    )
