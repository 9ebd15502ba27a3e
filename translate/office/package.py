"""A zip of XML files, as DOCX and ODT are: read without harm, written anew or with some parts replaced."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from lxml import etree

from glossary.markup import MarkupError, parse
from translate.errors import FormatError

MAX_UNPACKED = 256 * 2**20
MAX_RATIO = 200  # XML shrinks to a tenth; a bomb to a thousandth
SMALL = 16 * 2**20  # below this the ratio doesn't matter
MAX_PARTS = 10_000

Element = Any  # of lxml, which has no types


class Package:
    """The parts of a document by name. `kind` is what the file claims to be, for messages."""

    def __init__(self, data: bytes, path: str, kind: str) -> None:
        self._path, self._kind = path, kind
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise self._error(
                "is protected by a password, or an old .doc file; open it and save it without password"
            )
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise self._error("is broken or cut short") from error
        infos = self._zip.infolist()
        unpacked = sum(info.file_size for info in infos)
        if (
            len(infos) > MAX_PARTS
            or unpacked > MAX_UNPACKED
            or (unpacked > SMALL and unpacked > MAX_RATIO * len(data))
        ):
            raise self._error(
                f"would be {unpacked / 2**20:.0f} MB when unpacked, which no document is; it is not read"
            )
        if any(info.flag_bits & 1 for info in infos):
            raise self._error("is encrypted; open it and save it without password")
        self.names = [info.filename for info in infos]
        if len(set(self.names)) < len(self.names):
            raise self._error("holds two parts of one name, which no program writes")
        for name in self.names:  # now, not when everything is translated
            self.read(name)

    def _error(self, what: str) -> FormatError:
        return FormatError(f"the {self._kind} file {what}", path=self._path)

    def read(self, name: str) -> bytes:
        """The bytes of a part. Raises FormatError."""
        try:
            return self._zip.read(name)
        except KeyError:
            raise self._error(f"has no {name}; is it another kind of file?") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:  # fmt: skip
            raise self._error(f"is broken or cut short (at {name})") from error

    def root(self, name: str) -> Element:
        """The root element of an XML part. Raises FormatError."""
        try:
            return parse(self.read(name))
        except MarkupError as error:
            raise self._error(f"is broken: {name}, {error}") from error

    def with_parts(self, parts: Mapping[str, bytes]) -> bytes:
        """The file with these parts replaced, all else as it was."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as new:
            for info in self._zip.infolist():
                entry = zipfile.ZipInfo(info.filename, info.date_time)
                entry.compress_type = (
                    zipfile.ZIP_STORED
                    if info.compress_type == zipfile.ZIP_STORED
                    else zipfile.ZIP_DEFLATED
                )
                entry.external_attr = info.external_attr
                data = parts.get(info.filename)
                new.writestr(entry, self.read(info.filename) if data is None else data)
        return out.getvalue()


def packed(parts: Mapping[str, str]) -> bytes:
    """A new file of these parts, in this order. Without the time of day: equal parts give equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, content in parts.items():
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def serialised(root: Element) -> bytes:
    """An XML part as bytes."""
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    assert isinstance(data, bytes)
    return data
