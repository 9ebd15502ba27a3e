"""The side-by-side page: one self-contained HTML file for a person to read and check.

Arabic stands on the right and English on the left, as the scripts run. Here every segment is cut
at all boundaries of words, terms and findings; the template only prints, escaped, what was cut.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import groupby, pairwise

import jinja2

from glossary.types import Span
from translate.formats.report import STATUSES, report_summary, state_and_origin
from translate.types import (
    APPROVED,
    VIOLATIONS,
    Document,
    Severity,
    Status,
    TranslationUnit,
    Verdict,
)

# What each status means, in the reader's words.
MEANINGS: dict[Status, str] = {
    "satisfied": "as agreed",
    "variant": "another accepted wording",
    "misplaced": "agreed wording, but in the wrong place",
    "missing": "not found in the English",
    "forbidden": "wording that must not be used",
    "waived": "let pass by a person",
}
_ICONS: dict[Status, str] = {
    "satisfied": "✓",
    "variant": "≈",
    "misplaced": "⇄",
    "missing": "✕",
    "forbidden": "⊘",
    "waived": "○",
}
_WORST_FIRST: tuple[Status, ...] = (
    "forbidden",
    "missing",
    "misplaced",
    "variant",
    "waived",
    "satisfied",
)
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class _Mark:
    """A verdict or finding on a range of one side."""

    span: Span
    key: str  # v0 or f0: the same on both sides
    status: Status | None  # None: a finding
    severity: Severity | None
    tip: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text inside one word, or between words."""

    text: str
    word: int | None = None
    links: str = ""  # numbers of the aligned words on the other side


@dataclass(frozen=True, slots=True)
class _Run:
    """Pieces under the same marks."""

    pieces: tuple[_Piece, ...]
    keys: str = ""
    classes: str = ""
    tip: str = ""


@dataclass(frozen=True, slots=True)
class _Note:
    """A line in the margin."""

    segment: int
    key: str
    level: str
    label: str
    message: str
    term: str = ""


