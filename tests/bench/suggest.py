"""How good are suggestions of terms: what of the names listed by hand they find, and how much else.

    python -m tests.bench suggest [--no-translation] [--no-termbase] [--misses]

The lists are those of tests/data/names: made by reading, tuned on three articles, six held out. Two ways: of the
Arabic alone, and of the text as the starter translates it. Names that the shipped termbases match anyway are
left out; --no-termbase leaves none out. A suggestion is right if its source is a listed one, orthography,
article and proclitics aside; one that only a `part` of the list allows, or that the termbases match elsewhere in
the text, is right but counts for no recall. Names and terms are counted apart: only names are looked for.
"""

import argparse
import csv
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from glossary.arabic import fold_text
from glossary.match import Matcher
from glossary.termbase import Termbase, shipped_paths
from translate.segment import segment
from translate.suggest import Suggestion, suggest
from translate.types import Document, TranslationUnit

DATA = Path(__file__).parent.parent / "data"
TUNING = ("article", "ukraine", "motorsport")
HELD_OUT = ("iraq", "africa", "france", "markets", "literature", "space")
NEAR = 2  # edits between two renderings of one name that still help a person

_QUOTES = dict.fromkeys(map(ord, "\"'()«»“”‘’"))
_WORD = re.compile(r"\w[\w\u064b-\u0652\u0670\u0640]*")
_PROCLITICS = ("وال", "فال", "بال", "كال", "و", "ف", "ب", "ك", "ل")

Way = Callable[[str, str], Document]  # (name, text)


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list; `keys` are all its shapes."""

    source: str
    target: str
    how: str
    keys: frozenset[str]


@dataclass(slots=True)
class Score:
    """Counts of one article or of several."""

    wanted: int = 0
    found: int = 0
    names: int = 0
    names_found: int = 0
    suggested: int = 0
    right: int = 0
    rendered: int = 0
    exact: int = 0
    near: int = 0
    seconds: float = 0.0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __add__(self, other: "Score") -> "Score":
        return Score(*(getattr(self, n) + getattr(other, n) for n in self.__slots__))

    def row(self, name: str) -> str:
        shares = (
            (self.names_found, self.names),
            (self.found - self.names_found, self.wanted - self.names),
            (self.right, self.suggested),
            (self.exact, self.rendered),
            (self.near, self.rendered),
        )
        cells = (f"{a / b:.2f} ({a}/{b})" if b else "-" for a, b in shares)
        return f"| {name} | {' | '.join(cells)} | {self.seconds:.2f} |"


def text_of(name: str) -> str:
    """An article's Arabic."""
    path = DATA / ("article/article.ar.txt" if name == "article" else f"names/{name}.ar.txt")
    return path.read_text(encoding="utf-8")


def listed(name: str) -> list[Listed]:
    """The article's names and terms as listed by hand."""
    with (DATA / f"names/{name}.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Listed(
            row["source"],
            row["target"],
            row["how"],
            frozenset().union(*map(shapes, row["source"].split("|"))),
        )
        for row in rows
    ]


def shapes(source: str) -> frozenset[str]:
    """A source as it compares: folded, without quotation marks, with its articles and without."""
    words = source.translate(_QUOTES).replace("-", " ").split()
    bare = [w.removeprefix("ال") if len(w) > 4 else w for w in words]
    return frozenset(" ".join(map(fold_text, one)) for one in (words, bare))


def keys(source: str) -> frozenset[str]:
    """The shapes of a suggested source as printed and with one proclitic less."""
    plain = source.translate(_QUOTES)
    bare = {plain[len(p) :] for p in _PROCLITICS if plain.startswith(p) and len(plain) > len(p) + 2}
    bare |= {"ال" + plain[2:]} if plain.startswith("لل") else set()
    return frozenset().union(*map(shapes, {plain, *bare}))


def covered(text: str, matcher: Matcher) -> Callable[[Listed], bool]:
    """Whether occurrences of shipped terms cover every word of a listed name, wherever it stands in the text."""
    spans = [match.span for match in matcher.match(text)]
    words = [
        (keys(word.group()), any(s.start < word.end() and word.start() < s.end for s in spans))
        for word in _WORD.finditer(text)
    ]

    def everywhere(one: Listed) -> bool:
        places = [place for shape in one.keys for place in _places(shape.split(), words)]
        return bool(places) and all(places)

    return everywhere


