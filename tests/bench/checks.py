"""How often a finding is right, how often people's own translations are reported, what is missed, and the time.

    python -m tests.bench checks [--found]

Precision: the findings of tests/data/checks/judged.tsv, each read in both languages and judged; a finding that a
check no longer makes doesn't count. False alarms: on the references of tests/data/eval. Recall: mistakes of one
kind put into those references, one a sentence. --found prints every finding on the references.
"""

import argparse
import csv
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from glossary.compiled import load
from glossary.match import Matcher
from glossary.termbase import Termbase, shipped_paths
from tests.bench.suggest import DATA
from translate.checks import CHECKS, check
from translate.types import Document, Finding, Segment, TranslationUnit
from translate.unlisted import CHECK, unlisted

_JUDGED = DATA / "checks/judged.tsv"
_SETS = ("news-dev", "flores-dev")
_RUNS = 5
_NOT = re.compile(r"\b(?:(?:do|does|did) not|not|never|no)\b|n't\b", re.IGNORECASE)
_MONTH = re.compile(r"\b(?:January|February|April|June|July|August|September|October|November)\b")
_THREE_DIGITS = re.compile(r"\b[1-9]\d{2,3}\b(?![,.]\d)")
_WORD = re.compile(r"\b(?:three|four|five|six|seven|eight|nine)\b")
_SECOND = re.compile(r"(?<=[a-z0-9][.!?]) [A-Z][^.!?]{20,}[.!?]\"?\Z")

Pairs = list[tuple[str, str]]


def pairs(name: str) -> Pairs:
    """Sources and references of a set, line by line."""
    sides = (
        (DATA / f"eval/{name}.{side}").read_text("utf-8").splitlines() for side in ("ar", "en")
    )
    return list(zip(*sides, strict=True))


def judged(path: Path = _JUDGED) -> Iterator[dict[str, str]]:
    """The findings that were read: check, verdict, why, system, message, source, target."""
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def precision() -> dict[str, tuple[int, int]]:
    """By check: findings that are still made, and those of them that were judged true."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    terms = load(shipped_paths())
    for row in judged():
        look = partial(names, terms) if row["check"] == CHECK else check
        found = look(row["source"], row["target"])
        if any(f.check == row["check"] and f.message == row["message"] for f in found):
            counts[row["check"]][row["verdict"]] += 1
    return {name: (c.total(), c["true"]) for name, c in counts.items()}


def names(terms: tuple[Termbase, Matcher], source: str, target: str) -> Sequence[Finding]:
    """Names without a term in a segment that is a document of its own."""
    segment = Segment(id="s", source=source, kind="sentence", paragraph=0)
    unit = TranslationUnit(segment=segment, target=target)
    return unlisted(Document(name="one", units=(unit,)), *terms).get("s", ())


def _mutated(pattern: re.Pattern[str], other: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: pattern.sub(lambda m: other(m.group()), text, count=1)


def _other_month(month: str) -> str:
    return "March" if month != "March" else "May"


def _doubled(text: str) -> str:
    words = text.split(" ")
    at = len(words) // 2
    return " ".join([*words[:at], words[at], *words[at:]]) if words[at].isalpha() else text


MISTAKES: dict[str, tuple[str, Callable[[str], str]]] = {
    "a figure changed": ("numbers", _mutated(_THREE_DIGITS, lambda t: str(int(t) + 10))),
    "a number word changed": (
        "number-words",
        _mutated(_WORD, lambda t: "eleven"),
    ),
    "another month": ("dates", _mutated(_MONTH, _other_month)),
    "a negation dropped": ("negation", _mutated(_NOT, lambda t: "")),
    "the last sentence dropped": ("sentences", _mutated(_SECOND, lambda t: "")),
    "a word doubled": ("doubled-word", _doubled),
    "a quotation mark dropped": ("quotes", _mutated(re.compile('"'), lambda t: "")),
    "a question mark dropped": ("question", _mutated(re.compile(r"\?"), lambda t: ".")),
    "a bracket dropped": ("brackets", _mutated(re.compile(r"\)"), lambda t: "")),
    "two thirds dropped": ("length", lambda text: text[: len(text) // 3]),
}


def recall(found: Callable[[str, str], Sequence[Finding]] = check) -> dict[str, tuple[int, int]]:
    """By mistake: references it could be put into, and those of them where the check finds it."""
    counts: dict[str, list[int]] = {name: [0, 0] for name in MISTAKES}
    for source, target in (pair for name in _SETS for pair in pairs(name)):
        for name, (wanted, mistake) in MISTAKES.items():
            wrong = mistake(target)
            if wrong != target:
                counts[name][0] += 1
                counts[name][1] += any(f.check == wanted for f in found(source, wrong))
    return {name: (total, hits) for name, (total, hits) in counts.items()}


def milliseconds(lines: Pairs) -> float:
    """CPU time a segment, the best of several runs."""
    times = []
    for _ in range(_RUNS):
        started = time.process_time()
        for source, target in lines:
            check(source, target)
        times.append(time.process_time() - started)
    return min(times) / len(lines) * 1000


def main(arguments: Sequence[str]) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="tests.bench checks")
    parser.add_argument("--found", action="store_true", help="print the findings on references")
    options = parser.parse_args(arguments)
    sets = {name: pairs(name) for name in _SETS}
    alarms: dict[str, Counter[str]] = {name: Counter() for name in sets}
    for name, lines in sets.items():
        for source, target in lines:
            for finding in check(source, target):
                alarms[name][finding.check] += 1
                if options.found:
                    print(f"{name}: {finding.check}: {finding.message}\n  {source}\n  {target}")
    right = precision()
    print("| check | severity | findings judged | precision | alarms per 1,000: news | FLORES |")
    print("|---|---|---|---|---|---|")
    for one in CHECKS:
        total, true = right.get(one.id, (0, 0))
        share = f"{true / total:.2f}" if total else "-"
        per = [1000 * alarms[name][one.id] / len(sets[name]) for name in sets]
        rates = " | ".join(f"{rate:.1f}" for rate in per)
        print(f"| {one.id} | {one.severity} | {total} | {share} | {rates} |")
    quiet = {one.id for one in CHECKS if one.severity == "info"}
    loud = {
        name: sum(n for check_id, n in alarms[name].items() if check_id not in quiet)
        for name in sets
    }
    rates = ", ".join(f"{name} {100 * n / len(sets[name]):.2f}" for name, n in loud.items())
    print(f"\nErrors and warnings per 100 references: {rates}\n")
    print("| mistake put in | check | references | found |\n|---|---|---|---|")
    for mistake, (total, hits) in recall().items():
        print(f"| {mistake} | {MISTAKES[mistake][0]} | {total} | {hits / max(total, 1):.0%} |")
    total, true = right[CHECK]
    print(f"\n{CHECK}: {total} findings judged, precision {true / total:.2f}")
    times = ", ".join(f"{name} {milliseconds(lines):.3f} ms" for name, lines in sets.items())
    print(f"\nTime a segment: {times}")
