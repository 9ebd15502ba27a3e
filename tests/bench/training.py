"""How fast is training on this machine: the trainer against transformers' own, on the same batches.

    python -m tests.bench training [--steps 6] [--tokens 3000]

The starter, its own optimiser each time, dropout 0.1, label smoothing 0.1, float32, no guided alignment and no
terms on either side (Seq2SeqTrainer has none). Tokens are target pieces without padding; loading isn't counted,
nor is the first step. Needs accelerate.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from models.data import Options, Source, prepare
from models.registry import STARTER
from models.train import train
from models.training.annotate import Annotation
from models.training.batches import START, Batch, Batches, Symbols
from models.training.corpus import Corpus
from models.training.settings import Progress, Settings

EVAL = Path(__file__).parent.parent / "data/eval"


def rate_of_transformers(corpus: Corpus, symbols: Symbols, tokens: int, steps: int) -> float:
    """Tokens a second of Seq2SeqTrainer on the stream's batches, with its own threads."""
    import torch
    import transformers

    torch.set_num_threads(os.cpu_count() or 1)
    model: Any = transformers.MarianMTModel.from_pretrained(str(STARTER), dtype=torch.float32)
    stream = _batches(corpus, symbols, tokens)
    clock = _Clock()

    class Stream(torch.utils.data.IterableDataset):  # type: ignore[type-arg]
        def __iter__(self) -> Iterator[dict[str, Any]]:
            for batch in stream:
                clock.tick(batch.tokens)
                yield _inputs(batch, symbols)

    with tempfile.TemporaryDirectory() as folder:
        arguments = transformers.Seq2SeqTrainingArguments(
            output_dir=folder, max_steps=steps + 1, learning_rate=1e-4, label_smoothing_factor=0.1,
            max_grad_norm=1.0, report_to=[], save_strategy="no", use_cpu=True, disable_tqdm=True,
            logging_strategy="no", per_device_train_batch_size=1,
        )  # fmt: skip
        trainer = transformers.Seq2SeqTrainer(
            model=model, args=arguments, train_dataset=Stream(), data_collator=lambda rows: rows[0]
        )
        trainer.train()
    return clock.rate()


def rate_of_ours(corpus: Corpus, tokens: int, steps: int, processes: int) -> float:
    """Tokens a second of models.train."""
    settings = Settings(
        steps=steps * processes, learning_rate=1e-4, batch_tokens=tokens, guide=0.0, device="cpu",
        precision="float32", annotation=Annotation(share=0.0), processes=processes, report_seconds=0,
        evaluate_minutes=1000,
    )  # fmt: skip
    told: list[tuple[float, Progress]] = []
    with tempfile.TemporaryDirectory() as folder:
        train(
            STARTER, corpus, None, Path(folder), settings,
            lambda progress: told.append((time.perf_counter(), progress)),
        )  # fmt: skip
    (begin, first), (end, last) = told[0], told[-2]  # the last report comes after the saving
    return (last.tokens - first.tokens) / (end - begin)


class _Clock:
    """Tokens of the steps that have ended, and the time they took, without the first step."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._tokens: list[int] = []

    def tick(self, tokens: int) -> None:
        """A batch is asked for: the one before is done."""
        self._times.append(time.perf_counter())
        self._tokens.append(tokens)

    def rate(self) -> float:
        """Tokens a second from the second batch on."""
        return sum(self._tokens[1:-1]) / (self._times[-1] - self._times[1])


def _batches(corpus: Corpus, symbols: Symbols, tokens: int) -> Iterator[Batch]:
    batches = Batches(
        corpus, symbols, tokens=tokens, seed=1, annotation=Annotation(share=0.0), pieces=None
    )
    for _, batch in batches.stream(START):
        yield batch


def _inputs(batch: Batch, symbols: Symbols) -> dict[str, Any]:
    import torch

    labels = torch.full((batch.shifted.numel(),), -100)
    labels[batch.labelled] = batch.labels
    return {
        "input_ids": batch.source,
        "attention_mask": (batch.source != symbols.pad).long(),
        "decoder_input_ids": batch.shifted,
        "labels": labels.view(batch.shifted.shape),
    }


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="tests.bench training")
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--tokens", type=int, default=3000)
    options = parser.parse_args(arguments)
    symbols, cores = Symbols(0, 20_000), os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        corpus = _corpus(Path(folder))
        ours = {
            f"models.train, {n} process" + "es" * (n > 1): rate_of_ours(
                corpus, options.tokens, options.steps, n
            )
            for n in dict.fromkeys((1, cores))
        }
        theirs = rate_of_transformers(corpus, symbols, options.tokens, options.steps)
    print("| trainer | target pieces a second | ratio |\n|---|---|---|")
    print(f"| Seq2SeqTrainer, {cores} threads | {theirs:.0f} | 1.0 |")
    for name, rate in ours.items():
        print(f"| {name} | {rate:.0f} | {rate / theirs:.1f} |")


def _corpus(folder: Path) -> Corpus:
    """The pairs that lie in the repository; measuring speed learns nothing that would be kept."""
    path = folder / "pairs.tsv"
    pairs = [
        (source.strip(), target.strip())
        for name in sorted(EVAL.glob("*.ar"))
        for source, target in zip(
            name.read_text(encoding="utf-8").splitlines(),
            name.with_suffix(".en").read_text(encoding="utf-8").splitlines(),
            strict=True,
        )
    ]
    path.write_text("".join(f"{a}\t{e}\n" for a, e in pairs), encoding="utf-8")
    return prepare([Source(path=path)], STARTER, folder, options=Options(align=False)).corpus
