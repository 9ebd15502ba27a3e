"""The content of a paragraph of an XML document as one flow: pieces of text, elements round them, objects
between them; made into blocks, and built again from translated ones. DOCX and ODT share it.

The format says what is what by calling a `Flow`; how an element is written is the part's own affair, so a flow
only keeps a `Handle` for each mark.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from translate.markup import Block, Collector, rendered

Element = Any

Kind = Literal["style", "shell", "object", "loose", "field"]


@dataclass(frozen=True, slots=True)
class Handle:
    """What a mark stands for. `first` and `last` are elements to write at its begin and its end, or functions
    that make them; a shell is an element whose empty copy is written into; a style is what the format makes of
    it."""

    kind: Kind
    first: Any = None
    last: Any = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch between two breaks. `ending` is the break after it, if any."""

    block: Block
    is_arabic: bool
    ending: Any = None


class Flow:
    """Collects one paragraph. Styles are hashable, None for nothing special."""

    def __init__(self) -> None:
        self.handles: dict[int, Handle] = {}
        self._steps: list[tuple[str, Any]] = []

    def text(self, text: str, style: Any = None) -> None:
        """A piece of text in a style."""
        if text:
            self._steps.append(("text", (text, style)))

    def open(self, handle: Handle) -> None:
        """A shell or a field begins."""
        self._steps.append(("open", handle))

    def close(self) -> None:
        """The innermost one ends."""
        self._steps.append(("close", None))

    def object(self, element: Any) -> None:
        """A thing without text."""
        self._steps.append(("object", Handle("object", element)))

    def start(self, key: str, element: Any) -> None:
        """A loose range begins."""
        self._steps.append(("start", (key, element)))

    def end(self, key: str, element: Any) -> None:
        """A loose range ends."""
        self._steps.append(("end", (key, element)))

    def stop(self, element: Any) -> None:
        """A line ends: sentences don't run through it."""
        self._steps.append(("stop", element))

    @property
    def base(self) -> Any:
        """The style that most letters have."""
        letters: Counter[Any] = Counter()
        for kind, value in self._steps:
            if kind == "text":
                letters[value[1]] += len(value[0].strip())
        return max(letters, key=lambda style: letters[style]) if letters else None

    def pieces(self) -> list[Piece]:
        """The blocks of the paragraph, also those with nothing to translate."""
        return list(_Cutter(self._steps, self.base, self.handles).pieces())


class _Cutter:
    def __init__(
        self, steps: Sequence[tuple[str, Any]], base: Any, handles: dict[int, Handle]
    ) -> None:
        self.steps, self.base, self.handles = steps, base, handles
        self.collector = Collector()
        self.shells: list[tuple[int, Handle]] = []
        self.style: tuple[int, Any] | None = None  # the open style mark
        self.ranges = self._pairs()

    def _pairs(self) -> dict[int, int]:
        """Numbers of the steps that begin a range -> of those that end it, where no line ends between."""
        open_: dict[str, int] = {}
        pairs: dict[int, int] = {}
        for number, (kind, value) in enumerate(self.steps):
            if kind == "stop":
                open_.clear()
            elif kind == "start":
                open_[value[0]] = number
            elif kind == "end" and value[0] in open_:
                pairs[open_.pop(value[0])] = number
        return pairs

    def pieces(self) -> Iterator[Piece]:
        ends = {end: start for start, end in self.ranges.items()}
        names: dict[int, int] = {}
        for number, (kind, value) in enumerate(self.steps):
            if kind == "text":
                self._text(*value)
            elif kind == "open":
                self._plain()
                self._open(value)
            elif kind == "close":
                self._plain()
                name, _ = self.shells.pop()
                self.collector.close(name)
            elif kind == "object":
                self.collector.point(self._handle(value))
            elif kind == "start" and number in self.ranges:
                last = self.steps[self.ranges[number]][1][1]
                names[number] = self._handle(Handle("loose", value[1], last))
                self.collector.start(names[number])
            elif kind == "end" and number in ends:
                self.collector.end(names[ends[number]])
            elif kind in ("start", "end"):
                self.collector.point(self._handle(Handle("object", value[1])))
            else:
                yield self._piece(value)
        yield self._piece(None)

    def _piece(self, ending: Any) -> Piece:
        self._plain()
        for name, _ in reversed(self.shells):
            self.collector.close(name)
        piece = Piece(self.collector.block(), self.collector.is_arabic, ending)
        self.collector = Collector()
        again, self.shells = self.shells, []
        for _, handle in again:
            if handle.kind == "field":  # its end stands in another line: it can't be had twice
                handle = Handle("field", (), ())
            self._open(handle)
        return piece

    def _handle(self, handle: Handle) -> int:
        name = len(self.handles)
        self.handles[name] = handle
        return name

    def _open(self, handle: Handle) -> None:
        name = self._handle(handle)
        self.shells.append((name, handle))
        self.collector.open(name)

    def _plain(self) -> None:
        if self.style:
            self.collector.close(self.style[0])
            self.style = None

    def _text(self, text: str, style: Any) -> None:
        current = self.style[1] if self.style else self.base
        if style != current and not text.isspace():
            self._plain()
            if style != self.base:
                self.style = (self._handle(Handle("style", style)), style)
                self.collector.open(self.style[0])
        self.collector.text(text)


class Builder:
    """Writes blocks back as elements. `wrap(text, style)` makes the elements of a piece of text, `shell` an
    empty copy of an element and where to write in it."""

    def __init__(
        self,
        flow: Flow,
        root: Element,
        append_text: Callable[[Element, str, Any], None],
        shell: Callable[[Element], tuple[Element, Element]],
    ) -> None:
        self._handles, self._base = flow.handles, flow.base
        self._root, self._append_text, self._shell = root, append_text, shell

    def build(self, pieces: Sequence[Piece], blocks: Sequence[Block]) -> None:
        """Append everything to the root."""
        for piece, block in zip(pieces, blocks, strict=True):
            self._block(block)
            if piece.ending is not None:
                self._root.append(_made(piece.ending))

    def _block(self, block: Block) -> None:
        stack, styles = [self._root], [self._base]
        for event in rendered(block):
            if event.kind == "text":
                self._append_text(stack[-1], event.text, styles[-1])
                continue
            handle, opens = self._handles[event.id], event.kind == "open"
            if handle.kind == "style":
                styles = [*styles, handle.first] if opens else styles[:-1]
            elif handle.kind == "shell" and opens:
                outer, inner = self._shell(handle.first)
                stack[-1].append(outer)
                stack.append(inner)
            elif handle.kind == "shell":
                stack.pop()
            elif handle.kind == "field":
                for element in handle.first if opens else handle.last:
                    stack[-1].append(element)
            else:
                element = handle.first if opens else handle.last
                if element is not None:
                    stack[-1].append(_made(element))


def _made(element: Any) -> Element:
    return element() if callable(element) else element


def merged(pieces: Sequence[Piece], blocks: Iterator[Block]) -> list[Block]:
    """The next translated block for each piece that has one; the others stay."""
    return [next(blocks) if piece.is_arabic else piece.block for piece in pieces]
