"""Cut a segment in two, join two, and do again what a person did when the text is segmented anew.

Ids record it: `ab12cd34` cut in two is `ab12cd34.1` and `ab12cd34.2`; these or any other neighbours joined are
`ab12cd34.1+ab12cd34.2`. No text is lost: `before + source` over the segments stays the same string.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from translate.types import Segment

_PART = re.compile(r"[.+]")
_SPACE = re.compile(r"\s*")


def split(segment: Segment, at: int) -> tuple[Segment, Segment]:
    """The segment cut before the code point `at`; white space there stands between the two.

    Raises ValueError where one of the two would be empty.
    """
    left, right = segment.source[:at].rstrip(), segment.source[at:]
    right = right.lstrip()
    if not left.strip() or not right:
        raise ValueError("nothing would be left on one side; cut between two words")
    between = segment.source[len(left) : len(segment.source) - len(right)]
    return (
        replace(segment, id=f"{segment.id}.1", source=left),
        replace(segment, id=f"{segment.id}.2", source=right, before=between),
    )


def join(first: Segment, second: Segment) -> Segment:
    """Two neighbours of one paragraph as one segment.

    Raises ValueError for segments of different paragraphs: their texts would run together.
    """
    if first.paragraph != second.paragraph:
        raise ValueError("the next segment is in another paragraph; only one paragraph's join")
    source = first.source + second.before + second.source
    kind = first.kind if first.kind == second.kind else "sentence"
    return replace(first, id=f"{first.id}+{second.id}", source=source, kind=kind)


def root(name: str) -> str:
    """The id that segmenting gave to what is now the segment `name`, or to its first part."""
    return _PART.split(name, maxsplit=1)[0]


def restore(segments: Sequence[Segment], saved: Iterable[tuple[str, str]]) -> list[Segment]:
    """The segments cut and joined as the saved ones (id, source) were, wherever the text is still the same."""
    by_root: dict[str, list[tuple[str, str]]] = {}
    for name, source in saved:
        by_root.setdefault(root(name), []).append((name, source))
    if all(len(own) == 1 and own[0][0] == name for name, own in by_root.items()):
        return list(segments)
    out: list[Segment] = []
    for _, group in groupby(segments, key=lambda s: s.paragraph):
        out += _paragraph(list(group), by_root)
    return out


def _paragraph(
    segments: list[Segment], by_root: dict[str, list[tuple[str, str]]]
) -> Iterator[Segment]:
    """Take, from the left, the longest run of segments that saved parts cover to the letter."""
    at = 0
    while at < len(segments):
        parts, used = _covering(segments[at:], by_root.get(segments[at].id, []))
        yield from parts
        at += used


def _covering(segments: list[Segment], named: list[tuple[str, str]]) -> tuple[list[Segment], int]:
    """Segments for the saved names that begin in the first of `segments`, and how many these cover."""
    first = segments[0]
    if all(name == first.id for name, _ in named):
        return [first], 1
    text, starts, ends = first.source, [0], [len(first.source)]
    for following in segments[1:]:
        starts.append(len(text) + len(following.before))
        text += following.before + following.source
        ends.append(len(text))
    parts: list[Segment] = []
    done = 0
    for name, source in named:
        start = _SPACE.match(text, done).end()  # type: ignore[union-attr]  # matches the empty string too
        if not text.startswith(source, start):
            break
        before = first.before if not parts else text[done:start]
        done = start + len(source)
        kinds = {
            s.kind for s, a, b in zip(segments, starts, ends, strict=True) if a < done and start < b
        }
        kind = kinds.pop() if len(kinds) == 1 else "sentence"
        parts.append(replace(first, id=name, source=source, before=before, kind=kind))
        if done in ends:
            return parts, ends.index(done) + 1
    return [first], 1
