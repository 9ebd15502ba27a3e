"""English forms of an agreed target, and where a text has them: what verification counts as
rendered.

Pure string work. Case is respected for names (a neptune is not Neptune); accents, apostrophes,
hyphens, a leading article, British or American spelling and a possessive ending make no difference.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from glossary.types import Span, Term

_VOWELS = "aeiou"
_PLURALS = """
man/men woman/women child/children person/people foot/feet aircraft/aircraft
spacecraft/spacecraft headquarters/headquarters series/series crisis/crises basis/bases
thesis/theses analysis/analyses hypothesis/hypotheses criterion/criteria phenomenon/phenomena
medium/media forces/forces personnel/personnel troops/troops sanctions/sanctions species/species
life/lives knife/knives wife/wives half/halves leaf/leaves thief/thieves hero/heroes
potato/potatoes embargo/embargoes veto/vetoes torpedo/torpedoes
"""
_IRREGULAR = dict(pair.split("/") for pair in _PLURALS.split())
# Nouns whose complement follows: ministers of defence, not minister of defences.
_COMPLEMENT = {
    "of",
    "for",
    "in",
    "to",
    "on",
    "at",
    "by",
    "with",
    "from",
    "under",
    "against",
    "general",
    "de",
}
# Of demonyms: Japanese, British, French, Swiss.
_NO_PLURAL = re.compile(r"(?:[^aiousx]ese|ish|ch|ss)$")
_PLURAL_KINDS = ("term", "demonym", "weapon")

_SPELLINGS = """
defence/defense offence/offense licence/license pretence/pretense centre/center theatre/theater
metre/meter kilometre/kilometer fibre/fiber litre/liter labour/labor harbour/harbor
neighbour/neighbor armour/armor colour/color honour/honor favour/favor rumour/rumor vapour/vapor
behaviour/behavior endeavour/endeavor programme/program aeroplane/airplane grey/gray
cheque/check catalogue/catalog dialogue/dialog plough/plow traveller/traveler
counsellor/counselor fuelled/fueled manoeuvre/maneuver sceptic/skeptic artefact/artifact
jewellery/jewelry ageing/aging tonne/ton storey/story mould/mold sulphur/sulfur
"""
_PAIRS = [pair.split("/") for pair in _SPELLINGS.split()]
_TWIN = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])}
_SPELT = re.compile(
    "|".join(sorted((re.escape(word) for word in _TWIN), key=len, reverse=True))
    + "|(?<=[a-z]{3})(?:is|iz)(?=(?:e|ed|es|er|ers|ing|ation|ations|ational)\\b)"
    + "|(?<=[a-z]{3})(?:ys|yz)(?=(?:e|ed|es|er|ers|ing)\\b)"
)
_ARTICLE = re.compile(r"(?:the|a|an)\s+", re.IGNORECASE)
_APOSTROPHES = "'\u2019\u2018\u02bc\u02bb`\u00b4"
_DASHES = "-\u2010\u2011\u2012\u2013\u2212"
_GAP = f"(?:[ \\t\u00a0\u202f\u2009]+|\\r?\\n|[{_DASHES}])"
_LETTER_MARKS = "[\u0300-\u036f]*"
_COMBINING = re.compile("[\u0300-\u036f]")
_PLAIN_RUN = re.compile("[a-z0-9]+")
_SENTENCE_START = re.compile(
    r"(?:^|[.!?:;\u2026\n\u2013\u2014]|\d\))[\"'\u201c\u2018\u201d\u00ab\u00bb(\[\s*#>_-]*\Z|[\"\u201c\u00ab]\Z"
)


class _Bare(dict[int, str]):
    """A str.translate table that takes the accent off one letter and keeps the length."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        parts = unicodedata.normalize("NFD", char)
        plain = len(parts) > 1 and all(unicodedata.combining(mark) for mark in parts[1:])
        self[code] = parts[0] if plain else char
        return self[code]


_BARE = _Bare()


@lru_cache(maxsize=8192)  # the same few names all over a document
def pluralise(phrase: str) -> str:
    """The regular plural of a noun phrase.

    >>> pluralise("air defence system"), pluralise("minister of defence"), pluralise("Kuwaiti")
    ('air defence systems', 'ministers of defence', 'Kuwaitis')
    """
    words = phrase.split(" ")
    head = next(
        (n - 1 for n, word in enumerate(words) if n and word.lower() in _COMPLEMENT), len(words) - 1
    )
    words[head] = _plural_word(words[head])
    return " ".join(words)


