"""Real Ray, as processes of their own: the same bytes as here, whatever dies."""

import gzip
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
OPTIONS = ("--beam", "1", "--part", "2")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed"),
]


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory(prefix="ray") as folder:  # sockets in it: a short path
        monkeypatch.setenv("RAY_TMPDIR", folder)
        yield


def python(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_two_machines_and_a_killed_worker(tmp_path: Path, data: Path) -> None:
    lines = (data / "eval" / "news-dev.ar").read_text(encoding="utf-8").splitlines()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("\n".join(lines[:40]), encoding="utf-8")
    (tmp_path / "in" / "b.txt").write_text("\n".join(["", *lines[40:47]]), encoding="utf-8")
    ran = python("tests.translate.batch.two_nodes", tmp_path, *OPTIONS)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout == "2\n"
    here = python("translate.cli", "batch", tmp_path / "in", tmp_path / "here", *OPTIONS)
    assert here.returncode == 0, here.stderr
    for name in ("a.txt", "b.txt"):
        made = (tmp_path / "out" / name).read_bytes()
        assert made == (tmp_path / "here" / name).read_bytes()
        assert made.count(b"\n") == {"a.txt": 40, "b.txt": 8}[name]


def test_a_damaged_file_is_said_as_here(tmp_path: Path) -> None:
    source = tmp_path / "in.txt.gz"
    source.write_bytes(gzip.compress("موسكو\n".encode() * 9)[:-9])
    ran = python("translate.cli", "batch", source, tmp_path / "out.txt", *OPTIONS, "--ray")
    assert ran.returncode == 1
    assert f"error: {source}: is damaged or cut off" in ran.stderr


def test_a_machine_with_another_model_is_refused(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from translate.batch.cluster import by_ray
from translate.batch.formats import Job
from translate.batch.run import Pending
from translate.errors import EngineError
from translate.pipeline import Translator
path = Path({str(tmp_path / "in.txt")!r})
path.write_text("x")
job = Job(source=path, target=path, format="text")
translator = Translator(model="starter", glossary=[])
try:
    list(by_ray([Pending(job=job)], address=None, translator=translator,
                chosen={{"model": "starter", "engine": "ct2-float32"}}))
except EngineError as error:
    print(error)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "this machine would translate with" in ran.stdout, ran.stdout + ran.stderr
