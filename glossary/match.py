"""Find the terms of a termbase in Arabic text as it is printed: any spelling, clitics and
inflection included.

Two steps, so that a million terms cost no more per character than ten. A trie over the words of the
terms proposes: each distinct printed word is taken apart once (`morphology.readings`) and
remembered, the trie is one flat dict, and a word that starts no term costs one lookup.
`licence.licensed` then disposes, word by word, with the printed letters in hand. Offsets are those
of the original text throughout, since only single words are ever folded.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

from glossary.arabic import HYPHENS, INVISIBLE, LETTERS, MARKS, TATWEEL, fold_text, printed
from glossary.licence import CitedWord, licensed
from glossary.morphology import ARABIC, Reading, readings, skeleton
from glossary.types import Span, Term, TermMatch

_ARABIC = f"[{LETTERS}](?:[{LETTERS}{MARKS}]|[{TATWEEL}{INVISIBLE}]+(?=[{LETTERS}{MARKS}]))*"
_OTHER = f"[^\\W\\d_{LETTERS}{TATWEEL}](?:[^\\W\\d_{LETTERS}{TATWEEL}]|[\u0300-\u036f])*"
_TOKEN = re.compile(f"{_ARABIC}|\\d+|{_OTHER}")

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
_CHOSEN_WORDS = 100  # printed forms a pattern remembers its reading of
_VIDS = 1 << 24  # an edge of the trie is keyed node * _VIDS + word

_ATTACHABLE = {
    before + article: (*before, *letters)
    for before in ("", "و", "ف")
    for article, letters in {
        "": (), "ال": ("ال",), "ب": ("ب",), "ك": ("ك",), "ل": ("ل",),
        "بال": ("ب", "ال"), "كال": ("ك", "ال"), "لل": ("ل", "ال"),
    }.items()
    if before + article
}  # fmt: skip


class _Word(NamedTuple):
    """What one printed word can be: readings by word number, and the trie's first nodes among them."""

    readings: dict[int, tuple[Reading, ...]]
    starts: tuple[tuple[int, int], ...]


class _Pattern(NamedTuple):
    term: Term
    order: int
    words: tuple[CitedWord, ...]
    numbers: tuple[int, ...]
    joins: tuple[str, ...]
    chosen: dict[tuple[str, int], Reading | None]  # licensed readings met so far


class _Found(NamedTuple):
    match: TermMatch
    cost: int
    order: int


_Token = re.Match[str]
TrieState = tuple[dict[str, int], dict[int, int], dict[int, list[int]], set[str], int, bytes, bytes]
State = tuple[TrieState, bytes, bytes, set[str]]
_NOTHING = _Word({}, ())


def tokens(text: str) -> list[_Token]:
    """The words and numbers of a text; letters and digits that touch are two tokens."""
    return list(_TOKEN.finditer(text))


def resolve(matches: Iterable[TermMatch]) -> list[TermMatch]:
    """Drop overlaps: the longest stays, then the leftmost, then the one that comes first in `matches`."""
    kept: list[TermMatch] = []
    taken: set[int] = set()
    for match in sorted(matches, key=lambda m: (-len(m.span), m.span.start)):
        cover = range(match.span.start, match.span.end)
        if taken.isdisjoint(cover):
            taken.update(cover)
            kept.append(match)
    return sorted(kept, key=lambda m: m.span)


