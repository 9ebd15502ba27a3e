"""A term proposed from a selection in either text of a segment: whole words, the bare Arabic form, the English
that alignment points to, a guess at the kind. A person decides; nothing here is certain.

Which letters at the head of an Arabic word are clitics no grammar can tell (وزير is no و + زير). They are taken
off where the article shows it, where the bare word stands elsewhere in the document, or where the English beside
it says it (and, in, to).
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from glossary.arabic import fold_text, printed
from glossary.match import tokens
from glossary.morphology import Reading, readings
from glossary.types import Kind, Span
from glossary.words import FUNCTION_WORDS, LEXICAL_WORDS
from translate.types import Alignment, TranslationUnit

Side = Literal["source", "target"]

_ENGLISH = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_SMALL = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "or",
        "but",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "by",
        "with",
        "as",
        "that",
        "this",
        "which",
        "who",
        "it",
        "its",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "will",
        "would",
        "he",
        "she",
        "they",
        "his",
        "her",
        "their",
        "said",
        "into",
        "over",
        "under",
    ]
)
_SAYS = {
    "و": {"and"},
    "ف": {"so", "and", "then"},
    "ب": {"in", "with", "by", "at", "on"},
    "ل": {"to", "for", "of"},
    "ك": {"as", "like"},
}
_CAPITAL = re.compile(r"[A-Z\u00c0-\u00de]")
_MODEL = re.compile(r"\d")
_NISBA = re.compile(r"(?:an|ish|ese|ic|i|ian)$")
_GAP = 2  # words between two linked ones that still belong to one phrase
_ORG_HEADS = frozenset(
    map(
        fold_text,
        [
            "وزارة",
            "مجلس",
            "منظمة",
            "حزب",
            "شركة",
            "جامعة",
            "وكالة",
            "بنك",
            "لجنة",
            "هيئة",
            "جمعية",
            "اتحاد",
            "حركة",
            "مؤسسة",
            "محكمة",
            "برلمان",
            "معهد",
            "نادي",
        ],
    )
)
_PLACE_HEADS = frozenset(
    map(
        fold_text,
        [
            "مدينة",
            "قرية",
            "بلدة",
            "محافظة",
            "منطقة",
            "مقاطعة",
            "ولاية",
            "جزيرة",
            "نهر",
            "جبل",
            "بحيرة",
            "ميناء",
            "دولة",
            "جمهورية",
        ],
    )
)
_TITLES = frozenset(
    map(
        fold_text,
        [
            "الرئيس",
            "السيد",
            "السيدة",
            "الدكتور",
            "الوزير",
            "الجنرال",
            "الأمير",
            "الملك",
            "الشيخ",
            "المتحدث",
            "المتحدثة",
            "رئيس",
            "وزير",
        ],
    )
)
_ARMS = frozenset(map(fold_text, ["صاروخ", "صواريخ", "طائرة", "دبابة", "مدفع", "راجمة", "منظومة"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a term could be. `sources` are other ways to cite it, as printed last."""

    source: str
    target: str
    kind: Kind
    sources: tuple[str, ...] = ()
    source_span: Span | None = None
    target_span: Span | None = None


class _Everything:
    """Any stem is known: readings are then all that grammar allows."""

    def __contains__(self, _: object) -> bool:
        return True


_ANY = _Everything()


def propose(
    unit: TranslationUnit,
    side: Side,
    span: Span,
    *,
    alignment: Alignment | None,
    vocabulary: Collection[str] = frozenset(),
) -> Proposal:
    """A term for the words that `span` touches in the source or target of `unit`.

    `vocabulary` holds the folded words of the document.
    """
    source, target = unit.segment.source, unit.target
    known = [(v.constraint.match.span, v.span) for v in unit.verdicts if v.span]
    if side == "source":
        here = widened(source, span, side)
        bound = next((there for place, there in known if place == here), None)
        there = bound or (here and _aligned(alignment, here, side))
    else:
        there = widened(target, span, side)
        bound = next((place for place, rendered in known if rendered == there), None)
        found = bound or (there and _aligned(alignment, there, side))
        here = found and widened(source, found, "source")
    there = there and trimmed(target, there)
    shown = _said(alignment, target, here)
    bare = _bare_clitics(source, here, vocabulary, shown) if here else ""
    english = there.of(target) if there else ""
    attached = here is not None and bare != here.of(
        source
    )  # a name after a title has nothing before it
    kind = guessed_kind(bare, english, () if attached else _before(source, here))
    cited = _without_article(bare) if kind in ("term", "demonym") else bare
    others = dict.fromkeys((cited, bare, _without_article(bare), here.of(source) if here else ""))
    return Proposal(
        source=cited,
        target=english,
        kind=kind,
        sources=tuple(one for one in others if one and one != cited),
        source_span=here,
        target_span=there,
    )


def widened(text: str, span: Span, side: Side) -> Span | None:
    """The whole words that a span touches; None where it touches none."""
    words = [
        Span(*w.span()) for w in (tokens(text) if side == "source" else _ENGLISH.finditer(text))
    ]
    touched = [w for w in words if w.overlaps(span)]
    return Span(touched[0].start, touched[-1].end) if touched else None


