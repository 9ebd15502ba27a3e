"""PO of other programs: each line of a message without translation is a record; the file comes back with them filled
in, fuzzy. It is read whole, as everywhere in Dragoman; verdicts have no place in it. A bad record stays in Arabic.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from glossary.types import Span
from translate.batch.formats import Pairs
from translate.batch.records import Bad, Outcome, Record
from translate.batch.streams import opened
from translate.documents import MAX_BYTES, po
from translate.documents.carry import carry
from translate.errors import FormatError
from translate.markup import Block
from translate.types import Alignment, Segment, TranslationUnit


def read(path: Path, field: str) -> Iterator[Record]:
    """The lines that want a translation, in the order of the file."""
    blocks = po.read(_bytes(path), str(path))
    size = path.stat().st_size
    for number, block in enumerate(blocks, start=1):
        data = block.text.encode()
        yield Record(data, len(data), size * number // len(blocks))


def text(data: bytes, field: str) -> str | Bad:
    """The line without its placeholders, which are marks."""
    return data.decode()


def write(source: Path, field: str, pairs: Pairs, out: BinaryIO) -> None:
    """The file with the translations, placeholders in their places."""
    data = _bytes(source)
    blocks = po.read(data, str(source))
    english = [
        _carried(block, outcome, source) for block, (_, outcome) in zip(blocks, pairs, strict=True)
    ]
    out.write(po.write(data, english))


def _bytes(path: Path) -> bytes:
    with opened(path) as (stream, _):
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise FormatError(f"larger than {MAX_BYTES // 2**20} MB; cut it into parts", path=str(path))
    return data


def _carried(block: Block, outcome: Outcome, path: Path) -> Block:
    if outcome.bad:
        return block
    return carry([block], [_unit(**unit) for unit in outcome.units], str(path))[0]


def _unit(
    *,
    source: str,
    target: str,
    alignment: list[list[int]],
    source_words: list[list[int]],
    target_words: list[list[int]],
    **_: object,
) -> TranslationUnit:
    """As much of a unit as places are found by."""
    return TranslationUnit(
        segment=Segment(id="", source=source, kind="sentence", paragraph=0),
        target=target,
        alignment=Alignment(
            source_words=tuple(Span(*word) for word in source_words),
            target_words=tuple(Span(*word) for word in target_words),
            links=tuple((s, t) for s, t in alignment),
        ),
    )
