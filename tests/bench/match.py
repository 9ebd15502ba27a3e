"""How the matcher scales: terms, seconds to compile, memory, megabytes of text a second.

    python -m tests.bench match [terms ...]

Text and terms come from this repository alone: words of the article and of the shipped termbases, drawn with a fixed
seed. The terms are the shipped ones and, above them, names of two to four words, so that every row has the same work to
do for the same text; the made text has the article's words, shipped terms and filler, many with clitics. A new
text is one whose words the matcher meets for the first time; the longer a text, the fewer of its words are new.
"""

import gc
import random
import resource
import sys
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from glossary.match import Matcher
from glossary.termbase import Termbase, shipped_paths
from glossary.types import Term

DATA = Path(__file__).parents[1] / "data"
ARTICLE, EVAL = DATA / "article" / "article.ar.txt", DATA / "eval"
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"


def names(count: int, seed: int = 1) -> Iterator[Term]:
    """`count` distinct names of two to four words, made of shipped names' words and invented ones."""
    draw = random.Random(seed)
    shipped = Termbase.load(shipped_paths()).terms
    words = sorted({w for t in shipped if t.kind in ("person", "place") for w in t.source.split()})
    words += ["".join(draw.choices(LETTERS, k=draw.randint(3, 8))) for _ in range(40_000)]
    seen = set()
    while len(seen) < count:
        source = " ".join(draw.choices(words, k=draw.choice((2, 2, 2, 3, 3, 4))))
        if source not in seen:
            seen.add(source)
            yield Term(source=source, target=f"Name {len(seen)}", kind="person")


def news(megabytes: float, seed: int = 2) -> str:
    """Text with about as many terms and distinct words as news: article, shipped terms, filler by Zipf's law."""
    draw = random.Random(seed)
    article = ARTICLE.read_text(encoding="utf-8").split()
    sources = [term.source for term in Termbase.load(shipped_paths()).terms]
    filler = ["".join(draw.choices(LETTERS, k=draw.randint(2, 7))) for _ in range(30_000)]
    weights = list(accumulate(1 / rank for rank in range(1, len(filler) + 1)))
    out, size = [], 0
    while size < megabytes * 1e6:
        kind = draw.random()
        if kind < 1 / 40:
            word = draw.choice(sources)
        elif kind < 1 / 4:
            word = draw.choice(article)
        else:
            word = draw.choices(filler, cum_weights=weights)[0]
        if draw.random() < 1 / 8:
            word = draw.choice("وفبكل") + word
        out.append(word + (".\n" if draw.random() < 1 / 20 else " "))
        size += 2 * len(word) + 1
    return "".join(out)


def real() -> str:
    """Real Arabic: the news and encyclopedia lines of tests/data/eval, 0.6 MB."""
    return "\n".join((EVAL / f"{name}-dev.ar").read_text("utf-8") for name in ("news", "flores"))


def speeds(matcher: Matcher, terms: list[Term], text: str) -> tuple[float, float, int]:
    """MB of UTF-8 a second by a matcher that has met no word yet, then again; occurrences."""
    fresh = Matcher.restore(terms, matcher.state)
    megabytes = len(text.encode()) / 1e6
    measured, found = [], 0
    for _ in range(2):
        start = time.process_time()
        found = sum(len(fresh.match(line)) for line in text.split("\n"))
        measured.append(megabytes / (time.process_time() - start))
    return measured[0], measured[1], found


def main(arguments: list[str]) -> None:
    counts = [int(a) for a in arguments] or [10, 1_000, 10_000, 100_000, 1_000_000]
    texts, shipped = (news(2), real()), list(Termbase.load(shipped_paths()).terms)
    print("| terms | compile s | peak RSS MB | made text: MB/s, new | again | occurrences ", end="")
    print("| real text: MB/s, new | again | occurrences |\n|---|---|---|---|---|---|---|---|---|")
    for count in counts:
        terms = [*shipped[:count], *names(max(0, count - len(shipped)))]
        start = time.process_time()
        matcher = Matcher(terms)
        compiled = time.process_time() - start
        row = f"| {count:,} | {compiled:.2f} "
        cells = [speeds(matcher, terms, text) for text in texts]
        row += f"| {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} "
        row += "".join(f"| {new:.1f} | {again:.1f} | {found:,} " for new, again, found in cells)
        print(row + "|", flush=True)
        del terms, matcher
        gc.collect()


if __name__ == "__main__":
    main(sys.argv[1:])
