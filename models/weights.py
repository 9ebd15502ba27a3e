"""The file with the weights: which one it is, and whether it is whole, told without loading it.

safetensors begins with the length of a JSON header that says where each tensor ends; pytorch_model.bin is a zip,
whose list of contents stands at its end, or, from before torch 1.6, a pickle, which only loading proves.
"""

import json
import re
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.errors import CheckpointError

WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_AGAIN = "it was not downloaded or copied to its end; get it again"
_LFS = b"version https://git-lfs"
_LAYER = re.compile(r"(encoder|decoder)\.layers\.(\d+)\.")
_PICKLE = b"\x80"
_TENSOR = {"dtype", "shape", "data_offsets"}


def weights_file(folder: Path) -> Path | None:
    """The file with the weights, safetensors before pickle; None where there is none."""
    return next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)


def check_content(path: Path) -> None:
    """Raise CheckpointError where a file holds nothing, or only the name of what it should hold."""
    with path.open("rb") as file:
        start = file.read(len(_LFS))
    if not start:
        raise CheckpointError(f"is empty; {_AGAIN}", path=str(path))
    if start == _LFS:
        raise CheckpointError(
            "is a Git LFS pointer, not the file; run `git lfs pull` where it came from, then copy it again",
            path=str(path),
        )


def check_weights(path: Path, config: Mapping[str, Any]) -> None:
    """Raise CheckpointError where the file was cut short, is of another format, or isn't what `config` says."""
    if path.suffix == ".safetensors":
        _check_tensors(path, read_header(path), config)
    elif not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            start = file.read(2)
        if start == b"PK":
            raise CheckpointError(f"is cut short; {_AGAIN}", path=str(path))
        if not start.startswith(_PICKLE):
            raise CheckpointError(f"isn't a file of torch's; {_AGAIN}", path=str(path))


def check_shards(folder: Path) -> None:
    """Raise CheckpointError where the weights lie in several files: none of Marian's size needs that."""
    for name in WEIGHTS:
        index = folder / f"{name}.index.json"
        if not index.is_file():
            continue
        names = sorted(set(_json_object(index.read_bytes(), index).get("weight_map", {}).values()))
        missing = [name for name in names if not (folder / name).is_file()]
        raise CheckpointError(
            f"lacks {', '.join(missing)}, which {index.name} names; copy all files of the checkpoint"
            if missing
            else f"has its weights in {len(names)} files; save them as one: with transformers, "
            "`save_pretrained(FOLDER, max_shard_size='10GB')`",
            path=str(folder),
        )


def read_header(path: Path) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Name to type (F16, F32, ...) and shape of the tensors of a safetensors file.

    Raises CheckpointError where the file doesn't hold all its header says, or more.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else size
        if not 2 <= length <= size - 8:
            raise CheckpointError(f"isn't safetensors, or is cut short; {_AGAIN}", path=str(path))
        header = _json_object(file.read(length), path)
    header.pop("__metadata__", None)
    if not all(isinstance(one, dict) and one.keys() >= _TENSOR for one in header.values()):
        raise CheckpointError(f"its header is damaged; {_AGAIN}", path=str(path))
    end = max((tensor["data_offsets"][1] for tensor in header.values()), default=0)
    if size != 8 + length + end:
        raise CheckpointError(
            f"has {size:,} bytes and should have {8 + length + end:,}; {_AGAIN}", path=str(path)
        )
    return {name: (one["dtype"], tuple(one["shape"])) for name, one in header.items()}


def count_parameters(config: Mapping[str, Any]) -> int:
    """How many numbers a Marian transformer of this config learns (Vaswani et al. 2017).

    Positions are sinusoids and the embeddings of encoder, decoder and output one table, or two where the
    vocabularies are apart: none is counted twice.
    """
    width, vocab = config["d_model"], config["vocab_size"]
    attention, norm = 4 * (width * width + width), 2 * width

    def feed_forward(inner: int) -> int:
        return int(2 * width * inner + inner + width)

    encoder = attention + feed_forward(config["encoder_ffn_dim"]) + 2 * norm
    decoder = 2 * attention + feed_forward(config["decoder_ffn_dim"]) + 3 * norm
    target = config.get("decoder_vocab_size") or vocab
    apart = not config.get("share_encoder_decoder_embeddings", True)
    return int(
        vocab * width
        + apart * target * width
        + config["encoder_layers"] * encoder
        + config["decoder_layers"] * decoder
    )


def _check_tensors(
    path: Path, tensors: Mapping[str, tuple[str, tuple[int, ...]]], config: Mapping[str, Any]
) -> None:
    found = {"encoder": 0, "decoder": 0}
    for name in tensors:
        if layer := _LAYER.search(name):
            found[layer[1]] = max(found[layer[1]], int(layer[2]) + 1)
    for side, layers in found.items():
        if layers != config[f"{side}_layers"]:
            raise CheckpointError(
                f"has {layers} {side} layers, config.json says {config[f'{side}_layers']}: they belong to "
                "different checkpoints; copy all files from one",
                path=str(path),
            )
    shape = tensors.get("model.shared.weight", ("", ()))[1]
    if shape and shape != (config["vocab_size"], config["d_model"]):
        raise CheckpointError(
            f"has embeddings of {' x '.join(map(str, shape))}, config.json says {config['vocab_size']} x "
            f"{config['d_model']}: they belong to different checkpoints; copy all files from one",
            path=str(path),
        )


def _json_object(data: bytes, path: Path) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError as error:
        raise CheckpointError(
            f"isn't what its name says ({error}); {_AGAIN}", path=str(path)
        ) from error
    if not isinstance(value, dict):
        raise CheckpointError(f"should hold one JSON object; {_AGAIN}", path=str(path))
    return value