def _places(shape: Sequence[str], words: Sequence[tuple[frozenset[str], bool]]) -> Iterator[bool]:
    """For each place where the words of `shape` stand, whether all of them are covered."""
    for at in range(len(words) - len(shape) + 1):
        run = words[at : at + len(shape)]
        if all(part in theirs for part, (theirs, _) in zip(shape, run, strict=True)):
            yield all(is_covered for _, is_covered in run)


def judge(
    suggestions: Sequence[Suggestion], wanted: Sequence[Listed], known: Sequence[Listed]
) -> Score:
    """Count what was found, what is right, and how it is rendered."""
    score = Score(suggested=len(suggestions))
    required = [one for one in wanted if one.how != "part"]
    score.wanted = len(required)
    score.names = sum(one.how == "name" for one in required)
    hit: set[str] = set()
    for suggestion in suggestions:
        theirs = keys(suggestion.source)
        one = next((o for o in (*required, *wanted, *known) if theirs & o.keys), None)
        if one is None:
            score.wrong.append(f"{suggestion.source} = {suggestion.target}")
            continue
        score.right += 1
        hit.add(one.source)
        if suggestion.target:
            score.rendered += 1
            distance = edits(suggestion.target.lower(), one.target.lower())
            score.exact += distance == 0
            score.near += distance <= NEAR
    score.found = sum(one.source in hit for one in required)
    score.names_found = sum(one.source in hit and one.how == "name" for one in required)
    score.missed = [f"{o.source} = {o.target}" for o in required if o.source not in hit]
    return score


def edits(a: str, b: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def untranslated(name: str, text: str) -> Document:
    """The article cut into units without English."""
    segments, after = segment(text)
    return Document(
        name=name, units=tuple(TranslationUnit(segment=s) for s in segments), after=after
    )


def measure(name: str, way: Way, termbase: Termbase, matcher: Matcher) -> Score:
    """One article, one way; making the document isn't timed."""
    text = text_of(name)
    document = way(name, text)
    is_covered = covered(text, matcher)
    wanted: list[Listed] = []
    known: list[Listed] = []
    for one in listed(name):
        (known if is_covered(one) else wanted).append(one)
    started = time.perf_counter()
    suggestions = suggest(document, termbase, matcher)
    seconds = time.perf_counter() - started
    score = judge(suggestions, wanted, known)
    score.seconds = seconds
    return score


def main(arguments: Sequence[str]) -> None:
    """Print a table for each way."""
    parser = argparse.ArgumentParser(prog="tests.bench suggest")
    parser.add_argument("--no-translation", action="store_true", help="of the Arabic alone")
    parser.add_argument("--no-termbase", action="store_true", help="as in a house that has none")
    parser.add_argument("--misses", action="store_true", help="say what is missed and wrong")
    options = parser.parse_args(arguments)
    paths = [] if options.no_termbase else shipped_paths()
    termbase = Termbase.load(paths)
    matcher = Matcher(termbase.terms)
    ways: dict[str, Way] = {"of the Arabic alone": untranslated}
    if not options.no_translation:
        from translate.pipeline import Translator

        translator = Translator(model="starter", glossary=paths)
        ways["with the starter's translation"] = lambda n, t: translator.translate(t, name=n)
    for title, way in ways.items():
        print(f"\n**{title}**\n")
        print(
            "| article | names found | terms found | precision | rendered as listed | within 2 | s |"
        )
        print("|---|---|---|---|---|---|---|")
        for names, whole in ((TUNING, "all tuning"), (HELD_OUT, "all held out")):
            total = Score()
            for name in names:
                score = measure(name, way, termbase, matcher)
                total += score
                print(score.row(name), flush=True)
                if options.misses:
                    print(f"\n{name} missed: {'; '.join(score.missed)}")
                    print(f"\n{name} wrong: {'; '.join(score.wrong)}\n", flush=True)
            print(total.row(f"**{whole}**"))
