"""What is reported as rendered in several ways, to be read and judged by a person; and how long it takes.

    python -m tests.bench consistency [--set articles|news] [--limit N] [--no-termbase]

articles: the texts of tests/data/names, each a document. news: the first N sentences of real news held out from
everything (tests/data/eval), in documents of 50. Without a termbase every name is the model's own affair, so there
is more to report.
"""

import argparse
import time
from collections.abc import Iterator, Sequence

from glossary.match import Matcher
from glossary.termbase import Termbase, shipped_paths
from tests.bench.suggest import DATA, HELD_OUT, TUNING, text_of
from translate.consistency import inconsistencies
from translate.pipeline import Translator

_TOGETHER = 50


def texts(name: str, limit: int) -> Iterator[tuple[str, str]]:
    """Names and texts of a set."""
    if name == "articles":
        for article in (*TUNING, *HELD_OUT):
            yield article, text_of(article)
        return
    lines = (DATA / "eval/news-dev.ar").read_text(encoding="utf-8").splitlines()[:limit]
    for start in range(0, len(lines), _TOGETHER):
        yield f"news-{start}", "\n".join(lines[start : start + _TOGETHER])


def main(arguments: Sequence[str]) -> None:
    """Print the reports with their places, then a line of figures."""
    parser = argparse.ArgumentParser(prog="tests.bench consistency")
    parser.add_argument("--set", dest="name", choices=("articles", "news"), default="articles")
    parser.add_argument("--limit", type=int, default=400, help="sentences of news")
    parser.add_argument("--no-termbase", action="store_true")
    options = parser.parse_args(arguments)
    termbase = Termbase.load([] if options.no_termbase else shipped_paths())
    translator = Translator(model="starter", glossary=termbase)
    documents = [
        translator.translate(text, name=name) for name, text in texts(options.name, options.limit)
    ]
    matcher = Matcher(termbase.terms)
    started = time.perf_counter()
    found = inconsistencies(documents, matcher)
    seconds = time.perf_counter() - started
    for one in found:
        mark = "accepted" if one.only_accepted else "term" if one.term else "name"
        ways = "; ".join(f"{r.text} ({len(r.places)})" for r in one.renderings)
        print(f"- {mark}: {one.source} = {ways}")
    segments = sum(len(document.units) for document in documents)
    reported = sum(not one.only_accepted for one in found)
    print(
        f"\n{segments} segments, {reported} reports, {len(found) - reported} more in accepted ways"
    )
    print(f"{seconds:.1f} s")
