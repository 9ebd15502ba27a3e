"""Which pairs are worth training on, and which must not be trained on.

The filters are the usual ones for crawled text (length, ratio, script). The guard keeps evaluation honest: a
pair that shares eight words in a row with an evaluation sentence, or is nearly the same sentence, is dropped,
on whichever side it is found.
"""

import hashlib
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from glossary.arabic import fold_text
from models.training.pairs import NoPair, Text

LONGEST = 900  # characters of a side
LONG_NGRAM = 8  # words in a row that no training sentence shares with an evaluation sentence
NEAR = 0.5  # shared part of all trigrams (Jaccard) from which two sentences are nearly the same
_ARABIC, _LATIN = re.compile(r"[\u0600-\u06FF]"), re.compile(r"[A-Za-z]")
_RATIO = (0.35, 2.2)  # Arabic over English characters, each with _GRACE more
_GRACE = 8  # so that short pairs may differ
_ARABIC_SHARE, _LATIN_SHARE = 0.4, 0.5
_WORD = re.compile(r"\w+")


def clean(text: str) -> str:
    """One line, in compatibility form, entities spelt out, spaces single."""
    return " ".join(unicodedata.normalize("NFKC", html.unescape(text)).split())


def objection(source: str, target: str) -> str | None:
    """Why a cleaned pair isn't good enough; None where it is."""
    if not source or not target:
        return "empty"
    if max(len(source), len(target)) > LONGEST:
        return "too long"
    if not _RATIO[0] < (len(source) + _GRACE) / (len(target) + _GRACE) < _RATIO[1]:
        return "length ratio"
    arabic, latin = len(_ARABIC.findall(source)), len(_LATIN.findall(target))
    if (
        arabic < _ARABIC_SHARE * len(source.replace(" ", ""))
        or latin < _LATIN_SHARE * len(target.replace(" ", ""))
        or _ARABIC.search(target)
    ):
        return "script"
    return None


class Seen:
    """Pairs met before, 8 bytes of a hash each."""

    def __init__(self) -> None:
        self._digests: set[bytes] = set()

    def before(self, source: str, target: str) -> bool:
        """Whether this pair came before; it has from now on."""
        digest = hashlib.blake2b(f"{source}\t{target}".encode(), digest_size=8).digest()
        known = digest in self._digests
        self._digests.add(digest)
        return known


class Guard:
    """Knows the evaluation sentences, both sides, and says which texts are too much like one."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._whole: set[tuple[str, ...]] = set()
        self._long: set[tuple[str, ...]] = set()
        self._holders: dict[tuple[str, ...], list[int]] = {}
        self._sizes: list[int] = []
        for sentence in sentences:
            words = _words(sentence)
            if not words or words in self._whole:
                continue
            self._whole.add(words)
            self._long |= _ngrams(words, LONG_NGRAM)
            trigrams = _ngrams(words, 3)
            for trigram in trigrams:
                self._holders.setdefault(trigram, []).append(len(self._sizes))
            self._sizes.append(len(trigrams))

    def __len__(self) -> int:
        return len(self._whole)

    def knows(self, text: str) -> bool:
        """Whether a text is, nearly is, or shares a long n-gram with an evaluation sentence."""
        words = _words(text)
        if words in self._whole:
            return True
        trigrams = _ngrams(words, 3)
        shared = trigrams & self._holders.keys()
        if not shared:
            return False
        if len(shared) >= LONG_NGRAM - 2 and not self._long.isdisjoint(_ngrams(words, LONG_NGRAM)):
            return True
        met = Counter(holder for trigram in shared for holder in self._holders[trigram])
        return any(
            count >= NEAR * (len(trigrams) + self._sizes[holder] - count)
            for holder, count in met.items()
        )


def sound(
    pairs: Iterable[Text | NoPair],
    dropped: Counter[str],
    seen: Seen,
    guard: Guard | None = None,
) -> Iterator[Text]:
    """The cleaned pairs that training can use; `dropped` counts the others by what is wrong with them."""
    for pair in pairs:
        if isinstance(pair, NoPair):
            dropped[str(pair)] += 1
            continue
        source, target = clean(pair[0]), clean(pair[1])
        wrong = objection(source, target)
        if wrong is None and seen.before(source, target):
            wrong = "duplicate"
        if wrong is None and guard is not None and (guard.knows(source) or guard.knows(target)):
            wrong = "like an evaluation sentence"
        if wrong is None:
            yield source, target
        else:
            dropped[wrong] += 1


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold_text(text).lower()))


def _ngrams(words: tuple[str, ...], size: int) -> set[tuple[str, ...]]:
    return set(zip(*(words[i:] for i in range(size)), strict=False))
