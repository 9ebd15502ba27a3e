"""The report: everything known about a document, as JSON for programs.

Arrays of numbers stay on one line, so that a person can read the file and a diff shows one segment.
"""

import json
from collections import Counter
from typing import Any, get_args

from glossary.types import Span
from translate.formats.text import ARABIC_LETTER
from translate.types import (
    Alignment,
    Document,
    Finding,
    Status,
    TranslationUnit,
    Verdict,
)

STATUSES: tuple[Status, ...] = get_args(Status)

# Line ends of Unicode that JSON lets stand: a reader of JSONL may split lines there.
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
        "findings": [_finding(finding) for finding in unit.findings],
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
    }
    segments = _block([_segment(unit) for unit in document.units], "[]", indent=2)
    fields = [f'"{key}": {one_line(value)}' for key, value in head.items()]
    fields += [f'"segments": {segments}', f'"summary": {one_line(report_summary(document))}']
    return _block(fields, "{}", indent=0) + "\n"


def _segment(unit: TranslationUnit) -> str:
    """A segment over a few lines; verdicts and findings one a line."""
    lines = []
    for key, value in segment_object(unit).items():
        many = key in ("verdicts", "findings")
        text = _block([one_line(v) for v in value], "[]", indent=6) if many else one_line(value)
        lines.append(f'"{key}": {text}')
    lines[:3] = [", ".join(lines[:3])]  # id, paragraph, kind
    lines[3:6] = [", ".join(lines[3:6])]  # state, origin, score
    return _block(lines, "{}", indent=4)


def _block(items: list[str], brackets: str, *, indent: int) -> str:
    if not items:
        return brackets
    inner = "\n" + " " * (indent + 2)
    return brackets[0] + inner + f",{inner}".join(items) + "\n" + " " * indent + brackets[1]
