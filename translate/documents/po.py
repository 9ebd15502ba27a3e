"""A PO file of another program, with Arabic messages: those without a translation, or with a fuzzy one, get one.

Every line of a message is a block. Placeholders (%s, %(name)s, {0}, $name, tags) are marks without text. What is
filled in is fuzzy until a person has looked at it. All else stays, as polib writes it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polib

from translate.errors import FormatError
from translate.formats.text import read_text
from translate.markup import Block, Collector, rendered

_PLACEHOLDER = re.compile(
    r"%(?:\(\w+\)|\d+\$)?[-+ #0]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa](?!\w)|\$?\{\w*(?:[!:.][^{}]*)?\}|</?\w[^<>]*>|&\w+;"
)
_ENDS = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Line:
    block: Block | None  # None for a line without Arabic
    raw: str
    marks: dict[int, str]


def read(data: bytes, path: str) -> list[Block]:
    """The lines of all messages that want a translation."""
    file = _file(data, path)
    texts = (text for entry in _wanting(file) for text in _texts(entry))
    return [line.block for text in texts for line in _lines(text) if line.block]


def write(data: bytes, blocks: Sequence[Block]) -> bytes:
    """The file with these translations, in UTF-8."""
    file, rest = _file(data, ""), iter(blocks)
    forms = _forms(file)
    for entry in _wanting(file):
        made = ["\n".join(_shown(line, rest) for line in _lines(text)) for text in _texts(entry)]
        if entry.msgid_plural:
            entry.msgstr_plural = {n: made[n > 0] for n in range(forms)}
        else:
            entry.msgstr = made[0]
        if not entry.fuzzy:
            entry.flags.append("fuzzy")
        entry.previous_msgid = None
    file.metadata["Language"] = "en"
    file.metadata["Content-Type"] = "text/plain; charset=UTF-8"
    return f"{file}\n".encode()


def _file(data: bytes, path: str) -> polib.POFile:
    declared = re.search(rb"charset=([\w.:-]+)\\n", data[:8192])
    encoding = declared[1].decode() if declared and declared[1] != b"CHARSET" else None
    text = read_text(data, encoding=encoding, path=path).text.replace("\r\n", "\n")
    try:
        file = polib.pofile(f"{text}\n", wrapwidth=0)
    except (OSError, ValueError, UnicodeError, IndexError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise FormatError(
            "is no PO file that can be read; look at it with msgfmt -c",
            path=path,
            line=int(line[1]) if line else 0,
        ) from error
    if not len(file):
        raise FormatError("no message in it; is it a PO file?", path=path)
    return file


def _wanting(file: polib.POFile) -> Iterator[polib.POEntry]:
    """Entries to translate: with Arabic, and without a translation that a person has seen."""
    for entry in file:
        lines = (line for text in _texts(entry) for line in _lines(text))
        if not entry.obsolete and not entry.translated() and any(line.block for line in lines):
            yield entry


def _texts(entry: polib.POEntry) -> list[str]:
    return [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]


def _forms(file: polib.POFile) -> int:
    """English has two; what the header says for another language does not count."""
    file.metadata["Plural-Forms"] = "nplurals=2; plural=(n != 1);"
    return 2


def _lines(text: str) -> Iterator[_Line]:
    for raw in text.split("\n"):
        collector = Collector()
        marks: dict[int, str] = {}
        at = 0
        for found in _PLACEHOLDER.finditer(raw):
            collector.text(raw[at : found.start()])
            collector.point(len(marks))
            marks[len(marks)] = found[0]
            at = found.end()
        collector.text(raw[at:])
        yield _Line(collector.block() if collector.is_arabic else None, raw, marks)


def _shown(line: _Line, rest: Iterator[Block]) -> str:
    if line.block is None:
        return line.raw
    events = rendered(next(rest))
    text = "".join(
        e.text if e.kind == "text" else line.marks[e.id] if e.kind == "open" else "" for e in events
    )
    ends = _ENDS.fullmatch(line.raw)
    return f"{ends[1]}{text}{ends[3]}" if ends else text
