"""Mentions: where a document names something that no term of the termbase covers, and its English there.

Arabic has no capitals. A name is found by what stands around it (titles, nouns such as city or company), by what
it is not (everyday words, `glossary.vocabulary`), and by its letters. Three patterns: a run of words that are
names or unknown; a noun that begins the names of bodies and places, with what completes it; a short quotation
after a noun that announces a title. `Mention.evidence` says which; whether it is enough is `translate.suggest`'s
decision. A mention may hold whole terms (the navy of a covered country), but never lies within one or cuts one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from glossary.arabic import fold_text, printed
from glossary.cldr import arabic_names
from glossary.cues import HEADS, LABELS, LOOSE_HEADS, NATIONAL_HEADS, PARTICLES, TITLES
from glossary.match import Matcher, tokens
from glossary.morphology import ARABIC
from glossary.transliterate import sounds_like
from glossary.types import Kind, Span, TermMatch
from glossary.vocabulary import expressions, namelike, names, plainness
from glossary.words import LEXICAL_WORDS
from translate.types import Document, TranslationUnit

Evidence = str

_LIKELY = 0.4  # what `namelike` must give an unknown word
_ANNOUNCED = 0.3  # the same after a title
_LONGEST = 7  # words of a mention
_JOINED = re.compile("[ \u00a0\u202f]|[-\u2010\u2011]")
_QUOTED = re.compile('«([^«»\n]{2,60})»|"([^"\n]{2,60})"|“([^“”\n]{2,60})”')
_ARTICLE = re.compile("[وف]?[بك]?ال|[وف]?لل")
_PREFIXES = {1: re.compile("[وفبلك]"), 2: re.compile("[وف][بلك]")}
SENTENCE_START = re.compile(r"(?:^|[.!?:…]\s*|[\"“«(]\s*)$")
_NUMERALS = {"واحد", "اثنين", "ثلاثه"}
_EDGES = " '\"«»“”()[].,:;!?-–—"
_WORD_EDGE = re.compile("[\\w'’-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One occurrence. `span` and `surface` are whole printed words, attached clitics included; `cited` is
    without them, and `key` folded and without article: mentions of one key are one name."""

    segment_id: str
    span: Span
    surface: str
    rendering: str = ""  # the English it is aligned to
    target_span: Span | None = None
    cited: str = ""
    key: str = ""
    kind: Kind = "term"
    evidence: frozenset[Evidence] = field(default_factory=frozenset)
    strength: float = 0.0  # 0..1, of the words themselves


@dataclass(slots=True)
class _Word:
    """A printed Arabic word in its segment."""

    span: Span
    letters: str  # without marks
    folded: str
    joined: bool  # to the word before, by a space or hyphen
    match: TermMatch | None
    clitics: int = 0  # letters before the name or its article
    article: bool = False
    core: str = ""  # folded, without clitics and article
    grade: float = 0.0  # 0..1: likely a name
    known: bool = False  # in the list of names


class _Run(NamedTuple):
    first: int
    last: int  # inclusive
    kind: Kind
    evidence: frozenset[Evidence]
    strength: float


def mentions(document: Document, matcher: Matcher) -> list[Mention]:
    """All mentions in the order of the text; none overlaps another."""
    lines = [(unit, _words(unit.segment.source, matcher)) for unit in document.units]
    seen = Counter(word.folded for _, line in lines for word in line)
    found: list[Mention] = []
    for unit, line in lines:
        for at, word in enumerate(line):
            _read(word, line[at - 1] if at else None, seen)
        if unit.alignment:
            _hear(unit, line)
        runs = [*_bodies(line), *_quoted(unit.segment.source, line), *_runs(line)]
        for run in _apart([*runs, *_expressions(line)]):
            found.append(_mention(unit, line, run))
    return found