def _plural_word(word: str) -> str:
    lower = word.lower()
    for single, many in _IRREGULAR.items():
        if lower == single or (
            lower.endswith(single) and len(single) > 2 and single in ("man", "woman")
        ):
            if single == "man" and lower.endswith(
                ("german", "human", "roman", "ottoman", "norman", "oman")
            ):
                continue
            return word[: len(word) - len(single)] + (
                many if word[-len(single)].islower() else many.capitalize()
            )
    if not word or not word[-1].isalpha():
        return word + "s" if word[-1:].isdigit() else word
    if word.isupper():
        return word + "s"
    if lower.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if lower.endswith("y") and lower[-2:-1] not in _VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def possessives(form: str) -> tuple[str, ...]:
    """The possessive of a form, with either apostrophe."""
    endings = ("'", "\u2019", "'s", "\u2019s") if form.endswith("s") else ("'s", "\u2019s")
    return tuple(form + ending for ending in endings)


def plurals(term: Term, form: str) -> tuple[str, ...]:
    """The plurals of one of the term's forms; none for names."""
    if term.kind not in _PLURAL_KINDS:
        return ()
    if term.plural and form == term.target:
        return (term.plural,)
    if term.kind == "demonym" and _NO_PLURAL.search(form.lower()):
        return ()
    plural = pluralise(form)
    return (plural,) if plural != form else ()


def forms(term: Term) -> tuple[str, ...]:
    """All forms that count as the term: cited, its plural, accepted variants with theirs, then possessives."""
    cited = (term.target, *term.variants)
    plain = [term.target, *plurals(term, term.target)]
    for variant in term.variants:
        plain += [variant, *plurals(term, variant)]
    owned = [possessive for form in plain for possessive in possessives(form)]
    owned = [form for form in owned if not form.endswith(("s's", "s\u2019s")) or form[:-2] in cited]
    return tuple(dict.fromkeys(plain + owned))


def find_form(text: str, form: str) -> list[Span]:
    """Where `text` has `form` as whole words; a possessive ending is part of the span.

    >>> [s.of("Kim Jong-un's visit") for s in find_form("Kim Jong-un's visit", "Kim Jong Un")]
    ["Kim Jong-un's"]
    """
    bare, letters, marked = _seen(text)
    if not all(map(letters.__contains__, _surely(form))):  # much sooner than the pattern is made
        return []
    pattern, lower_first = _pattern(form, marked)
    found = []
    for match in pattern.finditer(bare):
        core = match["core"]
        if not (lower_first and _capital_out_of_place(text, match.start(), core)):
            found.append(Span(match.start(), match.end()))
    return found


def respelt(printed: str, forms: Sequence[str]) -> str:
    """`printed`, which `find_form` accepts as one of the forms, spelt as that form is: hyphens, accents, s and z.

    Capitals stay: a sentence or a heading may ask for them. Of several forms that fit, one that needs no change.

    >>> respelt("Kim Jong Un's", ["Kim Jong-un"]), respelt("Rifles", ["rifle", "rifles"])
    ("Kim Jong-un's", 'Rifles')
    """
    candidates = [new for form in forms if (new := _spelt_as(printed, form)) is not None]
    return printed if not candidates or printed in candidates else candidates[0]


def _spelt_as(printed: str, form: str) -> str | None:
    """`printed` with the form's letters, or None where it is not the form."""
    bare, _, marked = _seen(printed)
    found = _pattern(form, marked)[0].fullmatch(bare)
    if found is None:
        return None
    start, end = found.span("core")
    core, own = printed[start:end], _core(unicodedata.normalize("NFC", form).strip())
    if core.casefold() == own.casefold() or (core.isupper() and len(core) > 3):
        return printed
    if core[0].isupper():
        own = own[0].upper() + own[1:]
    return printed[:start] + own + printed[end:]


def _capital_out_of_place(text: str, start: int, core: str) -> bool:
    """Whether a lower-case form is printed with a capital where neither a sentence nor a heading begins."""
    if not core[0].isupper() or (core.isupper() and len(core) > 3):
        return False
    words = re.findall(r"[^\W\d_]+", core)
    if len(words) > 1 and sum(word[0].isupper() for word in words) > len(words) / 2:
        return False
    return not _SENTENCE_START.search(text, max(0, start - 12), start) and start > 0


