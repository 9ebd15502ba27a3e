"""Glossaries that clients make and use: termbases in a folder, PO like all others.

A glossary made here is ID.po, and ID.json says its name, its owner and when it was made. Any other PO in the
folder is the operator's: everyone may use it by its file name without the suffix, and while keys are asked for
nobody may change it from outside.
"""

import json
import re
import threading
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from glossary.compiled import load
from glossary.files import locked, write_atomic
from glossary.termbase import read_terms, write_terms
from glossary.types import Term
from translate.pipeline import Translator
from translate.serve.errors import Refusal, bad, missing
from translate.serve.types import DEFAULT

MOST = 1000  # glossaries an owner may have, as at DeepL
READY = 16  # combinations kept ready to translate with: about 4 MB each beside the shipped terms
LONGEST = 1024  # bytes of a source or a target, as at DeepL
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    """A termbase from Arabic to English. `owner` is the name of a key, empty where none was asked for,
    None for the operator's own."""

    id: str
    name: str
    owner: str | None
    created: datetime
    count: int  # of entries


class Glossaries:
    """The glossaries in `folder`. Safe in threads; other processes may edit the termbases meanwhile."""

    def __init__(self, folder: Path, translator: Translator) -> None:
        self._folder = folder
        self._translator = translator
        self._ready: OrderedDict[tuple[object, ...], Translator] = OrderedDict()
        self._counts: dict[Path, tuple[tuple[int, int], int]] = {}  # of entries; state of the file
        self._lock = threading.Lock()  # of what is ready
        self._files = threading.RLock()  # a glossary is two files, read and changed together

    def list(self, owner: str) -> list[Glossary]:
        """Those that `owner` may use, oldest first."""
        found = (self._read(path.stem) for path in self._folder.glob("*.po"))
        seen = [one for one in found if one and one.owner in (owner, None)]
        return sorted(seen, key=lambda one: (one.created, one.id))

    def get(self, id: str, owner: str) -> Glossary:
        """One of them. Raises Refusal 404."""
        found = self._read(id)
        if found is None or found.owner not in (owner, None):
            raise missing("Glossary")
        return found

    def terms(self, id: str, owner: str) -> Sequence[Term]:
        """The entries of one. Raises Refusal 404."""
        with self._files:
            self.get(id, owner)
            return read_terms(self._path(id))

    def create(self, name: str, terms: Sequence[Term], owner: str) -> Glossary:
        """A new one. Raises Refusal 400 for entries that can't be enforced."""
        checked = _checked(terms)
        _check_name(name)
        id = str(uuid.uuid4())
        with self._files:
            if sum(one.owner == owner for one in self.list(owner)) >= MOST:
                raise bad("Too many glossaries", f"at most {MOST}; delete one")
            self._write_about(id, name, owner, datetime.now(UTC))
            write_terms(self._path(id), checked)
            return self.get(id, owner)

    def change(
        self, id: str, owner: str, *, name: str | None = None, terms: Sequence[Term] | None = None
    ) -> Glossary:
        """Give it another name, other entries, or both. What is refused changes nothing."""
        with self._files:
            glossary = self._owned(id, owner)
            return self._write(glossary, name, None if terms is None else _checked(terms))

    def merge(
        self, id: str, owner: str, terms: Sequence[Term], *, name: str | None = None
    ) -> Glossary:
        """Add entries; one whose source is there already gets the new target and keeps the rest.
        With another name, too, where one is given."""
        with self._files:
            glossary = self._owned(id, owner)
            new = {term.source: term for term in _checked(terms)}
            kept = [
                replace(term, target=new.pop(term.source).target) if term.source in new else term
                for term in read_terms(self._path(id))
            ]
            return self._write(glossary, name, [*kept, *new.values()])

    def delete(self, id: str, owner: str) -> None:
        """Remove it."""
        with self._files:
            self._owned(id, owner)
            with locked(self._path(id)):
                self._path(id).unlink(missing_ok=True)
                self._about(id).unlink(missing_ok=True)
            self._counts.pop(self._path(id), None)

    def translator(self, ids: Sequence[str], owner: str) -> Translator:
        """One that enforces these glossaries, earlier ones first. Raises Refusal 404."""
        if tuple(ids) == (DEFAULT,):
            return self._translator
        paths: list[Path] = []
        for id in ids:
            if id == DEFAULT:
                paths += self._translator.termbase.paths
            else:
                self.get(id, owner)
                paths.append(self._path(id))
        key = tuple((str(path), _stamp(path)) for path in paths)
        with self._lock:
            if key not in self._ready:
                self._ready[key] = self._translator.with_terms(*load(paths))
            self._ready.move_to_end(key)
            while len(self._ready) > READY:
                self._ready.popitem(last=False)
            return self._ready[key]

    def _path(self, id: str) -> Path:
        return self._folder / f"{id}.po"

    def _about(self, id: str) -> Path:
        return self._folder / f"{id}.json"

    def _write(
        self, glossary: Glossary, name: str | None, terms: Sequence[Term] | None
    ) -> Glossary:
        id, owner = glossary.id, glossary.owner
        assert owner is not None
        if name is not None:
            _check_name(name)
        if terms is not None:
            write_terms(self._path(id), terms)
        if name is not None:
            self._write_about(id, name, owner, glossary.created)
        return self.get(id, owner)

    def _write_about(self, id: str, name: str, owner: str, created: datetime) -> None:
        about = {"name": name, "owner": owner, "created": created.isoformat()}
        write_atomic(self._about(id), json.dumps(about, ensure_ascii=False) + "\n")

    def _read(self, id: str) -> Glossary | None:
        path = self._path(id)
        if not _ID.fullmatch(id) or id == DEFAULT:
            return None
        with self._files:
            if not path.is_file():
                return None
            about: dict[str, Any] = {}
            if self._about(id).is_file():
                about = json.loads(self._about(id).read_text(encoding="utf-8"))
            modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            return Glossary(
                id=id,
                name=about.get("name", id),
                owner=about.get("owner"),
                created=datetime.fromisoformat(about["created"]) if about else modified,
                count=self._count(path),
            )

    def _count(self, path: Path) -> int:
        stamp = _stamp(path)
        known = self._counts.get(path)
        if known is None or known[0] != stamp:
            known = self._counts[path] = stamp, len(read_terms(path))
        return known[1]

    def _owned(self, id: str, owner: str) -> Glossary:
        """Raises Refusal 403 for the operator's, 404 for another's."""
        glossary = self.get(id, owner)
        if glossary.owner is None:
            raise Refusal(403, "Glossary can't be changed", "it is the operator's, for all to use")
        return glossary


