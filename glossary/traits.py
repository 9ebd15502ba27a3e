"""What a printed Arabic word shows of being a name or none: its letters, what it is known as, what stands around it.

Each trait is a short string, hashed; `glossary.tagger` has a weight for those that matter.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

from glossary.arabic import fold_text, printed
from glossary.cues import HEADS, LABELS, TITLES
from glossary.match import tokens
from glossary.morphology import ARABIC
from glossary.types import Span, TermMatch
from glossary.vocabulary import names, plainness

SPACE = 1 << 24  # of hashes

_ARTICLE = re.compile("[وف]?(?:[بك]?ال|لل)(?=..)")
_SPACES = {" ", "\u00a0", "\u202f"}
_QUOTES = dict.fromkeys("«»“”„", '"')


@dataclass(frozen=True, slots=True)
class Token:
    """A printed Arabic word. `gap` says what parts it from the word before: a space, or the marks between."""

    span: Span
    letters: str  # without vowel marks
    folded: str
    gap: str
    match: TermMatch | None = None  # the term that covers it

    @property
    def kind(self) -> str:
        """The kind of that term; empty if there is none."""
        return self.match.term.kind if self.match else ""


def tokenise(text: str, matches: Sequence[TermMatch]) -> list[Token]:
    """The Arabic words of a text that no letter or digit touches; `matches` are in order, without overlap."""
    found: list[Token] = []
    rest = iter(matches)
    match = next(rest, None)
    end = 0
    for word in tokens(text):
        span = Span(*word.span())
        while match and match.span.end <= span.start:
            match = next(rest, None)
        folded = fold_text(word[0])
        touches = text[max(0, span.start - 1) : span.start].isalnum() or (
            text[span.end : span.end + 1].isalnum()
        )
        if touches or not ARABIC.match(folded):
            continue
        gap = _gap(text[end : span.start]) if found else "^" + _gap(text[: span.start])
        covering = match if match and match.span.overlaps(span) else None
        found.append(Token(span, printed(word[0]), folded, gap, covering))
        end = span.end
    return found


def _gap(between: str) -> str:
    if between in _SPACES:
        return " "
    shapes = {_QUOTES.get(c, "0" if c.isdigit() else "a" if c.isalpha() else c) for c in between}
    return "".join(sorted(shapes - _SPACES))[:3]


# Traits


class _Looks(NamedTuple):
    """What one word shows by itself."""

    word: str
    stem: str
    article: str
    plain: str  # how everyday it is
    name: str  # how often it is a name
    cue: str  # what it announces
    kind: str
    gap: str


_OUTSIDE = _Looks("|", "|", "|", "|", "|", "|", "|", "|")


def word_traits(line: Sequence[Token], unheard: Container[int] = ()) -> list[list[int]]:
    """Hashes of what speaks for or against a name, for each word; words `unheard` are looked at as if nobody had
    read them before, as a learner must see many that are."""
    looks = [_look(token) for token in line]
    looks = [one._replace(name="") if at in unheard else one for at, one in enumerate(looks)]
    looks = [_OUTSIDE, _OUTSIDE, *looks, _OUTSIDE, _OUTSIDE]
    return [
        [
            crc32(one.encode()) % SPACE
            for one in _shown(token, looks[at : at + 5])
            if at not in unheard or one[0] not in "wsc"
        ]
        for at, token in enumerate(line)
    ]


def _look(token: Token) -> _Looks:
    word = token.folded
    head = _ARTICLE.match(word)
    stem = word[head.end() :] if head and word not in names() else word
    article = word[: head.end()] if head else ""
    plain = plainness(word)
    name = _share(word)
    if not head and word[0] in "وفبلك" and len(word) > 3:
        name += _share(word[1:]) or plainness(word[1:])[0]
    elif head:
        name += _share(stem)
    return _Looks(word, stem, article, plain[0], name, _cue(word, stem), token.kind, token.gap)


def _share(word: str) -> str:
    known = names().get(word)
    return str(min(9, int(known.share * 10))) if known else ""


def _cue(word: str, stem: str) -> str:
    for shape in (word, stem, word[1:] if word[0] in "وفبل" else word):
        found = (
            ("T" if shape in TITLES else "") + LABELS.get(shape, "") + HEADS.get(shape, "").upper()
        )
        if found:
            return found
    return ""


def _shown(token: Token, around: Sequence[_Looks]) -> Iterator[str]:
    before2, before, own, after, after2 = around
    word, stem = own.word, own.stem
    yield "bias"
    yield f"w{word}"
    yield f"s{stem}"
    yield f"w-1{before.word}"
    yield f"s+1{after.stem}"
    yield f"s-2{before2.stem}"
    for size in (1, 2, 3, 4):
        yield f"p{stem[:size]}"
        yield f"x{stem[-size:]}"
    yield f"x-1{before.word[-2:]}"
    marked = f"^{stem}$"
    for at in range(len(marked) - 2):
        yield f"n{marked[at : at + 3]}"
    if word[0] in "وفبلك":
        yield f"c{word[1:]}"
        yield f"c{word[1:4]}"
    yield f"l{min(len(stem), 9)}{own.article}"
    yield f"h{token.letters[0]}{own.plain}"
    if re.search("[پچڤگ]", token.letters):
        yield "foreign"
    for name, one in (("-2", before2), ("-1", before), ("", own), ("+1", after), ("+2", after2)):
        yield f"P{name}{one.plain}{one.name}"
        yield f"C{name}{one.cue}"
        yield f"K{name}{one.kind}"
        yield f"A{name}{one.article}"
        yield f"G{name}{one.gap}"
        yield f"CP{name}{one.cue}{own.plain}{own.name}"
        yield f"GP{name}{one.gap}{own.plain}"
    yield f"PPP{before.plain}{own.plain}{after.plain}"
    yield f"NNN{before.name},{own.name},{after.name}"
    yield f"AAA{before.article},{own.article},{after.article}"
    yield f"AP{before.article}{before.plain},{own.article}{own.plain}"
    yield f"Cw{before.cue}{stem}"
    yield f"CCP{before2.cue},{before.cue},{own.plain},{own.article}"
    yield f"XP{before.word[-2:]},{own.plain},{own.article}"


def kind_traits(line: Sequence[Token], first: int, last: int) -> list[int]:
    """The same for what kind of name tokens `first` to `last` are."""
    looks = [_OUTSIDE, _OUTSIDE, *map(_look, line), _OUTSIDE]
    inside, before2, before = looks[first + 2 : last + 3], looks[first], looks[first + 1]
    after = looks[last + 3]
    shown = [f"n{min(4, len(inside))}", f"b{before.word}", f"bs{before.stem}", f"bb{before2.stem}"]
    shown += [
        f"bc{before.cue}",
        f"bbc{before2.cue}",
        f"a{after.word}",
        f"as{after.stem}",
        f"g{inside[0].gap}",
    ]
    shown += [
        f"bg{before.cue}{before.article}",
        f"ag{after.gap}",
        f"ac{after.cue}",
        f"first{inside[0].stem}",
    ]
    shown += [
        f"last{inside[-1].stem}",
        f"fc{inside[0].cue}",
        f"art{inside[0].article}{len(inside)}",
    ]
    for one in inside:
        shown += [f"w{one.word}", f"s{one.stem}", f"N{one.name}{one.plain}", f"A{one.article}"]
        for size in (2, 3):
            shown += [f"p{one.stem[:size]}", f"x{one.stem[-size:]}"]
        if one.word[0] in "وفبلك":
            shown += [f"s{one.word[1:]}", f"p{one.word[0]}:{one.word[1:3]}"]
    return [crc32(("kind " + one).encode()) % SPACE for one in shown]


def clitic_traits(line: Sequence[Token], at: int) -> list[int]:
    """The same for whether the first letter of a word (و ف ب ل ك) is no part of the name."""
    word = line[at].folded
    before = _look(line[at - 1]) if at else _OUTSIDE
    rest = word[1:]
    letter = word[0]
    known = f"{_share(word)}{plainness(word)[0]},{_share(rest)}{plainness(rest)[0]}"
    shown = [
        "",
        f"k{known}",
        f"w{word}",
        f"r{rest}",
        f"b{before.word}",
        f"bc{before.cue}",
        f"g{line[at].gap}",
    ]
    shown += [f"bp{before.plain}{before.name}", f"a{before.article}", f"l{min(9, len(word))}"]
    shown += [f"p{word[:size]}" for size in (2, 3, 4)] + [f"x{word[-size:]}" for size in (1, 2, 3)]
    after = _look(line[at + 1]) if at + 1 < len(line) else _OUTSIDE
    shown += [
        f"ap{after.plain}{after.name}",
        f"ac{after.cue}",
        f"c{_cue(word, word)},{_cue(rest, rest)}",
    ]
    return [crc32(f"clitic {letter}{one}".encode()) % SPACE for one in shown]
