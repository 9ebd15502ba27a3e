"""Find the terms of a termbase in Arabic text as it is printed: any spelling, clitics and
inflection included.

Two steps, so that a million terms cost no more per character than ten. A trie over the words of the
terms proposes: each distinct printed word is looked into once (`morphology.stems`) and remembered
with the terms it is and those it may begin, so that a word without terms costs one lookup, and one
that begins terms a second, for what follows. Only a word of a proposed term is taken apart
(`morphology.readings`); `licence.licensed` then disposes, word by word, with the printed letters in
hand. Offsets are those of the original text throughout, since only single words are ever folded;
they are counted only for a text that has a term.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice
from typing import NamedTuple, cast

from glossary.arabic import HYPHENS, INVISIBLE, LETTERS, MARKS, TATWEEL, fold_text, printed
from glossary.licence import CitedWord, licensed
from glossary.morphology import ARABIC, Reading, readings, stems
from glossary.trie import WIDTH, Trie, TrieState
from glossary.types import Span, Term, TermMatch

_ARABIC = f"[{LETTERS}][{LETTERS}{MARKS}]*(?:[{TATWEEL}{INVISIBLE}]+[{LETTERS}{MARKS}]+)*"
_OTHER = f"[^\\W\\d_{LETTERS}{TATWEEL}](?:[^\\W\\d_{LETTERS}{TATWEEL}]|[\u0300-\u036f])*"
_TOKEN = re.compile(f"{_ARABIC}|\\d+|{_OTHER}")
_CUT = re.compile(f"({_TOKEN.pattern})")

_SPACE = " \u00a0\u1680\u2000-\u200a\u202f\u3000"
_QUOTE = '«»"“”„‟'
_THIN = f"[{INVISIBLE}{TATWEEL}]*"
_JOIN = re.compile(
    f"(?:[{_SPACE}{INVISIBLE}{TATWEEL}]|\r?\n(?![^\r\n]*\n))*|{_THIN}[-_{HYPHENS}]{_THIN}"
)
_MODEL = re.compile(f"{_THIN}[{_SPACE}]?[-{HYPHENS}][{_SPACE}]?{_THIN}")  # مي -35
_OPENING = re.compile(f"{_THIN}[{_SPACE}]{_THIN}[{_QUOTE}]{_THIN}")
_CLOSING = re.compile(f"{_THIN}[{_QUOTE}]")
_ATTACHED = re.compile(_THIN)
_LONGEST_JOIN = 4
_CACHED_WORDS = 300_000
_CACHED_USES = 100  # printed forms a pattern remembers its reading of

_ATTACHABLE = {
    before + article: (*before, *letters)
    for before in ("", "و", "ف")
    for article, letters in {
        "": (), "ال": ("ال",), "ب": ("ب",), "ك": ("ك",), "ل": ("ل",),
        "بال": ("ب", "ال"), "كال": ("ك", "ال"), "لل": ("ل", "ال"),
    }.items()
    if before + article
}  # fmt: skip


class _Pattern(NamedTuple):
    term: Term
    order: int
    words: tuple[CitedWord, ...]
    joins: tuple[str, ...]
    uses: dict[tuple[str, ...], "_Use | None"]  # by the printed words, as far as met


@dataclass(frozen=True, slots=True, eq=False)
class _Use:
    """A pattern whose words are read in one way: what that says of an occurrence, wherever it stands."""

    pattern: _Pattern
    proclitics: tuple[str, ...]
    enclitic: str
    cost: int


@dataclass(frozen=True, slots=True, eq=False)
class _Word:
    """What one printed word can be, and which terms can begin with it."""

    numbers: tuple[int, ...] = ()  # of the words of terms that it can be
    begins: bool = False  # a term, or is one
    alone: tuple[_Use, ...] = ()  # terms that it is
    leaves: tuple[tuple[int, int], ...] = ()  # second word and leaf of the trie
    nodes: tuple[int, ...] = ()  # of the trie, as the edges below them are keyed


# An occurrence in the order of preference: start, -end, cost, order of the term, when it was found.
_Found = tuple[int, int, int, int, int, TermMatch]


@dataclass(frozen=True, slots=True)
class _Line:
    """A text cut into words: `parts` are what is before the first word, the word, what is after it, and so on."""

    text: str
    parts: list[str]
    ends: list[int]

    def __len__(self) -> int:
        return len(self.parts) // 2

    def word(self, at: int) -> str:
        return self.parts[2 * at + 1]

    def after(self, at: int) -> str:
        """What stands between word `at` and the next."""
        return self.parts[2 * at + 2]

    def touches(self, at: int) -> bool:
        """Whether nothing that shows stands between word `at` and the next."""
        between = self.parts[2 * at + 2]
        return between != " " and _ATTACHED.fullmatch(between) is not None

    def start(self, at: int) -> int:
        return self.ends[2 * at]

    def end(self, at: int) -> int:
        return self.ends[2 * at + 1]


_Token = re.Match[str]
State = tuple[TrieState, bytes, bytes, set[str]]
_NOTHING = _Word()


def tokens(text: str) -> list[_Token]:
    """The words and numbers of a text; letters and digits that touch are two tokens."""
    return list(_TOKEN.finditer(text))


def resolve(matches: Iterable[TermMatch]) -> list[TermMatch]:
    """Drop overlaps: the longest stays, then the leftmost, then the one that comes first in `matches`."""
    return _apart([(m.span.start, -m.span.end, 0, 0, nth, m) for nth, m in enumerate(matches)])


def _apart(found: list[_Found]) -> list[TermMatch]:
    """The same among occurrences, of which the first stays where they are as long and as far left."""
    found.sort()
    reached = 0
    for start, minus_end, *_ in found:
        if start < reached:
            break
        reached = -minus_end
    else:
        return [one[-1] for one in found]
    kept: list[_Found] = []
    taken: set[int] = set()
    for one in sorted(found, key=_size, reverse=True):
        cover = range(one[0], -one[1])
        if taken.isdisjoint(cover):
            taken.update(cover)
            kept.append(one)
    return [one[-1] for one in sorted(kept)]


def _size(found: _Found) -> int:
    return -found[1] - found[0]


def _cite(word: str) -> CitedWord:
    folded, letters = fold_text(word), printed(word)
    article = len(folded) > 4 and folded.startswith("ال") and letters[0] in "اٱ"
    return CitedWord(
        folded[2:] if article else folded, article, letters[2:] if article else letters
    )


def _whole(word: CitedWord) -> CitedWord:
    return CitedWord("ال" + word.key, False, "ال" + word.letters) if word.article else word


def _spellings(term: Term, words: tuple[CitedWord, ...]) -> Iterator[tuple[CitedWord, ...]]:
    """The cited words, then spellings that cut them elsewhere: عبد الله, نور الدين, أبو ظبي."""
    yield words
    if term.kind in ("term", "demonym"):
        if words[0].article and words[0].key[0] == "ت":  # التزام: not always an article
            yield (_whole(words[0]), *words[1:])
        return
    for at, word in enumerate(words):
        if word.key in ("عبد", "ابو") and at + 1 < len(words):
            yield _joined(words, at)
        elif word.key == "دين" and word.article and at and not words[at - 1].article:
            yield _joined(words, at - 1)
        if word.key.startswith("عبدال") or (word.key.startswith("ابو") and len(word.key) > 5):
            yield _cut(words, at, 3)
        elif word.key.endswith("الدين") and len(word.key) > 6:
            yield _cut(words, at, len(word.key) - 5)


def _joined(words: tuple[CitedWord, ...], at: int) -> tuple[CitedWord, ...]:
    head, tail = words[at], _whole(words[at + 1])
    word = CitedWord(head.key + tail.key, head.article, head.letters + tail.letters)
    return (*words[:at], word, *words[at + 2 :])


def _cut(words: tuple[CitedWord, ...], at: int, size: int) -> tuple[CitedWord, ...]:
    word = words[at]
    head = CitedWord(word.key[:size], word.article, word.letters[:size])
    return (*words[:at], head, _cite(word.letters[size:]), *words[at + 1 :])


def _patterns(
    term: Term, cite: Callable[[str], CitedWord]
) -> Iterator[tuple[str, tuple[CitedWord, ...]]]:
    """The word sequences that stand for a term, each with the cited text it comes from."""
    for source in (term.source, *term.source_variants):
        words = tuple(map(cite, _TOKEN.findall(source)))
        if words:
            for spelling in _spellings(term, words):
                yield source, spelling


def _joins(source: str, size: int) -> tuple[str, ...]:
    """What the cited text has between its words; spaces where the spelling cuts the words elsewhere."""
    between = _CUT.split(source)[2:-1:2]
    return tuple(between) if len(between) == size - 1 else (" ",) * (size - 1)


class Matcher:
    """Terms compiled for matching. Safe to share between threads.

    >>> moscow = Term(source="موسكو", target="Moscow", kind="place")
    >>> [m.surface for m in Matcher([moscow]).match("سافر إلى باريس ولموسكو.")]
    ['ولموسكو']
    """

    def __init__(self, terms: Iterable[Term], *, include_proposed: bool = False) -> None:
        self._terms = terms if isinstance(terms, Sequence) else tuple(terms)
        self._trie = Trie()
        self._entries = array("I")  # entry -> term
        self._nth = array("B")  # entry -> which of the term's patterns
        self._places: set[str] = set()
        self._start()
        cite = lru_cache(_CACHED_WORDS)(_cite)
        for order, term in enumerate(self._terms):
            if term.status == "approved" or (include_proposed and term.status == "proposed"):
                self._add(order, term, cite)

    @classmethod
    def restore(cls, terms: Sequence[Term], state: State) -> "Matcher":
        """The matcher that had this `state` over the same terms."""
        matcher = cls(())
        matcher._terms = terms
        trie, entries, nth, matcher._places = state
        matcher._trie.restore(trie)
        matcher._entries.frombytes(entries)
        matcher._nth.frombytes(nth)
        return matcher

    @property
    def state(self) -> State:
        """Everything compiled, in types that marshal can write."""
        return self._trie.state, self._entries.tobytes(), self._nth.tobytes(), self._places

    def __len__(self) -> int:
        return len(self._terms)

    def _start(self) -> None:
        self._cited: dict[int, _Pattern] = {}
        self._start_words()

    def _start_words(self) -> None:
        self._words: dict[str, _Word] = {}
        self._shared: dict[tuple[int, ...], _Word] = {}  # by the numbers, of words that are no term
        self._taken_apart: dict[str, list[Reading]] = {}

    def _add(self, order: int, term: Term, cite: Callable[[str], CitedWord]) -> None:
        for nth, (_, words) in enumerate(islice(_patterns(term, cite), 256)):
            self._trie.add([word.key for word in words])
            self._entries.append(order)
            self._nth.append(nth)
            if term.kind == "place" and len(words) == 1 and words[0].key.endswith("يا"):
                self._places.add(words[0].key)

    def match(self, text: str) -> list[TermMatch]:
        """The occurrences in `text`, in order, without overlaps (see `resolve`)."""
        return _apart(self._find(text))

    def match_all(self, text: str) -> list[TermMatch]:
        """Every occurrence, overlapping ones too; of one span, the plainest reading first."""
        plainest: dict[tuple[int, int, int], TermMatch] = {}
        for start, minus_end, _, order, _, match in sorted(self._find(text)):
            plainest.setdefault((start, minus_end, order), match)
        return list(plainest.values())

    def _find(self, text: str) -> list[_Found]:
        parts = _CUT.split(text)
        printed_words = parts[1::2]
        words = self._read_all(printed_words)
        uses, pairs = self._begun(words)
        for at, node in pairs:
            for entry in self._walk(words, at, node):
                use = self._several(printed_words, at, self._pattern(entry))
                if use:
                    uses.append((at, use))
        if not uses:
            return []
        line = _Line(text, parts, [*accumulate(map(len, parts))])
        return [
            (match.span.start, -match.span.end, use.cost, use.pattern.order, nth, match)
            for nth, (at, use) in enumerate(uses)
            if (match := _occurrence(line, at, use))
        ]

    def _read_all(self, printed_words: list[str]) -> list[_Word]:
        """What each word can be, and nothing after the last one."""
        known = [*map(self._words.get, printed_words)]
        if not all(known):  # `None in known` would compare each, which is slower
            known = [word or self._read(printed_words[at]) for at, word in enumerate(known)]
        words = cast(list[_Word], known)
        words.append(_NOTHING)
        return words

    def _read(self, printed_word: str) -> _Word:
        if len(self._words) >= _CACHED_WORDS:
            self._start_words()
        trie = self._trie
        numbers = stems(printed_word, fold_text(printed_word), trie.shown, trie.numbers)
        word = self._words[printed_word] = (
            self._word(printed_word, numbers) if numbers else _NOTHING
        )
        return word

    def _word(self, printed_word: str, numbers: tuple[int, ...]) -> _Word:
        shared = self._shared.get(numbers)
        if shared:
            return shared
        leaves: list[tuple[int, int]] = []
        nodes: list[int] = []
        entries: list[int] = []
        for below in self._trie.below(0, numbers):
            if below >= 0:
                nodes.append(below * WIDTH)
                entries += self._trie.ends(below)
                continue
            sequence = self._trie.sequence(~below)
            if len(sequence) == 1:
                entries.append(~below)
            else:
                leaves.append((sequence[1], below))
        alone = []
        for pattern in map(self._pattern, entries):
            plainest = self._licensed(printed_word, 0, pattern)
            if plainest:
                alone.append(_use(pattern, [plainest]))
        begins = bool(alone or leaves or nodes)
        word = _Word(numbers, begins, tuple(alone), tuple(leaves), tuple(nodes))
        if not entries:
            self._shared[numbers] = word
        return word

    def _begun(self, words: list[_Word]) -> tuple[list[tuple[int, _Use]], list[tuple[int, int]]]:
        """Where a word is a term; where two may begin one, with the node of the trie that they lead to."""
        edge = self._trie.edges.get
        uses: list[tuple[int, _Use]] = []
        pairs: list[tuple[int, int]] = []
        for at, word in enumerate(words):
            if not word.begins:
                continue
            for use in word.alone:
                uses.append((at, use))
            numbers = words[at + 1].numbers
            for node in word.nodes:
                for number in numbers:
                    child = edge(node + number)
                    if child is not None:
                        pairs.append((at, child))
            for second, leaf in word.leaves:
                if second in numbers:
                    pairs.append((at, leaf))
        return uses, pairs

    def _walk(self, words: list[_Word], at: int, node: int) -> Iterator[int]:
        """The entries that stand at word `at` for all the trie knows; its first two words lead to `node`."""
        stack = [(node, 2)]
        while stack:
            node, size = stack.pop()
            if node < 0:
                rest = islice(enumerate(self._trie.sequence(~node), at), size, None)
                if all(number in words[place].numbers for place, number in rest):
                    yield ~node
                continue
            yield from self._trie.ends(node)
            following = self._trie.below(node, words[at + size].numbers)
            stack += [(child, size + 1) for child in following]

    def _pattern(self, entry: int) -> _Pattern:
        pattern = self._cited.get(entry)
        if pattern is None:
            order = self._entries[entry]
            term = self._terms[order]
            source, words = next(islice(_patterns(term, _cite), self._nth[entry], None))
            pattern = _Pattern(term, order, words, _joins(source, len(words)), {})
            self._cited[entry] = pattern
        return pattern

    def _several(self, printed_words: list[str], at: int, pattern: _Pattern) -> _Use | None:
        """How the words from `at` on are read if they are this pattern's."""
        key = tuple(printed_words[at : at + len(pattern.words)])
        if key in pattern.uses:
            return pattern.uses[key]
        chosen = []
        for place, word in enumerate(key):
            reading = self._licensed(word, place, pattern)
            if reading is None:
                break
            chosen.append(reading)
        use = _use(pattern, chosen) if len(chosen) == len(key) else None
        if len(pattern.uses) < _CACHED_USES:
            pattern.uses[key] = use
        return use

    def _licensed(self, word: str, place: int, pattern: _Pattern) -> Reading | None:
        """The plainest reading in which a word can be word number `place` of a pattern."""
        found = self._taken_apart.get(word)
        if found is None:
            found = self._taken_apart[word] = readings(word, self._trie.numbers)
        term, cited, places = pattern.term, pattern.words, self._places
        for reading in found:
            if reading.stem == cited[place].key and licensed(
                word, reading, cited, place, term, places
            ):
                return reading
        return None


