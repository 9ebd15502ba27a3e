"""The one way to a document on disk: OUT/NAME/NAME.po and what lies beside it.

The PO is the truth about targets, states and notes. The report beside it adds what a PO can't say (alignment,
the text between segments), wherever the two still agree. Between `read` and `write` the caller holds
`locked`, so that no other process of Dragoman comes between; other programs don't know the lock, and are
told by the stamp.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from glossary.files import locked
from translate.errors import FormatError
from translate.formats import writer
from translate.formats.po import Blocks, Saved, compose, merge, read_saved
from translate.formats.report import Reported, read_report
from translate.formats.text import write_text
from translate.restructure import root
from translate.types import Document, TranslationUnit

OUTPUTS = ("html", "txt", "json")

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
        self._saved = Saved()
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
        except FileNotFoundError:
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
        except FileNotFoundError:
            return Saved()
        except UnicodeDecodeError as error:
            raise FormatError(
                "not UTF-8, but the work of a person may be in it: save it as UTF-8, or move it away",
                path=str(self.path),
            ) from error
        self._saved = read_saved(text, str(self.path))
        return self._saved

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
        units: list[TranslationUnit] = []
        for entry in saved.entries:
            if entry.obsolete:
                continue
            unit = entry.unit(before="")
            before = _before(unit, units[-1] if units else None, reported)
            unit = replace(unit, segment=replace(unit.segment, before=before))
            units.append(_completed(unit, reported.get(unit.segment.id)))
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

    def write(self, document: Document) -> None:
        """Replace the PO. What a person did to entries that the document no longer has stays as obsolete
        entries; so do flags, header fields and notes that only the PO knows."""
        text, self._saved = compose(document, self._saved, self._blocks)
        write_text(self.path, text)

    def merge(self, document: Document) -> None:
        """As `write`, with what a person did in the PO as it stands put back first."""
        self.write(merge(document, self.saved().entries))

    def write_outputs(self, document: Document, formats: Sequence[str] = OUTPUTS) -> None:
        """Bring the files beside it up to date."""
        for name in formats:
            write_text(self.beside(name), writer(name).write(document))


def _before(
    unit: TranslationUnit, previous: TranslationUnit | None, reported: dict[str, Reported]
) -> str:
    """The text before a segment: as reported, for a later part of a cut one white space, else a guess."""
    segment = unit.segment
    known = reported.get(segment.id) or reported.get(root(segment.id))
    inside = previous is not None and previous.segment.paragraph == segment.paragraph
    if known and not (inside and previous and root(previous.segment.id) == root(segment.id)):
        return known.before
    return " " if inside else "\n\n" if previous else ""


def _completed(unit: TranslationUnit, reported: Reported | None) -> TranslationUnit:
    """With the alignment of the report where it is of the same texts; with the machine's words where not."""
    if reported is None or reported.source != unit.segment.source:
        return unit
    if reported.target == unit.target:
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
