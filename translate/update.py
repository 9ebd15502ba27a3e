"""Translate a text into its master: what a person did there stays, the rest is translated."""

from collections.abc import Mapping, Sequence

from translate.formats.po import SavedEntry, match_saved
from translate.master import OUTPUTS, Master
from translate.pipeline import Kept, Progress, Translator
from translate.restructure import restore
from translate.types import Document, Segment


def update(
    master: Master,
    text: str,
    translator: Translator,
    *,
    formats: Sequence[str] = ("po", *OUTPUTS),
    progress: Progress | None = None,
) -> Document:
    """The text's document, written in these formats. Segments that a person approved or wrote, cut or joined
    stay so; what is saved in the PO while this translates is taken in too."""
    before = _entries(master)

    def arrange(segments: Sequence[Segment]) -> Sequence[Segment]:
        return restore(segments, [(e.id, e.source) for e in before if not e.obsolete])

    document = translator.translate(
        text,
        name=master.name,
        arrange=arrange,
        keep=lambda segments: _kept(segments, before),
        progress=progress,
    )
    with master.locked():
        now = _entries(master)
        if now != before:
            segments = [unit.segment for unit in document.units]
            document = translator.keep(document, _kept(segments, now))
        if "po" in formats:
            master.merge(document)
        master.write_outputs(document, [name for name in formats if name != "po"])
    return document


def _entries(master: Master) -> tuple[SavedEntry, ...]:
    return master.saved().entries


def _kept(segments: Sequence[Segment], saved: Sequence[SavedEntry]) -> Mapping[str, Kept]:
    return {
        name: Kept(target=entry.target, state=entry.state, note=entry.note)
        for name, entry in match_saved(segments, saved).items()
        if entry.kept
    }
