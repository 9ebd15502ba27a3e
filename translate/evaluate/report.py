"""One evaluation: scores of a text, of its domains, against another system, and its worst sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from glossary.match import Matcher
from glossary.termbase import Termbase
from translate.errors import TranslateError
from translate.evaluate.scores import (
    Difference,
    Score,
    corpus_scores,
    differences,
    sentence_chrf,
)
from translate.evaluate.terms import TermScores, term_scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A line with its sentence chrF; `line` counts from 1."""

    line: int
    chrf: float
    source: str
    output: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """The lines of one label."""

    label: str
    lines: int
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What is known of a text's quality. What wasn't asked for is empty or None."""

    lines: int
    scores: tuple[Score, ...]
    terms: TermScores | None
    against: tuple[Difference, ...]
    their_terms: TermScores | None
    domains: tuple[Domain, ...]
    worst: tuple[Sentence, ...]


def evaluate(
    sources: Sequence[str],
    outputs: Sequence[str],
    references: Sequence[str],
    *,
    termbase: Termbase | None = None,
    against: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
    worst: int = 0,
) -> Evaluation:
    """Evaluate `outputs` line by line. Raises TranslateError where a sequence is of another length, or empty.

    termbase: whose occurrences count. against: another system's outputs. labels: the domain of each line.
    """
    _same_length(sources=sources, outputs=outputs, references=references)
    _same_length(sources=sources, against=against, labels=labels)
    if not sources:
        raise TranslateError("nothing to evaluate: there is no line; name files with a text")
    matcher = Matcher(termbase.terms) if termbase else None

    def terms(texts: Sequence[str] | None) -> TermScores | None:
        if texts is None or matcher is None or termbase is None:
            return None
        return term_scores(matcher, sources, texts, references, fingerprint=termbase.fingerprint)

    return Evaluation(
        lines=len(sources),
        scores=corpus_scores(outputs, references),
        terms=terms(outputs),
        against=differences(outputs, against, references) if against is not None else (),
        their_terms=terms(against),
        domains=_domains(outputs, references, labels) if labels is not None else (),
        worst=_worst(sources, outputs, references, worst),
    )


def _same_length(*, sources: Sequence[str], **others: Sequence[str] | None) -> None:
    for name, lines in others.items():
        if lines is not None and len(lines) != len(sources):
            raise TranslateError(f"{len(sources)} sources, but {len(lines)} {name}")


def _domains(
    outputs: Sequence[str], references: Sequence[str], labels: Sequence[str]
) -> tuple[Domain, ...]:
    members: dict[str, list[int]] = {}
    for i, label in enumerate(labels):
        members.setdefault(label, []).append(i)
    return tuple(
        Domain(
            label=label,
            lines=len(own),
            scores=corpus_scores([outputs[i] for i in own], [references[i] for i in own]),
        )
        for label, own in members.items()
    )


def _worst(
    sources: Sequence[str], outputs: Sequence[str], references: Sequence[str], number: int
) -> tuple[Sentence, ...]:
    if not number:
        return ()
    chrf = sentence_chrf(outputs, references)
    order = sorted(range(len(sources)), key=lambda i: chrf[i])[:number]
    return tuple(
        Sentence(
            line=i + 1,
            chrf=chrf[i],
            source=sources[i],
            output=outputs[i],
            reference=references[i],
        )
        for i in order
    )
