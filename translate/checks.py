"""Mistakes that can be seen without knowing Arabic: what a person should look at first.

Each check takes source and target and gives findings; `check` runs all of them.
"""

import re
from collections import Counter
from collections.abc import Callable

from glossary.arabic import LATIN_DIGITS, LETTERS
from glossary.types import Span
from translate.types import Finding

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_DECIMAL = re.compile(r"(\d+)[.,](\d{1,2})")
_ARABIC = re.compile(rf"[{LETTERS}]+(?:\s+[{LETTERS}]+)*")
_REPEAT = re.compile(r"\b(\w+(?:\W+\w+){0,5}?)(?:\W+\1\b){2,}", re.IGNORECASE)
_DOUBLED_WORD = re.compile(r"\b(\w{2,})\s+\1\b", re.IGNORECASE)
_DOUBLED_FINE = frozenset({"had", "that", "bye", "very", "no"})


def _key(number: str) -> str:
    """The value as written: one separator before one or two digits is a decimal mark, others group."""
    found = _DECIMAL.fullmatch(number)
    return f"{found[1]}.{found[2]}" if found else re.sub("[.,]", "", number)


def numbers(source: str, target: str) -> list[Finding]:
    """A figure printed in the source that the target does not show."""
    there = Counter(_key(m.group()) for m in _NUMBER.finditer(target))
    out = []
    for match in _NUMBER.finditer(source.translate(LATIN_DIGITS)):
        key = _key(match.group())
        if there[key]:
            there[key] -= 1
        else:
            out.append(
                Finding(
                    check="numbers",
                    severity="warning",
                    message=f"the number {match.group()} of the source is not in the target",
                    source_span=Span(match.start(), match.end()),
                )
            )
    return out


def untranslated(source: str, target: str) -> list[Finding]:
    """Arabic letters left in the target."""
    return [
        Finding(
            check="untranslated",
            severity="error",
            message=f"left in Arabic: {m.group()}",
            target_span=Span(m.start(), m.end()),
        )
        for m in _ARABIC.finditer(target)
    ]


def repetition(source: str, target: str) -> list[Finding]:
    """Words said three times in a row, or one word twice."""
    found = [(m, "repeated") for m in _REPEAT.finditer(target)]
    found += [
        (m, "doubled") for m in _DOUBLED_WORD.finditer(target) if m[1].lower() not in _DOUBLED_FINE
    ]
    return [
        Finding(
            check="repetition",
            severity="warning",
            message=f"{what}: {m[1]}",
            target_span=Span(m.start(), m.end()),
        )
        for m, what in found
    ]


def length(source: str, target: str) -> list[Finding]:
    """Far fewer or far more words than the source has, or none at all."""
    ours, theirs = len(source.split()), len(target.split())
    if not theirs and ours:
        return [Finding(check="length", severity="error", message="the target is empty")]
    if ours >= 5 and not 0.5 <= theirs / ours <= 3.5:
        side = "short" if theirs < ours else "long"
        return [
            Finding(
                check="length",
                severity="warning",
                message=f"suspiciously {side}: {theirs} words for {ours} of the source",
            )
        ]
    return []


CHECKS: tuple[Callable[[str, str], list[Finding]], ...] = (
    untranslated,
    length,
    numbers,
    repetition,
)


def check(source: str, target: str) -> tuple[Finding, ...]:
    """All findings, in the order of CHECKS."""
    return tuple(finding for one in CHECKS for finding in one(source, target))
