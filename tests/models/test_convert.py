"""Conversion happens once, whole or not at all, and is checked against the float model."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models import convert
from models.checkpoint import Checkpoint, open_checkpoint
from models.errors import CheckpointError

ROOT = Path(__file__).parents[2]
CONVERT = (
    "import sys; from pathlib import Path; from models.checkpoint import open_checkpoint;"
    "from models.convert import converted;"
    "print(converted(open_checkpoint(Path(sys.argv[1])), 'float32'));"
    "assert 'torch' not in sys.modules"
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "dragoman" / "ct2"


@pytest.fixture
def checkpoint(toy: Path) -> Checkpoint:
    return open_checkpoint(toy)


def fake_write(checkpoint: Checkpoint, compute_type: str, folder: Path) -> None:
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"x")


def names(cache: Path) -> list[str]:
    return [p.name for p in cache.iterdir() if not p.name.endswith(".lock")]


def test_a_bad_int8_names_the_remedy_and_leaves_nothing(
    cache: Path, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.mkdir(parents=True)
    monkeypatch.setattr(convert, "_write_model", fake_write)
    monkeypatch.setattr(convert, "_difference", lambda *_: float("nan"))
    with pytest.raises(CheckpointError, match="--engine ct2-float32"):
        convert._convert(checkpoint, "int8")
    assert names(cache) == []


def test_what_a_killed_one_left_is_removed(
    cache: Path, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = convert._folder(checkpoint, "int8")
    part = folder.with_name(folder.name + ".part")
    part.mkdir(parents=True)
    (part / "model.bin").write_bytes(b"half")
    monkeypatch.setattr(convert, "_write_model", fake_write)
    monkeypatch.setattr(convert, "_difference", lambda *_: 0.0)
    convert._convert(checkpoint, "int8")
    assert names(cache) == [folder.name]
    assert (folder / "model.bin").read_bytes() == b"x"


def test_a_cache_that_cannot_be_written_is_explained(
    checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(CheckpointError, match=r"can't write here.*--engine marian"):
        convert.converted(checkpoint, "int8")


def test_the_reason_of_a_failure_reaches_the_caller(
    cache: Path, checkpoint: Checkpoint, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "import sys; print('models.convert: it is broken', file=sys.stderr); sys.exit(1)"
    run = subprocess.run
    monkeypatch.setattr(
        convert.subprocess,
        "run",
        lambda _, **options: run([sys.executable, "-c", script], **options),
    )
    with pytest.raises(CheckpointError, match=f"{toy}: it is broken"):
        convert.converted(checkpoint, "int8")


def start(toy: Path, cwd: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-P", "-c", CONVERT, str(toy)],
        env=environment,
        cwd=cwd,
        text=True,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.mark.slow
def test_two_processes_convert_once(cache: Path, toy: Path, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()  # a folder of that name where the user works changes nothing
    (tmp_path / "models" / "__init__.py").write_text("raise SystemExit('wrong models')")
    pair = [start(toy, tmp_path) for _ in range(2)]
    outputs = {process.communicate(timeout=300)[0].strip() for process in pair}
    assert [process.returncode for process in pair] == [0, 0]
    assert len(outputs) == 1
    assert names(cache) == [Path(outputs.pop()).name]


@pytest.mark.slow
def test_a_killed_conversion_leaves_no_model(
    cache: Path, toy: Path, checkpoint: Checkpoint, tmp_path: Path
) -> None:
    process = start(toy, tmp_path)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not list(cache.glob("*.part")):
        time.sleep(0.005)
    os.killpg(process.pid, 9)
    process.communicate()
    assert not convert._folder(checkpoint, "float32").exists()
    assert convert.converted(checkpoint, "float32").is_dir()
    assert names(cache) == [convert._folder(checkpoint, "float32").name]
