"""Readings of one printed Arabic word: proclitics + article + stem + ending + enclitic, without a
lexicon.

Arabic writes conjunctions, prepositions, the article and pronouns onto the word (Habash 2010, ch.
4). `readings` lists every way to take a word apart that the grammar licenses and whose stem `known`
accepts; which of them a term may use is the matcher's decision. Stems are folded; ta marbuta is the
folded heh.
"""

import re
from collections.abc import Container, Iterator
from operator import attrgetter
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
_HEAD_LETTERS = "وفبكلا"
_TAIL_LETTERS = "اهتينومكء"
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
# The lengths of the endings that a word can have, by its last two letters, else by the last.
_SIZES = {last: (1,) for last in _ENDINGS if len(last) == 1} | {
    last: tuple(sorted({len(s) for s in _ENDINGS if s.endswith(last) or last.endswith(s)}))
    for last in {suffix[-2:] for suffix in _ENDINGS if len(suffix) > 1}
}


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


def skeleton(folded: str) -> str:
    """What every reading of a word shares with its stem: the word less all letters affixes are made of.

    A word whose skeleton no stem has can have no reading; this is fifty times faster to see.
    """
    return folded.lstrip(_HEAD_LETTERS).rstrip(_TAIL_LETTERS)


def readings(word: str, known: Container[str], folded: str = "") -> list[Reading]:
    """All licensed readings of the printed `word` whose stem is known, cheapest first.

    `folded` is the word folded, from a caller that has it.
    """
    folded, letters = folded or fold_text(word), printed(word)
    if not ARABIC.match(folded):
        return [Reading((), False, folded, "", "", False, letters, 0)] if folded in known else []
    tanwin = bool(_TANWIN_FATH.search(word))
    found = []
    for proclitics, article, at, assimilated in _heads(folded, letters):
        for stem, ending, enclitic in _tails(assimilated + folded[at:], known):
            cost = 2 * len(proclitics) + article + 2 * bool(ending) + 3 * bool(enclitic)
            rest = letters[at:]
            found.append(Reading(proclitics, article, stem, ending, enclitic, tanwin, rest, cost))
    found.sort(key=attrgetter("cost"))
    return found


def _tails(stem: str, known: Container[str]) -> list[tuple[str, Ending, str]]:
    """Splits after the stem whose stem is known: stem, ending, enclitic."""
    found: list[tuple[str, Ending, str]] = [(stem, "", "")] if stem in known else []
    for sibling in _SIBLINGS.get(stem, ()):
        if sibling in known:
            found.append((sibling, "decl", ""))
    for size in _SIZES.get(stem[-2:]) or _SIZES.get(stem[-1:], ()):
        if size >= len(stem):
            break
        for tail, ending, enclitic in _ENDINGS.get(stem[-size:], ()):
            base = stem[:-size] + tail
            if base in known:
                found.append((base, ending, enclitic))
    return found