def trimmed(text: str, span: Span) -> Span:
    """Without small words at the edges, which belong to the sentence and not to the term."""
    words = [Span(*w.span()) for w in _ENGLISH.finditer(text, span.start, span.end)]
    while len(words) > 1 and words[0].of(text).lower() in _SMALL:
        words = words[1:]
    while len(words) > 1 and words[-1].of(text).lower() in _SMALL:
        words = words[:-1]
    return Span(words[0].start, words[-1].end) if words else span


def _aligned(alignment: Alignment | None, span: Span, side: Side) -> Span | None:
    """What is linked to the words of a span: the largest group of neighbours on the other side."""
    if alignment is None:
        return None
    mine, theirs = alignment.source_words, alignment.target_words
    links: Iterable[tuple[int, int]] = alignment.links
    if side == "target":
        mine, theirs, links = theirs, mine, [(t, s) for s, t in alignment.links]
    all_linked = {b for a, b in links if mine[a].overlaps(span)}
    shared = {b for a, b in links if not mine[a].overlaps(span)}
    linked = sorted(
        all_linked - shared or all_linked
    )  # words that say nothing else, if there are any
    if not linked:
        return None
    groups: list[list[int]] = [[linked[0]]]
    for word in linked[1:]:
        if word - groups[-1][-1] <= _GAP:
            groups[-1].append(word)
        else:
            groups.append([word])
    best = max(groups, key=len)
    return Span(theirs[best[0]].start, theirs[best[-1]].end)


def _said(alignment: Alignment | None, target: str, span: Span | None) -> frozenset[str]:
    """The English words linked to the first word of a source span, and the one before them."""
    if alignment is None or span is None:
        return frozenset()
    first = next((n for n, w in enumerate(alignment.source_words) if w.overlaps(span)), None)
    linked = sorted(t for s, t in alignment.links if s == first)
    near = {*linked, *(t - 1 for t in linked[:1] if t)}
    return frozenset(alignment.target_words[n].of(target).lower().strip(",;:") for n in near)


def _bare_clitics(
    source: str, span: Span, vocabulary: Collection[str], said: Collection[str]
) -> str:
    """The phrase without conjunctions and prepositions that are written onto its first word."""
    text = span.of(source)
    first = tokens(text)[0]
    whole = text[: first.end()]
    rest = text[first.end() :]
    return _bare_word(whole, vocabulary, said, alone=not rest.strip()) + rest


def _bare_word(
    whole: str, vocabulary: Collection[str], said: Collection[str], *, alone: bool
) -> str:
    word = printed(whole)
    options = sorted(
        (r for r in readings(whole, _ANY) if not r.ending and not r.enclitic and r.proclitics),
        key=lambda r: -len(r.proclitics),
    )
    for reading in options:
        if _is_clear(reading):
            return _spelt(word, reading)
    if fold_text(whole) in LEXICAL_WORDS or word in FUNCTION_WORDS:
        return whole
    for reading in options:
        if len(reading.stem) < 3 or reading.article:
            continue
        if reading.stem in vocabulary or "ال" + reading.stem in vocabulary:
            return _spelt(word, reading)
        if all(not _SAYS[c].isdisjoint(said) for c in reading.proclitics):
            return _spelt(word, reading)
    return whole


def without_clitics(source: str, vocabulary: Collection[str] = frozenset()) -> str:
    """A cited source without what looks like a conjunction or preposition on its first word."""
    found = tokens(source)
    return _bare_clitics(source, Span(0, len(source)), vocabulary, ()) if found else source


def _is_clear(reading: Reading) -> bool:
    """The article after a clitic: والرئيس, بالقاهرة, للأمم."""
    return reading.article and len(reading.stem) > 2


def _spelt(word: str, reading: Reading) -> str:
    """The printed letters after the proclitics, the article put back in full."""
    letters = reading.printed
    return "ال" + letters if reading.article else letters or word


def _without_article(phrase: str) -> str:
    """Without ال on the first word, and then on the adjectives that agree with it."""
    words = phrase.split(" ")
    if not words[0].startswith("ال") or len(words[0]) < 5:
        return phrase
    return " ".join(w[2:] if w.startswith("ال") and len(w) > 4 else w for w in words)


def _before(source: str, span: Span | None) -> Sequence[str]:
    """The folded words before a span, nearest last."""
    return [fold_text(w[0]) for w in tokens(source[: span.start])][-2:] if span else ()


def guessed_kind(source: str, target: str, before: Sequence[str] = ()) -> Kind:
    """A kind for a term from its words and the Arabic words before it."""
    words = [fold_text(w) for w in source.split()]
    bare = [w.removeprefix("ال") for w in words]
    near = [w.removeprefix("ال") for w in before[-1:]]
    if not _CAPITAL.search(target):
        return "term"
    if bare and (bare[0] in _ORG_HEADS):
        return "org"
    if (bare and bare[0] in _ARMS) or (near and near[0] in _ARMS) or _MODEL.search(target):
        return "weapon"
    if len(words) == 1 and words[0].endswith(("ي", "يه")) and _NISBA.search(target):
        return "demonym"
    if near and near[0] in _PLACE_HEADS:
        return "place"
    if any(w in _TITLES for w in before) or len(words) in (2, 3):
        return "person"
    return "place" if len(words) == 1 else "org"
