"""The one way to a document on disk: OUT/NAME/NAME.po and what lies beside it.

The PO is the truth about targets, states and notes. The report beside it adds what a PO can't say (alignment,
the text between segments), wherever the two still agree. Between `read` and `write` the caller holds
`locked`, so that no other process of Dragoman comes between; other programs don't know the lock, and are
told by the stamp.
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from glossary.files import locked, write_atomic
from translate.documents import FORMATS, Original
from translate.documents.carry import carry
from translate.errors import FormatError
from translate.formats import writer
from translate.formats.po import Blocks, Saved, compose, read_saved
from translate.formats.report import Reported, read_report
from translate.formats.text import write_text
from translate.types import Document, TranslationUnit

OUTPUTS = ("html", "txt", "json")

_SPACE = re.compile(r"\s*")
_log = logging.getLogger(__name__)


class Stamp(NamedTuple):
    """Tells one state of a file from another without reading it."""

    changed: int  # nanoseconds
    size: int
    inode: int


class Master:
    """The files of one document. Not safe in threads: its owner sees to that."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known = Saved()  # the PO as it was last read or written here
        self._blocks: Blocks = {}
        self.reported: Mapping[str, Reported] = {}  # what the report said when `read` looked, by id

    @property
    def name(self) -> str:
        """The document's name, which is the file's."""
        return self.path.stem

    def beside(self, format_name: str) -> Path:
        """Where another format of the document lies."""
        return self.path.with_name(self.name + writer(format_name).suffix)

    def stamp(self) -> Stamp | None:
        """None while there is no file."""
        try:
            stat = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Stamp(stat.st_mtime_ns, stat.st_size, stat.st_ino)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """While this runs, no other process of Dragoman writes the document. Not to be nested."""
        with locked(self.path):
            yield

    def saved(self) -> Saved:
        """The PO as it stands on disk; empty while there is none. Later writing keeps what only it knows."""
        try:
            text = self.path.read_bytes().decode("utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return Saved()
        except UnicodeDecodeError as error:
            raise FormatError(
                "not UTF-8, but the work of a person may be in it: save it as UTF-8, or move it away",
                path=str(self.path),
            ) from error
        self.known = read_saved(text, str(self.path))
        return self.known

    def read(self) -> Document:
        """The document as it stands on disk. Verdicts are those of the report, findings are not read:
        both depend on a termbase, and whoever has one judges anew."""
        if self.stamp() is None:
            raise FormatError(
                "no such file; translate a text first, or give the folder that holds it",
                path=str(self.path),
            )
        saved = self.saved()
        reported, after = self._report()
        self.reported = reported
        units = [entry.unit(before="") for entry in saved.entries if not entry.obsolete]
        units = [_completed(u, reported.get(u.segment.id)) for u in _placed(units, reported)]
        return Document(
            name=self.name,
            units=tuple(_distinct(units, self.path)),
            after=after,
            provenance=saved.provenance,
        )

    def _report(self) -> tuple[dict[str, Reported], str]:
        path = self.beside("json")
        try:
            return read_report(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:
            _log.warning("%s: left aside (%s); it is written anew", path, error)
        return {}, "\n"

    def write(self, document: Document, known: Saved | None = None) -> None:
        """Replace the PO. What a person did to entries that the document no longer has stays as obsolete
        entries; so do flags, header fields and notes that only the PO (`known`, as last read) has."""
        text, saved = compose(document, known or self.known, self._blocks)
        write_text(self.path, text)
        self.known = saved

    def write_outputs(self, document: Document, formats: Sequence[str] = OUTPUTS) -> None:
        """Bring the files beside it up to date; where the text was read from a document, also the document."""
        for name in formats:
            write_atomic(self.beside(name), writer(name).write(document))
        if original := self.original():
            english = self.path.with_name(f"{self.name}.en{original.suffix}")
            write_atomic(english, in_its_format(document, original))

    # A document that the text was read from, and the same document in English

    def original(self) -> Path | None:
        """The copy of the document that the text was read from; None where it was plain text."""
        paths = (self.path.with_name(f"{self.name}.source{suffix}") for suffix in FORMATS)
        return next((path for path in paths if path.is_file()), None)

    def keep_original(self, original: Original | None) -> None:
        """Put a copy of it beside the master, instead of an earlier one."""
        old = self.original()
        path = original and self.path.with_name(f"{self.name}.source{original.suffix}")
        if original and path:
            write_atomic(path, original.data)
        if old and old != path:
            old.unlink()


def in_its_format(document: Document, original: Path) -> bytes:
    """The file that a document was read from, with its English. Raises FormatError where it holds another text."""
    data = original.read_bytes()
    kind = FORMATS[original.suffix]
    blocks = carry(kind.read(data, str(original)).blocks, document.units, str(original))
    return kind.write(data, blocks)


def _placed(
    units: Sequence[TranslationUnit], reported: Mapping[str, Reported]
) -> Iterator[TranslationUnit]:
    """With the text before each: as the report has it, whose segments may be cut otherwise than these. Where
    the texts differ, a guess."""
    text = ""
    starts: dict[int, int] = {}  # where the text before a segment begins -> where the segment does
    places: dict[str, int] = {}
    for name, one in reported.items():
        places[name] = starts[len(text)] = len(text) + len(one.before)
        text += one.before + one.source
    at, paragraph = 0, -1
    for unit in units:
        segment, known = unit.segment, reported.get(unit.segment.id)
        start = starts.get(at, _SPACE.match(text, at).end())  # type: ignore[union-attr]
        if known and known.source == segment.source:
            before, at = known.before, places[segment.id] + len(segment.source)
        elif text.startswith(segment.source, start):
            before, at = text[at:start], start + len(segment.source)
        else:
            before = " " if segment.paragraph == paragraph else "" if paragraph < 0 else "\n\n"
        paragraph = segment.paragraph
        yield replace(unit, segment=replace(segment, before=before))


def _completed(unit: TranslationUnit, reported: Reported | None) -> TranslationUnit:
    """With the alignment of the report where it is of the same texts."""
    if reported and (reported.source, reported.target) == (unit.segment.source, unit.target):
        return replace(unit, alignment=reported.alignment)
    return unit


def _distinct(units: Sequence[TranslationUnit], path: Path) -> Iterator[TranslationUnit]:
    """Ids that tell units apart. A PO of another tool may lack them: then the place in it serves."""
    seen: set[str] = set()
    for number, unit in enumerate(units, 1):
        name = unit.segment.id or f"entry-{number}"
        if name in seen:
            name = f"{name}~{number}"
            _log.warning("%s: two entries named %s; one goes on as %s", path, unit.segment.id, name)
        seen.add(name)
        same = name == unit.segment.id
        yield unit if same else replace(unit, segment=replace(unit.segment, id=name))
