"""The one way anything reaches the disk: whole, or not at all."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_atomic(path: Path, content: str | bytes) -> None:
    """Replace `path` (text as UTF-8, line ends as they are): a kill at any moment leaves the old file or
    the new one. Missing folders are made, an existing file keeps its permissions, a link is written through.
    """
    data = content.encode() if isinstance(content, str) else content
    goal = path.resolve()
    goal.parent.mkdir(parents=True, exist_ok=True)
    temporary = goal.with_name(f".dragoman-{secrets.token_hex(8)}.tmp")  # long names stay legal
    try:
        with temporary.open("xb") as file:
            if goal.exists():
                temporary.chmod(goal.stat().st_mode & 0o7777)
            file.write(data)
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
