"""The file of a memory: opened, made, brought up to date, or refused. Never overwritten.

SQLite in WAL mode: any number of readers beside one writer, across processes; a kill at any moment leaves what
was committed.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from glossary.files import locked
from translate.errors import FormatError, TranslateError

APPLICATION = 0x4472676D  # "Drgm"
WAIT_SECONDS = 30.0  # for another process that writes; none of ours writes for longer at one time
_CACHE_KIB = 65536

_FIRST = """
CREATE TABLE source (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice
    key INTEGER NOT NULL,                  -- hash of the folded text
    text TEXT NOT NULL
);
CREATE INDEX source_key ON source (key);
CREATE TABLE unit (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES source,
    target TEXT NOT NULL,
    name TEXT NOT NULL,
    notes TEXT NOT NULL,                   -- JSON
    used INTEGER NOT NULL,
    created INTEGER,                       -- seconds since 1970, UTC
    created_by TEXT NOT NULL,
    changed INTEGER,
    changed_by TEXT NOT NULL,
    extras TEXT NOT NULL                   -- JSON
);
CREATE INDEX unit_source ON unit (source);
CREATE TABLE place (
    unit INTEGER NOT NULL REFERENCES unit,
    document TEXT NOT NULL,
    segment TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL
);
CREATE INDEX place_unit ON place (unit);
CREATE INDEX place_document ON place (document, segment);
CREATE TABLE feature (                     -- how many sources have it
    feature TEXT PRIMARY KEY,
    sources INTEGER NOT NULL
) WITHOUT ROWID;
CREATE VIRTUAL TABLE featured USING fts5 (   -- which sources have a feature; rowid is the source's id
    features, content='', columnsize=0, detail=none, tokenize="ascii tokenchars '_'"
)
"""


def _make(connection: sqlite3.Connection) -> None:
    for statement in _FIRST.split(";\n"):
        connection.execute(statement)


# The n-th brings a file of version n to n + 1. Another fold or other features need one that indexes anew.
MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_make,)


def connect(path: Path) -> sqlite3.Connection:
    """The file as it is, made or brought up to date if need be. Transactions are the caller's."""
    with readable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            if _version(connection, path) < len(MIGRATIONS):
                with locked(path):
                    _migrate(connection, path)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        except BaseException:
            connection.close()
            raise
    return connection


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The file's version; 0 where nothing is in it. Raises FormatError if it isn't a memory of ours."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if (application, version, tables) == (0, 0, 0):
        return 0
    if application != APPLICATION:
        raise FormatError(
            "a database of another program, not a translation memory; name another file",
            path=str(path),
        )
    if version > len(MIGRATIONS):
        raise FormatError(
            f"written by a newer Dragoman (version {version} of the memory, this one knows "
            f"{len(MIGRATIONS)}); update Dragoman, or name another file",
            path=str(path),
        )
    return int(version)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring it up to date, whole or not at all. The caller holds the file's lock."""
    connection.execute("PRAGMA journal_mode = WAL")
    with writing(connection):
        for version in range(_version(connection, path), len(MIGRATIONS)):
            MIGRATIONS[version](connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction: all of it, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """What SQLite says of the file, as an error that names it."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extended part
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise FormatError(
                f"not a translation memory, or a damaged one ({error}); it was left as it is: put a copy "
                "in its place, or name another file",
                path=str(path),
            ) from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise TranslateError(
                f"{path}: another process is writing into this translation memory; "
                "wait until it has finished, then try again"
            ) from error
        if code == sqlite3.SQLITE_FULL:
            raise TranslateError(f"{path}: the disk is full; nothing was changed") from error
        raise TranslateError(
            f"{path}: can't be used as a translation memory ({error}); check the path and its permissions"
        ) from error
