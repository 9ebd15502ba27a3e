"""Tables for spreadsheets and scripts: TSV and JSON Lines, one segment a line.

A TSV comes back from a spreadsheet with the columns in any order: `source` and `target` are needed, `id`, `state`,
`note` and `mark` are used where they are.
"""

import csv
import re
from io import StringIO

from translate.errors import FormatError
from translate.formats.report import one_line, segment_object
from translate.formats.returned import Returned, mark_of, read_mark, read_state
from translate.types import VIOLATIONS, Document, TranslationUnit

COLUMNS = (
    "id", "paragraph", "kind", "source", "target", "occurrences", "violations", "state", "note", "mark",
)  # fmt: skip

# Everything that some reader takes for the end of a cell or line, as in the IANA definition of TSV.
_ESCAPES = str.maketrans(
    {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
    | {chr(c): f"\\u{c:04x}" for c in (0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029)}
)
_ESCAPED = re.compile(r"\\(?:u([0-9a-f]{4})|(.))")
_PLAIN = {"t": "\t", "n": "\n", "r": "\r"}
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


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
        unit.state,
        unit.note,
        str(mark_of(unit)),
    )


def read_tsv(data: bytes, path: str) -> tuple[Returned, ...]:
    """The rows of a table that comes back. Raises FormatError."""
    if data.startswith(b"PK\x03\x04"):
        raise FormatError(
            "a spreadsheet or zip archive, not TSV; save it as text with tabs", path=path
        )
    rows = _rows(_decoded(data, path))
    header = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    if not {"source", "target"} <= set(header):
        raise FormatError(
            "the first line must name the columns, source and target among them", path=path, line=1
        )
    return tuple(_returned(dict(zip(header, cells, strict=False)), n) for n, cells in rows[1:])


def _decoded(data: bytes, path: str) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(
            "not UTF-8; save the table as Unicode text (UTF-8)", path=path, line=line
        ) from error


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Spreadsheets put quotes round cells that hold quotes: off, where the whole file is written so."""
    lines = [line.removesuffix("\r").split("\t") for line in text.split("\n")]
    quoted = [cell for cells in lines for cell in cells if '"' in cell]
    doubled = any('""' in cell[1:-1] for cell in quoted)
    if (doubled or all(map(_QUOTED.fullmatch, lines[0]))) and all(map(_QUOTED.fullmatch, quoted)):
        reader = csv.reader(StringIO(text, newline=""), delimiter="\t")
        return [(reader.line_num, row) for row in reader if any(row)]
    return [(n, cells) for n, cells in enumerate(lines, 1) if any(cells)]


def _returned(row: dict[str, str], line: int) -> Returned:
    target = _unescaped(row.get("target", ""))
    return Returned(
        id=_unescaped(row.get("id", "")),
        source=_unescaped(row.get("source", "")),
        target=target,
        state=read_state(row.get("state", "").strip()) if target else None,
        note=_unescaped(row.get("note", "")),
        mark=read_mark(row.get("mark", "")),
        place=f"line {line}",
    )


def _unescaped(cell: str) -> str:
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)) if m[1] else _PLAIN.get(m[2], m[2]), cell)


def write_jsonl(document: Document) -> str:
    """One JSON object a segment, the same as in the report."""
    return "".join(one_line(segment_object(unit)) + "\n" for unit in document.units)
