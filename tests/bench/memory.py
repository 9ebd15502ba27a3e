"""How fast, how complete and how large is a translation memory of a million units?

    python -m tests.bench memory [--units N] [--from TSV.xz …] [--queries N] [--brute N] [--design NAME] [--keep DB] [--seed N]

A TMX file of N units is written and imported, then sources are looked up: stored ones, stored ones changed in
up to a quarter of their words or letters, and new ones. Recall is that of the candidates against a comparison
with every stored source, for matches of 75 % and more. Texts: `--from` (Arabic, tab, English), else tests/data/eval
with invented words mixed in; to reach N, beginnings and ends of sentences are joined anew. Designs of the index:
`words` (with trigrams for short sources, the one that is shipped), `words-only`, `grams` (four letters).
"""

import argparse
import lzma
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from glossary.arabic import fold_text
from translate.formats.tmx import read_tmx, write_tmx
from translate.memory import retrieval
from translate.memory.store import Memory
from translate.memory.types import MemoryUnit

EVAL = Path(__file__).parent.parent / "data" / "eval"
AT_LEAST = 0.75
_INVENTED = 200_000


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--from", dest="files", nargs="*", type=Path, default=[])
    parser.add_argument("--queries", type=int, default=600)
    parser.add_argument("--brute", type=int, default=150)
    parser.add_argument("--design", choices=("words", "words-only", "grams"), default="words")
    parser.add_argument("--keep", type=Path, help="the database; used as it is if it is there")
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args(argv)
    _choose(options.design)
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "memory.db"
        if not path.exists():
            tmx = Path(folder) / "memory.tmx"
            with tmx.open("wb") as file:
                write_tmx(_units(options.files, options.units, chance), file, version="bench")
            _import(tmx, path)
        with Memory(path) as memory:
            stored = _stored(memory, options.queries, chance)
            new = [unit.source for unit in _units(options.files, options.queries // 3, chance)]
            _time(memory, stored, new, chance)
            changed = [_changed(text, stored, chance) for text in stored[: options.brute]]
            _recall(memory, changed)


def _choose(design: str) -> None:
    """The index by another design."""
    shipped = retrieval.features

    def grams(folded: str, short: int = 0) -> set[str]:
        text = "_" + "_".join(w for w in retrieval._GAP.split(folded) if w) + "_"
        return {text[at : at + 4] for at in range(max(len(text) - 3, 1))}

    if design == "words-only":
        retrieval.features = lambda folded, short=0: shipped(folded, 0)
    elif design == "grams":
        retrieval.features = grams


def _import(tmx: Path, path: Path) -> None:
    def peak() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    before, wall, cpu = peak(), time.perf_counter(), time.process_time()
    with Memory(path) as memory:
        for _ in read_tmx(tmx):
            pass
        read = time.process_time() - cpu
        memory.import_units(read_tmx(tmx))
        seconds, busy = time.perf_counter() - wall, time.process_time() - cpu
        print(
            "| units | TMX MB | import s | of it CPU | reading only | RSS before | peak MB | database MB |"
        )
        print("|---|---|---|---|---|---|---|---|")
        print(
            f"| {len(memory):,} | {tmx.stat().st_size >> 20} | {seconds:.0f} | {busy:.0f} | {read:.0f} "
            f"| {before} | {peak()} | {path.stat().st_size >> 20} |\n",
            flush=True,
        )


def _time(memory: Memory, stored: Sequence[str], new: Sequence[str], chance: random.Random) -> None:
    third = len(stored) // 3
    kinds = {
        "stored": stored[:third],
        "changed": [_changed(text, stored, chance) for text in stored[third : 2 * third]],
        "new": new,
    }
    for text in stored[-50:]:
        memory.lookup(text)
    print("| looked up | segments | p50 ms | p95 ms | max ms | p95 CPU ms | with a match |")
    print("|---|---|---|---|---|---|---|")
    for name, texts in kinds.items():
        wall, cpu, matched = [], [], 0
        for text in texts:
            start, busy = time.perf_counter(), time.thread_time()
            matched += bool(memory.lookup(text))
            wall.append(1000 * (time.perf_counter() - start))
            cpu.append(1000 * (time.thread_time() - busy))
        p50, p95, most = np.percentile(wall, [50, 95, 100])
        print(
            f"| {name} | {len(texts)} | {p50:.1f} | {p95:.1f} | {most:.1f} "
            f"| {np.percentile(cpu, 95):.1f} | {matched} |",
            flush=True,
        )


def _recall(memory: Memory, sought: Sequence[str]) -> None:
    """Against all sources."""
    folded = [fold_text(text) for text in sought]
    truth: list[set[int]] = [set() for _ in sought]
    rows = memory._connection.execute("SELECT id, text FROM source")
    while batch := rows.fetchmany(20_000):
        texts = [fold_text(text) for _, text in batch]
        scores = process.cdist(
            folded, texts, scorer=Levenshtein.normalized_similarity, score_cutoff=AT_LEAST
        )
        for query, column in zip(*np.nonzero(scores >= AT_LEAST), strict=True):
            truth[query].add(batch[column][0])
    found = [truth[n] & memory._index.candidates(text) for n, text in enumerate(folded)]
    there, got = sum(map(len, truth)), sum(map(len, found))
    best = sum(bool(t) for t in truth), sum(bool(f) for f in found)
    print(
        f"\nRecall at {AT_LEAST:.0%} and more: {got} of {there} matches ({got / max(there, 1):.4f}), "
        f"{best[1]} of {best[0]} segments that have one, {len(sought)} looked up"
    )
    for text, all_, some in zip(sought, truth, found, strict=True):
        for number in sorted(all_ - some)[:1]:
            print("  missed:", text, "|", memory._connection.execute(
                "SELECT text FROM source WHERE id = ?", (number,)).fetchone()[0],
                file=sys.stderr)  # fmt: skip


def _stored(memory: Memory, count: int, chance: random.Random) -> list[str]:
    (last,) = memory._connection.execute("SELECT max(id) FROM source").fetchone()
    texts = []
    while len(texts) < count:
        row = memory._connection.execute(
            "SELECT text FROM source WHERE id = ?", (chance.randint(1, last),)
        ).fetchone()
        texts += row or ()
    return texts


def _changed(text: str, others: Sequence[str], chance: random.Random) -> str:
    """Up to a quarter of the words are others, gone or new; in one of three, letters as well."""
    share = chance.choice((0.05, 0.1, 0.15, 0.2, 0.25))
    letters = chance.random() < 0.33
    out = []
    for word in text.split(" "):
        if chance.random() >= share:
            out.append(word)
            continue
        other = chance.choice(chance.choice(others).split(" "))
        at = chance.randrange(len(word) + 1)
        spelt = (word[:at] + word[at + 1 :], "و" + word, word[:at] + "ن" + word[at:])
        out += chance.choice(([other], [], [word, other], [chance.choice(spelt)][: 1 + letters]))
    return " ".join(out) or text


def _units(files: Sequence[Path], count: int, chance: random.Random) -> Iterator[MemoryUnit]:
    texts = _texts(files)
    invented = [] if files else _invented(texts, chance)
    for number in range(count):
        if files and count > len(texts) > number:
            text = texts[number]
        else:
            one, other = (chance.choice(texts).split(" ") for _ in "ab")
            cut = chance.randint(len(one) // 4, len(one))
            words = one[:cut] + other[chance.randint(0, len(other) * 3 // 4) :]
            text = " ".join(_one_of(invented, w, chance) for w in words)
        yield MemoryUnit(source=text, target=f"Translation {number} of that sentence.")


def _texts(files: Sequence[Path]) -> list[str]:
    if not files:
        paths = sorted(EVAL.glob("*.ar"))
        return [t for p in paths for t in p.read_text(encoding="utf-8").splitlines() if t]
    texts: dict[str, None] = {}
    for path in files:
        data = path.read_bytes()
        lines = (lzma.decompress(data) if path.suffix == ".xz" else data).decode().split("\n")
        texts |= dict.fromkeys(t for line in lines if (t := line.split("\t")[0].strip()))
    return list(texts)


def _invented(texts: Sequence[str], chance: random.Random) -> list[str]:
    """As rare words are in a large corpus: halves of words, joined anew."""
    words = sorted({w for t in texts for w in t.split() if len(w) > 3})
    return [
        a[: len(a) // 2] + b[len(b) // 2 :]
        for a, b in (chance.choices(words, k=2) for _ in range(_INVENTED))
    ]


def _one_of(invented: Sequence[str], word: str, chance: random.Random) -> str:
    if not invented or chance.random() > 0.3:
        return word
    return invented[min(int(chance.paretovariate(0.6)), len(invented)) - 1]
