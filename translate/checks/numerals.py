"""What a number is, on either side; how digits and times are read."""

import re
from typing import NamedTuple

_SEPARATOR = re.compile(r" ?[.,،] ?")
_DIGITS = frozenset("0123456789")


class Token(NamedTuple):
    """A word or number; `text` is folded (Arabic) or in lower case (English)."""

    text: str
    start: int
    end: int

    @property
    def figures(self) -> bool:
        """Whether it is printed with digits."""
        return self.text[0] in _DIGITS


class Number(NamedTuple):
    """A value and the range of the text it was read from (folded text on the Arabic side).

    It is `sure` where the other side has to show it; a word that may mean something else (ثاني, one, half)
    or gives only an order of size (ملايين) is not.
    """

    value: float
    start: int
    end: int
    sure: bool
    figures: bool  # printed with digits
    also: tuple[float, ...] = ()  # values that the other side may show instead


def figure(text: str) -> float:
    """The value of digits as printed; of a time, hours times 100 and minutes.

    The last separator is a decimal mark if another one stands before it, or other than three digits follow;
    all others group: 2,5 and 1.205,9 and 4,704.58, but 1,250 and 2.500.000.
    """
    text = text.replace(":", "")
    marks = _SEPARATOR.findall(text)
    parts = _SEPARATOR.split(text)
    if marks and (len(parts[-1]) != 3 or len(set(marks)) > 1):
        return float(f"{''.join(parts[:-1])}.{parts[-1]}")
    return float("".join(parts))


def clock(text: str) -> tuple[float, ...]:
    """What else a time may be printed as: 15:00 is 3, 3:00, 15.00. Nothing for what is no time."""
    if ":" not in text:
        return ()
    hours, minutes = map(int, text.split(":"))
    others = [other for other in (hours - 12, hours + 12) if 0 <= other <= 24]
    return (
        hours + minutes / 100,
        *(value for other in others for value in (other * 100 + minutes, other + minutes / 100)),
    )


def says_number(words: frozenset[str], number_words: frozenset[str]) -> bool:
    """Whether there is any number at all."""
    return not number_words.isdisjoint(words) or any(word[0] in _DIGITS for word in words)
