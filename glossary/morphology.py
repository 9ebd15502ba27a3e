"""Readings of one printed Arabic word: proclitics + article + stem + ending + enclitic, without a
lexicon.

Arabic writes conjunctions, prepositions, the article and pronouns onto the word (Habash 2010, ch.
4). `readings` lists every way to take a word apart that the grammar licenses and whose stem `known`
accepts; which of them a term may use is the matcher's decision. `stems` lists their stems alone, ten times
as fast: a text has far more words than words that matter. Stems are folded; ta marbuta is the folded heh.
"""

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import product
from operator import attrgetter, itemgetter
from typing import Literal, NamedTuple

from glossary.arabic import fold_text, printed

# acc: accusative alef; fem: ta marbuta added; many: dual or sound plural; of: the same before a
# genitive;
# defective: ون after a dropped ya; decl: another case of أبو, ذو ..., or بن for ابن.
Ending = Literal["", "acc", "fem", "many", "defective", "of", "decl"]

_CONJUNCTIONS = ("", "و", "ف")
_PREPOSITIONS = ("ب", "ك", "ل")
_ENCLITICS = ("ه", "ها", "هم", "هما", "هن", "ك", "كما", "كم", "ي", "نا")
_CASES = (
    ("ابو", "ابا", "ابي"),
    ("اخو", "اخا", "اخي"),
    ("ذو", "ذا", "ذي"),
    ("بنو", "بني"),
    ("بن", "ابن"),
)
_SIBLINGS = {word: tuple(w for w in group if w != word) for group in _CASES for word in group}
_TANWIN_FATH = re.compile("\u064b")
_BARE_ALEF = "اٱ"
ARABIC = re.compile("[\u0621-\u064a]")


class Reading(NamedTuple):
    """One way to read a printed word."""

    proclitics: tuple[str, ...]
    article: bool
    stem: str  # folded, as the termbase cites it without article
    ending: Ending
    enclitic: str
    tanwin: bool  # the accusative tanwin is printed
    printed: str  # letters of stem + ending + enclitic as printed, without marks
    cost: int


class _Ending(NamedTuple):
    tail: str  # what the stem ends in where the ending replaces it
    ending: Ending
    enclitic: str


def _endings() -> dict[str, tuple[_Ending, ...]]:
    table: dict[str, list[_Ending]] = {}

    def add(suffix: str, ending: Ending, enclitic: str, *tails: str) -> None:
        table.setdefault(suffix, []).extend(_Ending(tail, ending, enclitic) for tail in tails)

    add("ا", "acc", "", "")
    add("ه", "fem", "", "")
    for suffix in ("ات", "تان", "تين"):
        add(suffix, "many", "", "", "ه")
    add("ان", "many", "", "")
    for suffix in ("ون", "ين"):
        add(suffix, "many", "", "")
        add(suffix, "defective", "", "ي")  # محامي: محامون
    for suffix in ("تا", "تي"):
        add(suffix, "of", "", "", "ه")
    for suffix in ("ي", "و"):
        add(suffix, "of", "", "")
    for enclitic in _ENCLITICS:
        add(enclitic, "", enclitic, "")
        add("ت" + enclitic, "", enclitic, "ه")  # سفارة: سفارتها
        add("ا" + enclitic, "", enclitic, "ي")  # مستشفى: مستشفاه
        for seat in ("و", "ي"):
            add(seat + enclitic, "", enclitic, "ء")  # أعضاء: أعضاؤه
        add("ات" + enclitic, "many", enclitic, "", "ه")
        for suffix in ("ا", "ي", "و"):
            add(suffix + enclitic, "of", enclitic, "")
        for suffix in ("تا", "تي"):
            add(suffix + enclitic, "of", enclitic, "ه")
    return {suffix: tuple(options) for suffix, options in table.items()}


_ENDINGS = _endings()


