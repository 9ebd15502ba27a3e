"""Bring together what stands here and what another program wrote to the same master at the same time.

Three ways as in a version control system, and nobody guesses: entries carry the ids of the versions that they
were made from (`SavedEntry.lineage`). A version made from the other one is newer. Of two made apart, a
person's goes before the machine's; of two persons' the one here stays, with the other beside it (`elsewhere`)
until someone decides. Pure: no file, no lock.
"""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Literal, get_args

from translate.formats.po import REMEMBERED, Lineage, Saved, SavedEntry
from translate.restructure import root
from translate.types import State, TranslationUnit

Units = tuple[TranslationUnit, ...]
Key = tuple[str, str]  # id and source: two cuts of one segment may give the same ids
Newer = Literal["same", "mine", "theirs", "neither"]

_STATES: tuple[State, ...] = get_args(State)
_TOLD = (
    ("taken", "another program changed {}; shown as it left them"),
    ("stale", "another program saved an older state of {}; what was done here stays"),
    ("undecided", "{} changed here and in another program: please decide"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Units, and the PO that they were last read from or written to."""

    units: Units
    saved: Saved


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What both made of the document. `saved` is what the next writing builds on."""

    units: Units
    saved: Saved
    messages: tuple[str, ...]  # for the person here

    def settled(self, theirs: Side) -> bool:
        """Whether all this stands in their PO already."""
        return [_seen(u) for u in self.units] == [_seen(u) for u in theirs.units] and [
            (e.id, e.target, e.note) for e in self.saved.entries if e.obsolete
        ] == [(e.id, e.target, e.note) for e in theirs.saved.entries if e.obsolete]


def merge_sides(mine: Side, theirs: Side) -> Merged:
    """Segments are cut as the newer side has them; as theirs, if neither is newer."""
    ours, them = ({_key(u): u for u in side.units} for side in (mine, theirs))
    our_entries, their_entries = map(_active, (mine.saved, theirs.saved))
    structure = _newer(mine.saved.structure, theirs.saved.structure)
    frame = ours if structure in ("same", "mine") or list(ours) == list(them) else them
    told: Counter[str] = Counter()
    merged = dict(frame)
    for key in ours.keys() & them.keys() & frame.keys():
        both = _merged(ours[key], them[key], our_entries.get(key), their_entries.get(key), told)
        merged[key] = replace(both, segment=frame[key].segment)
    messages = [message.format(_segments(told[key])) for key, message in _TOLD if told[key]]
    for entries, other in ((our_entries, theirs.saved), (their_entries, mine.saved)):
        for key, entry in entries.items():
            if key not in frame and not _knows(other, entry):
                messages += _rescued(entry, merged)
    saved = _reconciled(mine.saved, theirs.saved)
    return Merged(units=tuple(merged.values()), saved=saved, messages=tuple(messages))


def _key(unit: TranslationUnit) -> Key:
    return (unit.segment.id, unit.segment.source)


def _active(saved: Saved) -> dict[Key, SavedEntry]:
    return {(entry.id, entry.source): entry for entry in saved.entries if not entry.obsolete}


def _newer(mine: Lineage, theirs: Lineage) -> Newer:
    if mine[:1] == theirs[:1]:
        return "same"
    if mine[0] in theirs:
        return "theirs"
    return "mine" if theirs[0] in mine else "neither"


def _merged(
    mine: TranslationUnit,
    theirs: TranslationUnit,
    our_entry: SavedEntry | None,
    their_entry: SavedEntry | None,
    told: Counter[str],
) -> TranslationUnit:
    if _seen(mine) == _seen(theirs):
        return mine
    newer: Newer = "neither"
    if our_entry and their_entry:
        newer = _newer(our_entry.lineage, their_entry.lineage)
    if newer in ("same", "theirs"):
        told["taken"] += 1
        return _as_theirs(mine, theirs)
    if newer == "mine":
        told["stale"] += 1
        return mine
    mine, theirs = _both_say(mine, theirs)
    if mine.target == theirs.target:
        told["taken"] += 1
        state = max(mine.state, theirs.state, key=_STATES.index)  # nobody's approval is lost
        both = replace(_as_theirs(mine, theirs), state=state)
        return _beside(both, mine.elsewhere)
    if our_entry and not our_entry.kept:
        told["taken"] += 1
        return _beside(_as_theirs(mine, theirs), mine.elsewhere)
    if their_entry and not their_entry.kept:
        told["stale"] += 1
        return _beside(mine, theirs.elsewhere)
    told["undecided"] += 1
    return _beside(mine, theirs.elsewhere, theirs.target)


def _both_say(
    mine: TranslationUnit, theirs: TranslationUnit
) -> tuple[TranslationUnit, TranslationUnit]:
    """Each with the notes of both, and with what either ignores."""
    note = _both_notes(mine.note, theirs.note)
    ignored = mine.ignored | theirs.ignored
    return replace(mine, note=note, ignored=ignored), replace(theirs, note=note, ignored=ignored)


def _seen(unit: TranslationUnit) -> tuple[str, ...]:
    return (*_key(unit), unit.target, unit.state, unit.note, unit.elsewhere, *sorted(unit.ignored))


def _as_theirs(mine: TranslationUnit, theirs: TranslationUnit) -> TranslationUnit:
    """What they wrote, with what only we know of it."""
    machine = theirs.machine
    if theirs.origin == "human" and not machine:
        machine = mine.machine or ("" if mine.origin == "human" else mine.target)
    return replace(theirs, machine="" if machine == theirs.target else machine)


def _both_notes(mine: str, theirs: str) -> str:
    return "\n".join(dict.fromkeys([*mine.splitlines(), *theirs.splitlines()]))


def _beside(unit: TranslationUnit, *versions: str) -> TranslationUnit:
    """With other versions to decide on; all but the last become notes."""
    for version in versions:
        if version and version not in (unit.target, unit.elsewhere):
            note = f"another version: {unit.elsewhere}" if unit.elsewhere else ""
            unit = replace(unit, elsewhere=version, note=_both_notes(unit.note, note))
    return unit


def _knows(saved: Saved, lost: SavedEntry) -> bool:
    """Whether who wrote that PO had seen the lost entry as it is."""
    return any(
        (e.id, e.source) == (lost.id, lost.source) and lost.lineage[0] in e.lineage
        for e in saved.entries
    )


def _rescued(lost: SavedEntry, merged: dict[Key, TranslationUnit]) -> list[str]:
    """A person's work on a segment that was cut or joined by someone who had not seen it: keep it beside the
    segment that has its beginning now."""
    texts = [lost.elsewhere, lost.target if lost.kept else ""]
    texts = [t for t in texts if t and all(t != unit.target for unit in merged.values())]
    if not texts and not lost.note:
        return []
    for key, unit in merged.items():
        if _roots(lost.id) & _roots(key[0]):
            merged[key] = _beside(replace(unit, note=_both_notes(unit.note, lost.note)), *texts)
            return [
                f"segment {lost.id} was cut or joined on one side and changed on the other: please decide"
            ]
    return [f"segment {lost.id} is gone; its text is kept at the end of the PO"]


def _roots(name: str) -> set[str]:
    return set(map(root, name.split("+")))


def _segments(count: int) -> str:
    return "1 segment" if count == 1 else f"{count} segments"


def _reconciled(mine: Saved, theirs: Saved) -> Saved:
    """Their PO with the history of both. A person's entries that they lost are obsolete ones."""
    ours = {(entry.id, entry.source): entry for entry in mine.entries}
    entries = []
    for entry in theirs.entries:
        own = ours.pop((entry.id, entry.source), None)
        entries.append(_both(own, entry) if own else entry)
    lost = [replace(entry, obsolete=True) for entry in ours.values() if entry.kept or entry.note]
    structure = _joined(mine.structure, theirs.structure)
    return replace(theirs, entries=(*entries, *lost)).noting(structure)


def _both(mine: SavedEntry, theirs: SavedEntry) -> SavedEntry:
    newer = _newer(mine.lineage, theirs.lineage)
    entry = theirs if newer in ("same", "theirs") else mine
    entry = replace(entry, flags=theirs.flags, obsolete=theirs.obsolete)
    return entry.noting(_joined(mine.lineage, theirs.lineage))


def _joined(mine: Lineage, theirs: Lineage) -> Lineage:
    newer = _newer(mine, theirs)
    if newer != "neither":
        return mine if newer == "mine" else theirs
    both = chain.from_iterable(zip_longest(mine, theirs))
    return tuple(dict.fromkeys(filter(None, both)))[:REMEMBERED]
