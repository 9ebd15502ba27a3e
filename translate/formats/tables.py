"""Tables for spreadsheets and scripts: TSV and JSON Lines, one segment a line."""

from translate.formats.report import one_line, segment_object
from translate.types import VIOLATIONS, Document, TranslationUnit

COLUMNS = ("id", "paragraph", "kind", "source", "target", "occurrences", "violations")

# Everything that some reader takes for the end of a cell or line, as in the IANA definition of TSV.
_ESCAPES = str.maketrans(
    {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
    | {chr(c): f"\\u{c:04x}" for c in (0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029)}
)


def write_tsv(document: Document) -> str:
    """A header and one row a segment; tabs, line ends and backslashes are escaped."""
    rows = [COLUMNS, *(_row(unit) for unit in document.units)]
    return "".join("\t".join(cell.translate(_ESCAPES) for cell in row) + "\n" for row in rows)


def _row(unit: TranslationUnit) -> tuple[str, ...]:
    segment = unit.segment
    violations = sum(v.status in VIOLATIONS for v in unit.verdicts)
    return (
        segment.id,
        str(segment.paragraph),
        segment.kind,
        segment.source,
        unit.target,
        str(len(unit.verdicts)),
        str(violations),
    )


def write_jsonl(document: Document) -> str:
    """One JSON object a segment, the same as in the report."""
    return "".join(one_line(segment_object(unit)) + "\n" for unit in document.units)
