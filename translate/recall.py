"""Segments that were translated before, word for word: the memory's translation stands for the model's."""

from collections.abc import Sequence

from translate.memory.store import Memory
from translate.pipeline import Kept
from translate.types import Segment


def recall(memory: Memory, segments: Sequence[Segment]) -> dict[str, Kept]:
    """By id, the best translation of every source that the memory has exactly as it is printed. A person
    still has to approve it here."""
    sources = ["", *(segment.source for segment in segments), ""]
    found = {}
    for at, segment in enumerate(segments, 1):
        best = memory.lookup(
            segment.source, before=sources[at - 1], after=sources[at + 1], limit=1, at_least=1
        )
        if best:
            found[segment.id] = Kept(target=best[0].target, state="translated", origin="memory")
    return found
