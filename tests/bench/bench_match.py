"""How the matcher scales: terms, seconds to compile, memory, megabytes of text a second.

    python -m tests.bench.bench_match [terms ...]

Text and terms come from this repository alone: words of the article and of the shipped termbases, drawn with a fixed
seed. Terms are names of one to four words, like the real ones; text is the article over and over with shipped names
and clitics put in, so that it has as many distinct words as news has.
"""

import gc
import random
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from glossary.match import Matcher
from glossary.termbase import Termbase, shipped_paths
from glossary.types import Term

ARTICLE = Path(__file__).parents[1] / "data" / "article" / "article.ar.txt"
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"


def names(count: int, seed: int = 1) -> Iterator[Term]:
    """`count` distinct names of one to four words, made of shipped names' words and invented ones."""
    draw = random.Random(seed)
    shipped = Termbase.load(shipped_paths()).terms
    words = sorted({w for t in shipped if t.kind in ("person", "place") for w in t.source.split()})
    words += ["".join(draw.choices(LETTERS, k=draw.randint(3, 8))) for _ in range(40_000)]
    seen = set()
    while len(seen) < count:
        source = " ".join(draw.choices(words, k=draw.choice((1, 2, 2, 2, 3, 3, 4))))
        if source not in seen:
            seen.add(source)
            yield Term(source=source, target=f"Name {len(seen)}", kind="person")


def news(megabytes: float, seed: int = 2) -> str:
    """Sentences of the article's words, one in eight of them a shipped name, some with a clitic."""
    draw = random.Random(seed)
    words = ARTICLE.read_text(encoding="utf-8").split()
    sources = [term.source for term in Termbase.load(shipped_paths()).terms]
    out, size = [], 0
    while size < megabytes * 1e6:
        word = draw.choice(sources) if draw.random() < 1 / 8 else draw.choice(words)
        if draw.random() < 1 / 8:
            word = draw.choice("وفبكل") + word
        if draw.random() < 1 / 40:
            word = "".join(draw.choices(LETTERS, k=draw.randint(3, 7)))
        out.append(word + (".\n" if draw.random() < 1 / 20 else " "))
        size += 2 * len(word) + 1
    return "".join(out)


def measure(terms: list[Term], text: str) -> tuple[float, float, float, float, int]:
    """Seconds to compile, MB resident, MB/s of text seen first, MB/s of it again, occurrences."""
    start = time.process_time()
    matcher = Matcher(terms)
    compiled = time.process_time() - start
    megabytes = len(text.encode()) / 1e6
    speeds, found = [], 0
    for _ in range(2):
        start = time.process_time()
        found = sum(len(matcher.match(line)) for line in text.split("\n"))
        speeds.append(megabytes / (time.process_time() - start))
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return compiled, resident, speeds[0], speeds[1], found


def main(counts: list[int]) -> None:
    text = news(2)
    print("| terms | compile s | peak RSS MB | MB/s, new text | MB/s, again | occurrences |")
    print("|---|---|---|---|---|---|")
    for count in counts:
        terms = list(names(count))
        compiled, resident, first, again, found = measure(terms, text)
        print(
            f"| {count:,} | {compiled:.2f} | {resident:.0f} | {first:.1f} | {again:.1f} | {found:,} |"
        )
        del terms
        gc.collect()


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or [10, 1_000, 10_000, 100_000, 1_000_000])
