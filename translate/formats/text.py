"""Plain text: an Arabic article in whatever encoding it was saved, clean English out.

Newsrooms still keep Windows-1256, and Notepad still writes UTF-16. What an encoding is must be
evident; a guess that may be wrong is refused with a word on what to do.
"""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from glossary.files import write_atomic
from translate.errors import FormatError
from translate.types import Document

ARABIC_LETTER = re.compile(r"[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06fa-\u06ff\ufb50-\ufefc]")
_COMMON = re.compile(r"[اليونم]")  # half of any Arabic text; few of a text misread as Arabic
_LETTER = re.compile(r"[^\W\d_]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_INVISIBLE = dict.fromkeys(
    map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAVE_AS = "save it as plain text (UTF-8)"
_ZIPS = (
    (b"word/", "a DOCX (zip) file"),
    (b"xl/", "an XLSX (zip) file"),
    (b"ppt/", "a PPTX (zip) file"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument (zip) file"),
    (b"mimetypeapplication/epub", "an EPUB (zip) file"),
)
_MAGICS = (
    (b"%PDF-", "a PDF file"),
    (b"{\\rtf", "an RTF file"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"7z\xbc\xaf", "a 7-Zip file"),
    (b"Rar!", "a RAR file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)
_MARKUP = re.compile(rb"\s*<(?:!doctype\s+html|html|\?xml)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text, the encoding it was read in, and whether that encoding had to be detected."""

    text: str
    encoding: str
    detected: bool  # neither said by the caller or a byte order mark, nor plain UTF-8


def read_text(data: bytes, *, encoding: str | None, path: str) -> TextFile:
    """Decode a file's bytes. A byte order mark is no part of the text; line ends stay."""
    if not data.strip():
        raise FormatError("the file is empty; nothing to translate", path=path)
    _refuse_other_formats(data, path)
    if encoding:
        read = TextFile(_decode(data, encoding, path), encoding, detected=False)
    else:
        read = _with_bom(data, path) or _detect(data, path)
    if not read.text.strip("\ufeff \t\r\n\f\v"):
        raise FormatError("the file holds no text; nothing to translate", path=path)
    if "\0" in read.text or _much_control(read.text):
        raise FormatError(f"looks like a binary file, not text; {_SAVE_AS}", path=path)
    return read


def _refuse_other_formats(data: bytes, path: str) -> None:
    kind = next((name for magic, name in _MAGICS if data.startswith(magic)), "")
    if data.startswith(b"PK\x03\x04"):
        kind = next((name for mark, name in _ZIPS if mark in data), "a zip archive")
    elif _MARKUP.match(data):
        kind = "an HTML or XML file"
    if kind:
        raise FormatError(f"looks like {kind}: {_SAVE_AS}", path=path)


def _decode(data: bytes, encoding: str, path: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FormatError(
            f"byte {error.start} is not valid {encoding}; "
            f"say which encoding the file has, or {_SAVE_AS}",
            path=path,
            line=data.count(b"\n", 0, error.start) + 1,
        ) from error
    except (LookupError, ValueError, TypeError) as error:
        raise FormatError(
            f"can't read text as {encoding!r}; use a name such as utf-8, utf-16 or windows-1256",
            path=path,
        ) from error
    if not isinstance(text, str):  # a codec from bytes to bytes, such as hex
        raise FormatError(f"{encoding!r} is no encoding of text", path=path)
    return text.removeprefix("\ufeff")


def _with_bom(data: bytes, path: str) -> TextFile | None:
    for bom, name in _BOMS:
        if data.startswith(bom):
            return TextFile(_decode(data, name, path), name, detected=False)
    return None


def _detect(data: bytes, path: str) -> TextFile:
    if b"\0" in data:
        return _detect_utf16(data, path)
    try:
        return TextFile(data.decode("utf-8"), "utf-8", detected=False)
    except UnicodeDecodeError:
        text = data.decode("windows-1256", errors="replace")
        if _mostly_arabic(text):
            return TextFile(text, "windows-1256", detected=True)
    raise FormatError(
        "neither UTF-8, UTF-16 nor Arabic in Windows-1256; "
        f"say which encoding the file has (--encoding), or {_SAVE_AS}",
        path=path,
    )


def _detect_utf16(data: bytes, path: str) -> TextFile:
    """Without a mark: a NUL is the high byte of a space or a digit, so all stand on one side."""
    for name, high in (("utf-16-le", 1), ("utf-16-be", 0)):
        if b"\0" not in data[1 - high :: 2]:
            try:
                text = data.decode(name)
            except UnicodeDecodeError:
                continue
            if len(_LETTER.findall(text)) >= len(text) / 2 and _mostly_arabic(text):
                return TextFile(text, name, detected=True)
    raise FormatError(f"looks like a binary file, not text; {_SAVE_AS}", path=path)


def _mostly_arabic(text: str) -> bool:
    letters, arabic = len(_LETTER.findall(text)), len(ARABIC_LETTER.findall(text))
    accented = len(re.findall(r"[\u00c0-\u00ff]", text))  # ISO-8859-6 and Cyrillic, misread
    return (
        not _much_control(text)
        and arabic >= letters / 2
        and accented <= letters / 20
        and len(_COMMON.findall(text)) >= max(arabic / 5, 1)
    )


def _much_control(text: str) -> bool:
    return len(_CONTROL.findall(text)) > len(text) / 100


def write_english(document: Document) -> str:
    """The English alone, in the blocks of the source.

    Segments of one paragraph are joined by a space; between paragraphs stands what stood there in
    the source (line breaks, list marks). A segment without a target stays in Arabic.
    """
    parts: list[str] = []
    paragraph: int | None = None
    for unit in document.units:
        segment = unit.segment
        if segment.paragraph == paragraph:
            parts.append(" ".join(["", *_visible(segment.before).split(), ""]))
        else:
            parts.append(_visible(segment.before) or ("" if paragraph is None else "\n\n"))
        parts.append(_unix(unit.target or segment.source))
        paragraph = segment.paragraph
    return "".join([*parts, _visible(document.after)])


def _visible(between: str) -> str:
    return _unix(between.translate(_INVISIBLE))


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def encoded(text: str, path: str = "") -> bytes:
    """Text as the bytes of an output file. Half a surrogate pair is an error, not a question mark."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise FormatError(
            f"half of a surrogate pair at character {error.start} can't be written as UTF-8; "
            "remove it from the text",
            path=path,
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write an output file whole or not at all. Raises FormatError as `encoded`."""
    write_atomic(path, encoded(text, str(path)))
