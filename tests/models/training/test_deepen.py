"""A deeper checkpoint loads everywhere, holds copies, and begins near where its start was."""

import json
from pathlib import Path

import pytest
import torch
import transformers

from models.checkpoint import open_checkpoint
from models.errors import CheckpointError
from models.training.deepen import deepen


def test_lower_layers_are_there_twice(toy: Path, tmp_path: Path) -> None:
    before = transformers.MarianMTModel.from_pretrained(str(toy)).model
    layers = before.config.encoder_layers, before.config.decoder_layers
    made = deepen(
        toy, tmp_path / "deep", encoder_layers=layers[0] + 1, decoder_layers=layers[1] + 1
    )
    open_checkpoint(made)
    after = transformers.MarianMTModel.from_pretrained(str(made)).model
    for old, new in ((before.encoder, after.encoder), (before.decoder, after.decoder)):
        assert len(new.layers) == len(old.layers) + 1
        expected = [old.layers[0], *old.layers]
        for copy, of in zip(new.layers, expected, strict=True):
            for name, weight in of.named_parameters():
                torch.testing.assert_close(copy.get_parameter(name), weight)


def test_as_many_layers_are_the_same_model(toy: Path, tmp_path: Path) -> None:
    made = deepen(toy, tmp_path / "same")
    assert (made / "model.safetensors").read_bytes()
    kept = [json.loads((folder / "config.json").read_text()) for folder in (toy, made)]
    assert kept[0]["encoder_layers"] == kept[1]["encoder_layers"]


def test_other_weights_than_safetensors_are_an_error(toy: Path, tmp_path: Path) -> None:
    bare = deepen(toy, tmp_path / "bare")
    (bare / "model.safetensors").rename(bare / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match="which deepening needs"):
        deepen(bare, tmp_path / "deep", encoder_layers=2)
    assert not (tmp_path / "deep").exists()


@pytest.mark.parametrize("wanted", [1, 100])
def test_only_up_to_twice_as_many(toy: Path, tmp_path: Path, wanted: int) -> None:
    layers = json.loads((toy / "config.json").read_text())["encoder_layers"]
    two = deepen(toy, tmp_path / "two", encoder_layers=2 * layers)
    with pytest.raises(CheckpointError, match=f"with {wanted} it can't begin"):
        deepen(two, tmp_path / "other", encoder_layers=wanted)
    assert not (tmp_path / "other").exists()
