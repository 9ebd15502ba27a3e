"""Suggestions: names and terms of a document that the termbase lacks, each with a rendering to start from.

Mentions of one name are put together; the surest of them, raised a little by recurrence, says how sure it is. The
rendering proposed is the first there is of: Unicode CLDR; the termbase's own names; the known names; what the
translation has, if it sounds like the name; a transliteration. Nothing here is enforced: a suggestion
becomes a proposed entry, which a person approves. Terms that aren't names are not suggested, but for what CLDR
knows: nothing in a text tells a fixed term from two words that happen to stand together.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from glossary.arabic import fold_text
from glossary.cldr import arabic_names
from glossary.cues import PARTICLES
from glossary.match import Matcher
from glossary.termbase import Termbase
from glossary.transliterate import sounds_like, transliterate
from glossary.types import Kind, Term
from glossary.vocabulary import names
from translate.mentions import Mention, mentions
from translate.rendering import opens
from translate.types import Document, TranslationUnit

_SAYS = {
    "title": "after a title",
    "label": "after a noun that announces a name",
    "capital": "capital in English",
    "same sound": "English sounds like it",
    "several renderings": "rendered in several ways",
    "begins as names do": "begins as names of bodies and places do",
    "read as": "the words around it are those of a name",
}
_UNSAID = {"small letter", "several words"}
_RECURS = 0.15  # of the doubt that a second mention takes away
NAMES: frozenset[Kind] = frozenset({"person", "place", "org", "weapon"})
_SAME_SOUND = 0.65
_ENOUGH = 0.4  # least confidence of a suggestion: near the best F1 on silver labels held out
_UNSURE = -1.0  # mean log-probability below which the model wasn't sure
_CAPITAL = re.compile(r"[A-ZÀ-Þ]")
_SMALL_WORDS = {
    "of",
    "the",
    "and",
    "for",
    "in",
    "on",
    "de",
    "al",
    "el",
    "bin",
    "a",
    "to",
    "von",
    "van",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A term to propose. `why` says in words what speaks for it; `renderings` are the English of its mentions
    with counts, most frequent first; `confidence` is between 0 and 1."""

    source: str
    target: str
    kind: Kind
    why: tuple[str, ...]
    renderings: tuple[tuple[str, int], ...]
    mentions: tuple[Mention, ...]
    confidence: float

    @property
    def term(self) -> Term:
        """As a proposed entry."""
        return Term(
            source=self.source,
            target=self.target,
            kind=self.kind,
            status="proposed",
            note=f"suggested: {'; '.join(self.why)}",
        )


def suggest(document: Document, termbase: Termbase, matcher: Matcher) -> list[Suggestion]:
    """What the document names and the termbase lacks (entries of any status count), surest first."""
    known = _Known(termbase, matcher)
    units = {unit.segment.id: unit for unit in document.units}
    groups: dict[str, list[Mention]] = {}
    for mention in mentions(document, matcher):
        groups.setdefault(mention.key, []).append(mention)
    found = [
        suggestion
        for own in _merged(groups).values()
        if not known.has(own)
        and (suggestion := _suggestion(own, units, known)).confidence >= _ENOUGH
    ]
    return sorted(found, key=lambda s: (-s.confidence, -len(s.mentions), s.source))


def _key(source: str) -> str:
    return " ".join(word.removeprefix("ال") for word in fold_text(source).replace("-", " ").split())


def _merged(groups: Mapping[str, list[Mention]]) -> dict[str, list[Mention]]:
    """Mentions of one name together, also where a missing hamza made an article of its first letters."""
    out: dict[str, list[Mention]] = {}
    for key, own in groups.items():
        twin = "ال" + key
        out.setdefault(twin if twin in groups else key, []).extend(own)
    return out


class _Known:
    """What the termbase has, for looking up."""

    def __init__(self, termbase: Termbase, matcher: Matcher) -> None:
        self._keys: set[str] = set()
        self.english: dict[str, str] = {}
        others = []
        for term in termbase.terms:
            for source in (term.source, *term.source_variants):
                key = _key(source)
                self._keys.add(key)
                if term.kind in NAMES and term.status == "approved":
                    self.english.setdefault(key, term.target)
            if term.status != "approved":
                others.append(replace(term, status="approved"))
        self._matcher = matcher
        self._others = Matcher(others)  # proposed and retired ones

    def has(self, own: Sequence[Mention]) -> bool:
        """Whether an entry of any status matches what a mention prints, or would cite."""
        if any(_key(mention.cited) in self._keys for mention in own):
            return True
        return any(
            match.surface == text
            for mention in own
            for text in {mention.cited, mention.surface}
            for matcher in (self._matcher, self._others)
            for match in matcher.match(text)
        )


