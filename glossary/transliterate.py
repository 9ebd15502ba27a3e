"""Arabic names in Latin letters, and whether an English spelling sounds like an Arabic one.

The standard is the BGN/PCGN 1956 System for Arabic in the form newsrooms print it: no macrons, no dots
below, no signs for hamza and ain. Where the system needs what unvowelled print doesn't show, or news style
differs, these rules hold:

- Printed vowel marks and shadda are written as they stand; what follows is for words without them.
- Alef, waw and ya between consonants are a, u, i; beside another vowel letter waw and ya are w, y.
- A short a parts two consonants at the start of a word; of three in the middle the second and third; of two
  at the end too, with i where an alef stands before (Tariq, Hasan).
- Ta marbuta and alef maqsura are a (the system: ah, á). The article is al-, never assimilated (the system: ash-).
- A foreign name is written back by pattern: o for waw, e for a missing vowel, g for ghain, ch for تش, and endings
  such as -ov, -sky, -vich, -berg. Arabic doesn't tell p from b or v from f: where it prints پ ڤ چ گ they are used.
"""

import re
from functools import lru_cache

from glossary.arabic import fold_text, printed

_CONSONANTS = {
    "ب": "b", "پ": "p", "ت": "t", "ث": "th", "ج": "j", "چ": "ch", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh",
    "ر": "r", "ز": "z", "ژ": "zh", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "غ": "gh",
    "ف": "f", "ڤ": "v", "ق": "q", "ك": "k", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "ه": "h",
}  # fmt: skip
_SHORT = {"\u064e": "a", "\u064f": "u", "\u0650": "i"}
_SHADDA = "\u0651"
_INITIAL = {"إ": "i", "أ": "a", "آ": "a", "ا": "a", "ع": "a", "ء": "a"}
_GAP = re.compile("[\\s\u2010-\u2015-]+")
_PIECES = re.compile(f"{_GAP.pattern}|[^\\s\u2010-\u2015-]+")
_ONLY_ARABIC = re.compile("[عحقصضطظثذ]|ة$")
_FOREIGN_LETTER = re.compile("[پڤچگژ]")
_FOREIGN = re.compile("(?:وف|يف|سكي|تش|سون|...مان|برغ|نغ|شتاين|..و|ينا|وفا|غ)$")
_ENDINGS = (
    ("فيتش", "vich"), ("يتش", "ich"), ("وفسكي", "ovsky"), ("سكي", "sky"), ("وفا", "ova"), ("وف", "ov"),
    ("ييف", "yev"), ("يف", "ev"), ("شتاين", "stein"), ("بورغ", "burg"), ("برغ", "berg"), ("سون", "son"),
    ("مان", "man"), ("نكو", "nko"), ("يا", "ia"),
)  # fmt: skip
_CLUSTERS = (("تش", "چ"), ("نغ", "نگ"), ("غ", "گ"))
_SMALL = {
    "بن": "bin",
    "ابن": "ibn",
    "ابو": "Abu",
    "ام": "Umm",
    "ال": "Al",
    "دي": "de",
    "فان": "van",
}


def transliterate(text: str) -> str:
    """A name of any number of words, each with a capital.

    >>> transliterate("حمدوك"), transliterate("سالم الرميثي"), transliterate("كليموف")
    ('Hamduk', 'Salim al-Ramithi', 'Klemov')
    """
    pieces = _PIECES.findall(text)
    words = [piece for piece in pieces if not _GAP.match(piece)]
    foreign = any(map(is_foreign, words)) and not any(map(_is_arabic, words))
    written = [
        ("-" if piece.strip() else " ")
        if _GAP.match(piece)
        else _word(piece, first=piece is words[0], foreign=foreign)
        for piece in pieces
    ]
    return " ".join("".join(written).strip(" -").split())


def is_foreign(word: str) -> bool:
    """Whether the word looks like a name that Arabic took in: its letters, its ending, many vowel letters."""
    letters = printed(word)
    if _FOREIGN_LETTER.search(letters):
        return True
    if _ONLY_ARABIC.search(letters) or letters.startswith("ال"):
        return False
    vowels = sum(letters.count(vowel) for vowel in "اوي")
    return bool(_FOREIGN.search(letters)) or (len(letters) >= 6 and vowels >= 2)


def _is_arabic(word: str) -> bool:
    return bool(_ONLY_ARABIC.search(printed(word))) or fold_text(word) in _SMALL


def _word(word: str, *, first: bool, foreign: bool) -> str:
    folded = fold_text(word)
    if folded in _SMALL:
        small = _SMALL[folded]
        return small[0].upper() + small[1:] if first else small
    if folded.startswith("ال") and len(folded) > 4 and printed(word)[0] in "اٱ":
        start = word.index("ل") + 1
        return ("Al-" if first else "al-") + _capital(_native(word[start:]))
    return _capital(_loan(printed(word)) if foreign or is_foreign(word) else _native(word))


def _capital(written: str) -> str:
    return written[:1].upper() + written[1:]


def _loan(letters: str) -> str:
    """A foreign name, by pattern."""
    ending = ""
    for arabic, latin in _ENDINGS:
        if letters.endswith(arabic) and len(letters) > len(arabic) + 1:
            letters, ending = letters[: -len(arabic)], latin
            break
    for arabic, one in _CLUSTERS:
        letters = letters.replace(arabic, one)
    sounds = [("o" if s == "u" else s, v) for s, v in _sounds(letters)]
    vowel_follows = ending[:1] in "aeiouy"
    return _joined(sounds, short="e", closed=not ending, before_vowel=vowel_follows) + ending


def _native(word: str) -> str:
    return _joined(_sounds(word), short="a", closed=True, before_vowel=False)


