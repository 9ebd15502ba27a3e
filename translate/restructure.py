"""Cut a segment in two, join two, and do again what a person did when the text is segmented anew.

Ids record it: `ab12cd34` cut in two is `ab12cd34.1` and `ab12cd34.2`; these two joined are `ab12cd34` again, any
other neighbours `ab12cd34.2+0f9e8d7c`. A long id keeps its beginning and a hash. No text is lost: `before + source` over the segments stays the same string.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby, islice

from translate.types import Segment

LONGEST = (
    80  # characters of an id: it stands in addresses, and joining would double it again and again
)

_PART = re.compile(r"[.+]")
_SPACE = re.compile(r"\s*")


def split(segment: Segment, at: int) -> tuple[Segment, Segment]:
    """The segment cut before the code point `at`; white space there stands between the two.

    Raises ValueError where one of the two would be empty.
    """
    left, right = segment.source[:at].rstrip(), segment.source[at:]
    right = right.lstrip()
    if at <= 0 or not left.strip() or not right:
        raise ValueError("nothing would be left on one side; cut between two words")
    between = segment.source[len(left) : len(segment.source) - len(right)]
    return (
        replace(segment, id=_short(f"{segment.id}.1"), source=left),
        replace(segment, id=_short(f"{segment.id}.2"), source=right, before=between),
    )


def join(first: Segment, second: Segment) -> Segment:
    """Two neighbours of one paragraph as one segment.

    Raises ValueError for segments of different paragraphs: their texts would run together.
    """
    if first.paragraph != second.paragraph:
        raise ValueError("the next segment is in another paragraph; only one paragraph's join")
    source = first.source + second.before + second.source
    kind = first.kind if first.kind == second.kind else "sentence"
    whole = first.id.removesuffix(".1")
    again = first.id.endswith(".1") and second.id == f"{whole}.2"
    name = whole if again else _short(f"{first.id}+{second.id}")
    return replace(first, id=name, source=source, kind=kind)


def _short(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    return f"{root(name)}.{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def root(name: str) -> str:
    """The id that segmenting gave to what is now the segment `name`, or to its first part."""
    return _PART.split(name, maxsplit=1)[0]


def restore(segments: Sequence[Segment], saved: Iterable[tuple[str, str]]) -> list[Segment]:
    """The segments cut and joined as the saved ones (id, source) were, wherever the text is still the same.

    The saved ones stand in the order of the document that they were.
    """
    saved = list(saved)
    if all(root(name) == name for name, _ in saved):
        return list(segments)
    begins: dict[str, int] = {}
    for at, (name, _) in enumerate(saved):
        begins.setdefault(root(name), at)
    fresh, taken = {one.id for one in segments}, set[str]()
    out: list[Segment] = []
    following = 0
    for _, group in groupby(segments, key=lambda s: s.paragraph):
        rest = list(group)
        while rest:
            parts, used = rest[:1], 1
            for at in (following, begins.get(rest[0].id, following)):
                found, count = _covering(rest, islice(saved, at, None))
                names = [part.id for part in found]
                others = {*names} - {one.id for one in rest[:count]}
                fits = len({*names}) == len(names) and not others & fresh and not others & taken
                if found and fits:  # else it is not what a person can have made of this text
                    parts, used, following = found, count, at + len(found)
                    break
            taken |= {part.id for part in parts}
            out += parts
            rest = rest[used:]
    return out


def _covering(
    segments: list[Segment], saved: Iterable[tuple[str, str]]
) -> tuple[list[Segment], int]:
    """The saved segments as far as they cover the first of `segments`, or the first few, to the letter; and how
    many these are."""
    first = segments[0]
    text, starts = first.before + first.source, [len(first.before)]
    ends = [len(text)]
    for following in segments[1:]:
        starts.append(len(text) + len(following.before))
        text += following.before + following.source
        ends.append(len(text))
    parts: list[Segment] = []
    done = 0
    for name, source in saved:
        start = _SPACE.match(text, done).end()  # type: ignore[union-attr]  # matches the empty string too
        if not parts and text.startswith(source, starts[0]):
            start = starts[0]  # else it may begin with what stood before, as after a join and a cut
        if not source or not text.startswith(source, start):
            break
        before = text[done:start]
        done = start + len(source)
        kinds = {
            s.kind for s, a, b in zip(segments, starts, ends, strict=True) if a < done and start < b
        }
        kind = kinds.pop() if len(kinds) == 1 else "sentence"
        parts.append(replace(first, id=name, source=source, before=before, kind=kind))
        if done in ends:
            return parts, ends.index(done) + 1
    return [], 0
