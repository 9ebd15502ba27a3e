"""Everything that people work on at one time: documents in a folder, the termbases, one model.

A page or a command asks it for things by name; it opens them once and keeps them.
"""

import gc
import logging
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from glossary.compiled import load
from glossary.errors import GlossaryError
from glossary.match import Matcher
from glossary.termbase import Termbase, own_path, shipped_paths, uncollected
from translate.adherence import violates
from translate.constraints import constrain
from translate.documents import Original
from translate.effect import reworded
from translate.errors import Cancelled, TranslateError, UnknownDocument, UnknownSegment
from translate.formats.po import SavedEntry
from translate.judge import judge
from translate.master import Master, Stamp
from translate.memory.store import Memory
from translate.memory.types import MemoryMatch
from translate.pipeline import Progress, Translator
from translate.recall import recall, remember
from translate.review import Review, Told
from translate.types import APPROVED, Alignment, TranslationUnit
from translate.unlisted import unlisted
from translate.update import update

LONGEST = 200  # bytes of a name: most file systems take 255, and the longest suffix follows

_log = logging.getLogger(__name__)
_NAME = re.compile(r"[^/\\\x00-\x1f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A document as a list shows it."""

    name: str
    path: Path
    modified: datetime
    segments: int = 0
    reviewed: int = 0
    occurrences: int = 0
    agreed: int = 0
    error: str = ""  # why it can't be opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    """The termbases as they were at one time. `error` says why newer ones can't be used."""

    termbase: Termbase
    matcher: Matcher
    error: str = ""


class Workspace:
    """Documents, termbases and a model. Safe from several threads.

    out: the folder of documents. termbases: files, earlier ones win; None for the user's own and the shipped.
    memory: the file that what is approved goes into, and that known segments come from; None for none.
    """

    def __init__(
        self,
        *,
        out: Path,
        termbases: Sequence[Path] | None = None,
        model: str | None = None,
        engine: str = "ct2",
        threads: int | None = None,
        memory: Path | None = None,
    ) -> None:
        self.out = out
        self._memory_path = memory
        self._memory: Memory | None = None
        self.model = model
        shipped = shipped_paths()
        self.termbases = tuple([own_path(), *shipped] if termbases is None else termbases)
        self.own = next((p for p in self.termbases if p not in shipped), own_path())
        if self.own not in self.termbases:
            self.termbases = (self.own, *self.termbases)
        self._engine, self._threads = engine, threads
        self._lock = threading.RLock()
        self._decoding = threading.Lock()
        self._masters: dict[str, Path] = {}
        self._reviews: dict[str, Review] = {}
        self._entries: dict[Path, tuple[Stamp | None, Entry]] = {}
        self._translators: dict[str | None, Translator] = {}
        self._glossary: Glossary | None = None
        self._stamps: tuple[Stamp | None, ...] = ()

    # Documents

    def documents(self) -> list[Entry]:
        """All documents of the folder and those opened elsewhere, the last changed first."""
        paths = {p.stem: p for p in self.out.glob("*/*.po") if p.parent.name == p.stem}
        with self._lock:
            paths |= self._masters
        entries = [entry for path in paths.values() if (entry := self._entry(path))]
        return sorted(entries, key=lambda e: e.modified, reverse=True)

    def add(self, path: Path) -> str:
        """Make a master outside of the folder known, by its file or folder; the name it has here."""
        path = path / f"{path.resolve().name}.po" if path.is_dir() else path
        master = Master(path)
        if master.stamp() is None:
            raise UnknownDocument(str(path))
        with self._lock:
            known = self._path(master.name)
            if known.exists() and known.resolve() != path.resolve():
                raise TranslateError(
                    f"{path}: there is another document {master.name!r} in {self.out}; rename one"
                )
            self._masters[master.name] = path
        return master.name

    def open(self, name: str) -> Review:
        """The document of that name, opened once."""
        with self._lock:
            review = self._reviews.get(name)
            if review is None:
                master = Master(self._path(name))
                if master.stamp() is None:
                    raise UnknownDocument(name)
                told = self._told(name) if self._memory_path else None
                with uncollected():
                    review = Review(master, lambda: self.glossary().matcher, told=told)
                self._reviews[name] = review
                gc.freeze()  # it stays as long as the process: collections need not walk it each time
            return review

    def create(
        self,
        name: str,
        text: str,
        *,
        model: str | None = None,
        termbases: Sequence[Path] | None = None,
        original: Original | None = None,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Review:
        """Translate a text into a document, new or not: what a person did in it stays. `original` is the file
        that the text was read from. Raises Cancelled."""

        def watched(done: int, total: int, words: int) -> None:
            if progress:
                progress(done, total, words)
            if cancelled and cancelled() and done < total:
                raise Cancelled(name)

        glossary = self.glossary()
        if termbases is not None:
            termbase, matcher = load(p for p in termbases if p.is_file() or p != self.own)
            glossary = Glossary(termbase=termbase, matcher=matcher)
        translator = self._translator(model, glossary)
        memory = self.memory
        known = (lambda segments: recall(memory, segments)) if memory else None
        with self._decoding:
            update(
                Master(self._path(name)),
                text,
                translator,
                recall=known,
                progress=watched,
                original=original,
            )
        return self.open(name)

    def close(self) -> None:
        """Bring every open document's files up to date."""
        with self._lock:
            reviews = list(self._reviews.values())
        for review in reviews:
            try:
                review.flush()
            except (TranslateError, OSError) as error:  # the others' files matter as much
                _log.warning("%s: its other files are not up to date: %s", review.name, error)
        if self._memory:
            self._memory.close()

    def _path(self, name: str) -> Path:
        if name in self._masters:
            return self._masters[name]
        if name in (".", "..") or not _NAME.fullmatch(name) or len(name.encode()) > LONGEST:
            raise UnknownDocument(name)
        return self.out / name / f"{name}.po"

    def _entry(self, path: Path) -> Entry | None:
        master = Master(path)
        stamp = master.stamp()
        if stamp is None:
            return None
        with self._lock:
            known = self._entries.get(path)
        if known is None or known[0] != stamp:
            known = (stamp, _entry(master, stamp))
            with self._lock:
                self._entries[path] = known
        return known[1]

    # Terms

    def glossary(self) -> Glossary:
        """The termbases as they are now; the last good ones, with the error, while a file is broken."""
        with self._lock:
            stamps = tuple(_stamp(path) for path in self.termbases)
            if self._glossary is not None and stamps == self._stamps:
                return self._glossary
            there = [p for p, s in zip(self.termbases, stamps, strict=True) if s or p != self.own]
            try:
                termbase, matcher = load(there)
                self._glossary = Glossary(termbase=termbase, matcher=matcher)
            except GlossaryError as error:
                if self._glossary is None:
                    raise
                self._glossary = replace(self._glossary, error=str(error))
            self._stamps = stamps
            return self._glossary

    def look_for_names(self, review: Review) -> None:
        """Names of a document that no term covers become findings; some milliseconds a segment, not while nothing
        changed."""
        glossary = self.glossary()
        review.look_for_names(lambda d: unlisted(d, glossary.termbase, glossary.matcher))

    # The memory

    @property
    def has_memory(self) -> bool:
        """Whether there is one, without opening it."""
        return self._memory_path is not None

    @property
    def memory(self) -> Memory | None:
        """Opened when first asked for. None where there is to be none."""
        with self._lock:
            if self._memory is None and self._memory_path:
                self._memory = Memory(self._memory_path)
            return self._memory

    def recalled(self, review: Review, name: str) -> list[MemoryMatch]:
        """What the memory has for a segment and for ones like it, best first."""
        units = review.document.units
        at = next((at for at, unit in enumerate(units) if unit.segment.id == name), None)
        if at is None:
            raise UnknownSegment(name)
        memory, around = self.memory, ["", *(unit.segment.source for unit in units), ""]
        if memory is None:
            return []
        return memory.lookup(around[at + 1], before=around[at], after=around[at + 2])

    def _told(self, name: str) -> Told:
        """What is approved is remembered; a memory that can't be written never stops a person's work."""

        def told(before: Sequence[TranslationUnit], after: Sequence[TranslationUnit]) -> None:
            try:
                if memory := self.memory:
                    remember(memory, name, before, after)
            except TranslateError as error:
                _log.warning("not remembered: %s", error)

        return told

    # The model

    def translator(self, model: str | None = None) -> Translator:
        """With the termbases as they are now. Loaded when first asked for, and kept."""
        return self._translator(model, self.glossary())

    def _translator(self, model: str | None, glossary: Glossary) -> Translator:
        name = model or self.model
        with self._decoding:
            if name not in self._translators:
                self._translators[name] = Translator(
                    model=name, engine=self._engine, glossary=(), threads=self._threads
                )
            translator = self._translators[name]
        return translator.with_terms(glossary.termbase, glossary.matcher)

    def preview(
        self,
        review: Review,
        ids: Sequence[str],
        glossary: Glossary,
        progress: Progress | None = None,
    ) -> list[TranslationUnit]:
        """These segments as they would be with these terms. Nothing is saved.

        Where only other words are agreed for the same occurrences, only these change; everything else is
        translated anew.
        """
        units = [review.unit(name) for name in ids]
        found = {u.segment.id: new for u in units if (new := self._reworded(u, glossary))}
        rest = [u.segment for u in units if u.segment.id not in found]
        if rest:
            translator = self._translator(None, glossary)
            with self._decoding:
                anew = translator.translate_segments(rest, progress=progress)
            found |= {unit.segment.id: unit for unit in anew}
        return [found[name] for name in ids]

    def _reworded(self, unit: TranslationUnit, glossary: Glossary) -> TranslationUnit | None:
        target = reworded(unit, glossary.matcher)
        if target is None or target == unit.target:
            return None
        source = unit.segment.source
        verdicts, found = judge(constrain(glossary.matcher.match(source)), source, target)
        if any(map(violates, verdicts)):
            return None
        return replace(
            unit, target=target, score=None, alignment=None, verdicts=verdicts, findings=found
        )

    def retranslate(self, review: Review, ids: Sequence[str]) -> list[TranslationUnit]:
        """Translate these segments anew with the terms as they are; those a person worked on are left."""
        return review.put(self.preview(review, ids, self.glossary()), "translate anew")

    def alternatives(self, review: Review, name: str, n: int = 5) -> list[TranslationUnit]:
        """Other translations of a segment, best first, judged."""
        translator = self.translator()
        with self._decoding:
            return translator.alternatives(review.unit(name).segment, n)

    def aligned(self, review: Review, name: str, target: str | None = None) -> Alignment | None:
        """Which words of a segment's target, or of this one, stand for which of its source."""
        unit = review.unit(name)
        if target is None or target == unit.target:
            if unit.alignment:
                return unit.alignment
            target = unit.target
        translator = self.translator()
        with self._decoding:
            return translator.aligned(unit.segment, target)


def _stamp(path: Path) -> Stamp | None:
    return Master(path).stamp()


def _entry(master: Master, stamp: Stamp) -> Entry:
    entry = Entry(
        name=master.name,
        path=master.path,
        modified=datetime.fromtimestamp(stamp.changed / 1e9).astimezone(),
    )
    try:
        saved = [e for e in master.saved().entries if not e.obsolete]
    except TranslateError as error:
        return replace(entry, error=str(error))
    terms = [c for e in saved for c in e.comments if c.startswith("term: ")]
    return replace(
        entry,
        segments=len(saved),
        reviewed=sum(_reviewed(e) for e in saved),
        occurrences=len(terms),
        agreed=sum(c.endswith(": satisfied") or ": variant" in c for c in terms),
    )


def _reviewed(entry: SavedEntry) -> bool:
    return entry.state in APPROVED
