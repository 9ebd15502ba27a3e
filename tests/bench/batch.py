"""How many words a second does `dragoman batch` translate here, and what does the size of its parts cost?

    python -m tests.bench batch [--lines N] [--part N …] [--threads N …]

The lines of tests/data/eval/news-dev.ar, over and over, from one text file into another with the starter and the shipped
termbases. Words are those of the source. Words a CPU second say what a core gives where others don't use it too.
"""

import argparse
import itertools
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from translate.batch.formats import PART_RECORDS, Job
from translate.batch.local import by_threads
from translate.batch.run import run
from translate.batch.work import Done
from translate.pipeline import Translator

NEWS = Path(__file__).parent.parent / "data" / "eval" / "news-dev.ar"


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--part", type=int, nargs="*", default=[PART_RECORDS])
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    options = parser.parse_args(argv)
    print("| records | part | threads | words | s | words/s | CPU s | words/CPU s |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "news.txt"
        lines = itertools.cycle(NEWS.read_text(encoding="utf-8").splitlines())
        source.write_text("\n".join(itertools.islice(lines, options.lines)), encoding="utf-8")
        for threads, part in itertools.product(options.threads, options.part):
            _measure(source, part, threads)


def _measure(source: Path, part: int, threads: int) -> None:
    translator = Translator(model="starter", threads=threads)
    target = source.with_name(f"{part}-{threads}.txt")
    job = Job(source=source, target=target, format="text", part_records=part)
    seconds, cpu, records, words = -time.perf_counter(), -time.process_time(), 0, 0
    for event in run([job], {}, partial(by_threads, translator=translator, threads=threads)):
        if isinstance(event, Done):
            records, words = records + event.records, words + event.words
    seconds, cpu = seconds + time.perf_counter(), cpu + time.process_time()
    print(
        f"| {records} | {part} | {threads} | {words} | {seconds:.1f} | {words / seconds:.0f} "
        f"| {cpu:.1f} | {words / cpu:.0f} |",
        flush=True,
    )
