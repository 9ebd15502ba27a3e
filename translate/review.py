"""One document under review: what a person does to it, undo, and what other programs do to it meanwhile.

Every change is on disk when the call returns. Before every change the file is looked at, and what
another program wrote there is taken in (`threeway`).
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from glossary.match import Matcher
from translate.checks import IDS
from translate.constraints import constrain
from translate.errors import Conflict, ReviewError, UnknownSegment
from translate.formats.po import Saved, clean_note, hashed
from translate.formats.report import Reported
from translate.judge import findings, judge
from translate.master import Master, Stamp
from translate.restructure import join, split
from translate.search import Hit, Search, hit, replaced
from translate.threeway import Side, Units, merge_sides
from translate.together import Findings, Together
from translate.types import (
    APPROVED,
    Constraint,
    Document,
    Finding,
    State,
    TranslationUnit,
    Verdict,
)

Told = Callable[[Units, Units], None]  # units before and after a change


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What became of a document since some revision."""

    revision: int
    units: Units  # those that look different now
    structure: bool  # segments came or went: show the whole document anew
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One change, to be undone: neighbouring units before and after it."""

    what: str
    hunks: tuple[tuple[Units, Units], ...]

    def reversed(self) -> "_Step":
        return replace(self, hunks=tuple((after, before) for before, after in self.hunks))


def version(unit: TranslationUnit) -> str:
    """A short hash of what a person sees of a unit and could overwrite."""
    texts = (unit.segment.source, unit.target, unit.state, unit.note, unit.elsewhere)
    return hashed("\x00".join((*texts, *sorted(unit.ignored))))


class Review:
    """A document between its master and the people at it. Safe from several threads.

    `matcher` is asked for anew at every look, so that a changed termbase shows at once. `told` is called with
    the units before and after every change, whoever made it.
    """

    def __init__(
        self, master: Master, matcher: Callable[[], Matcher], *, told: Told | None = None
    ) -> None:
        self._master = master
        self._told = told
        self._ask_matcher = matcher
        self._matcher = matcher()
        self._lock = threading.RLock()
        self._undone: list[_Step] = []
        self._done: list[_Step] = []
        self._log: list[tuple[int, str]] = []  # (revision, message)
        self.revision = 0
        self._since: dict[str, int] = {}  # id -> revision of its last change
        self._restructured = 0  # revision of the last change of structure
        with self._master.locked():
            self._stamp = self._master.stamp()
            document = self._master.read()
        units = tuple(self._opened(unit, master.reported) for unit in document.units)
        self._together = Together()
        self._together.check(units)
        self._looking = threading.Lock()
        self._document = replace(document, units=units)
        self._flushed: Units = ()

    @property
    def name(self) -> str:
        """The document's name."""
        return self._master.name

    @property
    def path(self) -> Path:
        """The master PO."""
        return self._master.path

    @property
    def document(self) -> Document:
        """As it stands now, with what other programs wrote."""
        with self._lock:
            self._look()
            return self._document

    def unit(self, name: str) -> TranslationUnit:
        """The unit of that id."""
        return _at(self.document, name)[1]

    def changed(self, since: int) -> Changes:
        """What happened after revision `since`, whoever did it."""
        with self._lock:
            self._look()
            units = self._document.units
            return Changes(
                revision=self.revision,
                units=tuple(u for u in units if self._since.get(u.segment.id, 0) > since),
                structure=self._restructured > since,
                messages=tuple(text for revision, text in self._log if revision > since),
            )

    def judged(self, name: str, target: str) -> TranslationUnit:
        """The unit as if that were its target. Nothing is saved."""
        return self._with_target(self.unit(name), target)

    # What shows between segments

    def together(self, name: str) -> tuple[Finding, ...]:
        """What is found in that segment by looking at others, too; the unit's own findings are not among it."""
        with self._lock:
            return self._together.of(name)

    @property
    def wants_names(self) -> bool:
        """Whether `look_for_names` would look: the text or the terms are others than when it last did."""
        with self._lock:
            return self._together.wants_names(self._document.units, self._matcher)

    def look_for_names(self, find: Callable[[Document], Findings]) -> None:
        """Findings about names that no term covers. It may take long; everything else goes on meanwhile."""
        with self._looking:
            with self._lock:
                self._look()
                document, matcher = self._document, self._matcher
                if not self.wants_names:
                    return
            found = find(document)
            with self._lock:
                if changed := self._together.take_names(found, document.units, matcher):
                    self._note(changed)

    # What a person does

    def edit(self, name: str, target: str, *, base: str) -> TranslationUnit:
        """Another target. What was approved is open again."""
        with self._changing("edit") as change:
            unit = change.unit(name, base)
            return change.put(unit, self._edited(unit, target))

    def approve(
        self, name: str, *, base: str, target: str | None = None, final: bool = False
    ) -> TranslationUnit:
        """Reviewed (or final), with `target` where it was still being typed."""
        with self._changing("approve") as change:
            unit = change.unit(name, base)
            new = unit if target is None else self._edited(unit, target)
            if not new.target.strip():
                raise ReviewError("an empty translation can't be approved; write one first")
            new = self._edited(new, new.target.strip("\n"))  # gettext wants none at the ends
            return change.put(unit, replace(new, state="final" if final else "reviewed"))

    def reopen(self, name: str, *, base: str) -> TranslationUnit:
        """To be reviewed again."""
        with self._changing("reopen") as change:
            unit = change.unit(name, base)
            return change.put(unit, replace(unit, state=_open(unit.target)))

    def comment(self, name: str, note: str, *, base: str) -> TranslationUnit:
        """A note for other people, kept as the PO's translator comment."""
        with self._changing("comment") as change:
            unit = change.unit(name, base)
            return change.put(unit, replace(unit, note=clean_note(note)))

    def ignore(self, name: str, check: str, *, base: str) -> TranslationUnit:
        """Don't show what this check finds in this segment, now and later: the flag `ignore-ID` of the PO."""
        if check not in IDS:
            raise ReviewError(f"there is no check {check[:40]!r}; load the page again")
        with self._changing(f"ignore {check}") as change:
            unit = change.unit(name, base)
            return change.put(unit, replace(unit, ignored=unit.ignored | {check}))

    def heed(self, name: str, check: str, *, base: str) -> TranslationUnit:
        """Take `ignore` back."""
        with self._changing(f"heed {check}") as change:
            unit = change.unit(name, base)
            return change.put(unit, replace(unit, ignored=unit.ignored - {check}))

    def decide(self, name: str, *, take: Literal["mine", "elsewhere"]) -> TranslationUnit:
        """End a conflict with another program: keep what stands, or take what it wrote."""
        with self._changing("decide") as change:
            unit = change.unit(name)
            if not unit.elsewhere:
                raise ReviewError("there is nothing to decide any more; load the document anew")
            new = self._edited(unit, unit.elsewhere) if take == "elsewhere" else unit
            return change.put(unit, replace(new, elsewhere=""))

    def split(
        self, name: str, at: int, *, base: str, target_at: int | None = None
    ) -> tuple[TranslationUnit, TranslationUnit]:
        """Cut a segment before the source's code point `at`, its target at `target_at` or where alignment says."""
        with self._changing("split") as change:
            unit = change.unit(name, base)
            try:
                segments = split(unit.segment, at)
            except ValueError as error:
                raise ReviewError(str(error)) from error
            cut = _target_cut(unit, at) if target_at is None else target_at
            targets = (unit.target[:cut].strip(), unit.target[cut:].strip())
            left, right = (
                self._judged(
                    TranslationUnit(
                        segment=s,
                        target=t,
                        state=_open(t),
                        origin="human" if t else "mt",
                        ignored=unit.ignored,
                    )
                )
                for s, t in zip(segments, targets, strict=True)
            )
            left = replace(left, note=unit.note, elsewhere=unit.elsewhere)
            change.replace((unit,), (left, right))
            return left, right

    def join(self, name: str, *, base: str) -> TranslationUnit:
        """Make one segment of this one and the next."""
        with self._changing("join") as change:
            unit = change.unit(name, base)
            following = change.after(unit)
            if following is None:
                raise ReviewError("this is the last segment; there is none to join it with")
            try:
                segment = join(unit.segment, following.segment)
            except ValueError as error:
                raise ReviewError(str(error)) from error
            target = " ".join(t for t in (unit.target, following.target) if t)
            both = TranslationUnit(
                segment=segment,
                target=target,
                state=_open(target),
                origin="human" if target else "mt",
                note="\n".join(n for n in (unit.note, following.note) if n),
                elsewhere=" ".join(e for e in (unit.elsewhere, following.elsewhere) if e),
                ignored=unit.ignored & following.ignored,
            )
            both = self._judged(both)
            change.replace((unit, following), (both,))
            return both

    def find(self, search: Search) -> list[Hit]:
        """Segments where the search is met."""
        hits = ((u, hit(search, u.segment.source, u.target)) for u in self.document.units)
        return [replace(found, id=unit.segment.id) for unit, found in hits if found]

    def replace(
        self, search: Search, replacement: str, *, ids: Sequence[str] | None = None
    ) -> list[TranslationUnit]:
        """Replace what the search finds in the English, in one step; in all segments or only in these."""
        wanted = None if ids is None else set(ids)
        with self._changing("replace") as change:
            out = []
            for unit in change.document.units:
                found = hit(search, unit.segment.source, unit.target)
                if found is None or not found.target_spans:
                    continue
                if wanted is None or unit.segment.id in wanted:
                    target = replaced(unit.target, found.target_spans, replacement)
                    out.append(change.put(unit, self._edited(unit, target)))
            return out

    def put(self, units: Sequence[TranslationUnit], what: str) -> list[TranslationUnit]:
        """New machine translations, by id. What a person approved or wrote is left as it is."""
        with self._changing(what) as change:
            there = {unit.segment.id: unit for unit in change.document.units}
            out = []
            for new in units:
                unit = there.get(new.segment.id)
                if unit and not unit.kept and unit.segment.source == new.segment.source:
                    fresh = replace(
                        new,
                        segment=unit.segment,
                        note=unit.note,
                        elsewhere=unit.elsewhere,
                        ignored=unit.ignored,
                    )
                    out.append(change.put(unit, self._rejudged(fresh)))
            return out

    def take_in(
        self, change: Callable[[Document, Saved], Sequence[TranslationUnit]], what: str
    ) -> None:
        """Another state of all units, made from this one and its PO: what another tool did to them. One step."""
        with self._changing(what) as changing:
            document = changing.document
            for old, new in zip(document.units, change(document, self._master.known), strict=True):
                target = new.target.strip("\n") if new.state in APPROVED else new.target
                new = replace(new, target=target, note=clean_note(new.note))
                if target != old.target:
                    new = self._judged(replace(new, alignment=None, score=None))
                if new != old and new.segment == old.segment:
                    changing.put(old, new)

    def undo(self) -> str | None:
        """Take the last change back; what it was, or None where there is none."""
        return self._back(self._done, self._undone)

    def redo(self) -> str | None:
        """Do again what was undone last."""
        return self._back(self._undone, self._done)

    @property
    def undoable(self) -> tuple[str | None, str | None]:
        """What undo and redo would take back."""
        with self._lock:
            last = (steps[-1].what if steps else None for steps in (self._done, self._undone))
            return next(last), next(last)

    def _back(self, steps: list[_Step], others: list[_Step]) -> str | None:
        with self._lock:
            if not steps:
                return None
            step = steps[-1].reversed()
            try:
                with self._changing(step.what, remember=False) as change:
                    for before, after in step.hunks:
                        change.swap(before, tuple(map(self._rejudged, after)))
            except ReviewError:
                steps.pop()  # what can't be undone now can't be later
                raise
            steps.pop()
            others.append(step)
            return step.what

    # What the disk and the termbase do

    def rejudge(self) -> None:
        """Verdicts and findings for the termbase as it is now."""
        with self._lock:
            self._matcher = self._ask_matcher()
            self._take(tuple(map(self._rejudged, self._document.units)))

    def flush(self) -> None:
        """Bring the files beside the master up to date, if anything changed."""
        with self._lock:
            self._look()
            document = self._document
            if document.units == self._flushed:
                return
            with self._master.locked():
                self._master.write_outputs(document)
            self._flushed = document.units

    def _look(self) -> None:
        """Take in what changed outside."""
        if self._ask_matcher() is not self._matcher:
            self.rejudge()
        if self._master.stamp() != self._stamp:
            with self._master.locked():
                self._merge()

    def _merge(self) -> None:
        """Bring together what another program wrote and what stands here. The caller holds the file's lock."""
        stamp = self._master.stamp()
        if stamp == self._stamp:
            return
        known = self._master.known
        try:
            if stamp is None:
                self._master.write(self._document)
                self._say(f"{self.path.name} was deleted by another program; it is written anew")
                self._take(self._document.units)
                stamp = self._master.stamp()
            else:
                stamp = self._merge_with(self._master.read(), known) or stamp
        except BaseException:
            self._master.known = known  # as if it had not been looked at
            raise
        self._stamp = stamp

    def _merge_with(self, theirs: Document, known: Saved) -> Stamp | None:
        """The stamp of what was written, if the two had to be brought together."""
        side = Side(units=theirs.units, saved=self._master.known)
        merged = merge_sides(Side(units=self._document.units, saved=known), side)
        here = self._by_id()
        units = tuple(self._judged_if_new(u, here.get(u.segment.id)) for u in merged.units)
        after = self._document.after if list(here) == _names(units) else theirs.after
        document = replace(theirs, units=units, after=after, seconds=self._document.seconds)
        written = None
        if merged.settled(side):
            self._master.known = merged.saved
        else:
            self._master.write(document, merged.saved)
            written = self._master.stamp()
        for message in merged.messages:
            self._say(message)
        self._take(units)
        self._document = document
        return written

    def _judged_if_new(
        self, unit: TranslationUnit, here: TranslationUnit | None
    ) -> TranslationUnit:
        if here and here.target == unit.target and here.segment.source == unit.segment.source:
            return replace(
                unit, alignment=here.alignment, verdicts=here.verdicts, findings=here.findings
            )
        return self._opened(unit, self._master.reported)

    def _by_id(self) -> dict[str, TranslationUnit]:
        return {unit.segment.id: unit for unit in self._document.units}

    def _say(self, message: str) -> None:
        self._log.append((self.revision + 1, message))

    def _take(self, units: Units) -> None:
        """These are the document's units now."""
        before = self._by_id()
        new = {unit.segment.id for unit in units if before.get(unit.segment.id) != unit}
        self._note(new | self._together.check(units))
        if _names(units) != list(before):
            self._restructured = self.revision
        previous = self._document.units
        self._document = replace(self._document, units=units)
        if self._told:
            self._told(previous, units)

    def _note(self, names: Set[str]) -> None:
        """These segments look different from now on."""
        self.revision += 1
        self._since |= dict.fromkeys(names, self.revision)

    @contextmanager
    def _changing(self, what: str, *, remember: bool = True) -> "Iterator[_Change]":
        """Everything a change needs: alone, on the newest state, written before anyone sees it."""
        with self._lock:
            if self._ask_matcher() is not self._matcher:
                self.rejudge()
            with self._master.locked():
                self._merge()
                change = _Change(self._document)
                yield change
                if not change.hunks:
                    return
                self._master.write(change.document)
                self._stamp = self._master.stamp()
            self._take(change.document.units)
            if remember:
                self._done.append(_Step(what=what, hunks=tuple(change.hunks)))
                self._undone.clear()

    # Judging

    def _opened(self, unit: TranslationUnit, reported: Mapping[str, Reported]) -> TranslationUnit:
        """With the report's verdicts, which rest on attention, where they are of these very terms."""
        constraints = constrain(self._matcher.match(unit.segment.source))
        known = reported.get(unit.segment.id)
        if known is None or (known.source, known.target) != (unit.segment.source, unit.target):
            return self._judged(unit)
        wanted = [(c.match.term.source, (*c.forms, *c.variants), c.match.span) for c in constraints]
        if [verdict[:3] for verdict in known.verdicts] != wanted:
            return self._judged(unit)
        verdicts = tuple(
            Verdict(constraint=c, status=was.status, span=was.target_span)
            for c, was in zip(constraints, known.verdicts, strict=True)
        )
        if any(v.status in ("missing", "forbidden") and v.constraint.forbidden for v in verdicts):
            return self._judged(unit)  # the report doesn't say what was forbidden
        found = findings(unit.segment.source, unit.target, verdicts)
        return replace(unit, verdicts=verdicts, findings=found)

    def _judged(self, unit: TranslationUnit) -> TranslationUnit:
        source = unit.segment.source
        constraints = constrain(self._matcher.match(source))
        verdicts, found = judge(constraints, source, unit.target)
        return replace(unit, verdicts=verdicts, findings=found)

    def _rejudged(self, unit: TranslationUnit) -> TranslationUnit:
        """Judged anew only where other terms are wanted: attention knew more than is known now."""
        constraints = constrain(self._matcher.match(unit.segment.source))
        if [*map(_wanted, constraints)] != [_wanted(v.constraint) for v in unit.verdicts]:
            return self._judged(unit)
        pairs = zip(unit.verdicts, constraints, strict=True)
        return replace(unit, verdicts=tuple(replace(v, constraint=c) for v, c in pairs))

    def _with_target(self, unit: TranslationUnit, target: str) -> TranslationUnit:
        if target == unit.target:
            return unit
        return self._judged(replace(unit, target=target, alignment=None, score=None))

    def _edited(self, unit: TranslationUnit, target: str) -> TranslationUnit:
        """With a person's target. Typing the machine's own words again makes it the machine's again."""
        if target == unit.target:
            return unit
        machine = unit.machine or ("" if unit.origin == "human" else unit.target)
        new = self._with_target(unit, target)
        back = bool(machine) and target == machine
        return replace(
            new,
            state=_open(target),
            origin="mt" if back else "human",
            machine="" if back else machine,
        )


