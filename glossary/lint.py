"""What is doubtful in a termbase, entry by entry: a finding has a place, a rule and a sentence on
what to do."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from glossary.arabic import HYPHENS, INVISIBLE, fold_text, printed
from glossary.termbase import Termbase
from glossary.types import Term
from glossary.words import FUNCTION_WORDS, LEXICAL_WORDS

Severity = Literal["error", "warning"]

_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\ufb50-\ufdff\ufe70-\ufefc]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_HIDDEN = re.compile(f"[\x00-\x1f\x7f-\x9f{INVISIBLE}]")
_SPACES = re.compile(f"\\s+|[-{HYPHENS}]")
_CLITIC_LETTERS = "وفبكل"


@dataclass(frozen=True, slots=True, order=True)
class LintFinding:
    """One doubt about one entry."""

    path: str
    line: int
    rule: str
    severity: Severity
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.severity}: {self.message} [{self.rule}]"


def lint(termbase: Termbase) -> list[LintFinding]:
    """All findings, by file and line; the loader's warnings (unknown kind, no translation) first."""
    found = [_from_warning(warning) for warning in termbase.warnings]
    for term in termbase.terms:
        for rule, severity, message in _entry_findings(term):
            found.append(LintFinding(term.path, term.line, rule, severity, message))
    found += _duplicates(termbase.terms)
    return sorted(found)


def _from_warning(warning: str) -> LintFinding:
    place, _, message = warning.partition(": ")
    path, _, line = place.rpartition(":")
    rule = "unknown-kind" if message.startswith("kind ") else "untranslated"
    return LintFinding(path, int(line), rule, "warning", message)


_Found = tuple[str, Severity, str]


def _entry_findings(term: Term) -> Iterator[_Found]:
    yield from _written(term)
    yield from _english(term)
    yield from _arabic(term)


def _written(term: Term) -> Iterator[_Found]:
    parts = (term.source, term.target, *term.variants, *term.forbidden, *term.source_variants)
    for part in parts:
        if part != part.strip() or "  " in part:
            yield (
                "edge-space",
                "error",
                f"spaces at the edge of or doubled in {part!r}; delete them",
            )
        if hidden := _HIDDEN.search(part):
            code = f"U+{ord(hidden.group()):04X}"
            yield "hidden-character", "error", f"invisible character {code} in {part!r}; delete it"


def _english(term: Term) -> Iterator[_Found]:
    for part in (term.target, *term.variants, *term.forbidden):
        if _ARABIC.search(part):
            yield "target-script", "error", f"Arabic letters in the English {part!r}"
    for variant in term.variants:
        if variant == term.target:
            yield "same-variant", "warning", f"variant {variant!r} is the target itself; delete it"
    for avoided in term.forbidden:
        if avoided in (term.target, *term.variants):
            yield "avoid-agreed", "error", f"{avoided!r} is both to avoid and agreed"


def _arabic(term: Term) -> Iterator[_Found]:
    if not (_ARABIC.search(term.source) or _LATIN.search(term.source)):
        yield "source-script", "error", f"no Arabic or Latin letter in the source {term.source!r}"
    source = _key(term.source)
    for variant in term.source_variants:
        if _key(variant) == source:
            yield "same-spelling", "warning", f"ar {variant!r} is matched anyway; delete it"
    if term.kind == "demonym" and not _nisba(term.source):
        message = f"demonym {term.source!r} has no word in ي, so it will not inflect; give its forms as ar"
        yield "demonym-form", "warning", message
    words = printed(term.source).split()
    if len(words) == 1 and "exact" not in term.flags:
        yield from _short(term, words[0])


def _short(term: Term, word: str) -> Iterator[_Found]:
    folded = fold_text(word)
    if word in FUNCTION_WORDS:
        yield (
            "function-word",
            "warning",
            f"{word!r} is an everyday word; add a longer name or flag it exact",
        )
    elif term.kind in ("person", "place", "org") and len(folded) <= 3 and _ARABIC.search(word):
        yield (
            "short-name",
            "warning",
            f"{word!r} is short and may be another word; check with terms find",
        )
    lexical = [c + folded for c in _CLITIC_LETTERS if c + folded in LEXICAL_WORDS]
    if lexical and len(folded) <= 4:
        words = ", ".join(lexical)
        yield (
            "clitic-ambiguous",
            "warning",
            f"{word!r} with a clitic reads like {words}; those are left alone",
        )


def _nisba(source: str) -> bool:
    return any(word.endswith("ي") for word in printed(source).split())


def _key(source: str) -> str:
    return _SPACES.sub(" ", fold_text(source)).strip()


def _duplicates(terms: Iterable[Term]) -> Iterator[LintFinding]:
    """Entries that differ in spelling alone: both match the same words, and only the first counts."""
    seen: dict[tuple[str, str], Term] = {}
    for term in terms:
        before = seen.setdefault((term.context, _key(term.source)), term)
        if before is not term:
            same = before.target == term.target
            message = (
                f"{term.source!r} is spelt like {before.source!r} of {before.path}:{before.line}; "
                + ("delete one" if same else f"only its {before.target!r} will count")
            )
            severity: Severity = "warning" if same else "error"
            yield LintFinding(term.path, term.line, "duplicate-folded", severity, message)
