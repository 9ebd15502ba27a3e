"""Lines of any length in bounded memory."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from translate.batch.records import LONGEST, Record
from translate.batch.streams import opened
from translate.errors import FormatError


def read(path: Path, field: str) -> Iterator[Record]:
    """Each line as a record. It ends at LF or CR LF, nowhere else; a byte order mark is no part of the first."""
    with opened(path) as (stream, at):
        line = stream.readline(LONGEST + 2)
        if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise FormatError("is UTF-16; save it as UTF-8", path=str(path))
        line = line.removeprefix(codecs.BOM_UTF8)
        while line:
            length, rest = len(line), line
            while not rest.endswith(b"\n") and (rest := stream.readline(LONGEST)):
                length += len(rest)
            data = line.removesuffix(b"\n").removesuffix(b"\r")
            if length == len(line):
                yield Record(data, len(data), at())
            else:
                yield Record(data[:LONGEST], length, at())
            line = stream.readline(LONGEST + 2)


def decoded(data: bytes) -> str | None:
    """The line as text; None if it is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
