"""The words of the memory: units that go in, matches that come out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from translate.difference import Piece

MatchKind = Literal["context", "exact", "fuzzy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a translation was approved; `before` and `after` are the sources of the neighbours."""

    document: str = ""
    segment: str = ""  # id of the segment in that document
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What another tool said of a unit and means nothing here: kept, so that it goes out again."""

    where: Literal["tu", "source", "target"]
    kind: Literal["attribute", "prop", "note"]
    name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryUnit:
    """One translation of one source. Dates know their zone and have no fractions of seconds."""

    source: str
    target: str
    id: str = ""
    notes: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    used: int = 1  # how often it was approved, here and in the memories it came from
    created: datetime | None = None
    created_by: str = ""
    changed: datetime | None = None
    changed_by: str = ""
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryMatch:
    """A translation found. Percent: 101 the same source between the same neighbours ("context"), 100 the
    same as printed, 99 the same but for spelling, below that the share of letters that needs no edit."""

    source: str
    target: str
    percent: int
    kind: MatchKind
    difference: tuple[Piece, ...] = ()  # from the stored source to the one looked for
    document: str = ""
    when: datetime | None = None
    who: str = ""
    used: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What is in a memory."""

    units: int
    sources: int
    documents: int
    oldest: datetime | None
    newest: datetime | None
    size: int  # bytes on disk
