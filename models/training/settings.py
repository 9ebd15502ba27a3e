"""How a model is trained: one frozen record, kept as JSON beside what it made; and what a run reports."""

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Literal

from models.errors import CheckpointError
from models.training.annotate import Annotation

Precision = Literal["auto", "float32", "bfloat16"]
Device = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A budget in minutes, in steps or in both (whichever is spent first), and how it is used.

    The learning rate rises over `warmup` steps to `learning_rate` and falls in a straight line to zero over
    the last `decay` of the budget (1: right after the warmup; 0: never). `batch_tokens` counts padded source
    and target pieces. `guide` weighs guided alignment, where the corpus has links, `consistency` that two
    drawings of dropout should predict alike (R-Drop; every pair is then computed twice). `splitting` is the
    share of pieces written as two in half of the pairs. `processes` 0 means one for each processor core. `evaluate_minutes` is also how often the run is saved.
    """

    minutes: float | None = None
    steps: int | None = None
    learning_rate: float = 6e-4
    warmup: int = 400
    decay: float = 1.0
    batch_tokens: int = 6000
    dropout: float = 0.1
    smoothing: float = 0.1
    guide: float = 0.2
    consistency: float = 0.0
    splitting: float = 0.0
    annotation: Annotation = field(default_factory=Annotation)
    seed: int = 1
    device: Device = "auto"
    precision: Precision = "auto"
    processes: int = 0
    report_seconds: float = 30.0
    evaluate_minutes: float = 10.0

    def __post_init__(self) -> None:
        if not self.minutes and not self.steps:
            raise CheckpointError("training needs a budget: give minutes or steps, more than 0")
        for name in ("decay", "dropout", "smoothing", "splitting"):
            if not 0 <= getattr(self, name) <= 1:
                raise CheckpointError(f"{name} is {getattr(self, name)}; it should be 0 to 1")

    def spent(self, steps: float, minutes: float) -> float:
        """The part of the budget that is used up, 0 to 1."""
        of_steps = steps / self.steps if self.steps else 0.0
        of_minutes = minutes / self.minutes if self.minutes else 0.0
        return min(1.0, max(of_steps, of_minutes))

    def rate(self, step: int, spent: float) -> float:
        """The learning rate of step 1, 2, …"""
        falling = min(1.0, (1.0 - spent) / self.decay) if self.decay else 1.0
        return self.learning_rate * min(1.0, step / max(self.warmup, 1)) * falling

    def to_json(self) -> str:
        """One JSON object."""
        return json.dumps(dataclasses.asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """What `to_json` wrote."""
        held = json.loads(text)
        return cls(**{**held, "annotation": Annotation(**held["annotation"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run stands. Losses are natural logarithms a target piece, `loss` and `guide` since the last report.

    dev_loss: of the averaged weights, only where it was just measured.
    """

    step: int
    tokens: int  # target pieces seen
    minutes: float
    minutes_left: float
    tokens_per_second: float
    loss: float
    guide: float
    learning_rate: float
    dev_loss: float | None = None

    def line(self) -> str:
        """For people, one line."""
        parts = [
            f"step {self.step}",
            f"{self.tokens / 1e6:.2f} M tokens",
            f"{self.tokens_per_second:.0f} tokens/s",
            f"loss {self.loss:.3f}",
        ]
        if self.guide:
            parts.append(f"alignment {self.guide:.2f}")
        if self.dev_loss is not None:
            parts.append(f"dev loss {self.dev_loss:.3f}")
        return ", ".join([*parts, f"{_spoken(self.minutes_left)} left"])


def _spoken(minutes: float) -> str:
    if minutes < 1:
        return f"{minutes * 60:.0f} s"
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
