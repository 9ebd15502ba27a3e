"""The reference engine: transformers' MarianMTModel on torch, float32.

Slow and exact: what the fast engine should agree with. Scores and attention come from one teacher-forced
pass over the finished translation.
"""

import threading
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
import transformers

from models.checkpoint import Checkpoint
from models.load import load
from models.tokenizer import END, PAD, RESERVED, UNKNOWN, read_vocabularies
from translate.engines.base import Hypothesis, Request, Search, check, check_prefixes

BATCH_TOKENS = 2048


class MarianEngine:
    """Decodes with transformers. Safe to call from several threads, which then take turns."""

    name = "marian/float32"

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        threads: int | None = None,
        search: Search | None = None,
    ) -> None:
        if threads:
            torch.set_num_threads(threads)
        self._search = search or Search()
        self.max_tokens = checkpoint.max_positions - 1
        self._max_positions = checkpoint.max_positions
        self._vocab, self._target_vocab = read_vocabularies(checkpoint.path)
        self._pieces = {index: piece for piece, index in self._target_vocab.items()}
        # Eager attention: the faster kinds don't return their weights.
        self._model = load(checkpoint.path, attention="eager")
        self._model.eval()
        self._start = int(self._model.config.decoder_start_token_id)
        self._pad = int(self._model.config.pad_token_id)
        self._end = self._target_vocab[END]
        self._suppressed = sorted(
            {self._start, self._pad}
            | {self._target_vocab[p] for p in (*RESERVED, UNKNOWN, PAD) if p in self._target_vocab}
        )
        # The checkpoint's own defaults (beams, bad words, lengths) must not stand in for what is asked here.
        self._model.generation_config = transformers.GenerationConfig(
            decoder_start_token_id=self._start, pad_token_id=self._pad, eos_token_id=self._end
        )
        self._lock = threading.Lock()

    def decode(
        self, requests: Sequence[Request], *, beam_size: int = 4, n_best: int = 1
    ) -> list[list[Hypothesis]]:
        """Per request, in order, the `n_best` hypotheses, best first."""
        self._check(requests)
        check_prefixes(requests)
        groups: dict[int, list[int]] = defaultdict(list)
        for i, request in enumerate(requests):
            groups[len(request.prefix)].append(i)  # a prefix can't be padded
        results: dict[int, list[Hypothesis]] = {}
        with self._lock, torch.inference_mode():
            for members in groups.values():
                for batch in _batches(members, requests):
                    chosen = [requests[i] for i in batch]
                    texts = self._generate(chosen, max(beam_size, n_best), n_best)
                    forced = [
                        Request(tokens=r.tokens, prefix=t)
                        for r, ts in zip(chosen, texts, strict=True)
                        for t in ts
                    ]
                    scored = iter(self._forced(forced))
                    for i in batch:
                        best = [next(scored) for _ in range(n_best)]
                        results[i] = sorted(best, key=self._search.rank, reverse=True)
        return [results[i] for i in range(len(requests))]

    def score(self, requests: Sequence[Request]) -> list[Hypothesis]:
        """Force `prefix` as the whole output: its score and attention."""
        self._check(requests)
        results: dict[int, Hypothesis] = {}
        with self._lock, torch.inference_mode():
            for batch in _batches(range(len(requests)), requests):
                results.update(zip(batch, self._forced([requests[i] for i in batch]), strict=True))
        return [results[i] for i in range(len(requests))]

    def rate(self, requests: Sequence[Request]) -> list[float]:
        """The scores that `score` gives."""
        return [hypothesis.score for hypothesis in self.score(requests)]

    def _check(self, requests: Sequence[Request]) -> None:
        check(requests, positions=self._max_positions, vocab=self._target_vocab)

    def _sources(self, requests: Sequence[Request]) -> tuple[torch.Tensor, torch.Tensor]:
        unknown = self._vocab[UNKNOWN]
        rows = [
            [*(self._vocab.get(t, unknown) for t in r.tokens), self._vocab[END]] for r in requests
        ]
        return _padded(rows, self._pad)

    def _generate(
        self, requests: Sequence[Request], beam_size: int, n_best: int
    ) -> list[list[tuple[str, ...]]]:
        ids, mask = self._sources(requests)
        prefixes = [[self._start, *(self._target_vocab[p] for p in r.prefix)] for r in requests]
        longest = max(2 * ids.shape[1], len(prefixes[0])) + 64
        output = self._model.generate(
            input_ids=ids,
            attention_mask=mask,
            decoder_input_ids=torch.tensor(prefixes),
            num_beams=beam_size,
            num_return_sequences=n_best,
            do_sample=False,
            early_stopping=beam_size > 1,
            length_penalty=self._search.length_penalty,
            repetition_penalty=self._search.repetition_penalty,
            no_repeat_ngram_size=self._search.no_repeat_ngram,
            max_length=min(self._max_positions, longest),
            suppress_tokens=self._suppressed,
        )
        texts = [self._text(row[1:]) for row in output.tolist()]
        return [texts[i : i + n_best] for i in range(0, len(texts), n_best)]

    def _text(self, ids: Sequence[int]) -> tuple[str, ...]:
        stop = next((k for k, i in enumerate(ids) if i in (self._end, self._pad)), len(ids))
        return tuple(self._pieces[i] for i in ids[:stop])

    def _forced(self, requests: Sequence[Request]) -> list[Hypothesis]:
        ids, mask = self._sources(requests)
        rows = [[self._target_vocab[p] for p in r.prefix] for r in requests]
        inputs, _ = _padded([[self._start, *row] for row in rows], self._pad)
        wanted, real = _padded([[*row, self._end] for row in rows], 0)
        output = self._model(
            input_ids=ids, attention_mask=mask, decoder_input_ids=inputs, output_attentions=True
        )
        logits = output.logits  # (B, T + 1, V)
        logits[..., self._start] = float("-inf")  # <pad> is no output
        chosen = logits.log_softmax(-1).gather(-1, wanted[..., None]).squeeze(-1)
        scores = (chosen * real).sum(-1) / real.sum(-1)
        head = output.cross_attentions[-1][:, 0]  # (B, T + 1, S + 1)
        return [
            Hypothesis(
                tokens=r.prefix,
                score=float(score),
                attention=np.array(weights[: len(r.prefix), : len(r.tokens) + 1], dtype=np.float32),
            )
            for r, score, weights in zip(requests, scores, head.numpy(), strict=True)
        ]


def _batches(members: Sequence[int], requests: Sequence[Request]) -> list[list[int]]:
    """Members, longest source first, in batches of BATCH_TOKENS with padding."""
    ordered = sorted(members, key=lambda i: -len(requests[i].tokens))
    batches: list[list[int]] = []
    for i in ordered:
        size = len(requests[batches[-1][0]].tokens) + 1 if batches else 0
        if batches and (len(batches[-1]) + 1) * size <= BATCH_TOKENS:
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches


def _padded(rows: Sequence[Sequence[int]], filler: int) -> tuple[torch.Tensor, torch.Tensor]:
    width = max(map(len, rows))
    ids = torch.tensor([[*row, *[filler] * (width - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    return ids, mask