def _sounds(word: str) -> list[tuple[str, bool]]:
    """Latin for each letter, and whether it is a vowel."""
    out: list[tuple[str, bool]] = []
    letters = [char for char in word if char.isalpha() or char in _SHORT or char == _SHADDA]
    for at, char in enumerate(letters):
        after = letters[at + 1] if at + 1 < len(letters) else ""
        if char in _CONSONANTS:
            out.append((_CONSONANTS[char], False))
        elif char == _SHADDA:
            at_vowel = bool(out) and out[-1][1]  # NFC puts shadda after the vowel
            doubled = out[-2:-1] if at_vowel else out[-1:]
            out[len(out) - at_vowel : len(out) - at_vowel] = [d for d in doubled if not d[1]]
        elif char in _SHORT:
            out.append((_SHORT[char], True))
        elif at == 0 and char in "اإأع" and after in ("ي", "و"):
            out.append(("i" if after == "ي" else "u", True))
        elif at == 0 and char in _INITIAL:
            out.extend([] if after == "ا" else [(_INITIAL[char], True)])
        elif char == "ئ":
            out.append(("i", True))
        elif char in "اىةآأ":
            out.append(("a", True))
        elif char in "وي":
            _semivowel(char, after, out)
    return out


def _semivowel(char: str, after: str, out: list[tuple[str, bool]]) -> None:
    """Waw or ya: a vowel between consonants, a consonant at the start or beside a vowel."""
    vowel, glide = ("u", "w") if char == "و" else ("i", "y")
    if out and out[-1] == (vowel, True):  # its short vowel or a first letter stands for it
        return
    beside = not out or (out[-1][1] and after != "") or after in tuple("اىةآ")
    out.append((glide, False) if beside else (vowel, True))


def _joined(sounds: list[tuple[str, bool]], *, short: str, closed: bool, before_vowel: bool) -> str:
    """The sounds with short vowels where consonants would crowd."""
    out: list[str] = []
    run = 0  # consonants since the last vowel
    size = len(sounds)
    long_before = False
    for at, (sound, is_vowel) in enumerate(sounds):
        last = at == size - 1
        if is_vowel:
            run, long_before = 0, sound == "a" and at > 0
        else:
            run += 1
            starts = run == 2 and not any(v for _, v in sounds[: at - 1]) and at == 1
            ends = last and run >= 2 and (closed or not before_vowel)
            doubled = bool(out) and out[-1] == sound
            crowded = run >= 3
            if (
                (starts or ends or crowded)
                and not doubled
                and not _flows(out[-1], sound, short, starts)
            ):
                out.append("i" if ends and long_before and short == "a" and run == 2 else short)
                run, long_before = 1, False
        out.append(sound)
    return "".join(out)


def _flows(before: str, sound: str, short: str, starts: bool) -> bool:
    """Whether a foreign name may have these two together: Klimov, Robert."""
    if short != "e":
        return False
    if starts:
        return sound in ("r", "l") and before in ("b", "p", "t", "d", "k", "g", "f", "s", "sh", "v")
    return (before in ("r", "n", "l") and sound not in ("r", "n", "l", "m")) or before + sound in (
        "st", "ks", "ft", "ng",
    )  # fmt: skip


# Sound

_CLASS = {
    letter: sound
    for sound, letters in {
        "b": "بپ", "t": "تثط", "d": "دذض", "k": "كقخگغ", "j": "جچ", "s": "سشصزظژ", "f": "فڤ", "l": "ل", "m": "م",
        "n": "ن", "r": "ر", "h": "حه",
    }.items()
    for letter in letters
}  # fmt: skip
_DIGRAPHS = (
    ("sch", "s"), ("tch", "J"), ("sh", "s"), ("ch", "J"), ("th", "t"), ("dh", "d"), ("kh", "k"), ("gh", "k"),
    ("ph", "f"), ("ck", "k"), ("ng", "nk"),
)  # fmt: skip
_LATIN = dict(zip("bpdtgjkqcxlmnrszfvhJ", "bbdtkjkkkklmnrssffhj", strict=True))
_PREFIX = re.compile(r"\b(?:al|el)[- ]")
# Letters that English writes in more ways than one: they may stand for each other at a lower price.
_NEAR = {frozenset(pair) for pair in ("jk", "js", "td", "sd", "ts", "fb", "hk", "jt")}


@lru_cache(65536)
def sounds_like(arabic: str, english: str) -> float:
    """0..1: how well the consonants of an English name fit an Arabic one; 1 for Putin and بوتين.

    h counts for little, since neither side writes it reliably.
    """
    words = (word.removeprefix("ال") for word in printed(arabic).split(" "))
    ours = _skeleton("".join(_CLASS.get(char, "") for word in words for char in word))
    lower = _PREFIX.sub("", english.casefold())
    for pair, one in _DIGRAPHS:
        lower = lower.replace(pair, one)
    theirs = _skeleton("".join(_LATIN.get(char, "") for char in lower))
    if not ours or not theirs:
        return 1.0 if ours == theirs else 0.0
    return 1 - _distance(ours, theirs) / max(len(ours), len(theirs))


def _skeleton(sounds: str) -> str:
    """Without h and doubled consonants; h alone stays."""
    bare = sounds.replace("h", "") or sounds
    return re.sub(r"(.)\1+", r"\1", bare)


def _distance(a: str, b: str) -> float:
    row = [float(at) for at in range(len(b) + 1)]
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], float(i)
        for j, y in enumerate(b, 1):
            swap = 0.0 if x == y else 0.5 if frozenset((x, y)) in _NEAR else 1.0
            previous, row[j] = row[j], min(previous + swap, row[j] + 1, row[j - 1] + 1)
    return row[-1]
