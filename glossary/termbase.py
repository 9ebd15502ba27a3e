"""The termbase: curated terms in PO files, read, checked and edited.

polib defines what a PO file means. `_plain` reads the subset that curated files are written in with one regular
expression, which spares a start the import of polib and knows the lines of an entry; anything else (plural forms,
obsolete entries, references, odd escapes) is left to polib. A test holds the two equal. Edits change the text of one
entry and no other byte: not its references, fields and flags that mean nothing here, nor its order.
"""

import gc
import hashlib
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from dataclasses import replace as _with
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_data_path

from glossary.errors import GlossaryError, TermbaseSyntaxError, TermConflict
from glossary.files import locked, write_atomic
from glossary.types import FLAGS, KINDS, Flag, Kind, Term, TermStatus

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
_STATUS_FLAGS: dict[TermStatus, tuple[str, ...]] = {
    "approved": (), "proposed": ("fuzzy",), "retired": ("fuzzy", "retired"),
}  # fmt: skip
_HEADER = """msgid ""
msgstr ""
"Project-Id-Version: Dragoman\\n"
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


class _Entry(NamedTuple):
    """One entry as written."""

    context: str
    source: str
    target: str
    fields: Sequence[str]  # `#.` lines
    note: str
    flags: Sequence[str]
    line: int  # of msgid, from 1


def shipped_paths() -> list[Path]:
    """The termbases that come with Dragoman, in the order of their names."""
    return sorted((Path(__file__).parent / "po").glob("*.po"))


def own_path() -> Path:
    """The user's own termbase, which may not exist yet: new terms go there, and it comes before the shipped."""
    return user_data_path("dragoman") / "terms.po"


def default_paths() -> list[Path]:
    """The termbases that count where none are named: the user's own, then the shipped ones."""
    own = own_path()
    return [*([own] if own.is_file() else []), *shipped_paths()]


