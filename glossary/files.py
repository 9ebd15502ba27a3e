"""The one way anything reaches the disk: whole, or not at all, and one process at a time."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

LOCK_SECONDS = 30.0  # nothing here holds a lock for longer than one reading and writing


def write_atomic(path: Path, content: str | bytes) -> None:
    """Replace `path` (text as UTF-8, line ends as they are): a kill at any moment leaves the old file or
    the new one. Missing folders are made, an existing file keeps its permissions, a link is written through.
    """
    with writing(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """As `write_atomic`, for what is too large to be held: the file stands in its place when this ends well."""
    goal = path.resolve()
    goal.parent.mkdir(parents=True, exist_ok=True)
    temporary = goal.with_name(f".dragoman-{secrets.token_hex(8)}.tmp")  # long names stay legal
    try:
        with temporary.open("xb") as file:
            if goal.exists():
                temporary.chmod(goal.stat().st_mode & 0o7777)
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(goal)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    with suppress(OSError):  # not every file system can sync a folder
        folder = os.open(goal.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """While this runs, no other process of Dragoman changes `path`: read, change and write inside.

    The lock lies in the user's cache, so that nobody's folder is littered. Raises TimeoutError.
    """
    import filelock  # a plain translation has nothing to lock
    import platformdirs  # and training elsewhere has no such folder

    key = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    lock = platformdirs.user_cache_path("dragoman") / "locks" / f"{key}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(lock, timeout=LOCK_SECONDS):
            yield
    except filelock.Timeout as error:
        raise TimeoutError(
            f"{path} is being changed by another process for {LOCK_SECONDS:.0f} s; "
            "wait until it has finished, then try again"
        ) from error
