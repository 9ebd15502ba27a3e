"""Mentions: where a document names something that no term of the termbase covers, and its English there.

The tagger (`glossary.tagger`) finds names by the Arabic; if there is English, its capitals and its sound have a say.
`Mention.strength` is how probable a name is, `Mention.evidence` says what a person can see of it; whether it is
enough is `translate.suggest`'s decision. A mention may hold whole terms (the navy of a covered country), but never
lies within one or cuts one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from glossary.match import Matcher
from glossary.traits import Token, tokenise
from glossary.transliterate import sounds_like
from glossary.types import Kind, Span
from translate.citing import Cited, cite
from translate.rendering import opens, rendered
from translate.runs import Evidence, Run, runs
from translate.types import Document, TranslationUnit

__all__ = ["Evidence", "Mention", "mentions", "rendered"]

_ALIKE = 0.75  # of sound
_LEAST = 0.3  # strength of a mention
_LEAST_HEARD = 0.03  # of one that the English may raise to that


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One occurrence. `span` and `surface` are whole printed words, attached clitics included; `cited` is
    without them, and `key` folded and without article: mentions of one key are one name."""

    segment_id: str
    span: Span
    surface: str
    rendering: str = ""  # the English it is aligned to
    target_span: Span | None = None
    cited: str = ""
    key: str = ""
    kind: Kind = "term"
    evidence: frozenset[Evidence] = field(default_factory=frozenset)
    strength: float = 0.0  # 0..1, how probable it is


def mentions(document: Document, matcher: Matcher) -> list[Mention]:
    """All mentions in the order of the text; none overlaps another."""
    found: list[Mention] = []
    for unit in document.units:
        line = tokenise(unit.segment.source, matcher.match(unit.segment.source))
        least = _LEAST_HEARD if unit.alignment else _LEAST
        found.extend(_mention(unit, line, run) for run in runs(line, least))
    return [mention for mention in found if mention.strength >= _LEAST]


# Mentions


def _mention(unit: TranslationUnit, line: Sequence[Token], run: Run) -> Mention:
    text = unit.segment.source
    words = line[run.first : run.last + 1]
    span = Span(words[0].span.start, words[-1].span.end)
    rendering, there = rendered(unit, span)
    demonym = run.kind == "demonym"
    cited = cite(text, line, run.first, run.last, rendering, demonym=demonym)
    return Mention(
        segment_id=unit.segment.id,
        span=span,
        surface=span.of(text),
        rendering=rendering,
        target_span=there,
        cited=cited.source,
        key=cited.key,
        kind=run.kind,
        evidence=run.evidence,
        strength=_heard(unit, cited, run, rendering, there),
    )


def _heard(
    unit: TranslationUnit, cited: Cited, run: Run, rendering: str, there: Span | None
) -> float:
    """The strength, as the English raises or lowers it: a capital in mid-sentence, the same sound."""
    if there is None or run.kind == "term" or not rendering[:1].isalpha():
        return run.strength
    alike = sounds_like(cited.source, rendering) >= _ALIKE
    capital = bool(re.search(r"\b[A-ZÀ-Þ]", rendering)) and not opens(unit.target, there.start)
    if alike and rendering[:1].isupper():
        return max(run.strength, 1 - (1 - run.strength) * (0.3 if capital else 0.6))
    if rendering.islower():
        return run.strength * 0.6
    return run.strength
