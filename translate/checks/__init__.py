"""Mistakes that can be seen without translating: what a person should look at first.

The registry. `check` looks at one segment, `check_document` at all of them together. Each check has a section
in checks.md.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from translate.checks import dates, document, negation, numbers, size, typography
from translate.checks.base import Check, DocumentCheck, Pair
from translate.types import Finding, TranslationUnit

CHECKS: tuple[Check, ...] = (
    Check("empty", "error", "no translation", size.empty),
    Check("untranslated", "error", "Arabic left in the target", size.untranslated),
    Check("length", "warning", "far too short or far too long", size.length),
    Check("sentences", "warning", "a sentence lost or added", size.sentences),
    Check("numbers", "warning", "figures that differ", numbers.numbers),
    Check("number-words", "warning", "numbers in words that differ", numbers.number_words),
    Check("percent", "warning", "a percentage that is none", numbers.percent),
    Check("dates", "warning", "another month or day", dates.dates),
    Check("negation", "warning", "a negation lost or added", negation.negation),
    Check("repetition", "warning", "said again and again", size.repetition),
    Check("doubled-word", "warning", "one word twice in a row", size.doubled_word),
    Check("quotes", "warning", "a quotation mark without its partner", typography.quotes),
    Check("lost-quotes", "info", "speech without quotation marks", typography.lost_quotes),
    Check("brackets", "warning", "a bracket without its partner", typography.brackets),
    Check("question", "warning", "a question that is none", typography.ending),
    Check("full-stop", "info", "another end", typography.full_stop),
    Check("arabic-punctuation", "warning", "Arabic signs in the target", size.arabic_punctuation),
    Check("entities", "warning", "codes of HTML in the target", typography.entities),
    Check("spaces", "info", "spaces too many", typography.spaces),
)
DOCUMENT_CHECKS: tuple[DocumentCheck, ...] = (
    DocumentCheck("same-source", "warning", "one source, two translations", document.same_source),
    DocumentCheck("same-target", "warning", "two sources, one translation", document.same_target),
)
# Found by `translate.judge` and `translate.unlisted`, which know the terms.
TERM_CHECKS = {
    "forbidden": "English that the termbase says to avoid",
    "unlisted-name": "a name that no term covers",
}

IDS: tuple[str, ...] = (*(c.id for c in CHECKS), *(c.id for c in DOCUMENT_CHECKS), *TERM_CHECKS)


def check(source: str, target: str) -> tuple[Finding, ...]:
    """All findings of one segment, in the order of CHECKS."""
    pair = Pair(source, target)
    if not target.strip() and source.strip():
        return tuple(CHECKS[0].findings(pair))
    return tuple(finding for one in CHECKS for finding in one.findings(pair))


def check_document(units: Sequence[TranslationUnit]) -> dict[str, tuple[Finding, ...]]:
    """What shows between segments, by the id of the segment."""
    found: dict[str, tuple[Finding, ...]] = {}
    for one in DOCUMENT_CHECKS:
        for segment, finding in one.findings(units):
            found[segment] = (*found.get(segment, ()), finding)
    return found


@cache
def explanations() -> dict[str, str]:
    """The sections of checks.md, by id."""
    text = files("translate.checks").joinpath("checks.md").read_text(encoding="utf-8")
    parts = re.split(r"^## ([a-z-]+)\n", text, flags=re.MULTILINE)
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}
