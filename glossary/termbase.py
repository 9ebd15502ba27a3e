"""The termbase: curated terms in PO files, read, checked and edited.

polib defines what a PO file means. `_plain` reads the subset that curated files are written in with one regular
expression, which spares a start the import of polib and knows the lines of an entry; anything else (plural forms,
obsolete entries, references, odd escapes) is left to polib. A test holds the two equal. Edits change the text of one
entry and no other byte.
"""

import gc
import hashlib
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from glossary.errors import GlossaryError, TermbaseSyntaxError, TermConflict
from glossary.files import write_atomic
from glossary.types import FLAGS, KINDS, Flag, Kind, Term

_log = logging.getLogger(__name__)
_PART = r'"(?:[^"\\\n]|\\[\\tnr"])*"'
_STRING = rf"({_PART}(?:\n{_PART})*)"
# Comments (fields, flags, notes), msgctxt, msgid, msgstr of a plain entry.
_ENTRY = re.compile(
    r"\s*((?:#(?:[.,]?|[.,]? [^\n]*)\n)*)"
    rf"(?:msgctxt {_STRING}\n)?msgid {_STRING}\nmsgstr {_STRING}(?=\n|\Z)"
)
_ESCAPE = re.compile(r'\\([\\tnr"])')
_UNESCAPED = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r", '"': '"'}
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LINE = re.compile(
    r"(?:#~\s*)?(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s*)?\"(?:[^\"\\]|\\.)*\""
)
_SYNTAX_LINE = re.compile(r"line (\d+)")
_REPEATED = {"variant": "variants", "avoid": "forbidden", "ar": "source_variants"}
_SINGLE = ("plural", "cite")
_HEADER = """msgid ""
msgstr ""
"Project-Id-Version: Dragoman\\n"
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


class _Entry(NamedTuple):
    """One entry as written. Lines count from 1; `first`..`last` are its own, comments included."""

    context: str
    source: str
    target: str
    fields: Sequence[str]  # `#.` lines
    note: str
    flags: Sequence[str]
    line: int  # of msgid
    first: int
    last: int


def shipped_paths() -> list[Path]:
    """The termbases that come with Dragoman, in the order of their names."""
    return sorted((Path(__file__).parent / "po").glob("*.po"))


@dataclass(frozen=True, kw_only=True)
class Termbase:
    """Terms in the order of their files; of two with one id, the earlier file's."""

    terms: Sequence[Term]
    paths: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def load(cls, paths: Iterable[Path | str]) -> "Termbase":
        """Read termbases; of terms with one source and context the earliest file's is kept."""
        files = tuple(Path(path) for path in paths)
        warnings: list[str] = []
        terms: dict[tuple[str, str], Term] = {}
        with _uncollected():
            for path in files:
                for term in read_terms(path, warnings):
                    terms.setdefault((term.context, term.source), term)
        for warning in warnings:
            _log.warning("%s", warning)
        return cls(terms=tuple(terms.values()), paths=files, warnings=tuple(warnings))

    @cached_property
    def fingerprint(self) -> str:
        """12 hex digits over what the terms mean; order, files, notes and citations don't count."""
        digest = hashlib.sha256()
        for line in sorted(map(_meaning, self.terms)):
            digest.update(line.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:12]

    def find(self, source: str, context: str = "") -> Term | None:
        """The term with this source and context."""
        return next((t for t in self.terms if t.source == source and t.context == context), None)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without garbage collection, which would walk all terms again and again and find none to free."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _meaning(term: Term) -> str:
    lists = (term.variants, term.forbidden, term.source_variants, sorted(term.flags))
    single = (term.context, term.source, term.target, term.kind, term.plural, term.status)
    return "\x1e".join((*single, *("\x1f".join(values) for values in lists))) + "\x1d"


def read_terms(path: Path | str, warnings: list[str] | None = None) -> list[Term]:
    """The terms of one file. What is odd but harmless is added to `warnings`."""
    warnings = [] if warnings is None else warnings
    name = str(path)
    seen: dict[tuple[str, str], Term] = {}
    for entry in _entries(Path(path)):
        _check(entry, name)
        if not entry.target:
            warnings.append(f"{name}:{entry.line}: {entry.source!r} has no translation; left out")
            continue
        term = _term(entry, name, warnings)
        before = seen.setdefault((term.context, term.source), term)
        if before is not term:
            raise _duplicate(before, term)
    return list(seen.values())


def _duplicate(before: Term, after: Term) -> GlossaryError:
    where = f"msgid {after.source!r} repeats line {before.line}"
    if before.target == after.target:
        return TermbaseSyntaxError(f"{where}; delete one", path=after.path, line=after.line)
    targets = f"{before.target!r}, {after.target!r}"
    return TermConflict(
        f"{after.path}:{after.line}: {where} with another msgstr ({targets}); "
        "delete one or give it a msgctxt",
        terms=(before, after),
    )


