"""Documents: files of other programs, whose text is translated and written back in the same format.

A format is one module with `read(data, path)` and `write(data, blocks)`, and one line in FORMATS; the contract
test takes it up. The original file is the skeleton: `write` reads it again and puts each block's translation where the
block stood, everything else stays as it is.
"""

import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import cast

from translate.documents.carry import check
from translate.errors import FormatError
from translate.markup import Block, TooDeep

MAX_BYTES = 64 * 2**20
# How file names say that a text is Arabic: article.ar, article_ar-EG.
LANGUAGE_MARK = re.compile(r"[._-](?:ar|ara|arabic)(?:[-_][A-Za-z]{2,4})?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document as it is translated: its blocks, each with something to translate in it."""

    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """What the segmenter is given: each block is one of its paragraphs."""
        return "\n\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The file that a text was read from: it goes where its translation goes, to be written anew from."""

    suffix: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Format:
    """A format and the module that reads and writes it, imported when it is used."""

    name: str
    module: str

    def read(self, data: bytes, path: str) -> Source:
        """The blocks of a file. Raises FormatError."""
        if not data.strip():
            raise FormatError("the file is empty; nothing to translate", path=path)
        if len(data) > MAX_BYTES:
            raise FormatError(f"larger than {MAX_BYTES // 2**20} MB; cut it into parts", path=path)
        try:
            blocks = tuple(cast("Sequence[Block]", self._call("read", data, path)))
        except (TooDeep, RecursionError) as error:
            raise FormatError(
                "elements are nested too deeply; is it really a document?", path=path
            ) from error
        if not blocks:
            raise FormatError("no Arabic text in it; nothing to translate", path=path)
        source = Source(blocks=blocks)
        check(blocks, source.text, path)
        return source

    def write(self, data: bytes, blocks: Sequence[Block]) -> bytes:
        """The file with these in the place of its blocks."""
        return cast(bytes, self._call("write", data, blocks))

    def _call(self, function: str, *arguments: object) -> object:
        return getattr(importlib.import_module(self.module), function)(*arguments)


FORMATS: dict[str, Format] = {
    ".docx": Format("DOCX", "translate.documents.docx"),
    ".html": Format("HTML", "translate.documents.html"),
    ".htm": Format("HTML", "translate.documents.html"),
    ".xhtml": Format("HTML", "translate.documents.html"),
    ".md": Format("Markdown", "translate.documents.markdown"),
    ".markdown": Format("Markdown", "translate.documents.markdown"),
    ".odt": Format("ODT", "translate.documents.odt"),
    ".po": Format("PO", "translate.documents.po"),
    ".pot": Format("PO", "translate.documents.po"),
    ".srt": Format("SubRip", "translate.documents.subtitles"),
    ".vtt": Format("WebVTT", "translate.documents.subtitles"),
    ".xlf": Format("XLIFF", "translate.documents.xliff"),
    ".xliff": Format("XLIFF", "translate.documents.xliff"),
}


def format_of(path: PurePath) -> Format | None:
    """The format of a file by its name; None for plain text."""
    return FORMATS.get(path.suffix.lower())


def bare_name(file_name: str) -> str:
    """The name of a file without the ends that say its format and that it is Arabic; "" for `.txt`."""
    end = next((end for end in (".txt", *FORMATS) if file_name.lower().endswith(end)), "")
    stem = file_name[: len(file_name) - len(end)]
    return LANGUAGE_MARK.sub("", stem) or stem
