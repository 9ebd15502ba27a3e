"""A person's decision about one entry as edits of files: what would be, before anything is written.

Shipped termbases are never written to. Who edits one of their entries gets a copy in their own file, which comes
first; who switches one off gets a retired copy there.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from glossary.errors import GlossaryError
from glossary.termbase import Termbase
from glossary.termbase import add as add_term
from glossary.termbase import remove as remove_term
from glossary.termbase import replace as replace_term
from glossary.types import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One entry of one file before and after; None where there is none."""

    path: Path
    before: Term | None
    after: Term | None


def plan(
    termbase: Termbase,
    term: Term | None,
    *,
    was: Term | None = None,
    own: Path,
    writable: Collection[Path],
) -> tuple[Edit, ...]:
    """The edits that make `term` of `was`: a new entry if there was none, a deletion if `term` is None.

    A new entry goes to the file that its `path` names, or to `own`.
    """
    if was is None:
        if term is None:
            return ()
        path = Path(term.path) if term.path else own
        _check_writable(path, writable)
        return (Edit(path=path, before=None, after=replace(term, path=str(path), line=0)),)
    path = Path(was.path)
    if path in writable:
        after = term and replace(term, path=was.path, line=was.line)
        return (Edit(path=path, before=was, after=after),)
    if term is None:
        raise GlossaryError(
            f"{was.path} comes with Dragoman: its terms are not deleted, but retired"
        )
    edits = [_copied(termbase, term, own)]
    if term.id != was.id:  # under another name the copy doesn't stand in for the entry
        edits.append(_copied(termbase, replace(was, status="retired"), own))
    return tuple(edits)


def _check_writable(path: Path, writable: Collection[Path]) -> None:
    if path not in writable:
        raise GlossaryError(f"{path}: new terms can't be written there; choose your own termbase")


def _copied(termbase: Termbase, term: Term, own: Path) -> Edit:
    """The term in one's own file: in the place of what is there under its name, such as a proposal."""
    there = next(
        (t for t in termbase.terms if t.id == term.id and t.path == str(own)),
        None,
    )
    after = replace(term, path=str(own), line=there.line if there else 0)
    return Edit(path=own, before=there, after=after)


def foreseen(termbase: Termbase, edits: Iterable[Edit]) -> Termbase:
    """The termbase as it would be. No file is read."""
    edits = tuple(edits)
    return termbase.changed(
        without=[e.before for e in edits if e.before], plus=[e.after for e in edits if e.after]
    )


def write(edits: Sequence[Edit]) -> None:
    """Edit the files. TermConflict where an entry is no longer what it was; what is before it stays done."""
    for edit in edits:
        if edit.before and edit.after:
            replace_term(edit.path, edit.after, was=edit.before)
        elif edit.after:
            add_term(edit.path, edit.after)
        elif edit.before:
            remove_term(edit.path, edit.before.source, edit.before.context, was=edit.before)
