"""The memory itself: approved translations go in, exact, context and fuzzy matches come out.

A unit is one translation of one source. The same again only adds where and when; another translation of the
same source stands beside it. What a person corrects in the same place takes the place of what stood there.
"""

import getpass
import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from platformdirs import user_data_path

from glossary.arabic import fold_text
from translate.difference import difference
from translate.errors import TranslateError
from translate.memory.compare import similarity
from translate.memory.database import connect, readable, writing
from translate.memory.retrieval import Index
from translate.memory.types import Extra, Info, MemoryMatch, MemoryUnit, Place
from translate.types import APPROVED, TranslationUnit

BATCH = 5000  # units written in one transaction: others wait no longer than for these
CONTEXT, SAME, SPELLING = 101, 100, 99
_ALIKE = 98  # what is not the same but for spelling, at most
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_UNIT = """unit.id, text, target, name, notes, used, created, created_by, changed, changed_by, extras
FROM unit JOIN source ON source.id = unit.source"""

Progress = Callable[[int], None]  # units done


def memory_path() -> Path:
    """The user's own memory, which may not exist yet."""
    return user_data_path("dragoman") / "memory.db"


class Memory:
    """A translation memory in a file, made if there is none. Safe from several threads and processes."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or memory_path()
        self._lock = threading.RLock()
        self._connection = connect(self.path)
        self._index = Index(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        with self._lock, readable(self.path):
            self._connection.close()

    def __len__(self) -> int:
        with self._reading() as ask:
            return int(ask("SELECT count(*) FROM unit").fetchone()[0])

    def __bool__(self) -> bool:
        """An empty memory is one, too."""
        return True

    def info(self) -> Info:
        """What is in it."""
        with self._reading() as ask:
            oldest, newest = ask(
                "SELECT min(coalesce(created, changed)), max(coalesce(changed, created)) FROM unit"
            ).fetchone()
            return Info(
                units=len(self),
                sources=ask("SELECT count(*) FROM source").fetchone()[0],
                documents=ask(
                    "SELECT count(DISTINCT document) FROM place WHERE document != ''"
                ).fetchone()[0],
                oldest=_date(oldest),
                newest=_date(newest),
                size=self.path.stat().st_size,
            )

    # Out

    def lookup(
        self,
        source: str,
        *,
        before: str = "",
        after: str = "",
        limit: int = 5,
        at_least: float = 0.7,
    ) -> list[MemoryMatch]:
        """Translations of this source and of sources like it: the best first, of equals the newest.

        `before` and `after` are the sources of the neighbours; `at_least` is a share, 1 for exact ones.
        """
        _refuse_surrogates(source + before + after)
        folded = fold_text(source)
        with self._reading() as ask:
            found = [
                (SAME if text == source else SPELLING, number)
                for number, text in self._with_key(folded)
                if text == source or at_least <= SPELLING / 100
            ]
            if at_least <= _ALIKE / 100 and folded.strip():
                found += self._alike(folded, max(at_least, 0.0))
            matches: list[MemoryMatch] = []
            for percent, number in sorted(found, reverse=True):
                if len(matches) >= limit and (not limit or percent < matches[limit - 1].percent):
                    break
                for row in ask(f"SELECT {_UNIT} WHERE source.id = ?", (number,)).fetchall():
                    unit = self._unit(row)
                    same = percent == SAME and _between(unit.places, before, after)
                    matches.append(_match(unit, CONTEXT if same else percent, source))
        return sorted(matches, key=_rank)[:limit]

    def _with_key(self, folded: str) -> list[tuple[int, str]]:
        """Sources that are the same but for spelling."""
        rows = self._connection.execute(
            "SELECT id, text FROM source WHERE key = ?", (_key(folded),)
        )
        return [(number, text) for number, text in rows if fold_text(text) == folded]

    def _alike(self, folded: str, at_least: float) -> list[tuple[int, int]]:
        numbers = self._index.candidates(folded)
        rows = self._connection.execute(
            f"SELECT id, text FROM source WHERE id IN ({','.join(map(str, numbers))}) "
            "AND length(text) BETWEEN ? AND ?",  # vowel marks make a text up to twice as long
            (int(len(folded) * at_least), int(2 * len(folded) / max(at_least, 0.1)) + 1),
        )
        found = []
        for number, text in rows:
            other = fold_text(text)
            share = similarity(folded, other, at_least)
            if share and share >= at_least and other != folded:
                found.append((min(_ALIKE, int(100 * share + 1e-9)), number))
        return found

    def export_units(self) -> Iterator[MemoryUnit]:
        """All of it, the oldest first; what is added meanwhile comes too."""
        last = 0
        while True:
            with self._reading() as ask:
                rows = ask(
                    f"SELECT {_UNIT} WHERE unit.id > ? ORDER BY unit.id LIMIT {BATCH}", (last,)
                ).fetchall()
                units = [self._unit(row) for row in rows]
            if not rows:
                return
            yield from units
            last = rows[-1][0]

    def _unit(self, row: Sequence[Any]) -> MemoryUnit:
        number, source, target, name, notes, used, created, by, changed, changed_by, extras = row
        places = self._connection.execute(
            "SELECT document, segment, before, after FROM place WHERE unit = ? ORDER BY rowid",
            (number,),
        )
        return MemoryUnit(
            source=source,
            target=target,
            id=name,
            notes=tuple(json.loads(notes)),
            places=tuple(Place(document=d, segment=s, before=b, after=a) for d, s, b, a in places),
            used=used,
            created=_date(created),
            created_by=by,
            changed=_date(changed),
            changed_by=changed_by,
            extras=tuple(
                Extra(where=w, kind=k, name=n, text=t) for w, k, n, t in json.loads(extras)
            ),
        )

    # In

    def add(
        self,
        units: Sequence[TranslationUnit],
        document: str,
        *,
        only: Collection[str] | None = None,
        who: str | None = None,
    ) -> int:
        """Take in the approved segments of a document; how many of them are new here or changed.

        `units` are all of the document, for the neighbours; `only` names segments by id.
        """
        who = _user() if who is None else who
        now = datetime.now(UTC).replace(microsecond=0)
        sources = ["", *(unit.segment.source for unit in units), ""]
        taken = 0
        with self._writing():
            for at, unit in enumerate(units, 1):
                if unit.state not in APPROVED or not unit.target.strip():
                    continue
                if only is not None and unit.segment.id not in only:
                    continue
                place = Place(
                    document=document,
                    segment=unit.segment.id,
                    before=sources[at - 1],
                    after=sources[at + 1],
                )
                taken += self._approve(unit, place, now, who)
        return taken

    def _approve(self, unit: TranslationUnit, place: Place, now: datetime, who: str) -> bool:
        source = unit.segment.source
        new = MemoryUnit(
            source=source,
            target=unit.target,
            notes=(unit.note,) if unit.note else (),
            places=(place,),
            created=now,
            created_by=who,
        )
        self._supersede(new, place)
        number, known = self._known(source, unit.target)
        if known is None:
            self._insert(number, new)
            return True
        notes = (*known.notes, *(note for note in new.notes if note not in known.notes))
        elsewhere = tuple(p for p in known.places if not _one_place(p, place))
        again = place in known.places and notes == known.notes
        if again:
            return False
        self._update(
            number,
            replace(
                known,
                notes=notes,
                places=(*elsewhere, place),
                used=known.used + (len(elsewhere) == len(known.places)),
                changed=now,
                changed_by=who,
            ),
        )
        return True

    def _supersede(self, new: MemoryUnit, place: Place) -> None:
        """Another translation of the same source in the same place: the old one is corrected, so forget it."""
        for number, old in self._in_place(place):
            if old.source == new.source and old.target != new.target:
                self._withdraw(number, old, place)

    def withdraw(self, document: str, segments: Iterable[str]) -> int:
        """These segments of a document are no longer approved; how many translations are gone. Those that
        were approved elsewhere too stay."""
        gone = 0
        with self._writing():
            for segment in segments:
                place = Place(document=document, segment=segment)
                for number, old in self._in_place(place):
                    gone += self._withdraw(number, old, place)
        return gone

    def _in_place(self, place: Place) -> list[tuple[int, MemoryUnit]]:
        rows = self._connection.execute(
            f"SELECT {_UNIT} WHERE unit.id IN (SELECT unit FROM place WHERE document = ? AND segment = ?)",
            (place.document, place.segment),
        ).fetchall()
        return [(row[0], self._unit(row)) for row in rows]

    def _withdraw(self, number: int, old: MemoryUnit, place: Place) -> bool:
        left = tuple(p for p in old.places if not _one_place(p, place))
        used = old.used - (len(old.places) - len(left))
        if used > 0:
            self._update(number, replace(old, places=left, used=used))
        else:
            self._delete(number)
        return used <= 0

    def import_units(self, units: Iterable[MemoryUnit], progress: Progress | None = None) -> int:
        """Take in units of another memory; how many are new here. What is known already is merged: the same
        import twice changes nothing. Written in parts: one that is stopped leaves whole units."""
        units = iter(units)
        new = done = 0
        while batch := list(islice(units, BATCH)):
            with self._writing():
                new += sum(map(self._merge, batch))
            done += len(batch)
            if progress:
                progress(done)
        return new

    def _merge(self, unit: MemoryUnit) -> bool:
        if not unit.source.strip() or not unit.target.strip():
            return False
        unit = replace(unit, used=max(unit.used, len(unit.places), 1))
        number, known = self._known(unit.source, unit.target)
        if known is None:
            self._insert(number, unit)
            return True
        merged = _merged(known, unit)
        if merged != known:
            self._update(number, merged)
        return False

    def remove(self, source: str, target: str | None = None) -> int:
        """Forget this source, or only this translation of it; how many translations are gone."""
        with self._writing() as ask:
            rows = ask(
                "SELECT unit.id, target FROM unit JOIN source ON source.id = unit.source "
                "WHERE key = ? AND text = ?",
                (_key(fold_text(source)), source),
            ).fetchall()
            gone = [number for number, there in rows if target is None or there == target]
            for number in gone:
                self._delete(number)
        return len(gone)

    # Rows

    def _known(self, source: str, target: str) -> tuple[int, MemoryUnit | None]:
        """The unit and its number; if there is none, the number of its source, made if need be."""
        _refuse_surrogates(source + target)
        folded = fold_text(source)
        found = [n for n, text in self._with_key(folded) if text == source]
        if not found:
            cursor = self._connection.execute(
                "INSERT INTO source (key, text) VALUES (?, ?)", (_key(folded), source)
            )
            assert cursor.lastrowid is not None
            self._index.add(cursor.lastrowid, folded)
            return cursor.lastrowid, None
        row = self._connection.execute(
            f"SELECT {_UNIT} WHERE source.id = ? AND target = ?", (found[0], target)
        ).fetchone()
        return (row[0], self._unit(row)) if row else (found[0], None)

    def _insert(self, source: int, unit: MemoryUnit) -> None:
        cursor = self._connection.execute(
            "INSERT INTO unit (source, target, name, notes, used, created, created_by, changed, "
            "changed_by, extras) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (source, unit.target, *_columns(unit)),
        )
        assert cursor.lastrowid is not None
        self._put_places(cursor.lastrowid, unit.places)

    def _update(self, number: int, unit: MemoryUnit) -> None:
        self._connection.execute(
            "UPDATE unit SET name = ?, notes = ?, used = ?, created = ?, created_by = ?, changed = ?, "
            "changed_by = ?, extras = ? WHERE id = ?",
            (*_columns(unit), number),
        )
        self._connection.execute("DELETE FROM place WHERE unit = ?", (number,))
        self._put_places(number, unit.places)

    def _put_places(self, number: int, places: Iterable[Place]) -> None:
        rows = [(number, *astuple(place)) for place in places if place != Place()]
        if rows:
            self._connection.executemany(
                "INSERT INTO place (unit, document, segment, before, after) VALUES (?, ?, ?, ?, ?)",
                rows,
            )

    def _delete(self, number: int) -> None:
        ask = self._connection.execute
        ((source, text),) = ask(
            "SELECT source.id, text FROM unit JOIN source ON source.id = unit.source WHERE unit.id = ?",
            (number,),
        ).fetchall()
        ask("DELETE FROM place WHERE unit = ?", (number,))
        ask("DELETE FROM unit WHERE id = ?", (number,))
        if ask("SELECT 1 FROM unit WHERE source = ?", (source,)).fetchone() is None:
            ask("DELETE FROM source WHERE id = ?", (source,))
            self._index.remove(source, fold_text(text))

    @contextmanager
    def _reading(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        with self._lock, readable(self.path):
            yield self._connection.execute

    @contextmanager
    def _writing(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        with self._lock, readable(self.path):
            try:
                with writing(self._connection):
                    yield self._connection.execute
                    self._index.flush()
            finally:
                self._index.forget()


def _columns(unit: MemoryUnit) -> tuple[Any, ...]:
    return (
        unit.id,
        json.dumps(unit.notes, ensure_ascii=False),
        unit.used,
        _seconds(unit.created),
        unit.created_by,
        _seconds(unit.changed),
        unit.changed_by,
        json.dumps([astuple(extra) for extra in unit.extras], ensure_ascii=False),
    )


def _merged(known: MemoryUnit, other: MemoryUnit) -> MemoryUnit:
    """What two memories say of one translation: the first creation, the last change, all places and notes."""
    created = [(_seconds(u.created), u.created_by) for u in (known, other) if u.created]
    changed = [(_seconds(u.changed), u.changed_by) for u in (known, other) if u.changed]
    first = min(created, key=lambda pair: pair[0] or 0, default=(None, known.created_by))
    last = max(changed, key=lambda pair: pair[0] or 0, default=(None, known.changed_by))
    places = tuple(dict.fromkeys((*known.places, *other.places)))
    return replace(
        known,
        id=known.id or other.id,
        notes=tuple(dict.fromkeys((*known.notes, *other.notes))),
        places=places,
        used=max(known.used, other.used, len(places)),
        created=_date(first[0]),
        created_by=first[1] or known.created_by or other.created_by,
        changed=_date(last[0]),
        changed_by=last[1] or known.changed_by or other.changed_by,
        extras=tuple(dict.fromkeys((*known.extras, *other.extras))),
    )


def _match(unit: MemoryUnit, percent: int, source: str) -> MemoryMatch:
    return MemoryMatch(
        source=unit.source,
        target=unit.target,
        percent=percent,
        kind="context" if percent == CONTEXT else "exact" if percent >= SPELLING else "fuzzy",
        difference=difference(unit.source, source),
        document=unit.places[-1].document if unit.places else "",
        when=unit.changed or unit.created,
        who=unit.changed_by or unit.created_by,
        used=unit.used,
        note="\n".join(unit.notes),
    )


def _rank(match: MemoryMatch) -> tuple[int, float, int]:
    return (-match.percent, -match.when.timestamp() if match.when else 0.0, -match.used)


def _between(places: Iterable[Place], before: str, after: str) -> bool:
    """Whether one of the places has these neighbours. Without any neighbour there is nothing to know it by."""
    wanted = (fold_text(before), fold_text(after))
    return any(wanted) and any(
        (fold_text(place.before), fold_text(place.after)) == wanted for place in places
    )


def _one_place(one: Place, other: Place) -> bool:
    return (one.document, one.segment) == (other.document, other.segment)


def _key(folded: str) -> int:
    return int.from_bytes(hashlib.blake2b(folded.encode(), digest_size=8).digest(), signed=True)


def _date(seconds: int | None) -> datetime | None:
    return None if seconds is None else _EPOCH + timedelta(seconds=seconds)


def _seconds(date: datetime | None) -> int | None:
    return None if date is None else int(date.timestamp())


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a process without a user's name
        return ""


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise TranslateError(
            f"half of a surrogate pair in {text[:40]!r}: the text was decoded wrongly; read it again with "
            "the right encoding"
        ) from error
