"""What the review page shows of a segment, worked out from its unit: words, marks, counts. No HTTP."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from glossary.types import Span
from translate.formats.html import MEANINGS
from translate.review import version
from translate.types import APPROVED, VIOLATIONS, Finding, Status, TranslationUnit

_ORIGINS = {"mt": "machine", "memory": "memory", "human": "by a person"}
_AGREED: frozenset[Status] = frozenset({"satisfied", "variant"})
_ESCAPED = {ord(c): f"\\u{ord(c):04x}" for c in "<>&'"}
# What a row can be filtered by.
FLAGS = ("unreviewed", "violated", "finding", "ignored", "changed", "memory")


@dataclass(frozen=True, slots=True)
class Note:
    """A line in the margin. `mark` is its place in the row's marks."""

    mark: int
    level: str  # a status or severity: look and icon
    label: str
    message: str
    term: str = ""
    check: str = ""  # of a finding: what can be ignored


@dataclass(frozen=True, slots=True)
class Ignored:
    """A check that a person switched off for the segment, and what it finds there."""

    check: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a segment adds to the counts of its document, by the names of the page."""

    flags: frozenset[str]  # of FLAGS
    occurrences: int  # without those that a person let pass
    agreed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A segment as the template prints it."""

    unit: TranslationUnit
    source: Markup
    target: Markup
    note: Markup
    elsewhere: Markup
    number: int
    total: int
    version: str
    reviewed: bool
    origin: str
    marks: Markup  # JSON: [look, source start, source end, target start, target end], null for none
    terms: tuple[Note, ...]
    notes: tuple[Note, ...]
    ignored: tuple[Ignored, ...]
    tally: Tally

    @property
    def flags(self) -> str:
        """The filters that show this row."""
        return " ".join(sorted(self.tally.flags))

    @property
    def label(self) -> str:
        """Of the row, for a screen reader."""
        state = "reviewed" if self.reviewed else "not reviewed"
        return f"Segment {self.number} of {self.total}, {state}"


def row(unit: TranslationUnit, number: int, total: int, together: Sequence[Finding] = ()) -> Row:
    """The row of a unit that is the `number`th (from 1) of `total`. `together` is what is found by looking at
    others, too."""
    unit = replace(unit, findings=(*unit.findings, *together))
    notes = [*_verdict_notes(unit), *_finding_notes(unit)]
    good = ("satisfied", "variant", "waived")
    return Row(
        unit=unit,
        source=_printable(unit.segment.source),
        target=_printable(unit.target),
        note=_printable(unit.note),
        elsewhere=_printable(unit.elsewhere),
        number=number,
        total=total,
        version=version(unit),
        reviewed=unit.state in APPROVED,
        origin=_ORIGINS[unit.origin] if unit.target else "not translated",
        marks=_json([*_verdict_marks(unit), *_finding_marks(unit)]),
        terms=tuple(n for n in notes if n.level in good),
        notes=tuple(n for n in notes if n.level not in good),
        ignored=tuple(_ignored(unit)),
        tally=tally(unit),
    )


def tally(unit: TranslationUnit) -> Tally:
    """The counts of one segment."""
    statuses = [v.status for v in unit.verdicts]
    flags = {
        "unreviewed": unit.state not in APPROVED,
        "violated": not VIOLATIONS.isdisjoint(statuses),
        "finding": bool(unit.shown),
        "ignored": bool(unit.ignored),
        "changed": unit.origin == "human" or bool(unit.machine),
        "memory": unit.origin == "memory",
    }
    return Tally(
        flags=frozenset(name for name, holds in flags.items() if holds),
        occurrences=len(statuses) - statuses.count("waived"),
        agreed=sum(status in _AGREED for status in statuses),
    )


def counts(tallies: Iterable[Tally]) -> dict[str, int]:
    """The counts of a document, by the names of the page."""
    total = dict.fromkeys(("segments", "reviewed", "occurrences", "agreed", *FLAGS), 0)
    for one in tallies:
        total["segments"] += 1
        total["occurrences"] += one.occurrences
        total["agreed"] += one.agreed
        for flag in one.flags:
            total[flag] += 1
    total["reviewed"] = total["segments"] - total["unreviewed"]
    return total


def _printable(text: str) -> Markup:
    """Text for HTML that comes out of the browser's parser as it went in, but for NUL, which can't."""
    return Markup(str(escape(text)).replace("\r", "&#13;").replace("\0", "\ufffd"))


def _json(value: object) -> Markup:
    """JSON for an attribute in single quotes."""
    dumped = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(dumped.translate(_ESCAPED))  # quotes and brackets are escaped above


def _ends(span: Span | None) -> tuple[int, int] | tuple[None, None]:
    return (span.start, span.end) if span else (None, None)


def _verdict_marks(unit: TranslationUnit) -> Iterable[list[str | int | None]]:
    for v in unit.verdicts:
        yield [v.status, *_ends(v.constraint.match.span), *_ends(v.span)]


def _finding_marks(unit: TranslationUnit) -> Iterable[list[str | int | None]]:
    for f in unit.shown:
        yield [f.severity, *_ends(f.source_span), *_ends(f.target_span)]


def _verdict_notes(unit: TranslationUnit) -> Iterable[Note]:
    for i, v in enumerate(unit.verdicts):
        term = v.constraint.match.term
        message = term.target or MEANINGS[v.status]
        if v.span and v.status in ("variant", "forbidden"):
            message = f"{message}; it says {v.span.of(unit.target)}"
        yield Note(i, v.status, v.status, message, term.source)


def _finding_notes(unit: TranslationUnit) -> Iterable[Note]:
    for i, f in enumerate(unit.shown, len(unit.verdicts)):
        yield Note(i, f.severity, f.severity, f.message, check=f.check)


def _ignored(unit: TranslationUnit) -> Iterable[Ignored]:
    for check in sorted(unit.ignored):
        yield Ignored(check, tuple(f.message for f in unit.findings if f.check == check))
