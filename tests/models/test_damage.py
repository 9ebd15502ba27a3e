"""A model that was partly downloaded, badly copied or mixed up is found out before it is used, and the file named."""

import io
import json
import pickle
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from models.checkpoint import open_checkpoint
from models.errors import CheckpointError
from models.registry import STARTER
from models.tokenizer import Tokenizer
from models.weights import count_parameters, read_header

Damage = Callable[[Path], None]
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n"


def content(value: bytes) -> Damage:
    return lambda path: path.write_bytes(value) and None


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_a_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def a_byte_more(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def zeros(path: Path) -> None:
    """As a download leaves it that reserved the space first."""
    path.write_bytes(bytes(path.stat().st_size))


def header(**changes: object) -> Damage:
    def damage(path: Path) -> None:
        data = path.read_bytes()
        length = struct.unpack("<Q", data[:8])[0]
        entries = json.loads(data[8 : 8 + length]) | changes
        text = json.dumps({k: v for k, v in entries.items() if v is not None}).encode()
        path.write_bytes(struct.pack("<Q", len(text)) + text + data[8 + length :])

    return damage


def cut_in_the_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def config(**changes: object) -> Damage:
    def damage(path: Path) -> None:
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return damage


DAMAGES: dict[str, tuple[str, Damage]] = {
    "weights cut": ("model.safetensors", cut),
    "weights a byte short": ("model.safetensors", cut_a_byte),
    "weights a byte long": ("model.safetensors", a_byte_more),
    "weights cut in the header": ("model.safetensors", cut_in_the_header),
    "weights cut before the header": ("model.safetensors", content(b"\1\2")),
    "weights empty": ("model.safetensors", content(b"")),
    "weights all zeros": ("model.safetensors", zeros),
    "weights a page of errors": ("model.safetensors", content(b"<html>404 Not Found</html>")),
    "weights with a spoilt header": ("model.safetensors", header(final_logits_bias={"x": 1})),
    "weights a pointer": ("model.safetensors", content(POINTER)),
    "weights of a smaller model": ("config.json", config(decoder_layers=3)),
    "weights of another width": ("config.json", config(d_model=32)),
    "source.spm a pointer": ("source.spm", content(POINTER)),
    "source.spm empty": ("source.spm", content(b"")),
    "source.spm cut": ("source.spm", cut),
    "target.spm something else": ("target.spm", content(b"<html>404 Not Found</html>")),
    "vocab.json cut": ("vocab.json", cut),
    "vocab.json a list": ("vocab.json", content(b"[1, 2]")),
    "vocab.json without </s>": ("vocab.json", content(b'{"a": 0}')),
    "config.json cut": ("config.json", cut),
    "config.json not text": ("config.json", content(b"\xff\xfe{}")),
    "config.json without numbers": ("config.json", config(d_model=None)),
    "tokenizer_config.json cut": ("tokenizer_config.json", cut),
    "README.md with spoilt front matter": ("README.md", content(b"---\nlicense: [\n---\n")),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_damage_is_found_out_and_named(copy: Path, kind: str) -> None:
    name, damage = DAMAGES[kind]
    open_checkpoint(copy)
    damage(copy / name)
    with pytest.raises(CheckpointError) as raised:
        Tokenizer(open_checkpoint(copy).path)
    said = str(raised.value)
    assert str(copy) in said
    assert name in said
    assert "\n" not in said.replace(str(copy), "")


def as_pickle(copy: Path, *, zipped: bool) -> Path:
    import torch

    buffer = io.BytesIO()
    torch.save({"x": torch.zeros(9)}, buffer, _use_new_zipfile_serialization=zipped)
    path = copy / "pytorch_model.bin"
    path.write_bytes(buffer.getvalue())
    (copy / "model.safetensors").unlink()
    return path


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_is_taken_whole_only(copy: Path, zipped: bool) -> None:
    path = as_pickle(copy, zipped=zipped)
    open_checkpoint(copy)
    path.write_bytes(b"" if not zipped else path.read_bytes()[:-30])
    with pytest.raises(CheckpointError, match=r"pytorch_model\.bin"):
        open_checkpoint(copy)


def test_what_is_neither_zip_nor_pickle_is_no_model(copy: Path) -> None:
    as_pickle(copy, zipped=True).write_bytes(b"\0" * 64)
    with pytest.raises(CheckpointError, match="isn't a file of torch's"):
        open_checkpoint(copy)
    assert pickle.dumps(1)[:1] == b"\x80"


def shards(copy: Path) -> list[Path]:
    names = [f"model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    index = {"weight_map": {"a": names[0], "b": names[1], "c": names[1]}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index))
    for name in names:
        shutil.copy(copy / "model.safetensors", copy / name)
    (copy / "model.safetensors").unlink()
    return [copy / name for name in names]


def test_a_missing_shard_is_named(copy: Path) -> None:
    shards(copy)[1].unlink()
    with pytest.raises(CheckpointError, match=r"lacks model-00002-of-00002\.safetensors"):
        open_checkpoint(copy)


def test_weights_in_shards_are_to_be_joined(copy: Path) -> None:
    shards(copy)
    with pytest.raises(CheckpointError, match=r"in 2 files.*max_shard_size"):
        open_checkpoint(copy)


def test_parameters_are_counted_as_torch_counts_them(toy: Path) -> None:
    import transformers

    model = transformers.MarianMTModel.from_pretrained(str(toy))
    positions = sum(p.numel() for name, p in model.named_parameters() if "embed_positions" in name)
    counted = count_parameters(json.loads((toy / "config.json").read_text()))
    assert counted == model.num_parameters() - positions


def test_the_header_says_what_is_stored() -> None:
    stored = read_header(STARTER / "model.safetensors")
    assert stored["model.shared.weight"] == ("F16", (20001, 384))
    assert {kind for kind, _ in stored.values()} == {"F16"}
