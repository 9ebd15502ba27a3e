"""Records, the parts they are translated in, and what became of each."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

LONGEST = 2**20  # bytes of a record; a longer one is no sentence, paragraph or article
PART_BYTES = 2**20  # a part ends when it holds so much, however few its records


class Record(NamedTuple):
    """One record as it was read.

    data: a line without its end, or the text of a cell or message as UTF-8; None for an empty cell. Of one over
    LONGEST only the beginning.
    length: bytes of the whole record.
    at: bytes of the file that were read so far, as it lies on the disk: for the time left.
    """

    data: bytes | None
    length: int
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Records that are translated and saved together. A file has at least one part; `last` is its last."""

    number: int  # in its file, from 0
    records: tuple[Record, ...]
    last: bool

    @property
    def digest(self) -> str:
        """32 hex digits over the records: whether a file is still what it was when the part was translated."""
        digest = hashlib.blake2b(digest_size=16)
        for record in self.records:
            digest.update(b"%d %d " % (record.data is not None, record.length))
            digest.update(record.data or b"")
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Bad:
    """Why a record can't be translated."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a record: its English and its segments as the report shows them, or what is bad about it."""

    translation: str = ""
    units: tuple[dict[str, Any], ...] = ()
    bad: str = ""


def parts(records: Iterable[Record], size: int) -> Iterator[Part]:
    """Cut into parts of at most `size` records and about PART_BYTES."""
    number, held, weight = 0, list[Record](), 0
    for record in records:
        if len(held) == size or weight >= PART_BYTES:
            yield Part(number=number, records=tuple(held), last=False)
            number, held, weight = number + 1, [], 0
        held.append(record)
        weight += len(record.data or b"")
    yield Part(number=number, records=tuple(held), last=True)
