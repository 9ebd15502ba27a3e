"""Inline markup (bold, links, footnotes) carried from a source over to its translation, by word alignment.

A mark is an element over a span of the text; of zero length it is a thing at a place: a footnote's number, a
picture. Marks are a tree: each lies within its parent, and those of one parent don't overlap. `project` keeps
that, and loses none; a mark whose words were dropped gets the nearest free word, or stands empty.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from glossary.types import Span
from translate.align import words
from translate.types import Alignment

_LETTER = re.compile(r"[^\W_]")
_ARABIC = re.compile(
    r"(?=[^\W_])[\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc]"
)
_OPENING = frozenset("([{«“‘¿¡")
_SPACES = re.compile(r"\s+")
DEEPEST = 60  # marks in marks; a file with more was made to do harm


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """`parent` is the id of the mark around it. One that is `loose` (a bookmark, a comment's range) is only two
    places: others may cross it, and it has neither parent nor children. One `apart` has no length, but white
    space on both sides."""

    id: int
    span: Span
    parent: int | None = None
    loose: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, cell or heading: one line without white space at its ends, and the marks in it, each after
    its parent and in the order of the document."""

    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """A piece of marked text in order: the text itself, or where a mark begins or ends."""

    kind: Literal["open", "close", "text"]
    id: int = -1
    text: str = ""


class TooDeep(ValueError):
    """Marks in marks in marks."""


class Collector:
    """Text and marks as a reader meets them; white space is squeezed to single spaces."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._space = False  # seen, not yet written
        self._open: list[int] = []
        self._found: dict[int, tuple[int | None, int, int]] = {}
        self._loose: set[int] = set()
        self._apart: set[int] = set()
        self._after_space: list[int] = []  # points after a space, nothing after them yet

    @property
    def is_arabic(self) -> bool:
        """Whether there is anything to translate: Latin text, figures and rules stay as they are."""
        return any(map(_ARABIC.search, self._parts))

    def text(self, text: str) -> None:
        """Add text."""
        if text[:1].isspace():
            self._apart.update(self._after_space)
        self._after_space = [] if text else self._after_space
        for number, part in enumerate(_SPACES.split(text)):
            self._space = self._space or number > 0
            if part:
                part = f" {part}" if self._space and self._length else part
                self._parts.append(part)
                self._length += len(part)
                self._space = False

    def open(self, mark: int) -> None:
        """A mark begins."""
        if len(self._open) >= DEEPEST:
            raise TooDeep
        self._found[mark] = (self._open[-1] if self._open else None, self._place(), -1)
        self._open.append(mark)

    def close(self, mark: int) -> None:
        """The innermost open mark ends."""
        assert self._open.pop() == mark
        parent, start, _ = self._found[mark]
        self._found[mark] = (parent, start, max(start, self._length))

    def point(self, mark: int) -> None:
        """A mark without text."""
        self.open(mark)
        parent, start, _ = self._found[mark]
        self._found[mark] = (parent, start, start)
        self._open.pop()
        if self._space or not self._length:
            self._after_space.append(mark)

    def start(self, mark: int) -> None:
        """A loose mark begins."""
        self._loose.add(mark)
        self._found[mark] = (None, self._place(), -1)

    def end(self, mark: int) -> None:
        """A loose mark ends."""
        _, start, _ = self._found[mark]
        self._found[mark] = (None, min(start, self._length), self._length)

    def _place(self) -> int:
        """Where the next word will begin."""
        return self._length + (self._space and self._length > 0)

    def block(self) -> Block:
        """Everything collected; marks still open end here."""
        end = self._length
        self._apart.update(self._after_space)
        marks = []
        for name, (parent, start, stop) in self._found.items():
            stop = end if stop < 0 else min(stop, end)
            span = Span(min(start, end), max(min(start, end), stop))
            marks.append(
                Mark(
                    id=name,
                    span=span,
                    parent=parent,
                    loose=name in self._loose,
                    apart=name in self._apart,
                )
            )
        return Block(text="".join(self._parts), marks=_tidy(marks))


def _tidy(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """What stands at the end of the text, after a space that is none any more, stays within its parent."""
    spans: dict[int, Span] = {}
    out = []
    for mark in marks:
        span = mark.span
        if mark.parent is not None:
            outer = spans[mark.parent]
            start = min(max(span.start, outer.start), outer.end)
            span = Span(start, min(max(span.end, start), outer.end))
        spans[mark.id] = span
        out.append(replace(mark, span=span))
    return tuple(out)


def rendered(block: Block) -> Iterator[Event]:
    """The text with its marks, in order, properly nested."""
    tree = _tree(block.marks)
    loose = [
        (place, number, Event("open" if place_is_start else "close", mark.id))
        for number, mark in enumerate(m for m in block.marks if m.loose)
        for place, place_is_start in ((mark.span.start, True), (mark.span.end, False))
    ]
    loose.sort(key=lambda one: (one[0], one[1], one[2].kind == "close"))
    return _Renderer(block.text, tree, loose).run(None, Span(0, len(block.text)), last=True)


@dataclass(slots=True)
class _Renderer:
    text: str
    tree: Mapping[int | None, Sequence[Mark]]
    loose: list[tuple[int, int, Event]]
    at: int = 0
    done: int = 0  # of the loose ones

    def run(self, parent: int | None, span: Span, *, last: bool = False) -> Iterator[Event]:
        children = sorted(self.tree.get(parent, ()), key=lambda m: (m.span.start, m.span.end))
        for mark in children:
            yield from self._until(mark.span.start)
            if mark.apart and self.text[max(self.at - 1, 0) : self.at].strip():
                yield Event("text", text=" ")
            yield Event("open", mark.id)
            yield from self.run(mark.id, mark.span)
            yield Event("close", mark.id)
            if mark.apart and self.text[self.at : self.at + 1].strip():
                yield Event("text", text=" ")
        yield from self._until(span.end)
        if last:
            yield from self._due(span.end)

    def _until(self, place: int) -> Iterator[Event]:
        """The text up to there, with the ends of loose marks on the way."""
        while self.at < place:
            yield from self._due(self.at)
            stop = place
            if self.done < len(self.loose):
                stop = min(stop, self.loose[self.done][0])
            yield Event("text", text=self.text[self.at : stop])
            self.at = stop

    def _due(self, place: int) -> Iterator[Event]:
        while self.done < len(self.loose) and self.loose[self.done][0] <= place:
            yield self.loose[self.done][2]
            self.done += 1


def _tree(marks: Sequence[Mark]) -> dict[int | None, list[Mark]]:
    tree: dict[int | None, list[Mark]] = {}
    for mark in marks:
        if not mark.loose:
            tree.setdefault(mark.parent, []).append(mark)
    return tree


# Projection


def project(
    marks: Sequence[Mark], source: str, target: str, alignment: Alignment | None
) -> tuple[Mark, ...]:
    """The same marks, in the same order, over the target. Without alignment words answer each other by place."""
    if not marks:
        return ()
    guide = _Guide.of(source, target, alignment or by_position(source, target))
    spans: dict[int, Span] = {}
    guide.place(_tree(marks), None, Span(0, len(source)), Span(0, len(target)), spans)
    for mark in marks:
        if mark.loose:
            spans[mark.id] = guide.alone(mark, Span(0, len(source)), Span(0, len(target)))
    return tuple(replace(mark, span=spans[mark.id]) for mark in marks)


def by_position(source: str, target: str) -> Alignment:
    """Links between words by their place alone."""
    ours, theirs = words(source), words(target)
    said = [i for i, word in enumerate(ours) if _LETTER.search(word.of(source))]
    saying = [j for j, word in enumerate(theirs) if _LETTER.search(word.of(target))]
    links = tuple(
        (said[(2 * k + 1) * len(said) // (2 * len(saying))], j)
        for k, j in enumerate(saying)
        if said
    )
    return Alignment(source_words=ours, target_words=theirs, links=links)


@dataclass(frozen=True, slots=True)
class _Guide:
    """Both texts as words, and for each target word the source words that it stands for."""

    source: str
    target: str
    ours: tuple[Span, ...]
    theirs: tuple[Span, ...]
    said: tuple[tuple[int, ...], ...]  # per target word; empty only if nothing is linked at all
    starts: list[int] = field(default_factory=list)  # of the target words
    our_starts: list[int] = field(default_factory=list)
    last: dict[Span, dict[int, int]] = field(default_factory=dict)  # see `_last_words`

    @staticmethod
    def of(source: str, target: str, alignment: Alignment) -> "_Guide":
        ours, theirs = alignment.source_words, alignment.target_words
        linked: list[list[int]] = [[] for _ in theirs]
        for i, j in alignment.links:
            if i < len(ours) and j < len(theirs):
                linked[j].append(i)
        return _Guide(
            source,
            target,
            ours,
            theirs,
            tuple(map(tuple, _filled(linked, target, theirs))),
            [w.start for w in theirs],
            [w.start for w in ours],
        )

    def place(
        self,
        tree: Mapping[int | None, Sequence[Mark]],
        parent: int | None,
        source: Span,
        target: Span,
        spans: dict[int, Span],
    ) -> None:
        """Give the marks within `parent`, which has these spans, their place."""
        children = tree.get(parent, ())
        wide = [mark for mark in children if len(mark.span)]
        for mark, span in self._wide(wide, source, target):
            spans[mark.id] = span
        taken = sorted(
            (spans[m.id] for m in wide if m.id in spans and len(spans[m.id])),
            key=lambda span: span.start,
        )
        for mark in children:
            if mark.id not in spans:
                at = _outside(self._point(mark.span.start, source, target), taken)
                spans[mark.id] = Span(at, at)
        for mark in children:
            self.place(tree, mark.id, mark.span, spans[mark.id], spans)

    def alone(self, mark: Mark, source: Span, target: Span) -> Span:
        """The place of a mark whatever others do."""
        for _, span in self._wide([mark] if len(mark.span) else [], source, target):
            return span
        at = self._point(mark.span.start, source, target)
        return Span(at, at)

    def _wide(
        self, marks: Sequence[Mark], source: Span, target: Span
    ) -> Iterator[tuple[Mark, Span]]:
        """Marks with text: each the run of words that are mostly its own, the larger ones first. One without any
        such word is left out here if it has none in the source either."""
        owners = self._owners(marks, source)
        owned = Counter(owners.values())
        there = self._within(target)
        free = set(there)
        voted = {j: self._vote(j, owners) for j in there}
        places: dict[int, list[int]] = {}
        for j, name in voted.items():
            if name is not None:
                places.setdefault(name, []).append(j)
        whole = len(marks) == 1 and self._covers(marks[0], source)
        for mark in sorted(marks, key=lambda m: -len(m.span)):
            if not owned[mark.id]:
                continue
            if whole:
                yield mark, target
                return
            run = _best_run(places.get(mark.id, ()), free)
            if not run:
                nearest = self._nearest(mark, source, free, there)
                if nearest is None:
                    continue
                run = range(nearest, nearest + 1)
            run = self._trimmed(run, mark)
            free.difference_update(run)
            start, end = self.theirs[run[0]].start, self.theirs[run[-1]].end
            yield mark, Span(max(start, target.start), min(end, target.end))

    def _trimmed(self, run: range, mark: Mark) -> range:
        """Without punctuation at the ends where the mark has none there in the source."""
        ends = mark.span.of(self.source).strip()
        while len(run) > 1 and not self._is_word(run[-1]) and _LETTER.match(ends[-1]):
            run = run[:-1]
        while len(run) > 1 and not self._is_word(run[0]) and _LETTER.match(ends[0]):
            run = run[1:]
        return run

    def _is_word(self, j: int) -> bool:
        return bool(_LETTER.search(self.theirs[j].of(self.target)))

    def _owners(self, marks: Sequence[Mark], source: Span) -> dict[int, int]:
        """Source word -> the mark that has most of it."""
        best: dict[int, tuple[int, int]] = {}
        for mark in marks:
            first = bisect_left(self.our_starts, mark.span.start)
            if first and self.ours[first - 1].end > mark.span.start:
                first -= 1
            for i in range(first, len(self.ours)):
                word = self.ours[i]
                if word.start >= mark.span.end:
                    break
                size = min(word.end, mark.span.end) - max(word.start, mark.span.start)
                if size > best.get(i, (0, 0))[0]:
                    best[i] = (size, mark.id)
        return {i: name for i, (_, name) in best.items()}

    def _covers(self, mark: Mark, source: Span) -> bool:
        """Whether no letter of `source` is outside of the mark."""
        outside = (
            self.source[source.start : mark.span.start] + self.source[mark.span.end : source.end]
        )
        return not outside.strip(" .,،؛:!?؟…")

    def _within(self, target: Span) -> range:
        first = bisect_left(self.starts, target.start)
        return range(first, bisect_left(self.starts, target.end))

    def _vote(self, j: int, owners: Mapping[int, int]) -> int | None:
        votes = Counter(owners.get(i) for i in self.said[j])
        if not votes:
            return None
        return max(votes, key=lambda name: (votes[name], name is not None))

    def _nearest(
        self, mark: Mark, source: Span, free: set[int], there: Sequence[int]
    ) -> int | None:
        """The free word nearest to the mark's place, by position."""
        if not free:
            return None
        middle = (mark.span.start + mark.span.end) / 2 - source.start
        goal = there[0] + middle / max(len(source), 1) * len(there)
        letters = [j for j in free if self._is_word(j)]
        return min(letters or free, key=lambda j: (abs(j + 0.5 - goal), j))

    def _point(self, place: int, source: Span, target: Span) -> int:
        """Where a thing belongs that stands at this place of the source: after the word before it."""
        if not self.source[source.start : place].strip():
            return target.start
        if not self.source[place : source.end].strip():
            return target.end
        spaced = self.source[place - 1].isspace()
        last = bisect_left(self.our_starts, place) - 1
        said = self._last_words(target)
        for i in range(last, -1, -1):
            if self.ours[i].start < source.start:
                break
            if i in said:
                end = self._after(said[i], self.source[self.ours[i].end : place])
                return min(self._spaced(end) if spaced else end, target.end)
        return target.start

    def _last_words(self, target: Span) -> dict[int, int]:
        """Source word -> the last target word of the run that stands for it."""
        if target not in self.last:
            said: dict[int, list[int]] = {}
            for j in self._within(target):
                for i in self.said[j]:
                    said.setdefault(i, []).append(j)
            self.last[target] = {i: _best_run(js, None)[-1] for i, js in said.items()}
        return self.last[target]

    def _after(self, j: int, between: str) -> int:
        """The end of a target word, with the punctuation after it if the source has some there too."""
        end = self.theirs[j].end
        if between.strip():
            while end < len(self.target) and not re.match(r"[\w\s]", self.target[end]):
                end += 1
        return end

    def _spaced(self, end: int) -> int:
        return end + 1 if self.target[end : end + 1] == " " else end


def _filled(
    linked: Sequence[list[int]], target: str, theirs: Sequence[Span]
) -> Iterator[list[int]]:
    """A word without links (an article, a preposition) goes with the next one that has some, a closing mark
    with the one before."""
    before: list[list[int]] = []
    last: list[int] = []
    for links in linked:
        last = links or last
        before.append(last)
    after: list[list[int]] = []
    last = []
    for links in reversed(linked):
        last = links or last
        after.append(last)
    after.reverse()
    for j, word in enumerate(theirs):
        text = word.of(target)
        closing = not _LETTER.search(text) and text not in _OPENING
        yield (before[j] or after[j]) if closing else (after[j] or before[j])


def _best_run(places: Sequence[int], free: set[int] | None) -> range:
    """The run of words with the most of these in it, and the fewest others; none that is not free."""
    best = (0, range(0))
    start, total, previous = -1, 0, None
    for j in places:
        if free is not None and j not in free:
            continue
        gap = 0 if previous is None else j - previous - 1
        blocked = (
            gap > 0
            and free is not None
            and previous is not None
            and any(k not in free for k in range(previous + 1, j))
        )
        if previous is None or blocked or total - gap <= 0:
            start, total = j, 1
        else:
            total += 1 - gap
        previous = j
        if total > best[0]:
            best = (total, range(start, j + 1))
    return best[1]


def _outside(place: int, taken: Sequence[Span]) -> int:
    """The place, or the end of the span that it is inside of."""
    at = bisect_left(taken, place, key=lambda span: span.end)
    if at < len(taken) and taken[at].start < place < taken[at].end:
        return taken[at].end
    return place
