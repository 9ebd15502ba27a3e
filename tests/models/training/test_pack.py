"""A packed job trains elsewhere: where only torch and its like are installed."""

import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from models.checkpoint import open_checkpoint
from models.errors import CheckpointError
from models.training.corpus import Corpus, load, save
from models.training.pack import pack, unpack
from models.training.settings import Settings

ROOT = Path(__file__).parents[3]
BARE = (
    "import runpy, sys\n"
    "for name in ('click', 'platformdirs', 'polib', 'lxml', 'babel', 'ctranslate2'):\n"
    "    sys.modules[name] = None\n"
    "sys.argv = ['models.train', *sys.argv[1:]]\n"
    "runpy.run_module('models.train', run_name='__main__')\n"
)


def test_a_packed_job_comes_out_as_it_went_in(
    untrained: Path, copying: Corpus, tmp_path: Path
) -> None:
    settings = Settings(steps=3, processes=1)
    size = pack(tmp_path / "packed", copying, copying, untrained, settings)
    assert size == sum(f.stat().st_size for f in (tmp_path / "packed").rglob("*.*"))
    weights = (tmp_path / "packed/start/weights.npz.xz").stat().st_size
    assert weights < (untrained / "model.safetensors").stat().st_size / 3
    (tmp_path / "start").mkdir()
    job = unpack(tmp_path / "packed", tmp_path / "start")
    assert job.corpus.digest() == job.dev.digest() == copying.digest()
    assert job.settings == settings
    before = load_file(untrained / "model.safetensors")
    after = load_file(tmp_path / "start/model.safetensors")
    assert before.keys() == after.keys()
    for name, weight in before.items():
        step = weight.abs().max() / 127 if weight.ndim == 2 else 0.0
        assert (weight - after[name]).abs().max() <= step
    open_checkpoint(tmp_path / "start")


def test_a_bare_machine_trains_it(untrained: Path, copying: Corpus, tmp_path: Path) -> None:
    settings = Settings(steps=50, warmup=2, processes=1, precision="float32", batch_tokens=400)
    pack(tmp_path / "packed", copying, copying, untrained, settings)
    done = subprocess.run(
        [sys.executable, "-c", BARE, str(tmp_path / "packed"), str(tmp_path / "out"), "--steps", "3"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "step 3" in done.stdout
    open_checkpoint(tmp_path / "out/model")


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no packed job"):
        unpack(tmp_path, tmp_path)


def test_a_corpus_is_kept_whole(copying: Corpus, tmp_path: Path) -> None:
    save(tmp_path / "c.npz", copying, notes={"a": 1})
    held, notes = load(tmp_path / "c.npz")
    assert (held.digest(), notes) == (copying.digest(), {"a": 1})
    (tmp_path / "c.npz").write_bytes(b"PK")
    with pytest.raises(CheckpointError, match=r"c\.npz: isn't a prepared corpus"):
        load(tmp_path / "c.npz")
