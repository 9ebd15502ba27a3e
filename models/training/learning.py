"""The updates of a run: each process takes the next batch, computes, and applies its gradient in turn."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from models.training.annotate import Pieces
from models.training.batches import Batch, Batches, Position, Symbols
from models.training.corpus import Corpus
from models.training.learner import Layout, Learner, Memory
from models.training.machine import prepare_processor
from models.training.network import Network, Shape
from models.training.settings import Settings
from models.training.splits import Splits

_PREFETCHED = 8  # batches ready for the GPU, by each process that makes them
_MAKERS = 14  # processes that make batches for a GPU, at most


class Board(NamedTuple):
    """What the processes of a run tell each other."""

    lock: Any
    last: Tensor  # (2,) int64: position of the last batch handed out
    stop: Tensor  # () int64: not 0 where all should end


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """All that a process needs in order to learn along."""

    settings: Settings
    shape: Shape
    layout: Layout
    memory: Memory
    constants: dict[str, Tensor]
    corpus: Corpus
    symbols: Symbols
    pieces: Pieces | None
    splits: Splits | None
    device: torch.device
    compute: torch.dtype
    minutes_before: float
    began: float  # time.time()

    def minutes(self) -> float:
        """Spent on the run so far, earlier sittings counted."""
        return self.minutes_before + (time.time() - self.began) / 60

    def spent(self) -> float:
        """The part of the budget used up."""
        return self.settings.spent(float(self.memory.counts[0]), self.minutes())

    def batches(self) -> Batches:
        """The stream that all processes of the run take their batches from."""
        return Batches(
            self.corpus,
            self.symbols,
            tokens=self.settings.batch_tokens,
            seed=self.settings.seed,
            annotation=self.settings.annotation,
            pieces=self.pieces,
            splits=self.splits,
        )

    def guide(self) -> float:
        """The weight of guided alignment: none where the corpus has no links."""
        return self.settings.guide if len(self.corpus.links) else 0.0


class Step(NamedTuple):
    """What one update was like; losses still on the device."""

    nll: Tensor
    guide: Tensor
    rate: float


def learn(job: Job, board: Board, *, alone: bool) -> Iterator[Step]:
    """Update after update until the budget is spent or the board says stop."""
    learner = Learner(job.layout, job.memory, job.compute)
    network = Network(job.shape, learner.leaves, job.constants)
    settings, guide = job.settings, job.guide()
    if job.spent() >= 1:
        return
    batches = _handed_out(job, board) if job.device.type == "cpu" else _loaded(job, board)
    for position, batch in batches:
        torch.manual_seed(_seed(settings.seed, position))
        loss = network.loss(
            batch.to(job.device),
            smoothing=settings.smoothing,
            guide=guide,
            dropout=settings.dropout,
            consistency=settings.consistency,
        )
        loss.total.backward()
        learner.clip()
        with board.lock:
            if board.stop and not alone:
                return
            rate = settings.rate(int(job.memory.counts[0]) + 1, job.spent())
            learner.step(rate, batch.tokens)
        yield Step(loss.nll, loss.guide, rate)
        if board.stop or job.spent() >= 1:
            return


def _handed_out(job: Job, board: Board) -> Iterator[tuple[Position, Batch]]:
    """The next batch that no process has taken yet."""
    batches = job.batches()
    while True:
        with board.lock:
            position = batches.follow(Position(*board.last.tolist()))
            board.last.copy_(torch.tensor(position))
        yield position, batches.batch(position)


class _Stream(torch.utils.data.IterableDataset[tuple[Position, Batch]]):
    def __init__(self, job: Job, after: Position) -> None:
        self._batches, self._after = job.batches(), after

    def __iter__(self) -> Iterator[tuple[Position, Batch]]:
        worker = torch.utils.data.get_worker_info()
        assert worker is not None
        return self._batches.stream(self._after, worker=worker.id, workers=worker.num_workers)


def _loaded(job: Job, board: Board) -> Iterator[tuple[Position, Batch]]:
    """The same batches in the same order, made by other processes ahead of time."""
    workers = max(1, min(_MAKERS, (os.cpu_count() or 2) - 1))
    loader = torch.utils.data.DataLoader(
        _Stream(job, Position(*board.last.tolist())),
        batch_size=None,
        num_workers=workers,
        pin_memory=True,
        prefetch_factor=_PREFETCHED,
    )
    for position, batch in loader:
        board.last.copy_(torch.tensor(tuple(position)))
        yield Position(*position), batch


def _seed(seed: int, position: Position) -> int:
    return int(np.random.SeedSequence([seed, *position]).generate_state(1, np.uint64)[0] >> 1)


def work_along(job: Job, board: Board) -> None:
    """One more process of a run on the processor."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process says when to stop
    prepare_processor()
    parent = multiprocessing.parent_process()
    for _ in learn(job, board, alone=False):
        if parent is not None and not parent.is_alive():
            return
