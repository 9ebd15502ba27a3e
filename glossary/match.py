"""Find the terms of a termbase in Arabic text as it is printed: any spelling, clitics and
inflection included.

Two steps, so that a million terms cost no more per character than ten. A trie over the words of the
terms proposes: each distinct printed word is taken apart once (`morphology.readings`) and
remembered with the terms it is and those it may begin, so that a word without terms costs one
lookup, and one that begins terms a second, for what follows. `licence.licensed` then disposes, word
by word, with the printed letters in hand. Offsets are those of the original text throughout, since
only single words are ever folded; they are counted only for a text that has a term.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice, pairwise
from typing import NamedTuple, cast

from glossary.arabic import HYPHENS, INVISIBLE, LETTERS, MARKS, TATWEEL, fold_text, printed
from glossary.licence import CitedWord, licensed
from glossary.morphology import ARABIC, Reading, readings
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
    numbers: tuple[int, ...]
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

    readings: dict[int, list[Reading]]  # by word number
    alone: tuple[_Use, ...] = ()  # terms that it is
    leaves: tuple[tuple[int, int], ...] = ()  # second word and leaf of the trie
    nodes: tuple[int, ...] = ()  # of the trie, as the edges below them are keyed


class _Found(NamedTuple):
    match: TermMatch
    cost: int
    order: int


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
_NOTHING = _Word({})


def tokens(text: str) -> list[_Token]:
    """The words and numbers of a text; letters and digits that touch are two tokens."""
    return list(_TOKEN.finditer(text))


def _place(match: TermMatch) -> tuple[int, int]:
    return match.span.start, match.span.end


def resolve(matches: Iterable[TermMatch]) -> list[TermMatch]:
    """Drop overlaps: the longest stays, then the leftmost, then the one that comes first in `matches`."""
    ordered = sorted(matches, key=_place)
    if all(a.span.end <= b.span.start for a, b in pairwise(ordered)):
        return ordered
    kept: list[TermMatch] = []
    taken: set[int] = set()
    for match in sorted(ordered, key=lambda m: (-len(m.span), m.span.start)):
        cover = range(match.span.start, match.span.end)
        if taken.isdisjoint(cover):
            taken.update(cover)
            kept.append(match)
    return sorted(kept, key=_place)


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
        best: dict[tuple[int, int, int], _Found] = {}
        for found in self._find(text):
            key = found.order, *_place(found.match)
            if key not in best or found.cost < best[key].cost:
                best[key] = found
        ranked = sorted(
            best.values(),
            key=lambda f: (f.match.span.start, -f.match.span.end, f.cost, f.order),
        )
        return [found.match for found in ranked]

    def _find(self, text: str) -> Iterator[_Found]:
        parts = _CUT.split(text)
        printed_words = parts[1::2]
        words = self._read_all(printed_words)
        uses = [(at, use) for at, word in enumerate(words) for use in word.alone]
        for at, entry in self._proposed(words):
            pattern = self._pattern(entry)
            use = self._several(printed_words, words, at, pattern)
            if use:
                uses.append((at, use))
        if uses:
            line = _Line(text, parts, [*accumulate(map(len, parts))])
            for at, use in uses:
                found = _occurrence(line, at, use)
                if found:
                    yield found

    def _read_all(self, printed_words: list[str]) -> list[_Word]:
        """What each word can be, and nothing after the last one."""
        known = [*map(self._words.get, printed_words)]
        if None in known:
            known = [self._words.get(word) or self._read(word) for word in printed_words]
        words = cast(list[_Word], known)
        words.append(_NOTHING)
        return words

    def _read(self, printed_word: str) -> _Word:
        trie = self._trie
        folded = fold_text(printed_word)
        found = readings(printed_word, trie.numbers, folded) if trie.may_hold(folded) else ()
        if len(self._words) >= _CACHED_WORDS:
            self._words = {}
        word = self._words[printed_word] = self._word(printed_word, found) if found else _NOTHING
        return word

    def _word(self, printed_word: str, found: Iterable[Reading]) -> _Word:
        by_number: dict[int, list[Reading]] = {}
        for reading in found:
            by_number.setdefault(self._trie.numbers[reading.stem], []).append(reading)
        leaves: list[tuple[int, int]] = []
        nodes: list[int] = []
        entries: list[int] = []
        for below in self._trie.below(0, by_number):
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
            plainest = self._licensed(printed_word, by_number[pattern.numbers[0]], 0, pattern)
            if plainest:
                alone.append(_use(pattern, [plainest]))
        return _Word(by_number, tuple(alone), tuple(leaves), tuple(nodes))

    def _proposed(self, words: list[_Word]) -> Iterator[tuple[int, int]]:
        """Places and entries whose words may stand there."""
        edge = self._trie.edges.get
        for at, (word, following) in enumerate(pairwise(words)):
            for node in word.nodes:
                for number in following.readings:
                    child = edge(node + number)
                    if child is not None:
                        yield from self._walk(words, at, child, 2)
            for second, leaf in word.leaves:
                if second in following.readings:
                    yield from self._walk(words, at, leaf, 2)

    def _walk(self, words: list[_Word], at: int, node: int, size: int) -> Iterator[tuple[int, int]]:
        """The entries at and under a node that `size` words, the first of them at `at`, lead to."""
        stack = [(node, size)]
        while stack:
            node, size = stack.pop()
            if node < 0:
                rest = islice(enumerate(self._trie.sequence(~node), at), size, None)
                if all(number in words[place].readings for place, number in rest):
                    yield at, ~node
                continue
            for entry in self._trie.ends(node):
                yield at, entry
            following = self._trie.below(node, words[at + size].readings)
            stack += [(child, size + 1) for child in following]

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

    def _several(
        self, printed_words: list[str], words: list[_Word], at: int, pattern: _Pattern
    ) -> _Use | None:
        """How the words from `at` on are read if they are this pattern's."""
        key = tuple(printed_words[at : at + len(pattern.numbers)])
        if key in pattern.uses:
            return pattern.uses[key]
        chosen = []
        for place, (word, number) in enumerate(zip(key, pattern.numbers, strict=True)):
            candidates = words[at + place].readings[number]
            reading = self._licensed(word, candidates, place, pattern)
            if reading is None:
                break
            chosen.append(reading)
        use = _use(pattern, chosen) if len(chosen) == len(key) else None
        if len(pattern.uses) < _CACHED_USES:
            pattern.uses[key] = use
        return use

    def _licensed(
        self, word: str, candidates: Iterable[Reading], place: int, pattern: _Pattern
    ) -> Reading | None:
        term, places = pattern.term, self._places
        return next(
            (r for r in candidates if licensed(word, r, pattern.words, place, term, places)), None
        )


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