def _use(pattern: _Pattern, chosen: list[Reading]) -> _Use:
    head = chosen[0]
    added = head.article and not pattern.words[0].article
    cost = sum(
        4 * reading.cost + (reading.printed != word.letters)
        for reading, word in zip(chosen, pattern.words, strict=True)
    )
    return _Use(
        pattern,
        proclitics=(*head.proclitics, "ال") if added else head.proclitics,
        enclitic=next((reading.enclitic for reading in chosen if reading.enclitic), ""),
        cost=cost,
    )


def _occurrence(line: _Line, at: int, use: _Use) -> TermMatch | None:
    """The term at word `at`, if what is between and around its words is fit for one term."""
    pattern, text = use.pattern, line.text
    end = _end(line, at, pattern)
    if end < 0 or _in_address(text, line.start(at), end):
        return None
    start, attached = _attached(line, at)
    if start < 0 or (attached and "exact" in pattern.term.flags):
        return None
    return TermMatch(
        term=pattern.term,
        span=Span(start, end),
        surface=text[start:end],
        proclitics=use.proclitics or attached,
        enclitic=use.enclitic,
    )


def _end(line: _Line, first: int, pattern: _Pattern) -> int:
    """Where the term that begins at word `first` ends; -1: its words are no one term."""
    last = first + len(pattern.joins)
    quoted = last > first and _quoted(line, first, pattern)
    if quoted is None:
        return -1
    if quoted:
        closing = _CLOSING.match(line.text, line.end(last))
        return closing.end() if closing else -1
    if line.touches(last) and last + 1 < len(line):
        return -1
    return line.end(last)


