"""One name, several renderings: where documents write the same Arabic in different English.

Two kinds. A term of the termbase whose occurrences are printed differently: the verdicts say where it stands, the
alignment what stands there where it is violated. And a name that no term covers, by its mentions. What any editor
would let pass is no difference: case, accents, article, possessive, plural, the inflections that count for a term.
Pure: no file is read and nothing is decoded.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from glossary.arabic import fold_text
from glossary.english import find_form, plurals
from glossary.match import Matcher, tokens
from glossary.transliterate import sounds_like
from glossary.types import Kind, Span, Term
from translate.constraints import constrain
from translate.judge import judge
from translate.mentions import Mention, mentions, rendered
from translate.types import Document, TranslationUnit, Verdict

_SURE = 0.5  # strength of a mention that is worth comparing
_SOUNDS = 0.5  # enough for a word that begins a sentence to be the name
_SAME_SOUND = 0.75  # enough to find the name where nothing is aligned

_Value = TypeVar("_Value", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a source stands, and its English: spans of the segment's own two texts."""

    document: str
    segment_id: str
    source_span: Span
    target_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """One way to say it. `accepted`: the termbase allows it."""

    text: str
    places: tuple[Place, ...]
    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconsistency:
    """A source with its renderings, most places first; `term` is None where the termbase lacks it."""

    source: str
    kind: Kind
    renderings: tuple[Rendering, ...]
    term: Term | None = None

    @property
    def only_accepted(self) -> bool:
        """Whether every rendering is agreed or an accepted variant: a matter of taste."""
        return all(rendering.accepted for rendering in self.renderings)

    @property
    def places(self) -> int:
        """In all renderings together."""
        return sum(len(rendering.places) for rendering in self.renderings)


@dataclass(frozen=True, slots=True)
class _Sighting:
    """One occurrence with its English. Sightings of one `key` are one rendering."""

    key: str
    text: str
    place: Place
    accepted: bool = False


def inconsistencies(documents: Sequence[Document], matcher: Matcher) -> list[Inconsistency]:
    """What is rendered in more than one way, worst first: most places that differ from the commonest."""
    found = [*_of_terms(documents, matcher), *_of_names(documents, matcher)]
    return sorted(found, key=_rank)


def _rank(one: Inconsistency) -> tuple[bool, int, int, str, str]:
    minority = one.places - len(one.renderings[0].places)
    return one.only_accepted, -minority, -one.places, one.source, one.term.id if one.term else ""


def _renderings(sightings: Sequence[_Sighting]) -> tuple[Rendering, ...]:
    """Sightings of one source by key; each rendering is shown as it is printed most often."""
    by_key: dict[str, list[_Sighting]] = {}
    fuller = _fuller(Counter(sighting.key for sighting in sightings))
    for sighting in sightings:
        key = fuller[sighting.key]
        if sighting.accepted and len(key.split()) != len(sighting.key.split()):
            key = sighting.key  # the termbase tells a short form from a long one
        by_key.setdefault(key, []).append(sighting)
    made = [
        Rendering(
            text=_first([one.text for one in own]),
            places=tuple(one.place for one in own),
            accepted=any(one.accepted for one in own),
        )
        for own in by_key.values()
    ]
    return tuple(sorted(made, key=lambda r: (-len(r.places), not r.accepted, r.text)))


def _fuller(counts: Counter[str]) -> dict[str, str]:
    """For each key the most frequent one that says it too, itself if none: Merkel in Angela Merkel, Crimea in
    Crimean Peninsula, Russian beside Russia."""
    out: dict[str, str] = {}
    for key in sorted(counts, key=lambda k: (-len(k.split()), k)):
        holders = [
            o for o in out if _holds(o.split(), key.split()) or _overlaps(o.split(), key.split())
        ]
        out[key] = out[min(holders, key=lambda k: (-counts[k], k))] if holders else key
    return out


def _holds(words: Sequence[str], part: Sequence[str]) -> bool:
    """Whether the words of `part` are among `words`, in order."""
    rest = iter(words)
    return all(any(_alike(word, one) for word in rest) for one in part)


