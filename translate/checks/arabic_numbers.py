"""Reading Arabic numbers: figures, and words with their clitics in all cases and both genders, folded.

What stands beside each other is read as one number as far as the grammar allows: مئة وخمسة وعشرون,
2.5 مليون, خمسة وعشرون ألفا.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from glossary.arabic import LATIN_DIGITS, Folded, fold_text
from translate.checks.numerals import Number, Token, clock, figure

# few: one and two, which are no numbers as often as not; many: a plural scale, an order of size alone.
Kind = Literal[
    "few", "unit", "ten", "decade", "hundred", "hundreds", "scale", "dual", "many", "ordinal", "fraction",
]  # fmt: skip

_FEW = {1: "واحد واحدة إحدى أحد", 2: "اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي"}
_UNITS = {
    3: "ثلاثة ثلاث", 4: "أربعة أربع", 5: "خمسة خمس", 6: "ستة ست", 7: "سبعة سبع", 8: "ثمانية ثماني ثمان",
    9: "تسعة تسع", 10: "عشرة عشر",
}  # fmt: skip
_STEMS = {2: "عشر", 3: "ثلاث", 4: "أربع", 5: "خمس", 6: "ست", 7: "سبع", 8: "ثمان", 9: "تسع"}
_HUNDRED = "مئة مائة ميه"
_TWO_HUNDRED = "مئتان مئتين مائتان مائتين مئتا مئتي مائتا مائتي"
_SCALES = {
    1e3: ("ألف ألفا", "ألفان ألفين ألفي", "آلاف ألوف"),
    1e6: ("مليون مليونا", "مليونان مليونين مليوني", "ملايين"),
    1e9: ("مليار مليارا بليون بليونا", "ملياران مليارين ملياري", "مليارات بلايين"),
    1e12: ("تريليون تريليونا ترليون", "تريليونان تريليونين", "تريليونات"),
}
_MANY = {100: "مئات مئوية", 10: "عشرات"}
_ORDINALS = {
    1: "أول أولى حادي حادية", 2: "ثاني ثانية ثنائي ثنائية", 3: "ثالث ثالثة ثلاثي ثلاثية",
    4: "رابع رابعة رباعي رباعية", 5: "خامس خامسة خماسي خماسية", 6: "سادس سادسة سداسي سداسية",
    7: "سابع سابعة سباعي سباعية", 8: "ثامن ثامنة", 9: "تاسع تاسعة", 10: "عاشر عاشرة",
}  # fmt: skip
_FRACTIONS = {0.5: "نصف", 1 / 3: "ثلث", 0.25: "ربع", 2 / 3: "ثلثي ثلثا"}

_PERCENT = "المئة المائة بالمئة بالمائة"
PERCENT_WORDS = frozenset(fold_text(_PERCENT).split())
_MONDAY = fold_text("الاثنين والاثنين").split()  # with the article it is the day
_TEEN = ("عشر", "عشره")
_METRES = frozenset(("كم", "م", "سم", "كلم", "مم"))  # كم2 is a square kilometre
# 1970s needs no "twentieth", the last sixteen are in "the second round".
_NAMED_BY_NUMBER = frozenset(("القرن", "قرن", "للقرن", "بالقرن", "دور", "الدور", "للدور", "بدور"))
_YEAR = frozenset(("عام", "سنه", "لعام", "العام", "السنه", "بعام"))
_OTHER_WORDS = frozenset(("وست",))  # West
_HUNDREDS_START = re.compile("[وفبكل]*(?:ال)?مي")
_LATIN = re.compile(r"[A-Za-z]")
_UNSURE: frozenset[Kind] = frozenset({"ordinal", "fraction", "decade", "many"})
_SURE: frozenset[Kind] = frozenset({"unit", "ten", "hundred", "hundreds", "dual"})
_COMPLETE: frozenset[Kind] = frozenset({"ordinal", "fraction", "many", "decade", "dual", "scale"})
_ROUND_TENS = frozenset(range(20, 100, 10))


class _Word(NamedTuple):
    value: float
    kind: Kind
    joined: bool = False  # "and" is written onto it
    article: bool = False


def _bases() -> Iterator[tuple[str, float, Kind]]:
    """Every form without clitics."""
    plain: tuple[tuple[dict[int, str] | dict[float, str], Kind], ...] = (
        (_FEW, "few"), (_UNITS, "unit"), (_MANY, "many"), (_ORDINALS, "ordinal"), (_FRACTIONS, "fraction"),
    )  # fmt: skip
    for table, kind in plain:
        for value, forms in table.items():
            yield from ((form, value, kind) for form in forms.split())
    for tens, stem in _STEMS.items():
        yield from ((stem + ending, 10 * tens, "ten") for ending in ("ون", "ين"))
        endings = ("ينات", "ينيات", "يني", "ينية")
        yield from ((stem + ending, 10 * tens, "decade") for ending in endings)
    yield from _hundreds()
    for value, (one, two, many) in _SCALES.items():
        yield from ((form, value, "scale") for form in one.split())
        yield from ((form, 2 * value, "dual") for form in two.split())
        yield from ((form, value, "many") for form in many.split())


def _hundreds() -> Iterator[tuple[str, float, Kind]]:
    yield from ((form, 200, "hundreds") for form in _TWO_HUNDRED.split())
    for form in _HUNDRED.split():
        yield form, 100, "hundred"
        for value, stem in _STEMS.items():
            if value > 2:
                yield stem + form, 100 * value, "hundreds"
        yield _UNITS[8].split()[1] + form, 800, "hundreds"


def _table() -> dict[str, _Word]:
    """Every printed form, folded, with what may be written onto it; a form without clitics wins."""
    bases = [(fold_text(form), value, kind) for form, value, kind in _bases()]
    table: dict[str, _Word] = {}
    for form, value, kind in bases:
        table.setdefault(form, _Word(value, kind))
    for conjunction in ("", "و", "ف"):
        for clitic in ("", "ب", "ك", "ل", "ال", "بال", "كال", "لل"):
            article = clitic.endswith("ال") or clitic == "لل"
            for form, value, kind in bases:
                if clitic not in ("ل", "ك") or len(form) > 2:  # لست is "I am not"
                    word = _Word(value, kind, bool(conjunction), article)
                    table.setdefault(conjunction + clitic + form, word)
    for form in _MONDAY:
        table.pop(form, None)
    return table


_TABLE = _table()
ARABIC_WORDS = frozenset(_TABLE)


class _Read(NamedTuple):
    """A number in the making: what was read, and the place after it."""

    value: float
    after: int
    figures: bool
    words: int  # tokens it is made of


def arabic_numbers(tokens: Sequence[Token], folded: Folded) -> list[Number]:
    """The numbers of Arabic, in order; offsets are of the folded text."""
    out: list[Number] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        before = tokens[at - 1] if at else None
        if not token.figures and (token.text not in _TABLE or is_percent(token, before)):
            at += 1
            continue
        number, at = _number(tokens, at)
        if _part_of_something(token, before, folded.text) or _misread(token, folded):
            number = number._replace(sure=False)
        if token.figures and before and before.text in _YEAR and number.value < 100:
            number = number._replace(also=(1900 + number.value, 2000 + number.value))
        out.append(number)
    return out


def is_percent(token: Token, before: Token | None) -> bool:
    """Whether it is "per cent": بالمئة, في المئة. Without في it is a hundred."""
    if token.text not in PERCENT_WORDS:
        return False
    return token.text.startswith("ب") or (before is not None and before.text == "في")


def _misread(token: Token, folded: Folded) -> bool:
    """Whether folding alone makes it a number: مية is a name, ميتا dead, but مئة a hundred."""
    if token.text in _OTHER_WORDS:
        return True
    printed = folded.span(token.start, token.end).of(folded.original)
    return bool(_HUNDREDS_START.match(token.text)) and "مي" in printed


def _part_of_something(token: Token, before: Token | None, text: str) -> bool:
    """Whether it is no number of its own: KV62, كم2, القرن العشرين."""
    if not token.figures:
        return before is not None and before.text in _NAMED_BY_NUMBER
    if token.start and _LATIN.match(text, token.start - 1):
        return True
    return before is not None and before.end == token.start and before.text in _METRES


def _number(tokens: Sequence[Token], at: int) -> tuple[Number, int]:
    first = tokens[at]
    word = None if first.figures else _TABLE[first.text]
    read = _scaled(tokens, at)
    total, last, after = read.value, read, read.after
    while following := _conjoined(tokens, after):
        added = _added(last, following)
        if added is None:
            break
        scale = _scale_of_tens(following.value) if last.value < 10 else None
        total = total * (scale or 1) + added
        last, after = following, following.after
    compound = after > at + 1
    sure = word is None or word.kind in _SURE or (compound and (word.kind != "few" or total > 2))
    if word and word.kind in _UNSURE:
        sure = False
    also = _also(first, word, total, compound)
    return Number(total, first.start, tokens[after - 1].end, sure, first.figures, also), after


def _also(first: Token, word: _Word | None, total: float, compound: bool) -> tuple[float, ...]:
    if word is None:
        return clock(first.text)
    if word.kind == "decade":
        return (1900 + total, 2000 + total)
    if word.kind == "scale" and first.text.endswith("ا") and not compound:
        return (
            2 * total,
        )  # ألفا موظف: two thousand before a genitive, a thousand in the accusative
    return ()


def _word(tokens: Sequence[Token], at: int) -> _Word | None:
    """The number word that stands there with nothing but a space before it."""
    if at >= len(tokens) or tokens[at].start - tokens[at - 1].end > 1:
        return None
    return None if is_percent(tokens[at], tokens[at - 1]) else _TABLE.get(tokens[at].text)


def _scaled(tokens: Sequence[Token], start: int) -> _Read:
    """One number without و: figures or a word, then its scales: 2.5 مليون, ثلاث مئة ألف."""
    token, at = tokens[start], start + 1
    if token.figures:
        value = figure(token.text.translate(LATIN_DIGITS))
    else:
        value, kind, *_ = _TABLE[token.text]
        if kind in ("few", "unit", "ordinal") and value < 10 and _is_teen(tokens, at):
            value, at = value + 10, at + 1
        elif kind in _COMPLETE:
            return _Read(value, at, False, 1)
    while word := _word(tokens, at):
        scales = word.kind in ("hundred", "scale", "many") and 100 <= word.value > value / 1000
        if word.joined or word.article or not scales:
            break
        value, at = value * word.value, at + 1
    return _Read(value, at, token.figures, at - start)


def _is_teen(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].text in _TEEN


def _conjoined(tokens: Sequence[Token], at: int) -> _Read | None:
    """A number after و, which is written onto it or stands apart."""
    if at >= len(tokens):
        return None
    if tokens[at].text != "و":
        word = _word(tokens, at)
        return _scaled(tokens, at) if word and word.joined else None
    if at + 1 >= len(tokens) or tokens[at + 1].start - tokens[at].end > 1:
        return None
    word = _word(tokens, at + 1)
    if tokens[at + 1].figures or (word and word.kind != "ordinal"):
        return _scaled(tokens, at + 1)
    return None


def _added(last: _Read, following: _Read) -> float | None:
    """What follows و and belongs to the number: ثلاثة وعشرون, مئة وخمسة, مليون و200 ألف; None if it doesn't."""
    if last.figures and last.words == 1:
        return None  # 2000 و500 are two
    if last.value < 10:
        if following.figures:
            return None
        scale = _scale_of_tens(following.value)
        tens = following.value in _ROUND_TENS
        return following.value if tens or scale else None
    fits = last.value % 100 == 0 and following.value < _step(last.value)
    return following.value if fits else None


def _scale_of_tens(value: float) -> float | None:
    """The scale of عشرون ألفا, which خمسة before it belongs to as well."""
    return next((scale for scale in _SCALES if value / scale in _ROUND_TENS), None)


def _step(value: float) -> float:
    """The largest round step that the value is made of: 100 of 300, a million of two."""
    steps = (*reversed(_SCALES), 100)
    return next((step for step in steps if value >= step), 1)
