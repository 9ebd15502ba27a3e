"""Reading a text that was named on the command line."""

import sys
from pathlib import Path

from translate.cli.remarks import remark
from translate.errors import FormatError
from translate.formats.text import read_text


def read_file(name: str, encoding: str | None) -> str:
    """The text of a file, or of standard input for `-`; a detected encoding is said."""
    path, shown = Path(name), "standard input" if name == "-" else name
    if name == "-":
        data = sys.stdin.buffer.read()
    elif path.is_dir():
        raise FormatError("is a folder; name the text files in it", path=name)
    elif not path.exists():
        raise FormatError("no such file; check the name", path=name)
    else:
        data = path.read_bytes()
    file = read_text(data, encoding=encoding, path=shown)
    if file.detected:
        remark(f"{shown}: read as {file.encoding}; say otherwise with --encoding")
    return file.text
