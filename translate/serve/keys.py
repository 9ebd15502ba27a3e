"""Keys of clients, and how many characters each has had translated.

A key is 256 random bits, and only its SHA-256 is kept. A slow or salted hash guards passwords, which can be
guessed one after the other; nobody can guess 256 bits, so that a plain hash gives nothing away and costs a request
nothing. Digests are compared in constant time, all of them, so that the time tells nothing about them either.
"""

import hashlib
import hmac
import json
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from glossary.files import locked, write_atomic
from translate.errors import ConfigError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A client's key. `limit` is how many characters of source it may have translated a month; None: any."""

    name: str
    digest: str  # SHA-256 of the key, 64 hex digits
    created: str  # ISO 8601
    limit: int | None = None


def keys_path() -> Path:
    """The user's own file of keys, which may not exist yet."""
    return platformdirs.user_config_path("dragoman") / "keys.json"


class Keyring:
    """The keys in a file; a change of it by another process counts at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_at: tuple[int, int] | None = None
        self._keys: tuple[Key, ...] = ()

    @property
    def required(self) -> bool:
        """Whether every caller needs a key: once there was one, also while there is none any more."""
        return self.path.exists()

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys as the file has them now. Raises ConfigError where it can't be understood."""
        if not self.path.exists():
            return ()
        stat = self.path.stat()
        stamp = stat.st_mtime_ns, stat.st_ino
        if stamp != self._read_at:
            self._keys = _read(self.path)
            self._read_at = stamp
        return self._keys

    def add(self, name: str, limit: int | None = None) -> str:
        """A new key, which nobody can be told again. Raises ConfigError for a name that is taken."""
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"key {name!r}: letters, digits, dot, dash and underscore, at most 64"
            )
        token = secrets.token_urlsafe(32)
        with locked(self.path):
            if any(key.name == name for key in self.keys):
                raise ConfigError(
                    f"there is a key {name!r} already; remove it first, or name another"
                )
            created = datetime.now(UTC).isoformat(timespec="seconds")
            new = Key(name=name, digest=_digest(token), created=created, limit=limit)
            self._write((*self.keys, new))
        return token

    def remove(self, name: str) -> None:
        """Take a key away; at once no request with it is served. Raises ConfigError."""
        with locked(self.path):
            rest = tuple(key for key in self.keys if key.name != name)
            if len(rest) == len(self.keys):
                raise ConfigError(f"there is no key {name!r}; see `dragoman serve keys list`")
            self._write(rest)

    def find(self, token: str) -> Key | None:
        """Whose key this is."""
        digest = _digest(token)
        found = None
        for key in self.keys:
            if hmac.compare_digest(key.digest, digest):
                found = key
        return found

    def _write(self, keys: tuple[Key, ...]) -> None:
        new = not self.path.exists()
        write_atomic(self.path, json.dumps([asdict(key) for key in keys], indent=1) + "\n")
        if new:
            self.path.chmod(0o600)  # hashes only, yet nobody else's business


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _read(path: Path) -> tuple[Key, ...]:
    try:
        return tuple(Key(**one) for one in json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f"{path}: not a file of keys ({error}); see `dragoman serve keys`"
        ) from error


class Usage:
    """Characters of source by key and month (UTC), kept in a file. Only one server writes it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._saved = True
        self._counts = _read_counts(path) if path.exists() else {}

    def add(self, name: str, characters: int) -> None:
        """Count; on disk by the next `save`."""
        month = _month()
        with self._lock:
            months = self._counts.setdefault(name, {})
            months[month] = months.get(month, 0) + characters
            self._saved = False

    def this_month(self, name: str) -> int:
        """Characters so far."""
        return self._counts.get(name, {}).get(_month(), 0)

    def months(self, name: str) -> Mapping[str, int]:
        """Characters by month, such as 2026-11."""
        return dict(self._counts.get(name, {}))

    def save(self) -> None:
        """Bring the file up to date."""
        with self._lock:
            if self._saved:
                return
            text = json.dumps(self._counts, indent=1, sort_keys=True) + "\n"
            self._saved = True
        write_atomic(self._path, text)


def _read_counts(path: Path) -> dict[str, dict[str, int]]:
    try:
        return {
            str(name): {str(month): int(count) for month, count in months.items()}
            for name, months in json.loads(path.read_text(encoding="utf-8")).items()
        }
    except (ValueError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path}: not a file of usage ({error}); move it away") from error


def usage_path(keys: Path) -> Path:
    """Where the usage of a file of keys is kept: beside it."""
    return keys.with_name(f"{keys.stem}.usage.json")


def _month() -> str:
    return datetime.now(UTC).strftime("%Y-%m")