def _heads(word: str, letters: str) -> Iterator[tuple[tuple[str, ...], bool, int, str]]:
    """Splits before the stem: proclitics, article, the stem's place, letters assimilated to it."""
    for conjunction in _CONJUNCTIONS:
        if not word.startswith(conjunction):
            continue
        before = (conjunction,) if conjunction else ()
        at = len(conjunction)
        yield before, False, at, ""
        if word.startswith("ال", at) and letters[at] in _BARE_ALEF:
            yield before, True, at + 2, ""
        if word.startswith("لل", at):
            yield (*before, "ل"), True, at + 2, ""
            yield (*before, "ل"), True, at + 2, "ل"  # للاذقية: ل + اللاذقية
            yield (*before, "ل"), False, at + 2, "ال"  # لله: the article belongs to the stem
            yield (*before, "ل"), False, at + 2, "الل"
        if word[at : at + 1] in _PREPOSITIONS:
            inner = (*before, word[at])
            yield inner, False, at + 1, ""
            if word.startswith("ال", at + 1) and letters[at + 1] in _BARE_ALEF:
                yield inner, True, at + 3, ""


class _Way(NamedTuple):
    """One way to cut a word into what `_heads` says, a shape of the stem and an ending of `size` letters."""

    proclitics: tuple[str, ...]
    article: bool
    at: int
    assimilated: str
    alef: int  # the letter that must be printed as a bare alef; -1: none
    cost: int
    size: int


class _Plan(NamedTuple):
    """The ways to cut the words that begin and end alike."""

    shapes: Callable[[str], Sequence[str]]  # of such a word, by way
    ways: tuple[_Way, ...]


# All that `_heads` looks at.
_BEGINNING = re.compile("[وف]?[بكل]?(?:ال|ل)?")
_BEGINNINGS = tuple(map("".join, product(("", "و", "ف"), ("", "ب", "ك", "ل"), ("", "ال", "ل"))))


def _few(two: str) -> bool:
    """Whether letters may be remembered: there are few pairs of Arabic ones, and too many of all."""
    return all(map(ARABIC.match, two))


def _sizes(two: str) -> tuple[int, ...]:
    """The lengths of the endings, and of none, that words with these last two letters can have."""
    return (0, *sorted({len(s) for s in _ENDINGS if s.endswith(two) or two.endswith(s)}))


@lru_cache(None)
def _plan(beginning: str, sizes: tuple[int, ...]) -> _Plan:
    ways = tuple(
        _Way(proclitics, article, at, assimilated, alef, 2 * len(proclitics) + article, size)
        for proclitics, article, at, assimilated in _heads(beginning, beginning)
        for alef in [at - 2 if article and beginning[at - 2] == "ا" else -1]
        for size in sizes
    )
    if len(ways) == 1:
        return _Plan(lambda word: (word,), ways)
    if any(way.assimilated for way in ways):
        return _Plan(
            lambda word: [(w.assimilated + word[w.at :])[: -w.size or None] for w in ways], ways
        )
    return _Plan(itemgetter(*(slice(way.at, -way.size or None) for way in ways)), ways)


class _Plans(dict[str, _Plan]):
    """Of the words with one beginning, by their last two letters."""

    def __init__(self, beginning: str) -> None:
        super().__init__()
        self._beginning = beginning

    def __missing__(self, two: str) -> _Plan:
        plan = _plan(self._beginning, _sizes(two))
        if _few(two):
            self[two] = plan
        return plan


class _Foreign(_Plans):
    def __missing__(self, two: str) -> _Plan:
        return _plan("", (0,))


class _PlansByTwo(dict[str, "_Plans | None"]):
    """By a word's first two letters; None where more of them count."""

    def __init__(self) -> None:
        super().__init__()
        self._by_beginning = {beginning: _Plans(beginning) for beginning in _BEGINNINGS}
        self._foreign = _Foreign("")

    def __missing__(self, two: str) -> "_Plans | None":
        undecided = any(len(one) > 2 and one.startswith(two) for one in _BEGINNINGS)
        plans = None if undecided else self.of(two)
        if _few(two):
            self[two] = plans
        return plans

    def of(self, word: str) -> _Plans:
        """The plans of a folded word's beginning."""
        if not ARABIC.match(word):
            return self._foreign
        beginning = _BEGINNING.match(word)
        return self._by_beginning[beginning[0] if beginning else ""]