def _words(text: str, matcher: Matcher) -> list[_Word]:
    matches = iter(matcher.match(text))
    match = next(matches, None)
    out: list[_Word] = []
    end = -1
    for token in tokens(text):
        span = Span(*token.span())
        while match and match.span.end <= span.start:
            match = next(matches, None)
        folded = fold_text(token[0])
        if not ARABIC.match(folded):
            continue
        joined = bool(out) and bool(_JOINED.fullmatch(text, end, span.start))
        touches = (span.start and text[span.start - 1].isalnum()) or text[
            span.end : span.end + 1
        ].isalnum()
        covering = match if match and match.span.overlaps(span) else None
        if not touches:
            out.append(_Word(span, printed(token[0]), folded, joined, covering))
            end = span.end
    return out


# Single words


def _read(word: _Word, before: _Word | None, seen: Counter[str]) -> None:
    """Take the clitics off and judge what remains."""
    folded = word.folded
    if word.match is None:
        word.clitics = _clitics(word, before, seen)
    bare = folded[word.clitics :]
    word.article, word.core = False, bare
    if bare not in names() or bare[2:] in names():
        an_article = bare.startswith("ال") and word.letters[word.clitics] in "اٱ"
        if (an_article or bare.startswith("لل")) and len(bare) > 4:
            word.article, word.core = True, bare[2:]
    word.known = bare in names() or word.core in names()
    word.grade = _grade(word)


def _clitics(word: _Word, before: _Word | None, seen: Counter[str]) -> int:
    """How many letters before the word are conjunctions and prepositions (the ل of لل stays, as its article)."""
    folded = word.folded
    plain = plainness(folded)
    if folded in names() or folded in LEXICAL_WORDS or plain == "function":
        return 0
    if folded[0] in "وفبل" and folded[1:] in _first_words() and folded not in _first_words():
        return 1
    article = _ARTICLE.match(folded)
    if article and len(folded) - article.end() >= 3:
        return article.end() - 2
    if (bare := _bare(folded)) in HEADS:
        return len(folded) - len(bare)
    for size in (2, 1):
        head, rest = folded[:size], folded[size:]
        if len(rest) < 3 or not (_PREFIXES[size].fullmatch(head)):
            continue
        if (
            seen[rest]
            or seen["ال" + rest]
            or (rest in names() and plain != "everyday" and head != "ك")
        ):
            return size
    if folded[0] == "و" and len(folded) > 4 and plain != "everyday":
        construct = (
            before is not None and word.joined and before.match is None and not before.article
        )
        return (
            0
            if construct and before and before.grade == 0 and not before.folded.endswith("ه")
            else 1
        )
    return 0


def _hear(unit: TranslationUnit, line: Sequence[_Word]) -> None:
    """Let the English say whether a word is a name: a capital in mid-sentence, the same sound."""
    for word in line:
        if word.match is not None or len(word.core) < 3 or plainness(word.core) == "function":
            continue
        if word.core.removeprefix("ال") in TITLES or word.core in HEADS or word.core in LABELS:
            continue
        english, there = rendered(unit, word.span)
        if there is None or not english[0].isalpha():
            continue
        alike = sounds_like(word.core, english) >= 0.75
        if not english[0].isupper() or SENTENCE_START.search(unit.target, 0, there.start):
            if english[0].islower() and not alike and word.grade < 0.9:
                word.grade *= 0.8
            continue
        plain = "everyday" in (plainness(word.core), plainness(word.folded))
        if alike and (word.known or not plain):
            word.grade = max(word.grade, 0.95)
        elif plainness(word.core) == "unknown" and not plain:
            word.grade = max(word.grade, 0.6)


@cache
def _first_words() -> frozenset[str]:
    return frozenset(first for first, _ in expressions())