@lru_cache(maxsize=64)  # all forms of a segment's terms are looked for in the same few texts
def _seen(text: str) -> tuple[str, str, bool]:
    """A text without accents; it in small letters, without marks; and whether it has letters with marks of their own."""
    bare = text.translate(_BARE)
    marked = _COMBINING.search(bare) is not None
    return bare, (_COMBINING.sub("", bare) if marked else bare).lower(), marked


def _plain(form: str) -> str:
    return _COMBINING.sub("", unicodedata.normalize("NFC", form).translate(_BARE)).strip()


@lru_cache(maxsize=65536)
def _surely(form: str) -> tuple[str, ...]:
    """Runs of letters that a text with the form has, in whatever case and spelling."""
    return tuple(_PLAIN_RUN.findall(_SPELT.sub(" ", _core(_plain(form)).lower())))


@lru_cache(maxsize=65536)
def _pattern(form: str, marked: bool) -> tuple[re.Pattern[str], bool]:
    """For texts without accents, in which letters have marks or not; and whether the form begins small."""
    bare = _plain(form)
    core = _core(bare)
    lead = f"(?:(?i:the|a|an){_GAP})?" if core != bare and _ARTICLE.match(bare) else ""
    body = _free_case(core)
    if not marked:
        body = body.replace(_LETTER_MARKS, "")
    upper = f"|{_gaps(core.upper())}" if len(core) > 3 and not core.isupper() else ""
    end = f"(?:(?i:[{_APOSTROPHES}]s)|(?<=[sS])[{_APOSTROPHES}](?![\\w]))?"
    pattern = re.compile(f"(?<![\\w]){lead}(?P<core>{body}{upper}){end}(?![\\w])")
    return pattern, core[:1].islower()


def _core(form: str) -> str:
    """A form without article and possessive ending."""
    article = _ARTICLE.match(form)
    core = form[article.end() :] if article and article.end() < len(form) else form
    return re.sub(f"(?:[{_APOSTROPHES}]s|(?<=s)[{_APOSTROPHES}])$", "", core)


def _free_case(core: str) -> str:
    """A pattern for the form in its own case, free where a hyphen or a sentence may change it."""
    pieces, at = [], 0
    for found in _SPELT.finditer(core.lower()):
        pieces += [_letters(core, at, found.start()), _spelt(core[found.start() : found.end()])]
        at = found.end()
    return "".join((*pieces, _letters(core, at, len(core))))


def _spelt(written: str) -> str:
    """Either spelling; a first capital is kept."""
    lower = written.lower()
    if lower in _TWIN:
        both = sorted((lower, _TWIN[lower]), key=len, reverse=True)
        return "(?:" + "|".join(_initial(written[0]) + word[1:] for word in both) + ")"
    return f"{lower[0]}[sz]"


def _initial(char: str) -> str:
    return f"[{char}{char.upper()}]" if char.islower() else char


def _letters(core: str, start: int, end: int) -> str:
    out = []
    for at in range(start, end):
        char, before = core[at], core[at - 1] if at else " "
        if char.isspace() or char in _DASHES:
            out.append(_GAP)
        elif char in _APOSTROPHES:
            out.append(f"[{_APOSTROPHES}]")
        elif char.isalpha() and before in _DASHES:
            out.append(f"[{char.lower()}{char.upper()}]")
        elif char.isalpha() and char.isupper() and before.isspace() and at > 1:
            # Jong Un, Jong-un: the second part of a hyphened name may be lower-case after a hyphen
            # only
            out.append(f"(?:{char}|(?<=[{_DASHES}]){char.lower()})")
        elif char.isalpha() and not before.isalnum():
            out.append(_initial(char))
        else:
            out.append(re.escape(char))
        if char.isalpha():
            out.append(_LETTER_MARKS)
    return "".join(out)


def _gaps(core: str) -> str:
    return "".join(
        _GAP
        if c.isspace() or c in _DASHES
        else f"[{_APOSTROPHES}]"
        if c in _APOSTROPHES
        else re.escape(c)
        for c in core
    )
