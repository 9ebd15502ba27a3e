"""Months and days of the week. Months are read in their Levantine, Egyptian and Maghrebi names."""

from collections.abc import Iterator
from typing import NamedTuple

from glossary.arabic import fold_text
from glossary.types import Span
from translate.checks.base import Pair, Place
from translate.checks.numerals import Token

_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_ARABIC_MONTHS = (
    "يناير|كانون الثاني|جانفي",
    "فبراير|شباط|فيفري",
    "مارس|آذار|مارث",
    "أبريل|إبريل|نيسان|أفريل",
    "مايو|أيار|ماي",
    "يونيو|حزيران|جوان|يونيه",
    "يوليو|تموز|جويلية|يوليوز|يوليه",
    "أغسطس|آب|أوت|غشت",
    "سبتمبر|أيلول|شتنبر",
    "أكتوبر|تشرين الأول",
    "نوفمبر|تشرين الثاني|نونبر",
    "ديسمبر|كانون الأول|دجنبر",
)
_OTHER_WORDS = "مارس آب ماي جوان أوت نيسان تموز"  # also practised, father, names, a car
_ALSO_WORDS = frozenset(fold_text(_OTHER_WORDS).split())
_PREFIXES = ("", "و", "ف", "ب", "ل", "وب")
_DAY_NAMES = ("Saturday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_ARABIC_DAYS = ("السبت", "الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة")


def _months() -> Iterator[tuple[list[str], int]]:
    for number, names in enumerate(_ARABIC_MONTHS, 1):
        yield from ((name.split(), number) for name in fold_text(names).split("|"))


_MONTHS = {p + name[0]: at for name, at in _months() if len(name) == 1 for p in _PREFIXES}
_TWO_WORDS = {tuple(name): at for name, at in _months() if len(name) == 2}
_FIRST_WORDS = {p + first: first for first, _ in _TWO_WORDS for p in _PREFIXES}
_MONTH_WORDS = frozenset({*_MONTHS, *_FIRST_WORDS})
_DAYS = {
    prefix + name: at
    for at, name in enumerate(map(fold_text, _ARABIC_DAYS))
    for prefix in ("", "و", "ب", "ف")
} | {"لل" + name[2:]: at for at, name in enumerate(map(fold_text, _ARABIC_DAYS))}
_ENDINGS = ("", "'s", "’s")  # October's victory
_ENGLISH_MONTHS = {
    written.lower() + ending: at
    for at, name in enumerate(_MONTH_NAMES, 1)
    for written in (name, name[:3], name[:4] if name == "September" else name)
    for ending in _ENDINGS
}
_ENGLISH_DAYS = {
    name.lower() + ending: at for at, name in enumerate(_DAY_NAMES) for ending in _ENDINGS
}


class Month(NamedTuple):
    """A month (1 to 12) and where it stands; `sure` unless the word may be another."""

    number: int
    token: Token
    sure: bool = True


def arabic_months(pair: Pair) -> Iterator[Month]:
    """Months of the source; offsets are of the folded text."""
    if _MONTH_WORDS.isdisjoint(pair.source_words):
        return
    tokens = pair.source_tokens
    for at, token in enumerate(tokens):
        first = _FIRST_WORDS.get(token.text, "")
        if first and at + 1 < len(tokens):
            number = _TWO_WORDS.get((first, tokens[at + 1].text))
            if number:
                yield Month(number, Token(token.text, token.start, tokens[at + 1].end))
                continue
        number = _MONTHS.get(token.text)
        if number:
            beside = [*tokens[max(0, at - 2) : at], *tokens[at + 1 : at + 3]]
            dated = any(t.figures or t.text in _MONTHS or t.text == "شهر" for t in beside)
            alone = token.text not in _ALSO_WORDS and len(token.text) > 4
            yield Month(number, token, dated or alone)


def english_months(pair: Pair) -> Iterator[Month]:
    """Months of the target. March and May begin with a capital."""
    if _ENGLISH_MONTHS.keys().isdisjoint(pair.target_words):
        return
    for token in pair.target_tokens:
        number = _ENGLISH_MONTHS.get(token.text)
        if number and pair.target[token.start].isupper():
            yield Month(number, token)


def dates(pair: Pair) -> Iterator[Place]:
    """A month that the target has not, or a day of the week that is another there."""
    yield from _lost_months(pair)
    yield from _other_days(pair)


def _lost_months(pair: Pair) -> Iterator[Place]:
    ours = {month.number: month for month in arabic_months(pair) if month.sure}
    if not ours:
        return
    theirs = list(english_months(pair))
    shown = {month.number for month in theirs} | {n.value for n in pair.target_numbers}
    here = {month.number for month in arabic_months(pair)}
    other = next((month.token for month in theirs if month.number not in here), None)
    for number, month in ours.items():
        if number not in shown:
            span = pair.source_span(month.token.start, month.token.end)
            instead = Span(other.start, other.end) if other else None
            said = f"; it says {instead.of(pair.target)}" if instead else ""
            name = f"{span.of(pair.source)} ({_MONTH_NAMES[number - 1]})"
            yield Place(f"{name} is not in the target{said}", span, instead)


def _other_days(pair: Pair) -> Iterator[Place]:
    """Only where the target has another day instead: that it says none is common and right."""
    if _DAYS.keys().isdisjoint(pair.source_words):
        return
    ours = {_DAYS[t.text]: t for t in pair.source_tokens if t.text in _DAYS}
    named = ((_ENGLISH_DAYS.get(token.text), token) for token in pair.target_tokens)
    theirs = {at: token for at, token in named if at is not None}
    lost = next((at for at in ours if at not in theirs), None)
    wrong = next((token for at, token in theirs.items() if at not in ours), None)
    if lost is not None and wrong:
        span, other = (
            pair.source_span(ours[lost].start, ours[lost].end),
            Span(wrong.start, wrong.end),
        )
        said = f"{span.of(pair.source)} is {_DAY_NAMES[lost]}"
        yield Place(f"{said}, the target says {other.of(pair.target)}", span, other)
