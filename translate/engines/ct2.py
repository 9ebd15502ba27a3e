"""The fast engine: CTranslate2 on CPU, int8 by default, no torch.

Two things CTranslate2 returns need care (4.8, held by the contract test): a score leaves out the prefix,
so what had one is scored again; and in a batch under beam search the first row of attention is another
sentence's, so it is taken from a one-step pass, which costs about a twelfth of the time.

float32 here is not quite torch's: kernels approximate (a mean score differs from torch in double precision
by up to 8e-4, attention by 5e-3, most in segments of four to seven pieces; torch in single by 2e-6), and a
decoded score is too high by what the model would have given to `<unk>`, which is suppressed and so left out
of the distribution: 2e-4 in most segments, 5e-3 in a heading of eight pieces.

A sentence's translation must not depend on its neighbours. Padding changes the last bit of a float, and int8
rounding amplifies it (11 of 300 news sentences came out different). So the length that a source is padded to
depends on its own length alone: it is the next multiple of PAD, and where no source of a batch is that long, a
filler is, which the model ends after three tokens. Where a prefix is forced, which a filler would take apart,
only sources of one length share a batch.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.checkpoint import Checkpoint
from models.convert import Proof, converted, proof
from models.tokenizer import END, RESERVED, UNKNOWN, read_vocabularies
from translate.engines.base import Hypothesis, Request, Search, check, check_prefixes
from translate.errors import EngineError

# Tokens (padding counted) that one thread decodes at once, about: more gains nothing on a CPU.
BATCH_TOKENS = 1024
# Sources are padded to a multiple of this. Sources of one length alone would be few to a batch.
PAD = 8
# Sources whose length falls into the same step share a length limit, so that the limit, and with it what
# a runaway translation looks like, depends on a sentence and not on its neighbours.
STEP = 32
# A known sentence's mean log-probability differs by less from processor to processor.
_PROVEN = 0.1


class CT2Engine:
    """Decodes with CTranslate2. Safe to call from several threads."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        compute_type: str = "int8",
        threads: int | None = None,
        search: Search | None = None,
    ) -> None:
        self.name = f"ct2/{compute_type}"
        self.max_tokens = checkpoint.max_positions - 1
        self._max_positions = checkpoint.max_positions
        self._search = search or Search()
        self._vocab = read_vocabularies(checkpoint.path)[1]
        self._suppress = [[piece] for piece in RESERVED if piece in self._vocab]
        folder = converted(checkpoint, compute_type)
        self._translator = _translator(folder, compute_type, threads)
        self._prove(proof(folder))

    def decode(
        self, requests: Sequence[Request], *, beam_size: int = 4, n_best: int = 1
    ) -> list[list[Hypothesis]]:
        """Per request, in order, the `n_best` hypotheses, best first."""
        self._check(requests)
        check_prefixes(requests)
        beam_size = max(beam_size, n_best)
        promised = self._promised(
            [_source(r) for r in requests],
            [list(r.prefix) for r in requests],
            limits=[self._limit(r) for r in requests],
            beam_size=beam_size,
            num_hypotheses=n_best,
            length_penalty=self._search.length_penalty,
            repetition_penalty=self._search.repetition_penalty,
            no_repeat_ngram_size=self._search.no_repeat_ngram,
            disable_unk=True,
            suppress_sequences=self._suppress,
            return_scores=True,
        )
        first = self._first_rows(requests) if beam_size > 1 else {}
        found = _results(promised)
        results = [
            [
                Hypothesis(
                    tokens=tuple(tokens),
                    score=score,
                    attention=_matrix(rows, len(tokens), request, first.get(request.tokens)),
                )
                for tokens, score, rows in zip(
                    result.hypotheses, result.scores, result.attention, strict=True
                )
            ]
            for request, result in zip(requests, found, strict=True)
        ]
        if self._search == Search() and not any(r.prefix for r in requests):
            return results
        return self._rescored(requests, results)

    def score(self, requests: Sequence[Request]) -> list[Hypothesis]:
        """Force `prefix` as the whole output: its score and attention."""
        self._check(requests)
        promised = self._promised(
            [_source(r) for r in requests],
            [list(r.prefix) for r in requests],
            limits=[max(len(r.prefix), 1) for r in requests],
            beam_size=1,
        )
        scores = self._scores([(r.tokens, r.prefix) for r in requests])
        found = _results(promised)
        return [
            Hypothesis(
                tokens=request.prefix,
                score=score,
                attention=_matrix(result.attention[0], len(request.prefix), request, None),
            )
            for request, result, score in zip(requests, found, scores, strict=True)
        ]

    def rate(self, requests: Sequence[Request]) -> list[float]:
        """The scores that `score` gives, in one pass without attention: many times cheaper."""
        self._check(requests)
        return self._scores([(r.tokens, r.prefix) for r in requests])

    def _prove(self, known: Proof | None) -> None:
        """Raise EngineError where a translation scores otherwise than when the model was converted."""
        if known is None:
            return
        scored = self._translator.score_batch(
            [list(known.source)], [list(known.target)], max_input_length=0
        )
        score = float(np.mean(scored[0].log_probs))
        if not abs(score - known.score) <= _PROVEN:
            raise EngineError(
                f"{self.name} computes wrongly on this machine: a known sentence scores {score:.2f} "
                f"instead of {known.score:.2f}. Where memory can't be made executable (systemd's "
                "MemoryDenyWriteExecute), allow it, or use --engine ct2-float32"
            )

    def _check(self, requests: Sequence[Request]) -> None:
        check(requests, positions=self._max_positions, vocab=self._vocab)

    def _limit(self, request: Request) -> int:
        source = -(-(len(request.tokens) + 1) // STEP) * STEP
        prefix = -(-(len(request.prefix) + 1) // STEP) * STEP
        return min(self._max_positions, max(2 * source, prefix) + 64)

    def _padded(self, length: int) -> int:
        return min(-(-length // PAD) * PAD, self._max_positions)

    def _promised(
        self, sources: list[list[str]], prefixes: list[list[str]], limits: list[int], **options: Any
    ) -> list[Any]:
        """CTranslate2's results to come, in order; requests that are padded to one length go together."""
        groups: dict[tuple[int, int, bool], list[int]] = defaultdict(list)
        for i, (source, prefix, limit) in enumerate(zip(sources, prefixes, limits, strict=True)):
            length = len(source) if prefix else self._padded(len(source))
            groups[length, limit, bool(prefix)].append(i)
        pending: dict[int, Any] = {}
        for (length, limit, prefixed), together in sorted(groups.items(), reverse=True):
            for members in _batches(together, BATCH_TOKENS / length):
                batch = [sources[i] for i in members]
                if length > max(map(len, batch)):
                    batch.append([END] * length)
                promised = self._translator.translate_batch(
                    batch,
                    [prefixes[i] for i in members] if prefixed else None,
                    asynchronous=True,
                    max_input_length=0,
                    max_decoding_length=limit,
                    return_attention=True,
                    **options,
                )
                pending.update(zip(members, promised, strict=False))
        return [pending[i] for i in range(len(sources))]

    def _first_rows(self, requests: Sequence[Request]) -> dict[tuple[str, ...], Any]:
        """The first row of attention of each source: what the decoder looks at before it writes anything."""
        sources = list(dict.fromkeys(r.tokens for r in requests))
        promised = self._promised(
            [[*s, END] for s in sources], [[] for _ in sources], [1] * len(sources), beam_size=1
        )
        return {
            source: result.attention[0][0]
            for source, result in zip(sources, _results(promised), strict=True)
            if result.attention[0]
        }

    def _scores(self, pairs: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]) -> list[float]:
        """Each pair's score as it would be alone: both sides are padded to lengths of their own, as sources are."""
        groups: dict[tuple[int, int], list[int]] = defaultdict(list)
        for i, (source, target) in enumerate(pairs):
            groups[self._padded(len(source) + 1), self._padded(len(target) + 1)].append(i)
        pending: dict[int, Any] = {}
        for (length, target_length), together in groups.items():
            for members in _batches(together, BATCH_TOKENS / max(length, target_length)):
                sources = [[*pairs[i][0], END] for i in members]
                targets = [list(pairs[i][1]) for i in members]
                promised = self._translator.score_batch(
                    [*sources, [END] * length],
                    [*targets, [UNKNOWN] * (target_length - 1)],
                    asynchronous=True,
                    max_input_length=0,
                )
                pending.update(zip(members, promised, strict=False))
        results = _results([pending[i] for i in range(len(pairs))])
        return [float(np.mean(result.log_probs)) for result in results]

    def _rescored(
        self, requests: Sequence[Request], results: list[list[Hypothesis]]
    ) -> list[list[Hypothesis]]:
        pairs = [(r.tokens, h.tokens) for r, hs in zip(requests, results, strict=True) for h in hs]
        scores = iter(self._scores(pairs))
        return [
            sorted(
                (
                    Hypothesis(tokens=h.tokens, score=next(scores), attention=h.attention)
                    for h in hypotheses
                ),
                key=self._search.rank,
                reverse=True,
            )
            for hypotheses in results
        ]


def _results(promised: Sequence[Any]) -> list[Any]:
    try:
        return [one.result() for one in promised]
    except RuntimeError as error:
        raise EngineError(f"CTranslate2 failed: {error}") from error


def _batches(members: Sequence[int], size: float) -> Iterator[Sequence[int]]:
    """Even batches of about `size`, at most half as large again: a small rest would cost nearly what a whole one does."""
    count = min(max(1, round(len(members) / size)), len(members))
    for n in range(count):
        yield members[n * len(members) // count : (n + 1) * len(members) // count]


def _source(request: Request) -> list[str]:
    return [*request.tokens, END]


def _matrix(
    rows: Sequence[Sequence[float]], length: int, request: Request, first: Sequence[float] | None
) -> npt.NDArray[np.float32]:
    matrix = np.asarray(rows[:length], dtype=np.float32).reshape(-1, len(request.tokens) + 1)
    if first is not None and len(matrix):
        matrix[0] = first
    return matrix


def _translator(folder: Path, compute_type: str, threads: int | None) -> Any:
    # OpenMP's threads spin while they wait, which on a shared machine steals from those that work.
    # Read once, when the library is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with _without_torch():
        import ctranslate2
    # One thread a batch and several batches at once: sentences are too short for threads within.
    return ctranslate2.Translator(
        str(folder),
        device="cpu",
        compute_type=compute_type,
        inter_threads=threads or _cores(),
        intra_threads=1,
    )


def _cores() -> int:
    """The processors this process may use; only Linux tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _without_torch() -> Iterator[None]:
    """Make `import torch` fail inside.

    CTranslate2 before 4.8 imports torch and transformers where they are installed, for converters that are
    not used here: seconds, for nothing.
    """
    hide = "torch" not in sys.modules and "ctranslate2" not in sys.modules
    if hide:
        sys.modules["torch"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if hide:
            del sys.modules["torch"]