class _Trie:
    """The terms as word sequences in one flat dict; a branch with one term below is cut to a leaf, ~entry."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.edges: dict[int, int] = {}
        self.ends: dict[int, list[int]] = {}
        self.skeletons: set[str] = set()
        self._nodes = 1
        self._flat = array("I")
        self._first = array("Q", [0])

    @property
    def state(self) -> TrieState:
        flat, first = self._flat.tobytes(), self._first.tobytes()
        return self.numbers, self.edges, self.ends, self.skeletons, self._nodes, flat, first

    def restore(self, state: TrieState) -> None:
        self.numbers, self.edges, self.ends, self.skeletons, self._nodes, flat, first = state
        self._flat, self._first = array("I", flat), array("Q", first)

    def sequence(self, entry: int) -> array:  # type: ignore[type-arg]
        return self._flat[self._first[entry] : self._first[entry + 1]]

    def add(self, words: Iterable[str]) -> None:
        numbers, flat = self.numbers, self._flat
        begin, entry = len(flat), len(self._first) - 1
        for word in words:
            number = numbers.get(word)
            if number is None:
                number = numbers[word] = len(numbers)
                self.skeletons.add(skeleton(word))
            flat.append(number)
        self._first.append(len(flat))
        self._insert(entry, flat[begin:])

    def _insert(self, entry: int, sequence: Sequence[int]) -> None:
        node, edges = 0, self.edges
        for depth, number in enumerate(sequence, 1):
            key = node * _VIDS + number
            below = edges.setdefault(key, ~entry)
            if below == ~entry:
                return
            if below < 0:
                below = edges[key] = self._split(~below, depth)
            node = below
        self.ends.setdefault(node, []).append(entry)

    def _split(self, entry: int, depth: int) -> int:
        """Turn a leaf into a node that has the leaf below it."""
        node, self._nodes = self._nodes, self._nodes + 1
        sequence = self.sequence(entry)
        if len(sequence) == depth:
            self.ends[node] = [entry]
        else:
            self.edges[node * _VIDS + sequence[depth]] = ~entry
        return node


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
    found = tokens(source)
    if len(found) != size:
        return (" ",) * (size - 1)
    return tuple(source[a.end() : b.start()] for a, b in pairwise(found))


class Matcher:
    """Terms compiled for matching. Safe to share between threads.

    >>> moscow = Term(source="موسكو", target="Moscow", kind="place")
    >>> [m.surface for m in Matcher([moscow]).match("سافر إلى باريس ولموسكو.")]
    ['ولموسكو']
    """

    def __init__(self, terms: Iterable[Term], *, include_proposed: bool = False) -> None:
        self._terms = terms if isinstance(terms, Sequence) else tuple(terms)
        self._trie = _Trie()
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
        self._words: dict[str, _Word] = {}
        self._cited: dict[int, _Pattern] = {}

    def _add(self, order: int, term: Term, cite: Callable[[str], CitedWord]) -> None:
        for nth, (_, words) in enumerate(islice(_patterns(term, cite), 256)):
            self._trie.add([word.key for word in words])
            self._entries.append(order)
            self._nth.append(nth)
            if term.kind == "place" and len(words) == 1 and words[0].key.endswith("يا"):
                self._places.add(words[0].key)

    def match(self, text: str) -> list[TermMatch]:
        """The occurrences in `text`, in order, without overlaps (see `resolve`)."""
        return resolve(self.match_all(text))

    def match_all(self, text: str) -> list[TermMatch]:
        """Every occurrence, overlapping ones too; of one span, the plainest reading first."""
        best: dict[tuple[int, Span], _Found] = {}
        for found in self._find(text):
            key = found.order, found.match.span
            if key not in best or found.cost < best[key].cost:
                best[key] = found
        ranked = sorted(
            best.values(),
            key=lambda f: (f.match.span.start, -f.match.span.end, f.cost, f.order),
        )
        return [found.match for found in ranked]

    def _find(self, text: str) -> Iterator[_Found]:
        line = tokens(text)
        for at, token in enumerate(line):
            word = self._words.get(token[0]) or self._read(token[0])
            for number, below in word.starts:
                for entry, size in self._walk(text, line, at, number, below):
                    found = self._verify(text, line, at, size, self._pattern(entry))
                    if found:
                        yield found

    def _read(self, printed_word: str) -> _Word:
        numbers = self._trie.numbers
        by_number: dict[int, list[Reading]] = {}
        if skeleton(fold_text(printed_word)) not in self._trie.skeletons:
            self._words[printed_word] = _NOTHING
            return _NOTHING
        for reading in readings(printed_word, numbers):
            by_number.setdefault(numbers[reading.stem], []).append(reading)
        edges = self._trie.edges
        starts = tuple((number, edges[number]) for number in by_number if number in edges)
        word = _Word({n: tuple(r) for n, r in by_number.items()}, starts) if by_number else _NOTHING
        if len(self._words) >= _CACHED_WORDS:
            self._words = {}
        self._words[printed_word] = word
        return word

    def _walk(
        self, text: str, line: list[_Token], at: int, number: int, below: int
    ) -> Iterator[tuple[int, int]]:
        """Entries (and their length in words) whose words may stand at token `at`."""
        trie = self._trie
        stack = [(below, 1)]
        while stack:
            node, size = stack.pop()
            if node < 0:
                sequence = trie.sequence(~node)
                if self._continues(text, line, at, size, sequence):
                    yield ~node, len(sequence)
                continue
            for entry in trie.ends.get(node, ()):
                yield entry, size
            for following in self._next(text, line, at + size):
                edge = trie.edges.get(node * _VIDS + following)
                if edge is not None:
                    stack.append((edge, size + 1))

    def _next(self, text: str, line: list[_Token], at: int) -> Iterable[int]:
        """The words that token `at` can be, if it may follow the token before it inside a term."""
        if at >= len(line) or line[at].start() - line[at - 1].end() > _LONGEST_JOIN:
            return ()
        word = self._words.get(line[at][0]) or self._read(line[at][0])
        return word.readings

    def _continues(
        self, text: str, line: list[_Token], at: int, size: int, sequence: Sequence[int]
    ) -> bool:
        if len(sequence) == size:
            return True
        return at + len(sequence) <= len(line) and all(
            sequence[place] in self._next(text, line, at + place)
            for place in range(size, len(sequence))
        )

    def _pattern(self, entry: int) -> _Pattern:
        pattern = self._cited.get(entry)
        if pattern is None:
            order = self._entries[entry]
            term = self._terms[order]
            source, words = next(islice(_patterns(term, _cite), self._nth[entry], None))
            numbers, joins = tuple(self._trie.sequence(entry)), _joins(source, len(words))
            pattern = _Pattern(term, order, words, numbers, joins, {})
            self._cited[entry] = pattern
        return pattern

    def _verify(
        self, text: str, line: list[_Token], at: int, size: int, pattern: _Pattern
    ) -> _Found | None:
        chosen = []
        for place in range(size):
            reading = self._licensed(line[at + place][0], place, pattern)
            if reading is None:
                return None
            chosen.append(reading)
        span = _extent(text, line, at, at + size - 1, pattern)
        if span is None:
            return None
        start, proclitics = _attached(text, line, at)
        if start < 0 or (proclitics and "exact" in pattern.term.flags):
            return None
        span = Span(start, span.end)
        head = chosen[0]
        if head.article and not pattern.words[0].article:
            proclitics = (*head.proclitics, "ال")
        elif head.proclitics:
            proclitics = head.proclitics
        enclitic = next((reading.enclitic for reading in chosen if reading.enclitic), "")
        match = TermMatch(
            term=pattern.term,
            span=span,
            surface=span.of(text),
            proclitics=proclitics,
            enclitic=enclitic,
        )
        cost = sum(
            4 * reading.cost + (reading.printed != word.letters)
            for reading, word in zip(chosen, pattern.words, strict=True)
        )
        return _Found(match, cost, pattern.order)

    def _licensed(self, word: str, place: int, pattern: _Pattern) -> Reading | None:
        key = word, place
        if key in pattern.chosen:
            return pattern.chosen[key]
        candidates = (self._words.get(word) or self._read(word)).readings.get(
            pattern.numbers[place], ()
        )
        found = next((r for r in candidates if self._may(word, r, place, pattern)), None)
        if len(pattern.chosen) < _CHOSEN_WORDS:
            pattern.chosen[key] = found
        return found

    def _may(self, word: str, reading: Reading, place: int, pattern: _Pattern) -> bool:
        return licensed(word, reading, pattern.words, place, pattern.term, self._places)


def _extent(text: str, line: list[_Token], first: int, last: int, pattern: _Pattern) -> Span | None:
    """The range of tokens first..last if what is between and around them is fit for one term."""
    quoted = False
    for at, cited in zip(range(first, last), pattern.joins, strict=True):
        between = text[line[at].end() : line[at + 1].start()]
        if between in (" ", "", cited) or _JOIN.fullmatch(between):
            continue
        if line[at + 1][0].isdecimal() and _MODEL.fullmatch(between):
            continue
        if quoted or not _OPENING.fullmatch(between):
            return None
        quoted = True
    end = line[last].end()
    if quoted:
        closing = _CLOSING.match(text, end)
        if not closing:
            return None
        end = closing.end()
    elif last + 1 < len(line) and _touches(text, end, line[last + 1].start()):
        return None
    return None if _in_address(text, line[first].start(), end) else Span(line[first].start(), end)


def _touches(text: str, end: int, start: int) -> bool:
    return end == start or bool(_ATTACHED.fullmatch(text, end, start))


def _in_address(text: str, start: int, end: int) -> bool:
    """Whether a Latin or digit match is part of something larger: an address, a decimal number."""
    if ARABIC.match(fold_text(text[start : start + 1])):
        return False
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    joined_before = len(before) == 2 and before[1] in "@/\\.,٫٬" and before[0].isalnum()
    joined_after = len(after) == 2 and after[0] in "@/\\.,٫٬" and after[1].isalnum()
    return joined_before or joined_after or before[-1:] == "@"


def _attached(text: str, line: list[_Token], at: int) -> tuple[int, tuple[str, ...]]:
    """Where the printed word of token `at` begins, and clitics on Latin or digits; -1: inside a word."""
    if at == 0 or not _touches(text, line[at - 1].end(), line[at].start()):
        return line[at].start(), ()
    before = line[at - 1]
    clitics = _ATTACHABLE.get(fold_text(before[0]))
    free = at == 1 or not _touches(text, line[at - 2].end(), before.start())
    return (before.start(), clitics) if clitics and free else (-1, ())