def _check(entry: _Entry, name: str) -> None:
    if not entry.source.strip():
        raise TermbaseSyntaxError("empty msgid; write the Arabic term", path=name, line=entry.line)
    parts = (entry.context, entry.source, entry.target, *entry.fields)
    if found := _CONTROL.search("".join(parts)):
        part = next(part for part in parts if _CONTROL.search(part))
        message = f"control character U+{ord(found.group()):04X} in {part!r}; delete it"
        raise TermbaseSyntaxError(message, path=name, line=entry.line)


def _term(entry: _Entry, name: str, warnings: list[str]) -> Term:
    kind, lists, single = _fields(entry, name, warnings)
    return Term(
        source=entry.source,
        target=entry.target,
        kind=kind,
        context=entry.context,
        status="proposed" if "fuzzy" in entry.flags else "approved",
        flags=_known_flags(entry.flags) if entry.flags else _NO_FLAGS,
        note=entry.note,
        path=name,
        line=entry.line,
        variants=tuple(lists.get("variants", ())),
        forbidden=tuple(lists.get("forbidden", ())),
        source_variants=tuple(lists.get("source_variants", ())),
        plural=single.get("plural", ""),
        cite=single.get("cite", ""),
    )


_NO_FLAGS: frozenset[Flag] = frozenset()


def _known_flags(flags: Sequence[str]) -> frozenset[Flag]:
    return frozenset(flag for flag in FLAGS if flag in flags)


def _fields(
    entry: _Entry, name: str, warnings: list[str]
) -> tuple[Kind, dict[str, list[str]], dict[str, str]]:
    kind: Kind = "term"
    lists: dict[str, list[str]] = {}
    single: dict[str, str] = {}
    for written in entry.fields:
        key, colon, value = written.partition(":")
        key, value = key.strip(), value.strip()
        if not colon or not value:
            continue
        if key in _REPEATED:
            lists.setdefault(_REPEATED[key], []).append(value)
        elif key in _SINGLE:
            single[key] = value
        elif key == "kind" and value in KINDS:
            kind = value
        elif key == "kind":
            known = ", ".join(KINDS)
            warnings.append(
                f"{name}:{entry.line}: kind {value!r} is unknown ({known}); read as term"
            )
    return kind, lists, single


# Reading


