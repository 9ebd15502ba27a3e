"""BLEU, chrF and TER through sacrebleu, each with its signature; significance by paired bootstrap resampling.

sacrebleu (Post 2018) is the one implementation whose figures compare between papers. Paired bootstrap: Koehn 2004.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric

NAMES = ("BLEU", "chrF", "TER")
RESAMPLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A figure of a whole text, 0 to 100 (TER may exceed it; there less is better)."""

    name: str
    value: float
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Ours and another system's score on the same lines.

    p: how often a difference as large as this would come about by chance, by RESAMPLES draws of the lines.
    """

    name: str
    ours: float
    theirs: float
    p: float
    signature: str


def corpus_scores(outputs: Sequence[str], references: Sequence[str]) -> tuple[Score, ...]:
    """BLEU, chrF, TER of a text of at least one line."""
    found = []
    for name, metric in _metrics(NAMES).items():
        value = metric.corpus_score(list(outputs), [list(references)]).score
        found.append(Score(name=name, value=value, signature=str(metric.get_signature())))
    return tuple(found)


def sentence_chrf(outputs: Sequence[str], references: Sequence[str]) -> list[float]:
    """chrF of each line, 0 to 100."""
    from sacrebleu.metrics.chrf import CHRF

    metric = CHRF()
    return [
        metric.sentence_score(output, [reference]).score
        for output, reference in zip(outputs, references, strict=True)
    ]


def differences(
    ours: Sequence[str],
    theirs: Sequence[str],
    references: Sequence[str],
    *,
    names: Collection[str] = NAMES,
) -> tuple[Difference, ...]:
    """Both systems on the same references, with the significance of the difference; the same at every call."""
    from sacrebleu.significance import PairedTest

    logging.getLogger("sacrebleu").setLevel(logging.WARNING)  # it tells each step
    test = PairedTest(
        [("theirs", list(theirs)), ("ours", list(ours))],
        _metrics(names),
        references=[list(references)],
        test_type="bs",
        n_samples=RESAMPLES,
    )
    signatures, by_metric = test()
    results: Mapping[str, Any] = by_metric  # typed as if they were the systems' names
    found = []
    for name, key in zip(_metrics(names), signatures, strict=True):
        other, own = results[key]
        # Of equal scores sacrebleu says 0.001: no draw differs, and it counts those that differ by more.
        p = 1.0 if own.score == other.score else own.p_value
        found.append(
            Difference(
                name=name,
                ours=float(own.score),
                theirs=float(other.score),
                p=float(p),
                signature=str(signatures[key]),
            )
        )
    return tuple(found)


def _metrics(names: Collection[str]) -> Mapping[str, "Metric"]:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF
    from sacrebleu.metrics.ter import TER

    return {
        name: one() for name, one in zip(NAMES, (BLEU, CHRF, TER), strict=True) if name in names
    }
