"""Findings that only show between the segments of a document, kept up to date while it is under review.

Those of `check_document` are made again after every change: their words are kept ready, so that this costs some
milliseconds in a document of thousands of segments. Names without a term (`unlisted`) take a thousand times as
long and hardly change while English is edited; whoever has the time asks for them.
"""

from collections.abc import Mapping, Sequence

from glossary.match import Matcher
from translate.checks import check_document
from translate.types import Finding, TranslationUnit

Findings = Mapping[str, tuple[Finding, ...]]  # by the id of the segment


class Together:
    """The findings of one document. Not safe in threads: its owner sees to that."""

    def __init__(self) -> None:
        self._checked: Findings = {}
        self._unlisted: Findings = {}
        self._looked_at: tuple[Matcher, tuple[str, ...]] | None = None

    def of(self, name: str) -> tuple[Finding, ...]:
        """What is found in the segment of that id."""
        return (*self._checked.get(name, ()), *self._unlisted.get(name, ()))

    def check(self, units: Sequence[TranslationUnit]) -> set[str]:
        """These are the units now. The ids of segments about which something else is found than before."""
        before, self._checked = self._checked, check_document(units)
        return _changed(before, self._checked)

    def wants_names(self, units: Sequence[TranslationUnit], matcher: Matcher) -> bool:
        """Whether names without a term have to be looked for: other sources, or other terms, than last time."""
        return self._looked_at is None or (
            self._looked_at[0] is not matcher or self._looked_at[1] != _sources(units)
        )

    def take_names(
        self, found: Findings, units: Sequence[TranslationUnit], matcher: Matcher
    ) -> set[str]:
        """Names without a term in these units. The ids of segments about which something else is found."""
        self._looked_at = (matcher, _sources(units))
        before, self._unlisted = self._unlisted, found
        return _changed(before, found)


def _sources(units: Sequence[TranslationUnit]) -> tuple[str, ...]:
    return tuple(unit.segment.source for unit in units)


def _changed(before: Findings, after: Findings) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
