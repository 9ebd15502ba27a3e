"""Reading English numbers, in figures and in words: two hundred and five, 1.2 million, 19th, the 1990s."""

import re
from collections.abc import Sequence

from translate.checks.numerals import Number, Token, clock, figure

_SMALL = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = """
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
"""
_UNIT_VALUES = {word: float(at) for at, word in enumerate(_SMALL.split())}
_TEN_VALUES = {word: 10.0 * at for at, word in enumerate(_TENS.split(), 2)}
_ORDINAL_VALUES = {word: float(at) for at, word in enumerate(_ORDINALS.split(), 1)} | {
    "thirtieth": 30.0, "fortieth": 40.0, "fiftieth": 50.0, "sixtieth": 60.0, "hundredth": 100.0,
}  # fmt: skip
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0,
    "m": 1e6, "mn": 1e6, "bn": 1e9, "k": 1e3, "tn": 1e12,
}  # fmt: skip
_LETTERS = frozenset(
    {"m", "mn", "bn", "k", "tn"}
)  # scales only right after figures: 5 m are metres
_MANY = {
    "tens": 1e1, "dozens": 1e1, "hundreds": 1e2, "thousands": 1e3, "millions": 1e6, "billions": 1e9,
    "trillions": 1e12,
}  # fmt: skip
# Words that show a number without being sure of it: value -> words.
_LOOSE = {
    0.2: "fifths", 0.25: "quarter quarters", 0.5: "half", 2 / 3: "thirds", 1: "single once",
    2: "both twice double doubled couple pair",
    3: "thrice triple tripled threefold trio triad tripartite trilateral treble trebled triplet triplets",
    4: "quadruple quadrupled fourfold quartet quadruplets", 5: "fivefold quintet quintuplets", 6: "sextet", 10: "tenfold decade",
    12: "noon midday midnight", 14: "fortnight", 20: "decades twenties", 30: "thirties", 40: "forties",
    50: "fifties", 60: "sixties", 70: "seventies", 80: "eighties", 90: "nineties", 100: "century centuries",
}  # fmt: skip
_LOOSE_VALUES = {word: float(value) for value, words in _LOOSE.items() for word in words.split()}
_STARTS = {**_UNIT_VALUES, **_TEN_VALUES, **_ORDINAL_VALUES}
_BESIDE = frozenset((" ", "-", "\u2010", "\u2011", "\u00a0"))
_LATIN = re.compile(r"[A-Za-z]")
ENGLISH_WORDS = frozenset({*_STARTS, *_SCALES, *_MANY, *_LOOSE_VALUES} - _LETTERS)


def english_numbers(tokens: Sequence[Token], text: str) -> list[Number]:
    """The numbers of the target, in order."""
    out: list[Number] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if not token.figures and token.text not in ENGLISH_WORDS:
            at += 1
            continue
        number, at = _number(tokens, at, text)
        if _in_a_name(token, text):
            number = number._replace(sure=False)
        out.append(number)
    return out


def _in_a_name(token: Token, text: str) -> bool:
    """Whether it is no number of its own: KV62, Six Flags in the middle of a sentence."""
    if token.figures:
        return bool(token.start and _LATIN.match(text, token.start - 1))
    capital = text[token.start].isupper() and token.start > 1
    return capital and text[token.start - 1] == " " and text[token.start - 2] not in '.:!?"“'


def _number(tokens: Sequence[Token], at: int, text: str) -> tuple[Number, int]:
    first = tokens[at]
    if first.text in _LOOSE_VALUES:
        return _loose(tokens, at, text)
    if first.text in _MANY:
        return Number(_MANY[first.text], first.start, first.end, False, False), at + 1
    value, ordinal, after = _compound(tokens, at, text)
    bare = first.text in _SCALES and first.text != "dozen"
    sure = first.figures or (not ordinal and value > 2 and not bare and first.text != "dozen")
    end = tokens[after - 1].end
    also = _also(first, value, text[end : end + 1] == "s") if first.figures else ()
    return Number(value, first.start, end, sure, first.figures, also), after


def _also(first: Token, value: float, decade: bool) -> tuple[float, ...]:
    if 10 <= value <= 90 and value % 10 == 0:
        return (1900 + value, 2000 + value)  # '90s
    if decade and 1500 <= value <= 2090:
        return (value % 100,)
    return clock(first.text)


def _loose(tokens: Sequence[Token], at: int, text: str) -> tuple[Number, int]:
    """Half, twice, both; half a million."""
    first, after, value = tokens[at], at + 1, _LOOSE_VALUES[tokens[at].text]
    if _beside(tokens, after, text) == "a" and _beside(tokens, after + 1, text) in _SCALES:
        value, after = value * _SCALES[tokens[after + 1].text], after + 2
    return Number(value, first.start, tokens[after - 1].end, False, False), after


def _beside(tokens: Sequence[Token], at: int, text: str) -> str:
    """The word that follows with no more than a space or hyphen between, or nothing."""
    if at >= len(tokens):
        return ""
    before, here = tokens[at - 1].end, tokens[at].start
    return tokens[at].text if here == before or text[before:here] in _BESIDE else ""


def _compound(tokens: Sequence[Token], at: int, text: str) -> tuple[float, bool, int]:
    """Value, whether it is an ordinal, and the place after it."""
    first = tokens[at]
    total, current = 0.0, figure(first.text) if first.figures else _start(first.text)
    ordinal = first.text in _ORDINAL_VALUES
    at += 1
    while not ordinal:
        place = at
        word = _beside(tokens, place, text)
        if word == "and" and (current >= 100 or total):
            place += 1
            word = _beside(tokens, place, text)
            if word not in _UNIT_VALUES and word not in _TEN_VALUES:
                break
        if word in _LETTERS and tokens[place].start > tokens[place - 1].end:
            break
        if word in _SCALES and _SCALES[word] <= 100:
            current *= _SCALES[word]
        elif word in _SCALES:
            total, current = total + current * _SCALES[word], 0.0
        elif not first.figures and word in _STARTS and _fits(current, _STARTS[word], total):
            current, ordinal = current + _STARTS[word], word in _ORDINAL_VALUES
        else:
            break
        at = place + 1
    return total + current, ordinal, at


def _start(word: str) -> float:
    return _SCALES[word] if word in _SCALES else _STARTS[word]


def _fits(current: float, added: float, total: float) -> bool:
    """Twenty-five, two hundred and five, a thousand and one."""
    if current % 100 == 0:
        return bool(current or total)
    return current % 10 == 0 and current % 100 >= 20 and added < 10
