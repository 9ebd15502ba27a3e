"""Take in what other tools made of a document: a registry of bilingual formats, and three-way merging.

A new format is one module with a function from bytes to `Returned` entries and one line in READERS. Nothing is
overwritten that changed here since the export, and nothing dropped in silence: see `Outcome`.
"""

import importlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from translate.errors import UnknownFormat
from translate.formats.po import hashed
from translate.formats.returned import (
    STATES,
    Mark,
    Returned,
    hashed_lines,
    mark_of,
    remarks_of,
    same_lines,
    same_text,
    squeezed,
)
from translate.types import Document, State, TranslationUnit

Lineage = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A bilingual format that may come back."""

    title: str
    suffixes: tuple[str, ...]
    module: str
    function: str  # (bytes, path) -> Iterable[Returned]; raises FormatError

    def read(self, data: bytes, path: str) -> tuple[Returned, ...]:
        """The entries of the file, in order."""
        read: Callable[[bytes, str], Iterable[Returned]]
        read = getattr(importlib.import_module(self.module), self.function)
        return tuple(read(data, path))


READERS: dict[str, Reader] = {
    "xliff": Reader(
        title="XLIFF 2",
        suffixes=(".xliff", ".xlf", ".xlf2"),
        module="translate.formats.xliff",
        function="read_xliff",
    ),
    "xliff12": Reader(
        title="XLIFF 1.2",
        suffixes=(".xliff", ".xlf", ".sdlxliff", ".mqxliff", ".mxliff"),
        module="translate.formats.xliff12",
        function="read_xliff12",
    ),
    "po": Reader(
        title="PO",
        suffixes=(".po", ".pot"),
        module="translate.formats.returned_po",
        function="read_returned_po",
    ),
    "tsv": Reader(
        title="TSV",
        suffixes=(".tsv", ".tab"),
        module="translate.formats.tables",
        function="read_tsv",
    ),
    "docx": Reader(
        title="bilingual DOCX",
        suffixes=(".docx",),
        module="translate.formats.docx",
        function="read_docx",
    ),
}


def reader_for(data: bytes, path: str) -> Reader:
    """By what the file holds for XLIFF, else by the end of its name. Raises UnknownFormat."""
    suffix = PurePath(path).suffix.lower()
    head = data[:4096].replace(b"\0", b"")
    if b"urn:oasis:names:tc:xliff:document:2." in head:
        return READERS["xliff"]
    if b"<xliff" in head:
        return READERS["xliff12"]
    for reader in READERS.values():
        if suffix in reader.suffixes:
            return reader
    known = ", ".join(sorted({s for reader in READERS.values() for s in reader.suffixes}))
    raise UnknownFormat(
        f"{path}: can't tell its format from the name; one that ends in {known} is wanted"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of every entry and every unit. All but `unknown` are ids here, in order."""

    taken: tuple[str, ...] = ()  # another target, from there
    restated: tuple[str, ...] = ()  # only another state or note
    undecided: tuple[str, ...] = ()  # changed here and there: theirs is kept beside ours
    waiting: tuple[str, ...] = ()  # so too, but an earlier version is still undecided: not taken
    older: tuple[str, ...] = ()  # changed here since, and not there
    emptied: tuple[str, ...] = ()  # without a target there: ours stays
    unchanged: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # not in the file
    unknown: tuple[Returned, ...] = ()  # not in the document, or there twice with another target


@dataclass(slots=True)
class _Told:
    """Where the ids of each outcome are gathered."""

    ids: dict[str, list[str]] = field(default_factory=dict)

    def tell(self, what: str, unit: TranslationUnit) -> None:
        self.ids.setdefault(what, []).append(unit.segment.id)

    def outcome(self, unknown: Sequence[Returned]) -> Outcome:
        return Outcome(**{k: tuple(v) for k, v in self.ids.items()}, unknown=tuple(unknown))


def applied(
    document: Document,
    returned: Sequence[Returned],
    lineages: Mapping[str, Lineage] | None = None,
) -> tuple[Document, Outcome]:
    """The document with what came back, and what became of it. Pure.

    `lineages` are the ids of the versions of the units here, for entries of a PO that say what they were made
    from. Units with another target come without alignment, verdicts and findings: judge them anew.
    """
    found, unknown = _matched(document.units, returned)
    told = _Told()
    units = []
    for unit in document.units:
        there = found.get(unit.segment.id)
        if there is None:
            told.tell("missing", unit)
            units.append(unit)
        else:
            lineage = (lineages or {}).get(unit.segment.id, ())
            units.append(_merged(unit, there, lineage, told))
    return replace(document, units=tuple(units)), told.outcome(unknown)


