"""What every interface asks for: some texts translated, whole, in time, or not at all."""

import asyncio
from collections.abc import Sequence

from translate.pipeline import Translator
from translate.serve.batching import Batcher
from translate.serve.glossaries import Glossaries
from translate.serve.texts import Cut, arabic_share, cut
from translate.serve.types import Answer, Translation, Wanted
from translate.types import Segment, TranslationUnit


class Service:
    """Translates on the event loop's side; decoding is the batcher's."""

    def __init__(self, batcher: Batcher, glossaries: Glossaries) -> None:
        self._batcher = batcher
        self._glossaries = glossaries
        self._alternating = asyncio.Semaphore(1)  # decoded apart, and so one at a time

    async def translate(self, wanted: Wanted, owner: str) -> Answer:
        """Raises Refusal for what can't be wanted; cancelled, it frees what it had waiting."""
        translator = await self.translator(wanted.glossaries, owner)
        cuts = await asyncio.to_thread(lambda: [cut(text, wanted) for text in wanted.texts])
        units = await self.units([s for one in cuts for s in one.segments], translator)
        parts = _parted(units, cuts)
        others = [()] * len(cuts) if not wanted.alternatives else [
            await self._alternatives(one, own, translator, wanted.alternatives)
            for one, own in zip(cuts, parts, strict=True)
        ]  # fmt: skip
        translations = await asyncio.to_thread(_written, wanted, cuts, parts, others)
        return Answer(translations=translations, provenance=translator.provenance)

    async def translator(self, glossaries: Sequence[str], owner: str) -> Translator:
        """One that enforces these glossaries."""
        return await asyncio.to_thread(self._glossaries.translator, glossaries, owner)

    async def units(
        self, segments: Sequence[Segment], translator: Translator
    ) -> list[TranslationUnit]:
        """One unit a segment."""
        return await asyncio.wrap_future(self._batcher.submit(segments, translator))

    async def _alternatives(
        self, one: Cut, units: Sequence[TranslationUnit], translator: Translator, most: int
    ) -> tuple[str, ...]:
        """Other texts: the next best of each segment together, then those after them."""
        columns: list[list[TranslationUnit]] = []
        for unit in units:
            async with self._alternating:
                found = await asyncio.to_thread(translator.alternatives, unit.segment, most + 1)
            columns.append([unit, *(other for other in found if other.target != unit.target)])
        rows = range(1, min(most + 1, max(map(len, columns), default=0)))
        texts = [one.write([c[min(row, len(c) - 1)] for c in columns]) for row in rows]
        return tuple(dict.fromkeys(texts))


def _parted(units: Sequence[TranslationUnit], cuts: Sequence[Cut]) -> list[list[TranslationUnit]]:
    parts, at = [], 0
    for one in cuts:
        parts.append(list(units[at : at + len(one.segments)]))
        at += len(one.segments)
    return parts


def _written(
    wanted: Wanted,
    cuts: Sequence[Cut],
    parts: Sequence[Sequence[TranslationUnit]],
    others: Sequence[tuple[str, ...]],
) -> list[Translation]:
    return [
        Translation(
            text=one.write(units),
            characters=len(text),
            arabic=arabic_share(text),
            units=tuple(units),
            alternatives=alternatives,
        )
        for text, one, units, alternatives in zip(wanted.texts, cuts, parts, others, strict=True)
    ]
