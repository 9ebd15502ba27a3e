"""Kill a batch again and again until it is done: `python -m tests.translate.batch.killing FOLDER SEED…`.

Each run is a fork that kills itself: after a random time, or beside a random operation on the disk. Prints how
many were killed, a number a seed; fails if what they made together differs from what an uninterrupted run makes.
"""

import itertools
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from glossary.termbase import Termbase
from models.registry import resolve
from models.tokenizer import Tokenizer
from tests.translate.batch.conftest import SETTINGS, job
from tests.translate.conftest import assembled
from translate.batch.local import by_threads
from translate.batch.run import run
from translate.engines.fake import FakeEngine
from translate.pipeline import Translator

PIPELINE = Path(__file__).parents[2] / "data" / "pipeline"
NAMES = ("a.jsonl.gz", "b.parquet", "c.txt", "d.txt.zst")


def main(folder: Path, seeds: list[int]) -> None:
    translator = _translator()
    _write(folder / "in")
    started = time.perf_counter()
    _batch(folder / "in", folder / "whole", translator)
    seconds = time.perf_counter() - started
    for seed in seeds:
        out = folder / f"out{seed}"
        print(_killed(folder / "in", out, translator, random.Random(seed), seconds))
        if _files(out) != _files(folder / "whole"):
            sys.exit(
                f"seed {seed}: {sorted(_files(out))} differ from {sorted(_files(folder / 'whole'))}"
            )


def _batch(source: Path, out: Path, translator: Translator) -> None:
    jobs = [job(source / name, out / name, part_records=2) for name in NAMES]
    for _ in run(jobs, SETTINGS, partial(by_threads, translator=translator, threads=2)):
        pass


def _killed(
    source: Path, out: Path, translator: Translator, chance: random.Random, seconds: float
) -> int:
    """How many runs were killed before one came to its end."""
    for kills in range(1000):
        after, operations = chance.uniform(0, 1.5 * seconds), chance.randrange(30)
        child = os.fork()
        if child == 0:
            _die_soon(after, operations)
            _batch(source, out, translator)
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            return kills
    sys.exit("it never came to its end")


def _die_soon(after: float, operations: int) -> None:
    """After that time, or before or after an operation; a whole run has more than thirty."""
    timer = threading.Timer(after, _die)
    timer.daemon = True
    timer.start()
    moments = itertools.count()

    def moment() -> None:
        if next(moments) >= operations:
            _die()

    def risky(call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **options: Any) -> Any:
            moment()
            found = call(*arguments, **options)
            moment()
            return found

        return called

    for name in ("fsync", "replace", "unlink", "rmdir", "mkdir"):
        setattr(os, name, risky(getattr(os, name)))


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


def _write(folder: Path) -> None:
    folder.mkdir()
    lines = (PIPELINE / "text.ar.txt").read_text(encoding="utf-8").split("\n") * 3
    records = [json.dumps({"n": n, "text": line}) for n, line in enumerate(lines)]
    records.insert(7, '{"text": 7}')
    with pa.CompressedOutputStream(str(folder / "a.jsonl.gz"), "gzip") as file:
        file.write("\n".join(records).encode())
    pq.write_table(pa.table({"text": [*lines, None]}), folder / "b.parquet")
    (folder / "c.txt").write_bytes("\n".join(lines).encode() + b"\n\xff")
    with pa.CompressedOutputStream(str(folder / "d.txt.zst"), "zstd") as file:
        file.write("\n".join(lines).encode())


def _translator() -> Translator:
    checkpoint = resolve("starter")
    words = json.loads((PIPELINE / "words.json").read_text(encoding="utf-8"))
    terms = Termbase.load([PIPELINE / "terms.po"])
    return assembled(FakeEngine(words), checkpoint, Tokenizer(checkpoint.path), terms)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(seed) for seed in sys.argv[2:]])
