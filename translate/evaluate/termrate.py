"""Two measures of a term in its surroundings, against a reference (Alam et al. 2021, arXiv 2106.11891).

Window overlap: of the words on both sides of a term in the reference, how many stand beside it in the output
too; a term that is there but in the wrong place has strange neighbours. TERm: translation edit rate (Snover et al.
2006) in which an edit of a term's word costs double.

Both work on word sequences. The authors' script also adds lemmas, counts a sentence without terms as 0 in window
overlap, and leaves out of a sentence's mean the terms that the output lacks; here every occurrence counts once.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from glossary.types import Span

TERM_WEIGHT = 2
_MAX_SHIFT = 10  # words moved at once, and how far: as in tercom
_MAX_DISTANCE = 50

Costs = npt.NDArray[np.int32]


def neighbours(words: Sequence[str], term: Span, size: int) -> list[str]:
    """Up to `size` words before and after `term` (in words), punctuation marks left out."""
    before = [w for w in words[: term.start] if w[0].isalnum()]
    after = [w for w in words[term.end :] if w[0].isalnum()]
    return before[max(len(before) - size, 0) :] + after[:size]


def overlap(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """The share of `theirs` that is in `ours` too, each word as often as it is there; 1 if there are none."""
    left, found = list(ours), 0
    for word in theirs:
        if word in left:
            left.remove(word)
            found += 1
    return found / len(theirs) if theirs else 1.0


def term_rate(output: Sequence[str], reference: Sequence[str], terms: Sequence[Span]) -> float:
    """TERm of one sentence: the cost of edits over the words of the reference; 0 is perfect, it may exceed 1.

    terms: where terms stand in the reference, in words. A word left out or replaced costs TERM_WEIGHT if it is
    a term's, else 1; a word too many costs 1, and so does moving up to ten words that the reference has in a row.
    """
    if not reference:
        return float(len(output) > 0)
    ids = {word: i for i, word in enumerate(dict.fromkeys([*output, *reference]))}
    ours, theirs = [ids[w] for w in output], [ids[w] for w in reference]
    weights = np.ones(len(theirs), np.int32)
    for term in terms:
        weights[term.start : term.end] = TERM_WEIGHT
    moves, cost = 0, int(_distances(np.array([ours], np.int32), theirs, weights)[0])
    while shifted := list(_shifts(ours, theirs)):
        costs = _distances(np.array(shifted, np.int32), theirs, weights)
        best = int(costs.argmin())
        if costs[best] >= cost:
            break
        moves, cost, ours = moves + 1, int(costs[best]), shifted[best]
    return (moves + cost) / len(theirs)


def _shifts(ours: Sequence[int], theirs: Sequence[int]) -> Iterator[list[int]]:
    """`ours` with each of its runs that `theirs` has elsewhere moved to where it stands there."""
    for i, word in enumerate(ours):
        for j, other in enumerate(theirs):
            if word != other or i == j or abs(i - j) > _MAX_DISTANCE:
                continue
            size = 1
            while (
                size < min(_MAX_SHIFT, len(ours) - i, len(theirs) - j)
                and ours[i + size] == theirs[j + size]
            ):
                size += 1
            rest = [*ours[:i], *ours[i + size :]]
            yield [*rest[:j], *ours[i : i + size], *rest[j:]]


def _distances(candidates: Costs, theirs: Sequence[int], weights: Costs) -> Costs:
    """(candidates,): weighted edit distance of each row of (candidates, words) to `theirs`."""
    left_out = np.concatenate([[0], np.cumsum(weights)]).astype(np.int32)  # (words of theirs + 1,)
    target = np.array(theirs, np.int32)
    row = np.broadcast_to(left_out, (len(candidates), len(left_out))).copy()
    for column in candidates.T:
        replaced = row[:, :-1] + weights * (column[:, None] != target)
        row = row + 1  # a word too many
        np.minimum(row[:, 1:], replaced, out=row[:, 1:])
        # Leaving out any run of theirs: the cheapest start of the run, by a running minimum.
        row = np.minimum.accumulate(row - left_out, axis=1) + left_out
    return row[:, -1]
