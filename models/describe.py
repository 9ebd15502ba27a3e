"""What a checkpoint is: its architecture, its weights, where its conversions lie."""

import json
from dataclasses import dataclass

from models.checkpoint import Checkpoint
from models.convert import Conversion, conversions
from models.weights import count_parameters, read_header, weights_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A checkpoint in figures. feed_forward: the inner width of encoder and decoder. vocabulary: pieces.

    precision: the types of the stored weights, such as F16; empty where only loading would tell.
    """

    parameters: int
    encoder_layers: int
    decoder_layers: int
    width: int
    heads: int
    feed_forward: int
    activation: str
    vocabulary: int
    precision: str
    weights: str
    size: int
    conversions: tuple[Conversion, ...]


def describe(checkpoint: Checkpoint) -> Description:
    """Read from config.json and the header of the weights; nothing is loaded."""
    config = json.loads((checkpoint.path / "config.json").read_text(encoding="utf-8"))
    weights = weights_file(checkpoint.path)
    assert weights is not None
    stored = read_header(weights) if weights.suffix == ".safetensors" else {}
    return Description(
        parameters=count_parameters(config),
        encoder_layers=config["encoder_layers"],
        decoder_layers=config["decoder_layers"],
        width=config["d_model"],
        heads=config["encoder_attention_heads"],
        feed_forward=config["encoder_ffn_dim"],
        activation=str(config.get("activation_function", "gelu")),
        vocabulary=config["vocab_size"],
        precision=", ".join(sorted({kind for kind, _ in stored.values()})),
        weights=weights.name,
        size=weights.stat().st_size,
        conversions=tuple(conversions(checkpoint)),
    )
