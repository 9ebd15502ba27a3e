"""The words of the termbase: spans, terms and their occurrences.

Spans are half-open and count code points of the ORIGINAL text, never of a folded or tokenised copy.
"""

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["person", "place", "org", "weapon", "date", "demonym", "term"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Flag = Literal["exact", "case-sensitive", "forbidden", "read-only"]
FLAGS: tuple[Flag, ...] = get_args(Flag)

TermStatus = Literal["approved", "proposed", "retired"]
STATUSES: tuple[TermStatus, ...] = get_args(TermStatus)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range [start, end) of code points."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: "Span") -> bool:
        """Whether the two ranges share a code point."""
        return self.start < other.end and other.start < self.end

    def of(self, text: str) -> str:
        """The part of `text` that this span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One entry: an Arabic term as cited and the English agreed for it.

    Only status `approved` is enforced. `proposed` (PO flag fuzzy) waits for a decision and changes nothing;
    `retired` (flags fuzzy, retired) is switched off, and so is a later file's entry with its source and
    context. `path` and `line` say where the entry was read.
    """

    source: str
    target: str
    kind: Kind = "term"
    context: str = ""
    variants: tuple[str, ...] = ()  # English that is accepted too
    forbidden: tuple[str, ...] = ()  # English that is wrong (PO field avoid)
    plural: str = ""  # English plural where it is irregular
    source_variants: tuple[str, ...] = ()  # other Arabic spellings and broken plurals (PO field ar)
    status: TermStatus = "approved"
    flags: frozenset[Flag] = frozenset()
    cite: str = ""
    note: str = ""
    path: str = ""
    line: int = 0

    @property
    def id(self) -> str:
        """The key that no other entry of a termbase shares: context and cited source."""
        return f"{self.context}\x04{self.source}" if self.context else self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class TermMatch:
    """One occurrence of a term: `span` and `surface` are the whole printed words, attached clitics included."""

    term: Term
    span: Span
    surface: str
    proclitics: tuple[str, ...] = ()
    enclitic: str = ""
