"""Train a Marian model: on one GPU, or on all cores of a processor, from the same code.

    checkpoint = train(start, corpus, dev, out, settings)

OUT then holds `model/` (a checkpoint with the averaged weights: transformers and CTranslate2 load it),
`state.pt` (everything needed to go on), `settings.json`, `log.jsonl` and `curve.svg`. The same call again
goes on where the last one was stopped, by a kill, too.

On a processor there is one process for each core, of one thread each, and all share one set of weights
(asynchronous updates; Recht et al. 2011): each computes on its own batch and applies its own gradient in
turn. That is much faster than one process with several threads, which wait for each other within every
operation. On a GPU one process computes and others make its batches.

Everything drawn at random is drawn from the seed and the number of the batch. So with one process a run that
was stopped and resumed ends in the very weights of one that wasn't.
"""

import argparse
import dataclasses
import json
import logging
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from glossary.files import write_atomic, writing
from models.errors import CheckpointError
from models.load import load
from models.training import curve, pack
from models.training.annotate import Pieces
from models.training.batches import START, Position, Symbols, in_order
from models.training.corpus import Corpus
from models.training.deepen import deepen
from models.training.learner import Layout, Memory, load_state, save_state, taken_apart
from models.training.learning import Board, Job, Step, learn, work_along
from models.training.machine import device_for, precision_for, prepare_gpu, prepare_processor
from models.training.network import Network, constants
from models.training.settings import Progress, Settings
from models.training.splits import Splits

Report = Callable[[Progress], None]
_BESIDE = (  # of a checkpoint's files, those that training leaves as they are
    "source.spm", "target.spm", "vocab.json", "tokenizer_config.json", "special_tokens_map.json",
)  # fmt: skip
_log = logging.getLogger(__name__)


def train(
    start: Path,
    corpus: Corpus,
    dev: Corpus | None,
    out: Path,
    settings: Settings,
    report: Report | None = None,
    *,
    describe: Callable[[Progress], str] | None = None,
) -> Path:
    """Train the checkpoint in `start` on `corpus` and give the folder of the new one, `out`/model.

    `report` is called every `settings.report_seconds`, with a dev loss every `settings.evaluate_minutes`.
    `describe` writes the new checkpoint's card (README.md). A run in `out` is gone on with; the budget
    counts what it has spent already. Raises CheckpointError where the run in `out` was another one.
    """
    run = _open(start, corpus, dev, out, settings)
    run.describe = describe
    with _stoppable(run.board):
        _run(run, report or (lambda progress: None))
    return out / "model"


@dataclass(slots=True, kw_only=True)
class _Run:
    """A run as the main process holds it."""

    out: Path
    start: Path
    job: Job
    board: Board
    processes: int
    model: Any  # transformers' model, which knows how a checkpoint is written
    dev: Corpus | None
    data: str  # digest of the corpus
    describe: Callable[[Progress], str] | None = None


def _run(run: _Run, report: Report) -> None:
    job, board = run.job, run.board
    context = multiprocessing.get_context("spawn")
    others = [
        context.Process(target=work_along, args=(job, board), daemon=True)
        for _ in range(run.processes - 1)
    ]
    for other in others:
        other.start()
    try:
        _lead(run, report, alone=not others)
    finally:
        board.stop.fill_(1)
        for other in others:
            other.join()


def _lead(run: _Run, report: Report, *, alone: bool) -> None:
    """Learn, and from time to time report, evaluate and save."""
    job, settings = run.job, run.job.settings
    meter = _Meter(job)
    reported = evaluated = time.monotonic()
    for step in learn(job, run.board, alone=alone):
        meter.add(step)
        now = time.monotonic()
        if job.spent() >= 1 or now - reported < settings.report_seconds:
            continue
        due = now - evaluated >= settings.evaluate_minutes * 60
        _tell(run, meter.progress(_evaluate(run) if due else None), report)
        if due:
            _save(run, meter.latest)
            evaluated = time.monotonic()
        reported = time.monotonic()
    run.board.stop.fill_(max(1, int(run.board.stop)))
    _tell(run, meter.progress(_evaluate(run)), report)
    _save(run, meter.latest)


