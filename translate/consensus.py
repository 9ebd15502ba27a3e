"""Minimum-Bayes-risk choice: of several translations the one that is most like all of them.

The likeliest translation is often not a good one, while good ones resemble each other, so the candidate with
the highest expected utility against the others as pseudo-references is taken (Kumar and Byrne 2004; Eikema
and Aziz 2020; Freitag et al. 2022). Candidates are the n best of beam search, each counting the same; the
utility is sentence chrF (Popović 2015: letters, n-grams of 1 to 6, beta 2, spaces left out), the same as
sacrebleu's, here for all pairs at once.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

ORDER = 6
BETA = 2

Matrix = npt.NDArray[np.float64]


def choose(candidates: Sequence[str]) -> int:
    """Index of the candidate with the highest expected utility, the first of equals."""
    return int(expected_utility(candidates).argmax())


def expected_utility(candidates: Sequence[str]) -> npt.NDArray[np.float64]:
    """(candidates,): the mean chrF of each against all of them, in [0, 1]."""
    mean: npt.NDArray[np.float64] = chrf_matrix(candidates).mean(axis=1)
    return mean


def chrf_matrix(texts: Sequence[str]) -> Matrix:
    """(texts, texts): sentence chrF, in [0, 1], of the row's text with the column's as reference."""
    letters = ["".join(text.split()) for text in texts]
    precision = np.zeros((len(texts), len(texts)))
    recall, orders = precision.copy(), precision.copy()
    for n in range(1, ORDER + 1):
        counts = _counts(letters, n)  # (texts, n-grams)
        sizes = counts.sum(axis=1)
        matches = np.minimum(counts[:, None], counts[None]).sum(axis=2)
        # An order that one of the two is too short for counts for neither.
        both = (sizes[:, None] > 0) & (sizes[None] > 0)
        precision += np.divide(matches, sizes[:, None], where=both, out=np.zeros_like(precision))
        recall += np.divide(matches, sizes[None], where=both, out=np.zeros_like(recall))
        orders += both
    whole = np.maximum(orders, 1)
    precision, recall = precision / whole, recall / whole
    bottom = BETA**2 * precision + recall
    return np.divide(
        (1 + BETA**2) * precision * recall, bottom, where=bottom > 0, out=np.zeros_like(bottom)
    )


def _counts(texts: Sequence[str], n: int) -> npt.NDArray[np.int32]:
    """(texts, distinct n-grams of all of them): how often each text has each."""
    grams = [Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in texts]
    columns = {gram: k for k, gram in enumerate(dict.fromkeys(g for one in grams for g in one))}
    out = np.zeros((len(texts), len(columns)), np.int32)
    for row, one in zip(out, grams, strict=True):
        row[[columns[gram] for gram in one]] = list(one.values())
    return out
