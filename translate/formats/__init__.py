"""Formats: plain text in; bilingual PO, side-by-side HTML, English text, report and tables out.

A new format is one module, one line in WRITERS, and the contract test takes it up.
"""

from collections.abc import Callable
from dataclasses import dataclass

from translate.errors import UnknownFormat
from translate.formats.html import write_html
from translate.formats.po import write_po
from translate.formats.report import write_report
from translate.formats.tables import write_jsonl, write_tsv
from translate.formats.text import write_english
from translate.types import Document


@dataclass(frozen=True, slots=True)
class Writer:
    """A function from a document to the text of a file, and the end of that file's name.

    Pure: no clock, no environment, so that equal documents give equal bytes.
    """

    suffix: str
    write: Callable[[Document], str]


WRITERS: dict[str, Writer] = {
    "po": Writer(".po", write_po),
    "html": Writer(".html", write_html),
    "txt": Writer(".en.txt", write_english),
    "json": Writer(".report.json", write_report),
    "tsv": Writer(".tsv", write_tsv),
    "jsonl": Writer(".jsonl", write_jsonl),
}


def writer(name: str) -> Writer:
    """The writer of that name."""
    try:
        return WRITERS[name]
    except KeyError:
        raise UnknownFormat(f"no format {name!r}; there are {', '.join(WRITERS)}") from None
