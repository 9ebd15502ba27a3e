"""Plain tables in and out: TSV (or CSV by its suffix) with the columns source, target, kind,
variants.

A header line may come first and then names the columns in any order; kind and variants may be left
out; variants are parted by |. Quotes mean nothing in TSV, as in DeepL's and OPUS's glossaries.
"""

import csv
import io
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

from glossary.errors import TermbaseSyntaxError, TermConflict
from glossary.files import write_atomic
from glossary.types import KINDS, Kind, Term

_log = logging.getLogger(__name__)
_COLUMNS = ("source", "target", "kind", "variants")
_ALIASES = {"ar": "source", "en": "target", "variant": "variants"}


def read_tsv(path: Path | str, encoding: str = "utf-8-sig") -> list[Term]:
    """The terms of a table. An unknown kind is read as term, with a warning; a bad line is an error."""
    path = Path(path)
    rows = _rows(path, _decoded(path, encoding))
    columns: tuple[str, ...] = _COLUMNS
    terms: list[Term] = []
    seen: dict[str, Term] = {}
    for number, cells in rows:
        if not any(cells):
            continue
        header = tuple(_ALIASES.get(cell.lower(), cell.lower()) for cell in cells)
        if not terms and {"source", "target"} <= set(header):
            columns = header
            continue
        row = dict(zip(columns, cells, strict=False))
        term = _term(row, len(columns) < len(cells), path, number)
        before = seen.setdefault(term.source, term)
        if before is term:
            terms.append(term)
        elif before.target != term.target:
            raise TermConflict(
                f"{path}:{number}: {term.source!r} has another target than in line {before.line} "
                f"({before.target!r}, {term.target!r}); delete one, or make it a variant",
                terms=(before, term),
            )
        else:
            _log.warning(
                "%s:%d: %r repeats line %d; left out", path, number, term.source, before.line
            )
    return terms


def _decoded(path: Path, encoding: str) -> str:
    try:
        return path.read_text(encoding=encoding)
    except FileNotFoundError:
        raise TermbaseSyntaxError("no such file", path=str(path)) from None
    except (UnicodeError, LookupError) as error:
        message = f"can't be read as {encoding}: {error}; name the right encoding"
        raise TermbaseSyntaxError(message, path=str(path)) from None


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    if path.suffix.lower() == ".csv":
        reader = csv.reader(io.StringIO(text, newline=""))
        for row in reader:
            yield reader.line_num, [cell.strip() for cell in row]
        return
    for number, line in enumerate(text.split("\n"), 1):
        yield number, [cell.strip() for cell in line.split("\t")]


def _term(row: dict[str, str], too_many: bool, path: Path, line: int) -> Term:
    source, target = row.get("source", ""), row.get("target", "")
    if too_many or not source or not target:
        problem = "too many columns" if too_many else "no source" if not source else "no target"
        message = f"{problem}; a line is {', '.join(_COLUMNS)}"
        raise TermbaseSyntaxError(message, path=str(path), line=line)
    kind = row.get("kind", "") or "term"
    if kind not in KINDS:
        _log.warning(
            "%s:%d: kind %r is unknown (%s); read as term", path, line, kind, ", ".join(KINDS)
        )
        kind = "term"
    variants = tuple(v for part in row.get("variants", "").split("|") if (v := part.strip()))
    return Term(
        source=source,
        target=target,
        kind=cast(Kind, kind),
        variants=variants,
        path=str(path),
        line=line,
    )


def write_tsv(terms: Iterable[Term], path: Path | str) -> None:
    """Write terms as a table with a header. Context, flags and other fields have no column and are left out."""
    path = Path(path)
    out = io.StringIO()
    rows = [_COLUMNS, *((t.source, t.target, t.kind, "|".join(t.variants)) for t in terms)]
    if path.suffix.lower() == ".csv":
        csv.writer(out, lineterminator="\n").writerows(rows)
    else:
        out.writelines("\t".join(map(_flat, row)) + "\n" for row in rows)
    write_atomic(path, out.getvalue())


def _flat(cell: str) -> str:
    return " ".join(cell.split())
