"""Arabic orthography: the fold that makes printed spellings equal, with a map back to the original.

The folded copy is for comparing only; it is never shown and never given to a model. Hamza seats,
final ya and ta marbuta, vowel marks, tatweel, digits, presentation forms and Persian letters vary
from one house style to another (Habash 2010, ch. 2); what a reader sees stays the original, reached
through `Folded.span`.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from glossary.types import Span

# Combining signs of Arabic: honorifics, tashkeel, hamza above, superscript alef, Koranic signs.
MARKS = (
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u08d3-\u08e1\u08e3-\u08ff"
)
TATWEEL = "\u0640"
# Soft hyphen, Arabic letter mark, zero-width space .. RLM, embeddings, isolates, word joiner, BOM.
INVISIBLE = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
PRESENTATION = "\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc\uff01-\uffee"
# Arabic-Indic and Persian digits and their decimal and grouping marks, as Latin ones.
LATIN_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬", "01234567890123456789.,")
LETTERS = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff"
    "\u0750-\u077f\u08a0-\u08b4\ufb50-\ufd3d\ufd50-\ufdfb\ufe70-\ufefc"
)
HYPHENS = "\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d\u05be\u30fb"

_MARK = re.compile(f"[{MARKS}]")
_DELETED = re.compile(f"[{MARKS}{TATWEEL}{INVISIBLE}]")
_COMPATIBLE = re.compile(f"[{PRESENTATION}]")
_HYPHEN = re.compile(f"[{HYPHENS}]")
# Whatever makes the folded text differ in length from the original.
_RESIZED = re.compile(f"[{MARKS}{TATWEEL}{INVISIBLE}{PRESENTATION}]")

_LETTERS = {
    "\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WITH HAMZA BELOW}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WITH MADDA ABOVE}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WASLA}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER WAW WITH HAMZA ABOVE}": "\N{ARABIC LETTER WAW}",
    "\N{ARABIC LETTER YEH WITH HAMZA ABOVE}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER FARSI YEH}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH GOAL}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH DOACHASHMEE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER AE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER KEHEH}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER GAF}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER PEH}": "\N{ARABIC LETTER BEH}",
    "\N{ARABIC LETTER TCHEH}": "\N{ARABIC LETTER JEEM}",
    "\N{ARABIC LETTER VEH}": "\N{ARABIC LETTER FEH}",
}
_QUOTES = dict.fromkeys("«»“”„‟‹›＂", '"') | dict.fromkeys("‘’‚‛`´ʼʻ′", "'")


def _fold_char(char: str) -> str:
    if _DELETED.match(char):
        return ""
    plain = unicodedata.normalize("NFKC", char) if _COMPATIBLE.match(char) else char
    if plain != char:  # some, such as the ornate parentheses, stand for nothing but themselves
        return "".join(map(_fold_char, plain))
    if _HYPHEN.match(char):
        return "-"
    if char in _LETTERS:
        return _LETTERS[char]
    if char in _QUOTES:
        return _QUOTES[char]
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    lower = char.lower()
    return lower if len(lower) == 1 else lower[0]


def _print_char(char: str) -> str:
    if _DELETED.match(char):
        return ""
    if _COMPATIBLE.match(char):
        return _DELETED.sub("", unicodedata.normalize("NFKC", char))
    return char


class _Table(dict[int, str]):
    """A str.translate table that fills itself from a function of one character."""

    def __init__(self, function: Callable[[str], str]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, code: int) -> str:
        value = self[code] = self._function(chr(code))
        return value


_FOLD = _Table(_fold_char)
_PRINT = _Table(_print_char)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `offsets` holds the original index of each character, then the length."""

    text: str
    offsets: Sequence[int]
    original: str

    def span(self, start: int, end: int) -> Span:
        """The original range of [start, end): with the last letter's marks, without a tatweel after."""
        if start >= end:
            return Span(self.offsets[start], self.offsets[start])
        stop = self.offsets[end - 1] + 1
        while stop < len(self.original) and _MARK.match(self.original, stop):
            stop += 1
        return Span(self.offsets[start], stop)

    def index(self, offset: int) -> int:
        """The folded index of the character that holds the original `offset`."""
        return max(0, bisect_right(self.offsets, offset) - 1)


def fold_text(text: str) -> str:
    """The folded text alone.

    >>> fold_text("إيران") == "ايران"
    True
    """
    return text.translate(_FOLD)


def fold(text: str) -> Folded:
    """Fold `text` and keep where each character came from."""
    folded = text.translate(_FOLD)
    if not _RESIZED.search(text):
        return Folded(folded, range(len(text) + 1), text)
    offsets = [at for at, char in enumerate(text) for _ in _FOLD[ord(char)]]
    offsets.append(len(text))
    return Folded(folded, offsets, text)


def printed(word: str) -> str:
    """`word` as printed but without marks, tatweel, invisible characters; as long as its fold."""
    return word.translate(_PRINT)