def _checked(terms: Sequence[Term]) -> list[Term]:
    """Raises Refusal 400 for what a termbase can't hold or an interface doesn't allow."""
    seen: set[str] = set()
    for number, term in enumerate(terms, 1):
        for text in (term.source, term.target, *term.variants, *term.forbidden, *_note(term)):
            if not text.strip() or text != text.strip() or _CONTROL.search(text):
                raise bad(
                    f"Invalid glossary entry {number}",
                    "no text in it may be empty, have spaces at its edges, or hold tabs or line ends",
                )
            if len(text.encode()) > LONGEST:
                raise bad(f"Invalid glossary entry {number}", f"longer than {LONGEST} bytes")
        if term.source in seen:
            raise bad("Duplicate source entry", f"{term.source!r} stands there twice")
        seen.add(term.source)
    return list(terms)


def _note(term: Term) -> tuple[str, ...]:
    return (term.note,) if term.note else ()


def _check_name(name: str) -> None:
    if not name or name != name.strip() or len(name) > LONGEST or _CONTROL.search(name):
        raise bad(
            "Invalid glossary name",
            f"one line, at most {LONGEST} characters, no space at its edges",
        )


def _stamp(path: Path) -> tuple[int, int]:
    """Tells one state of a file from another; a file that was deleted meanwhile is refused by `load`."""
    if not path.is_file():
        return (0, 0)
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size
