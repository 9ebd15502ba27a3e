"""Translate a part: what every worker does, wherever it runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from translate.batch.formats import Job
from translate.batch.journal import line
from translate.batch.records import Bad, Outcome, Part
from translate.errors import ConstraintUnsupported, InputTooLong
from translate.formats.report import segment_object
from translate.formats.text import write_english
from translate.pipeline import Translator
from translate.segment import segment
from translate.types import Document, TranslationUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A translated part: its line of the journal, and figures for the progress."""

    job: int  # number of the file
    part: int
    last: bool
    line: bytes
    records: int
    bad: int
    words: int  # of the source
    at: int  # bytes of the file read, as it lies on the disk


def translated(number: int, job: Job, part: Part, translator: Translator) -> Done:
    """A part of that job. The same part gives the same line, whoever translates it."""
    readings = [job.text(record) for record in part.records]
    texts = [text for text in readings if isinstance(text, str)]
    outcomes = iter(_outcomes(translator, texts))
    every = [
        Outcome(bad=one.reason) if isinstance(one, Bad) else next(outcomes) for one in readings
    ]
    return Done(
        job=number,
        part=part.number,
        last=part.last,
        line=line(part.digest, every),
        records=len(every),
        bad=sum(bool(outcome.bad) for outcome in every),
        words=sum(len(text.split()) for text in texts),
        at=part.records[-1].at if part.records else 0,
    )


def _outcomes(translator: Translator, texts: Sequence[str]) -> list[Outcome]:
    """All texts at once, or where one of them can't be decoded, each for itself."""
    cut = [segment(text) for text in texts]
    try:
        units = iter(translator.translate_segments([one for found, _ in cut for one in found]))
    except (InputTooLong, ConstraintUnsupported) as error:
        if len(texts) == 1:
            return [Outcome(bad=str(error))]
        return [outcome for text in texts for outcome in _outcomes(translator, [text])]
    return [_outcome([next(units) for _ in found], after) for found, after in cut]


def _outcome(units: Sequence[TranslationUnit], after: str) -> Outcome:
    return Outcome(
        translation=write_english(Document(name="", units=tuple(units), after=after)),
        units=tuple(map(segment_object, units)),
    )
