"""Marian's network (Transformer, post-norm; Vaswani et al. 2017) as one function of its weights, with its loss.

The same numbers as transformers' MarianMTModel (a test holds them equal), written out because training can
then do what a general module can't: look up both sides' embeddings at once, draw dropout from a pool, keep
only the one attention head that guides, and never make the full logits, which for 20,000 pieces are larger
than everything else together.
"""

import functools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from models.errors import CheckpointError
from models.training.batches import Batch

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": F.gelu,
    "relu": F.relu,
    "swish": F.silu,
}
_POOL = 1 << 24  # dropout decisions, 64 MB of them
_LOGITS_AT_ONCE = {"cpu": 1 << 22, "cuda": 1 << 28}  # numbers in a slice of the logits
_MULTIPLE, _UNLIKELY = 8, -1e4
EMBEDDING = "model.shared.weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What of config.json the computation depends on."""

    width: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    activation: str
    pad: int
    positions: int
    scale: float

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Shape":
        """From a Marian config.json. Raises CheckpointError for what the trainer can't train."""
        if not config.get("share_encoder_decoder_embeddings", True):
            raise CheckpointError(
                "has separate source and target embeddings, which the trainer can't train; "
                "start from a checkpoint with one joint vocabulary"
            )
        if config["encoder_attention_heads"] != config["decoder_attention_heads"]:
            raise CheckpointError("encoder and decoder differ in heads; the trainer needs as many")
        if config["activation_function"] not in _ACTIVATIONS:
            raise CheckpointError(
                f"activation {config['activation_function']!r} isn't one of {', '.join(_ACTIVATIONS)}"
            )
        return cls(
            width=config["d_model"],
            heads=config["encoder_attention_heads"],
            encoder_layers=config["encoder_layers"],
            decoder_layers=config["decoder_layers"],
            activation=config["activation_function"],
            pad=config["pad_token_id"],
            positions=config["max_position_embeddings"],
            scale=math.sqrt(config["d_model"]) if config["scale_embedding"] else 1.0,
        )


def constants(model: Any) -> dict[str, Tensor]:
    """What the network needs of transformers' model that isn't trained."""
    positions = model.model.encoder.embed_positions.weight.detach().float()
    return {"positions": positions.clone(), "bias": model.final_logits_bias[0].detach().float()}


class Loss(NamedTuple):
    """Scalars on the device. `total` is what is minimised; `nll` and `guide` are means a token."""

    total: Tensor
    nll: Tensor
    guide: Tensor