def _suggestion(
    own: Sequence[Mention], units: Mapping[str, TranslationUnit], known: _Known
) -> Suggestion:
    source = _commonest(mention.cited for mention in own)
    kind = _kind(own)
    renderings = Counter(mention.rendering for mention in own if mention.rendering)
    evidence = _evidence(source, kind, own, units, renderings)
    named = arabic_names().get(_first_key(source))
    if named:
        evidence.add("CLDR")
        kind = named.kind
    doubt = 1 - max(mention.strength for mention in own)
    confidence = 1 - doubt * (1 - _RECURS) ** min(len(own) - 1, 3)
    target = named.english if named else _target(source, kind, renderings, known)
    why = sorted(_SAYS.get(one, one) for one in evidence - _UNSAID or {"read as"})
    if len(own) > 1:
        why = [f"recurs ({len(own)})" if one == "recurs" else one for one in why]
    return Suggestion(
        source=source,
        target=target,
        kind=kind,
        why=tuple(why),
        renderings=tuple(sorted(renderings.items(), key=lambda c: (-c[1], c[0]))),
        mentions=tuple(own),
        confidence=round(min(max(confidence, 0.0), 0.99), 2),
    )


def _first_key(source: str) -> str:
    return fold_text(source).removeprefix("ال")


def _commonest(values: Iterable[str]) -> str:
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], not re.search("[أإآ]", value), value))


def _kind(own: Sequence[Mention]) -> Kind:
    announced = [m.kind for m in own if m.evidence & {"title", "label"}]
    counts = Counter(announced or [mention.kind for mention in own])
    return min(counts, key=lambda kind: (-counts[kind], kind))


# Evidence


def _evidence(
    source: str,
    kind: Kind,
    own: Sequence[Mention],
    units: Mapping[str, TranslationUnit],
    renderings: Counter[str],
) -> set[str]:
    evidence = set[str]().union(*(mention.evidence for mention in own))
    if len(own) > 1:
        evidence.add("recurs")
    if len({rendering.casefold() for rendering in renderings}) > 1:
        evidence.add("several renderings")
    if any((score := units[m.segment_id].score) is not None and score < _UNSURE for m in own):
        evidence.add("the model was not sure")
    capitals = [c for m in own if (c := _capitalised(units[m.segment_id], m)) is not None]
    if capitals and sum(capitals) >= 0.7 * len(capitals):
        evidence.add("capital")
    elif capitals and sum(capitals) <= 0.2 * len(capitals) and kind in NAMES:
        evidence.add("small letter")
    if any(
        sounds_like(source, rendering) >= _SAME_SOUND and rendering[:1].isupper()
        for rendering in renderings
    ):
        evidence.add("same sound")
    return evidence


def _capitalised(unit: TranslationUnit, mention: Mention) -> float | None:
    """The share of capitals among the words of the rendering, small words and sentence starts aside."""
    if mention.target_span is None:
        return None
    words = [w for w in re.finditer(r"[\w'’]+", mention.rendering) if w[0] not in _SMALL_WORDS]
    start = mention.target_span.start
    if len(words) == 1 and opens(unit.target, start + words[0].start()):
        return None
    if not words:
        return 0.0
    return sum(bool(_CAPITAL.match(word[0])) for word in words) / len(words)


# The rendering


def _target(source: str, kind: Kind, renderings: Counter[str], known: _Known) -> str:
    """The first there is of: the termbase's own names, a known name, what the translation has, letters. Known names
    come before the translation: it spells rare ones worse than the list."""
    return (
        _of_parts(source, known)
        or _known_name(source)
        or _aligned(source, kind, renderings)
        or romanised(source)
    )


def _known_name(source: str) -> str:
    """A name all of whose words the list of names has."""
    words = source.split(" ")
    whole = all(fold_text(w) in names() or fold_text(w) in PARTICLES for w in words)
    return romanised(source) if whole else ""


def _of_parts(source: str, known: _Known) -> str:
    """A name all of whose words the termbase or the list of names has, one at least the termbase."""
    words = source.split(" ")
    if len(words) == 1:
        return ""
    own = [known.english.get(_key(word), "") for word in words]
    if not any(own) or any(
        not e and fold_text(w) not in names() for e, w in zip(own, words, strict=True)
    ):
        return ""
    return " ".join(e or names()[fold_text(w)].english for e, w in zip(own, words, strict=True))


def _aligned(source: str, kind: Kind, renderings: Counter[str]) -> str:
    """The commonest run of capitals that sounds like the name; of a body, a place of several words, any."""
    shown = Counter[str]()
    for rendering, count in renderings.items():
        shown[_capitals(rendering)] += count
    ranked = sorted(shown, key=lambda r: (-shown[r], -sounds_like(source, r), r))
    for rendering in ranked:
        alike = sounds_like(source, rendering) >= _SAME_SOUND
        meant = kind in ("org", "place", "weapon") and " " in source and " " in rendering
        if rendering and (alike or meant):
            return rendering
    return ""


def _capitals(rendering: str) -> str:
    """From the first word with a capital to the last."""
    found = re.search(r"\b[A-ZÀ-Þ](?:.*\b[A-ZÀ-Þ])?[\w'’.-]*", rendering)
    return found[0] if found else ""


def romanised(source: str) -> str:
    """A name in Latin letters: its words as the list of names has them, the others transliterated."""
    written = []
    for at, word in enumerate(source.split(" ")):
        folded = fold_text(word)
        known = names().get(folded)
        bare = names().get(folded[2:]) if folded.startswith("ال") else None
        if known:
            written.append(known.english)
        elif bare:
            written.append(("Al-" if at == 0 else "al-") + bare.english)
        elif at and folded == "بن":
            written.append("bin")
        else:
            shown = transliterate(word)
            written.append(
                shown[0].lower() + shown[1:] if at and shown.startswith("Al-") else shown
            )
    return " ".join(written)