def _occurrence(line: _Line, at: int, use: _Use) -> _Found | None:
    """The term at word `at`, if what is between and around its words is fit for one term."""
    pattern = use.pattern
    end = _end(line, at, pattern)
    if end < 0 or _in_address(line.text, line.start(at), end):
        return None
    start, attached = _attached(line, at)
    if start < 0 or (attached and "exact" in pattern.term.flags):
        return None
    span = Span(start, end)
    match = TermMatch(
        term=pattern.term,
        span=span,
        surface=span.of(line.text),
        proclitics=use.proclitics or attached,
        enclitic=use.enclitic,
    )
    return _Found(match, use.cost, pattern.order)


def _end(line: _Line, first: int, pattern: _Pattern) -> int:
    """Where the term that begins at word `first` ends; -1: its words are no one term."""
    quoted = False
    last = first + len(pattern.joins)
    for at, cited in enumerate(pattern.joins, first):
        between = line.after(at)
        if between == " " or not between:
            continue
        if len(between) > _LONGEST_JOIN:
            return -1
        if between == cited or _JOIN.fullmatch(between):
            continue
        if line.word(at + 1).isdecimal() and _MODEL.fullmatch(between):
            continue
        if quoted or not _OPENING.fullmatch(between):
            return -1
        quoted = True
    if quoted:
        closing = _CLOSING.match(line.text, line.end(last))
        return closing.end() if closing else -1
    if last + 1 < len(line) and line.touches(last):
        return -1
    return line.end(last)


def _in_address(text: str, start: int, end: int) -> bool:
    """Whether a Latin or digit match is part of something larger: an address, a decimal number."""
    if ARABIC.match(text, start) or ARABIC.match(fold_text(text[start])):
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
