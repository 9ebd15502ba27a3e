"""Sentence pairs out of files, one at a time: TSV, JSONL, TMX and bilingual PO, also packed as .gz or .xz.

Arabic is the source, English the target. What a file has that is no pair is given as a reason instead, so
that it can be counted: nothing is left out in silence.
"""

import gzip
import json
import lzma
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from models.errors import CheckpointError

Text = tuple[str, str]
_OPENERS: dict[str, Callable[[Path, str], Any]] = {".gz": gzip.open, ".xz": lzma.open}
_NAMES = (("source", "target"), ("ar", "en"), ("src", "tgt"))  # of a JSON object's members
_CHUNK = 1 << 16
_LONGEST = 1_000_000  # characters of one TMX unit; a longer one is no translation unit


class NoPair(str):
    """Why a line or unit isn't a pair."""

    __slots__ = ()


def read_pairs(path: Path) -> Iterator[Text | NoPair]:
    """The pairs of a file in its order. Raises CheckpointError where the file can't be read."""
    suffix = path.with_suffix("").suffix if path.suffix in _OPENERS else path.suffix
    if suffix not in _READERS:
        raise CheckpointError(
            f"can't tell what it is; pairs are read from {', '.join(_READERS)}, also with .gz or .xz",
            path=str(path),
        )
    try:
        with _opened(path) as file:
            yield from _READERS[suffix](file)
    except (UnicodeDecodeError, lzma.LZMAError, EOFError, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.filename:
            raise
        raise CheckpointError(f"can't be read ({error})", path=str(path)) from error


def read_sentences(path: Path) -> Iterator[str]:
    """Every sentence of a text with one a line, or of a file of pairs: for what must not be trained on."""
    suffix = path.with_suffix("").suffix if path.suffix in _OPENERS else path.suffix
    if suffix in _READERS:
        for pair in read_pairs(path):
            if not isinstance(pair, NoPair):
                yield from pair
        return
    with _opened(path) as file:
        for line in file:
            yield line.decode("utf-8", "replace")


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    opener = _OPENERS.get(path.suffix, open)
    with opener(path, "rb") as file:
        yield file


def _tsv(file: IO[bytes]) -> Iterator[Text | NoPair]:
    for line in file:
        cells = line.decode("utf-8-sig").rstrip("\r\n").split("\t")
        yield (cells[0], cells[1]) if len(cells) > 1 else NoPair("no second column")


def _jsonl(file: IO[bytes]) -> Iterator[Text | NoPair]:
    for line in file:
        row = json.loads(line)
        row = row.get("translation", row) if isinstance(row, dict) else {}
        for source, target in _NAMES:
            if isinstance(row.get(source), str) and isinstance(row.get(target), str):
                yield row[source], row[target]
                break
        else:
            yield NoPair("no source and target")


def _po(file: IO[bytes]) -> Iterator[Text | NoPair]:
    import polib

    for entry in polib.pofile(file.read().decode("utf-8")):
        if entry.obsolete or entry.fuzzy or not entry.msgstr:
            yield NoPair("not approved")
        else:
            yield entry.msgid, entry.msgstr


def _tmx(file: IO[bytes]) -> Iterator[Text | NoPair]:
    """A unit at a time, as far as the file is read; each English of a unit makes a pair.

    Entities of the file's own are refused: they can be a bomb, and stand for anything.
    """
    unit = _Unit()
    parser = expat.ParserCreate()
    parser.StartElementHandler = unit.start
    parser.EndElementHandler = unit.end
    parser.CharacterDataHandler = unit.text
    parser.EntityDeclHandler = unit.refuse
    parser.SkippedEntityHandler = unit.refuse
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk)
            yield from unit.taken()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValueError(f"not well-formed XML: {error}") from error
    yield from unit.taken()


class _Unit:
    """The `tu` being read, and those that are complete."""

    def __init__(self) -> None:
        self._done: list[Text | NoPair] = []
        self._language, self._inside, self._code = "", False, 0
        self._texts: dict[str, list[str]] = {}  # by language
        self._size = 0

    def taken(self) -> list[Text | NoPair]:
        """What was completed since the last call."""
        done, self._done = self._done, []
        return done

    def refuse(self, *declared: object) -> None:
        raise ValueError(
            "declares entities, or uses such, which is not read; write out what they stand for"
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "tu":
            self._texts, self._size = {}, 0
        elif name == "tuv":
            self._language = attributes.get("xml:lang", attributes.get("lang", ""))[:2].lower()
        elif name == "seg":
            self._inside = True
            self._texts.setdefault(self._language, []).append("")
        elif self._inside and name in ("bpt", "ept", "it", "ph", "ut"):
            self._code += 1  # holds codes of another format, no text

    def end(self, name: str) -> None:
        if name == "seg":
            self._inside = False
        elif self._inside and name in ("bpt", "ept", "it", "ph", "ut"):
            self._code -= 1
        elif name == "tu":
            sources, targets = (
                [text for text in self._texts.get(language, ()) if text]
                for language in ("ar", "en")
            )
            pairs = [(source, target) for source in sources[:1] for target in targets]
            self._done += pairs or [NoPair("not Arabic and English")]

    def text(self, data: str) -> None:
        if self._inside and not self._code:
            self._size += len(data)
            if self._size > _LONGEST:
                raise ValueError(f"a unit of more than {_LONGEST} characters")
            self._texts.setdefault(self._language, [""])[-1] += data


_READERS: dict[str, Callable[[IO[bytes]], Iterator[Text | NoPair]]] = {
    ".tsv": _tsv,
    ".jsonl": _jsonl,
    ".tmx": _tmx,
    ".po": _po,
}
