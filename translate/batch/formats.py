"""The formats of records. A format reads a file's records, finds the text in one, and writes the file anew with what
became of each.

One module with `read`, `text` and `write`, and one line in FORMATS; the contract test takes it up.
"""

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from translate.batch.records import LONGEST, Bad, Outcome, Part, Record, parts
from translate.batch.streams import GZIP, ZSTD, packed

Pairs = Iterator[tuple[Record, Outcome]]
FIELD = "text"
PART_RECORDS = 1024

_SURROGATE = re.compile("[\ud800-\udfff]")
_MODULES = {
    "jsonl": "translate.batch.jsonl",
    "parquet": "translate.batch.parquet",
    "text": "translate.batch.text",
    "po": "translate.batch.po",
}
SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".txt": "text",
    ".po": "po",
    ".pot": "po",
}


def format_of(path: Path) -> str | None:
    """The format of a file by its name, packed or not; None for one that is no batch's."""
    suffix = path.suffix.lower()
    if suffix in GZIP + ZSTD:
        inner = SUFFIXES.get(Path(path.stem).suffix.lower())
        return None if inner == "parquet" else inner  # it packs its columns itself
    return SUFFIXES.get(suffix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One file to translate into another of the same format."""

    source: Path
    target: Path
    format: str
    field: str = FIELD  # of JSONL, or the column of Parquet
    part_records: int = PART_RECORDS

    @property
    def bad(self) -> Path:
        """Where records are listed that can't be translated."""
        return self.target.with_name(f"{self.target.name}.bad.jsonl")

    def parts(self) -> Iterator[Part]:
        """The records of IN, in order. Raises FormatError."""
        records = cast("Iterator[Record]", self._call("read", self.source, self.field))
        return parts(records, self.part_records)

    def text(self, record: Record) -> str | Bad:
        """What is to be translated in a record."""
        if record.length > LONGEST:
            return Bad(f"longer than {LONGEST // 2**20} MiB; cut it into records")
        found = cast("str | Bad", self._call("text", record.data, self.field))
        if isinstance(found, str) and (half := _SURROGATE.search(found)):
            return Bad(f"half of a surrogate pair at character {half.start()}")
        return found

    def write(self, pairs: Pairs, out: BinaryIO) -> None:
        """OUT, from IN and what became of its records."""
        with packed(out, self.target.suffix.lower()) as unpacked:
            self._call("write", self.source, self.field, pairs, unpacked)

    def _call(self, function: str, *arguments: object) -> object:
        called: Callable[..., object] = getattr(
            importlib.import_module(_MODULES[self.format]), function
        )
        return called(*arguments)