def _entries(path: Path) -> list[_Entry]:
    text = _read(path)
    entries = _plain(text)
    return _through_polib(path, text) if entries is None else entries


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise TermbaseSyntaxError("no such file", path=str(path)) from None
    except OSError as error:
        raise TermbaseSyntaxError(f"can't be read: {error.strerror}", path=str(path)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TermbaseSyntaxError(
            "not UTF-8; save the file as UTF-8", path=str(path), line=line
        ) from None


def _plain(text: str) -> list[_Entry] | None:
    """The entries, or None where the file has more than plain entries."""
    text = text.replace("\r\n", "\n")
    entries: list[_Entry] = []
    at, line = 0, 1
    while found := _ENTRY.match(text, at):
        line += text.count("\n", at, found.start(1))
        comments, context, source, target = found.groups()
        fields, note, flags = _comments(comments) if comments else ((), "", ())
        above = text.count("\n", found.start(1), found.start(3))
        below = text.count("\n", found.start(3), found.end(4))
        source = _unquote(source)
        if source or context is not None or at:
            entries.append(
                _Entry(
                    _unquote(context) if context else "", source, _unquote(target),
                    fields, note, flags, line + above, line, line + above + below,
                )
            )  # fmt: skip
        line += above + below
        at = found.end(4)
    return None if text[at:].strip() else entries


def _comments(written: str) -> tuple[Sequence[str], str, Sequence[str]]:
    fields, notes, flags = [], [], []
    for line in written.split("\n"):
        sign = line[:3]
        if sign == "#. ":
            fields.append(line[3:])
        elif sign == "#, ":
            flags += [flag.strip() for flag in line[3:].split(",")]
        elif line and line not in ("#.", "#,"):
            notes.append(line[2:])
    return fields, "\n".join(notes), flags


def _unquote(written: str) -> str:
    value = written[1:-1]
    if "\n" in value:
        value = "".join(line[1:-1] for line in written.split("\n"))
    return _ESCAPE.sub(lambda m: _UNESCAPED[m[1]], value) if "\\" in value else value


def _through_polib(path: Path, text: str) -> list[_Entry]:
    import polib  # only files that aren't plain pay for it

    _check_lines(text, str(path))
    try:
        file = polib.pofile(str(path), encoding="utf-8", wrapwidth=0)
    except (OSError, ValueError, IndexError) as error:
        found = _SYNTAX_LINE.search(str(error))
        line = int(found[1]) if found else 0
        reason = "unescaped quote" if "quote" in str(error) else "not PO"
        raise TermbaseSyntaxError(f"{reason} ({error})", path=str(path), line=line) from error
    lines = text.splitlines()
    return [
        _Entry(
            entry.msgctxt or "", entry.msgid, entry.msgstr,
            entry.comment.split("\n") if entry.comment else [], entry.tcomment, entry.flags,
            _msgid_line(lines, entry.linenum), 0, 0,
        )
        for entry in file
        if not entry.obsolete
    ]  # fmt: skip


def _check_lines(text: str, name: str) -> None:
    """Refuse what polib would read as something else: unquoted or unclosed strings, a missing msgstr."""
    open_id = 0
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not bare or (bare.startswith("#") and not bare.startswith("#~ ")):
            continue
        if not _LINE.fullmatch(bare):
            message = f"not PO, or an unescaped quote: {bare[:60]}"
            raise TermbaseSyntaxError(message, path=name, line=number)
        keyword = bare.removeprefix("#~").strip().split('"')[0].strip()
        if keyword in ("msgid", "msgctxt") and open_id:
            raise TermbaseSyntaxError("msgid without a msgstr; add one", path=name, line=open_id)
        if keyword == "msgid":
            open_id = number
        elif keyword.startswith("msgstr"):
            open_id = 0
    if open_id:
        raise TermbaseSyntaxError("msgid without a msgstr; add one", path=name, line=open_id)


def _msgid_line(lines: list[str], first: int) -> int:
    following = range(first, len(lines) + 1)
    return next((n for n in following if lines[n - 1].lstrip().startswith("msgid")), first)


# Writing


def format_entry(term: Term) -> str:
    """The term as a PO entry, without an empty line after it."""
    import polib

    fields = [f"kind: {term.kind}"]
    for key, values in (
        ("variant", term.variants),
        ("avoid", term.forbidden),
        ("ar", term.source_variants),
    ):
        fields += [f"{key}: {value}" for value in values]
    fields += [f"{key}: {value}" for key in _SINGLE if (value := getattr(term, key))]
    flags = ["fuzzy"] if term.status == "proposed" else []
    entry = polib.POEntry(
        msgid=term.source,
        msgstr=term.target,
        msgctxt=term.context or None,
        comment="\n".join(fields),
        tcomment=term.note,
        flags=flags + [flag for flag in FLAGS if flag in term.flags],
    )
    text: str = entry.__unicode__(wrapwidth=0)
    return text.rstrip("\n") + "\n"


def write_terms(path: Path | str, terms: Iterable[Term]) -> None:
    """Write a whole termbase; unknown fields and flags of the files read are lost (add keeps them)."""
    write_atomic(Path(path), "\n".join((_HEADER, *map(format_entry, terms))))


def add(path: Path | str, term: Term) -> None:
    """Append a term to a file, which may not exist yet; nothing else of the file changes."""
    path = Path(path)
    text = _read_exact(path) if path.exists() else _HEADER
    for before in read_terms(path) if path.exists() else ():
        if (before.context, before.source) == (term.context, term.source):
            message = f"{term.source!r} is there already; remove it or give the new one a context"
            raise TermConflict(f"{path}:{before.line}: {message}", terms=(before, term))
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = "" if text.endswith(newline) or not text else newline
    write_atomic(path, text + gap + newline + format_entry(term).replace("\n", newline))


def remove(path: Path | str, source: str, context: str = "") -> Term:
    """Cut a term out of a file and return it; nothing else of the file changes."""
    path = Path(path)
    entries = _plain(_read(path))
    if entries is None:
        message = "has plural, obsolete or referenced entries; edit it in a PO editor"
        raise TermbaseSyntaxError(message, path=str(path))
    for entry in entries:
        if (entry.context, entry.source) == (context, source):
            lines = _read_exact(path).splitlines(keepends=True)
            first, last = entry.first - 1, entry.last
            while last < len(lines) and not lines[last].strip():
                last += 1
            if last == len(lines):
                while first and not lines[first - 1].strip():
                    first -= 1
            write_atomic(path, "".join(lines[:first] + lines[last:]))
            return _term(entry, str(path), [])
    where = f" in context {context!r}" if context else ""
    raise GlossaryError(f"{path}: no term {source!r}{where}; see `dragoman terms list`")


def rewrite(path: Path | str) -> None:
    """Save a file as polib writes it, everything kept; from then on saving changes no byte."""
    import polib

    path = Path(path)
    _entries(path)
    file = polib.pofile(str(path), encoding="utf-8", wrapwidth=0)
    write_atomic(path, str(file.__unicode__()))


def _read_exact(path: Path) -> str:
    _read(path)
    return path.read_bytes().decode("utf-8")