def _grade(word: _Word) -> float:
    if word.match is not None or len(word.core) < 2:
        return 0.0
    whole = ("ال" if word.article else "") + word.core
    plain = plainness(whole)
    if plain == "function" or (word.core in TITLES and not word.article):
        return 0.0
    if word.known:
        name = names().get(whole) or names()[word.core]
        without = word.core.removeprefix("ال")
        if without in TITLES or (without != word.core and plainness(without) == "everyday"):
            plain = "everyday"  # السعيد, الجنرال: families, but rather common words
        ceiling = {"everyday": 0.3, "inflected": 0.7, "unknown": 1.0}[plain]
        if word.article and whole not in names():
            ceiling = min(ceiling, namelike(whole))
        return min(ceiling, name.share)
    if plain != "unknown" or len(word.core) < 3:
        return 0.0
    return namelike(word.core)


# Runs of names


def _runs(line: Sequence[_Word]) -> Iterator[_Run]:
    at = 0
    while at < len(line):
        title, kind = _before(line, at)
        if not _begins(line, at, title):
            at += 1
            continue
        last = at
        while last + 1 < len(line) and last - at < _LONGEST and _continues(line, last + 1, at):
            last += 1
        while last > at and line[last].folded in PARTICLES:
            last -= 1
        run = _judged(line, at, last, title, kind)
        if run:
            yield run
        at = last + 1


def _begins(line: Sequence[_Word], at: int, title: str) -> bool:
    word = line[at]
    if word.match is not None:
        return False
    if word.grade >= (_ANNOUNCED if title else _LIKELY):
        return True
    if word.core in ("ابو", "ابي", "ابا", "بن", "ابن", "عبد", "ام", "ال") and at + 1 < len(line):
        following = line[at + 1]
        if word.core in ("عبد", "ابو", "ابي", "ابا"):
            joined = following.joined and following.match is None
            return joined and (following.folded.startswith("ال") or following.grade > 0)
        return following.joined and following.grade >= 0.9
    if not word.known:
        odd = plainness(word.core) == "inflected" and not word.article and not word.clitics
        return (
            title == "title"
            and odd
            and not {word.core, word.folded} & (TITLES | LABELS.keys() | HEADS.keys())
        )
    near = at + 1 < len(line) and line[at + 1].joined and line[at + 1].grade >= _LIKELY
    return bool(title) and (near or title == "title") and not word.article


def _continues(line: Sequence[_Word], at: int, first: int) -> bool:
    """Whether word `at` belongs to the name that began at `first`."""
    word, before = line[at], line[at - 1]
    if not word.joined or word.match is not None or word.clitics:
        return False
    if before.article and not word.article and at - 1 == first:
        return False
    if before.core in PARTICLES and before.core not in ("ذو",):
        return plainness(word.folded) != "function"
    if word.folded in PARTICLES:
        return at + 1 < len(line) and line[at + 1].joined and line[at + 1].match is None
    if word.grade >= _LIKELY:
        return True
    return (
        word.known
        and word.grade > 0
        and any(one.known and one.grade >= 0.7 for one in line[first:at])
    )


def _before(line: Sequence[_Word], at: int) -> tuple[str, Kind]:
    """What announces the name at `at`: a title (perhaps with adjectives and countries between) or a label."""
    kind: Kind = "person"
    for back in range(1, 6):
        if at - back < 0 or not line[at - back + 1].joined:
            break
        word = line[at - back]
        core = _bare(word.folded)
        if core in TITLES:
            return "title", "person"
        if core in LABELS and back <= 2 and not (back == 2 and not line[at - 1].article):
            return "label", LABELS[core]
        adjective = word.article or _bare(word.folded) != word.folded
        covered = word.match is not None and word.match.term.kind in (
            "demonym",
            "term",
            "org",
            "place",
        )
        if word.match is not None and any(
            _bare(part) in TITLES for part in fold_text(word.match.term.source).split()
        ):
            return "title", "person"
        if not (adjective or covered):
            break
    return "", kind