class _Meter:
    """Means since the last report, without waiting for a GPU in between."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._started, self._tokens = time.monotonic(), int(job.memory.counts[1])
        self._nll = self._guide = torch.zeros((), device=job.device)
        self._steps, self._rate = 0, 0.0
        self.latest: Progress | None = None

    def add(self, step: Step) -> None:
        self._nll, self._guide = self._nll + step.nll, self._guide + step.guide
        self._steps += 1
        self._rate = step.rate

    def progress(self, dev_loss: float | None) -> Progress:
        """Where the run stands; begins anew. Raises CheckpointError where the loss is no number."""
        now, job = time.monotonic(), self._job
        steps, tokens = (int(count) for count in job.memory.counts.tolist())
        minutes, spent = job.minutes(), job.spent()
        loss = float(self._nll) / max(self._steps, 1)
        if loss != loss:
            raise CheckpointError(
                "the loss is no number any more; what was saved before stands: lower the learning "
                "rate or lengthen the warmup, in a new folder"
            )
        self.latest = Progress(
            step=steps,
            tokens=tokens,
            minutes=round(minutes, 3),
            minutes_left=round(minutes * (1 - spent) / spent, 3) if spent else 0.0,
            tokens_per_second=round((tokens - self._tokens) / max(now - self._started, 1e-9), 1),
            loss=round(loss, 4),
            guide=round(float(self._guide) / max(self._steps, 1), 4),
            learning_rate=self._rate,
            dev_loss=dev_loss,
        )
        self._started, self._tokens, self._steps = now, tokens, 0
        self._nll = self._guide = torch.zeros((), device=job.device)
        return self.latest


@torch.no_grad()
def _evaluate(run: _Run) -> float | None:
    """Mean -log p of a dev piece under the averaged weights, without terms."""
    if run.dev is None:
        return None
    job = run.job
    with run.board.lock:
        average = job.memory.average.to(job.compute, copy=True)
    network = Network(job.shape, job.layout.views(average), job.constants)
    nll, tokens = 0.0, 0
    for batch in in_order(run.dev, job.symbols, tokens=job.settings.batch_tokens):
        nll += float(network.loss(batch.to(job.device)).nll) * batch.tokens
        tokens += batch.tokens
    return round(nll / tokens, 4)


# --- files ------------------------------------------------------------------------------------------------


def _open(start: Path, corpus: Corpus, dev: Corpus | None, out: Path, settings: Settings) -> _Run:
    """Read the start or the run that is there."""
    if not len(corpus):
        raise CheckpointError("there is not one pair to train on; look at what the filters dropped")
    out.mkdir(parents=True, exist_ok=True)
    for left in out.rglob(".dragoman-*.tmp"):  # what a killed run was writing
        left.unlink()
    held = load_state(out / "state.pt") if (out / "state.pt").is_file() else None
    device = device_for(settings)
    prepare_processor() if device.type == "cpu" else prepare_gpu()
    model = load(start)
    shape, layout, weights = taken_apart(model, start)
    ids = json.loads((start / "vocab.json").read_text(encoding="utf-8"))
    vocabulary = sorted(ids, key=ids.__getitem__)
    data = corpus.digest()
    memory, last, minutes, precision = (
        Memory.of(weights),
        START,
        0.0,
        precision_for(settings, device),
    )
    if held is not None:
        _check_same(held, settings, layout, out)
        memory = Memory(**held["memory"])
        minutes, precision = held["minutes"], held["precision"]
        # Other data: begin its pools where no batch of the old ones is met again.
        last = Position(*held["last"]) if held["data"] == data else Position(held["last"][0] + 1, 0)
        _cut_log(out, int(memory.counts[0]))
        _log.info("going on after step %d", int(memory.counts[0]))
    write_atomic(out / "settings.json", settings.to_json())
    on_gpu = device.type == "cuda"
    memory = memory.to(device) if on_gpu else memory.share()
    compute = torch.bfloat16 if precision == "bfloat16" else torch.float32
    processes = 1 if on_gpu else settings.processes or os.cpu_count() or 1
    _log.info(
        "training on %s in %s, %d pairs, %.1f M weights, %s",
        torch.cuda.get_device_name() if on_gpu else "the processor", precision,
        len(corpus), layout.size / 1e6, f"{processes} process" + "es" * (processes > 1),
    )  # fmt: skip
    return _Run(
        out=out,
        start=start,
        job=Job(
            settings=settings,
            shape=shape,
            layout=layout,
            memory=memory,
            constants={n: t.to(device, compute) for n, t in constants(model).items()},
            corpus=corpus,
            symbols=Symbols(int(model.config.eos_token_id), shape.pad),
            pieces=Pieces.of(vocabulary),
            splits=Splits.of(vocabulary, settings.splitting) if settings.splitting else None,
            device=device,
            compute=compute,
            minutes_before=minutes,
            began=time.time(),
        ),
        board=Board(
            multiprocessing.get_context("spawn").Lock(),
            torch.tensor(last).share_memory_(),
            torch.zeros((), dtype=torch.int64).share_memory_(),
        ),
        processes=processes,
        model=model.half(),
        dev=dev,
        data=data,
    )


def _check_same(held: dict[str, Any], settings: Settings, layout: Layout, out: Path) -> None:
    """A run goes on as it began; only its budget, its reports and its processes may change."""
    before = Settings.from_json(held["settings"])
    free = {
        "minutes", "steps", "processes", "precision", "device", "report_seconds", "evaluate_minutes",
    }  # fmt: skip
    changed = [
        f"{field.name} {getattr(before, field.name)!r}, now {getattr(settings, field.name)!r}"
        for field in dataclasses.fields(Settings)
        if field.name not in free and getattr(before, field.name) != getattr(settings, field.name)
    ]
    if held["names"] != list(layout.names) or len(held["memory"]["weights"]) != layout.size:
        changed.append("a model of another shape")
    if changed:
        raise CheckpointError(
            f"holds a run that began otherwise ({'; '.join(changed)}); take the same settings to go "
            "on, or another folder to begin anew",
            path=str(out),
        )


def _tell(run: _Run, progress: Progress, report: Report) -> None:
    with (run.out / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(dataclasses.asdict(progress)) + "\n")
    report(progress)


def _cut_log(out: Path, step: int) -> None:
    """Forget what was logged after the last saving: it is done again."""
    path = out / "log.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    whole = [line for line in lines if line.endswith("}")]  # a kill may have cut the last
    kept = [line for line in whole if json.loads(line)["step"] <= step]
    write_atomic(path, "".join(line + "\n" for line in kept))


def _save(run: _Run, progress: Progress | None) -> None:
    """The state, then the checkpoint, then the picture; each whole or as it was."""
    job = run.job
    with run.board.lock:
        held = Memory(**{name: t.to("cpu", copy=True) for name, t in job.memory.tensors().items()})
        last = run.board.last.tolist()
    more = {
        "last": last,
        "minutes": job.minutes(),
        "settings": job.settings.to_json(),
        "precision": "bfloat16" if job.compute == torch.bfloat16 else "float32",
        "names": list(job.layout.names),
        "data": run.data,
    }
    with writing(run.out / "state.pt") as file:
        save_state(file, held, more)
    card = run.describe(progress) if run.describe and progress else ""
    _write_checkpoint(run, held.average, card)
    curve.draw(run.out / "log.jsonl", run.out / "curve.svg")


def _write_checkpoint(run: _Run, average: Tensor, card: str) -> None:
    """A Hugging Face Marian folder. Written beside its place; the weights come last."""
    with torch.no_grad():
        for name, view in run.job.layout.views(average).items():
            run.model.get_parameter(name).copy_(view)
    part, folder = run.out / "model.part", run.out / "model"
    shutil.rmtree(part, ignore_errors=True)
    run.model.save_pretrained(str(part))
    for name in _BESIDE:
        if (run.start / name).is_file():
            shutil.copyfile(run.start / name, part / name)
    if card:
        (part / "README.md").write_text(card, encoding="utf-8")
    folder.mkdir(exist_ok=True)
    readable = part.stat().st_mode & 0o666  # safetensors writes for the owner alone
    for file in sorted(part.iterdir(), key=lambda f: f.suffix == ".safetensors"):
        file.chmod(readable)
        file.replace(folder / file.name)
    part.rmdir()


@contextmanager
def _stoppable(board: Board) -> Iterator[None]:
    """Ctrl-C and SIGTERM let the step end and the run be saved, then stop it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: object) -> None:
        board.stop.fill_(number + 1)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if int(board.stop) > 1:
        raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> int:
    """`python -m models.train FOLDER OUT`: train what `dragoman models train --pack FOLDER` has packed."""
    parser = argparse.ArgumentParser(prog="models.train", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    for name in ("minutes", "steps", "report_seconds", "evaluate_minutes"):
        kind = int if name == "steps" else float
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=kind, help="instead of the packed one"
        )
    for name in ("encoder_layers", "decoder_layers"):
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=int, help="more than the packed one's"
        )
    options = vars(parser.parse_args(arguments))
    folder, out = options.pop("folder"), options.pop("out")
    layers = {name: options.pop(name) for name in ("encoder_layers", "decoder_layers")}
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        with tempfile.TemporaryDirectory(prefix="dragoman-") as name:
            job = pack.unpack(folder, Path(name) / "packed")
            start = job.start
            if any(layers.values()):
                start = deepen(start, Path(name) / "start", **layers)
            given = {key: value for key, value in options.items() if value is not None}
            settings = dataclasses.replace(job.settings, **given)
            train(start, job.corpus, job.dev, out, settings, lambda p: print(p.line(), flush=True))
    except CheckpointError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