def _overlaps(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether one begins as the other ends: two pieces of what was aligned, International Space and Space Station."""
    sizes = range(1, min(len(one), len(other)))
    return any(one[-size:] == other[:size] or other[-size:] == one[:size] for size in sizes)


def _alike(one: str, other: str) -> bool:
    """Whether the words are equal, or one is the adjective of the other: Ukraine, Ukrainian."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) > 3 and _ADJECTIVE.sub("", long) in (
        short,
        short[:-1],
        short.rstrip("aeiouy"),
    )


# Terms of the termbase


def _of_terms(documents: Sequence[Document], matcher: Matcher) -> Iterator[Inconsistency]:
    terms: dict[str, Term] = {}
    sightings: dict[str, list[_Sighting]] = {}
    for document in documents:
        for unit in document.units:
            for verdict in _verdicts(unit, matcher):
                term = verdict.constraint.match.term
                if sighting := _of_verdict(verdict, unit, document.name):
                    terms.setdefault(term.id, term)
                    sightings.setdefault(term.id, []).append(sighting)
    for name, own in sightings.items():
        term, renderings = terms[name], _renderings(own)
        one = Inconsistency(source=term.source, kind=term.kind, renderings=renderings, term=term)
        if len(renderings) > 1 and not (term.kind == "demonym" and one.only_accepted):
            yield one


def _verdicts(unit: TranslationUnit, matcher: Matcher) -> Sequence[Verdict]:
    """Those that the unit has; what was read from a PO has none yet, and is judged here."""
    if unit.verdicts or not unit.target:
        return unit.verdicts
    source = unit.segment.source
    return judge(constrain(matcher.match(source)), source, unit.target)[0]


def _of_verdict(verdict: Verdict, unit: TranslationUnit, document: str) -> _Sighting | None:
    """What is printed for an occurrence; None where nobody can say, or nothing is agreed."""
    term, source = verdict.constraint.match.term, verdict.constraint.match.span
    if verdict.status == "waived" or not verdict.constraint.forms or "read-only" in term.flags:
        return None
    bound = verdict.span if verdict.status != "misplaced" else None
    span = bound or _core(unit.target, rendered(unit, source)[1])
    if span and not bound and term.kind != "term":
        span = _capitals(unit.target, span)
    if span is None:
        return None
    printed = span.of(unit.target)
    place = Place(
        document=document, segment_id=unit.segment.id, source_span=source, target_span=span
    )
    if verdict.status in ("satisfied", "variant"):
        agreed = _agreed(term, printed)
        return _Sighting(plain(agreed), agreed, place, accepted=True)
    if term.kind == "term" and " " not in printed:
        return None  # a stray link: too little to say that this is how it was rendered
    return _Sighting(plain(printed), printed, place)


def _agreed(term: Term, printed: str) -> str:
    """The target or the variant that `printed` is a form of."""
    for cited in (term.target, *term.variants):
        for form in (cited, *plurals(term, cited)):
            if any(len(found) == len(printed) for found in find_form(printed, form)):
                return cited
    return term.target


# Names that no term covers


def _of_names(documents: Sequence[Document], matcher: Matcher) -> Iterator[Inconsistency]:
    heard = [
        (document, unit, mention)
        for document in documents
        for unit, mention in _mentions(document, matcher)
    ]
    alone = {mention.key for _, _, mention in heard if " " not in mention.key}
    named: dict[str, list[tuple[Mention, _Sighting]]] = {}
    for document, unit, mention in heard:
        for part in (mention, _family_name(mention, unit)):
            if part is None or (part is not mention and part.key not in alone):
                continue
            if sighting := _of_mention(part, unit, document.name):
                named.setdefault(part.key, []).append((part, sighting))
    varied = {
        key: renderings
        for key, own in named.items()
        if len(renderings := _renderings([sighting for _, sighting in own])) > 1
    }
    for key, renderings in varied.items():
        if " " in key and key.split()[-1].removeprefix("ال") in varied:
            continue  # the family name says it
        yield Inconsistency(
            source=_first([mention.cited for mention, _ in named[key]]),
            kind=_first([mention.kind for mention, _ in named[key]]),
            renderings=renderings,
        )


def _mentions(document: Document, matcher: Matcher) -> Iterator[tuple[TranslationUnit, Mention]]:
    units = {unit.segment.id: unit for unit in document.units if unit.target}
    for mention in mentions(document, matcher):
        if mention.kind == "demonym":
            continue  # Britain's and British are both right, each in its sentence
        if mention.key and mention.segment_id in units and mention.strength >= _SURE:
            yield units[mention.segment_id], mention


