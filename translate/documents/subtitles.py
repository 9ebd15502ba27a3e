"""Subtitles, SubRip (SRT) and WebVTT: cue by cue. Numbers, time codes, settings, notes and styles stay as they are.

A cue is one block: its lines are joined to be translated, and the English is wrapped anew. Only a cue in which two
people speak, each line begun by a dash, stays cut so. Tags such as <i> or <v Name> are marks; {\\an8} before the
text stays there.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import pairwise

from translate.errors import FormatError
from translate.formats.text import read_text
from translate.markup import Block, Collector, rendered

LINE = 42  # characters, as broadcasters' guides have it

_TIMES = re.compile(
    r"^[ \t]*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}[ \t]*-->[ \t]*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}[^\r\n]*",
    re.MULTILINE,
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_TAG = re.compile(r"</?(?P<name>[a-zA-Z][a-zA-Z]*)(?P<rest>[.\s][^<>]*)?>|<[\d:.]+>|\{\\[^{}]*\}")
_SPEAKER = re.compile(r"[ \t\u200e\u200f\u202a-\u202e\ufeff]*[-–—]")
_BIDI = "[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]"


@dataclass(frozen=True, slots=True)
class _Line:
    """What is translated as one: a span of the file, the block, and its tags by mark."""

    start: int
    end: int
    block: Block
    tags: dict[int, tuple[str, str]]
    lead: str = ""  # a dash


def read(data: bytes, path: str) -> list[Block]:
    """The text of every cue with Arabic in it."""
    text = read_text(data, encoding=None, path=path).text
    if not _TIMES.search(text):
        raise FormatError(
            "no time codes (00:00:01,000 --> 00:00:02,000) in it; is it a file of subtitles?",
            path=path,
        )
    return [line.block for line in _lines(text)]


def write(data: bytes, blocks: Sequence[Block]) -> bytes:
    """The same cues with these texts, in UTF-8."""
    text = read_text(data, encoding=None, path="").text
    newline = next(iter(_LINE_END.findall(text)), "\n")
    is_vtt = text.startswith("WEBVTT")
    parts, at = [], 0
    for line, block in zip(_lines(text), blocks, strict=True):
        parts += [text[at : line.start], newline.join(_wrapped(_shown(line, block, is_vtt)))]
        at = line.end
    return "".join([*parts, text[at:]]).encode()


def _lines(text: str) -> Iterator[_Line]:
    for start, end in _cues(text):
        for first, last in _speakers(text, start, end):
            line = _line(text, first, last)
            if line:
                yield line


def _cues(text: str) -> Iterator[tuple[int, int]]:
    """Where the text of each cue stands: from the line after its times to an empty line or the next cue."""
    times = [found.span() for found in _TIMES.finditer(text)]
    for (_, start), (following, _) in pairwise([*times, (len(text), len(text))]):
        after = _LINE_END.match(text, start)
        if after is None:
            continue
        start = after.end()
        empty = re.compile(r"^[ \t]*(?=\r|\n|\Z)", re.MULTILINE).search(text, start)
        end = empty.start() if empty else len(text)
        if end > following:  # no empty line between: its number belongs to the next
            end = following
            number = re.search(r"(?:^|[\r\n])[ \t]*\d+[ \t]*(?:\r\n|\r|\n)\Z", text[start:end])
            end = start + number.start() if number else end
        yield start, start + len(text[start:end].rstrip())


def _speakers(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The cue's lines where each is another's speech, else the cue."""
    bounds = [start]
    for found in _LINE_END.finditer(text, start, end):
        bounds.append(found.end())
    spans = [
        (first, first + len(text[first:last].rstrip())) for first, last in pairwise([*bounds, end])
    ]
    if len(spans) > 1 and all(_SPEAKER.match(text, *span) for span in spans):
        return spans
    return [(start, end)]


def _line(text: str, start: int, end: int) -> _Line | None:
    collector = Collector()
    tags: dict[int, tuple[str, str]] = {}
    stack: list[tuple[int, str]] = []
    lead = _SPEAKER.match(text, start, end)
    at = lead.end() if lead else start
    for found in _TAG.finditer(text, at, end):
        collector.text(unescape(text[at : found.start()]))
        at, name, raw = found.end(), found["name"], found[0]
        if name and raw.startswith("</"):
            while name in [n for _, n in stack]:
                mark, last = stack.pop()
                collector.close(mark)
                if last == name:
                    break
            continue
        mark = len(tags)
        tags[mark] = (raw, f"</{name}>" if name else "")
        if name:
            collector.open(mark)
            stack.append((mark, name))
        else:
            collector.point(mark)
    collector.text(unescape(text[at:end]))
    if not collector.is_arabic:
        return None
    return _Line(start, end, collector.block(), tags, "- " if lead else "")


def _shown(line: _Line, block: Block, is_vtt: bool) -> str:
    parts = [line.lead]
    for event in rendered(block):
        if event.kind == "text":
            text = re.sub(_BIDI, "", event.text)
            parts.append(_escaped(text) if is_vtt else text)
        else:
            parts.append(line.tags[event.id][event.kind == "close"])
    return "".join(parts)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _wrapped(text: str) -> list[str]:
    """Lines of LINE characters at most, as few as will do, of about one length; tags count as nothing."""
    words = re.findall(r"(?:<[^<>]*>|\{\\[^{}]*\}|\S)+", text)
    sizes = [len(unescape(_TAG.sub("", word))) for word in words]
    total = sum(sizes) + len(sizes) - 1
    lines = max(1, -(-total // LINE))
    for count in range(lines, lines + 3):
        wrapped = _filled(words, sizes, min(LINE, -(-total // count) + 6))
        if len(wrapped) <= count:
            return wrapped
    return _filled(words, sizes, LINE)


def _filled(words: Sequence[str], sizes: Sequence[int], width: int) -> list[str]:
    lines: list[list[str]] = []
    room = -1
    for word, size in zip(words, sizes, strict=True):
        if room < size + 1 and size:
            lines.append([])
            room = width + 1
        if not lines:
            lines.append([])
            room = width + 1
        lines[-1].append(word)
        room -= size + 1
    return [" ".join(line) for line in lines]
