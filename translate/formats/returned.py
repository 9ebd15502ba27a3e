"""What another tool gives back of a segment, and the mark by which an export remembers what it was.

All exchange formats share one map of states:

| here | PO | XLIFF 2 | XLIFF 1.2 |
|---|---|---|---|
| initial | msgstr empty | initial | new, needs-translation |
| translated | fuzzy | translated | translated, needs-review-translation, needs-... |
| reviewed | not fuzzy | reviewed | signed-off, reviewed; or approved alone |
| final | not fuzzy, `#. state: final` | final | final, with approved |
"""

import re
from dataclasses import dataclass
from typing import get_args

from translate.formats.po import hashed
from translate.types import VIOLATIONS, Severity, State, TranslationUnit

STATES: tuple[State, ...] = get_args(State)
_MARK = re.compile(r"([0-9a-f]{12})\.([a-z]+)\.([0-9a-f]{12})")
_UNSEEN = re.compile("[\\s\x00-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ud800-\udfff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a unit was when it was exported: hashes of its target and note, and its state.

    With it one can tell who changed what since: the other tool, or somebody here.
    """

    target: str
    state: State
    note: str

    def __str__(self) -> str:
        return f"{self.target}.{self.state}.{self.note}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One entry of a bilingual file that comes back. Real tools lose some of what was exported; what they
    lost is None or empty, and means nothing."""

    id: str
    source: str
    target: str
    state: State | None = None
    note: str = ""  # of people; this program's own remarks are left out where they can be told
    mark: Mark | None = None
    lineage: tuple[str, ...] = ()  # of a PO: the ids of versions it was made from, newest first
    place: str = ""  # for a message, e.g. "line 12"

    @property
    def shown(self) -> str:
        """How a message names it."""
        text = " ".join(self.source.split())
        return f"{self.id or self.place or 'without an id'} ({text[:40]}{'…' * (len(text) > 40)})"


def same_text(one: str, other: str) -> bool:
    """Whether two notes or sources differ in nothing but white space and what XML can't hold."""
    return squeezed(one) == squeezed(other)


def squeezed(text: str) -> str:
    """The text with every run of white space and characters that formats lose as one space."""
    return _UNSEEN.sub(" ", text).strip()


def same_lines(one: str, other: str) -> bool:
    """Whether two targets differ in nothing but how their lines end."""
    return _unix(one) == _unix(other)


def hashed_lines(target: str) -> str:
    """As `hashed`, however its lines end."""
    return hashed(_unix(target))


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def mark_of(unit: TranslationUnit) -> Mark:
    """What an export notes of a unit."""
    return Mark(
        target=hashed_lines(unit.target), state=unit.state, note=hashed(squeezed(unit.note))
    )


def read_mark(text: str) -> Mark | None:
    """The mark that an export wrote, or None where it was lost."""
    found = _MARK.search(text)
    state = next((s for s in STATES if found and s == found[2]), None)
    return Mark(target=found[1], state=state, note=found[3]) if found and state else None


def read_state(name: str) -> State | None:
    """The state of that name, or None."""
    return next((state for state in STATES if state == name), None)


def remarks_of(unit: TranslationUnit) -> list[tuple[Severity, str]]:
    """What a person should know of a unit, for notes in other tools: severity and a line each."""
    lines: list[tuple[Severity, str]] = []
    for verdict in unit.verdicts:
        if verdict.status in VIOLATIONS:
            term = verdict.constraint.match.term
            there = verdict.span.of(unit.target) if verdict.span else ""
            found = f" ({there})" if there else ""
            agreed = f"{term.source} → {term.target}" if term.target else term.source
            lines.append(("error", f"term: {agreed}: {verdict.status}{found}"))
    lines += [(f.severity, f"{f.check}: {f.message}") for f in unit.shown]
    return lines