def _family_name(mention: Mention, unit: TranslationUnit) -> Mention | None:
    """The last word of a name as a mention of its own: written in full once, then often without the first."""
    last = tokens(mention.surface)[-1]
    if mention.kind != "person" or last.start() == 0:
        return None
    cited = last.group()
    span = Span(mention.span.start + last.start(), mention.span.end)
    _, there = rendered(unit, span)
    key = fold_text(cited.removeprefix("ال") if len(cited) > 4 else cited)
    return replace(mention, span=span, surface=cited, cited=cited, key=key, target_span=there)


def _of_mention(mention: Mention, unit: TranslationUnit, document: str) -> _Sighting | None:
    """What is printed for a name: from its first to its last capital, if no start of a sentence explains them
    or it sounds like the name."""
    span = _core(unit.target, mention.target_span) or _heard(mention, unit)
    if span is None:
        return None
    span = _capitals(unit.target, span)
    if span is None:
        return None
    shown = span.of(unit.target)
    explained = " " not in shown and _opens(unit.target, span.start)
    if explained and sounds_like(mention.cited, shown) < _SOUNDS:
        return None
    place = Place(
        document=document,
        segment_id=unit.segment.id,
        source_span=mention.span,
        target_span=span,
    )
    return _Sighting(plain(shown), shown, place)


def _heard(mention: Mention, unit: TranslationUnit) -> Span | None:
    """In a text without alignment (a person's), the words with capitals that sound like the name; None if unsure."""
    if unit.alignment:
        return None
    size = len(tokens(mention.cited))
    words = list(_WORD.finditer(unit.target))
    runs = [words[at : at + size] for at in range(len(words) - size + 1)]
    spans = [
        Span(run[0].start(), run[-1].end()) for run in runs if all(w[0][0].isupper() for w in run)
    ]
    scores = {
        core: sounds_like(mention.cited, core.of(unit.target))
        for s in spans
        if (core := _core(unit.target, s))
    }
    best = max(scores, key=lambda span: (scores[span], -span.start), default=None)
    return best if best and scores[best] >= _SAME_SOUND else None


def _capitals(text: str, span: Span) -> Span | None:
    """From the first word with a capital in `span` to the last one."""
    words = [word for word in _WORD.finditer(text, span.start, span.end) if not word[0].islower()]
    words = [word for word in words if not word[0].isdecimal()]
    return Span(words[0].start(), words[-1].end()) if words else None


def _opens(text: str, at: int) -> bool:
    """Whether a sentence begins at `at`, which explains a capital."""
    return bool(_SENTENCE_START.search(text, 0, at))


def _first(values: Sequence[_Value]) -> _Value:
    """The commonest, of equally common ones the longest."""
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], -len(value), value))


# English, as far as it makes a difference

_SENTENCE_START = re.compile(r"(?:^|[.!?:…])[\s\"'“”‘’«»(\[–—-]*\Z")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_ADJECTIVE = re.compile(r"(?<=...)(?:i?an|ean|n|ic|ese|ish|i)$")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$", re.IGNORECASE)
_EMPTY_WORDS = """
a an the of in on at to for from by with and or as is are was were be been has have had that this
these those it its his her their he she they him them who which will would not than then also s
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


def plain(text: str) -> str:
    """What is left of English when nothing counts that an editor would let pass.

    >>> plain("the Vettels"), plain("Abu-Saïf's") == plain("Abu Saif")
    ('vettel', True)
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = [_POSSESSIVE.sub("", word) for word in _words(bare.casefold().replace("-", " "))]
    return " ".join(_single(word.replace(".", "")) for word in words if word not in _EMPTY)


def _words(text: str) -> list[str]:
    return [match.group() for match in _WORD.finditer(text)]


def _single(word: str) -> str:
    """A regular plural without its ending, well enough to compare."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _core(text: str, span: Span | None) -> Span | None:
    """The span without empty words and marks at its ends, and without a possessive ending."""
    if span is None:
        return None
    words = list(_WORD.finditer(text, span.start, span.end))
    while words and words[0].group().lower() in _EMPTY:
        del words[0]
    while words and words[-1].group().lower() in _EMPTY:
        del words[-1]
    if not words:
        return None
    last = _POSSESSIVE.sub("", words[-1].group())
    return Span(words[0].start(), words[-1].start() + len(last))
