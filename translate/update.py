"""Translate a text into its master: what a person did there stays, the rest is translated."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from translate.documents import Original
from translate.formats.po import SavedEntry, match_saved, merge
from translate.master import OUTPUTS, Master
from translate.pipeline import Keep, Kept, Progress, Translator
from translate.restructure import restore
from translate.types import Document, Segment


def update(
    master: Master,
    text: str,
    translator: Translator,
    *,
    formats: Sequence[str] = ("po", *OUTPUTS),
    recall: Keep | None = None,
    progress: Progress | None = None,
    original: Original | None = None,
) -> Document:
    """The text's document, written in these formats, and in that of `original` if it was read from a
    document. Segments that a person approved or wrote, cut or joined
    stay so; what is saved in the PO while this translates is taken in too. `recall` tells what the memory
    has of the other segments."""
    before = master.saved().entries
    fresh: list[Segment] = []

    def arrange(segments: Sequence[Segment]) -> Sequence[Segment]:
        fresh.extend(segments)
        return restore(fresh, _cuts(before))

    def keep(segments: Sequence[Segment], saved: Sequence[SavedEntry]) -> dict[str, Kept]:
        return {**(recall(segments) if recall else {}), **_kept(segments, saved)}

    document = translator.translate(
        text,
        name=master.name,
        arrange=arrange,
        keep=lambda segments: keep(segments, before),
        progress=progress,
    )
    with master.locked():
        now = master.saved().entries
        if now != before:
            segments = restore(fresh, _cuts(now))
            document = _renewed(document, segments, keep(segments, now), translator)
        document = merge(document, now)
        if "po" in formats:
            master.write(document)
        master.keep_original(original)
        master.write_outputs(document, [name for name in formats if name != "po"])
    return document


def _renewed(
    document: Document,
    segments: Sequence[Segment],
    kept: Mapping[str, Kept],
    translator: Translator,
) -> Document:
    """With what a person did meanwhile. Only what was cut or joined is translated again."""
    units = {unit.segment.id: unit for unit in document.units}
    new = [s for s in segments if s.id in kept or s.id not in units]
    units |= {u.segment.id: u for u in translator.translate_segments(new, kept=kept)}
    return replace(document, units=tuple(units[s.id] for s in segments))


def _cuts(saved: Sequence[SavedEntry]) -> list[tuple[str, str]]:
    return [(entry.id, entry.source) for entry in saved if not entry.obsolete]


def _kept(segments: Sequence[Segment], saved: Sequence[SavedEntry]) -> Mapping[str, Kept]:
    return {
        name: Kept(target=entry.target, state=entry.state, note=entry.note)
        for name, entry in match_saved(segments, saved).items()
        if entry.kept
    }
