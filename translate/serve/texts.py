"""From a text as it was sent to segments, and from their units back to a text."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from translate.documents import html
from translate.documents.carry import carry
from translate.formats.text import ARABIC_LETTER, write_english
from translate.markup import Block, TooDeep
from translate.segment import segment
from translate.serve.errors import bad
from translate.serve.tags import Fragment, TagError
from translate.serve.types import Split, Wanted
from translate.types import Document, Segment, TranslationUnit

_LETTER = re.compile(r"[^\W\d_]")
_LINE_END = re.compile(r"[^\S\n]*[\n\r\v\f\x85\u2028\u2029]\s*")
_PARSING_FAILED = "Tag handling parsing failed, please check input."  # as DeepL says it

Write = Callable[[Sequence[TranslationUnit]], str]


@dataclass(frozen=True, slots=True)
class Cut:
    """The segments of a text, and how their units, one a segment, are written in its place."""

    segments: Sequence[Segment]
    write: Write


def arabic_share(text: str) -> float:
    """The share of a text's letters that are Arabic; 0 where there are none."""
    letters = len(_LETTER.findall(text))
    return min(len(ARABIC_LETTER.findall(text)) / letters, 1.0) if letters else 0.0


def cut(text: str, wanted: Wanted) -> Cut:
    """The text cut as is wanted. One without an Arabic letter has no segments and stays as it is.
    Raises Refusal 400 for markup that can't be read."""
    if not ARABIC_LETTER.search(text):
        return Cut((), lambda units: text)
    if wanted.markup == "html":
        return _html(text, wanted.split)
    if wanted.markup == "xml":
        return _xml(text, wanted)
    return _plain(text, wanted.split)


def _plain(text: str, split: Split) -> Cut:
    segments, after = _segments(text, split)

    def write(units: Sequence[TranslationUnit]) -> str:
        return write_english(Document(name="", units=tuple(units), after=after))

    return Cut(segments, write)


def _segments(text: str, split: Split) -> tuple[tuple[Segment, ...], str]:
    """As `segment`: with cuts at sentences and lines, at sentences alone, or none."""
    if split == "sentences":
        return segment(text)
    inner = text.strip()
    start = text.index(inner)
    before, after = text[:start], text[start + len(inner) :]
    joined = _LINE_END.sub(" ", inner)
    if split == "none":
        return (Segment(id="1", source=joined, kind="sentence", paragraph=0, before=before),), after
    segments, rest = segment(f"{before}{joined}")
    return segments, rest + after


def _html(text: str, split: Split) -> Cut:
    data = text.encode("utf-8-sig")  # the mark outdoes a charset that the page claims
    try:
        blocks = html.read(data, "")
    except (TooDeep, RecursionError):
        raise bad(_PARSING_FAILED, "elements are nested too deeply") from None
    return _carried(blocks, split, lambda done: html.write(data, done).decode("utf-8-sig"))


def _xml(text: str, wanted: Wanted) -> Cut:
    try:
        fragment = Fragment(text, wanted.tags)
    except TagError as error:
        raise bad(_PARSING_FAILED, str(error)) from None
    return _carried(fragment.blocks, wanted.split, fragment.written)


def _carried(
    blocks: Sequence[Block], split: Split, written: Callable[[Sequence[Block]], str]
) -> Cut:
    """Each block is a paragraph of its own."""
    if split == "none":
        segments = [
            Segment(id=str(n), source=block.text, kind="sentence", paragraph=n)
            for n, block in enumerate(blocks)
        ]
    else:
        segments = list(segment("\n\n".join(block.text for block in blocks))[0])
    return Cut(segments, lambda units: written(carry(blocks, units, "text")))