class _Change:
    """A document in the middle of a change, with what is needed to undo it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.hunks: list[tuple[Units, Units]] = []

    def unit(self, name: str, base: str | None = None) -> TranslationUnit:
        unit = _at(self.document, name)[1]
        if base is not None and version(unit) != base:
            raise Conflict(unit)
        return unit

    def after(self, unit: TranslationUnit) -> TranslationUnit | None:
        at = _at(self.document, unit.segment.id)[0] + 1
        return self.document.units[at] if at < len(self.document.units) else None

    def put(self, old: TranslationUnit, new: TranslationUnit) -> TranslationUnit:
        if new != old:
            self.replace((old,), (new,))
        return new

    def replace(self, old: Units, new: Units) -> None:
        at, _ = _at(self.document, old[0].segment.id)
        units = self.document.units
        self.document = replace(self.document, units=(*units[:at], *new, *units[at + len(old) :]))
        self.hunks.append((old, new))

    def swap(self, old: Units, new: Units) -> None:
        """As `replace`, if what is to be replaced still stands there as it was."""
        try:
            at, _ = _at(self.document, old[0].segment.id)
        except UnknownSegment as error:
            raise ReviewError("the segments have been cut or joined since; not undone") from error
        there = self.document.units[at : at + len(old)]
        if tuple(map(version, there)) != tuple(map(version, old)):
            raise ReviewError("the segment has been changed since by someone else; not undone")
        self.replace(there, new)


def _names(units: Units) -> list[str]:
    return [unit.segment.id for unit in units]


def _open(target: str) -> State:
    return "translated" if target else "initial"


def _at(document: Document, name: str) -> tuple[int, TranslationUnit]:
    for at, unit in enumerate(document.units):
        if unit.segment.id == name:
            return at, unit
    raise UnknownSegment(name)


def _wanted(constraint: Constraint) -> tuple[object, ...]:
    """What a verdict depends on; not the line of the term's entry."""
    match = constraint.match
    return (match.term.id, match.span, constraint.forms, constraint.variants, constraint.forbidden)


def _target_cut(unit: TranslationUnit, at: int) -> int:
    """Where the target is cut when the source is cut at `at`: between its words, where fewest links cross;
    without alignment, at the same share of its length."""
    words = unit.alignment.target_words if unit.alignment else ()
    if not unit.alignment or not unit.alignment.links:
        share = at / max(len(unit.segment.source), 1)
        wanted = round(share * len(unit.target))
        spaces = [i for i, c in enumerate(unit.target) if c == " "]
        return min(spaces, key=lambda i: abs(i - wanted), default=len(unit.target))
    links = [
        (unit.alignment.source_words[s].start < at, words[t].start) for s, t in unit.alignment.links
    ]
    cuts = [word.start for word in words] + [len(unit.target)]

    def crossing(cut: int) -> int:
        return sum(left != (start < cut) for left, start in links)

    return min(cuts, key=crossing)
