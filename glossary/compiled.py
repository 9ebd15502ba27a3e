"""A termbase with its matcher, kept compiled in the user's cache so that a command starts at once.

Reading and compiling the shipped terms costs a third of a second; reading them back compiled, a tenth of that. The cache is keyed by the bytes of the files, checked by a digest, and rebuilt when anything is off.
Terms are kept as plain rows and become `Term`s when someone looks at them.
"""

import hashlib
import logging
import marshal
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, overload

from platformdirs import user_cache_path

from glossary.files import write_atomic
from glossary.match import Matcher
from glossary.termbase import Termbase
from glossary.types import Term

_log = logging.getLogger(__name__)
_VERSION = 3  # of what is kept; raise it when a row or the matcher's state changes
_KEPT = 4
_NAMES = tuple(field.name for field in fields(Term))


class _Terms(Sequence[Term]):
    """Terms made from rows when they are first looked at."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = rows
        self._made: dict[int, Term] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Term: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Term]: ...
    def __getitem__(self, at: int | slice) -> Term | Sequence[Term]:
        if isinstance(at, slice):
            return tuple(self[n] for n in range(*at.indices(len(self))))
        at = range(len(self))[at]
        term = self._made.get(at)
        if term is None:
            term = self._made[at] = Term(**dict(zip(_NAMES, self._rows[at], strict=True)))
        return term


def load(
    paths: Iterable[Path | str],
    *,
    include_proposed: bool = False,
    cache: Path | None = None,
) -> tuple[Termbase, Matcher]:
    """Termbase and matcher for some files, from the cache where it has them.

    `cache` is a folder; the user's own by default. One that can't be written is done without.
    """
    files = [Path(path) for path in paths]
    folder = (cache or user_cache_path("dragoman")) / "termbases"
    kept = folder / f"{_key(files, include_proposed)}.terms"
    restored = _restore(kept, files)
    if restored:
        return restored
    termbase = Termbase.load(files)
    matcher = Matcher(termbase.terms, include_proposed=include_proposed)
    _keep(kept, termbase, matcher)
    return termbase, matcher


def _key(files: list[Path], include_proposed: bool) -> str:
    digest = hashlib.sha256(f"{_VERSION} {sys.version} {include_proposed}".encode())
    for path in files:
        data = path.read_bytes() if path.is_file() else b""
        digest.update(f"\n{path} {len(data)}\n".encode(errors="surrogateescape"))
        digest.update(data)
    return digest.hexdigest()[:32]


def _restore(kept: Path, files: list[Path]) -> tuple[Termbase, Matcher] | None:
    try:
        data = kept.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(data[32:]).digest() != data[:32]:
        _log.warning("%s is damaged; compiling the termbase again", kept)
        return None
    rows, masked, warnings, fingerprint, state = marshal.loads(memoryview(data)[32:])
    terms = _Terms(rows)
    termbase = Termbase(terms=terms, masked=_Terms(masked), paths=tuple(files), warnings=warnings)
    termbase.__dict__["fingerprint"] = fingerprint
    for warning in warnings:
        _log.warning("%s", warning)
    return termbase, Matcher.restore(terms, state)


def _keep(kept: Path, termbase: Termbase, matcher: Matcher) -> None:
    rows, masked = _rows(termbase.terms), _rows(termbase.masked)
    kept_state = rows, masked, termbase.warnings, termbase.fingerprint, matcher.state
    data = marshal.dumps(kept_state)
    try:
        write_atomic(kept, hashlib.sha256(data).digest() + data)
        by_age = sorted(kept.parent.glob("*.terms"), key=lambda path: path.stat().st_mtime)
        for old in by_age[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        _log.info("the compiled termbase is not kept: %s", error)


def _rows(terms: Iterable[Term]) -> list[tuple[Any, ...]]:
    return [tuple(getattr(term, name) for name in _NAMES) for term in terms]