def _quoted(line: _Line, first: int, pattern: _Pattern) -> bool | None:
    """Whether a quotation opens among a term's words; None: something stands there that parts them."""
    quoted = False
    for at, cited in enumerate(pattern.joins, first):
        between = line.after(at)
        if between == " " or not between:
            continue
        if len(between) > _LONGEST_JOIN:
            return None
        if between == cited or _JOIN.fullmatch(between):
            continue
        if line.word(at + 1).isdecimal() and _MODEL.fullmatch(between):
            continue
        if quoted or not _OPENING.fullmatch(between):
            return None
        quoted = True
    return quoted


def _in_address(text: str, start: int, end: int) -> bool:
    """Whether a Latin or digit match is part of something larger: an address, a decimal number."""
    if "\u0621" <= text[start] <= "\u064a" or ARABIC.match(fold_text(text[start])):
        return False
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    joined_before = len(before) == 2 and before[1] in "@/\\.,٫٬" and before[0].isalnum()
    joined_after = len(after) == 2 and after[0] in "@/\\.,٫٬" and after[1].isalnum()
    return joined_before or joined_after or before[-1:] == "@"


def _attached(line: _Line, at: int) -> tuple[int, tuple[str, ...]]:
    """Where the printed word of word `at` begins, and clitics on Latin or digits; -1: inside a word."""
    if at == 0 or not line.touches(at - 1):
        return line.start(at), ()
    clitics = _ATTACHABLE.get(fold_text(line.word(at - 1)))
    free = at == 1 or not line.touches(at - 2)
    return (line.start(at - 1), clitics) if clitics and free else (-1, ())
