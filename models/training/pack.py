"""A training job in one small folder, for a machine that has torch and its like but not this one's files.

The corpus goes through xz; a checkpoint to start from goes as int8 with one scale a row, half of fp16.
587,516 pairs with their links and the starter came to 52 MiB.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glossary.files import writing
from models.errors import CheckpointError
from models.training.corpus import Corpus, load, load_arrays, save, save_arrays
from models.training.settings import Settings

_SCALE = "|scale"  # after the name of a matrix kept in int8
_CORPUS, _DEV, _WEIGHTS, _SETTINGS = (
    "corpus.npz.xz",
    "dev.npz.xz",
    "weights.npz.xz",
    "settings.json",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A job as it was packed; `start` is a checkpoint's folder again."""

    corpus: Corpus
    dev: Corpus
    start: Path
    settings: Settings


def pack(folder: Path, corpus: Corpus, dev: Corpus, start: Path, settings: Settings) -> int:
    """Write the job into `folder`; gives its bytes."""
    (folder / "start").mkdir(parents=True, exist_ok=True)
    save(folder / _CORPUS, corpus)
    save(folder / _DEV, dev)
    carry_texts(start, folder / "start")
    with writing(folder / "start" / _WEIGHTS) as out:
        save_arrays(out, _rounded(read_weights(start, "packing")), compressed=True)
    (folder / _SETTINGS).write_text(settings.to_json(), encoding="utf-8")
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def unpack(folder: Path, into: Path) -> Packed:
    """The job in `folder`; the checkpoint to start from is written into `into`."""
    from safetensors.numpy import save_file

    if not (folder / _SETTINGS).is_file():
        raise CheckpointError(
            "holds no packed job; `dragoman models train --pack` makes one", path=str(folder)
        )
    into.mkdir(parents=True, exist_ok=True)
    corpus, _ = load(folder / _CORPUS)
    dev, _ = load(folder / _DEV)
    for file in (folder / "start").glob("*.*"):
        if file.name != _WEIGHTS:
            shutil.copyfile(file, into / file.name)
    weights = _restored(load_arrays(folder / "start" / _WEIGHTS))
    save_file(weights, into / "model.safetensors", metadata={"format": "pt"})
    settings = Settings.from_json((folder / _SETTINGS).read_text(encoding="utf-8"))
    return Packed(corpus=corpus, dev=dev, start=into, settings=settings)


def carry_texts(start: Path, into: Path) -> None:
    """Copy what a checkpoint holds beside its weights."""
    for file in start.iterdir():
        if file.suffix in (".json", ".spm"):
            shutil.copyfile(file, into / file.name)


def read_weights(start: Path, purpose: str) -> dict[str, NDArray[Any]]:
    """By name. Raises CheckpointError where the checkpoint has no safetensors, which `purpose` needs."""
    from safetensors.numpy import load_file

    if not (start / "model.safetensors").is_file():
        raise CheckpointError(
            f"has no model.safetensors, which {purpose} needs; train a step here first, and take what "
            "that wrote",
            path=str(start),
        )
    return dict(load_file(start / "model.safetensors"))


def _rounded(weights: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    packed: dict[str, NDArray[Any]] = {}
    for name, weight in weights.items():
        if weight.ndim != 2 or len(weight) == 1:
            packed[name] = weight
            continue
        exact = weight.astype(np.float32)
        scale = np.maximum(np.abs(exact).max(1, keepdims=True), 1e-8) / 127
        packed[name], packed[name + _SCALE] = np.rint(exact / scale).astype(np.int8), scale
    return packed


def _restored(packed: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {
        name: value * packed[name + _SCALE] if name + _SCALE in packed else value
        for name, value in packed.items()
        if not name.endswith(_SCALE)
    }
