"""The master: a bilingual PO, one entry a segment, `fuzzy` until a person approves.

What a person did is told from what the machine did by a short hash of the machine's own msgstr
(`#. mt:`): an entry that is no longer fuzzy, or whose msgstr no longer has that hash, is a person's
work. It outlives every later run: in its place while its source stands in the document, as an
obsolete entry (`#~`) after.
"""

import hashlib
import re
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import polib

from glossary.types import Term
from translate.errors import FormatError
from translate.types import Document, Segment, State, TranslationUnit, Verdict

_OURS = "X-Dragoman-"
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
    flags: tuple[str, ...] = ()  # without fuzzy
    mt: str = ""  # hash of the machine's target, if it was the machine's
    final: bool = False
    comments: tuple[str, ...] = ()  # `#. `
    line: int = 0

    @property
    def kept(self) -> bool:
        """Whether a person approved or changed this target, so that no run may replace it."""
        return bool(self.target) and (not self.fuzzy or self.mt != _hash(self.target))

    @property
    def state(self) -> State:
        """How far the person got."""
        if not self.target:
            return "initial"
        return "translated" if self.fuzzy else "final" if self.final else "reviewed"


def _hash(target: str) -> str:
    return hashlib.sha256(target.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def read_po(text: str, path: str) -> list[SavedEntry]:
    """The entries in order, obsolete ones too. A broken line is an error, never a lost entry."""
    return [_saved(entry) for entry in _parse(text, path)]


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
    comments = tuple(entry.comment.split("\n")) if entry.comment else ()
    fields = dict(c.split(": ", 1) for c in reversed(comments) if ": " in c)
    return SavedEntry(
        id=entry.msgctxt or "",
        source=entry.msgid,
        target=entry.msgstr,
        fuzzy="fuzzy" in entry.flags,
        obsolete=bool(entry.obsolete),
        note=entry.tcomment,
        flags=tuple(f for f in entry.flags if f and f != "fuzzy"),
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
    """The document with every target that a person approved or changed put back, and every note.

    A unit that is a person's already is newer than what was saved, and stays. The caller recomputes
    verdicts and findings of units whose target was replaced: they come back without.
    """
    found = match_saved((unit.segment for unit in document.units), saved)
    units = tuple(_merged(unit, found.get(unit.segment.id)) for unit in document.units)
    return replace(document, units=units)


def _merged(unit: TranslationUnit, saved: SavedEntry | None) -> TranslationUnit:
    if saved is None:
        return unit
    unit = replace(unit, note=unit.note or saved.note)
    if unit.origin == "human" or not saved.kept:
        return unit
    unit = replace(unit, origin="human", state=saved.state, score=None)
    if unit.target == saved.target:
        return unit
    return replace(unit, target=saved.target, alignment=None, verdicts=(), findings=())


def write_po(document: Document, previous: str | None = None) -> str:
    """The PO of a document. Given the PO written before, nothing a person did there is lost.

    `merge` is applied first (again does no harm); flags, notes and header fields stay, and entries
    whose source is gone become obsolete.
    """
    old = _parse(previous, "") if previous else polib.POFile()
    saved = [_saved(entry) for entry in old]
    document = merge(document, saved)
    found = match_saved((unit.segment for unit in document.units), saved)
    entries = [_entry(unit, found.get(unit.segment.id)) for unit in document.units]
    blocks = [_header(document, old), *(entry.__unicode__(0) for entry in entries)]
    used = {id(entry) for entry in found.values()}
    names = Counter((entry.msgctxt, entry.msgid) for entry in entries)
    for entry in saved:
        if id(entry) not in used and (entry.target or entry.note):
            blocks.append(_obsolete(entry, names))
    return "\n".join(blocks)


def _header(document: Document, old: polib.POFile) -> str:
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
    kept = {k: v for k, v in old.metadata.items() if k not in fields and not k.startswith(_OURS)}
    lines = (f"{key}: {_clean(value).strip()}\n" for key, value in (fields | kept).items())
    entry = polib.POEntry(msgid="", msgstr="".join(lines), tcomment=old.header)
    return str(entry.__unicode__(0))


def _entry(unit: TranslationUnit, saved: SavedEntry | None) -> polib.POEntry:
    approved = unit.state in ("reviewed", "final") and bool(unit.target)
    fuzzy = [] if approved or not unit.target else ["fuzzy"]
    return polib.POEntry(
        msgctxt=unit.segment.id,
        msgid=unit.segment.source,
        msgstr=_framed(unit.target, unit.segment.source) if approved else unit.target,
        tcomment=_note(unit.note),
        comment="\n".join(map(_clean, _comments(unit, saved))),
        occurrences=[(f"p{unit.segment.paragraph + 1}", "")],
        flags=[*fuzzy, *(saved.flags if saved else ())],
    )


def _comments(unit: TranslationUnit, saved: SavedEntry | None) -> list[str]:
    mt = (saved.mt if saved else "") if unit.origin == "human" else _hash(unit.target)
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
    lines += [_verdict(verdict, unit.target) for verdict in unit.verdicts]
    lines += [f"{f.severity}: {f.check}: {f.message}" for f in unit.findings]
    return lines


def _verdict(verdict: Verdict, target: str) -> str:
    """`term: موسكو → Moscow: satisfied`, and what stands there instead where it is not."""
    agreed = _rendering(verdict.constraint.match.term)
    there = verdict.span.of(target) if verdict.span and verdict.status != "satisfied" else ""
    return f"term: {agreed}: {verdict.status}" + (f" ({there})" if there else "")


def _rendering(term: Term) -> str:
    return f"{term.source} → {term.target or 'not to be translated so'}"


def _obsolete(saved: SavedEntry, names: Counter[tuple[str, str]]) -> str:
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
        flags=[*(["fuzzy"] if saved.fuzzy else []), *saved.flags],
        obsolete=True,
    )
    return "".join(f"#. {_clean(c)}\n" for c in saved.comments) + str(entry.__unicode__(0))


def _clean(line: str) -> str:
    """One line of a comment, not ending in a backslash: gettext would join the next line to it."""
    line = _UNPRINTABLE.sub(" ", line).strip()
    return line + " " * line.endswith("\\")


def _note(note: str) -> str:
    lines = (_UNPRINTABLE.sub(" ", line).rstrip() for line in note.split("\n"))
    return "\n".join(line + " " * line.endswith("\\") for line in lines)


def _framed(target: str, source: str) -> str:
    """gettext wants a line feed at both or neither of their beginnings, and of their ends."""
    return "\n" * source.startswith("\n") + target.strip("\n") + "\n" * source.endswith("\n")
