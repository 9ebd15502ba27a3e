"""Between two checkpoints: every weight on the line, a folder that opens, ends that are the two themselves."""

from pathlib import Path

import pytest
import torch
import transformers

from models.checkpoint import open_checkpoint
from models.training.interpolate import interpolate


def read(folder: Path) -> dict[str, torch.Tensor]:
    model = transformers.MarianMTModel.from_pretrained(str(folder), dtype=torch.float32)
    return {name: weight.detach() for name, weight in model.named_parameters()}


@pytest.fixture
def tuned(copy: Path) -> Path:
    """The toy with every weight moved, in float16 as training writes it."""
    model = transformers.MarianMTModel.from_pretrained(str(copy), dtype=torch.float32)
    torch.manual_seed(2)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "embed_positions" not in name:
                weight.add_(torch.randn_like(weight))
    (copy / "pytorch_model.bin").unlink(missing_ok=True)
    model.half().save_pretrained(str(copy))
    (copy / "model.safetensors").chmod(0o644)
    return copy


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_every_weight_is_on_the_line(toy: Path, tuned: Path, tmp_path: Path, share: float) -> None:
    made = interpolate(toy, tuned, share, tmp_path / "between")
    start, end, between = read(toy), read(tuned), read(made)
    for name, weight in between.items():
        expected = start[name] + share * (end[name] - start[name])
        torch.testing.assert_close(weight, expected, rtol=1e-3, atol=1e-3)


def test_a_checkpoint_that_others_may_read(toy: Path, tuned: Path, tmp_path: Path) -> None:
    made = interpolate(toy, tuned, 0.5, tmp_path / "between")
    assert open_checkpoint(made).sha256 not in (
        open_checkpoint(toy).sha256, open_checkpoint(tuned).sha256,
    )  # fmt: skip
    assert {file.name for file in made.iterdir()} == {file.name for file in tuned.iterdir()}
    assert (made / "model.safetensors").stat().st_mode & 0o777 == 0o644
    assert all(weight.dtype == torch.float16 for weight in stored(made).values())


def stored(folder: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return load_file(folder / "model.safetensors")
