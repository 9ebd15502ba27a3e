"""A network's weights in one flat array, with Adam's two moments and the running average beside it.

One array, because then a step of the optimiser is one pass over memory, gradients have a place before they
are made, and processes that share the array share the model. The average of the weights over time (EMA) is
what is shipped: it is steadier than any one of them, and costs a pass every eighth step.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.errors import CheckpointError
from models.training.network import EMBEDDING, Shape

_AVERAGED_EVERY = 8
_AVERAGE = 0.9995  # a step's part of what remains of the average before it
_BETAS, _EPSILON = (0.9, 0.98), 1e-8
_LARGEST_GRADIENT = 1.0  # its norm


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each named weight lies in the flat array, and the range of the padding vector, which stays 0."""

    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    padding: tuple[int, int]

    @classmethod
    def of(cls, shapes: dict[str, tuple[int, ...]], pad: int) -> "Layout":
        """The weights in the order given."""
        at = 0
        for name, shape in shapes.items():
            if name == EMBEDDING:
                at += pad * shape[1]
                return cls(tuple(shapes), tuple(shapes.values()), (at, at + shape[1]))
            at += math.prod(shape)
        raise KeyError(EMBEDDING)

    @property
    def size(self) -> int:
        """Numbers in all."""
        return sum(math.prod(shape) for shape in self.shapes)

    def views(self, flat: Tensor) -> dict[str, Tensor]:
        """Each weight as a view of `flat`."""
        parts = flat.split([math.prod(shape) for shape in self.shapes])
        return {n: p.view(s) for n, s, p in zip(self.names, self.shapes, parts, strict=True)}


def taken_apart(model: Any, start: Path) -> tuple[Shape, Layout, Tensor]:
    """Of transformers' model from the folder `start` the weights that are trained, in one flat float32 array.

    The padding vector becomes 0: decoders begin with it. Raises CheckpointError for what the trainer can't train.
    """
    try:
        shape = Shape.of(model.config.to_dict())
    except CheckpointError as error:
        raise CheckpointError(str(error), path=str(start)) from error
    trained = {
        name: weight.detach()
        for name, weight in model.named_parameters()
        if "embed_positions" not in name
    }
    layout = Layout.of({name: tuple(w.shape) for name, w in trained.items()}, shape.pad)
    flat = torch.cat([weight.float().reshape(-1) for weight in trained.values()])
    flat[slice(*layout.padding)].zero_()
    return shape, layout, flat


@dataclass(frozen=True, slots=True)
class Memory:
    """What learning changes: flat arrays of one size in float32. `counts`: (2,) steps and tokens so far."""

    weights: Tensor
    average: Tensor
    first: Tensor
    second: Tensor
    counts: Tensor

    @classmethod
    def of(cls, weights: Tensor) -> "Memory":
        """At the start of training."""
        return cls(
            weights,
            weights.clone(),
            torch.zeros_like(weights),
            torch.zeros_like(weights),
            torch.zeros(2, dtype=torch.float64),
        )

    def tensors(self) -> dict[str, Tensor]:
        """By name, for saving."""
        return {name: getattr(self, name) for name in self.__slots__}

    def to(self, device: torch.device) -> "Memory":
        """The same on a device, but for the counts, which the host needs."""
        return Memory(
            *(t if name == "counts" else t.to(device) for name, t in self.tensors().items())
        )

    def share(self) -> "Memory":
        """The same, in memory that processes share."""
        for tensor in self.tensors().values():
            tensor.share_memory_()
        return self


class Learner:
    """Weights to compute with, in the precision chosen, and the step that improves them."""

    def __init__(self, layout: Layout, memory: Memory, compute: torch.dtype) -> None:
        self._layout, self._memory = layout, memory
        exact = compute == memory.weights.dtype
        self._working = memory.weights if exact else memory.weights.to(compute)
        self._gradient = torch.zeros_like(self._working)
        self.leaves = {
            n: v.detach().requires_grad_() for n, v in layout.views(self._working).items()
        }
        for leaf, place in zip(
            self.leaves.values(), layout.views(self._gradient).values(), strict=True
        ):
            leaf.grad = place  # autograd adds to it where it lies
        self._step = torch.zeros((), device=memory.weights.device)
        self._flat = torch.nn.Parameter(memory.weights, requires_grad=True)
        self._adam = torch.optim.AdamW(
            [self._flat], betas=_BETAS, eps=_EPSILON, weight_decay=0.0, fused=True
        )
        self._adam.state[self._flat] = {
            "step": self._step,
            "exp_avg": memory.first,
            "exp_avg_sq": memory.second,
        }

    def clip(self) -> None:
        """Keep the gathered gradient to a norm of 1."""
        start, end = self._layout.padding
        self._gradient[start:end].zero_()
        norm = torch.linalg.vector_norm(self._gradient, dtype=torch.float32)
        self._gradient.mul_(
            (_LARGEST_GRADIENT / norm.clamp_min(_LARGEST_GRADIENT)).to(self._gradient.dtype)
        )

    def step(self, rate: float, tokens: int) -> None:
        """Apply the gradient to the shared weights. Not for two processes at once."""
        memory = self._memory
        memory.counts.add_(torch.tensor((1, tokens)))
        step = int(memory.counts[0])
        self._step.fill_(step - 1)
        self._adam.param_groups[0]["lr"] = rate
        self._flat.grad = self._gradient.to(memory.weights.dtype)
        self._adam.step()
        if self._working is not memory.weights:
            self._working.copy_(memory.weights)
        if step % _AVERAGED_EVERY == 0 or step < _AVERAGED_EVERY:
            # Young averages forget faster: their beginning was worth little.
            kept = min(_AVERAGE**_AVERAGED_EVERY, 1 - 1 / (step / 40 + 1))
            memory.average.lerp_(memory.weights, 1 - kept)
        self._gradient.zero_()


def save_state(file: Any, memory: Memory, more: dict[str, Any]) -> None:
    """Everything a run needs to go on. Adam's moments are kept whole: a resumed run is the same run."""
    torch.save({"memory": memory.tensors(), **more}, file)


def load_state(path: Path) -> dict[str, Any]:
    """What `save_state` wrote, on the processor."""
    return dict(torch.load(path, map_location="cpu", weights_only=True))
