"""What is doubtful in a termbase, entry by entry: a finding has a place, a rule and a sentence on
what to do."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import Literal

from glossary.arabic import HYPHENS, INVISIBLE, fold_text, printed
from glossary.termbase import Termbase
from glossary.types import Term
from glossary.words import FUNCTION_WORDS, LEXICAL_WORDS

Severity = Literal["error", "warning", "info"]

_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\ufb50-\ufdff\ufe70-\ufefc]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_HIDDEN = re.compile(f"[\x00-\x1f\x7f-\x9f{INVISIBLE}]")
_SPACES = re.compile(f"\\s+|[-{HYPHENS}]")
_CLITIC_LETTERS = "وفبكل"
_Found = tuple[str, Severity, str]  # rule, severity, message


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
        found += lint_term(term)
    found += _duplicates(termbase.terms)
    return sorted(found)


def lint_term(term: Term) -> list[LintFinding]:
    """The findings of one entry by itself."""
    return [
        LintFinding(term.path, term.line, rule, severity, message)
        for rule, severity, message in _entry_findings(term)
    ]


def doubts(term: Term, termbase: Termbase, *, was: Term | None = None) -> list[LintFinding]:
    """What is doubtful in an entry that is being written, in the place of `was` or as a new one of the file
    that its `path` names: by itself, and beside the entries that are there."""
    found = lint_term(term)
    files = [str(path) for path in termbase.paths]
    here = _rank(files, term.path)
    for other in (*termbase.terms, *termbase.masked):
        if (was and other == was) or not _touches(term, other):
            continue
        rule, severity, message = _beside(term, other, here - _rank(files, other.path))
        found.append(LintFinding(other.path, other.line, rule, severity, message))
    return found


def _rank(files: list[str], path: str) -> int:
    return files.index(path) if path in files else -1


def _touches(term: Term, other: Term) -> bool:
    if other.context != term.context or not term.source.strip():
        return False
    wanted, there = _key(term.source), _key(other.source)
    return wanted == there or wanted in map(_key, other.source_variants)


def _beside(term: Term, other: Term, later: int) -> _Found:
    """What an entry with the same source means for this one: `later` is how many files this one comes after."""
    where = f"{PurePath(other.path).name}:{other.line}"
    there = f"{other.source} = {other.target} ({other.status}, {where})"
    if term.id == other.id and not later:
        return "same-source", "error", f"{there} is in this file already; edit that one"
    if other.status == "retired":
        if term.id == other.id and later > 0:
            return "masked", "error", f"switched off by {there}; approve that one instead"
        return "same-source", "info", f"retired: {there}"
    if other.status == "proposed":
        return "same-source", "info", f"already proposed: {there}"
    if later > 0:
        return "masked", "error", f"{there} comes first, so that this one won't count"
    if other.target == term.target:
        return "stands-in", "info", f"agreed already: {there}; this one will stand in for it"
    return (
        "stands-in",
        "warning",
        f"another English is agreed: {there}; this one will stand in for it",
    )


def _from_warning(warning: str) -> LintFinding:
    place, _, message = warning.partition(": ")
    path, _, line = place.rpartition(":")
    rule = "unknown-kind" if message.startswith("kind ") else "untranslated"
    return LintFinding(path, int(line), rule, "warning", message)


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


@lru_cache(65_536)  # a page asks again at every key that is pressed
def _key(source: str) -> str:
    return _SPACES.sub(" ", fold_text(source)).strip()


def _duplicates(terms: Iterable[Term]) -> Iterator[LintFinding]:
    """Entries that differ in spelling alone: both match the same words, and only the first counts.

    What is switched off, and a proposal beside the entry it would change, are no second entries."""
    seen: dict[tuple[str, str], Term] = {}
    proposed = {term.id for term in terms if term.status == "proposed"}
    for term in terms:
        if term.status == "retired" or (term.status == "approved" and term.id in proposed):
            continue
        before = seen.setdefault((term.context, _key(term.source)), term)
        if before is not term:
            same = before.target == term.target
            message = (
                f"{term.source!r} is spelt like {before.source!r} of {before.path}:{before.line}; "
                + ("delete one" if same else f"only its {before.target!r} will count")
            )
            severity: Severity = "warning" if same else "error"
            yield LintFinding(term.path, term.line, "duplicate-folded", severity, message)