_PLANS = _PlansByTwo()
# The stem's own end where an ending replaces it, and what the ending adds to a reading's cost.
_TAILS = {
    suffix: tuple(
        dict.fromkeys((o.tail, 2 * bool(o.ending) + 3 * bool(o.enclitic)) for o in options)
    )
    for suffix, options in _ENDINGS.items()
}
_REPLACED = tuple({tail for options in _TAILS.values() for tail, _ in options if tail})


def shapes(stem: str) -> Iterator[str]:
    """What a printed word may show of a stem: the stem, its other cases, or all but a last letter that endings replace."""
    yield stem
    yield from _SIBLINGS.get(stem, ())
    if len(stem) > 1 and stem.endswith(_REPLACED):
        yield stem[:-1]


def stems(
    word: str, folded: str, shown: AbstractSet[str], known: Mapping[str, int]
) -> tuple[int, ...]:
    """What `known` has for the stem of each of the word's `readings`, in their order, each once.

    `shown` has the `shapes` of all that is known.
    """
    plan = (_PLANS[folded[:2]] or _PLANS.of(folded))[folded[-2:]]
    seen = plan.shapes(folded)
    if shown.isdisjoint(seen):
        return ()
    found = []
    for shape, (_, _, _, _, alef, cost, size) in zip(seen, plan.ways, strict=True):
        if shape not in shown:
            continue
        if alef >= 0 and word != folded and printed(word)[alef] not in _BARE_ALEF:
            continue
        if not size:
            if shape in known:
                found.append((cost, known[shape]))
            for stem in _SIBLINGS.get(shape, ()):
                if stem in known:
                    found.append((cost + 2, known[stem]))
        elif shape:
            for tail, added in _TAILS.get(folded[-size:], ()):
                if shape + tail in known:
                    found.append((cost + added, known[shape + tail]))
    if len(found) < 2:
        return (found[0][1],) if found else ()
    found.sort(key=itemgetter(0))
    return tuple(dict.fromkeys([number for _, number in found]))


def readings(word: str, known: Container[str]) -> list[Reading]:
    """All licensed readings of the printed `word` whose stem is known, cheapest first."""
    folded, letters = fold_text(word), printed(word)
    if not ARABIC.match(folded):
        return [Reading((), False, folded, "", "", False, letters, 0)] if folded in known else []
    tanwin = bool(_TANWIN_FATH.search(word))
    found = []
    plan = _PLANS.of(folded)[folded[-2:]]
    for shape, way in zip(plan.shapes(folded), plan.ways, strict=True):
        if way.alef >= 0 and letters[way.alef] not in _BARE_ALEF:
            continue
        for stem, ending, enclitic in _tails(shape, folded[-way.size :] if way.size else "", known):
            cost = way.cost + 2 * bool(ending) + 3 * bool(enclitic)
            rest = letters[way.at :]
            found.append(
                Reading(way.proclitics, way.article, stem, ending, enclitic, tanwin, rest, cost)
            )
    found.sort(key=attrgetter("cost"))
    return found


def _tails(shape: str, suffix: str, known: Container[str]) -> list[tuple[str, Ending, str]]:
    """Stems that are known, with their ending and enclitic, of a word that shows `shape` and `suffix`."""
    if suffix:
        endings = _ENDINGS.get(suffix, ()) if shape else ()
        return [(shape + e.tail, e.ending, e.enclitic) for e in endings if shape + e.tail in known]
    found: list[tuple[str, Ending, str]] = [(shape, "", "")] if shape in known else []
    found += [(stem, "decl", "") for stem in _SIBLINGS.get(shape, ()) if stem in known]
    return found