@dataclass(frozen=True, kw_only=True)
class Termbase:
    """Terms in the order of their files; of two with one id, the earlier file's.

    A proposal decides nothing, so it stands beside a later file's entry and doesn't take its place.
    `masked` are the entries that don't count, because an earlier file has their id.
    """

    terms: Sequence[Term]
    paths: tuple[Path, ...] = ()
    masked: Sequence[Term] = field(default=(), compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def load(cls, paths: Iterable[Path | str]) -> "Termbase":
        """Read termbases; of terms with one source and context the earliest file's is kept."""
        files = tuple(Path(path) for path in paths)
        warnings: list[str] = []
        with uncollected():
            read = [term for path in files for term in read_terms(path, warnings)]
            terms, masked = _layered(read)
        for warning in warnings:
            _log.warning("%s", warning)
        return cls(terms=terms, masked=masked, paths=files, warnings=tuple(warnings))

    @cached_property
    def fingerprint(self) -> str:
        """12 hex digits over what the terms mean; order, files, notes and citations don't count."""
        digest = hashlib.sha256()
        for line in sorted(map(_meaning, self.terms)):
            digest.update(line.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:12]

    def find(self, source: str, context: str = "") -> Term | None:
        """The term with this source and context; the one that is decided before a proposal."""
        found = [t for t in self.terms if t.source == source and t.context == context]
        return next((t for t in found if t.status != "proposed"), found[0] if found else None)

    def changed(self, *, without: Iterable[Term] = (), plus: Iterable[Term] = ()) -> "Termbase":
        """As if the files had been edited: these entries gone, those there. No file is read.

        A new entry stands where its path does among the files, at the end of it.
        """
        gone = set(without)
        order = {str(path): number for number, path in enumerate(self.paths)}
        rest = [term for term in (*self.terms, *self.masked) if term not in gone]
        last = sys.maxsize
        read = sorted(
            (*rest, *plus), key=lambda term: (order.get(term.path, -1), term.line or last)
        )
        terms, masked = _layered(read)
        return _with(self, terms=terms, masked=masked)


def _layered(read: Iterable[Term]) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """The terms that count, and those that an earlier file's entry stands in for."""
    decided: set[tuple[str, str]] = set()
    proposed: set[tuple[str, str]] = set()
    terms, masked = [], []
    for term in read:
        key = term.context, term.source
        if key in decided or (term.status == "proposed" and key in proposed):
            masked.append(term)
            continue
        (proposed if term.status == "proposed" else decided).add(key)
        terms.append(term)
    return tuple(terms), tuple(masked)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without garbage collection, which would walk all that is being read again and again and free nothing."""
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
        status=_status(entry.flags) if entry.flags else "approved",
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


def _status(flags: Sequence[str]) -> TermStatus:
    """`retired` counts only beside `fuzzy`: who clears that in a PO editor, which shows it, has approved."""
    if "fuzzy" not in flags:
        return "approved"
    return "retired" if "retired" in flags else "proposed"


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
                    fields, note, flags, line + above,
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
            _msgid_line(lines, entry.linenum),
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

    entry = polib.POEntry(
        msgid=term.source,
        msgstr=term.target,
        msgctxt=term.context or None,
        comment="\n".join(_written_fields(term)),
        tcomment=term.note,
        flags=_written_flags(term),
    )
    text: str = entry.__unicode__(wrapwidth=0)
    return text.rstrip("\n") + "\n"


def _written_fields(term: Term) -> list[str]:
    lists = [(key, getattr(term, name)) for key, name in _REPEATED.items()]
    fields = [f"{key}: {value}" for key, values in lists for value in values]
    single = [f"{key}: {value}" for key in _SINGLE if (value := getattr(term, key))]
    return [f"kind: {term.kind}", *fields, *single]


def _written_flags(term: Term) -> list[str]:
    return [*_STATUS_FLAGS[term.status], *(flag for flag in FLAGS if flag in term.flags)]


def write_terms(path: Path | str, terms: Iterable[Term]) -> None:
    """Write a whole termbase; unknown fields and flags of the files read are lost (add keeps them)."""
    path = Path(path)
    with locked(path):
        write_atomic(path, "\n".join((_HEADER, *map(format_entry, terms))))


def add(path: Path | str, term: Term) -> Term:
    """Put a term at the end of a file, which may not exist yet; nothing else of it changes. As it is read back."""
    path = Path(path)
    entry = format_entry(term)
    _check_written(entry, term, path)
    with locked(path):
        text = _read_exact(path) if path.exists() else ""
        for before in read_terms(path) if text.strip() else ():
            if (before.context, before.source) == (term.context, term.source):
                raise _there_already(path, before, term)
        newline = "\r\n" if "\r\n" in text else "\n"
        text = text if text.strip() else _HEADER
        text, left = _end(text)
        gap = "" if text.endswith(newline) else newline
        write_atomic(path, text + gap + newline + entry.replace("\n", newline) + left)
        return _found(path, term)


def replace(path: Path | str, term: Term, *, was: Term) -> Term:
    """Change one entry where it stands; no byte of the others. `was` is the term as it was last read:
    if someone has changed it meanwhile, TermConflict, and nothing is written. As it is read back."""
    path = Path(path)
    with locked(path):
        terms = read_terms(path)
        now = _still(path, terms, was)
        for other in terms:
            if (other.context, other.source) == (term.context, term.source) and other is not now:
                raise _there_already(path, other, term)
        lines = _lines(_read_exact(path))
        first, last = _extent(lines, now)
        entry = lines[first:last]
        _check_written(
            "".join(entry), now, path
        )  # what is written unusually is not cut at the wrong place
        newline = "\r\n" if entry[0].endswith("\r\n") else "\n"
        written = _edited([line.rstrip("\r\n") for line in entry], now, term)
        text = "\n".join(written) + "\n"
        _check_written(text, term, path)
        if not entry[-1].endswith("\n"):
            text = text[:-1]
        lines[first:last] = [text.replace("\n", newline)]
        write_atomic(path, "".join(lines))
        return _found(path, term)


def remove(path: Path | str, source: str, context: str = "", *, was: Term | None = None) -> Term:
    """Cut a term out of a file and return it; nothing else of the file changes. With `was`, only if it
    still is that one."""
    path = Path(path)
    with locked(path):
        terms = read_terms(path)
        if was is None:
            was = next((t for t in terms if (t.context, t.source) == (context, source)), None)
        if was is None:
            where = f" in context {context!r}" if context else ""
            raise GlossaryError(f"{path}: no term {source!r}{where}; see `dragoman terms list`")
        gone = _still(path, terms, was)
        lines = _lines(_read_exact(path))
        first, last = _extent(lines, gone)
        _check_written("".join(lines[first:last]), gone, path)
        while last < len(lines) and not lines[last].strip():
            last += 1
        if last == len(lines):
            while first and not lines[first - 1].strip():
                first -= 1
        write_atomic(path, "".join(lines[:first] + lines[last:]))
        return gone


def rewrite(path: Path | str) -> None:
    """Save a file as polib writes it, everything kept; from then on saving changes no byte."""
    import polib

    path = Path(path)
    with locked(path):
        _entries(path)
        file = polib.pofile(str(path), encoding="utf-8", wrapwidth=0)
        write_atomic(path, str(file.__unicode__()))


def same_entry(one: Term, other: Term) -> bool:
    """Whether two readings of an entry say the same; where it stands doesn't count."""
    return _with(one, path="", line=0) == _with(other, path="", line=0)


def _read_exact(path: Path) -> str:
    _read(path)
    return path.read_bytes().decode("utf-8")


def _lines(text: str) -> list[str]:
    """With their ends; only LF ends a line, as for the line numbers of terms."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


def _end(text: str) -> tuple[str, str]:
    """The text up to where an entry is appended, and comments after the last entry, which would become its."""
    lines = _lines(text)
    at = len(lines)
    while at and re.match(r"\s*(?:#(?!~)|$)", lines[at - 1]):
        at -= 1
    left = "".join(lines[at:])
    return (text[: -len(left)], left) if left.strip() else (text, "")


def _there_already(path: Path, before: Term, term: Term) -> TermConflict:
    message = f"{term.source!r} is there already; edit that one, or give the new one a context"
    return TermConflict(f"{path}:{before.line}: {message}", terms=(before, term))


def _still(path: Path, terms: Sequence[Term], was: Term) -> Term:
    now = next((t for t in terms if (t.context, t.source) == (was.context, was.source)), None)
    if now is None:
        message = f"{was.source!r} is no longer there: it was deleted or renamed meanwhile"
        raise TermConflict(f"{path}: {message}; nothing was changed", terms=(was,))
    if not same_entry(now, was):
        message = f"{was.source!r} was edited meanwhile (now {now.target!r}); nothing was changed"
        raise TermConflict(f"{path}:{now.line}: {message}", terms=(was, now))
    return now


def _found(path: Path, term: Term) -> Term:
    read = read_terms(path)
    return next(t for t in read if (t.context, t.source) == (term.context, term.source))


def _check_written(text: str, term: Term, path: Path) -> None:
    """Refuse lines that alone don't say this term. An entry with a comment cut off, or a value that a line can't
    hold (spaces at its edge, a line end), must not be written."""
    try:
        read: Term | None = _alone(text.replace("\r\n", "\n"), path)
    except (ValueError, TermbaseSyntaxError):
        read = None
    if read is None or not read.target.strip() or not same_entry(read, term):
        message = f"{term.source!r} can't be written: {_unwritable(term)}"
        raise TermbaseSyntaxError(message, path=str(path), line=term.line)


def _alone(text: str, path: Path) -> Term:
    """One entry, read as a file of its own; ValueError if it isn't one. References mean nothing to a term."""
    lines = [line for line in text.split("\n") if line[:2] not in ("#:", "#|")]
    entries = _plain("\n".join(("", *lines)))
    if not entries or len(entries) > 1:
        raise ValueError(text)
    (entry,) = entries
    _check(entry, str(path))
    return _term(entry, str(path), [])


def _unwritable(term: Term) -> str:
    single = (term.context, term.source, term.target, term.plural, term.cite)
    values = (*single, *term.variants, *term.forbidden, *term.source_variants)
    if not term.source.strip() or not term.target.strip():
        return "source and target must not be empty"
    for value in values:
        if _CONTROL.search(value) or value != value.strip():
            return f"{value!r} has a line end, another control character or a space at its edge; delete it"
    return "its lines are written in a way that is not understood here; edit it in a PO editor"


def _extent(lines: Sequence[str], term: Term) -> tuple[int, int]:
    """The half-open range of lines of an entry, comments included; `term.line` is its msgid."""
    first = last = term.line - 1
    above = first
    while above and lines[above - 1].lstrip().startswith('"'):
        above -= 1
    if above and lines[above - 1].lstrip().startswith("msgctxt"):
        first = above - 1
    while first and re.match(r"\s*#(?!~)", lines[first - 1]):
        first -= 1
    last += 1
    while last < len(lines) and re.match(r'\s*(?:"|msgstr)', lines[last]):
        last += 1
    return first, last


def _edited(lines: list[str], was: Term, term: Term) -> list[str]:
    """The lines of an entry with what differs between two terms changed."""
    begin = next(n for n, line in enumerate(lines) if re.match(r"\s*msg", line))
    comments, strings = lines[:begin], lines[begin:]
    if was.note != term.note:
        comments = [line for line in comments if not _is_note(line)]
        comments = [
            *(f"# {line}".rstrip() for line in term.note.split("\n") if term.note),
            *comments,
        ]
    if _written_fields(was) != _written_fields(term):
        fields = [f"#. {line}" for line in _written_fields(term)]
        comments = _swapped(comments, _is_field, fields, before=("#:", "#,", "#|"))
    if _written_flags(was) != _written_flags(term):
        old = [
            flag.strip()
            for line in comments
            if line.startswith("#,")
            for flag in line[2:].split(",")
        ]
        known = {*FLAGS, *(flag for flags in _STATUS_FLAGS.values() for flag in flags), ""}
        flags = [*_written_flags(term), *(flag for flag in old if flag not in known)]
        written = [f"#, {', '.join(flags)}"] if flags else []
        comments = _swapped(comments, lambda line: line.startswith("#,"), written, before=("#|",))
    return [*comments, *_edited_strings(strings, was, term)]


def _is_note(line: str) -> bool:
    return bool(re.match(r"#(?:\s|$)", line))


def _is_field(line: str) -> bool:
    key, colon, value = line.removeprefix("#.").partition(":")
    known = key.strip() in (*_REPEATED, *_SINGLE, "kind")
    return line.startswith("#.") and known and bool(colon and value.strip())


def _swapped(
    lines: Sequence[str], old: Callable[[str], bool], new: Sequence[str], *, before: tuple[str, ...]
) -> list[str]:
    """The lines with `new` in the place of the old ones; where there are none, before those that come later."""
    place = next((n for n, line in enumerate(lines) if old(line)), None)
    if place is None:
        later = (n for n, line in enumerate(lines) if line.startswith(before))
        place = next(later, len(lines))
    rest = [line for line in lines[place:] if not old(line)]
    return [*lines[:place], *new, *rest]


def _edited_strings(lines: Sequence[str], was: Term, term: Term) -> list[str]:
    import polib

    values = {
        "msgctxt": (was.context, term.context),
        "msgid": (was.source, term.source),
        "msgstr": (was.target, term.target),
    }
    written: dict[str, list[str]] = {key: [] for key in values}
    key = ""
    for line in lines:
        keyword = re.match(r"\s*(msgctxt|msgid|msgstr)\s", line)
        key = keyword[1] if keyword else key
        written[key].append(line)
    for key, (old, new) in values.items():
        if old != new:
            written[key] = [f'{key} "{polib.escape(new)}"'] if new else []
    return [line for part in written.values() for line in part]