@dataclass(frozen=True, slots=True)
class _Seg:
    number: int
    id: str
    label: str
    before: str
    source: tuple[_Run, ...]
    target: tuple[_Run, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    kind: str
    segments: tuple[_Seg, ...]
    notes: tuple[_Note, ...]
    violations: int
    findings: int


def write_html(document: Document) -> str:
    """The page of a document."""
    rows = tuple(_rows(document))
    summary = report_summary(document)
    reviewed = sum(unit.state in APPROVED for unit in document.units)
    return _template().render(
        name=document.name or "Translation",
        provenance=document.provenance,
        rows=rows,
        summary=summary,
        agreed=summary["satisfied"] + summary["variant"],
        counted=summary["occurrences"] - summary["waived"],
        reviewed=reviewed,
        statuses=[(s, _ICONS[s], MEANINGS[s], summary[s]) for s in STATUSES],
        with_violations=sum(row.violations > 0 for row in rows),
        with_findings=sum(row.findings > 0 for row in rows),
        css=_asset("page.css"),
        js=_asset("page.js"),
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(_asset("page.html.j2"))


@cache
def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _rows(document: Document) -> Iterator[_Row]:
    numbered = enumerate(document.units)
    for paragraph, group in groupby(numbered, key=lambda pair: pair[1].segment.paragraph):
        units = list(group)
        kinds = {unit.segment.kind for _, unit in units}
        yield _Row(
            number=paragraph + 1,
            kind=kinds.pop() if len(kinds) == 1 else "sentence",
            segments=tuple(_seg(number, unit) for number, unit in units),
            notes=tuple(note for number, unit in units for note in _notes(number, unit)),
            violations=sum(v.status in VIOLATIONS for _, unit in units for v in unit.verdicts),
            findings=sum(len(unit.shown) for _, unit in units),
        )


def _seg(number: int, unit: TranslationUnit) -> _Seg:
    source_marks, target_marks = _marks(unit)
    alignment = unit.alignment
    links = alignment.links if alignment else ()
    return _Seg(
        number=number,
        id=unit.segment.id,
        label=state_and_origin(unit),
        before=unit.segment.before,
        source=tuple(
            _runs(
                unit.segment.source,
                alignment.source_words if alignment else (),
                [(s, t) for s, t in links],
                source_marks,
            )
        ),
        target=tuple(
            _runs(
                unit.target,
                alignment.target_words if alignment else (),
                [(t, s) for s, t in links],
                target_marks,
            )
        ),
    )


def _marks(unit: TranslationUnit) -> tuple[list[_Mark], list[_Mark]]:
    source: list[_Mark] = []
    target: list[_Mark] = []
    for i, verdict in enumerate(unit.verdicts):
        tip = _tip(verdict, unit.target)
        span = verdict.constraint.match.span
        source.append(_Mark(span, f"v{i}", verdict.status, None, tip))
        if verdict.span:
            target.append(_Mark(verdict.span, f"v{i}", verdict.status, None, tip))
    for i, finding in enumerate(unit.shown):
        tip = f"{finding.severity}: {finding.message}"
        for marks, place in ((source, finding.source_span), (target, finding.target_span)):
            if place:
                marks.append(_Mark(place, f"f{i}", None, finding.severity, tip))
    return source, target


def _isolated(text: str) -> str:
    """`text` between isolate marks, where no markup can keep the scripts apart."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def _tip(verdict: Verdict, target: str) -> str:
    term = verdict.constraint.match.term
    found = verdict.span.of(target) if verdict.span else ""
    there = f" ({_isolated(found)})" if found and verdict.status in ("variant", "forbidden") else ""
    agreed = _isolated(term.target or "(nothing agreed)")
    return f"{_isolated(term.source)} → {agreed}: {verdict.status}{there}"


def _runs(
    text: str,
    words: Sequence[Span],
    links: Sequence[tuple[int, int]],
    marks: Sequence[_Mark],
) -> Iterator[_Run]:
    """Cut at every boundary, then gather neighbours under the same marks."""
    word_at: dict[int, int] = {}
    for number, word in enumerate(words):
        for at in range(word.start, word.end):
            word_at.setdefault(at, number)
    linked: dict[int, list[str]] = {}
    for one, other in links:
        linked.setdefault(one, []).append(str(other))
    spans = [*words, *(mark.span for mark in marks)]
    cuts = {0, len(text), *(c for s in spans for c in (s.start, s.end) if 0 < c < len(text))}

    def piece(cut: Span) -> _Piece:
        number = word_at.get(cut.start)
        return _Piece(
            cut.of(text), number, " ".join(linked.get(number, ())) if number is not None else ""
        )

    def above(cut: Span) -> tuple[_Mark, ...]:
        return tuple(m for m in marks if m.span.overlaps(cut))

    for over, run in groupby((Span(a, b) for a, b in pairwise(sorted(cuts))), key=above):
        yield _Run(
            pieces=tuple(map(piece, run)),
            keys=" ".join(mark.key for mark in over),
            classes=_classes(over),
            tip="\n".join(mark.tip for mark in over),
        )


def _classes(marks: Sequence[_Mark]) -> str:
    """The worst status and the worst severity decide the look."""
    statuses = {mark.status for mark in marks}
    severities = {mark.severity for mark in marks}
    status = [f"t t-{s}" for s in _WORST_FIRST if s in statuses][:1]
    severity = [f"f f-{s}" for s in _SEVERITIES if s in severities][:1]
    return " ".join(status + severity)


def _notes(number: int, unit: TranslationUnit) -> Iterator[_Note]:
    for i, verdict in enumerate(unit.verdicts):
        if verdict.status in VIOLATIONS:
            term = verdict.constraint.match.term
            message = term.target or MEANINGS[verdict.status]
            yield _Note(
                number, f"v{i}", f"t-{verdict.status}", verdict.status, message, term.source
            )
    for i, finding in enumerate(unit.shown):
        yield _Note(number, f"f{i}", f"f-{finding.severity}", finding.severity, finding.message)
