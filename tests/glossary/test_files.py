"""Files are written whole, and by one process at a time."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from glossary import files
from glossary.files import locked, write_atomic

COUNTING = """
import sys
from pathlib import Path
from glossary.files import locked, write_atomic
path = Path(sys.argv[1])
for _ in range(20):
    with locked(path):
        write_atomic(path, str(int(path.read_text()) + 1))
"""


def test_processes_and_threads_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "count"
    path.write_text("0")
    command = [sys.executable, "-c", COUNTING, str(path)]
    running = [subprocess.Popen(command) for _ in range(2)]

    def count() -> None:
        for _ in range(10):
            with locked(path):
                write_atomic(path, str(int(path.read_text()) + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait() for process in running] == [0, 0]
    assert path.read_text() == "80"
    assert [p.name for p in tmp_path.iterdir()] == ["count"]


def test_a_link_is_the_file_it_leads_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LOCK_SECONDS", 0.1)
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with (
        locked(tmp_path / "file"),
        pytest.raises(TimeoutError, match="being changed by another process"),
        locked(tmp_path / "link"),
    ):
        pass
    with locked(tmp_path / "link"):
        pass


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine"), locked(tmp_path / "x"):
        raise ValueError("mine")
    with locked(tmp_path / "x"):
        pass