@lru_cache(65536)
def _bare(folded: str) -> str:
    """The word without article and with one or two proclitics less, where a noun that announces remains."""
    article = _ARTICLE.match(folded)
    if article and len(folded) - article.end() >= 2:
        return folded[article.end() :]
    for size in (1, 2):
        if (
            re.fullmatch("[وف]?[بلك]?", folded[:size])
            and (folded[size:] in TITLES or folded[size:] in LABELS or folded[size:] in HEADS)
            and folded not in TITLES
            and folded not in LABELS
            and folded not in HEADS
        ):
            return folded[size:]
    return folded


def _judged(
    line: Sequence[_Word], first: int, last: int, announced: str, kind: Kind
) -> _Run | None:
    words = line[first : last + 1]
    graded = [word.grade for word in words if word.grade] or [0.4]
    evidence = set()
    if announced:
        evidence.add(announced)
    if any(word.known and word.grade >= 0.7 for word in words):
        evidence.add("known name")
    if any(plainness(word.core) == "unknown" and not word.known for word in words):
        evidence.add("no everyday word")
    if re.search("[پچڤگ]", "".join(word.letters for word in words)):
        evidence.add("foreign letters")
    strength = sum(graded) / len(graded)
    if len(words) > 1:
        strength = max(strength, 1 - (1 - max(graded)) * 0.7)
        evidence.add("several names")
    elif not announced and words[0].grade < 0.9:  # one word, and it may be another
        strength -= 0.3 if words[0].known else 0.25 * words[0].article
    if not announced:
        kind = _guess(words)
    return _Run(first, last, kind, frozenset(evidence), strength)


def _guess(words: Sequence[_Word]) -> Kind:
    if len(words) == 1 and re.search("ي$|يه$|يون$|يين$", words[0].core) and not words[0].known:
        return "demonym" if words[0].article else "person"
    return "person"


# Bodies and places with a noun of their own


def _bodies(line: Sequence[_Word]) -> Iterator[_Run]:
    for at, word in enumerate(line):
        if at and word.match is not None and line[at - 1].match is word.match:
            continue
        run = _national(line, at) or _body(line, at)
        if run:
            yield run


def _national(line: Sequence[_Word], at: int) -> _Run | None:
    """The fleet, the army, the league of a country: head with article, then the nationality."""
    word = line[at]
    if at + 1 >= len(line) or not line[at + 1].joined or not _ARTICLE.match(word.folded):
        return None
    following = line[at + 1]
    if _bare(word.folded) not in NATIONAL_HEADS or not _is_nationality(following):
        return None
    if word.match is not None and word.match is following.match:
        return None
    return _Run(at, at + 1, "org", frozenset({"nationality", "begins as names do"}), 0.6)


def _is_nationality(word: _Word) -> bool:
    return (
        word.match is not None
        and word.match.term.kind == "demonym"
        and word.folded.startswith("ال")
    )


def _body(line: Sequence[_Word], at: int) -> _Run | None:
    """HEAD (noun)* NAME or the-noun, then an adjective or two with the article, then perhaps for-the-noun."""
    head = _bare(line[at].folded)
    if head not in HEADS or _ARTICLE.match(line[at].folded):
        return None
    if head in LOOSE_HEADS and at + 1 < len(line) and line[at + 1].folded in HEADS:
        return None
    last, named, nationality, definite, adjectives = at, False, False, 0, 0
    while last + 1 < len(line) and last - at < _LONGEST:
        word = line[last + 1]
        if (
            word.joined
            and definite
            and word.folded in _NUMERALS
            and plainness(line[last].core) == "unknown"
        ):
            last += 1  # الفورمولا واحد
            break
        if not word.joined or (plainness(word.folded) == "function" and word.match is None):
            break
        match, to_the = word.match, word.folded.startswith("لل")
        the = to_the or word.folded.startswith("ال")
        if match is not None:
            if (match.proclitics and match.proclitics != ("ال",)) and not (to_the and definite):
                break
            name = match.term.kind in ("place", "person", "org")
        else:
            if word.clitics and not to_the:
                break
            name = word.grade >= _LIKELY
        if definite:
            if not the and not (name and match is None and line[last].grade >= _LIKELY):
                break
            if the and not to_the:
                adjectives += 1
                if adjectives > (1 if named else 2) and not _is_nationality(word):
                    break
            elif to_the:
                adjectives = 0
        elif to_the or (not the and not name and (last > at or match is not None)):
            break
        nationality = nationality or _is_nationality(word)
        named = named or name
        definite += the or name
        last += 1
        while last + 1 < len(line) and match is not None and line[last + 1].match is match:
            last += 1
    covered = line[at].match
    if not definite or (covered is not None and covered is line[last].match):
        return None
    return _Run(
        at,
        last,
        HEADS[head],
        _evidence_of_body(named, nationality),
        _strength_of_body(head, named, nationality, definite),
    )


