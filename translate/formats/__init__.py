"""Formats: plain text in; bilingual PO, side-by-side HTML, English text, report, tables, Word and XLIFF out.

A new format is one module, one line in WRITERS, and the contract test takes it up.
"""

import importlib
from dataclasses import dataclass

from translate.errors import UnknownFormat
from translate.formats.text import encoded
from translate.types import Document


@dataclass(frozen=True, slots=True)
class Writer:
    """A function from a document to a file (text, or bytes where it isn't text), and the end of its name.

    Pure: no clock, no environment, so that equal documents give equal bytes. Its module is imported when
    it writes, so that a command pays only for the formats it uses.
    """

    suffix: str
    module: str
    function: str

    def write(self, document: Document) -> bytes:
        """The bytes of the file; text is UTF-8. Raises FormatError."""
        made: str | bytes = getattr(importlib.import_module(self.module), self.function)(document)
        return encoded(made) if isinstance(made, str) else made


WRITERS: dict[str, Writer] = {
    "po": Writer(".po", "translate.formats.po", "write_po"),
    "html": Writer(".html", "translate.formats.html", "write_html"),
    "txt": Writer(".en.txt", "translate.formats.text", "write_english"),
    "json": Writer(".report.json", "translate.formats.report", "write_report"),
    "tsv": Writer(".tsv", "translate.formats.tables", "write_tsv"),
    "jsonl": Writer(".jsonl", "translate.formats.tables", "write_jsonl"),
    "xliff": Writer(".xlf", "translate.formats.xliff", "write_xliff"),
    "xliff12": Writer(".12.xlf", "translate.formats.xliff12", "write_xliff12"),
    "docx": Writer(".bilingual.docx", "translate.formats.docx", "write_docx"),
    "tmx": Writer(".tmx", "translate.formats.tmx", "write_document"),
    "tbx": Writer(".tbx", "translate.formats.tbx", "write_terms"),
}


def writer(name: str) -> Writer:
    """The writer of that name."""
    try:
        return WRITERS[name]
    except KeyError:
        raise UnknownFormat(f"no format {name!r}; there are {', '.join(WRITERS)}") from None
