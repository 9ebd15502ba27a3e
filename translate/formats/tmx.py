"""TMX 1.4b, the exchange format of translation memories, read and written a unit at a time.

A `tu` may hold any number of languages; Arabic and English are read, whichever of them is the source. Inline
codes (`bpt`, `ph` and so on) have no place in a memory of plain text and are left out, their number is told.
A document type is skipped and nothing it names is opened; a file that declares an entity is refused.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from translate.errors import FormatError
from translate.memory.types import Extra, MemoryUnit, Place
from translate.types import Document

MAX_UNIT = 1_000_000  # characters of one tu; a longer one is no translation unit
MAX_TAG = 1_000_000  # bytes of one tag, comment or the like
MAX_DEPTH = 64
_CHUNK = 1 << 16

_CODES = frozenset({"bpt", "ept", "it", "ph", "ut"})  # hold codes of the original format, no text
_DATE = "%Y%m%dT%H%M%SZ"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WRAPPED = re.compile(r"<seg>(.*)</seg>", re.DOTALL)  # memoQ writes contexts so
# What other tools call the parts of a place: memoQ's and ours, OmegaT's.
_PLACE = {
    "x-document": "document",
    "file": "document",
    "x-segment": "segment",
    "id": "segment",
    "x-context-pre": "before",
    "prev": "before",
    "x-context-post": "after",
    "next": "after",
}
_OURS = ("x-document", "x-segment", "x-context-pre", "x-context-post")  # in the order of Place

Where = Literal["tu", "source", "target"]


@dataclass(slots=True)
class Skipped:
    """What a file has that a memory can't take in."""

    units: int = 0  # without Arabic or without English
    codes: int = 0  # units with inline codes, of which the text alone was taken


@dataclass(slots=True)
class _Part:
    """A tu or tuv while it is read: its attributes, notes and props as they come."""

    attributes: dict[str, str]
    language: str = ""
    said: list[Extra] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def read_tmx(path: Path, skipped: Skipped | None = None) -> Iterator[MemoryUnit]:
    """The units of a file, as it is read. Raises FormatError where it is broken or hostile: read it to its
    end before you rely on any of it."""
    reader = _Reader(str(path), skipped or Skipped())
    with path.open("rb") as file:
        yield from reader.read(file)