def _evidence_of_body(named: bool, nationality: bool) -> frozenset[Evidence]:
    return frozenset(
        {"begins as names do"}
        | ({"holds a name"} if named else set())
        | ({"nationality"} if nationality else set())
    )


def _strength_of_body(head: str, named: bool, nationality: bool, definite: int) -> float:
    strength = 0.35 + 0.25 * named + 0.2 * nationality + 0.1 * (definite > 1)
    return strength - 0.15 * (head in LOOSE_HEADS)


# Fixed expressions


def _expressions(line: Sequence[_Word]) -> Iterator[_Run]:
    """Two words that are a term together, or three of which both pairs are; names of countries' money."""
    at = 0
    while at + 1 < len(line):
        last = at
        while last + 1 < len(line) and last - at < 3 and _pair(line, last):
            last += 1
        if last - at == 2 and line[at + 1].folded.startswith("ال") and not line[at].article:
            at += line[last].folded.startswith("ال")  # of two that overlap, noun and adjective
        if last > at:
            yield _Run(at, last, "term", frozenset({"fixed expression"}), 0.5)
        elif _apart_from_terms(line, at) and _cldr_key(line[at : at + 2]) in arabic_names():
            last = at + 1
            yield _Run(at, last, "term", frozenset({"CLDR"}), 0.9)
        at = max(at + 1, last)


def _apart_from_terms(line: Sequence[_Word], at: int) -> bool:
    """Whether the words `at` and after it may be one mention: joined, and no term holds both."""
    word, following = line[at], line[at + 1]
    if not following.joined or following.clitics:
        return False
    return word.match is None or word.match is not following.match


def _pair(line: Sequence[_Word], at: int) -> bool:
    if not _apart_from_terms(line, at):
        return False
    first, second = line[at].folded, _without_article(line[at + 1].folded)
    known = expressions()
    return (_without_article(first), second) in known or (
        first[0] in "وفبل" and (_without_article(first[1:]), second) in known
    )


def _without_article(folded: str) -> str:
    article = _ARTICLE.match(folded)
    return folded[article.end() :] if article and len(folded) - article.end() >= 2 else folded


def _cldr_key(words: Sequence[_Word]) -> str:
    return " ".join((words[0].core, *(word.folded for word in words[1:])))


# Quotations


def _quoted(text: str, line: Sequence[_Word]) -> Iterator[_Run]:
    for found in _QUOTED.finditer(text):
        inside = [
            n
            for n, word in enumerate(line)
            if found.start() < word.span.start and word.span.end < found.end()
        ]
        if not inside or len(inside) > 4 or any(line[n].match for n in inside):
            continue
        first, last = inside[0], inside[-1]
        label = next(
            (
                core
                for back in (1, 2)
                if first - back >= 0 and (core := _bare(line[first - back].folded)) in LABELS
            ),
            "",
        )
        bare = all(not _verb(line[n]) for n in inside)
        if not bare:
            continue
        named = any(line[n].grade >= _LIKELY for n in inside)
        if not (label or named):
            continue
        evidence = {"in quotation marks"} | ({"label"} if label else set())
        strength = 0.35 + 0.25 * bool(label) + 0.25 * named
        yield _Run(first, last, LABELS.get(label, "term"), frozenset(evidence), strength)


