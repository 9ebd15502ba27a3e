"""Which readings of a printed word a cited word licenses: the grammar of names, terms and demonyms.

Names (person, place, org, weapon, date) are matched as cited, article included. Terms inflect for case,
number and definiteness; demonyms for gender too. Short words get less freedom, since few letters
mean many other words.
"""

from typing import NamedTuple

from glossary.arabic import fold_text, printed
from glossary.morphology import Reading
from glossary.types import Term
from glossary.words import FUNCTION_WORDS, LEXICAL_WORDS, PLACES_LIKE_NISBA

_HAMZA_SEATS = {"أ", "إ", "آ"}
_SAFE_ENCLITICS = {"ه", "ها", "هم", "هما", "نا"}
_RARE_PROCLITICS = {"ف", "ك"}
_SHORT = 4


class CitedWord(NamedTuple):
    """A word of a term: key (folded, without article), whether it has the article, printed letters after it."""

    key: str
    article: bool
    letters: str


def licensed(
    word: str,
    reading: Reading,
    cited: tuple[CitedWord, ...],
    place: int,
    term: Term,
    places: set[str],
) -> bool:
    """Whether the printed `word`, read so, can stand for word number `place` of the cited term."""
    this, single = cited[place], len(cited) == 1
    if place and reading.proclitics:
        return False
    if "case-sensitive" in term.flags and reading.printed != this.letters:
        return False
    if "exact" in term.flags:
        plain = not (reading.proclitics or reading.ending or reading.enclitic)
        return (
            plain and reading.article == this.article and not _misread(word, reading, this, single)
        )
    if _misread(word, reading, this, single):
        return False
    if not _article_agrees(reading, this, term, single):
        return False
    if term.kind == "demonym":
        return _demonym(reading, this, single, places)
    if term.kind == "term" or (term.kind == "weapon" and not single):
        return _common(reading, this, place, len(cited))
    return _name(reading, this, single)


def _misread(word: str, reading: Reading, cited: CitedWord, single: bool) -> bool:
    """Whether folding or a short stem makes another, commoner word look like the term."""
    if not single:
        return False
    if reading.printed in FUNCTION_WORDS and reading.printed != cited.letters:
        return True
    whole = printed(word)
    if whole in FUNCTION_WORDS and whole != cited.letters:
        return True
    if len(cited.key) > _SHORT:
        return False
    if _hamza_contradicts(reading.printed, cited.letters):
        return True
    if not reading.proclitics or not cited.key:
        return False
    folded = fold_text(word)
    return (
        (len(cited.key) < 3 and not cited.article and not cited.key.isdigit())
        or (len(cited.key) < _SHORT and _rarely_attached(reading))
        or folded in LEXICAL_WORDS
        or (len(reading.proclitics) > 1 and folded[1:] in LEXICAL_WORDS)
    )


def _rarely_attached(reading: Reading) -> bool:
    """كروس is a name and no ك + روس; كالروس is clear."""
    return not reading.article and not _RARE_PROCLITICS.isdisjoint(reading.proclitics)


def _hamza_contradicts(letters: str, cited: str) -> bool:
    """Two different printed hamza seats on the first letter; a bare alef contradicts nothing."""
    first, agreed = letters[:1], cited[:1]
    return first != agreed and first in _HAMZA_SEATS and agreed in _HAMZA_SEATS


def _article_agrees(reading: Reading, cited: CitedWord, term: Term, single: bool) -> bool:
    if reading.article and reading.enclitic:
        return False
    if term.kind in ("term", "demonym") or reading.article == cited.article:
        return True
    return term.kind == "org" and single and bool(reading.enclitic)  # البرلمان: برلمانها


def _name(reading: Reading, cited: CitedWord, single: bool) -> bool:
    if reading.enclitic:
        return cited.article and not reading.ending and _pronoun(reading, cited)
    if reading.ending == "":
        return not (reading.tanwin and cited.key.endswith("ا"))
    return reading.ending == "decl" and not single


def _demonym(reading: Reading, cited: CitedWord, single: bool, places: set[str]) -> bool:
    if reading.enclitic or reading.ending in ("decl", "defective"):
        return False
    if reading.ending == "":
        return not (reading.tanwin and cited.key.endswith("ا"))
    nisba = cited.letters.endswith("ي")
    if reading.ending == "acc":
        if reading.article:
            return False
        accusative = cited.key + "ا"
        unlike_place = accusative not in PLACES_LIKE_NISBA and accusative not in places
        return reading.tanwin or not single or (nisba and unlike_place)
    return nisba


def _common(reading: Reading, cited: CitedWord, place: int, count: int) -> bool:
    single, short = count == 1, len(cited.key) < _SHORT
    if reading.enclitic:
        if place not in (0, count - 1) or (reading.ending and short and single):
            return False
        if single and short and reading.enclitic not in _SAFE_ENCLITICS:
            return False
        return reading.ending != "defective" and _pronoun(reading, cited)
    match reading.ending:
        case "":
            return True
        case "acc":
            return not reading.article and not cited.letters.endswith("ة")
        case "fem":
            adjective = place > 0 or (cited.letters.endswith("ي") and not short)
            return adjective and not cited.letters.endswith("ة")
        case "many" | "defective":
            return not (single and short)
        case "of":
            return place == 0 and not single and not reading.article
        case _:
            return False


def _pronoun(reading: Reading, cited: CitedWord) -> bool:
    """A printed ta marbuta is no pronoun, and ya or kaf alone are letters of other words too often."""
    if reading.printed.endswith("ة"):
        return False
    return reading.enclitic not in ("ي", "ك") or cited.letters.endswith("ة")
