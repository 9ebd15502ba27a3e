"""The master: a bilingual PO, one entry a segment, `fuzzy` until a person approves.

What a person did is told from what the machine did by a short hash of the machine's own msgstr
(`#. mt:`): an entry that is no longer fuzzy, or whose msgstr no longer has that hash, is a person's
work. It outlives every later run: in its place while its source stands in the document, as an
obsolete entry (`#~`) after.

Versions have ids, as in a version control system: a hash of what a person sees of an entry, and of the id
before. Dragoman notes them (`#. history:`, newest first; a fresh machine translation needs none). Other
programs change an entry and leave the comment, which then says what they began from.
"""

import hashlib
import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

import polib

from glossary.types import Term
from translate.errors import FormatError
from translate.types import (
    APPROVED,
    Document,
    Origin,
    Provenance,
    Segment,
    SegmentKind,
    State,
    TranslationUnit,
    Verdict,
)

Lineage = tuple[str, ...]  # ids of versions, newest first

REMEMBERED = 12  # versions noted of an entry

_IGNORE = "ignore-"  # flag: `ignore-numbers`
_OURS = "X-Dragoman-"
_STRUCTURE = f"{_OURS}Structure"
_STRING = r'"(?:[^"\\]|\\.)*"'
_LINE = re.compile(rf"(?:#~\s*)?(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s*)?{_STRING}")
_ERROR_LINE = re.compile(r"line (\d+)")
# Controls and Unicode's line ends, which would break a comment in two.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class _Lines(str):
    """A text whose lines end at LF only: polib would also cut it at U+2028 and its like."""

    __slots__ = ()

    def splitlines(self, keepends: bool = False) -> list[str]:
        return self.split("\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedEntry:
    """An entry of a PO written before, with what a person may have made of it."""

    id: str
    source: str
    target: str
    fuzzy: bool = False
    obsolete: bool = False
    note: str = ""  # translator comments, `# `
    flags: tuple[str, ...] = ()  # without fuzzy and what is ignored
    ignored: frozenset[str] = frozenset()  # the checks of the flags `ignore-ID`
    mt: str = ""  # hash of the machine's target, if it was the machine's
    final: bool = False
    comments: tuple[str, ...] = ()  # `#. `
    line: int = field(default=0, compare=False)

    @property
    def kept(self) -> bool:
        """Whether a person approved or changed this target, so that no run may replace it."""
        return bool(self.target) and (not self.fuzzy or self.changed)

    @property
    def changed(self) -> bool:
        """Whether the target is another than the machine wrote, or nobody knows."""
        return self.mt != hashed(self.target)

    @property
    def lineage(self) -> Lineage:
        """The ids of this version and of those it was made from, as far as is known."""
        noted = tuple(self.said("history").split())
        if not noted and self.mt:  # it began as the machine's own words
            noted = (_version(self.mt, "", "", ""),)
        return self.following(noted)

    def following(self, before: Lineage) -> Lineage:
        """The ids with this entry's own in front, unless `before` is of this very version."""
        if before and before[0] == self._version(before[1:]):
            return before
        return (self._version(before), *before)[:REMEMBERED]

    def noting(self, lineage: Lineage) -> "SavedEntry":
        """With these ids in the comment."""
        others = [c for c in self.comments if not c.startswith("history: ")]
        return replace(self, comments=(*others, f"history: {' '.join(lineage)}"))

    def _version(self, before: Lineage) -> str:
        approved = "" if self.state in ("initial", "translated") else self.state
        seen = (hashed(self.target), approved, self.note, self.said("elsewhere"))
        return _version(*seen, *_ignoring(self.ignored), *before[:1])

    @property
    def state(self) -> State:
        """How far the person got."""
        if not self.target:
            return "initial"
        return "translated" if self.fuzzy else "final" if self.final else "reviewed"

    def said(self, name: str) -> str:
        """What the comment `#. name: ` says."""
        start = f"{name}: "
        return next((c.removeprefix(start) for c in self.comments if c.startswith(start)), "")

    @property
    def machine(self) -> str:
        """What the machine had written where a person changed it."""
        return _unescaped(self.said("machine"))

    @property
    def elsewhere(self) -> str:
        """Another program's version, undecided."""
        return _unescaped(self.said("elsewhere"))

    def unit(self, *, before: str) -> TranslationUnit:
        """What this entry alone tells of its unit: no alignment, verdicts or findings."""
        origin, score, paragraph = self.said("origin"), self.said("score"), self.said("paragraph")
        kind = self.said("kind")
        person = bool(self.target) and self.changed
        return TranslationUnit(
            segment=Segment(
                id=self.id,
                source=self.source,
                kind=kind if kind in _KINDS else "sentence",
                paragraph=int(paragraph) - 1 if paragraph.isdecimal() else 0,
                before=before,
            ),
            target=self.target,
            state=self.state,
            origin="human" if person else origin if origin in _MACHINES else "mt",
            score=float(score) if _SCORE.fullmatch(score) and not person else None,
            note=self.note,
            machine=self.machine if person else "",
            elsewhere=self.elsewhere,
            ignored=self.ignored,
        )


@dataclass(frozen=True, slots=True)
class Saved:
    """A master as it was saved: header fields, the comment above them, entries in order."""

    metadata: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    entries: tuple[SavedEntry, ...] = ()

    @property
    def provenance(self) -> Provenance:
        """What produced it, as far as the header says."""
        names = ("model", "engine", "glossary", "version")
        return Provenance(**{n: self.metadata.get(_OURS + n.capitalize(), "") for n in names})

    @property
    def structure(self) -> Lineage:
        """The ids of the ways in which the document was cut into segments, this one first."""
        cuts = [(entry.id, entry.source) for entry in self.entries if not entry.obsolete]
        return _structure(cuts, tuple(self.metadata.get(_STRUCTURE, "").split()))

    def noting(self, structure: Lineage) -> "Saved":
        """With these ids in the header."""
        return replace(self, metadata={**self.metadata, _STRUCTURE: " ".join(structure)})


def _structure(cuts: Sequence[tuple[str, str]], before: Lineage) -> Lineage:
    flat = [part for cut in cuts for part in cut]
    if before and before[0] == _version(*flat, *before[1:2]):
        return before
    return (_version(*flat, *before[:1]), *before)[:REMEMBERED]


_KINDS: tuple[SegmentKind, ...] = get_args(SegmentKind)
_MACHINES: tuple[Origin, ...] = ("mt", "memory")
_SCORE = re.compile(r"-?\d{1,9}(\.\d{1,9})?")
_TO_ESCAPE = re.compile(r"[\\\x00-\x1f\x7f-\x9f\u2028\u2029]|^\s|\s\Z")
_ESCAPED = re.compile(r"\\(?:u([0-9a-f]{4})|(.))")


def _escaped(text: str) -> str:
    """A text of several lines as one line of a comment, to the letter. It never ends in a backslash."""

    def escape(found: re.Match[str]) -> str:
        if found[0] == "\n":
            return r"\n"
        inside = found.end() < len(text)
        return r"\\" if found[0] == "\\" and inside else f"\\u{ord(found[0]):04x}"

    return _TO_ESCAPE.sub(escape, text)


def _unescaped(line: str) -> str:
    def unescape(found: re.Match[str]) -> str:
        return chr(int(found[1], 16)) if found[1] else "\n" if found[2] == "n" else found[2]

    return _ESCAPED.sub(unescape, line)


def _version(*seen: str) -> str:
    return hashed("\x00".join(seen))[:8]


def hashed(text: str) -> str:
    """A short hash, 12 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def read_saved(text: str, path: str) -> Saved:
    """The whole master, obsolete entries too. A broken line is an error, never a lost entry."""
    file = _parse(text, path)
    return Saved(dict(file.metadata), file.header, tuple(map(_saved, file)))


def read_po(text: str, path: str) -> list[SavedEntry]:
    """The entries alone."""
    return list(read_saved(text, path).entries)


def _parse(text: str, path: str) -> polib.POFile:
    text = text.removeprefix("\ufeff")
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if (
            bare
            and (not bare.startswith("#") or bare.startswith("#~ "))
            and not _LINE.fullmatch(bare)
        ):
            raise FormatError(
                f'not a line of a PO file: {bare[:60]!r}; put it in quotes, or begin it with "# "',
                path=path,
                line=number,
            )
    try:
        return polib.pofile(_Lines(text), wrapwidth=0)
    except (OSError, ValueError) as error:
        found = _ERROR_LINE.search(str(error))
        raise FormatError(
            "not a PO file, or the entry before this line is incomplete; "
            "compare with an entry that works",
            path=path,
            line=int(found[1]) if found else 0,
        ) from error


def _saved(entry: polib.POEntry) -> SavedEntry:
    comments = tuple(c.rstrip() for c in entry.comment.split("\n")) if entry.comment else ()
    fields = dict(c.split(": ", 1) for c in reversed(comments) if ": " in c)
    return SavedEntry(
        id=entry.msgctxt or "",
        source=entry.msgid,
        target=entry.msgstr,
        fuzzy="fuzzy" in entry.flags,
        obsolete=bool(entry.obsolete),
        note="\n".join(line.rstrip() for line in entry.tcomment.split("\n")),
        flags=tuple(f for f in entry.flags if f and f != "fuzzy" and not f.startswith(_IGNORE)),
        ignored=frozenset(f.removeprefix(_IGNORE) for f in entry.flags if f.startswith(_IGNORE)),
        mt=fields.get("mt", ""),
        final=fields.get("state") == "final",
        comments=comments,
        line=entry.linenum or 0,
    )


def match_saved(segments: Iterable[Segment], saved: Sequence[SavedEntry]) -> dict[str, SavedEntry]:
    """The saved entry of each segment, by id: same id and source, else the same source elsewhere.

    Where several could serve, one with a person's work goes first. No entry serves twice.
    """
    segments = tuple(segments)
    ranked = sorted(saved, key=lambda e: (not e.kept, e.obsolete))
    by_key: dict[tuple[str, str], deque[SavedEntry]] = {}
    for entry in ranked:
        by_key.setdefault((entry.id, entry.source), deque()).append(entry)
    found = {s.id: own.popleft() for s in segments if (own := by_key.get((s.id, s.source)))}
    taken = {id(entry) for entry in found.values()}
    by_source: dict[str, deque[SavedEntry]] = {}
    for entry in ranked:
        if id(entry) not in taken:
            by_source.setdefault(entry.source, deque()).append(entry)
    for segment in segments:
        if segment.id not in found and (own := by_source.get(segment.source)):
            found[segment.id] = own.popleft()
    return found


def merge(document: Document, saved: Sequence[SavedEntry]) -> Document:
    """The document with every target that a person approved or changed put back, every note, and the checks
    that were ignored.

    A unit that is a person's already is newer than what was saved, and stays. The caller recomputes
    verdicts and findings of units whose target was replaced: they come back without.
    """
    found = match_saved((unit.segment for unit in document.units), saved)
    units = tuple(_merged(unit, found.get(unit.segment.id)) for unit in document.units)
    return replace(document, units=units)


def _merged(unit: TranslationUnit, saved: SavedEntry | None) -> TranslationUnit:
    if saved is None:
        return unit
    unit = replace(
        unit,
        note=unit.note or saved.note,
        elsewhere=unit.elsewhere or saved.elsewhere,
        ignored=unit.ignored or saved.ignored,
    )
    if unit.origin == "human" and unit.target == saved.target:
        return replace(unit, machine=unit.machine or saved.machine)
    if unit.origin == "human" or not saved.kept:
        return unit
    unit = replace(unit, origin="human", state=saved.state, score=None, machine=saved.machine)
    if unit.target == saved.target:
        return unit
    return replace(unit, target=saved.target, alignment=None, verdicts=(), findings=())


def write_po(document: Document, previous: str | None = None) -> str:
    """The PO of a document. Given the PO written before, nothing a person did there is lost.

    `merge` is applied first (again does no harm); flags, notes and header fields stay, and entries
    whose source is gone become obsolete.
    """
    saved = read_saved(previous, "") if previous else Saved()
    return compose(merge(document, saved.entries), saved)[0]


Blocks = dict[str, tuple[TranslationUnit, SavedEntry | None, SavedEntry, str]]


def compose(document: Document, saved: Saved, blocks: Blocks | None = None) -> tuple[str, Saved]:
    """The text of the PO, and what reading it would give. The document's own targets are the newest.

    `blocks` remembers the entries of one call for the next: units are frozen, so one that is the
    same object needs no second writing.
    """
    blocks = {} if blocks is None else blocks
    found = match_saved((unit.segment for unit in document.units), saved.entries)
    for unit in document.units:
        name, old = unit.segment.id, found.get(unit.segment.id)
        known = blocks.get(name)
        if known is None or known[0] is not unit or known[1] != old:
            blocks[name] = (unit, old, *_written(unit, old))
    written = [blocks[unit.segment.id] for unit in document.units]
    used = {
        id(old)
        for unit in document.units
        if (old := found.get(unit.segment.id)) and not _only_similar(unit, old)
    }
    names = Counter((entry.id, entry.source) for _, _, entry, _ in written)
    dropped = [e for e in saved.entries if id(e) not in used and (e.target or e.note)]
    gone = [_obsolete(entry, names) for entry in dropped]
    metadata = _metadata(document, saved)
    header = _header(metadata, saved.comment)
    text = "\n".join([header, *(t for _, _, _, t in written), *(t for _, t in gone)])
    entries = (*(entry for _, _, entry, _ in written), *(entry for entry, _ in gone))
    return text, Saved(metadata, saved.comment, entries)


def _only_similar(unit: TranslationUnit, old: SavedEntry) -> bool:
    """Whether the entry is of another segment with the same source, and says what the unit doesn't."""
    target = old.kept and old.target.strip("\n") != unit.target.strip("\n")
    return old.id != unit.segment.id and (target or old.note not in ("", unit.note))


def _written(unit: TranslationUnit, old: SavedEntry | None) -> tuple[SavedEntry, str]:
    entry = _entry(unit, old)
    saved = _saved(entry)
    lineage = saved.following(old.lineage) if old else saved.lineage
    if lineage[1:] or saved.kept or saved.note or saved.elsewhere:
        entry.comment += f"\nhistory: {' '.join(lineage)}"
        saved = _saved(entry)
    return saved, str(entry.__unicode__(0))


def _metadata(document: Document, saved: Saved) -> dict[str, str]:
    provenance = document.provenance
    fields = {
        "Project-Id-Version": document.name or "Dragoman",
        "Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
        "X-Source-Language": "ar",
        f"{_OURS}Model": provenance.model,
        f"{_OURS}Engine": provenance.engine,
        f"{_OURS}Glossary": provenance.glossary,
        f"{_OURS}Version": provenance.version,
    }
    structure = _structure(
        [(u.segment.id, u.segment.source) for u in document.units], saved.structure
    )
    if structure[1:] and (saved.entries or _STRUCTURE in saved.metadata):
        fields[_STRUCTURE] = " ".join(structure)
    kept = {k: v for k, v in saved.metadata.items() if k not in fields and not k.startswith(_OURS)}
    return {key: _clean(value).strip() for key, value in (fields | kept).items()}


def _header(metadata: Mapping[str, str], comment: str) -> str:
    lines = (f"{key}: {value}\n" for key, value in metadata.items())
    entry = polib.POEntry(msgid="", msgstr="".join(lines), tcomment=comment)
    return str(entry.__unicode__(0))


def _entry(unit: TranslationUnit, saved: SavedEntry | None) -> polib.POEntry:
    approved = unit.state in APPROVED and bool(unit.target)
    fuzzy = [] if approved or not unit.target else ["fuzzy"]
    return polib.POEntry(
        msgctxt=unit.segment.id,
        msgid=unit.segment.source,
        msgstr=_framed(unit.target, unit.segment.source) if approved else unit.target,
        tcomment=_note(unit.note),
        comment="\n".join(map(_clean, _comments(unit, saved))),
        occurrences=[(f"p{unit.segment.paragraph + 1}", "")],
        flags=[*fuzzy, *(saved.flags if saved else ()), *_ignoring(unit.ignored)],
    )


def _ignoring(checks: Iterable[str]) -> list[str]:
    """The flags that switch these checks off."""
    return [f"{_IGNORE}{check}" for check in sorted(checks)]


def _comments(unit: TranslationUnit, saved: SavedEntry | None) -> list[str]:
    mt = hashed(unit.target)
    if unit.origin == "human":
        mt = hashed(unit.machine) if unit.machine else saved.mt if saved else ""
    lines = [
        f"kind: {unit.segment.kind}",
        f"paragraph: {unit.segment.paragraph + 1}",
        f"origin: {unit.origin}",
        f"state: {unit.state}",
    ]
    if unit.score is not None:
        lines.append(f"score: {unit.score:.3f}")
    if mt:
        lines.append(f"mt: {mt}")
    for name, text in (("machine", unit.machine), ("elsewhere", unit.elsewhere)):
        if text and text != unit.target:
            lines.append(f"{name}: {_escaped(text)}")
    lines += [_verdict(verdict, unit.target) for verdict in unit.verdicts]
    lines += [f"{f.severity}: {f.check}: {f.message}" for f in unit.shown]
    return lines


def _verdict(verdict: Verdict, target: str) -> str:
    """`term: موسكو → Moscow: satisfied`, and what stands there instead where it is not."""
    agreed = _rendering(verdict.constraint.match.term)
    there = verdict.span.of(target) if verdict.span and verdict.status != "satisfied" else ""
    return f"term: {agreed}: {verdict.status}" + (f" ({there})" if there else "")


def _rendering(term: Term) -> str:
    return f"{term.source} → {term.target or 'not to be translated so'}"


def _obsolete(saved: SavedEntry, names: Counter[tuple[str, str]]) -> tuple[SavedEntry, str]:
    """polib drops `#.` here, but that holds the hash; msgfmt wants keys that differ."""
    name, number = saved.id, 1
    while names[name, saved.source]:
        number += 1
        name = f"{saved.id}~{number}"
    names[name, saved.source] += 1
    entry = polib.POEntry(
        msgctxt=name,
        msgid=saved.source,
        msgstr=saved.target,
        tcomment=_note(saved.note),
        flags=[*(["fuzzy"] if saved.fuzzy else []), *saved.flags, *_ignoring(saved.ignored)],
        obsolete=True,
    )
    text = "".join(f"#. {_clean(c)}\n" for c in saved.comments) + str(entry.__unicode__(0))
    return replace(saved, id=name, obsolete=True), text


def _clean(line: str) -> str:
    """One line of a comment, not ending in a backslash: gettext would join the next line to it."""
    line = _UNPRINTABLE.sub(" ", line).strip()
    return line + " " * line.endswith("\\")


def clean_note(note: str) -> str:
    """As a translator comment can hold it."""
    return "\n".join(_UNPRINTABLE.sub(" ", line).rstrip() for line in note.split("\n")).strip()


def _note(note: str) -> str:
    return "\n".join(line + " " * line.endswith("\\") for line in clean_note(note).split("\n"))


def _framed(target: str, source: str) -> str:
    """gettext wants a line feed at both or neither of their beginnings, and of their ends. A target of nothing
    else stays: without them it would be no translation any more, and what approved it lost."""
    if not target.strip("\n"):
        return target
    return "\n" * source.startswith("\n") + target.strip("\n") + "\n" * source.endswith("\n")