def _verb(word: _Word) -> bool:
    return plainness(word.folded) == "function"


# Together


def _apart(runs: Iterable[_Run]) -> list[_Run]:
    """Runs in order, of overlapping ones the longest."""
    kept: list[_Run] = []
    taken: set[int] = set()
    for run in sorted(runs, key=lambda r: (r.first - r.last, r.first)):
        cover = range(run.first, run.last + 1)
        if taken.isdisjoint(cover):
            taken.update(cover)
            kept.append(run)
    return sorted(kept)


def _mention(unit: TranslationUnit, line: Sequence[_Word], run: _Run) -> Mention:
    text = unit.segment.source
    first, last = line[run.first], line[run.last]
    span = Span(first.span.start, last.span.end)
    rendering, there = rendered(unit, span)
    return Mention(
        segment_id=unit.segment.id,
        span=span,
        surface=span.of(text),
        rendering=rendering,
        target_span=there,
        cited=_cited(text, line[run.first : run.last + 1]),
        key=" ".join((first.core, *(word.folded for word in line[run.first + 1 : run.last + 1]))),
        kind=run.kind,
        evidence=run.evidence,
        strength=run.strength,
    )


def _cited(text: str, words: Sequence[_Word]) -> str:
    first = words[0]
    head = first.letters[first.clitics :]
    if first.article and head.startswith("لل"):
        head = "ال" + head[2:]
    return head + "".join(
        ("-" if text[a.span.end : b.span.start] not in " \u00a0\u202f" else " ") + b.letters
        for a, b in pairwise(words)
    )


# English


def rendered(unit: TranslationUnit, span: Span) -> tuple[str, Span | None]:
    """The English that the source `span` is aligned to, and where; empty and None where nobody knows."""
    alignment = unit.alignment
    if alignment is None:
        return "", None
    ours = {n for n, word in enumerate(alignment.source_words) if word.overlaps(span)}
    theirs = sorted({t for s, t in alignment.links if s in ours})
    others = {t for s, t in alignment.links if s not in ours}
    theirs = [
        t for t in theirs if any(c.isalnum() for c in alignment.target_words[t].of(unit.target))
    ]
    if not theirs:
        return "", None
    block = _longest_block(theirs, others)
    there = Span(alignment.target_words[block[0]].start, alignment.target_words[block[-1]].end)
    return _trimmed(unit.target, there)


def _longest_block(theirs: Sequence[int], others: set[int]) -> list[int]:
    """The target words that stand together, small unaligned gaps allowed."""
    blocks = [[theirs[0]]]
    for word in theirs[1:]:
        between = range(blocks[-1][-1] + 1, word)
        if len(between) <= 2 and not any(t in others for t in between):
            blocks[-1].append(word)
        else:
            blocks.append([word])
    return max(blocks, key=lambda block: (len(block), -block[0]))


def _trimmed(target: str, span: Span) -> tuple[str, Span | None]:
    """Without an article before and a possessive or punctuation after."""
    start, end = span.start, span.end
    shown = target[start:end]
    lead = re.match(f"[{re.escape(_EDGES)}]*(?:(?:[Tt]he|[Aa]n?)\\s+)?", shown)
    start += lead.end() if lead and lead.end() < len(shown) else 0
    shown = target[start:end]
    tail = re.search(f"(?:['’]s?)?[{re.escape(_EDGES)}]*$", shown)
    if tail and 0 < tail.start() < len(shown):
        end = start + tail.start()
    return (target[start:end], Span(start, end)) if end > start else ("", None)
