"""Parquet: the same rows and columns, and two more columns, `translation` and `units`. A bad row has nulls there.

Rows are read and written in bounded numbers, whatever the row groups of IN are.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from translate.batch.extras import needed
from translate.batch.formats import Pairs
from translate.batch.records import Bad, Outcome, Record
from translate.errors import FormatError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

ADDED = ("translation", "units")
_READ_ROWS = 1024
_GROUP_ROWS = 4096  # of OUT: their units are held as Python objects, some 10 kB a row


def read(path: Path, field: str) -> Iterator[Record]:
    """The cells of the column."""
    file = _opened(path, field)
    size, rows, done = path.stat().st_size, max(file.metadata.num_rows, 1), 0
    for batch in _batches(file, path, _READ_ROWS, [field]):
        for cell in batch.column(0).to_pylist():
            done += 1
            data = None if cell is None else cell.encode()
            yield Record(data, len(data or b""), size * done // rows)


def text(data: bytes | None, field: str) -> str | Bad:
    """The cell."""
    return Bad(f"null in column {field!r}") if data is None else data.decode()


def write(source: Path, field: str, pairs: Pairs, out: BinaryIO) -> None:
    """The rows with what became of them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = _opened(source, field)
    schema = file.schema_arrow.append(pa.field("translation", pa.string()))
    schema = schema.append(pa.field("units", _units(pa)))
    with pq.ParquetWriter(out, schema) as writer:
        for batch in _batches(file, source, _GROUP_ROWS, None):
            outcomes = [outcome for _, outcome in islice(pairs, batch.num_rows)]
            added = [_translations(pa, outcomes), _all_units(pa, outcomes)]
            writer.write_batch(pa.record_batch([*batch.columns, *added], schema=schema))


def _opened(path: Path, field: str) -> "pq.ParquetFile":
    with needed("Parquet", extra="batch"):
        import pyarrow as pa
        import pyarrow.parquet as pq
    try:
        file = pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise FormatError("is no Parquet file that can be read", path=str(path)) from error
    names = file.schema_arrow.names
    if field not in names:
        raise FormatError(
            f"has no column {field!r}, but {', '.join(names)}; choose with --field", path=str(path)
        )
    kind = file.schema_arrow.field(field).type
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(inner) or pa.types.is_large_string(inner)):
        raise FormatError(f"column {field!r} is {kind}, not text", path=str(path))
    taken = next((name for name in ADDED if name in names), None)
    if taken:
        raise FormatError(f"has a column {taken!r} already; rename it", path=str(path))
    return file


def _batches(
    file: "pq.ParquetFile", path: Path, rows: int, columns: list[str] | None
) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa

    try:
        yield from file.iter_batches(batch_size=rows, columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise FormatError(f"is damaged ({error}); get the file anew", path=str(path)) from error


def _translations(pa: Any, outcomes: list[Outcome]) -> Any:
    return pa.array([None if o.bad else o.translation for o in outcomes], pa.string())


def _all_units(pa: Any, outcomes: list[Outcome]) -> Any:
    return pa.array([None if o.bad else o.units for o in outcomes], _units(pa))


def _units(pa: Any) -> Any:
    """The type of `translate.formats.report.segment_object`, a list of them."""
    number, string = pa.int32(), pa.string()
    span = pa.list_(number)
    verdict = {
        "term": string, "kind": string, "source_span": span, "surface": string,
        "status": string, "expected": pa.list_(string), "target_span": span,
    }  # fmt: skip
    finding = {
        "check": string, "severity": string, "message": string,
        "source_span": span, "target_span": span,
    }  # fmt: skip
    unit = {
        "before": string, "id": string, "paragraph": number, "kind": string, "source": string,
        "target": string, "state": string, "origin": string, "score": pa.float64(),
        "alignment": pa.list_(pa.list_(number)),
        "source_words": pa.list_(span), "target_words": pa.list_(span),
        "verdicts": pa.list_(pa.struct(list(verdict.items()))),
        "findings": pa.list_(pa.struct(list(finding.items()))),
    }  # fmt: skip
    return pa.list_(pa.struct(list(unit.items())))