class _Reader:
    def __init__(self, path: str, skipped: Skipped) -> None:
        self._path = path
        self._skipped = skipped
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._entity
        self._open: list[str] = []
        self._unit = _Part({})
        self._parts: list[_Part] = []  # the tuv of the tu
        self._attributes: dict[str, str] = {}  # of the note or prop
        self._said: list[str] | None = None  # its text
        self._coded = False
        self._size = 0
        self._done: list[MemoryUnit] = []

    def read(self, file: BinaryIO) -> Iterator[MemoryUnit]:
        fed = 0
        try:
            while chunk := file.read(_CHUNK):
                self._parser.Parse(chunk)
                fed += len(chunk)
                if fed - self._parser.CurrentByteIndex > MAX_TAG:
                    raise self._error(f"a tag or comment of more than {MAX_TAG:,} bytes")
                yield from self._done
                self._done.clear()
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self._error(
                f"not well-formed XML ({expat.ErrorString(error.code)}); nothing of it can be relied on, "
                "export it again",
                error.lineno,
            ) from error
        except (LookupError, UnicodeError, ValueError) as error:  # an encoding that nobody knows
            raise self._error(f"{error}; save it as UTF-8") from error
        yield from self._done

    def _error(self, message: str, line: int | None = None) -> FormatError:
        at = self._parser.CurrentLineNumber if line is None else line
        return FormatError(message, path=self._path, line=at)

    def _entity(self, name: str, *_: Any) -> None:
        raise self._error(
            f"it declares or uses the entity {name!r}, which could stand for anything; write the text out instead"
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open and name != "tmx":
            raise self._error(f"not a TMX file: its outermost element is <{name}>")
        self._open.append(name)
        if len(self._open) > MAX_DEPTH:
            raise self._error(f"elements nested more than {MAX_DEPTH} deep")
        self._grow(sum(map(len, attributes.values())))
        if name == "tu":
            self._unit, self._parts = _Part(attributes), []
            self._coded, self._size = False, 0
        elif name == "tuv":
            language = attributes.get("xml:lang") or attributes.get("lang") or ""
            if language in ("ar", "en"):
                attributes.pop("xml:lang", None)
            self._parts.append(_Part(attributes, re.split("[-_]", language.lower())[0]))
        elif name in ("note", "prop") and "tu" in self._open:
            self._attributes, self._said = attributes, []
        elif name in _CODES:
            self._coded = True

    def _end(self, name: str) -> None:
        self._open.pop()
        if name == "tu":
            self._finish()
        elif self._said is not None and name in ("note", "prop"):
            part = self._parts[-1] if "tuv" in self._open else self._unit
            text, self._said = "".join(self._said), None
            kind = self._attributes.get("type", "")
            part.said.append(
                Extra(where="tu", kind="note", text=text)
                if name == "note"
                else Extra(where="tu", kind="prop", name=kind, text=text)
            )

    def _data(self, text: str) -> None:
        if "tu" not in self._open:
            return
        self._grow(len(text))
        if self._said is not None:
            self._said.append(text)
        elif "seg" in self._open and _CODES.isdisjoint(self._open):
            self._parts[-1].text.append(text)

    def _grow(self, by: int) -> None:
        self._size += by
        if self._size > MAX_UNIT and "tu" in self._open:
            raise self._error(f"a translation unit of more than {MAX_UNIT:,} characters")

    def _finish(self) -> None:
        sources = [part for part in self._parts if part.language == "ar"]
        targets = [part for part in self._parts if part.language == "en"]
        if not sources or not targets:
            self._skipped.units += 1
            return
        self._skipped.codes += self._coded
        self._done += [_unit(self._unit, sources[0], target) for target in targets]


def _unit(tu: _Part, source: _Part, target: _Part) -> MemoryUnit:
    rest: list[Extra] = []
    notes: list[str] = []
    facts: dict[str, Any] = {}
    levels: tuple[tuple[Where, _Part], ...] = (("target", target), ("tu", tu), ("source", source))
    for where, part in levels:
        for name, text in part.attributes.items():
            known = _ATTRIBUTES.get(name)
            value = known[1](text) if known and where != "source" else None
            if known is None or value is None or facts.setdefault(known[0], value) != value:
                rest.append(Extra(where=where, kind="attribute", name=name, text=text))
        for said in part.said:
            if where == "tu" and said.kind == "note":
                notes.append(said.text)
            elif where == "source" or said.kind == "note" or said.name not in _PLACE:
                rest.append(replace(said, where=where))
    placed = [s for part in (tu, target) for s in part.said if s.kind == "prop"]
    return MemoryUnit(
        source="".join(source.text),
        target="".join(target.text),
        notes=tuple(notes),
        places=tuple(_places(placed)),
        extras=tuple(rest),
        **facts,
    )


def _places(props: Iterable[Extra]) -> Iterator[Place]:
    """A place begins where a part of it is said a second time."""
    known: dict[str, str] = {}
    for prop in props:
        name = _PLACE.get(prop.name)
        if name is None:
            continue
        if name in known:
            yield Place(**known)
            known = {}
        wrapped = _WRAPPED.fullmatch(prop.text)
        known[name] = wrapped[1] if wrapped else prop.text
    if any(known.values()):
        yield Place(**known)


def _date(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _DATE).replace(tzinfo=UTC)
    except ValueError:
        return None


def _count(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,8}", text) else None


# attribute -> (what it is of a MemoryUnit, how it is read; None where it can't be: then it is kept as it is)
_ATTRIBUTES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "tuid": ("id", str),
    "usagecount": ("used", _count),
    "creationdate": ("created", _date),
    "creationid": ("created_by", str),
    "changedate": ("changed", _date),
    "changeid": ("changed_by", str),
}


