"""Markdown (CommonMark with tables and strikethrough): paragraphs, headings, list items, cells.

markdown-it-py tells where each of them stands; their lines are replaced, everything between them stays: list marks,
quotation marks, rules, code, HTML, reference definitions, front matter. Emphasis and links are marks. A paragraph
becomes one line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from translate.errors import FormatError
from translate.formats.text import read_text
from translate.markup import Block, Collector, rendered

_FRONT = re.compile(r"\A---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*$", re.MULTILINE | re.DOTALL)
_NOTE = re.compile(r"^\[\^[^\]\s]+\]:(?=[ \t]+\S)", re.MULTILINE)
_NOTE_MARK = re.compile(r"\[\^[^\]\s]+\]")
_MASK = "\ue000"  # stands for a footnote's label, which is no text
_SPECIAL = re.compile(r"[\\`*<]|(?<!\w)_|_(?!\w)|~~|&(?=[#\w]+;)")
_LEADING = re.compile(
    r"^(\d{1,9}(?=[.)](?:\s|$)))?([#>+=~.)-])"
)  # would make a list, a heading ...
_TURNED = (
    (re.compile(r"""(\bdir\s*[=:]\s*["']?)rtl\b""", re.IGNORECASE), r"\1ltr"),
    (re.compile(r"""^(lang\s*:\s*["']?)ar\b(?:-\w+)?""", re.IGNORECASE | re.MULTILINE), r"\1en"),
)
_EMPHASIS = frozenset({"*", "**", "_", "__", "~~"})


@dataclass(frozen=True, slots=True)
class _Slot:
    """A span of the file that one block takes the place of. `marks` are what is written round each mark."""

    start: int
    end: int
    block: Block
    marks: dict[int, tuple[str, str]] = field(default_factory=dict)
    in_table: bool = False


def read(data: bytes, path: str) -> list[Block]:
    """All paragraphs, headings, items and cells with Arabic in them."""
    text = _text(data, path)
    return [slot.block for slot in _slots(text, path)]


def write(data: bytes, blocks: Sequence[Block]) -> bytes:
    """The same file with these, in UTF-8."""
    text = _text(data, "")
    parts, at = [], 0
    for slot, block in zip(_slots(text, ""), blocks, strict=True):
        parts += [_left_to_right(text[at : slot.start]), _shown(slot, block)]
        at = slot.end
    out = "".join([*parts, _left_to_right(text[at:])])
    return (out.replace("\n", "\r\n") if b"\r\n" in data else out).encode()


def _text(data: bytes, path: str) -> str:
    html = data.lstrip()[:1] == b"<"  # which may come first, and would be taken for a page
    text = read_text(b"-" * html + data, encoding=None, path=path).text[html:]
    return text.replace("\r\n", "\n").replace("\r", "\n").replace(_MASK, "\ufffd")


def _left_to_right(text: str) -> str:
    for pattern, new in _TURNED:
        text = pattern.sub(new, text)
    return text


def _slots(text: str, path: str) -> Iterator[_Slot]:
    front = _FRONT.match(text)
    masked = re.sub(r"[^\n]", "", front[0]) + text[front.end() :] if front else text
    shift = len(text) - len(masked)
    masked = _NOTE.sub(_without_label, masked)
    lines = masked.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    environment: dict[str, object] = {}
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    cursors: dict[int, int] = {}
    cells = 0
    for token in parser.parse(masked, environment):
        cells += (token.type in ("th_open", "td_open")) - (token.type in ("th_close", "td_close"))
        if token.type != "inline" or not token.map or not token.content:
            continue
        spans = []
        for number, content in enumerate(token.content.split("\n"), token.map[0]):
            content = content.rstrip()
            content = content if not cells else re.sub(r"(?<!\\)\|", r"\\|", content)
            at = lines[number].find(content, cursors.get(number, 0)) if number < len(lines) else -1
            if at < 0:
                raise FormatError(
                    "can't tell where this paragraph stands; simplify its markup",
                    path=path,
                    line=number + 1,
                )
            cursors[number] = at + len(content)
            label = len(content) - len(content.lstrip(_MASK + " \t"))
            spans.append(
                (starts[number] + shift + at + label, starts[number] + shift + cursors[number])
            )
        yield from _Inline(token, spans, bool(cells)).slots()


def _without_label(found: re.Match[str]) -> str:
    """A footnote's line as a heading if it stands alone, so that the next note is no part of it."""
    following = found.string[found.end() :].partition("\n")[2].partition("\n")[0].strip()
    alone = not following or following.startswith("[")
    return ("# " if alone else _MASK * 2) + _MASK * (len(found[0]) - 2)


