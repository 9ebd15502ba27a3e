"""How much two Arabic sources are alike."""

from rapidfuzz.distance import Levenshtein


def similarity(one: str, other: str, at_least: float) -> float:
    """Share of the longer text's characters that needs no edit (Levenshtein), of folded texts; 0 if less
    than `at_least`. The same both ways round."""
    return Levenshtein.normalized_similarity(one, other, score_cutoff=at_least)
