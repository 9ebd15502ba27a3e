"""A checkpoint between two: of what fine-tuning changed, a share.

Weights on the line from a model to what it became by fine-tuning keep more of the old at a small price in the
new (Wortsman et al. 2022, Robust fine-tuning of zero-shot models).
"""

import shutil
from pathlib import Path

import torch

from models.load import load


def interpolate(start: Path, tuned: Path, share: float, into: Path) -> Path:
    """Write `tuned`, with weights start + share · (tuned - start), into the folder `into`, in float16.

    Both are checkpoints in Hugging Face's layout with the same shapes; `tuned` has its weights in
    safetensors, as `models.train` writes them. share: 0 to 1.
    """
    model, before = load(tuned), dict(load(start).named_parameters())
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.lerp_(before[name], 1 - share)
    shutil.copytree(tuned, into)
    model.half().save_pretrained(str(into))
    weights = "model.safetensors"
    shutil.copymode(tuned / weights, into / weights)  # safetensors writes for the owner alone
    return into