class Network:
    """A network on `weights` (by Hugging Face's names, without copying them)."""

    def __init__(
        self, shape: Shape, weights: Mapping[str, Tensor], constants: Mapping[str, Tensor]
    ) -> None:
        self._shape, self._weights = shape, weights
        self._positions, self._bias = constants["positions"], constants["bias"]
        self._activation = _ACTIVATIONS[shape.activation]
        self._pool: tuple[float, Tensor] | None = None

    def loss(
        self,
        batch: Batch,
        *,
        smoothing: float = 0.0,
        guide: float = 0.0,
        dropout: float = 0.0,
        consistency: float = 0.0,
    ) -> Loss:
        """Cross-entropy with label smoothing, plus `guide` × the guided-alignment loss (Chen et al. 2016).

        With `consistency` every sentence is computed with two drawings of dropout, and that weight × half the
        symmetric Kullback-Leibler divergence between the two predictions is added (R-Drop; Liang et al. 2021).
        """
        if consistency:
            batch = batch.twice()
        states, attention = self._decode(batch, dropout, keep=guide > 0)
        labelled = states.reshape(-1, self._shape.width).index_select(0, batch.labelled)
        embedding = self._weights[EMBEDDING]
        total: Tensor = _Softmax.apply(  # type: ignore[no-untyped-call]
            labelled, embedding, self._bias, batch.labels, smoothing, consistency
        )
        nll, guided = total.detach(), torch.zeros((), device=states.device)
        if attention is not None and batch.linked_pieces:
            guided = _guided(attention, batch)
            total = total + guide * guided
        return Loss(total, nll, guided.detach())

    def _decode(self, batch: Batch, dropout: float, *, keep: bool) -> tuple[Tensor, Tensor | None]:
        """Decoder states (sentence, target piece, width); head 0's cross-attention of the last layer if kept."""
        shape = self._shape
        rows, source_size = batch.source.shape
        # One look-up for both sides: its gradient is as large as the embedding, whatever is looked up.
        ids = torch.cat([batch.source.reshape(-1), batch.shifted.reshape(-1)])
        both = F.embedding(ids, self._weights[EMBEDDING]) * shape.scale
        source = both[: rows * source_size].view(rows, source_size, -1)
        target = both[rows * source_size :].view(rows, batch.shifted.shape[1], -1)
        mask = torch.zeros(batch.source.shape, dtype=both.dtype, device=both.device)
        mask = mask.masked_fill(batch.source == shape.pad, -1e4)[:, None, None, :]
        x = self._drop(source + self._positions[:source_size], dropout)
        for layer in range(shape.encoder_layers):
            name = f"model.encoder.layers.{layer}"
            x = self._add(
                x, self._attend(x, x, f"{name}.self_attn", mask), f"{name}.self_attn", dropout
            )
            x = self._add(x, self._feed_forward(x, name), f"{name}.final", dropout)
        y = self._drop(target + self._positions[: target.shape[1]], dropout)
        kept = None
        for layer in range(shape.decoder_layers):
            name = f"model.decoder.layers.{layer}"
            y = self._add(
                y, self._attend(y, y, f"{name}.self_attn", None), f"{name}.self_attn", dropout
            )
            if keep and layer == shape.decoder_layers - 1:
                kept = self._first_head(y, x, f"{name}.encoder_attn", mask)
            crossed = self._attend(y, x, f"{name}.encoder_attn", mask)
            y = self._add(y, crossed, f"{name}.encoder_attn", dropout)
            y = self._add(y, self._feed_forward(y, name), f"{name}.final", dropout)
        return y, kept

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return F.linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _add(self, x: Tensor, change: Tensor, name: str, dropout: float) -> Tensor:
        """The residual step: add, then normalise."""
        gain, bias = (self._weights[f"{name}_layer_norm.{part}"] for part in ("weight", "bias"))
        return F.layer_norm(x + self._drop(change, dropout), (self._shape.width,), gain, bias)

    def _feed_forward(self, x: Tensor, name: str) -> Tensor:
        return self._linear(self._activation(self._linear(x, f"{name}.fc1")), f"{name}.fc2")

    def _heads(self, x: Tensor, name: str, parts: str) -> list[Tensor]:
        """Projections of x, one a letter of `parts` (query, key, value), by one product: (row, head, place, size)."""
        rows, length, _ = x.shape
        weight, bias = (
            torch.cat([self._weights[f"{name}.{part}_proj.{kind}"] for part in parts])
            for kind in ("weight", "bias")
        )
        made = F.linear(x, weight, bias).view(rows, length, len(parts), self._shape.heads, -1)
        return list(made.permute(2, 0, 3, 1, 4).unbind())

    def _attend(self, x: Tensor, memory: Tensor, name: str, mask: Tensor | None) -> Tensor:
        """Multi-head attention of x to memory; without a mask to what came before only."""
        if memory is x:
            query, key, value = self._heads(x, name, "qkv")
        else:
            (query,), (key, value) = self._heads(x, name, "q"), self._heads(memory, name, "kv")
        mixed = F.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, is_causal=mask is None
        )
        return self._linear(mixed.transpose(1, 2).reshape(x.shape), f"{name}.out_proj")

    def _first_head(self, x: Tensor, memory: Tensor, name: str, mask: Tensor) -> Tensor:
        """The attention weights of head 0 (sentence, target, source), which the fused product doesn't give."""
        size = self._shape.width // self._shape.heads
        query, key = (
            F.linear(
                values,
                self._weights[f"{name}.{part}.weight"][:size],
                self._weights[f"{name}.{part}.bias"][:size],
            )
            for values, part in ((x, "q_proj"), (memory, "k_proj"))
        )
        scores = torch.matmul(query, key.transpose(1, 2)) * size**-0.5 + mask[:, 0]
        return torch.softmax(scores, -1, dtype=torch.float32)

    def _drop(self, x: Tensor, share: float) -> Tensor:
        if not share:
            return x
        if x.is_cuda or 2 * x.numel() > _POOL:
            return F.dropout(x, share)
        # Drawing a decision for every number would take much of a step on a processor: they are drawn
        # once, always the same ones, and each use begins somewhere else in them.
        if self._pool is None or self._pool[0] != share:
            drawn = torch.rand(_POOL, generator=torch.Generator().manual_seed(0)) >= share
            self._pool = (share, drawn.to(x.dtype) / (1 - share))
        start = int(torch.randint(_POOL - x.numel(), ()))
        return x * self._pool[1][start : start + x.numel()].view(x.shape)


def _guided(attention: Tensor, batch: Batch) -> Tensor:
    """-log of the attention that a linked target piece gives to the pieces it is linked with, in the mean."""
    row, target, source = batch.links.unbind(1)
    given = attention[row, target, source]
    groups = torch.zeros(batch.linked_pieces, dtype=given.dtype, device=given.device)
    return -groups.index_add(0, batch.link_group, given).clamp_min(1e-6).log().mean()


