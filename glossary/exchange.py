"""Plain tables in and out: TSV (or CSV by its suffix) with the columns source, target, kind,
variants. DeepL's glossaries in and out, OPUS-CAT's termbases in.

A header line may come first and then names the columns in any order; kind and variants may be left
out; variants are parted by |. Quotes mean nothing in TSV, as in DeepL's and OPUS's glossaries.
"""

import csv
import io
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from glossary.errors import TermbaseSyntaxError, TermConflict
from glossary.files import write_atomic
from glossary.types import KINDS, Kind, Term

_log = logging.getLogger(__name__)
_COLUMNS = ("source", "target", "kind", "variants")
_ALIASES = {"ar": "source", "en": "target", "variant": "variants"}
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DEEPL_BYTES = 1024  # of a phrase
_MAX_BYTES = 16 * 2**20  # of a YAML file, which is read slowly


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Terms of another tool's file, and what was left out of it: a line a reason, with a count."""

    terms: list[Term]
    remarks: tuple[str, ...] = ()


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


# DeepL


def read_deepl(path: Path | str, encoding: str = "utf-8-sig") -> Imported:
    """A glossary of DeepL: source and target; a CSV may name the languages after them. No header."""
    path = Path(path)
    left_out: Counter[str] = Counter()
    rows = []
    for number, cells in _rows(path, _decoded(path, encoding)):
        if not any(cells):
            continue
        if len(cells) < 2 or not cells[0] or not cells[1]:
            message = "not a source and a target; a line of a DeepL glossary has both"
            raise TermbaseSyntaxError(message, path=str(path), line=number)
        languages = [code.lower().split("-")[0] for code in cells[2:4]]
        if languages not in ([], ["ar", "en"]):
            left_out[f"they are {'-'.join(languages)}, not ar-en"] += 1
        else:
            rows.append(Term(source=cells[0], target=cells[1], path=str(path), line=number))
    return _imported(rows, left_out)


def write_deepl(terms: Iterable[Term], path: Path | str) -> tuple[int, tuple[str, ...]]:
    """A glossary that DeepL takes: other spellings are entries too, each source stands once. How many
    entries, and what it can't hold: a line a reason with a count."""
    path = Path(path)
    left_out: Counter[str] = Counter()
    entries: dict[str, str] = {}
    for term in terms:
        if term.status != "approved":
            left_out["they are not approved"] += 1
            continue
        for number, source in enumerate((term.source, *term.source_variants)):
            problem = _deepl_problem(source, term.target)
            if not problem and entries.get(source, term.target) != term.target:
                problem = "their source stands there with another target"
            if problem:
                left_out[problem] += number == 0
            else:
                entries.setdefault(source, term.target)
    out = io.StringIO()
    if path.suffix.lower() == ".csv":
        csv.writer(out, lineterminator="\n").writerows(entries.items())
    else:
        out.writelines(f"{_flat(source)}\t{_flat(target)}\n" for source, target in entries.items())
    write_atomic(path, out.getvalue())
    return len(entries), _counted(left_out)


def _deepl_problem(source: str, target: str) -> str:
    if max(len(text.encode("utf-8", "surrogatepass")) for text in (source, target)) > _DEEPL_BYTES:
        return f"they are longer than {_DEEPL_BYTES} bytes"
    return "they hold control characters" if _CONTROL.search(source + target) else ""


def _imported(terms: Iterable[Term], left_out: Counter[str]) -> Imported:
    """The first of several entries for a source counts, as in the tools that these files are of."""
    kept: dict[str, Term] = {}
    for term in terms:
        before = kept.setdefault(term.source, term)
        if before is not term:
            same = before.target == term.target
            left_out["they repeat another one" if same else "an earlier one has their source"] += 1
    return Imported(terms=list(kept.values()), remarks=_counted(left_out))


def _counted(left_out: Counter[str]) -> tuple[str, ...]:
    ordered = sorted(left_out.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(f"{count} entries left out: {why}" for why, count in ordered if count)


# OPUS-CAT


def read_opus_cat(path: Path | str) -> Imported:
    """A termbase of OPUS-CAT (YAML): its plain source patterns; regular expressions have no place here."""
    path = Path(path)
    left_out: Counter[str] = Counter()
    terms = []
    for number, entry in enumerate(_opus_cat_entries(path), 1):
        source, target = (_line(entry.get(key)) for key in ("source-pattern", "target-lemma"))
        language = _line(entry.get("source-language-code")).lower()
        if entry.get("source-pattern-is-regex") is True:
            left_out["their source is a regular expression"] += 1
        elif language and language.split("-")[0] not in ("ar", "ara"):
            left_out[f"they are of {language!r}, not Arabic"] += 1
        elif not source or not target:
            left_out["they have no source or no target"] += 1
        else:
            cased = entry.get("source-pattern-is-case-sensitive") is True
            terms.append(
                Term(
                    source=source,
                    target=target,
                    flags=frozenset({"case-sensitive"} if cased and source.isascii() else ()),
                    note=_line(entry.get("description")),
                    path=str(path),
                    line=number,
                )
            )
    return _imported(terms, left_out)


def _opus_cat_entries(path: Path) -> list[dict[str, Any]]:
    import yaml  # only who has such a file pays for it

    if path.exists() and path.stat().st_size > _MAX_BYTES:
        message = f"more than {_MAX_BYTES // 2**20} MB are not read: export it in parts"
        raise TermbaseSyntaxError(message, path=str(path))
    try:
        read = yaml.safe_load(_decoded(path, "utf-8-sig"))
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise TermbaseSyntaxError("not YAML", path=str(path), line=line) from error
    entries = read.get("terms") if isinstance(read, dict) else None
    if not isinstance(entries, list):
        message = "not a termbase of OPUS-CAT: it has no list of terms"
        raise TermbaseSyntaxError(message, path=str(path))
    return [entry for entry in entries if isinstance(entry, dict)]


def _line(value: object) -> str:
    return " ".join(_CONTROL.sub(" ", value).split()) if isinstance(value, str) else ""
