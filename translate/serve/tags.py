"""Fragments of XML as translation interfaces take them: text with tags in it, no root, no declarations.

Every byte that isn't text stays as it was. The text between two cuts is a block, and the elements in it are marks,
which alignment carries over. What cuts: elements named so, and by the outline those that stand where their parent
has no text of its own; an element around a cut is one, too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape

from glossary.markup import escaped
from translate.markup import Block, Collector, rendered
from translate.serve.types import Tags

_TOKEN = re.compile(
    r"""<!--.*?--> | <!\[CDATA\[.*?\]\]> | <\?.*?\?>
      | <(?P<close>/?)(?P<name>[^\s<>/!?=]+)(?:\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*?)?\s*(?P<empty>/?)>
      | (?P<stray><)""",
    re.VERBOSE | re.DOTALL,
)
DEEPEST = 50  # elements in elements


class TagError(ValueError):
    """The fragment is not well-formed."""


@dataclass(slots=True)
class _Tag:
    start: int
    end: int
    name: str = ""  # of an element; empty for comments and the like
    partner: int = -1  # the number of the closing tag; its own for what has none
    parent: int = -1
    closes: bool = False


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in the fragment where a block stands; tags to write where a mark begins and ends."""

    start: int
    end: int
    block: Block
    tags: dict[int, tuple[str, str]]


@dataclass(slots=True)
class _Run:
    """What is between two cuts, as it is met."""

    start: int
    collector: Collector = field(default_factory=Collector)
    tags: dict[int, tuple[str, str]] = field(default_factory=dict)


class Fragment:
    """A fragment cut into blocks. Raises TagError."""

    def __init__(self, text: str, tags: Tags) -> None:
        self._text = text
        self._tags = tags
        self._found = _paired(text)
        self._cuts = self._cutting()
        self._slots = list(self._runs())

    @property
    def blocks(self) -> Sequence[Block]:
        """What is to be translated, in order."""
        return [slot.block for slot in self._slots]

    def written(self, blocks: Sequence[Block]) -> str:
        """The fragment with these in the place of its blocks."""
        parts, at = [], 0
        for slot, block in zip(self._slots, blocks, strict=True):
            parts += [self._text[at : slot.start], _written(slot, block)]
            at = slot.end
        return "".join([*parts, self._text[at:]])

    def _cutting(self) -> set[int]:
        """Numbers of the opening tags of elements that cut."""
        cuts: set[int] = set()
        with_text = self._with_text() if self._tags.outline else set()
        for number, tag in enumerate(self._found):
            if not tag.name or tag.closes or tag.name in self._tags.joining:
                continue
            by_outline = self._tags.outline and tag.parent not in with_text
            if tag.name in self._tags.splitting or (by_outline and tag.partner != number):
                while number >= 0 and number not in cuts:
                    cuts.add(number)
                    number = self._found[number].parent
        return cuts

    def _with_text(self) -> set[int]:
        """Numbers of the elements (-1: the whole) that have text of their own."""
        found: set[int] = set()
        parent, at = -1, 0
        for number, tag in enumerate(self._found):
            if self._text[at : tag.start].strip():
                found.add(parent)
            if tag.name and tag.closes:
                parent = self._found[tag.partner].parent
            elif tag.name and tag.partner != number:
                parent = number
            at = tag.end
        if self._text[at:].strip():
            found.add(parent)
        return found

    def _runs(self) -> Iterator[_Slot]:
        run, at, number = _Run(0), 0, 0
        while number < len(self._found):
            tag = self._found[number]
            run.collector.text(unescape(self._text[at : tag.start]))
            opening = tag.partner if tag.closes else number
            if opening in self._cuts:
                yield from self._slot(run, tag.start)
                run = _Run(tag.end)
            if tag.name in self._tags.ignored and not tag.closes:
                number = tag.partner
            if opening not in self._cuts:
                self._mark(run, tag, opening, self._found[number].end)
            elif number > opening and not tag.closes:  # ignored as a whole, and a cut
                run = _Run(self._found[number].end)
            at = self._found[number].end
            number += 1
        run.collector.text(unescape(self._text[at:]))
        yield from self._slot(run, len(self._text))

    def _mark(self, run: _Run, tag: _Tag, opening: int, end: int) -> None:
        if tag.closes:
            run.collector.close(opening)
            return
        whole = self._text[tag.start : end]
        if end > tag.end or tag.partner == opening:  # ignored, or has nothing in it
            run.tags[opening] = (whole, "")
            run.collector.point(opening)
            return
        closing = self._found[tag.partner]
        run.tags[opening] = (whole, self._text[closing.start : closing.end])
        run.collector.open(opening)

    def _slot(self, run: _Run, end: int) -> Iterator[_Slot]:
        if not run.collector.is_arabic:
            return
        inner = self._text[run.start : end]
        start = run.start + len(inner) - len(inner.lstrip())
        yield _Slot(start, run.start + len(inner.rstrip()), run.collector.block(), run.tags)


def _paired(text: str) -> list[_Tag]:
    """All tags, each opening one with the number of its closing one."""
    tags: list[_Tag] = []
    open_: list[int] = []
    for found in _TOKEN.finditer(text):
        if found["stray"]:
            raise TagError(f"a < at character {found.start()} begins no tag; write &lt;")
        number = len(tags)
        parent = open_[-1] if open_ else -1
        name = found["name"] or ""
        if name and found["close"]:
            if not open_ or tags[open_[-1]].name != name:
                raise TagError(f"</{name}> at character {found.start()} closes nothing")
            opening = open_.pop()
            tags[opening].partner = number
            tags.append(_Tag(found.start(), found.end(), name, opening, closes=True))
            continue
        tags.append(_Tag(found.start(), found.end(), name, number, parent))
        if name and not found["empty"]:
            open_.append(number)
            if len(open_) > DEEPEST:
                raise TagError("elements are nested too deeply")
    if open_:
        raise TagError(f"<{tags[open_[-1]].name}> is not closed")
    return tags


def _written(slot: _Slot, block: Block) -> str:
    return "".join(
        escaped(event.text) if event.kind == "text" else slot.tags[event.id][event.kind == "close"]
        for event in rendered(block)
    )
