"""An engine without weights, for tests: word for word from a dictionary, always the same.

Source pieces join to words at the space mark; an English word is one target piece. Attention is one-hot on
the first piece of the source word. Inline terms (`<t> source <r> target </t>`) come out as agreed.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from models.tokenizer import RESERVED, SPACE, TERM_END, TERM_START, TERM_TARGET, UNKNOWN
from translate.engines.base import Hypothesis, Request
from translate.errors import ConstraintUnsupported, InputTooLong


class FakeEngine:
    """Translates by `words`; what isn't there comes out as it stands.

    A prefix is kept, and the rest goes on after as many source words as the prefix has target words.
    Hypothesis number k > 1 repeats the last word k - 1 times and scores lower.
    """

    name = "fake"

    def __init__(self, words: Mapping[str, str], *, max_tokens: int = 511) -> None:
        self.words = dict(words)
        self.max_tokens = max_tokens
        self.calls: list[tuple[Request, ...]] = []  # every batch decoded, for tests to look at

    def decode(
        self, requests: Sequence[Request], *, beam_size: int = 4, n_best: int = 1
    ) -> list[list[Hypothesis]]:
        """Per request, in order, the `n_best` hypotheses, best first."""
        self._check(requests)
        for request in requests:
            if UNKNOWN in request.prefix or not set(RESERVED).isdisjoint(request.prefix):
                raise ConstraintUnsupported(f"the prefix {request.prefix} holds a control piece")
        self.calls.append(tuple(requests))
        return [[self._hypothesis(r, k) for k in range(n_best)] for r in requests]

    def score(self, requests: Sequence[Request]) -> list[Hypothesis]:
        """Force `prefix` as the whole output: its score and attention."""
        self._check(requests)
        results = []
        for request in requests:
            links = self._translated(request)
            columns = _columns(request.prefix, [column for _, column in links])
            score = -0.1 if request.prefix == tuple(piece for piece, _ in links) else -1.0
            results.append(_hypothesis(request, list(request.prefix), columns, score))
        return results

    def rate(self, requests: Sequence[Request]) -> list[float]:
        """The scores that `score` gives."""
        return [hypothesis.score for hypothesis in self.score(requests)]

    def _check(self, requests: Sequence[Request]) -> None:
        for request in requests:
            if len(request.tokens) > self.max_tokens:
                raise InputTooLong(
                    f"{len(request.tokens)} pieces, but at most {self.max_tokens} can be read; "
                    "split the sentence"
                )

    def _hypothesis(self, request: Request, k: int) -> Hypothesis:
        links = self._translated(request)
        done = sum(piece.startswith(SPACE) for piece in request.prefix)
        columns = _columns(request.prefix, [column for _, column in links])
        rest = links[done:]
        rest += rest[-1:] * k
        tokens = [*request.prefix, *(piece for piece, _ in rest)]
        score = -0.1 * (k + 1) - (0.05 if request.prefix else 0.0)
        return _hypothesis(request, tokens, columns + [column for _, column in rest], score)

    def _translated(self, request: Request) -> list[tuple[str, int]]:
        """Target pieces, each with the index of the source piece it renders."""
        links: list[tuple[str, int]] = []
        for start, word in _source_words(request.tokens):
            english = word[1] if isinstance(word, tuple) else self.words.get(word, word)
            links.extend((SPACE + part, start) for part in english.split())
        return links


def _source_words(tokens: Sequence[str]) -> list[tuple[int, str | tuple[str, str]]]:
    """(index of its first piece, word), an inline term as (source, target)."""
    words: list[tuple[int, str | tuple[str, str]]] = []
    i = 0
    while i < len(tokens):
        start = i
        if tokens[i] == TERM_START:
            middle, end = tokens.index(TERM_TARGET, i), tokens.index(TERM_END, i)
            words.append(
                (start + 1, (_text(tokens[i + 1 : middle]), _text(tokens[middle + 1 : end])))
            )
            i = end + 1
            continue
        i += 1
        while i < len(tokens) and not tokens[i].startswith(SPACE) and tokens[i] != TERM_START:
            i += 1
        word = _text(tokens[start:i])
        if word:
            words.append((start, word))
    return words


def _text(tokens: Sequence[str]) -> str:
    return "".join(tokens).replace(SPACE, " ").strip()


def _columns(prefix: Sequence[str], columns: Sequence[int]) -> list[int]:
    """The nth word of a prefix looks at what the nth word would have rendered."""
    result, word = [], -1
    for piece in prefix:
        word += piece.startswith(SPACE) or word < 0
        result.append(columns[min(word, len(columns) - 1)] if columns else 0)
    return result


def _hypothesis(
    request: Request, tokens: Sequence[str], columns: Sequence[int], score: float
) -> Hypothesis:
    attention = np.zeros((len(tokens), len(request.tokens) + 1), dtype=np.float32)
    attention[np.arange(len(tokens)), np.asarray(columns, dtype=int)] = 1.0
    return Hypothesis(tokens=tuple(tokens), score=score, attention=attention)
