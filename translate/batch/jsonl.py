"""JSON Lines: each object comes back with two more fields, all others byte for byte as they were.

`translation` is the English, `units` are the segments as the report shows them. A bad record is left out.
"""

import json
from pathlib import Path
from typing import Any, BinaryIO

from translate.batch.formats import Pairs
from translate.batch.lines import decoded, read
from translate.batch.records import Bad, Outcome
from translate.formats.report import one_line

__all__ = ["read", "text", "write"]

ADDED = ("translation", "units")


def text(data: bytes, field: str) -> str | Bad:
    """The string in that field of the line's object."""
    line = decoded(data)
    if line is None:
        return Bad("not UTF-8")
    record = _parsed(line)
    if isinstance(record, Bad):
        return record
    if field not in record:
        return Bad(f"no field {field!r}")
    taken = next((name for name in ADDED if name in record), None)
    if taken:
        return Bad(f"has a field {taken!r} already; rename it")
    found = record[field]
    return found if isinstance(found, str) else Bad(f"field {field!r} is no string")


def write(source: Path, field: str, pairs: Pairs, out: BinaryIO) -> None:
    """One line a record."""
    for record, outcome in pairs:
        if not outcome.bad:
            out.write(_spliced(record.data or b"", outcome))


def _parsed(line: str) -> dict[str, Any] | Bad:
    try:
        found = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return Bad(f"not JSON: {error}")
    return found if isinstance(found, dict) else Bad("not a JSON object")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _spliced(line: bytes, outcome: Outcome) -> bytes:
    """The object's own text, for numbers, escapes and repeated names would not survive reading and writing."""
    added = one_line({"translation": outcome.translation, "units": outcome.units})
    return line.rstrip()[:-1].rstrip() + b", " + added[1:].encode() + b"\n"
