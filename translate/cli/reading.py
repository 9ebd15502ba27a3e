"""Reading a text or a document that was named on the command line."""

import sys
from pathlib import Path

from translate.cli.remarks import remark
from translate.documents import MAX_BYTES, Original, format_of
from translate.errors import ConfigError, FormatError
from translate.formats.text import read_text


def read_document(name: str, encoding: str | None) -> tuple[str, Original | None]:
    """The text of a file; with the file itself where it is a document of another program."""
    path = Path(name)
    kind = format_of(path)
    if kind is None or name == "-" or not path.is_file():
        return read_file(name, encoding), None
    if encoding:
        raise ConfigError(f"--encoding is for plain text; {name} is read as {kind.name}")
    if path.stat().st_size > MAX_BYTES:
        raise FormatError(f"larger than {MAX_BYTES // 2**20} MB; cut it into parts", path=name)
    data = path.read_bytes()
    return kind.read(data, name).text, Original(suffix=path.suffix.lower(), data=data)


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
