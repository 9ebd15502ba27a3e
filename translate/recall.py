"""Between documents and the memory: what it knows stands for what a model would say; what is approved goes in."""

from collections.abc import Sequence

from translate.memory.store import Memory
from translate.pipeline import Kept
from translate.types import APPROVED, Segment, TranslationUnit


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


def remember(
    memory: Memory,
    document: str,
    before: Sequence[TranslationUnit],
    after: Sequence[TranslationUnit],
) -> None:
    """A change of a document: what is approved now goes in, what no longer is comes out."""
    was, now = _approved(before), _approved(after)
    if gone := [name for name in was if name not in now]:
        memory.withdraw(document, gone)
    if new := {name for name, approved in now.items() if was.get(name) != approved}:
        memory.add(after, document, only=new)


def _approved(units: Sequence[TranslationUnit]) -> dict[str, tuple[str, str, str]]:
    return {
        unit.segment.id: (unit.segment.source, unit.target, unit.note)
        for unit in units
        if unit.state in APPROVED
    }