def write_tmx(units: Iterable[MemoryUnit], file: BinaryIO, *, version: str) -> int:
    """Write units as they come; their number. `version` is Dragoman's."""
    file.write(
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
            f'<header creationtool="Dragoman" creationtoolversion={_quoted(version)} segtype="sentence" '
            'o-tmf="Dragoman" adminlang="en" srclang="ar" datatype="plaintext"/>\n<body>\n'
        ).encode()
    )
    count = 0
    for unit in units:
        file.write(_written(unit).encode())
        count += 1
    file.write(b"</body>\n</tmx>\n")
    return count


def write_document(document: Document) -> bytes:
    """The translated segments of a document, approved or not: `x-state` says which."""
    out = io.BytesIO()
    write_tmx(_translated(document), out, version=document.provenance.version)
    return out.getvalue()


def _translated(document: Document) -> Iterator[MemoryUnit]:
    sources = ["", *(unit.segment.source for unit in document.units), ""]
    for at, unit in enumerate(document.units, 1):
        if not unit.target.strip():
            continue
        place = Place(
            document=document.name,
            segment=unit.segment.id,
            before=sources[at - 1],
            after=sources[at + 1],
        )
        yield MemoryUnit(
            source=unit.segment.source,
            target=unit.target,
            notes=(unit.note,) if unit.note else (),
            places=(place,),
            extras=(Extra(where="tu", kind="prop", name="x-state", text=unit.state),),
        )


def _written(unit: MemoryUnit) -> str:
    when = {
        "creationdate": unit.created.astimezone(UTC).strftime(_DATE) if unit.created else "",
        "creationid": unit.created_by,
        "changedate": unit.changed.astimezone(UTC).strftime(_DATE) if unit.changed else "",
        "changeid": unit.changed_by,
    }
    head = {"tuid": unit.id, "usagecount": str(unit.used) if unit.used != 1 else "", **when}
    notes = "".join(f"<note>{_text(note)}</note>\n" for note in unit.notes)
    props = "".join(
        f'<prop type="{name}">{_text(text)}</prop>\n'
        for place in unit.places
        for name, text in zip(
            _OURS, (place.document, place.segment, place.before, place.after), strict=True
        )
        if text or name == "x-document"
    )
    return (
        f"<tu{_attributes(unit, 'tu', head)}>\n{notes}{props}{_said(unit, 'tu')}"
        f"<tuv{_attributes(unit, 'source', {'xml:lang': 'ar'})}>{_said(unit, 'source')}"
        f"<seg>{_text(unit.source)}</seg></tuv>\n"
        f"<tuv{_attributes(unit, 'target', {'xml:lang': 'en'} | when)}>{_said(unit, 'target')}"
        f"<seg>{_text(unit.target)}</seg></tuv>\n</tu>\n"
    )


def _attributes(unit: MemoryUnit, where: Where, ours: dict[str, str]) -> str:
    """What another tool said of this very element goes before what we say of the whole unit."""
    theirs = {e.name: e.text for e in unit.extras if (e.where, e.kind) == (where, "attribute")}
    both = {name: text for name, text in ours.items() if text} | theirs
    return "".join(f" {name}={_quoted(text)}" for name, text in both.items())


def _said(unit: MemoryUnit, where: Where) -> str:
    return "".join(
        f"<note>{_text(e.text)}</note>\n"
        if e.kind == "note"
        else f"<prop type={_quoted(e.name)}>{_text(e.text)}</prop>\n"
        for e in unit.extras
        if e.where == where and e.kind != "attribute"
    )


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("", text), {"\r": "&#13;"})


def _quoted(text: str) -> str:
    return quoteattr(_NOT_XML.sub("", text))
