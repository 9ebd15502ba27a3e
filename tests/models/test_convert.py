"""Conversion happens once, whole or not at all, and is checked against the float model."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models import convert
from models.checkpoint import Checkpoint, open_checkpoint
from models.errors import CheckpointError
from models.weights import read_header

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


SEEN = convert.Proof(
    ("\N{LOWER ONE EIGHTH BLOCK}نعم", "</s>"), ("\N{LOWER ONE EIGHTH BLOCK}Yes",), -0.25
)


def names(cache: Path) -> list[str]:
    return [p.name for p in cache.iterdir() if not p.name.endswith(".lock")]


def test_a_bad_int8_names_the_remedy_and_leaves_nothing(
    cache: Path, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.mkdir(parents=True)
    monkeypatch.setattr(convert, "_write_model", fake_write)
    monkeypatch.setattr(convert, "_compared", lambda *_: (float("nan"), SEEN))
    with pytest.raises(CheckpointError, match="--engine ct2-float32"):
        convert._convert(checkpoint, "int8")
    assert names(cache) == []


def test_what_a_killed_one_left_is_removed(
    cache: Path, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = convert._folder(checkpoint, "int8")
    part = folder.with_name(f".dragoman-{folder.name}.part")
    part.mkdir(parents=True)
    (part / "model.bin").write_bytes(b"half")
    monkeypatch.setattr(convert, "_write_model", fake_write)
    monkeypatch.setattr(convert, "_compared", lambda *_: (0.0, SEEN))
    convert._convert(checkpoint, "int8")
    assert names(cache) == [folder.name]
    assert (folder / "model.bin").read_bytes() == b"x"
    assert convert.proof(folder) == SEEN
    assert convert.proof(folder.parent) is None


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


@pytest.mark.parametrize("quantization", ["float16", "float32"])
def test_a_model_in_another_precision_is_a_checkpoint_of_its_own(
    toy: Path, tmp_path: Path, quantization: str
) -> None:
    import torch
    import transformers

    out = convert.write(str(toy), tmp_path / "out", quantization=quantization)
    checkpoint = open_checkpoint(out)
    assert checkpoint.card.sha256 == checkpoint.sha256
    assert {kind for kind, _ in read_header(out / "model.safetensors").values()} == {
        {"float16": "F16", "float32": "F32"}[quantization]
    }
    one, other = (
        transformers.MarianMTModel.from_pretrained(str(folder)).state_dict()
        for folder in (toy, out)
    )
    assert all(torch.equal(one[n].to(other[n].dtype), other[n]) for n in other)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert (out / "model.safetensors").stat().st_mode == (out / "config.json").stat().st_mode


@pytest.fixture
def old(toy: Path, tmp_path: Path) -> Path:
    """The toy with its weights as torch wrote them before 1.6."""
    import torch
    import transformers

    folder = Path(shutil.copytree(toy, tmp_path / "old"))
    state = transformers.MarianMTModel.from_pretrained(str(toy)).state_dict()
    torch.save(state, folder / "pytorch_model.bin", _use_new_zipfile_serialization=False)
    (folder / "model.safetensors").unlink()
    return folder


@pytest.mark.parametrize("form", ["hf", "ct2"])
def test_an_old_pickle_that_was_cut_short_is_found_out_by_loading(
    old: Path, tmp_path: Path, form: convert.Form
) -> None:
    weights = old / "pytorch_model.bin"
    weights.write_bytes(weights.read_bytes()[:-4000])
    with pytest.raises(CheckpointError, match="can't be loaded"):
        convert.write(str(old), tmp_path / "out", form=form)
    assert [p.name for p in tmp_path.iterdir()] == ["old"]


def test_the_reference_engine_finds_it_out_too(old: Path) -> None:
    from translate.engines.marian import MarianEngine

    weights = old / "pytorch_model.bin"
    weights.write_bytes(weights.read_bytes()[:-4000])
    with pytest.raises(CheckpointError, match=f"{old}: can't be loaded"):
        MarianEngine(open_checkpoint(old))


def test_a_pickle_becomes_safetensors(toy: Path, old: Path, tmp_path: Path) -> None:
    import torch
    import transformers

    model = transformers.MarianMTModel.from_pretrained(str(toy))
    out = convert.write(str(old), tmp_path / "new")
    again = transformers.MarianMTModel.from_pretrained(str(out)).state_dict()
    assert not (out / "pytorch_model.bin").exists()
    assert all(torch.equal(tensor, again[name]) for name, tensor in model.state_dict().items())


def test_weights_too_large_for_float16_are_refused(toy: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    large = Path(shutil.copytree(toy, tmp_path / "large"))
    tensors = load_file(large / "model.safetensors")
    tensors["model.shared.weight"] = tensors["model.shared.weight"] * 0 + 1e6
    save_file(tensors, large / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match="--quantization float32"):
        convert.write(str(large), tmp_path / "out", quantization="float16")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("quantization", ["int8", "float16"])  # float32: test_marian_npz
def test_a_model_for_ctranslate2_is_written_where_one_wants_it(
    toy: Path, tmp_path: Path, quantization: str
) -> None:
    import ctranslate2

    out = convert.write(str(toy), tmp_path / "out", form="ct2", quantization=quantization)
    stored = ctranslate2.Translator(str(out), compute_type="default").compute_type
    assert stored.startswith(quantization if quantization != "float16" else "float")
    assert {"model.bin", "source.spm", "target.spm"} <= {p.name for p in out.iterdir()}


def test_a_bad_conversion_is_not_written(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "_compared", lambda *_: (0.5, SEEN))
    with pytest.raises(CheckpointError, match=r"differs from the float model by 0\.500"):
        convert.write(str(toy), tmp_path / "out", form="ct2")
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(toy: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(CheckpointError, match="is there already"):
        convert.write(str(toy), tmp_path / "out")


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