def _matched(
    units: Sequence[TranslationUnit], returned: Sequence[Returned]
) -> tuple[dict[str, Returned], list[Returned]]:
    """Entries by the ids of their units: of the same id and source, else of the same source, in order.
    Second, those left over."""
    left = list(returned)
    found: dict[str, Returned] = {}
    by_key = {(u.segment.id, squeezed(u.segment.source)): u.segment.id for u in units}
    rest = []
    for entry in left:
        name = by_key.get((entry.id, squeezed(entry.source)))
        if name is None or name in found:
            rest.append(entry)
        else:
            found[name] = entry
    waiting: dict[str, deque[str]] = {}
    for unit in units:
        if unit.segment.id not in found:
            waiting.setdefault(squeezed(unit.segment.source), deque()).append(unit.segment.id)
    unknown = []
    for entry in rest:
        names = waiting.get(squeezed(entry.source))
        if names:
            found[names.popleft()] = entry
        else:
            unknown.append(entry)
    return found, [entry for entry in unknown if not _told_already(entry, found)]


def _told_already(entry: Returned, found: Mapping[str, Returned]) -> bool:
    """Whether the file says the same twice."""
    first = found.get(entry.id)
    return first is not None and (first.source, first.target) == (entry.source, entry.target)


def _merged(
    unit: TranslationUnit, there: Returned, lineage: Lineage, told: _Told
) -> TranslationUnit:
    """Three ways: the unit, what came back, and what was exported as far as it is known."""
    noted = _with_note(unit, there)
    if not there.target.strip() and unit.target:
        told.tell("emptied", unit)
        return noted
    if same_lines(there.target, unit.target):
        return _same_target(unit, noted, there, lineage, told)
    if _unchanged_there(unit, there, lineage):
        told.tell("older", unit)
        return noted
    if _unchanged_here(unit, there, lineage):
        told.tell("taken", unit)
        return _taken(noted, there)
    if unit.elsewhere not in ("", there.target):
        told.tell("waiting", unit)
        return noted
    told.tell("undecided", unit)
    return replace(noted, elsewhere=there.target)


def _same_target(
    unit: TranslationUnit, noted: TranslationUnit, there: Returned, lineage: Lineage, told: _Told
) -> TranslationUnit:
    state = _state_of_same(unit, there, lineage)
    new = replace(noted, state=state)
    told.tell("unchanged" if new == unit else "restated", unit)
    return new


def _state_of_same(unit: TranslationUnit, there: Returned, lineage: Lineage) -> State:
    """Who changed the state since the export has it; if nobody knows, the further one."""
    if there.state is None or not unit.target.strip():
        return unit.state
    if there.mark is not None:
        changed_there = there.state != there.mark.state
        changed_here = mark_of(unit).state != there.mark.state
        if changed_there != changed_here:
            return there.state if changed_there else unit.state
    elif there.lineage and lineage and lineage[0] in there.lineage:
        return there.state
    return max(unit.state, there.state, key=STATES.index)


def _unchanged_there(unit: TranslationUnit, there: Returned, lineage: Lineage) -> bool:
    if there.mark is not None:
        return hashed_lines(there.target) == there.mark.target
    if there.lineage and lineage:
        return there.lineage[0] in lineage
    return same_lines(there.target, unit.machine)


def _unchanged_here(unit: TranslationUnit, there: Returned, lineage: Lineage) -> bool:
    """Whether nothing is lost when the target is replaced; a note written since is no reason to ask."""
    if there.mark is not None:
        here = mark_of(unit)
        return (here.target, here.state) == (there.mark.target, there.mark.state)
    if there.lineage and lineage and lineage[0] in there.lineage:
        return True
    return not unit.kept


def _taken(unit: TranslationUnit, there: Returned) -> TranslationUnit:
    """With a person's target from there. The machine's own words are the machine's, whoever typed them."""
    machine = unit.machine or ("" if unit.origin == "human" else unit.target)
    back = bool(machine) and there.target == machine
    state = there.state if there.state not in (None, "initial") else "translated"
    assert state is not None
    return replace(
        unit,
        target=there.target,
        state=state if there.target.strip() else "initial",
        origin="mt" if back else "human",
        machine="" if back else machine,
        score=None,
        alignment=None,
        verdicts=(),
        findings=(),
    )


def _with_note(unit: TranslationUnit, there: Returned) -> TranslationUnit:
    """With what people noted there. A note that is gone there may be lost only, and stays."""
    ours = {squeezed(line) for _, line in remarks_of(unit)}  # tools lose who wrote a note
    lines = [line for line in there.note.split("\n") if squeezed(line) not in ours]
    note = "\n".join(lines).strip()
    if not note or same_text(note, unit.note):
        return unit
    if there.mark is not None and _note_unchanged(note, there.mark):
        return unit
    if there.mark is not None and _note_unchanged(unit.note, there.mark):
        return replace(unit, note=note)
    both = dict.fromkeys([*unit.note.split("\n"), *note.split("\n")] if unit.note else lines)
    return replace(unit, note="\n".join(both).strip())


def _note_unchanged(note: str, mark: Mark) -> bool:
    return hashed(squeezed(note)) == mark.note