class _Softmax(torch.autograd.Function):
    """Softmax cross-entropy with label smoothing over `states @ embedding.T + bias`, a slice at a time.

    Gradients are made on the way forward, so logits live only as a slice. With p the softmax, y the label and
    s the smoothing over V pieces, the gradient of the logits is p - (1 - s)·[y] - s/V, summed over n tokens
    and divided by n. With consistency c the second half of the tokens is the first once more; with q the
    other's softmax, c/2·(p·(log p - log q - KL(p‖q)) + p - q) is added to it.
    """

    @staticmethod
    def forward(
        ctx: Any,
        states: Tensor,
        embedding: Tensor,
        bias: Tensor,
        labels: Tensor,
        smoothing: float,
        consistency: float,
    ) -> Tensor:
        """Mean -log p(label), unsmoothed; only the gradient is that of the whole loss."""
        count, vocabulary, wants = len(states), len(embedding), states.requires_grad
        pieces, offsets = _rounded_up(embedding, bias)
        to_states = torch.empty_like(states)
        to_pieces = torch.zeros_like(pieces, dtype=torch.float32)
        nll = torch.zeros((), device=states.device)
        size = max(1, _LOGITS_AT_ONCE[states.device.type] // vocabulary)
        slope_of = _slope_on_gpu() if states.is_cuda else _slope
        for places in _slices(count, size, twice=consistency > 0):
            part, gold = (torch.cat([of[place] for place in places]) for of in (states, labels))
            logits = torch.addmm(offsets, part, pieces.t())
            if not wants:
                nll += F.cross_entropy(logits.float(), gold, reduction="sum")
                continue
            loss, slope = slope_of(logits, gold, smoothing, consistency)
            nll += loss
            to_part = slope @ pieces
            for place, values in zip(places, to_part.chunk(len(places)), strict=True):
                to_states[place] = values
            to_pieces += slope.t() @ part
        to_embedding = to_pieces[:vocabulary]
        if smoothing:
            to_states -= smoothing * embedding.mean(0)
            to_embedding -= (smoothing / vocabulary) * states.sum(0, dtype=torch.float32)
        ctx.save_for_backward(to_states / count, (to_embedding / count).to(embedding.dtype))
        return nll / count

    @staticmethod
    def backward(ctx: Any, above: Tensor) -> tuple[Tensor, Tensor, None, None, None, None]:
        """The gradients of the way forward, scaled."""
        to_states, to_embedding = ctx.saved_tensors
        return to_states * above, to_embedding * above, None, None, None, None


def _rounded_up(embedding: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """The same with rows that are never likely, up to a multiple of 8: a GPU's fast products want it."""
    missing = -len(embedding) % _MULTIPLE
    return F.pad(embedding, (0, 0, 0, missing)), F.pad(bias, (0, missing), value=_UNLIKELY)


def _slices(count: int, size: int, *, twice: bool) -> Iterator[list[slice]]:
    """`size` tokens at a time; of tokens that are there twice both, as two slices."""
    half = count // 2 if twice else count
    step = max(1, size // 2) if twice else size
    for at in range(0, half, step):
        end = min(half, at + step)
        yield [slice(at, end), slice(half + at, half + end)] if twice else [slice(at, end)]


def _slope(
    logits: Tensor, labels: Tensor, smoothing: float, consistency: float
) -> tuple[Tensor, Tensor]:
    """The sum of -log p(label), and the gradient of the loss in the logits but for smoothing's -s/V."""
    log_p = logits.log_softmax(1, dtype=torch.float32)
    nll = -log_p.gather(1, labels[:, None]).sum()
    p = log_p.exp()
    slope = torch.add(p, _pull(log_p, p), alpha=consistency) if consistency else p
    right = slope.gather(1, labels[:, None]) - (1 - smoothing)
    slope = slope.to(logits.dtype)
    return nll, slope.scatter_(1, labels[:, None], right.to(slope.dtype))


@functools.cache
def _slope_on_gpu() -> Callable[[Tensor, Tensor, float, float], tuple[Tensor, Tensor]]:
    """`_slope` in a few kernels, made at the first call: step by step a GPU goes over the logits forty times."""
    return torch.compile(_slope)


def _pull(log_p: Tensor, p: Tensor) -> Tensor:
    """The gradient of ½(KL(p‖q) + KL(q‖p)) in the logits of both, where p and q are two halves of the rows."""
    one, other = log_p.chunk(2)
    p, q = p.chunk(2)
    apart = one - other
    of_p, of_q = ((half * apart).sum(1, keepdim=True) for half in (p, q))
    to_p = (apart - of_p).mul_(p).add_(p).sub_(q)
    to_q = (of_q - apart).mul_(q).add_(q).sub_(p)
    return torch.cat((to_p, to_q)).mul_(0.5)
