"""The seam between the translator and what decodes: tokens in, scored tokens with attention out.

An engine honours a request's prefix or raises; it never drops one.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.tokenizer import RESERVED, UNKNOWN
from translate.errors import ConstraintUnsupported, EngineError, InputTooLong


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Source pieces (without `</s>`) and the target pieces that the output must begin with."""

    tokens: tuple[str, ...]
    prefix: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """Target pieces (the prefix included, `</s>` not), and how sure the model is of them.

    score: mean log-probability of all target tokens, prefix and `</s>` included, the same in every engine.
    attention: (len(tokens), len(source tokens) + 1) float32; rows are target pieces, columns source
    pieces and at last `</s>`; each row sums to one. Head 0 of the last decoder layer (Marian's
    guided-alignment head).
    """

    tokens: tuple[str, ...]
    score: float
    attention: npt.NDArray[np.float32] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What an engine ranks hypotheses by while it searches, beyond their log-probability.

    The defaults change nothing; tests/bench (decoding) has what others gain and cost.
    """

    length_penalty: float = 1.0  # a sum of log-probabilities is divided by length to this power
    repetition_penalty: float = 1.0  # over 1, a piece already written is less likely (Keskar 2019)
    no_repeat_ngram: int = 0  # no sequence of so many pieces is written twice; 0 allows all

    def rank(self, hypothesis: Hypothesis) -> float:
        """The higher, the better: the mean of the log-probabilities, made as long as is asked."""
        longer: float = (len(hypothesis.tokens) + 1) ** (1 - self.length_penalty)
        return hypothesis.score * longer


class Engine(Protocol):
    """Decodes batches. Safe to call from several threads."""

    name: str  # "ct2/int8", "marian/float32", "fake"
    max_tokens: int  # longest source in pieces, `</s>` not counted

    def decode(
        self, requests: Sequence[Request], *, beam_size: int = 4, n_best: int = 1
    ) -> list[list[Hypothesis]]:
        """Per request, in order, the `n_best` hypotheses, best first.

        Raises InputTooLong for a source over `max_tokens`: the caller splits, an engine never cuts.
        """
        ...

    def score(self, requests: Sequence[Request]) -> list[Hypothesis]:
        """Force `prefix` as the whole output: its score and attention."""
        ...

    def rate(self, requests: Sequence[Request]) -> list[float]:
        """The scores that `score` gives, in one pass without attention: many times cheaper."""
        ...


def check(requests: Sequence[Request], *, positions: int, vocab: Container[str]) -> None:
    """Refuse what a checkpoint of so many positions and this target vocabulary can't read or write."""
    for request in requests:
        if len(request.tokens) >= positions:
            raise InputTooLong(
                f"{len(request.tokens)} pieces, but the checkpoint reads at most "
                f"{positions - 1}; split the sentence"
            )
        if len(request.prefix) >= positions:
            raise ConstraintUnsupported(
                f"a prefix of {len(request.prefix)} pieces, but the checkpoint writes at most "
                f"{positions - 1}"
            )
        strange = [piece for piece in request.prefix if piece not in vocab]
        if strange:
            raise EngineError(
                f"{strange[0]!r} is no piece of the checkpoint's target vocabulary; make "
                "prefixes with the tokenizer of the same checkpoint"
            )


def check_prefixes(requests: Sequence[Request]) -> None:
    """Refuse a prefix that no translation may begin with."""
    for request in requests:
        if UNKNOWN in request.prefix or not set(RESERVED).isdisjoint(request.prefix):
            raise ConstraintUnsupported(
                f"the prefix {' '.join(request.prefix)!r} holds a piece that no translation "
                "may hold; the agreed form has a character that the checkpoint can't write"
            )
