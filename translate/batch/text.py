"""Plain text, one record a line: line n of OUT is line n of IN in English. A bad record's line is empty."""

from pathlib import Path
from typing import BinaryIO

from translate.batch.formats import Pairs
from translate.batch.lines import decoded, read
from translate.batch.records import Bad

__all__ = ["read", "text", "write"]


def text(data: bytes, field: str) -> str | Bad:
    """The line."""
    found = decoded(data)
    return Bad("not UTF-8; save the file as UTF-8") if found is None else found


def write(source: Path, field: str, pairs: Pairs, out: BinaryIO) -> None:
    """One line a record, whatever stands in its translation."""
    for _, outcome in pairs:
        out.write(" ".join(outcome.translation.splitlines()).encode() + b"\n")
