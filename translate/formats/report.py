"""The report: everything known about a document, as JSON for programs.

Arrays of numbers stay on one line, so that a person can read the file and a diff shows one segment.
"""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from glossary.types import Span
from translate.formats.text import ARABIC_LETTER
from translate.types import (
    Alignment,
    Document,
    Finding,
    Origin,
    Status,
    TranslationUnit,
    Verdict,
)

STATUSES: tuple[Status, ...] = get_args(Status)

# Line ends of Unicode that JSON lets stand: a reader of JSONL may split lines there.
_ORIGINS: dict[Origin, str] = {"mt": "machine", "memory": "from memory", "human": "by a person"}
_LINE_ENDS = {c: f"\\u{c:04x}" for c in (0x85, 0x2028, 0x2029)}

Summary = dict[str, int | float]


def report_summary(document: Document) -> Summary:
    """Counts over the whole document: occurrences by status, Arabic words, seconds."""
    statuses = Counter(v.status for unit in document.units for v in unit.verdicts)
    return {
        "segments": len(document.units),
        "occurrences": statuses.total(),
        **{status: statuses[status] for status in STATUSES},
        "words": sum(_words(unit.segment.source) for unit in document.units),
        "seconds": round(document.seconds, 3),
    }


def _words(source: str) -> int:
    return sum(bool(ARABIC_LETTER.search(word)) for word in source.split())


def segment_object(unit: TranslationUnit) -> dict[str, Any]:
    """One segment as the report and JSONL show it."""
    segment = unit.segment
    alignment = unit.alignment or Alignment(source_words=(), target_words=(), links=())
    return {
        "before": segment.before,
        "id": segment.id,
        "paragraph": segment.paragraph,
        "kind": segment.kind,
        "source": segment.source,
        "target": unit.target,
        "state": unit.state,
        "origin": unit.origin,
        "score": unit.score,
        "alignment": [list(link) for link in alignment.links],
        "source_words": [_span(word) for word in alignment.source_words],
        "target_words": [_span(word) for word in alignment.target_words],
        "verdicts": [_verdict(verdict) for verdict in unit.verdicts],
        "findings": [_finding(finding) for finding in unit.shown],
    }


def _span(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start, span.end]


def _verdict(verdict: Verdict) -> dict[str, Any]:
    constraint = verdict.constraint
    match = constraint.match
    return {
        "term": match.term.source,
        "kind": match.term.kind,
        "source_span": _span(match.span),
        "surface": match.surface,
        "status": verdict.status,
        "expected": [*constraint.forms, *constraint.variants],
        "target_span": _span(verdict.span),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "severity": finding.severity,
        "message": finding.message,
        "source_span": _span(finding.source_span),
        "target_span": _span(finding.target_span),
    }


def state_and_origin(unit: TranslationUnit) -> str:
    """How far a unit is and who wrote it, in words for people."""
    return f"{unit.state}, {_ORIGINS[unit.origin]}"


def one_line(value: Any) -> str:
    """Any value as JSON without a line end in it."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).translate(_LINE_ENDS)


def write_report(document: Document) -> str:
    """The whole report."""
    provenance = document.provenance
    head = {
        "model": provenance.model,
        "engine": provenance.engine,
        "version": provenance.version,
        "glossary": {"fingerprint": provenance.glossary},
        "after": document.after,
    }
    segments = _block([_segment(unit) for unit in document.units], "[]", indent=2)
    fields = [f'"{key}": {one_line(value)}' for key, value in head.items()]
    fields += [f'"segments": {segments}', f'"summary": {one_line(report_summary(document))}']
    return _block(fields, "{}", indent=0) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a report remembers of one unit and the master doesn't."""

    source: str
    target: str
    before: str
    alignment: Alignment | None
    verdicts: tuple["ReportedVerdict", ...]


class ReportedVerdict(NamedTuple):
    """What became of one occurrence of a term."""

    term: str  # as cited
    expected: tuple[str, ...]  # the English that counted
    source_span: Span
    status: Status
    target_span: Span | None


def read_report(text: str) -> tuple[dict[str, Reported], str]:
    """Units by id, in order, and the text after the last of them. Raises ValueError for anything else."""
    try:
        report = json.loads(text)
        units = {one["id"]: _reported(one) for one in report["segments"]}
        return units, _encodable(report["after"])
    except (LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"not a report of Dragoman: {error!r}") from error


def _reported(one: dict[str, Any]) -> Reported:
    source, target = str(one["source"]), str(one["target"])
    source_words = tuple(_read_span(w, source) for w in one["source_words"])
    target_words = tuple(_read_span(w, target) for w in one["target_words"])
    links = tuple((s, t) for s, t in one["alignment"])
    if not all(
        0 <= s < len(source_words) and 0 <= t < len(target_words) and type(s) is type(t) is int
        for s, t in links
    ):
        raise ValueError("an alignment link leads nowhere")
    alignment = Alignment(source_words=source_words, target_words=target_words, links=links)
    return Reported(
        source=source,
        target=target,
        before=_encodable(one["before"]),
        alignment=alignment if links else None,
        verdicts=tuple(_read_verdict(v, source, target) for v in one["verdicts"]),
    )


def _encodable(text: Any) -> str:
    """As it is, but ValueError for half of a surrogate pair: it could not be written again."""
    str(text).encode()
    return str(text)


def _read_verdict(one: dict[str, Any], source: str, target: str) -> ReportedVerdict:
    status = next((s for s in STATUSES if s == one["status"]), None)
    if status is None:
        raise ValueError(f"no verdict {one['status']!r}")
    there = one["target_span"]
    return ReportedVerdict(
        term=str(one["term"]),
        expected=tuple(map(str, one["expected"])),
        source_span=_read_span(one["source_span"], source),
        status=status,
        target_span=None if there is None else _read_span(there, target),
    )


def _read_span(pair: Any, text: str) -> Span:
    start, end = pair
    if not (type(start) is type(end) is int and 0 <= start <= end <= len(text)):
        raise ValueError(f"a span outside of its text: {pair}")
    return Span(start, end)


def _segment(unit: TranslationUnit) -> str:
    """A segment over a few lines; verdicts and findings one a line."""
    lines = []
    for key, value in segment_object(unit).items():
        many = key in ("verdicts", "findings")
        text = _block([one_line(v) for v in value], "[]", indent=6) if many else one_line(value)
        lines.append(f'"{key}": {text}')
    lines[:4] = [", ".join(lines[:4])]  # before, id, paragraph, kind
    lines[3:6] = [", ".join(lines[3:6])]  # state, origin, score
    return _block(lines, "{}", indent=4)


def _block(items: list[str], brackets: str, *, indent: int) -> str:
    if not items:
        return brackets
    inner = "\n" + " " * (indent + 2)
    return brackets[0] + inner + f",{inner}".join(items) + "\n" + " " * indent + brackets[1]