class _Inline:
    """The content of one paragraph, cut at hard line breaks."""

    def __init__(self, token: Token, spans: list[tuple[int, int]], in_table: bool) -> None:
        self.children = token.children or []
        self.spans = spans
        self.lines = token.content.split("\n")
        self.in_table = in_table
        breaks = sum(child.type in ("softbreak", "hardbreak") for child in self.children)
        self.cut = breaks == len(spans) - 1
        self._start()
        self.names = 0
        self.open: list[tuple[int, str, str]] = []  # mark, what begins and what ends it

    def _start(self) -> None:
        self.collector = Collector()
        self.marks: dict[int, tuple[str, str]] = {}

    def slots(self) -> Iterator[_Slot]:
        line = first = 0
        address = False
        for child in self.children:
            kind = child.type
            if child.markup == "autolink":
                address = kind == "link_open"
            elif address:
                self._point(f"<{child.content}>")
            elif kind == "hardbreak" and self.cut:
                yield from self._slot(first, line)
                line += 1
                first = line
            elif kind in ("softbreak", "hardbreak"):
                line += 1
                self.collector.text(" ")
            elif kind.endswith("_open"):
                self._begin(*_delimiters(child))
            elif kind.endswith("_close"):
                mark, _, _ = self.open.pop()
                self.collector.close(mark)
            else:
                self._leaf(child)
        yield from self._slot(first, len(self.spans) - 1)

    def _leaf(self, child: Token) -> None:
        if child.type == "text":
            at = 0
            text = child.content.lstrip(_MASK) if child is self.children[0] else child.content
            for found in _NOTE_MARK.finditer(text):
                self.collector.text(text[at : found.start()])
                self._point(found[0])
                at = found.end()
            self.collector.text(text[at:])
        elif child.type == "code_inline":
            content = child.content
            pad = " " if content[:1] == "`" or content[-1:] == "`" else ""
            self._point(f"{child.markup}{pad}{content}{pad}{child.markup}")
        elif child.type == "image":
            self._begin("![", _address(child, "src"))
            self.collector.text(child.content)
            self.collector.close(self.open.pop()[0])
        else:
            self._point(child.content)

    def _point(self, raw: str) -> None:
        self.marks[self.names] = (raw, "")
        self.collector.point(self.names)
        self.names += 1

    def _begin(self, before: str, after: str) -> None:
        self.marks[self.names] = (before, after)
        self.collector.open(self.names)
        self.open.append((self.names, before, after))
        self.names += 1

    def _slot(self, first: int, last: int) -> Iterator[_Slot]:
        """The block up to here, if there is anything to translate in it."""
        for mark, _, _ in reversed(self.open):
            self.collector.close(mark)
        again, self.open = self.open, []
        start, end = self.spans[first][0], self.spans[last][1]
        if last < len(self.spans) - 1:
            end -= self.lines[last].endswith("\\")  # which breaks the line, and stays
        collector, marks = self.collector, self.marks
        self._start()
        for _, before, after in again:
            self._begin(before, after)
        if collector.is_arabic:
            yield _Slot(start, end, collector.block(), marks, self.in_table)


def _delimiters(child: Token) -> tuple[str, str]:
    if child.type != "link_open":
        return child.markup, child.markup
    return "[", _address(child, "href")


def _address(child: Token, name: str) -> str:
    address, title = str(child.attrs.get(name, "")), child.attrs.get("title")
    address = f"<{address}>" if re.search(r"[\s()]", address) or not address else address
    said = '"' + str(title).replace("\\", "\\\\").replace('"', '\\"') + '"' if title else ""
    return f"]({' '.join(filter(None, (address, said)))})"


def _shown(slot: _Slot, block: Block) -> str:
    empty = {mark.id for mark in block.marks if not len(mark.span)}
    parts: list[str] = []
    for event in rendered(block):
        if event.kind == "text":
            text = _escaped(event.text, slot.in_table)
            parts.append(text if parts else _LEADING.sub(r"\1\\\2", text, count=1))
            continue
        before, after = slot.marks[event.id]
        if event.id not in empty or before not in _EMPHASIS:  # asterisks alone would be text
            parts.append(before if event.kind == "open" else after)
    return "".join(parts)


def _escaped(text: str, in_table: bool) -> str:
    text = _SPECIAL.sub(r"\\\g<0>", text)
    if re.search(r"\][(\[:]", text) or "](" in text:
        text = text.replace("[", "\\[")
    return text.replace("|", "\\|") if in_table else text
